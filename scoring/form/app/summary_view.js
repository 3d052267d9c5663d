import { readNumber } from "../../browser/lib/numbers.js";
import { element, refill } from "../../browser/lib/dom.js";
import { changeText, numberText } from "../../browser/lib/shown.js";
import { pointsText, progressOf } from "./assessing.js";

/**
 * The page that is printed and signed: unit, points by area with targets, what is open, documents.
 *
 * @param {HTMLElement} host @param {import("./state.js").Store} store @param {any} knows
 */
export function mountSummary(host, store, knows) {
  const { set, words } = knows, { say, both } = words, lang = words.lang(), places = set.set.decimals;
  const areas = set.nodes.filter((/** @type {any} */ node) => !node.parent);
  const who = element("dl", { className: "facts" }), open = element("div", {}), documents = element("div", {});
  const rows = [...areas, { code: "INDEX", name: null, max: set.set.total }].map(rowOf);
  const heads = ["form_area", "form_points", "max_points", "form_progress_short", "target", "form_gap"];
  refill(host, element("h2", {}, say("form_summary")), who,
    element("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": say("form_by_area") },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((key, at) =>
        element("th", { scope: "col", className: at ? "num" : "" }, say(key))))),
      element("tbody", {}, ...rows.map(({ row }) => row)))),
    open, documents,
    element("div", { className: "signatures" }, ...["preparer", "head"].map((key) => element("p", {}, say(`ledger_signature_${key}`)))));

  /** @param {any} node */
  function rowOf(node) {
    const name = node.code === "INDEX" ? say("form_index") : `${node.code} ${both(node.name)}`;
    const points = element("td", { className: "num" }), done = element("td", { className: "num" }), gap = element("td", { className: "num" });
    const target = element("input", { autocomplete: "off", inputMode: "decimal", "aria-label": say("form_target_of", { name }) });
    target.addEventListener("input", () => store.change(`target:${node.code}`, (draft) => {
      draft.targets = { ...draft.targets, [node.code]: target.value };
    }));
    const row = element("tr", {}, element("th", { scope: "row" }, name), points,
      element("td", { className: "num" }, numberText(node.max, lang)), done, element("td", { className: "num" }, target), gap);
    return { node, row, points, done, target, gap };
  }

  /** @param {any} node @param {string} text @param {any} made */
  function gapText(node, text, made) {
    const { value, problem, candidates } = readNumber(text);
    if (problem) return words.finding(problem, { value: text, input: say("target"), candidates: candidates?.map((one) => numberText(one, lang)).join(` ${say("or")} `) });
    const now = made.scores.points[node.code];
    return Number.isNaN(value) || Number.isNaN(now) ? "" : changeText(now - value, lang, places);
  }

  /** @param {import("./state.js").Work} work */
  function drawWho({ unit, form }) {
    const told = [["form_unit_name", unit.name], ["form_unit_code", unit.code], ["form_unit_block", unit.block],
      ["form_year", `${form.year} ${form.period}`], ["form_unit_prepared_by", [unit.prepared_by, unit.position].filter(Boolean).join(", ")],
      ["form_unit_prepared_on", unit.prepared_on]];
    refill(who, ...told.filter(([, text]) => text).flatMap(([key, text]) => [element("dt", {}, say(key)), element("dd", {}, text)]));
  }

  /** @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  return function draw(work, made) {
    drawWho(work);
    for (const { node, points, done, target, gap } of rows) {
      const progress = progressOf(set, node.code === "INDEX" ? "" : node.code, made), text = work.targets[node.code] ?? "";
      points.textContent = pointsText(made.scores, node.code, lang, places);
      done.textContent = `${progress.done}/${progress.all}`;
      if (target.value !== text) target.value = text;
      gap.textContent = gapText(node, text, made);
    }
    const left = set.nodes.filter((/** @type {any} */ node) => node.isItem && !["done", "na"].includes(made.states[node.code]));
    refill(open, element("h3", {}, say("form_open_items", { count: left.length })),
      element("ul", { className: "plain" }, ...left.map((/** @type {any} */ node) =>
        element("li", {}, `${node.code} ${both(node.name)} – ${say(`form_state_${made.states[node.code]}`)}`))));
    refill(documents, element("h3", {}, say("form_documents_count", { count: work.documents.length })),
      element("ul", { className: "plain" }, ...work.documents.map((one) =>
        element("li", {}, [one.number, one.issued_on, one.title || one.path].filter(Boolean).join(", ")))));
  };
}
