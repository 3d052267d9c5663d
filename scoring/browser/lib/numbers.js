/* Numbers as Vietnamese officials type them, read as scoring.base.numbers reads them. */

import { clean } from "./text.js";

const MINUS_SIGNS = /[\u2212\u2013\u2014\u2010\u2011\u2012]/g;
const WIDE_SIGNS = "０１２３４５６７８９，．％－＋";
const PLAIN_SIGNS = "0123456789,.%-+";
const NUMBER_SHAPE = /^([+-]?)(\d[\d., ]*|[.,]\d+)$/;
const GROUPED_DIGITS = /^\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*$/;
// Longer than any honest figure.
const LONGEST_NUMBER = 40;

/**
 * What a text says as a number. `value` is NaN where there is none or where it is in doubt;
 * `problem` is a finding code; `candidates` are the values of an ambiguous text; with `isPercent`
 * a percent sign stood behind it, and `value` is on the scale of 0 to 100.
 *
 * @typedef {{value: number, isPercent: boolean, problem?: string, candidates?: number[]}} NumberReading
 */

/**
 * Reads one number in Vietnamese or English form. An empty text is NaN and no problem.
 *
 * @param {string} text
 * @param {boolean} [whole] true for a count, which settles 1.250 as 1250
 * @returns {NumberReading}
 */
export function readNumber(text, whole = false) {
  const body = clean(text)
    .replace(/[０-９，．％－＋]/g, (sign) => PLAIN_SIGNS[WIDE_SIGNS.indexOf(sign)])
    .replace(MINUS_SIGNS, "-");
  if (!body) return { value: NaN, isPercent: false };
  if (/^-+$/.test(body)) return { value: NaN, isPercent: false, problem: "dash-for-number" };
  const isPercent = body.endsWith("%");
  const match = NUMBER_SHAPE.exec(body.replace(/%$/, "").trimEnd().replaceAll("- ", "-"));
  if (body.length > LONGEST_NUMBER || !match) return { value: NaN, isPercent, problem: "not-a-number" };
  // 0 - 0 is 0, and -0 would be shown.
  const values = readings(match[2], whole).map((one) => (match[1] === "-" ? 0 - one : one));
  if (values.length === 1) return { value: values[0], isPercent };
  const problem = values.length ? "ambiguous-number" : "not-a-number";
  return { value: NaN, isPercent, problem, candidates: values };
}

/**
 * Every value that unsigned digits with separators can mean.
 *
 * @param {string} digits
 * @param {boolean} whole
 * @returns {number[]}
 */
function readings(digits, whole) {
  const marks = [".", ","].filter((mark) => digits.includes(mark));
  if (digits.includes(" ") || marks.length === 2) return withTwoSeparators(digits);
  if (!marks.length) return [Number(digits)];
  const mark = marks[0], at = digits.lastIndexOf(mark);
  const head = digits.slice(0, at), tail = digits.slice(at + 1);
  const isGrouped = GROUPED_DIGITS.test(digits) && !digits.startsWith("0");
  if (digits.indexOf(mark) !== at) return isGrouped ? [Number(digits.replaceAll(mark, ""))] : [];
  const asDecimal = Number(`${head || "0"}.${tail || "0"}`);
  if (!isGrouped) return tail ? [asDecimal] : [];
  const asThousands = Number(head + tail);
  return whole ? [asThousands] : [asThousands, asDecimal];
}

/**
 * Reads 1.250,5 or 1,250.5 or 1 250,5: the last mark is the decimal one.
 *
 * @param {string} digits
 * @returns {number[]}
 */
function withTwoSeparators(digits) {
  const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  const isSpaced = digits.includes(" ");
  const isWhole = isSpaced && last < digits.lastIndexOf(" ");
  const head = isWhole ? digits : digits.slice(0, last), tail = isWhole ? "" : digits.slice(last + 1);
  if (!GROUPED_DIGITS.test(head) || !/^\d*$/.test(tail)) return [];
  if (!isSpaced && head.includes(digits[last])) return [];
  return [Number(`${head.replace(/[., ]/g, "")}.${tail || "0"}`)];
}
