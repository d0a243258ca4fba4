// Runs axe-core, which stands in the page by then, and gives what is serious or worse.
async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const grave = found.violations.filter((rule) => ["serious", "critical"].includes(rule.impact));
  return grave.map((rule) => rule.id + " (" + rule.impact + "): "
    + rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + node.failureSummary).join(" | "));
}
