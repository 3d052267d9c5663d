const NODES = ROWS.map(([code, parent, max, isItem = 0, isPenalty = 0, hasDay = 0, isBest = 0]) => (
  { code, parent, max, isItem: !!isItem, isPenalty: !!isPenalty, hasDay: !!hasDay, isBest: !!isBest }));
const SCORED = 0, NOT_ASSESSED = 1, NOT_APPLICABLE = 2, INVALID = 3;

/** @param {Check[]} checks @param {Figures} v @returns {Check[]} */
function faultsOf(checks, v) {
  return checks.filter((check) => !check.holds(v) && !Number.isNaN(v[check.input])
    && !(check.limitInput && Number.isNaN(v[check.limitInput]))
    && !(check.first && Number.isNaN(check.first(v))));
}

/** @type {SetScript["item"]} */
function item(code, figures, year) {
  const rule = RULES[code], /** @type {Figures} */ v = { "@year": year };
  for (const name of [...rule.needed, ...rule.checks.map((check) => check.input)])
    v[name] = figures && name in figures ? figures[name] : NaN;
  for (const check of rule.checks)
    if (check.limitInput) v[check.limitInput] = figures?.[check.limitInput] ?? NaN;
  const points = rule.points(v), slack = TOLERANCE * Math.max(1, rule.max);
  const isBeyond = points > rule.max + slack || points < -slack;
  let status = Number.isNaN(points) || isBeyond ? INVALID : SCORED;
  if (rule.zero && rule.zero(v)) status = rule.zeroStatus;
  const isMissing = rule.needed.some((name) => Number.isNaN(v[name]));
  if (isMissing || rule.days.some((first) => Number.isNaN(first(v)))) status = NOT_ASSESSED;
  const faults = faultsOf(rule.checks, v);
  if (faults.length) status = INVALID;
  const kept = Math.min(Math.max(points, 0), rule.max);
  const told = faults.map((one) => ({ code: one.code, input: one.input,
    limitInput: one.limitInput, limit: one.limitInput ? v[one.limitInput] : one.limit,
    first: one.first?.(v), last: one.last?.(v) }));
  return { points: status === SCORED ? kept : NaN, status, faults: told };
}

const PARENTS = new Map(NODES.map((node) => [node.code, node]));
const UPWARDS = [...NODES.map((node) => node.code).reverse(), INDEX];
/** @param {ByCode<number>} leaves @param {ByCode<boolean>} isNa @returns {RolledUp} */
function rollUp(leaves, isNa) {
  /** @type {RolledUp} */
  const r = { points: { ...leaves }, applicable: {}, given_up: {}, earned: leaves, is_na: isNa };
  for (const code of UPWARDS) {
    r.applicable[code] = APPLICABLE[code](r);
    if (code in GIVEN_UP) r.given_up[code] = GIVEN_UP[code](r);
    r.points[code] = POINTS[code](r);
  }
  return r;
}

/**
 * The ends while something is open: nothing or everything for it; an open alternative beside one
 * that has points is left out, with all below it.
 *
 * @param {RolledUp} rolled
 * @param {ByCode<number>} status
 * @param {ByCode<boolean>} isNa
 * @param {boolean} isLow
 * @returns {ByCode<number>}
 */
function bound(rolled, status, isNa, isLow) {
  const /** @type {ByCode<number>} */ leaves = {}, /** @type {ByCode<boolean | undefined>} */ idle = {};
  for (const node of NODES) {
    const code = node.code, isOpen = status[code] === NOT_ASSESSED || status[code] === INVALID;
    const parent = PARENTS.get(node.parent);
    const known = parent && parent.isBest && !Number.isNaN(rolled.points[parent.code]);
    idle[code] = (parent && idle[parent.code]) || (known && Number.isNaN(rolled.points[code]));
    if (!node.isItem) continue;
    leaves[code] = !isOpen ? rolled.earned[code] : idle[code] ? NaN
      : isLow === node.isPenalty ? node.max : 0;
  }
  return rollUp(leaves, isNa).points;
}

/** @type {SetScript["score"]} */
function score({ figures, notApplicable = {}, year = NaN, proof = null }) {
  const /** @type {ByCode<number>} */ leaves = {}, /** @type {ByCode<number>} */ status = {},
    /** @type {ByCode<boolean>} */ isNa = {};
  for (const { code, isItem } of NODES) {
    if (!isItem) continue;
    const made = item(code, figures[code], year);
    isNa[code] = notApplicable[code] === true || made.status === NOT_APPLICABLE;
    status[code] = isNa[code] ? NOT_APPLICABLE : made.status;
    leaves[code] = isNa[code] ? NaN : made.points;
  }
  const rolled = rollUp(leaves, isNa);
  for (const code of [...NODES.filter((node) => !node.isItem).map((node) => node.code), INDEX]) {
    const state = Number.isNaN(rolled.points[code]) ? NOT_ASSESSED : SCORED;
    status[code] = rolled.applicable[code] > 0 ? state : NOT_APPLICABLE;
  }
  const [low, high] = [true, false].map((isLow) => bound(rolled, status, isNa, isLow));
  /** @type {Omit<Scores, keyof Graded>} */
  const made = { points: rolled.points, low, high, maxima: rolled.applicable, status };
  if (proof) made.supported = supported(rolled, isNa, proof);
  return { ...made, ...graded(rolled, figures) };
}
