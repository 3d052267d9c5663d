import { element, refill } from "../../browser/lib/dom.js";
import { numberText } from "../../browser/lib/shown.js";
import { pointsText, progressOf } from "./assessing.js";
import { lacksProof } from "./proof.js";
import { stepWords } from "./keeping_bar.js";

/**
 * The bar on top: whose form it is, the index so far, progress, and what one can do everywhere.
 *
 * `acts` is an empty place beside the buttons, for what opens and saves.
 *
 * @param {HTMLElement} host @param {import("./state.js").Store} store @param {any} knows
 * @param {{turn: () => void}} does
 */
export function mountTopBar(host, store, knows, does) {
  const { set, words } = knows, { say, both } = words, lang = words.lang();
  const who = element("p", { className: "who" }), index = element("strong", { className: "index" });
  const grade = element("span", { className: "grade-now" }), told = element("span", {}), proof = element("p", {}), bar = element("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", say("form_progress_name"));
  const undo = button("form_undo", store.undo), redo = button("form_redo", store.redo);
  const language = element("button", { type: "button", lang: lang === "vi" ? "en" : "vi", onclick: does.turn }, say("form_other_language"));
  const acts = element("div", { className: "acts", id: "acts-host" });
  const buttons = element("div", { className: "acts" }, undo, redo, button("form_print", () => print()), language);
  refill(host,
    element("div", { className: "titles" }, element("h1", {}, say("form_title", { year: store.get().form.year })),
      element("p", { className: "kicker" }, both(set.set.name)), who),
    element("div", { className: "standing-now" },
      element("p", {}, say("form_index"), " ", index, ` / ${numberText(set.set.total, lang)} `, grade),
      element("p", {}, bar, " ", told), proof),
    buttons, acts);

  /** @param {string} key @param {() => void} act */
  function button(key, act) {
    return element("button", { type: "button", name: key, onclick: act }, say(key));
  }

  /** @param {HTMLButtonElement} made @param {string} what @param {string} label @param {boolean} isThere */
  function drawStep(made, what, label, isThere) {
    made.disabled = !isThere;
    made.textContent = isThere ? say(`form_store_${what}`, { what: stepWords(words, label) }) : say(`form_${what}`);
  }

  /** @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  function draw(work, made) {
    const { done, all } = progressOf(set, "", made), { form, unit } = work;
    who.textContent = [unit.name || unit.code || say("form_unit_blank"), form.period].filter(Boolean).join(" · ");
    index.textContent = pointsText(made.scores, "INDEX", lang, set.set.decimals);
    const name = both(set.grades[made.scores.grade]);
    grade.textContent = name ? `${name}${set.set.hasConditions ? " *" : ""}` : "";
    const lacking = set.nodes.filter((/** @type {any} */ node) => lacksProof(made, node.code)).length, kept = made.scores.supported?.INDEX ?? NaN;
    told.textContent = say("form_progress", { done, all });
    proof.textContent = [lacking && say("form_proof_lacking", { count: lacking }),
      Number.isNaN(kept) ? "" : say("form_proof_supported", { points: numberText(kept, lang, set.set.decimals) })].filter(Boolean).join(" · ");
    bar.max = all;
    bar.value = done;
    drawStep(undo, "undo", store.undoLabel(), store.canUndo());
    drawStep(redo, "redo", store.redoLabel(), store.canRedo());
  }
  return { draw, acts };
}
