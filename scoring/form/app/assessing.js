import { readDate, serialOf } from "../../browser/lib/dates.js";
import { readFigure } from "../../browser/lib/answers.js";
import { dayText, numberText } from "../../browser/lib/shown.js";
import { clean } from "../../browser/lib/text.js";
import { proofDocuments } from "./proof.js";
import { saidOf } from "./state.js";

/**
 * What a work comes to: its figures as read, what is wrong with them, and the points.
 *
 * @typedef {import("./state.js").Work} Work
 * @typedef {import("../../criteria/set_script").SetScript} Rules
 * @typedef {import("../../criteria/set_script").Scores} Scores
 * @typedef {import("../../criteria/set_script").Fault} Fault
 * @typedef {{value: number, problem?: string, candidates?: number[], doubt?: string, expected?: number}} Reading
 * @typedef {{figures: Record<string, Record<string, number>>, readings: Record<string, Record<string, Reading>>,
 *   faults: Record<string, Fault[]>, scores: Scores, states: Record<string, string>,
 *   proof: Record<string, import("./proof.js").Verdict>}} Assessed
 */

// As scoring.base.values numbers them.
export const SCORED = 0;
export const NOT_APPLICABLE = 2;
export const INVALID = 3;
const YES_NO = { yes: 1, no: 0 };

/**
 * Reads one field as scoring reads the cell of a ledger.
 *
 * @param {any} input @param {string} text @param {string[]} never @param {string} note the explanation
 * @returns {Reading}
 */
export function readField(input, text, never, note) {
  if (!clean(text)) return { value: NaN };
  if (input.kind === "yes_no") return { value: YES_NO[/** @type {"yes" | "no"} */ (text)] ?? NaN };
  if (input.kind === "choice") {
    const place = input.options.findIndex((/** @type {any} */ one) => one.code === text);
    return { value: place < 0 ? NaN : place };
  }
  if (input.kind === "date") return readDate(text, input.never ? never : []);
  return readFigure(text, input.kind, note);
}

/**
 * @param {Work} work @param {any} set @param {Rules} rules @returns {Assessed}
 */
export function assess(work, set, rules) {
  /** @type {Pick<Assessed, "figures" | "readings">} */
  const read = { figures: {}, readings: {} };
  /** @type {Record<string, boolean>} */
  const notApplicable = {};
  const items = set.nodes.filter((/** @type {any} */ node) => node.isItem);
  for (const { code, inputs } of items) {
    const { not_applicable, explanation: note } = saidOf(work, code);
    notApplicable[code] = not_applicable;
    read.figures[code] = {};
    read.readings[code] = {};
    for (const input of inputs) {
      const reading = readField(input, work.typed[code]?.[input.name] ?? "", set.never, note);
      read.readings[code][input.name] = reading;
      if (!Number.isNaN(reading.value)) read.figures[code][input.name] = reading.value;
    }
  }
  const { year } = work.form, proof = rules.verdicts(proofDocuments(work, set.kinds), year);
  const scores = rules.score({ figures: read.figures, notApplicable, year, proof });
  /** @type {Assessed} */
  const made = { ...read, faults: {}, scores, states: {}, proof };
  for (const node of items) {
    const { code } = node, status = made.scores.status[code];
    made.faults[code] = status === INVALID ? rules.item(code, made.figures[code], year).faults : [];
    made.states[code] = stateOf(node, made, saidOf(work, code));
  }
  return made;
}

/** @param {any} node @param {Assessed} made @param {import("./state.js").Said} said */
function stateOf({ code, inputs }, made, said) {
  const status = made.scores.status[code], readings = Object.values(made.readings[code]);
  if (status === NOT_APPLICABLE) return said.not_applicable && !clean(said.explanation) ? "unexplained" : "na";
  if (status === INVALID || readings.some((one) => one.problem)) return "wrong";
  if (status === SCORED) return "done";
  const given = inputs.filter((/** @type {any} */ one) => one.name in made.figures[code]).length;
  return given ? "half" : "open";
}

/**
 * What is wrong with a field, in words; empty where nothing is.
 *
 * @param {any} node @param {any} input @param {string} text @param {Assessed} made
 * @param {import("./words.js").Words} words
 */
export function problemOf(node, input, text, made, words) {
  const reading = made.readings[node.code][input.name], lang = words.lang();
  /** @type {import("./words.js").Values} */
  const values = { value: text.trim(), input: words.both(input.label) };
  if (reading.problem) {
    const candidates = reading.candidates?.map((one) => numberText(one, lang)).join(` ${words.say("or")} `);
    return words.finding(reading.problem, { ...values, candidates });
  }
  if (reading.doubt) return words.finding(reading.doubt, { ...values, expected: numberText(reading.expected ?? NaN, lang) });
  const fault = made.faults[node.code].find((one) => one.input === input.name);
  if (!fault) return "";
  const { limit, first, last } = fault;
  if (limit !== undefined) values.limit = numberText(limit, lang);
  if (first !== undefined) values.first = dayText(first, lang);
  if (last !== undefined) values.last = dayText(last, lang);
  const other = node.inputs.find((/** @type {any} */ one) => one.name === fault.limitInput);
  if (other) values.limit_input = words.both(other.label);
  return words.finding(fault.code, values);
}

/**
 * What to do next on an item, in words; empty where nothing is to be gained.
 *
 * @param {Pick<import("./main.js").Knows, "rules" | "words">} knows @param {string} code @param {Assessed} made @param {{ year: number, period: string }} form @returns {string}
 */
export function nextStep({ rules, words }, code, made, { year, period }) {
  const { scores } = made, on = serialOf(new Date());
  return rules.steps(code, made.figures[code], year, { scores, period, on, lang: words.lang() })[0]?.text ?? "";
}

/**
 * How many items below a node are settled, and of how many.
 *
 * @param {any} set @param {string} code empty for the whole set @param {Assessed} made
 */
export function progressOf(set, code, made) {
  const below = set.nodes.filter((/** @type {any} */ node) => node.isItem && isBelow(set, node, code));
  const done = below.filter((/** @type {any} */ node) => ["done", "na"].includes(made.states[node.code]));
  return { done: done.length, all: below.length };
}

/** @param {any} set @param {any} node @param {string} code @returns {boolean} */
function isBelow(set, node, code) {
  if (!code || node.code === code) return true;
  const parent = set.nodes.find((/** @type {any} */ one) => one.code === node.parent);
  return parent ? isBelow(set, parent, code) : false;
}

/**
 * Points of a node as text: a number, or both ends while something below is open.
 *
 * @param {any} scores @param {string} code @param {import("./words.js").Lang} lang @param {number} places
 */
export function pointsText(scores, code, lang, places) {
  if (scores.status[code] === NOT_APPLICABLE) return "—";
  if (!Number.isNaN(scores.points[code])) return numberText(scores.points[code], lang, places);
  // The worst of a penalty is its larger number; a range is read from its lower end.
  const ends = [scores.low[code], scores.high[code]].sort((one, other) => one - other);
  const [low, high] = ends.map((one) => numberText(one, lang, places));
  return low === high ? low : `${low} – ${high}`;
}
