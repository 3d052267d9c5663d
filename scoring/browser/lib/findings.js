/* What a finding says, in the words of scoring.base.findings: values become text only here. */

import { dayText, numberText } from "./shown.js";
import { shortened } from "./text.js";

/** @typedef {import("./shown.js").Lang} Lang */

/**
 * A value as it is: a text that somebody typed, or a code, or a year; a figure; a day; points of a
 * set; a name in both languages.
 *
 * @typedef {string | number | {day: number} | {value: number, decimals: number}
 *   | {vi: string, en?: string}} RawValue
 */

// What somebody typed is cut short; what is expected is given whole.
const SHORT_VALUE = 80, LONG_VALUE = 400;

/**
 * The values of a finding as texts, for `filled`; one that is not known is left out.
 *
 * @param {Record<string, RawValue | RawValue[] | undefined>} values
 * @param {Lang} lang
 * @param {string} or the word between the values that an ambiguous number can have
 * @returns {Record<string, string>}
 */
export function shownValues(values, lang, or) {
  /** @type {Record<string, string>} */
  const shown = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) shown[name] = shownValue(name, value, lang, or);
  }
  return shown;
}

/**
 * @param {string} name
 * @param {RawValue | RawValue[]} value
 * @param {Lang} lang
 * @param {string} or
 * @returns {string}
 */
function shownValue(name, value, lang, or) {
  if (!Array.isArray(value)) return shortened(worded(value, lang), name === "expected" ? LONG_VALUE : SHORT_VALUE);
  const parts = value.map((one) => shownValue("expected", one, lang, or));
  return shortened(parts.join(name === "candidates" ? ` ${or} ` : "; "), LONG_VALUE);
}

/**
 * @param {RawValue} value
 * @param {Lang} lang
 * @returns {string}
 */
function worded(value, lang) {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value, lang);
  if ("day" in value) return dayText(value.day, lang);
  if ("decimals" in value) return numberText(value.value, lang, value.decimals);
  return (lang === "en" && value.en) || value.vi;
}
