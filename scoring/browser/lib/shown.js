/* Numbers and days as people read them, as scoring.base.numbers and scoring.base.dates write them. */

import { dayOf } from "./dates.js";
import { roundPoints } from "./rounding.js";

/** @typedef {"vi" | "en"} Lang */

/** @type {Record<Lang, Intl.NumberFormat>} */
const GROUPING = { vi: new Intl.NumberFormat("vi"), en: new Intl.NumberFormat("en") };
/** @type {Intl.DateTimeFormatOptions} */
const DAY_PARTS = { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" };
const VIETNAMESE_DAY = new Intl.DateTimeFormat("vi", DAY_PARTS);
// British medium dates say Sept, so the month alone comes from there.
const SHORT_MONTH = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });

/**
 * A number for people: 1.250,5 in Vietnamese, 1,250.5 in English; NaN is a dash.
 *
 * Intl marks the thousands. It rounds the shortest decimal that stands for a double, where our
 * writers round the double itself, so the digits are ours.
 *
 * @param {number} value
 * @param {Lang} lang
 * @param {number} [places] without it up to ten decimals, no trailing zeros
 * @returns {string}
 */
export function numberText(value, lang, places) {
  if (Number.isNaN(value)) return "—";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const digits = places === undefined ? plainDigits(Math.abs(value)) : fixed(Math.abs(roundPoints(value, places)), places);
  const [whole, part] = digits.split(".");
  // A figure that rounds to nothing has no sign; of one with decimals to show our writers keep it.
  const isNegative = value < 0 && (places === undefined ? digits !== "0" : roundPoints(value, places) < 0);
  const grouped = GROUPING[lang].format(BigInt(whole));
  return (isNegative ? "-" : "") + grouped + (part ? (lang === "en" ? "." : ",") + part : "");
}

/**
 * @param {number} value
 * @returns {string}
 */
function plainDigits(value) {
  return fixed(value, 10).replace(/\.?0+$/, "") || "0";
}

/**
 * Digits with `places` decimals; a double that is exactly a tie goes to the even digit, which
 * `toFixed` does not do.
 *
 * @param {number} value 0 or more
 * @param {number} places
 * @returns {string}
 */
function fixed(value, places) {
  if (value >= 1e21) return `${BigInt(value)}${places ? "." + "0".repeat(places) : ""}`;
  const exact = value.toFixed(places + 30), end = exact.length - 30;
  const isTie = /^50+$/.test(exact.slice(end)) && /[02468]/.test(exact[end - 1]);
  return isTie ? exact.slice(0, end) : value.toFixed(places);
}

/**
 * Points that changed, with their sign: +0,25 or −1,00.
 *
 * @param {number} change
 * @param {Lang} lang
 * @param {number} places
 * @returns {string}
 */
export function changeText(change, lang, places) {
  const rounded = roundPoints(change, places);
  return (rounded > 0 ? "+" : rounded < 0 ? "−" : "") + numberText(Math.abs(rounded), lang, places);
}

/**
 * A day for people: 15/03/2026 in Vietnamese, 15 Mar 2026 in English.
 *
 * @param {number} serial
 * @param {Lang} lang
 * @returns {string}
 */
export function dayText(serial, lang) {
  const day = dayOf(serial);
  if (lang !== "en") return VIETNAMESE_DAY.format(day);
  return `${day.getUTCDate()} ${SHORT_MONTH.format(day)} ${day.getUTCFullYear()}`;
}
