/* Rounding once, half up, at the edge, as scoring.base.rounding does. */

const GUARD_SCALE = 1e9;

/**
 * Rounds half up (away from zero); a tie that a double misses by a hair is a tie. NaN stays NaN.
 *
 * @param {number} points
 * @param {number} [decimals]
 * @returns {number}
 */
export function roundPoints(points, decimals = 2) {
  if (!Number.isFinite(points)) return points;
  const scale = Number(`1e${decimals}`);
  const near = nearestEven(Math.abs(points) * scale * GUARD_SCALE) / GUARD_SCALE;
  const rounded = Math.floor(near + 0.5) / scale;
  return points < 0 ? 0 - rounded : rounded;
}

/**
 * @param {number} value 0 or more
 * @returns {number}
 */
function nearestEven(value) {
  const below = Math.floor(value), rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

/**
 * The sum of figures in their order; NaN where one is missing, since missing is not zero.
 *
 * @param {Iterable<number>} figures
 * @returns {number}
 */
export function sumOf(figures) {
  let sum = 0;
  for (const figure of figures) sum += figure;
  return sum;
}
