/* Filters of the explanations on a unit's page. */
import { find } from "../../browser/lib/dom.js";
import { withoutMarks } from "../../browser/lib/text.js";
import { filled } from "../../browser/lib/words.js";
import { saidIn, textIn } from "./said.js";

/**
 * Shows the items that fit what the form says.
 *
 * @param {HTMLFormElement} form
 * @returns {() => void} shows all items again
 */
export function itemFilter(form) {
  /** @type {HTMLElement[]} */
  const items = Array.from(document.querySelectorAll("details.item"));
  const texts = items.map((item) => withoutMarks(textIn(item.querySelector(".name"))));
  const shown = find(form, ".shown");

  function apply() {
    const wanted = withoutMarks(saidIn(form, "text").trim());
    let count = 0;
    items.forEach((item, place) => {
      const fits = isMarked(item, form) && (!wanted || texts[place].includes(wanted));
      item.hidden = !fits;
      count += fits ? 1 : 0;
    });
    for (const group of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".group"))) {
      group.hidden = !group.querySelector("details.item:not([hidden])");
    }
    shown.textContent = filled(shown.dataset.template ?? "", { shown: count, count: items.length });
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.hidden = false;
  apply();
  return () => {
    form.reset();
    apply();
  };
}

/**
 * Whether an item has the area, the cause and the group that are asked for.
 *
 * @param {HTMLElement} item
 * @param {HTMLFormElement} form
 * @returns {boolean}
 */
function isMarked(item, form) {
  return ["area", "cause", "group"].every((name) => {
    const asked = saidIn(form, name);
    const said = item.dataset[name] ?? "";
    // Points of an item may be lost for several causes.
    return !asked || (name === "cause" ? said.split(" ") : [said]).includes(asked);
  });
}
