// Runs axe-core, which stands in the page by then, and gives what is serious or worse. `rules`: only
// these, if there are any.
async (rules) => {
  const only = rules.length > 0 ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  const grave = found.violations.filter((rule) => ["serious", "critical"].includes(rule.impact));
  return grave.map((rule) => rule.id + " (" + rule.impact + "): "
    + rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + node.failureSummary).join(" | "));
}
