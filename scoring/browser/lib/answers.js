/* Figures typed into the field of an input, taken as scoring.evidence.ledger takes an entry cell. */

import { readNumber } from "./numbers.js";
import { numberText } from "./shown.js";

/** @type {readonly string[]} As scoring.rules.spec has them. */
const WHOLE_KINDS = ["count", "rank"];

/**
 * A reading that may carry a doubt: the code of a finding beside which the value still counts.
 *
 * @typedef {import("./numbers.js").NumberReading & {doubt?: string, expected?: number}} FigureReading
 */

/**
 * Reads a figure by the kind of its input: a percent sign stands only behind a percent, and a
 * percent between 0 and 1 may be a share unless its explanation repeats it.
 *
 * @param {string} text
 * @param {string} kind
 * @param {string} [note] the explanation of the item
 * @returns {FigureReading}
 */
export function readFigure(text, kind, note = "") {
  const reading = readNumber(text, WHOLE_KINDS.includes(kind)), { value, isPercent } = reading;
  if (Number.isNaN(value)) return reading;
  if (isPercent && kind !== "percent") return { value: NaN, isPercent, problem: "unexpected-percent" };
  if (isPercent || kind !== "percent" || !(value > 0 && value <= 1)) return reading;
  return repeats(note, value) ? reading : { ...reading, doubt: "percent-looks-like-share", expected: value * 100 };
}

/**
 * @param {string} note
 * @param {number} value
 * @returns {boolean}
 */
function repeats(note, value) {
  const packed = note.replaceAll(" ", "");
  return packed.includes(`${numberText(value, "vi")}%`) || packed.includes(`${numberText(value, "en")}%`);
}
