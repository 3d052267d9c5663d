// The straight lines along which a rule follows one input, and where it leaves them, as
// `scoring.rules.expression.lines`.
const MOST_LINES = 64, FEW_ROUNDINGS = 100;
/** @param {number} value @returns {number} */
const finite = (value) => (Number.isFinite(value) ? value : NaN);
/** @param {Line} line @returns {boolean} */
const isFixed = (line) => line.slope === 0;
/** @param {Line} line @param {number} by @returns {Line} */
const timesLine = (line, by) => ({ start: line.start * by, slope: isFixed(line) ? 0 : line.slope * by });
/** @param {Operation | Test} node @returns {(Tree | Test)[]} */
function partsOf(node) {
  const [kind, a, b, c] = node;
  switch (kind) {
    case "min": case "max": case "and": case "or": return a;
    case "+": case "-": case "*": return [a, b];
    case "/": case "if": return [a, b, c];
    case "cmp": return [b, c];
    case "round": case "not": return [a];
    default: return [];
  }
}

/** @param {Tree | Test} node @param {Moved} moved @returns {boolean} */
function moves(node, moved) {
  if (!Array.isArray(node)) return node === moved.name;
  if (["best", "choose", "never", "whole"].includes(node[0])) return node[1] === moved.name;
  return partsOf(node).some((part) => moves(part, moved));
}

/** @param {Tree} node @param {Moved} moved @returns {Line[]} */
function linesOf(node, moved) {
  if (!moves(node, moved)) return [{ start: num(node, moved.v), slope: 0 }];
  const lines = movedLines(node, moved);
  if (lines.length && lines.length <= MOST_LINES) return lines;
  moved.isBlind = true;
  return [];
}

/** @param {Tree} node that the moved input is or stands in @param {Moved} moved @returns {Line[]} */
function movedLines(node, moved) {
  if (!Array.isArray(node)) return [{ start: 0, slope: 1 }];
  const [kind, a, b, c] = node;
  /** @param {Tree} part */
  const lines = (part) => linesOf(part, moved);
  switch (kind) {
    case "best": return [{ start: moved.v[`@best:${a}`], slope: 0 }, { start: 0, slope: 1 }];
    case "choose": return b.map((start) => ({ start: start ?? NaN, slope: 0 }));
    case "min": case "max": return a.flatMap(lines);
    case "round": return lines(a);
    case "if": return [...lines(b), ...lines(c)];
    // The same whatever moves.
    case "day": return [];
    case "/": return [...(c === null ? [] : lines(c)), ...quotients(lines(a), lines(b), b, moved)];
    default: return lines(a).flatMap((left) => lines(b).flatMap((right) => joined(kind, left, right, moved)));
  }
}

/**
 * @param {"+" | "-" | "*"} kind
 * @param {Line} left
 * @param {Line} right
 * @param {Moved} moved
 * @returns {Line[]}
 */
function joined(kind, left, right, moved) {
  if (kind !== "*") {
    const sign = kind === "+" ? 1 : -1;
    return [{ start: left.start + sign * right.start, slope: left.slope + sign * right.slope }];
  }
  if (isFixed(left)) return [timesLine(right, left.start)];
  if (isFixed(right)) return [timesLine(left, right.start)];
  moved.isBlind = true;
  return [];
}

/**
 * @param {Line[]} lefts
 * @param {Line[]} rights
 * @param {Tree} divisor
 * @param {Moved} moved
 * @returns {Line[]}
 */
function quotients(lefts, rights, divisor, moved) {
  const isBest = Array.isArray(divisor) && divisor[0] === "best";
  return lefts.flatMap((left) => rights.flatMap((right) => {
    if (isFixed(right)) return [timesLine(left, 1 / right.start)];
    // Beyond the best of the block the own value is measured by itself.
    if (!isBest) moved.isBlind = true;
    return [];
  }));
}

/** @param {Line} line @param {Line} other @returns {number} */
const crossing = (line, other) => finite((other.start - line.start) / (line.slope - other.slope));
/** @param {Line[][]} sides @returns {number[]} */
function crossings(sides) {
  const /** @type {number[]} */ found = [];
  sides.forEach((ours, at) => sides.slice(at + 1).forEach((others) => {
    for (const line of ours) for (const other of others)
      if (!isFixed(line) || !isFixed(other)) found.push(crossing(line, other));
  }));
  return found;
}

/** @param {Tree | Test} node @param {Moved} moved @returns {number[]} */
function edgesOf(node, moved) {
  if (!Array.isArray(node)) return [];
  const [kind, a, b, c] = node, found = partsOf(node).flatMap((part) => edgesOf(part, moved));
  if (kind === "cmp") return [...found, ...crossings([linesOf(b, moved), linesOf(c, moved)])];
  if (kind === "min" || kind === "max") return [...found, ...crossings(a.map((one) => linesOf(one, moved)))];
  if (kind === "round") return [...found, ...roundings(a, b, moved)];
  if (kind === "best" && a === moved.name) return [...found, moved.v[`@best:${a}`]];
  return kind === "choose" && a === moved.name ? [...found, ...b.keys()] : found;
}

/** @param {Tree} node @param {number} decimals @param {Moved} moved @returns {number[]} */
function roundings(node, decimals, moved) {
  if (!moved.window) return [];
  const step = Number(`1e-${decimals}`), /** @type {number[]} */ found = [];
  for (const line of linesOf(node, moved)) {
    if (isFixed(line)) continue;
    const ends = moved.window.map((end) => line.start + line.slope * end);
    const first = Math.floor(Math.min(...ends) / step), count = Math.ceil(Math.max(...ends) / step) - first;
    if (!Number.isFinite(count) || count > FEW_ROUNDINGS) continue;
    for (let at = 0; at <= count; at += 1)
      found.push(crossing(line, { start: (first + at + 0.5) * step, slope: 0 }));
  }
  return found;
}

/**
 * Where the points of an item may jump, bend, or leave what is allowed.
 *
 * @param {string} code
 * @param {Moved} moved
 * @returns {number[]}
 */
function ruleEdges(code, moved) {
  const { tree, most } = ITEMS[code];
  const allowed = [{ start: 0, slope: 0 }, { start: most, slope: 0 }];
  const found = [...edgesOf(tree, moved), ...crossings([linesOf(tree, moved), allowed])];
  return found.filter((edge) => !Number.isNaN(edge));
}
