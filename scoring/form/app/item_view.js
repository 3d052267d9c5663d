import { element } from "../../browser/lib/dom.js";
import { numberText } from "../../browser/lib/shown.js";
import { INVALID, NOT_APPLICABLE, SCORED, nextStep, pointsText, problemOf } from "./assessing.js";
import { proofView } from "./proof.js";
import { nothingSaid, saidOf } from "./state.js";

/**
 * One item: its rule, its fields, what is wrong beside them, and the points as one types.
 *
 * @typedef {{card: HTMLElement, draw: (work: import("./state.js").Work, made: import("./assessing.js").Assessed) => void}} ItemView
 *
 * @param {any} node @param {string} id @param {import("./state.js").Store} store @param {any} knows
 * @returns {ItemView}
 */
export function itemView(node, id, store, knows) {
  const { set, words, fill, rules } = knows, { say, both } = words, lang = words.lang(), places = set.set.decimals;
  const heading = element("h3", { id: `${id}-name`, tabIndex: -1 },
    element("span", { className: "code" }, node.code), ` ${both(node.name)}`);
  const points = element("strong", {}), state = element("span", { className: "chip" }), kept = element("span", {});
  const out = element("output", { id: `${id}-points` }, points, ` / ${numberText(node.max, lang)} `, state, kept);
  const worked = element("p", { className: "worked" }), lacking = element("p", { className: "lacking" });
  const fields = node.inputs.map((/** @type {any} */ input, /** @type {number} */ place) => fieldOf(input, `${id}-${place}`));
  const own = explained(), proof = node.asks ? proofView(node, id, store, knows) : null;
  const card = element("section", { id, role: "group", className: "item", "aria-labelledby": `${id}-name` },
    heading, out, element("p", { className: "rule" }, both(node.rule)),
    both(node.note) ? element("p", { className: "also" }, both(node.note)) : null,
    ...fields.map((/** @type {any} */ one) => one.row), worked, lacking, proof?.row, own.row);
  card.dataset.code = node.code;
  let seen = "";

  /** @param {any} input @param {string} fieldId */
  function fieldOf(input, fieldId) {
    const wrong = element("p", { className: "wrong", id: `${fieldId}-wrong`, "aria-live": "polite" });
    const last = fill.previous[node.code]?.[input.name], lastId = `${fieldId}-last`;
    const control = controlOf(input, fieldId);
    const beside = last ? element("span", { className: "last", id: lastId }, say("form_last_year", { value: shownLast(input, last) })) : null;
    control.setAttribute("aria-describedby", last ? `${wrong.id} ${lastId}` : wrong.id);
    control.addEventListener("input", () => store.change(`typed:${node.code}:${input.name}`, (draft) => {
      draft.typed[node.code] = { ...draft.typed[node.code], [input.name]: control.value };
    }));
    const label = element("label", { for: fieldId }, both(input.label), input.unit ? element("span", { className: "unit" }, ` (${input.unit})`) : null);
    return { input, control, wrong, row: element("div", { className: "field" }, label, control, beside, wrong) };
  }

  /** @param {any} input @param {string} text a code for what is chosen, else as typed */
  function shownLast(input, text) {
    if (input.kind === "yes_no") return say(text);
    return both(input.options?.find((/** @type {any} */ one) => one.code === text)?.label) || text;
  }

  /** @param {any} input @param {string} fieldId */
  function controlOf(input, fieldId) {
    const isChosen = input.kind === "yes_no" || input.kind === "choice";
    if (!isChosen) {
      const isDay = input.kind === "date";
      return element("input", { id: fieldId, autocomplete: "off", inputMode: isDay ? "text" : "decimal", placeholder: isDay ? say("form_day") : "" });
    }
    const options = input.options?.map((/** @type {any} */ one) => [one.code, both(one.label)]) ?? [["yes", say("yes")], ["no", say("no")]];
    const blank = element("option", { value: "" }, say("form_blank"));
    return element("select", { id: fieldId }, blank,
      ...options.map((/** @type {string[]} */ [value, text]) => element("option", { value }, text)));
  }

  function explained() {
    const text = element("textarea", { id: `${id}-why`, rows: 2 });
    const tick = element("input", { type: "checkbox", id: `${id}-na` });
    /** @param {(said: import("./state.js").Said) => void} put @param {string} what */
    const say_ = (what, put) => store.change(`said:${node.code}:${what}`, (draft) => {
      draft.said[node.code] = { ...nothingSaid(), ...draft.said[node.code] };
      put(draft.said[node.code]);
    });
    text.addEventListener("input", () => say_("explanation", (said) => { said.explanation = text.value; }));
    tick.addEventListener("change", () => say_("not_applicable", (said) => { said.not_applicable = tick.checked; }));
    const mark = node.na ? element("label", { className: "tick", for: tick.id }, tick, say("form_not_applicable")) : null;
    const row = element("details", { className: "more explained" }, element("summary", {}, say("form_explain")),
      mark, element("label", { for: text.id }, say("form_explanation")), text);
    return { row, text, tick };
  }

  /** @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  function draw(work, made) {
    const typed = work.typed[node.code] ?? {}, said = saidOf(work, node.code), now = made.states[node.code];
    const key = JSON.stringify([typed, said, now, made.scores.points[node.code], keptText(made)]);
    proof?.draw(work, made);
    if (key === seen) return;
    seen = key;
    // Where a file is opened all items change at once; only the one in hand is read out.
    const live = card.contains(document.activeElement) ? "polite" : "off";
    for (const told of [out, ...fields.map((/** @type {any} */ one) => one.wrong)]) told.setAttribute("aria-live", live);
    for (const { input, control, wrong } of fields) drawField(control, wrong, input, typed[input.name] ?? "", made);
    if (own.text.value !== said.explanation) own.text.value = said.explanation;
    own.tick.checked = said.not_applicable;
    if (said.not_applicable || said.explanation) own.row.open = true;
    points.textContent = made.scores.status[node.code] === INVALID ? "—" : pointsText(made.scores, node.code, lang, places);
    kept.textContent = keptText(made);
    state.textContent = say(`form_state_${now}`);
    state.dataset.state = now;
    worked.textContent = now === "done" ? arithmeticText(work, made) : "";
    lacking.textContent = lackingText(now, work, made);
  }

  /** Points that documents support, where the set counts them. @param {import("./assessing.js").Assessed} made */
  function keptText({ scores: { supported } }) {
    const value = supported?.[node.code] ?? NaN;
    return Number.isNaN(value) ? "" : ` ${say("form_proof_supported", { points: numberText(value, lang, places) })}`;
  }

  /** @param {any} control @param {HTMLElement} wrong @param {any} input @param {string} text @param {any} made */
  function drawField(control, wrong, input, text, made) {
    if (control.value !== text) control.value = text;
    const told = problemOf(node, input, text, made, words);
    if (wrong.textContent !== told) wrong.textContent = told;
    control.setAttribute("aria-invalid", told ? "true" : "false");
  }

  /** @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  function arithmeticText(work, made) {
    const told = rules.arithmetic(node.code, made.figures[node.code], work.form.year, lang);
    return told ? say("form_arithmetic", { told }) : "";
  }

  /** @param {string} now @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  function lackingText(now, work, made) {
    if (now === "unexplained") return say("form_lacks_reason");
    const status = made.scores.status[node.code];
    if (status === NOT_APPLICABLE) return "";
    if (status === SCORED) return made.scores.points[node.code] === node.max ? "" : nextStep(knows, node.code, made, work.form);
    const open = node.inputs.filter((/** @type {any} */ one) => !(one.name in made.figures[node.code]));
    const names = open.map((/** @type {any} */ one) => both(one.label)).join("; ");
    return open.length ? say("form_lacks", { names, points: numberText(node.max, lang) }) : "";
  }

  return { card, draw };
}
