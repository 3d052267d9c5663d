// What if: figures of items are moved, and the rules of the set, written as PARINDEX, say what
// comes of it. Nothing is kept outside this page; WORDS are the texts of findings.
import { readDate } from "../../browser/lib/dates.js";
import { download, element } from "../../browser/lib/dom.js";
import { shownValues } from "../../browser/lib/findings.js";
import { readNumber } from "../../browser/lib/numbers.js";
import { changeText, dayText, numberText } from "../../browser/lib/shown.js";
import { filled } from "../../browser/lib/words.js";

const section = document.getElementById("whatif"), data = section.dataset;
const lang = document.documentElement.lang, decimals = Number(data.decimals), year = Number(data.year);
const forms = Array.from(document.querySelectorAll("form.suppose"));
const never = JSON.parse(data.never);
const say = (name, values) => filled(data[name], values);
const SCORED = 0, INVALID = 3, NOT_APPLICABLE = "not_applicable";
const STATUS = ["", data.notAssessed, data.notApplicable, data.invalid];

const pointsText = (value) => numberText(value, lang, decimals);
const changed = (change) => changeText(change, lang, decimals);
const nodeText = (scores, code) => !Number.isNaN(scores.points[code]) ? pointsText(scores.points[code])
  : scores.status[code] === 2 ? "—" : `${pointsText(scores.low[code])} – ${pointsText(scores.high[code])}`;
const stepText = (before, after, code) => {
  const change = after.points[code] - before.points[code];
  const texts = { before: nodeText(before, code), after: nodeText(after, code), change: Number.isNaN(change) ? "" : ` (${changed(change)})` };
  return say("step", texts);
};

const codeId = (form) => form.closest(".inside").id;
// A field: what it says now, what is typed in it, and how that is read.
const asNumber = (text) => (text === "" ? NaN : text === "Infinity" ? Infinity : Number(text));
const same = (one, other) => one === other || (Number.isNaN(one) && Number.isNaN(other));
function complete(control, form, place) {
  const { kind, now } = control.dataset, wrong = element("p", { className: "wrong", id: `${codeId(form)}-wrong-${place}` });
  wrong.setAttribute("role", "alert");
  control.parentElement.after(wrong);
  control.setAttribute("aria-describedby", wrong.id);
  control.autocomplete = "off";
  if (kind === "date") control.placeholder = data.day;
  else if (control.tagName === "INPUT") control.inputMode = "decimal";
  if (kind === "yes_no") for (const [value, code, text] of [["1", "yes", data.yes], ["0", "no", data.no]]) {
    const option = element("option", { value, textContent: text });
    option.dataset.code = code;
    control.append(option);
  }
  if (control.tagName === "SELECT") {
    if (control.name !== NOT_APPLICABLE) control.prepend(element("option", { value: "", textContent: data.blank }));
    control.value = now;
  }
  return wrong;
}
function fieldOf(control, form, place) {
  const wrong = complete(control, form, place), { kind, now } = control.dataset, shownNow = control.value;
  const label = control.parentElement.querySelector("span span").textContent;
  // A text that the page itself wrote stands for exactly the figure it was made of.
  const exact = new Map([[shownNow, asNumber(now)]]);
  function reading() {
    if (exact.has(control.value)) return { value: exact.get(control.value) };
    if (control.tagName === "SELECT") return { value: asNumber(control.value) };
    return kind === "date" ? readDate(control.value, never) : readNumber(control.value, kind === "count" || kind === "rank");
  }
  function put(value, text) {
    exact.set(text, value);
    control.value = text;
  }
  const reset = () => { control.value = shownNow; };
  const textOf = () => (control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value.trim() || data.blank);
  const nowText = textOf();
  return { element: control, form, kind, label, name: control.name, now: asNumber(now), reading, put, reset, textOf, nowText, wrong };
}
// What every form has stands in none of them.
function framed(form) {
  const { code, area } = form.closest("details").dataset, acts = element("p", { className: "acts" });
  Object.assign(form.dataset, { code, area });
  form.setAttribute("aria-label", say("form", { code }));
  form.prepend(element("p", { className: "try", textContent: data.title }));
  acts.append(...form.querySelectorAll("button"), element("button", { type: "button", name: "reset", textContent: data.back }));
  form.append(acts, document.createElement("output"));
  // A form in a closed item would only slow down what goes through the page.
  const details = form.closest("details"), show = () => { form.hidden = !details.open; };
  details.addEventListener("toggle", show);
  show();
  return Array.from(form.querySelectorAll("[data-kind]"), (element, place) => fieldOf(element, form, place));
}
const fields = forms.flatMap(framed);
const ofItem = (code) => fields.filter((field) => field.form.dataset.code === code);

// The best of a block is that of the others, or the unit's own where that is more.
function withBest(form, figures) {
  for (const [name, best] of Object.entries(JSON.parse(form.dataset.best ?? "{}")))
    if (name in figures) figures["@best:" + name] = Math.max(best, figures[name]);
}

// What is scored: the figures as they are, those of `moved` fields as they are typed.
function scoresWith(moved) {
  const figures = {}, notApplicable = {};
  for (const form of forms) figures[form.dataset.code] = {};
  for (const field of fields) {
    const value = moved.has(field) ? moved.get(field) : field.now, code = field.form.dataset.code;
    if (field.name === NOT_APPLICABLE) notApplicable[code] = value === 1;
    else if (!Number.isNaN(value)) figures[code][field.name] = value;
  }
  forms.forEach((form) => withBest(form, figures[form.dataset.code]));
  return Object.assign(PARINDEX.score({ figures, notApplicable, year }), { figures });
}
const base = scoresWith(new Map());

const figureText = (field, value) => (field.kind === "date" && Number.isFinite(value) ? dayText(value, lang) : numberText(value, lang));

function problemText(code, field, values) {
  const other = ofItem(field.form.dataset.code).find((one) => one.name === values.limitInput);
  const known = { value: field.element.value, ...values, input: field.label, limit_input: other?.label };
  return filled(WORDS[code] ?? "", shownValues(known, lang, data.or));
}

function valuesOf({ limit, limitInput, first, last }, field, figures) {
  const day = (serial) => (serial === undefined ? undefined : { day: serial });
  return { value: figureText(field, figures[field.name]), limit, limitInput, first: day(first), last: day(last) };
}

function showProblems(code, moved, problems, figures, status) {
  const isAsked = status === INVALID && ofItem(code).some((field) => moved.has(field));
  const faults = isAsked ? PARINDEX.item(code, figures, year).faults : [];
  for (const field of ofItem(code)) {
    const problem = problems.get(field), fault = faults.find((one) => one.input === field.name);
    const text = problem ? problemText(problem.problem, field, { candidates: problem.candidates }) : fault ? problemText(fault.code, field, valuesOf(fault, field, figures)) : "";
    field.wrong.textContent = text;
    field.element.setAttribute("aria-invalid", text ? "true" : "false");
  }
}

const bar = document.querySelector(".whatif-bar"), rows = section.querySelector("tbody");
const whole = section.querySelector(".result");
const cell = (text, kind = "td", name = "") => element(kind, { textContent: text, className: name });
const indexText = (scores) => stepText(base, scores, "INDEX");

function gradeText(scores) {
  const names = JSON.parse(data.grades);
  if (!Object.keys(names).length || !scores.grade) return "";
  const before = names[base.grade] ?? "—", after = names[scores.grade] ?? "—";
  return ` · ${say(before === after ? "gradeSame" : "gradeMoves", { before, after })}`;
}

// A list is read, not typed: thousands are marked there.
const told = (field, value, text) => (field.element.tagName === "SELECT" || !Number.isFinite(value) ? text : figureText(field, value));
function moveRow(field, alone) {
  const row = document.createElement("tr"), head = cell("", "th"), link = document.createElement("a");
  head.scope = "row";
  link.href = `#${codeId(field.form)}`;
  link.textContent = `${field.form.dataset.code} ${field.label}`;
  head.append(link);
  row.append(head, cell(told(field, field.now, field.nowText)), cell(told(field, moves.get(field), field.textOf())),
    cell(alone, "td", "num"));
  return row;
}

function aloneText(code) {
  const own = new Map([...moves].filter(([field]) => field.form.dataset.code === code));
  const scores = scoresWith(own), change = scores.points.INDEX - base.points.INDEX;
  return Number.isNaN(change) ? `${code}: ${stepText(base, scores, code)}` : changed(change);
}

let moves = new Map(), seen = null;
function draw() {
  const problems = new Map();
  moves = new Map();
  for (const field of fields) {
    const read = field.reading();
    if (read.problem) problems.set(field, read);
    else if (!same(read.value, field.now)) moves.set(field, read.value);
  }
  const scores = scoresWith(moves), count = moves.size;
  for (const own of forms) {
    const code = own.dataset.code, area = own.dataset.area, isMoved = ofItem(code).some((field) => moves.has(field) || problems.has(field));
    showProblems(code, moves, problems, scores.figures[code], scores.status[code]);
    const status = scores.status[code] === SCORED ? "" : ` · ${STATUS[scores.status[code]]}`;
    const unread = ofItem(code).some((field) => problems.has(field)) ? `\n${data.unread}` : "";
    own.querySelector("output").textContent = isMoved
      ? say("result", { item: stepText(base, scores, code) + status, area: stepText(base, scores, area), code: area, index: indexText(scores) }) + gradeText(scores) + unread : "";
    own.closest("details").classList.toggle("supposed", isMoved);
  }
  const last = [...moves].map(([field]) => field.form.dataset.code);
  rows.replaceChildren(...[...moves].map(([field], at) =>
    moveRow(field, last.indexOf(last[at]) === at ? aloneText(last[at]) : data.above)));
  section.classList.toggle("has-moves", count > 0);
  section.querySelector(".moved").hidden = bar.hidden = count === 0;
  section.querySelector(".none").hidden = count > 0;
  whole.textContent = count ? say("whole", { index: indexText(scores), count }) + gradeText(scores) : "";
  // On a phone the bar must stay small.
  bar.firstElementChild.textContent = count ? say("whole", { index: indexText(scores), count }) : "";
  section.querySelector(".sums").hidden = new Set(last).size < 2;
  seen = scores;
}

// The table Scenario, as `parindex whatif set` reads it.
const guarded = (text) => (/^[=+\-@\t\r]/.test(text) ? "'" + text : text);
const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
function codeOf(field, value) {
  if (Number.isNaN(value)) return "blank";
  if (value === Infinity) return "never";
  if (field.kind === "yes_no") return value === 1 ? "yes" : "no";
  if (field.kind === "choice") return field.element.selectedOptions[0].dataset.code;
  return field.kind === "date" ? dayText(value, "vi") : "";
}
function scenarioText() {
  const name = section.querySelector("input[name=scenario]").value.trim() || data.name;
  const lines = [...moves].map(([field, value]) => {
    const text = codeOf(field, value);
    return [guarded(name), "input", data.unit, data.year, data.period, field.form.dataset.code, field.name,
      text ? "" : String(value), text, ""].map(quoted).join(",");
  });
  return ["scenario,kind,unit_code,year,period,item_code,input,value,text,note", ...lines, ""].join("\n");
}

forms.forEach((form) => {
  form.addEventListener("input", draw);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const own = ofItem(form.dataset.code);
    if (button.name === "reset") own.forEach((field) => field.reset());
    for (const [name, value, text] of JSON.parse(button.dataset.fill ?? "[]"))
      own.find((field) => field.name === name).put(asNumber(value), text);
    draw();
  });
});
section.querySelector("[name=reset]").addEventListener("click", () => {
  fields.forEach((field) => field.reset());
  draw();
  section.querySelector("h2").focus();
});
section.querySelector("[name=save]").addEventListener("click", () => {
  download(new Blob(["\ufeff" + scenarioText()], { type: "text/csv;charset=utf-8" }), data.file);
});
section.querySelector(".tried").hidden = false;
globalThis.whatIf = { base, scenarioText, numberText: (value) => numberText(value, lang), pointsText, nodeText, get seen() { return seen; } };
draw();
