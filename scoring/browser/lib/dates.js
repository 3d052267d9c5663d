/* Days as people type them, read as scoring.base.dates reads them; a day is its Excel serial. */

import { clean, folded } from "./text.js";

const EXCEL_EPOCH = Date.UTC(1899, 11, 30);
const DAY_LENGTH = 864e5;
// What a day is followed by in exports of other systems; the day is the same at any hour.
const HOUR = "(?:[T ](?:[01]?\\d|2[0-3])[:h][0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?: (?:SA|CH))?)?$";
const SLASHED_DAY = new RegExp(`^(?:ngày\\s+)?(\\d{1,2})\\s*[/.-]\\s*(\\d{1,2})\\s*[/.-]\\s*(\\d{2}|\\d{4})${HOUR}`, "i");
const ISO_DAY = new RegExp(`^(\\d{4})-(\\d{1,2})-(\\d{1,2})${HOUR}`, "i");
const WORDED_DAY = new RegExp(`^(?:ngày\\s+)?(\\d{1,2})\\s+tháng\\s+(\\d{1,2})\\s+năm\\s+(\\d{4})${HOUR}`, "i");

/**
 * What a text says as a day. `value` is an Excel serial, NaN where there is none, Infinity for a
 * thing that was never done; `problem` is a finding code.
 *
 * @typedef {{value: number, problem?: string}} DateReading
 */

/**
 * Reads one day, which comes before its month. An empty text is NaN and no problem.
 *
 * @param {string} text
 * @param {readonly string[]} [never] folded words for what was never done
 * @returns {DateReading}
 */
export function readDate(text, never = []) {
  const body = clean(text);
  if (!body) return { value: NaN };
  if (never.includes(folded(body))) return { value: Infinity };
  const plain = body.replace(/\p{Nd}/gu, plainDigit);
  const iso = ISO_DAY.exec(plain);
  if (iso) return checkedDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const match = SLASHED_DAY.exec(plain) ?? WORDED_DAY.exec(plain);
  if (!match) return { value: NaN, problem: "not-a-date" };
  const day = Number(match[1]), month = Number(match[2]);
  if (match[3].length === 2) return { value: NaN, problem: "two-digit-year" };
  if (month > 12 && day <= 12) return { value: NaN, problem: "month-before-day" };
  return checkedDay(Number(match[3]), month, day);
}

/**
 * The serial of a day of the calendar; a day that never was is a problem.
 *
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @returns {DateReading}
 */
function checkedDay(year, month, day) {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const made = new Date(Date.UTC(2000, month - 1, day));
  made.setUTCFullYear(year, month - 1, day);
  const isReal = year > 0 && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  return isReal ? { value: (made.getTime() - EXCEL_EPOCH) / DAY_LENGTH } : { value: NaN, problem: "impossible-date" };
}

/**
 * A digit of any script, as full-width ones, as 0 to 9: they stand in rows of ten.
 *
 * @param {string} sign
 * @returns {string}
 */
function plainDigit(sign) {
  const code = sign.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}

/**
 * The day behind a serial, for whatever writes it.
 *
 * @param {number} serial
 * @returns {Date}
 */
export function dayOf(serial) {
  return new Date(EXCEL_EPOCH + Math.trunc(serial) * DAY_LENGTH);
}

/**
 * The serial of the day that a clock of this place shows.
 *
 * @param {Date} now
 * @returns {number}
 */
export function serialOf(now) {
  return (Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - EXCEL_EPOCH) / DAY_LENGTH;
}

/**
 * A day as files hold it: 2026-03-15.
 *
 * @param {number} serial
 * @returns {string}
 */
export function isoDay(serial) {
  return dayOf(serial).toISOString().slice(0, 10);
}
