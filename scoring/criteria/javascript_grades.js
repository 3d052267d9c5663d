// What conditions do to the grade of the points: first caps and steps down, then what a grade
// needs, then what forces one, as `scoring.points.grade_rules`. Quotas compare units: `quotas`
// names them, for no page knows the other units.
/** @param {GradeRule} rule @param {RolledUp} rolled @param {ByCode<Figures>} figures @returns {GradeAnswer} */
function gradeAnswer(rule, rolled, figures) {
  const most = rolled.applicable[rule.item], earned = rolled.points[rule.item];
  /** @type {Figures} */
  const v = { points: earned, percent: most > 0 ? 100 * (earned / most) : NaN };
  for (const name of rule.own) v[name] = figures[rule.item]?.[name] ?? NaN;
  let isKnown = rule.names.every((name) => !Number.isNaN(v[name]));
  if (faultsOf(rule.checks, v).length) isKnown = false;
  const isTrue = rule.test(v);
  // What does not apply to a unit is not held against it.
  if (!rule.isOfFigures && most === 0) return { isTrue: rule.kind === "needs", isKnown: true };
  return { isTrue, isKnown };
}

/** @param {GradeRule} rule @param {GradeState} state @returns {boolean} */
function isAbout(rule, state) {
  const grade = GRADE_ORDER[state.level] ?? "";
  if (rule.kind === "caps") return state.level > GRADE_ORDER.indexOf(rule.grade);
  if (rule.kind === "forces") return grade !== "" && grade !== rule.grade;
  // Below the lowest grade there is none.
  const isAmong = state.level > (rule.kind === "lowers" ? 0 : -1);
  return rule.grade ? isAmong && grade === rule.grade : isAmong;
}

/** @param {GradeRule} rule @param {GradeState} state @param {GradeAnswer} answer */
function takeRule(rule, state, { isTrue, isKnown }) {
  if (!isAbout(rule, state)) return;
  const before = GRADE_ORDER[state.level] ?? "";
  /** @param {string} verdict @param {string} after */
  const tell = (verdict, after) => state.reasons.push(
    { verdict, before, after, vi: rule.vi, en: rule.en, item: rule.item });
  if (!isKnown) {
    state.isHeld = true;
    tell("grade-to-confirm", "");
    return;
  }
  if (isTrue === (rule.kind === "needs")) return;
  if (rule.kind === "caps") state.level = GRADE_ORDER.indexOf(rule.grade);
  else if (rule.kind === "lowers") state.level -= 1;
  else if (rule.kind === "forces") state.forced = rule.grade;
  else state.isHeld = true;
  const moves = rule.kind === "caps" || rule.kind === "lowers";
  tell(GRADE_ACTS[rule.kind], moves ? GRADE_ORDER[state.level] ?? "" : state.forced);
}

/** @param {RolledUp} rolled @param {ByCode<Figures>} figures @returns {Graded} */
function graded(rolled, figures) {
  const points = round(rolled.points[INDEX], GRADE_DECIMALS);
  const byPoints = GRADES.filter(([, holds]) => holds(points)).map(([code]) => code).pop() ?? "";
  /** @type {GradeState} */
  const state = { level: GRADE_ORDER.indexOf(byPoints), forced: "", isHeld: false, reasons: [] };
  for (const rule of GRADE_RULES) takeRule(rule, state, gradeAnswer(rule, rolled, figures));
  const granted = state.isHeld ? "" : GRADE_ORDER[state.level] ?? "";
  const reasons = state.reasons.filter(
    (reason) => reason.verdict === "grade-forced" || !state.forced);
  return { grade: state.forced || granted, gradeByPoints: byPoints, gradeReasons: reasons,
    quotas: GRADE_QUOTAS };
}
