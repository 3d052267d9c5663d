// The least changes of an item that earn more, as `scoring.advice` finds them.
const OPEN = 0, DATED = 1, PAST = 2, NEXT_YEAR = 3, NOTHING = 1e-9, MOST_TRIED = 400;

/**
 * @param {string} code
 * @param {Figures | undefined} figures
 * @param {number} year
 * @param {Told["scores"]} scores
 * @param {string} period
 * @returns {Case}
 */
function caseOf(code, figures, year, scores, period) {
  const { sign, decimals } = ITEMS[code], now = scores.points[code];
  const isNa = scores.status[code] === NOT_APPLICABLE, v = figuresOf(code, figures, year);
  /** @param {number} points */
  const kept = (points) => (decimals === null ? points : round(points, decimals));
  /** @param {Figures} more */
  const earned = (more) => (isNa ? NaN : item(code, { ...v, ...more }, year).points);
  return { code, v, period, sign, isNa, kept, worthNow: Number.isNaN(now) ? 0 : sign * now, earned };
}

/** @param {Case} one @param {AdvisedInput} entry @returns {[low: number, high: number]} */
function limitsOf({ code, v }, entry) {
  if (entry.kind === "yes_no") return [0, 1];
  if (entry.kind === "choice") return [0, entry.options.length - 1];
  if (entry.kind === "date") return [firstDay(code, entry, v), lastDayWorth(code, entry, v)];
  const { inputs, peers } = ITEMS[code];
  let low = entry.least ?? -Infinity, high = entry.most ?? Infinity;
  if (entry.atMost && !Number.isNaN(v[entry.atMost])) high = Math.min(high, v[entry.atMost]);
  for (const other of inputs)
    if (other.atMost === entry.name && !Number.isNaN(v[other.name])) low = Math.max(low, v[other.name]);
  // Whoever is the best gives the measure: to fall behind himself would move it.
  if (peers.includes(entry.name) && !Number.isNaN(v[entry.name])) low = Math.max(low, v[entry.name]);
  return [low, high];
}
/** @param {string} code @param {AdvisedInput} entry @param {Figures} v @returns {number} */
const firstDay = (code, { name }, v) =>
  RULES[code].checks.find((check) => check.first && check.input === name)?.first?.(v) ?? -Infinity;
/** @param {string} code @param {AdvisedInput} entry @param {Figures} v @returns {number} */
function lastDayWorth(code, { name }, v) {
  const last = day(v["@year"], 0, 12, 31), edges = ruleEdges(code, { name, v });
  return edges.length ? Math.max(Number.isNaN(last) ? -Infinity : last, Math.max(...edges) + 1) : last;
}

/** @param {Case} one @param {AdvisedInput} entry @param {MoveKind} kind @returns {Move} */
function single(one, entry, kind) {
  const { name } = entry, now = one.v[name];
  const grid = entry.kind === "number" || entry.kind === "percent" ? 0.01 : 1;
  const [low, high] = limitsOf(one, entry);
  const least = Number.isFinite(low) ? low : 0;
  const start = Number.isFinite(now) ? now : kind === "date" ? high : least;
  /** @param {number} x */
  const size = (x) => (kind === "answer" ? 1
    : Math.abs(x - start) + (kind === "date" && !Number.isFinite(now) ? 1 : 0));
  const tried = triedOf(one, entry, grid, low, high, start);
  return { kind, names: [name], tried, size, figures: (x) => ({ [name]: x }) };
}

/**
 * @param {Case} one
 * @param {AdvisedInput} entry
 * @param {number} grid between two values that people write
 * @param {number} low
 * @param {number} high
 * @param {number} start
 * @returns {number[]}
 */
function triedOf({ code, v }, { name }, grid, low, high, start) {
  const /** @type {Moved} */ moved = { name, v }, found = ruleEdges(code, moved);
  const edges = [...found, low, high, start].map(finite);
  if (ITEMS[code].isRounded) {
    const ends = [...(found.length ? found : [low, high]), start];
    const inside = ends.map((one) => Math.min(Math.max(one, low), high));
    edges.push(...ruleEdges(code, { name, v, window: [Math.min(...inside), Math.max(...inside)] }));
  }
  if (moved.isBlind) {
    const first = Math.max(low, start - (MOST_TRIED / 2) * grid);
    const last = Math.min(high, first + MOST_TRIED * grid);
    for (let at = 0; at <= MOST_TRIED; at += 1) if (first + grid * at <= last) edges.push(first + grid * at);
  }
  const steps = edges.map((edge) => toEven(edge / grid)).flatMap((at) => [at - 1, at, at + 1]);
  const onGrid = steps.map((at) => (grid === 1 ? at : at / Math.round(1 / grid)));
  return [...onGrid, low, high].filter((x) => x >= low && x <= high && Number.isFinite(x));
}

/**
 * Say yes to as many more conditions as `x`, what is not answered first; no, for a penalty.
 *
 * @param {Case} one
 * @returns {Move}
 */
function checklist({ code, v, sign }) {
  const names = ITEMS[code].inputs.filter((one) => one.role === "condition").map((one) => one.name);
  const wanted = sign > 0 ? 1 : 0;
  const open = names.filter((name) => Number.isNaN(v[name]));
  const order = [...open, ...names.filter((name) => !Number.isNaN(v[name]) && v[name] !== wanted)];
  return { kind: "answer", names, tried: order.map((_, at) => at + 1), size: (x) => x,
    figures: (x) => Object.fromEntries(names.map((name) => {
      const at = order.indexOf(name);
      return [name, at >= 0 && at + 1 <= x ? wanted : v[name]];
    })) };
}

/**
 * Let `x` of those who answered worst answer best; nobody more is asked.
 *
 * @param {Case} one
 * @returns {Move}
 */
function responses({ code, v, sign }) {
  const weights = ITEMS[code].inputs.map((one) => ({ name: one.name, weight: sign * (one.weight ?? NaN) }));
  const names = weights.sort((a, b) => a.weight - b.weight).map((one) => one.name);
  const given = names.map((name) => v[name]), /** @type {number[]} */ before = [];
  given.reduce((sum, one) => { before.push(sum); return sum + one; }, 0);
  const last = before[before.length - 1];
  const tried = [...before.slice(1), ...before.slice(1).map((one) => one + 1), 1];
  return { kind: "survey", names, tried: tried.filter((x) => x >= 1 && x <= last), size: (x) => x,
    figures: (x) => Object.fromEntries(names.map((name, at) => {
      if (at === names.length - 1) return [name, given[at] + x];
      return [name, given[at] - Math.min(Math.max(x - before[at], 0), given[at])];
    })) };
}

/** @param {string} code @param {string} name @returns {AdvisedInput} */
function inputOf(code, name) {
  const entry = ITEMS[code].inputs.find((one) => one.name === name);
  if (!entry) throw new Error(`${code} has no input ${name}`);
  return entry;
}

/** @param {Case} one @returns {Move[]} */
function movesOf(one) {
  const { inputs, movable } = ITEMS[one.code];
  if (inputs.some((entry) => entry.role === "condition")) return [checklist(one)];
  if (inputs.some((entry) => entry.role === "responses")) return [responses(one)];
  return movable.map(([name, kind]) => single(one, inputOf(one.code, name), kind));
}

/** @param {Case} one @param {Move} move @returns {Level[]} each worth more than the one before */
function levelsOf(one, move) {
  const xs = [...new Set(move.tried)].sort((a, b) => a - b), /** @type {Level[]} */ rows = [];
  for (const x of xs) {
    const points = one.kept(one.earned(move.figures(x))), worth = one.sign * points;
    if (worth > one.worthNow + NOTHING) rows.push({ move, x, points, worth, size: move.size(x), figures: move.figures(x) });
  }
  rows.sort((a, b) => a.size - b.size || a.worth - b.worth);
  let best = -Infinity;
  return rows.filter(({ worth }) => {
    const rises = worth > best + NOTHING;
    best = Math.max(best, worth);
    return rises;
  });
}

/**
 * The last level that all moves reach together, where it is above that of each.
 *
 * @param {Case} one
 * @param {Level[][]} made
 * @returns {Level[]}
 */
function together(one, made) {
  /** @param {Level[]} rows @returns {Level | undefined} */
  const lastOf = (rows) => rows[rows.length - 1];
  const top = Math.max(one.worthNow, ...made.map((rows) => lastOf(rows)?.worth ?? -Infinity));
  let best = one.worthNow, size = 0, v = one.v;
  const /** @type {Figures} */ changed = {};
  for (let at = 0; at < movesOf(one).length; at += 1) {
    const /** @type {Case} */ state = { ...one, v, earned: (more) => one.earned({ ...v, ...more }) };
    const move = movesOf(state)[at], last = lastOf(levelsOf(state, move));
    const isBetter = last !== undefined && last.worth > best + NOTHING;
    if (isBetter) { best = last.worth; size += last.size; }
    if (last) for (const name of Object.keys(last.figures))
      changed[name] = isBetter ? last.figures[name] : one.v[name];
    v = { ...one.v, ...changed };
  }
  if (!(best > top + NOTHING)) return [];
  const points = one.kept(one.earned(changed));
  return [{ move: movesOf(one)[0], x: NaN, points, worth: one.sign * points, size, figures: changed }];
}

/** @param {Case} one @param {Level} level @param {number | null} on @returns {number} */
function termOf({ v, period }, { move, x }, on) {
  const now = v[move.names[0]], isOver = on !== null && lastDayOf(v["@year"], period) < on;
  if (move.kind === "date") {
    const isDone = Number.isFinite(now) && (on === null || now <= on);
    return !isDone && x >= (on ?? -Infinity) ? DATED : PAST;
  }
  const isAnswered = move.names.every((name) => !Number.isNaN(v[name]));
  // People were asked once; a result that is not entered yet still counts.
  if (move.kind === "survey") return isAnswered ? NEXT_YEAR : OPEN;
  if (move.kind === "count" && x < now) return NEXT_YEAR;
  return move.kind !== "decision" && isOver && isAnswered ? NEXT_YEAR : OPEN;
}

/** @param {Case} one @param {number | null} on @returns {Option[]} the least gain first */
function optionsOf(one, on) {
  const made = movesOf(one).map((move) => levelsOf(one, move));
  const all = [...made.flat(), ...(made.length > 1 ? together(one, made) : [])];
  const found = all.map((row) => {
    const changes = Object.keys(row.figures).filter((name) => row.figures[name] !== one.v[name]);
    const now = one.v[row.move.names[0]], isNew = row.move.kind === "date" && !Number.isFinite(now);
    return { ...row, kind: row.move.kind, more: row.worth - one.worthNow, term: termOf(one, row, on),
      change: isNew ? 1 : row.size, changes: changes.map((name) => (
        { name, before: one.v[name], value: row.figures[name] })) };
  });
  found.sort((a, b) => a.more - b.more);
  const doable = found.filter((row) => row.term < PAST);
  return doable.length ? doable : found;
}

/**
 * The first step worth a word: not one case of many on a straight way.
 *
 * @param {Option[]} found
 * @returns {Option}
 */
function firstStep(found) {
  let first = found[0];
  if (first.kind === "count" || !(first.change <= 1)) return first;
  /** @param {Option} row */
  const keyOf = (row) => (row.kind === "figure" ? row.changes.map((one) => one.name).sort().join() : "");
  for (;;) {
    const after = found.slice(found.indexOf(first) + 1).find((row) => keyOf(row) === keyOf(first));
    if (!after || !(after.change > first.change)) return first;
    if (!(Math.abs(first.more - (first.change * after.more) / after.change) <= 0.011)) return first;
    first = after;
  }
}

/**
 * What an option adds to the index; what else is open counts for nothing, before and after.
 *
 * @param {Case} one
 * @param {number} points
 * @param {Told["scores"]} scores
 * @returns {number}
 */
function indexGain(one, points, scores) {
  const /** @type {ByCode<number>} */ leaves = {}, /** @type {ByCode<boolean>} */ isNa = {};
  for (const { code, isItem } of NODES) {
    if (!isItem) continue;
    isNa[code] = scores.status[code] === NOT_APPLICABLE;
    const known = scores.points[code];
    leaves[code] = isNa[code] ? NaN : Number.isNaN(known) ? 0 : known;
  }
  const base = rollUp(leaves, isNa).points[INDEX];
  return rollUp({ ...leaves, [one.code]: points }, isNa).points[INDEX] - base;
}

/**
 * The next and the last step of an item, each with its sentence; or what it lacks.
 *
 * @type {AdvisingScript["steps"]}
 */
function steps(code, figures, year, { scores, period = "", on = null, lang = "vi" }) {
  const one = caseOf(code, figures, year, scores, period), found = one.isNa ? [] : optionsOf(one, on);
  /** @param {Option} row @param {Step["step"]} step @param {Option[]} [later] @returns {Step} */
  const told = (row, step, later = []) => {
    const way = { ...row, one, step, later, indexMore: indexGain(one, row.points, scores) };
    const { kind, points, more, indexMore, change, changes, term } = way;
    const dueOn = kind === "date" && term === DATED ? row.x : null;
    return { step, kind, term: TERMS[term], points, more, indexMore, change, changes, dueOn, text: wayText(way, lang) };
  };
  if (!found.length) return missing(one, scores, lang);
  if (found[0].kind === "date") return [told(found[found.length - 1], "only", found.slice(0, -1).reverse())];
  const first = firstStep(found), last = found[found.length - 1];
  return first === last ? [told(last, "only")] : [told(first, "next"), told(last, "last")];
}

/** @param {Case} one @param {Told["scores"]} scores @param {Lang} lang @returns {Step[]} */
function missing(one, scores, lang) {
  const { lacking, inputs, bests, sign } = ITEMS[one.code];
  const names = [...inputs, ...bests].filter(({ name }) => lacking.includes(name) && Number.isNaN(one.v[name]))
    .sort((a, b) => lacking.indexOf(a.name) - lacking.indexOf(b.name));
  if (scores.status[one.code] !== NOT_ASSESSED || !names.length) return [];
  const most = scores.maxima[one.code], key = sign < 0 ? "advice_missing_penalty" : "advice_missing";
  const text = say(key, lang, { names: names.map((entry) => entry[lang]).join("; "), most: pointsText(most, lang) });
  return [{ step: "only", kind: "missing", term: "open", points: most, more: most, indexMore: NaN,
    change: NaN, changes: [], dueOn: null, missing: names.map((entry) => entry.name), text }];
}
