/* A field in which a figure of an item is moved: what it says now, what is typed, how that is read. */
import { readFigure } from "../../browser/lib/answers.js";
import { readDate } from "../../browser/lib/dates.js";
import { element, find } from "../../browser/lib/dom.js";
import { told } from "./whatif_words.js";

/**
 * A figure as typed; with a `doubt` the value counts all the same, as in a ledger.
 *
 * @typedef {{value: number, problem?: string, candidates?: number[], doubt?: string, expected?: number}} Reading
 * @typedef {HTMLInputElement | HTMLSelectElement} Control
 */

/**
 * `id` is the place of its item on the page, `now` the figure that is scored, NaN for none;
 * `put` writes a figure with its text, `shown` is what the field says, a choice by its words, and
 * `choice` the code of what is chosen.
 *
 * @typedef {{code: string, id: string, name: string, kind: string, label: string, control: Control,
 *   now: number, nowText: string, wrong: HTMLElement, reading: () => Reading, shown: () => string,
 *   choice: () => string, put: (value: number, text: string) => void, reset: () => void}} Field
 */

export const NOT_APPLICABLE_MARK = "not_applicable";
/** @type {string[]} */
const never = JSON.parse(told("never"));

/**
 * A figure as the page was written with it: empty where none is reported, `Infinity` for never.
 *
 * @param {string} text
 * @returns {number}
 */
export function writtenFigure(text) {
  return text === "" ? NaN : Number(text);
}

/**
 * @param {Control} control
 * @param {string} code the item
 * @param {string} id where the item stands
 * @param {number} place of the field among those of its item
 * @returns {Field}
 */
export function fieldOf(control, code, id, place) {
  const { kind = "", now = "" } = control.dataset, box = control.closest("label");
  complete(control, kind, now);
  const wrong = element("p", { className: "wrong", id: `${id}-wrong-${place}`, role: "alert" });
  box?.after(wrong);
  control.setAttribute("aria-describedby", wrong.id);
  const label = box ? find(box, "span span").textContent ?? "" : "";
  const shownNow = control.value, shown = () => shownIn(control);
  // A text that the page itself wrote stands for exactly the figure it was made of.
  const exact = new Map([[shownNow, writtenFigure(now)]]);
  return {
    code, id, kind, label, control, wrong, shown, name: control.name, now: writtenFigure(now), nowText: shown(),
    reading() {
      const value = exact.get(control.value);
      return value === undefined ? typed(control, kind) : { value };
    },
    put(value, text) {
      exact.set(text, value);
      control.value = text;
    },
    reset() {
      control.value = shownNow;
    },
    choice: () => (isList(control) ? control.selectedOptions[0].dataset.code ?? "" : ""),
  };
}

/**
 * Puts in what no page needs without its script: hints, and the answers of a list.
 *
 * @param {Control} control
 * @param {string} kind
 * @param {string} now
 */
function complete(control, kind, now) {
  control.autocomplete = "off";
  if (!isList(control)) {
    if (kind === "date") control.placeholder = told("day");
    else control.inputMode = "decimal";
    return;
  }
  if (kind === "yes_no") control.append(answer("1", "yes", told("yes")), answer("0", "no", told("no")));
  if (control.name !== NOT_APPLICABLE_MARK) control.prepend(answer("", "", told("blank")));
  control.value = now;
}

/** @param {string} value @param {string} code @param {string} textContent */
function answer(value, code, textContent) {
  return element("option", { value, textContent, "data-code": code || undefined });
}

/** @param {Control} control @returns {control is HTMLSelectElement} */
function isList(control) {
  return control.tagName === "SELECT";
}

/** @param {Control} control @returns {string} */
function shownIn(control) {
  if (isList(control)) return control.selectedOptions[0].textContent ?? "";
  return control.value.trim() || told("blank");
}

/** @param {Control} control @param {string} kind @returns {Reading} */
function typed(control, kind) {
  if (isList(control)) return { value: writtenFigure(control.value) };
  return kind === "date" ? readDate(control.value, never) : readFigure(control.value, kind);
}
