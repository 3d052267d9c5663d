// What written expressions call. Missing is NaN; a condition on it is false.
const TOLERANCE = 1e-12, GUARD = 1e9;
/** @type {Record<Sign, (left: number, right: number) => boolean>} */
const SIGNS = {
  ">=": (a, b) => a >= b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, "<": (a, b) => a < b,
  "=": (a, b) => a === b, "<>": (a, b) => Math.abs(a - b) > 0,
};
/**
 * Compares as spreadsheets do: whole numbers exactly, others as equal within a tolerance; `ours`
 * and `others` are both sides multiplied out with `by`, whose sign turns them.
 *
 * @param {Sign} op
 * @param {number} left
 * @param {number} right
 * @param {number} [ours]
 * @param {number} [others]
 * @param {number} [by]
 * @returns {boolean}
 */
function compared(op, left, right, ours = left, others = right, by = 1) {
  const isNear = Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(right));
  if (!isNear) return SIGNS[op](left, right);
  const isWhole = ours === Math.floor(ours) && others === Math.floor(others);
  const sign = Math.sign(by);
  return isWhole ? SIGNS[op](ours * sign, others * sign) : op.includes("=");
}
/**
 * @param {number} dividend
 * @param {number} divisor
 * @param {number} instead where it is zero
 * @returns {number}
 */
function div(dividend, divisor, instead) {
  if (Math.abs(divisor) <= TOLERANCE) return Number.isNaN(dividend) ? NaN : instead;
  return dividend / divisor;
}
/** @param {number} value @returns {number} */
function toEven(value) {
  const below = Math.floor(value), rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
/**
 * Half up, away from zero; a tie that a double misses by a hair is a tie.
 *
 * @param {number} value
 * @param {number} decimals
 * @returns {number}
 */
function round(value, decimals) {
  if (!Number.isFinite(value)) return value;
  const scale = Number("1e" + decimals);
  const rounded = Math.floor(toEven(Math.abs(value) * scale * GUARD) / GUARD + 0.5) / scale;
  return value < 0 ? 0 - rounded : rounded;
}
/**
 * The serial number of a day, `offset` years after `year`.
 *
 * @param {number} year
 * @param {number} offset
 * @param {number} month
 * @param {number} date
 * @returns {number}
 */
function day(year, offset, month, date) {
  const inYear = year + offset;
  if (!(inYear >= 1900 && inYear <= 9999)) return NaN;
  return (Date.UTC(Math.trunc(inYear), month - 1, date) - Date.UTC(1899, 11, 30)) / 864e5;
}
/** @param {number} at @param {number[]} values @returns {number} */
const chosen = (at, values) => (at >= 0 && at < values.length ? values[Math.trunc(at)] : NaN);
/** @param {ByCode<number>} column @param {string[]} codes @returns {number} */
const total = (column, codes) => codes.map((code) => column[code]).reduce((sum, one) => sum + one);
/** @param {ByCode<number>} maxima @param {string[]} codes @returns {boolean} */
const applies = (maxima, codes) => codes.some((code) => maxima[code] > 0);
/** @param {number} left @param {number} right @returns {boolean} */
const near = (left, right) => Math.abs(left - right) < 1e-9;
/**
 * The most points among alternatives; one that is open or does not apply does not compete.
 *
 * @param {ByCode<number>} points
 * @param {ByCode<number>} maxima
 * @param {string[]} codes
 * @returns {number}
 */
function best(points, maxima, codes) {
  const competing = codes.filter((code) => maxima[code] > 0);
  if (!competing.length) return 0;
  const known = competing.map((code) => points[code]).filter((one) => !Number.isNaN(one));
  return known.length ? Math.max(...known) : NaN;
}
