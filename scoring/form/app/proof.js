import { readDate } from "../../browser/lib/dates.js";
import { element, refill } from "../../browser/lib/dom.js";
import { numberText } from "../../browser/lib/shown.js";
import { clean } from "../../browser/lib/text.js";
import { FILES, addFiles, dropZone, findingLines } from "./documents_files.js";

/**
 * Which documents an item asks for, which it has, and what that proves.
 *
 * @typedef {import("./state.js").Work} Work
 * @typedef {import("./state.js").FormDocument} FormDocument
 * @typedef {import("../../criteria/set_script").Verdict} Verdict
 */

/** Documents as `verdicts` of the set takes them. @param {Work} work @param {any[]} kinds */
export function proofDocuments(work, kinds) {
  return work.documents.map((one) => {
    const isAddress = /^https?:\/\//i.test(one.path), [issuedOn, validFrom, validTo] =
      [one.issued_on, one.valid_from, one.valid_to].map((text) => readDate(text ?? "").value);
    return { kind: kindOf(one, kinds), number: one.number, title: one.title, issuer: one.issuer, issuedOn, validFrom, validTo,
      items: itemsOf(work, one), address: isAddress ? one.path : "", hasFile: Boolean(one.path) && !isAddress, isSecret: Boolean(one.secret) };
  });
}

/** The kind as named, else the one that the number is written with. @param {FormDocument} one @param {any[]} kinds */
function kindOf({ kind, number }, kinds) {
  const named = clean(kind).toLowerCase(), part = /^\d[^/]*\/(?:\d{4}\/)?([^-/]+)/.exec(clean(number))?.[1];
  const found = kinds.find(({ key, vi, en }) => [key, vi, en].some((name) => name.toLowerCase() === named));
  return (found ?? kinds.find(({ key }) => key === part))?.key ?? "";
}

/** The items that a document names, and those that name it. @param {Work} work @param {FormDocument} one */
function itemsOf(work, one) {
  const names = [one.id, one.number].filter(Boolean);
  const claims = Object.entries(work.said).filter(([, said]) => said.documents_note.split(/[;\n]/).some((name) => names.includes(name.trim())));
  return [...one.items, ...claims.map(([code]) => code)];
}

/** Whether an item lacks documents that its set asks for. @param {import("./assessing.js").Assessed} made @param {string} code */
export function lacksProof(made, code) {
  const state = made.proof[code]?.state ?? "proven";
  return made.states[code] !== "na" && state !== "proven" && state !== "declared";
}

/** What an item asks for, in words. @param {any} node @param {import("./words.js").Words} words */
export function asksText(node, words) {
  return node.asks.map(words.both).join("; ");
}

/** The part of an item that shows and takes its documents. @param {any} node @param {string} id @param {import("./state.js").Store} store @param {any} knows */
export function proofView(node, id, store, { words }) {
  const { say } = words, state = element("span", { className: "chip" }), count = element("summary", {});
  const list = element("ul", { className: "plain" }), told = element("ul", { className: "files-told", "aria-live": "polite" });
  const choice = element("select", { id: `${id}-document` });
  choice.addEventListener("change", () => link(choice.value, true));
  const zone = dropZone(say, "form_proof_drop", [["form_files_choose", { multiple: true }]], add);
  const more = element("details", { className: "more" }, count, list, element("div", { className: "field" },
    element("label", { for: choice.id }, say("form_proof_choose")), choice), zone, told);
  const row = element("div", { className: "proof" }, element("p", { className: "also" }, say("form_proof_asks", { asks: asksText(node, words) }), " ", state), more);
  more.addEventListener("toggle", () => drawList(store.get()));

  /** @param {string} document @param {boolean} isLinked */
  function link(document, isLinked) {
    store.change(`documents:${document}:items`, (draft) => {
      for (const one of draft.documents.filter((own) => own.id === document)) {
        one.items = [...one.items.filter((code) => code !== node.code), ...(isLinked ? [node.code] : [])];
      }
    });
  }
  /** @param {import("./documents_files.js").FoundFile[]} found */
  async function add(found) {
    refill(told, ...(await findingLines(await addFiles(store, FILES, found, () => {}, new AbortController().signal), words)));
    for (const { id: own, path } of store.get().documents) {
      if (found.some(({ file }) => file === FILES.get(path)?.file)) link(own, true);
    }
  }
  /** @param {Work} work */
  function drawList({ documents }) {
    const own = documents.filter(({ items }) => items.includes(node.code));
    count.textContent = say("form_proof_link", { count: own.length });
    if (!more.open) return;
    const name = (/** @type {FormDocument} */ one) => [one.id, one.number, one.title || one.path].filter(Boolean).join(" ");
    refill(list, ...own.map((one) => element("li", {}, name(one), " ",
      element("button", { type: "button", onclick: () => link(one.id, false) }, say("form_proof_off", { id: one.id })))));
    refill(choice, element("option", { value: "" }, say("form_blank")), ...documents.filter((one) => !own.includes(one)).map((one) =>
      element("option", { value: one.id }, name(one))));
  }
  /** @param {Work} work @param {import("./assessing.js").Assessed} made */
  function draw(work, made) {
    const { state: now, required, onTime } = made.proof[node.code];
    state.textContent = `${say(`proof_state_${now}`)} (${numberText(onTime, words.lang())}/${numberText(required, words.lang())})`;
    state.dataset.state = lacksProof(made, node.code) ? "open" : "done";
    drawList(work);
  }
  return { row, draw };
}
