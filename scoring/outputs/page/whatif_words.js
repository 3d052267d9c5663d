/* How the what-if of a page says scores, changes and figures; its words are data of the section. */
import { find } from "../../browser/lib/dom.js";
import { changeText, dayText, numberText } from "../../browser/lib/shown.js";
import { filled } from "../../browser/lib/words.js";

/** @typedef {import("../../criteria/set_script").Scores} Scores */

export const section = find(document, "#whatif");
export const pageLang = document.documentElement.lang === "en" ? "en" : "vi";
const decimals = Number(section.dataset.decimals);
/** @type {Record<string, string | undefined>} */
const grades = JSON.parse(told("grades"));
const NOT_APPLICABLE = 2;

/**
 * A word of the page, or a value that it was written with.
 *
 * @param {string} name
 * @returns {string}
 */
export function told(name) {
  return section.dataset[name] ?? "";
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function say(name, values) {
  return filled(told(name), values);
}

/** @param {number} value @returns {string} */
export function pointsText(value) {
  return numberText(value, pageLang, decimals);
}

/** @param {number} change @returns {string} */
export function changedText(change) {
  return changeText(change, pageLang, decimals);
}

/**
 * The points of an item, a group or the index; both ends where something is open.
 *
 * @param {Scores} scores
 * @param {string} code
 * @returns {string}
 */
export function nodeText(scores, code) {
  if (!Number.isNaN(scores.points[code])) return pointsText(scores.points[code]);
  // Where nothing applies there are no ends either.
  if (scores.status[code] === NOT_APPLICABLE || Number.isNaN(scores.low[code])) return "—";
  // At its lowest the index loses the most to a penalty.
  const [low, high] = [scores.low[code], scores.high[code]].sort((a, b) => a - b);
  return `${pointsText(low)} – ${pointsText(high)}`;
}

/**
 * Points before and after, and the change where both are known.
 *
 * @param {Scores} before
 * @param {Scores} after
 * @param {string} code
 * @returns {string}
 */
export function stepText(before, after, code) {
  const by = after.points[code] - before.points[code];
  const change = Number.isNaN(by) ? "" : ` (${changedText(by)})`;
  return say("step", { before: nodeText(before, code), after: nodeText(after, code), change });
}

/**
 * The grade before and after, behind the words of the index; nothing where a set has no grades.
 *
 * @param {Scores} base
 * @param {Scores} scores
 * @returns {string}
 */
export function gradeText(base, scores) {
  if (!Object.keys(grades).length || !scores.grade) return "";
  const before = grades[base.grade] ?? "—", after = grades[scores.grade] ?? "—";
  return ` · ${say(before === after ? "gradeSame" : "gradeMoves", { before, after })}`;
}

/** @param {string} kind @param {number} value @returns {string} */
export function figureText(kind, value) {
  const isDay = kind === "date" && Number.isFinite(value);
  return isDay ? dayText(value, pageLang) : numberText(value, pageLang);
}
