import { element, refill } from "../../browser/lib/dom.js";

/**
 * The views of the form, one shown at a time; arrows move between their tabs.
 *
 * @param {HTMLElement} host @param {string[]} names @param {import("./words.js").Say} say
 * @param {string} first
 */
export function mountViews(host, names, say, first) {
  const tabs = names.map((name) => element("button", { type: "button", role: "tab", id: `tab-${name}`,
    "aria-controls": `view-${name}`, onclick: () => show(name) }, say(`form_view_${name}`)));
  const panels = names.map((name) => element("section", { role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}` }));
  const list = element("div", { role: "tablist", className: "tabs", "aria-label": say("form_views") }, ...tabs);
  refill(host, list, ...panels);
  let shown = "";
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = names[(names.indexOf(shown) + step + names.length) % names.length];
    show(next);
    tabs[names.indexOf(next)].focus();
    event.preventDefault();
  });

  /** @param {string} name */
  function show(name) {
    shown = name;
    names.forEach((one, place) => {
      tabs[place].setAttribute("aria-selected", String(one === name));
      tabs[place].tabIndex = one === name ? 0 : -1;
      panels[place].classList.toggle("away", one !== name);
    });
  }
  show(first);
  return { show, shown: () => shown, panel: (/** @type {string} */ name) => panels[names.indexOf(name)] };
}
