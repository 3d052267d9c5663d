// What if: figures of items are moved, and the rules of the set, written as PARINDEX, say what
// comes of it. Nothing is kept outside this page; WORDS are the texts of findings.
"use strict";
const typedFigures = (function () {
  const MINUS = /[\u2212\u2013\u2014\u2010\u2011\u2012]/g, WIDE = "０１２３４５６７８９，．％－＋", PLAIN = "0123456789,.%-+";
  const clean = (text) => text.replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g, "")
    .normalize("NFC").replace(/\s+/g, " ").trim();
  const folded = (text) => clean(text).toLowerCase();

  // Every value that unsigned digits with separators can mean, as scoring.base.numbers reads them.
  function readings(digits, whole) {
    const marks = [".", ","].filter((mark) => digits.includes(mark)), spaced = digits.includes(" ");
    const grouped = (text) => /^\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*$/.test(text);
    if (spaced || marks.length === 2) {
      const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
      const isWhole = spaced && last < digits.lastIndexOf(" ");
      const head = isWhole ? digits : digits.slice(0, last), tail = isWhole ? "" : digits.slice(last + 1);
      if (!grouped(head) || !/^\d*$/.test(tail) || (!spaced && head.includes(digits[last]))) return [];
      return [Number(head.replace(/[., ]/g, "") + "." + (tail || "0"))];
    }
    if (!marks.length) return [Number(digits)];
    const at = digits.lastIndexOf(marks[0]), head = digits.slice(0, at), tail = digits.slice(at + 1);
    const isGrouped = grouped(digits) && !digits.startsWith("0");
    if (digits.split(marks[0]).length > 2) return isGrouped ? [Number(digits.split(marks[0]).join(""))] : [];
    const asDecimal = Number((head || "0") + "." + (tail || "0"));
    if (!isGrouped) return tail ? [asDecimal] : [];
    return whole ? [Number(head + tail)] : [Number(head + tail), asDecimal];
  }

  function number(text, whole) {
    const body = clean(text).replace(/[０-９，．％－＋]/g, (sign) => PLAIN[WIDE.indexOf(sign)]).replace(MINUS, "-");
    if (!body) return { value: NaN };
    if (/^-+$/.test(body)) return { problem: "dash-for-number" };
    const match = /^([+-]?)(\d[\d., ]*|[.,]\d+)$/.exec(body.replace(/%$/, "").trimEnd().replace("- ", "-"));
    if (body.length > 40 || !match) return { problem: "not-a-number" };
    const values = readings(match[2], whole).map((one) => (match[1] === "-" ? 0 - one : one));
    if (values.length === 1) return { value: values[0] };
    return { problem: values.length ? "ambiguous-number" : "not-a-number", candidates: values };
  }

  const EPOCH = Date.UTC(1899, 11, 30);
  function date(text, never) {
    const body = clean(text);
    if (!body) return { value: NaN };
    if (never.includes(folded(body))) return { value: Infinity };
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(body);
    const match = iso ?? /^(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{2}|\d{4})$/.exec(body)
      ?? /^(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})$/i.exec(body);
    if (!match) return { problem: "not-a-date" };
    const [day, month, year] = (iso ? [3, 2, 1] : [1, 2, 3]).map((at) => Number(match[at]));
    if (!iso && match[3].length === 2) return { problem: "two-digit-year" };
    if (!iso && month > 12 && day <= 12) return { problem: "month-before-day" };
    const made = new Date(Date.UTC(2000, month - 1, day));
    made.setUTCFullYear(year, month - 1, day);
    const isReal = year > 0 && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
    return isReal ? { value: (made - EPOCH) / 864e5 } : { problem: "impossible-date" };
  }
  const dayText = (serial) => {
    const [year, month, day] = new Date(EPOCH + serial * 864e5).toISOString().slice(0, 10).split("-");
    return `${day}/${month}/${year}`;
  };
  return { number, date, dayText };
})();

(function () {
  const section = document.getElementById("whatif"), data = section.dataset;
  const lang = document.documentElement.lang, decimals = Number(data.decimals), year = Number(data.year);
  const forms = Array.from(document.querySelectorAll("form.suppose"));
  const never = JSON.parse(data.never);
  const filled = (template, values) => template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? "");
  const say = (name, values) => filled(data[name], values);
  const SCORED = 0, INVALID = 3, NOT_APPLICABLE = "not_applicable";
  const STATUS = ["", data.notAssessed, data.notApplicable, data.invalid];

  // Numbers as scoring.base.numbers writes them.
  function numberText(value, places) {
    if (Number.isNaN(value)) return "—";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
    let text = places === undefined ? value.toFixed(10).replace(/\.?0+$/, "") : PARINDEX.round(value, places).toFixed(places);
    if (/^-0(\.0*)?$/.test(text)) text = text.slice(1);
    const [whole, part] = text.split("."), grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    const made = part ? `${grouped}.${part}` : grouped;
    return lang === "en" ? made : made.replace(/[.,]/g, (mark) => (mark === "," ? "." : ","));
  }
  const pointsText = (value) => numberText(value, decimals);
  function changeText(change) {
    const rounded = PARINDEX.round(change, decimals);
    return (rounded > 0 ? "+" : rounded < 0 ? "−" : "") + pointsText(Math.abs(rounded));
  }
  const nodeText = (scores, code) => !Number.isNaN(scores.points[code]) ? pointsText(scores.points[code])
    : scores.status[code] === 2 ? "—" : `${pointsText(scores.low[code])} – ${pointsText(scores.high[code])}`;
  const stepText = (before, after, code) => {
    const change = after.points[code] - before.points[code];
    const texts = { before: nodeText(before, code), after: nodeText(after, code), change: Number.isNaN(change) ? "" : ` (${changeText(change)})` };
    return say("step", texts);
  };

  const codeId = (form) => form.closest(".inside").id;
  // A field: what it says now, what is typed in it, and how that is read.
  const asNumber = (text) => (text === "" ? NaN : text === "Infinity" ? Infinity : Number(text));
  const same = (one, other) => one === other || (Number.isNaN(one) && Number.isNaN(other));
  const made = (kind, told) => Object.assign(document.createElement(kind), told);
  function complete(element, form, place) {
    const { kind, now } = element.dataset, wrong = made("p", { className: "wrong", id: `${codeId(form)}-wrong-${place}` });
    wrong.setAttribute("role", "alert");
    element.parentElement.after(wrong);
    element.setAttribute("aria-describedby", wrong.id);
    element.autocomplete = "off";
    if (kind === "date") element.placeholder = data.day;
    else if (element.tagName === "INPUT") element.inputMode = "decimal";
    if (kind === "yes_no") for (const [value, code, text] of [["1", "yes", data.yes], ["0", "no", data.no]]) {
      const option = made("option", { value, textContent: text });
      option.dataset.code = code;
      element.append(option);
    }
    if (element.tagName === "SELECT") {
      if (element.name !== NOT_APPLICABLE) element.prepend(made("option", { value: "", textContent: data.blank }));
      element.value = now;
    }
    return wrong;
  }
  function fieldOf(element, form, place) {
    const wrong = complete(element, form, place), { kind, now } = element.dataset, shownNow = element.value;
    const label = element.parentElement.querySelector("span span").textContent;
    // A text that the page itself wrote stands for exactly the figure it was made of.
    const exact = new Map([[shownNow, asNumber(now)]]);
    function reading() {
      if (exact.has(element.value)) return { value: exact.get(element.value) };
      if (element.tagName === "SELECT") return { value: asNumber(element.value) };
      return kind === "date" ? typedFigures.date(element.value, never) : typedFigures.number(element.value, kind === "count" || kind === "rank");
    }
    function put(value, text) {
      exact.set(text, value);
      element.value = text;
    }
    const reset = () => { element.value = shownNow; };
    const textOf = () => (element.tagName === "SELECT" ? element.selectedOptions[0].textContent : element.value.trim() || data.blank);
    const nowText = textOf();
    return { element, form, kind, label, name: element.name, now: asNumber(now), reading, put, reset, textOf, nowText, wrong };
  }
  // What every form has stands in none of them.
  function framed(form) {
    const { code, area } = form.closest("details").dataset, acts = made("p", { className: "acts" });
    Object.assign(form.dataset, { code, area });
    form.setAttribute("aria-label", say("form", { code }));
    form.prepend(made("p", { className: "try", textContent: data.title }));
    acts.append(...form.querySelectorAll("button"), made("button", { type: "button", name: "reset", textContent: data.back }));
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

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  function dayShown(serial) {
    const text = typedFigures.dayText(serial), [day, month, year] = text.split("/");
    return lang === "en" ? `${Number(day)} ${MONTHS[month - 1]} ${year}` : text;
  }
  const figureText = (field, value) => (field.kind === "date" && Number.isFinite(value) ? dayShown(value) : numberText(value));

  function problemText(code, field, values) {
    const shown = { value: field.element.value.trim(), ...values, input: field.label };
    if (values.candidates) shown.candidates = values.candidates.map((one) => numberText(one)).join(` ${data.or} `);
    if (values.limit !== undefined) shown.limit = numberText(values.limit);
    if (values.limitInput) shown.limit_input = ofItem(field.form.dataset.code).find((one) => one.name === values.limitInput)?.label;
    for (const end of ["first", "last"]) if (values[end] !== undefined) shown[end] = dayShown(values[end]);
    return filled(WORDS[code] ?? "", shown);
  }

  function showProblems(code, moved, problems, figures, status) {
    const isAsked = status === INVALID && ofItem(code).some((field) => moved.has(field));
    const faults = isAsked ? PARINDEX.item(code, figures, year).faults : [];
    for (const field of ofItem(code)) {
      const problem = problems.get(field), fault = faults.find((one) => one.input === field.name);
      const text = problem ? problemText(problem.problem, field, problem) : fault ? problemText(fault.code, field, { ...fault, value: figureText(field, figures[field.name]) }) : "";
      field.wrong.textContent = text;
      field.element.setAttribute("aria-invalid", text ? "true" : "false");
    }
  }

  const bar = document.querySelector(".whatif-bar"), rows = section.querySelector("tbody");
  const whole = section.querySelector(".result");
  const cell = (text, kind = "td", name = "") => made(kind, { textContent: text, className: name });
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
    return Number.isNaN(change) ? `${code}: ${stepText(base, scores, code)}` : changeText(change);
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
    return field.kind === "date" ? typedFigures.dayText(value) : "";
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
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + scenarioText()], { type: "text/csv;charset=utf-8" }));
    link.download = data.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  section.querySelector(".tried").hidden = false;
  globalThis.whatIf = { base, scenarioText, numberText, pointsText, nodeText, get seen() { return seen; } };
  draw();
})();
