// What is wrong with the page as it stands, a sentence each. Evaluated in the page by the tests.
(lang) => {
  const SMALLEST_PX = 13;
  const wrong = [];
  const root = document.documentElement;
  const name = (found) => {
    const id = found.id ? "#" + found.id : "";
    const kind = typeof found.className === "string" && found.className ? "." + found.className : "";
    return "<" + found.localName + id + kind + "> " + JSON.stringify((found.textContent || "").trim().slice(0, 40));
  };
  if (root.lang !== lang) wrong.push("lang is " + JSON.stringify(root.lang) + ", not " + lang);
  if (!document.title.trim()) wrong.push("no title");
  for (const found of document.querySelectorAll("[style]")) wrong.push("style= on " + name(found));
  for (const found of document.querySelectorAll("*")) {
    for (const one of found.attributes) {
      if (one.name.startsWith("on")) wrong.push(one.name + "= on " + name(found));
    }
  }

  if (root.scrollWidth > root.clientWidth) {
    const inside = (found) => !!found.parentElement && !!found.parentElement.closest(".scroll");
    const wide = [...document.body.querySelectorAll("*")].filter((found) =>
      found.checkVisibility() && found.getBoundingClientRect().right > root.clientWidth + 1 && !inside(found));
    wrong.push("scrolls sideways: " + root.scrollWidth + " px in " + root.clientWidth + " px: "
      + wide.slice(-3).map(name).join("; "));
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const holder = text.parentElement;
    if (!text.data.trim() || !holder.checkVisibility() || ["SCRIPT", "STYLE"].includes(holder.tagName)) continue;
    // What a drawing scales down is as small as it looks.
    const drawn = holder instanceof SVGGraphicsElement ? holder.getScreenCTM().a : 1;
    if (holder.closest("title") && holder.closest("svg")) continue;
    const size = parseFloat(getComputedStyle(holder).fontSize) * drawn;
    if (size < SMALLEST_PX - 0.05 && !told.has(holder.localName + holder.className)) {
      told.add(holder.localName + holder.className);
      wrong.push("text of " + size.toFixed(1) + " px: " + name(holder));
    }
  }
  return wrong;
}
