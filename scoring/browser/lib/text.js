/* Text as people type it, read as scoring.base.text and scoring.base.vocabulary read it. */

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g;
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
// U+0085 is a blank to Python and none to JavaScript.
const BLANKS = /[\s\u0085]+/g;

/**
 * Text composed (NFC), without invisible characters, with single spaces.
 *
 * @param {string} text
 * @returns {string}
 */
export function clean(text) {
  const visible = text.replace(CONTROL, " ").replace(INVISIBLE, "");
  return visible.normalize("NFC").replace(BLANKS, " ").trim();
}

/**
 * A word for comparing: clean and in small letters.
 *
 * @param {string} text
 * @returns {string}
 */
export function folded(text) {
  return clean(text).toLowerCase();
}

/**
 * Text in small letters without Vietnamese marks, for matching only, never to show.
 *
 * @param {string} text
 * @returns {string}
 */
export function withoutMarks(text) {
  const decomposed = folded(text).replace(/đ/g, "d").normalize("NFD");
  return decomposed.replace(/\p{Mn}/gu, "");
}

/**
 * Text on one line, cut with an ellipsis so that a message stays readable.
 *
 * @param {string} text
 * @param {number} [limit]
 * @returns {string}
 */
export function shortened(text, limit = 80) {
  const letters = Array.from(clean(text));
  return letters.length <= limit ? letters.join("") : letters.slice(0, limit - 1).join("").trimEnd() + "…";
}
