// What is kept of a work: whole states now and then, and between them every change. Each record
// carries a check of its own text, so that one that was cut or spoiled is left out, not believed.

/** @typedef {Record<string, any>} Work */
/** @typedef {[string[]] | [string[], any]} Difference a path, with its new value or gone */
/** @typedef {{work: any, label: string}} Step */
/** @typedef {"change" | "more" | "undo" | "redo"} Move */
/** @typedef {{now: any, before: Step[], after: Step[]}} Past */
/** @typedef {{seq: number, at: string, label: string, move: Move, patch: Difference[]}} Entry */
/** @typedef {{seq: number, at: string, work: any, before: {label: string, patch: Difference[]}[],
 *   after: {label: string, patch: Difference[]}[]}} Snapshot */

// Steps that can be undone after the form was closed, and states that are kept.
const KEPT_STEPS = 60;
export const KEPT_STATES = 5;

/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Return what leads from one plain value to another; lists change as a whole.
 * @param {any} old @param {any} now @param {string[]} path @returns {Difference[]}
 */
export function differences(old, now, path = []) {
  if (old === now) return [];
  if (!isObject(old) || !isObject(now)) return JSON.stringify(old) === JSON.stringify(now) ? [] : [[path, now]];
  /** @type {Difference[]} */
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(now, key)).map((key) => [[...path, key]]);
  return gone.concat(Object.keys(now).flatMap((key) => differences(Object.hasOwn(old, key) ? old[key] : undefined, now[key], [...path, key])));
}

/**
 * Return a value with differences applied; what they leave alone is shared, not copied.
 * @param {any} value @param {Difference[]} patch
 */
export function patched(value, patch) {
  return patch.reduce((now, difference) => withDifference(now, difference, 0), value);
}

/** @param {any} value @param {Difference} difference @param {number} depth @returns {any} */
function withDifference(value, difference, depth) {
  const [path] = difference;
  if (depth === path.length) return difference[1];
  const made = Object.fromEntries(Object.entries(isObject(value) ? value : {}));
  const key = path[depth];
  if (difference.length === 1 && depth === path.length - 1) delete made[key];
  else return Object.fromEntries([...Object.entries(made), [key, withDifference(Object.hasOwn(made, key) ? made[key] : undefined, difference, depth + 1)]]);
  return made;
}

/** FNV-1a: it finds what a disk or a cut writing does, not what a person intends. @param {string} text */
function checkOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** @param {Entry | Snapshot | Record<string, any>} record */
export function sealed(record) {
  const text = JSON.stringify(record);
  return `${checkOf(text)} ${text}`;
}

/** @param {any} text @returns {any} the record; null where it is damaged */
export function unsealed(text) {
  if (typeof text !== "string" || text.slice(0, 8) !== checkOf(text.slice(9))) return null;
  try {
    return JSON.parse(text.slice(9));
  } catch {
    return null;
  }
}

/** @param {any} now @param {Step[]} steps the last is the nearest */
function chained(now, steps) {
  const near = steps.slice(-KEPT_STEPS);
  return near.map((step, at) => ({ label: step.label, patch: differences(near[at + 1]?.work ?? now, step.work) }));
}

/** @param {any} now @param {{label: string, patch: Difference[]}[]} chain @returns {Step[]} */
function unchained(now, chain) {
  let next = now;
  return [...chain].reverse().map(({ label, patch }) => {
    next = patched(next, patch);
    return { label, work: next };
  }).reverse();
}

/** @param {number} seq @param {string} at @param {Past} past @returns {Snapshot} */
export function snapshotOf(seq, at, { now, before, after }) {
  return { seq, at, work: now, before: chained(now, before), after: chained(now, after) };
}

/**
 * Tell how a work came from the one before, from which steps stand before and after it.
 * @param {Past} old @param {Past} next @returns {Move}
 */
export function moveBetween(old, next) {
  if (next.after.at(-1)?.work === old.now) return "undo";
  if (next.before.at(-1)?.work !== old.now) return "more";
  return old.after.length && old.after.at(-1)?.work === next.now ? "redo" : "change";
}

/** @param {Past} past @param {Entry} entry @returns {Past} */
function replayed({ now, before, after }, { label, move, patch }) {
  const next = patched(now, patch);
  const top = (/** @type {Step[]} */ steps) => ({ work: now, label: steps.at(-1)?.label ?? label });
  if (move === "undo") return { now: next, before: before.slice(0, -1), after: [...after, top(before)] };
  if (move === "redo") return { now: next, before: [...before, top(after)], after: after.slice(0, -1) };
  return { now: next, before: move === "more" ? before : [...before, { work: now, label }], after: [] };
}

/** @param {number} seq */
export const rowNumber = (seq) => String(seq).padStart(10, "0");

/**
 * Put a work together from its rows: the newest sound state, and each change after it.
 * @param {Map<string, any>} rows @param {string} key
 * @returns {{past: Past | null, seq: number, last: number, at: string, damaged: number}}
 *   `last` is the highest number ever used, `damaged` how many records could not be read
 */
export function recovered(rows, key) {
  const numbered = (/** @type {string} */ mark) => [...rows.keys()].filter((name) => name.startsWith(`${key}|${mark}|`)).sort();
  const states = numbered("s"), entries = numbered("j");
  const last = Math.max(0, ...[...states, ...entries].map((name) => Number(name.slice(-10)) || 0));
  let damaged = 0;
  for (const name of states.reverse()) {
    /** @type {Snapshot | null} */
    const state = unsealed(rows.get(name));
    if (!state) {
      damaged += 1;
      continue;
    }
    let { work: now, seq, at } = state;
    /** @type {Past} */
    let past = { now, before: unchained(now, state.before), after: unchained(now, state.after) };
    for (const later of entries.filter((one) => Number(one.slice(-10)) > state.seq)) {
      /** @type {Entry | null} */
      const entry = unsealed(rows.get(later));
      if (entry?.seq !== seq + 1) return { past, seq, last, at, damaged: damaged + 1 };
      past = replayed(past, entry);
      ({ seq, at } = entry);
    }
    return { past, seq, last, at, damaged };
  }
  return { past: null, seq: 0, last, at: "", damaged: damaged + (states.length ? 0 : entries.length) };
}
