/* What if: figures of items are moved, and the rules of the set say what comes of it. Nothing is
 * kept outside this page. */
import { download, find } from "../../browser/lib/dom.js";
import { numberText } from "../../browser/lib/shown.js";
import { sayFaults } from "./whatif_faults.js";
import { writtenFigure } from "./whatif_fields.js";
import { movable, scoresWith } from "./whatif_items.js";
import { moveRows, scenarioCsv } from "./whatif_moves.js";
import { changedText, gradeText, nodeText, pageLang, pointsText, say, section, stepText, told } from "./whatif_words.js";

/**
 * @typedef {import("./whatif_fields.js").Field} Field
 * @typedef {import("./whatif_fields.js").Reading} Reading
 * @typedef {import("./whatif_items.js").MovableItem} MovableItem
 * @typedef {ReturnType<typeof scoresWith>} Scored
 */

const INVALID = 3;
const STATUS = ["", told("notAssessed"), told("notApplicable"), told("invalid")];
/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll("form.suppose");
const items = Array.from(forms, movable);
const base = scoresWith(items, new Map());
const bar = find(document, ".whatif-bar"), barLink = find(bar, "a"), rows = find(section, "tbody");
const saveName = /** @type {HTMLInputElement} */ (find(section, "input[name=scenario]"));
/** @type {Map<Field, number>} */
let moves = new Map();
let seen = base;

/** @param {Map<Field, Reading>} readings */
function movesIn(readings) {
  /** @type {Map<Field, number>} */
  const moved = new Map();
  for (const [field, { value, problem }] of readings) {
    const isAsBefore = value === field.now || (Number.isNaN(value) && Number.isNaN(field.now));
    if (!problem && !isAsBefore) moved.set(field, value);
  }
  return moved;
}

function draw() {
  const fields = items.flatMap((item) => item.fields);
  const readings = new Map(fields.map((field) => [field, field.reading()]));
  moves = movesIn(readings);
  seen = scoresWith(items, moves);
  for (const item of items) drawItem(item, readings);
  const count = moves.size, whole = count ? say("whole", { index: stepText(base, seen, "INDEX"), count }) : "";
  rows.replaceChildren(...moveRows(moves, aloneText));
  section.classList.toggle("has-moves", count > 0);
  find(section, ".moved").hidden = bar.hidden = count === 0;
  find(section, ".none").hidden = count > 0;
  find(section, ".result").textContent = whole && whole + gradeText(base, seen);
  // On a phone the bar must stay small.
  barLink.textContent = whole;
  find(section, ".sums").hidden = new Set(Array.from(moves.keys(), ({ code }) => code)).size < 2;
}

/** @param {MovableItem} item @param {Map<Field, Reading>} readings */
function drawItem({ code, area, fields, details, result }, readings) {
  const isUnread = fields.some((field) => readings.get(field)?.problem);
  const hasMoves = fields.some((field) => moves.has(field)), state = seen.status[code];
  const figures = seen.figures[code], isAsked = state === INVALID && hasMoves;
  sayFaults(fields, readings, isAsked ? PARINDEX.item(code, figures, Number(told("year"))).faults : [], figures);
  const values = { item: stepText(base, seen, code) + (STATUS[state] && ` · ${STATUS[state]}`), code: area,
    area: stepText(base, seen, area), index: stepText(base, seen, "INDEX") };
  const isMoved = hasMoves || isUnread;
  result.textContent = isMoved
    ? say("result", values) + gradeText(base, seen) + (isUnread ? `\n${told("unread")}` : "") : "";
  details.classList.toggle("supposed", isMoved);
}

/** @param {string} code @returns {string} what comes of the figures of one item alone */
function aloneText(code) {
  const scores = scoresWith(items, new Map([...moves].filter(([field]) => field.code === code)));
  const change = scores.points.INDEX - base.points.INDEX;
  return Number.isNaN(change) ? `${code}: ${stepText(base, scores, code)}` : changedText(change);
}

function scenarioText() {
  return scenarioCsv(moves, saveName.value.trim() || told("name"));
}

/** @param {Field[]} fields of one item @param {HTMLButtonElement} button a step of the advice, or back */
function press(fields, button) {
  if (button.name === "reset") fields.forEach((field) => field.reset());
  /** @type {[string, string, string][]} */
  const fill = JSON.parse(button.dataset.fill ?? "[]");
  for (const [name, value, text] of fill) fields.find((field) => field.name === name)?.put(writtenFigure(value), text);
  draw();
}

for (const { form, fields } of items) {
  form.addEventListener("input", draw);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("button")) button.addEventListener("click", () => press(fields, button));
}
find(section, "[name=reset]").addEventListener("click", () => {
  for (const { fields } of items) fields.forEach((field) => field.reset());
  draw();
  find(section, "h2").focus();
});
find(section, "[name=save]").addEventListener("click", () => {
  download(new Blob(["\ufeff" + scenarioText()], { type: "text/csv;charset=utf-8" }), told("file"));
});
find(section, ".tried").hidden = false;
// For whoever checks the page.
const whatIf = { base, scenarioText, pointsText, nodeText, numberText: (/** @type {number} */ value) => numberText(value, pageLang),
  get seen() { return seen; } };
Object.assign(globalThis, { whatIf });
draw();
