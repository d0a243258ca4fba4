// Notes which controls the tabulator has reached; `left()` names those on the page that it has not.
// Looked for anew each time: live pages exchange their parts.
() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const all = () => [...document.querySelectorAll(CONTROLS)].filter((found) =>
    found.checkVisibility({ visibilityProperty: true }) && !found.disabled && found.tabIndex >= 0);
  const reached = new Set();
  const note = () => { if (document.activeElement) reached.add(document.activeElement); };
  document.addEventListener("focusin", note);
  note();
  const same = (one, other) => one.type === "radio" && other.type === "radio" && one.name === other.name;
  window.tabulator = {
    left: () => all().filter((found) => !reached.has(found) && ![...reached].some((other) => same(found, other)))
      .map((found) => found.outerHTML.slice(0, 120)),
  };
  return all().length;
}
