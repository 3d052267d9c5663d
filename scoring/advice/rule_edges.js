// The straight lines along which a rule follows one input, and where it leaves them, as
// `scoring.rules.expression.lines`.
const MOST_LINES = 64, FEW_ROUNDINGS = 100;
const finite = (value) => (Number.isFinite(value) ? value : NaN);
const isFixed = (line) => line.slope === 0;
const timesLine = (line, by) => ({ start: line.start * by, slope: isFixed(line) ? 0 : line.slope * by });
const partsOf = (node) => {
  if (!Array.isArray(node)) return [];
  const [kind, a, b, c] = node;
  if (["min", "max", "and", "or"].includes(kind)) return a;
  if (kind === "cmp") return [b, c];
  if (["round", "not"].includes(kind)) return [a];
  return ["+", "-", "*", "/", "if"].includes(kind) ? [a, b, c].filter((one) => one !== undefined) : [];
};

function moves(node, moved) {
  if (node === moved.name) return true;
  if (!Array.isArray(node)) return false;
  if (["best", "choose", "never", "whole"].includes(node[0])) return node[1] === moved.name;
  return partsOf(node).some((part) => moves(part, moved));
}

function linesOf(node, moved) {
  if (!moves(node, moved)) return [{ start: num(node, moved.v), slope: 0 }];
  const lines = movedLines(node, moved);
  if (lines.length && lines.length <= MOST_LINES) return lines;
  moved.isBlind = true;
  return [];
}

function movedLines(node, moved) {
  if (typeof node === "string") return [{ start: 0, slope: 1 }];
  const [kind, a, b, c] = node, lines = (part) => linesOf(part, moved);
  switch (kind) {
    case "best": return [{ start: moved.v[`@best:${a}`], slope: 0 }, { start: 0, slope: 1 }];
    case "choose": return b.map((start) => ({ start: start ?? NaN, slope: 0 }));
    case "min": case "max": return a.flatMap(lines);
    case "round": return lines(a);
    case "if": return [...lines(b), ...lines(c)];
    case "/": return [...(c === null ? [] : lines(c)), ...quotients(lines(a), lines(b), b, moved)];
    default: return lines(a).flatMap((left) => lines(b).flatMap((right) => joined(kind, left, right, moved)));
  }
}

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

function quotients(lefts, rights, divisor, moved) {
  const isBest = Array.isArray(divisor) && divisor[0] === "best";
  return lefts.flatMap((left) => rights.flatMap((right) => {
    if (isFixed(right)) return [timesLine(left, 1 / right.start)];
    // Beyond the best of the block the own value is measured by itself.
    if (!isBest) moved.isBlind = true;
    return [];
  }));
}

const crossing = (line, other) => finite((other.start - line.start) / (line.slope - other.slope));
function crossings(sides) {
  const found = [];
  sides.forEach((ours, at) => sides.slice(at + 1).forEach((others) => {
    for (const line of ours) for (const other of others)
      if (!isFixed(line) || !isFixed(other)) found.push(crossing(line, other));
  }));
  return found;
}

function edgesOf(node, moved) {
  if (!Array.isArray(node)) return [];
  const [kind, a, b, c] = node, found = partsOf(node).flatMap((part) => edgesOf(part, moved));
  if (kind === "cmp") return [...found, ...crossings([linesOf(b, moved), linesOf(c, moved)])];
  if (kind === "min" || kind === "max") return [...found, ...crossings(a.map((one) => linesOf(one, moved)))];
  if (kind === "round") return [...found, ...roundings(a, b, moved)];
  if (kind === "best" && a === moved.name) return [...found, moved.v[`@best:${a}`]];
  return kind === "choose" && a === moved.name ? [...found, ...b.keys()] : found;
}

function roundings(node, decimals, moved) {
  if (!moved.window) return [];
  const step = Number(`1e-${decimals}`), found = [];
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

// Where the points of an item may jump, bend, or leave what is allowed.
function ruleEdges(code, moved) {
  const { tree, most } = ITEMS[code];
  const allowed = [{ start: 0, slope: 0 }, { start: most, slope: 0 }];
  const found = [...edgesOf(tree, moved), ...crossings([linesOf(tree, moved), allowed])];
  return found.filter((edge) => !Number.isNaN(edge));
}
