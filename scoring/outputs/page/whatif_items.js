/* The items of a unit as they can be moved, and what comes of them by the rules of the set. */
import { element } from "../../browser/lib/dom.js";
import { fieldOf, NOT_APPLICABLE_MARK } from "./whatif_fields.js";
import { say, told } from "./whatif_words.js";

/**
 * `best` are by input the most that others of the block report; `result` says what comes of it.
 *
 * @typedef {import("./whatif_fields.js").Field} Field
 * @typedef {import("../../criteria/set_script").Figures} Figures
 * @typedef {{code: string, area: string, form: HTMLFormElement, details: HTMLDetailsElement,
 *   best: Record<string, number>, fields: Field[], result: HTMLOutputElement}} MovableItem
 */

/**
 * Completes the form of an item: what every form has stands in none of them.
 *
 * @param {HTMLFormElement} form
 * @returns {MovableItem}
 */
export function movable(form) {
  const details = form.closest("details");
  if (!details) throw new Error("a form outside of an item");
  const { code = "", area = "" } = details.dataset, id = form.closest(".inside")?.id ?? "";
  form.setAttribute("aria-label", say("form", { code }));
  form.prepend(element("p", { className: "try", textContent: told("title") }));
  const back = element("button", { type: "button", name: "reset", textContent: told("back") });
  const result = element("output");
  form.append(element("p", { className: "acts" }, ...form.querySelectorAll("button"), back), result);
  // A form in a closed item would only slow down what goes through the page.
  const show = () => { form.hidden = !details.open; };
  details.addEventListener("toggle", show);
  show();
  /** @type {NodeListOf<import("./whatif_fields.js").Control>} */
  const controls = form.querySelectorAll("[data-kind]");
  const fields = Array.from(controls, (control, place) => fieldOf(control, code, id, place));
  return { code, area, form, details, best: JSON.parse(form.dataset.best ?? "{}"), fields, result };
}

/**
 * What is scored: the figures as they are, those of `moved` fields as they are typed.
 *
 * @param {MovableItem[]} items
 * @param {ReadonlyMap<Field, number>} moved
 */
export function scoresWith(items, moved) {
  /** @type {Record<string, Figures>} */
  const figures = {};
  /** @type {Record<string, boolean>} */
  const notApplicable = {};
  for (const { code, fields, best } of items) {
    /** @type {Figures} */
    const own = {};
    for (const field of fields) {
      const value = moved.get(field) ?? field.now;
      if (field.name === NOT_APPLICABLE_MARK) notApplicable[code] = value === 1;
      else if (!Number.isNaN(value)) own[field.name] = value;
    }
    figures[code] = withBest(own, best);
  }
  return { ...PARINDEX.score({ figures, notApplicable, year: Number(told("year")) }), figures };
}

/**
 * The best of a block is that of the others, or the unit's own where that is more.
 *
 * @param {Figures} own
 * @param {Record<string, number>} best
 * @returns {Figures}
 */
function withBest(own, best) {
  const reported = Object.entries(best).filter(([name]) => name in own);
  return { ...own, ...Object.fromEntries(reported.map(([name, most]) => [`@best:${name}`, Math.max(most, own[name])])) };
}
