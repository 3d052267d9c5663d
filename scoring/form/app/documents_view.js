import { element, refill } from "../../browser/lib/dom.js";
import { readDate } from "../../browser/lib/dates.js";
import { pickFiles, saveAs } from "../../browser/lib/saving.js";
import { unpackedJson } from "../../browser/lib/sheet_filling.js";
import { numberText } from "../../browser/lib/shown.js";
import { assess } from "./assessing.js";
import { bundleFile, longTable } from "./bundle.js";
import { FILES, addFiles, dropZone, findingLines } from "./documents_files.js";
import { ledgerFile } from "./ledger_writing.js";

/**
 * Documents and files: what is dropped is hashed and listed; ledger, table and zip go out from here.
 *
 * @typedef {import("./state.js").FormDocument} FormDocument
 * @typedef {"number" | "kind" | "issued_on" | "issuer" | "signer" | "title" | "place"} TextField
 */

/** @type {Record<string, string>} */
const LISTS = { kind: "document-kinds" };
/** @type {TextField[]} */
const TEXTS = ["number", "kind", "issued_on", "issuer", "signer", "title", "place"];

/** @param {string} text */
function codesIn(text) {
  return text.split(/[;,\s]+/).filter(Boolean);
}

/** @param {import("./state.js").Store} store @param {HTMLElement} host @param {import("./words.js").Say} say @param {any} knows */
export function mountDocuments(store, host, say, knows) {
  const ledger = unpackedJson(document.getElementById("form-ledger")?.textContent ?? "");
  const { set, words } = knows, stop = new AbortController();
  /** @type {{code: string, name: any}[]} */
  const items = set.nodes.filter((/** @type {any} */ node) => node.isItem);
  const kinds = element("datalist", { id: LISTS.kind }, ...set.kinds.map((/** @type {any} */ one) => element("option", { value: words.both(one) })));
  const told = element("ul", { className: "files-told", "aria-live": "polite" }), list = element("div", { className: "documents" });
  /** What each card shows. @type {WeakMap<Element, string>} */
  const drawn = new WeakMap();
  const progress = element("p", { "aria-live": "polite", className: "hashing" });
  const button = (/** @type {string} */ key, /** @type {() => Promise<void>} */ act) =>
    element("button", { type: "button", onclick: () => { act().catch(showError); } }, say(key));
  const zone = dropZone(say, "form_files_drop", [["form_files_choose", { multiple: true }], ["form_files_folder", { folder: true }]], (found) => add(found).catch(showError));
  refill(host, element("h2", {}, say("form_files_out")), element("p", { className: "acts" },
    button("form_save_ledger", async () => { await saveAs(await ledgerBlob(), name("xlsx")); }),
    button("form_save_zip", saveBundle),
    button("form_save_csv", async () => { await saveAs(new Blob([longTable(store.get(), set)], { type: "text/csv" }), name("csv")); }),
    button("form_open_ledger", async () => knows.open((await pickFiles({ accept: ".xlsx,.zip" }))[0]))),
  told, element("h2", {}, say("form_view_documents")), zone, progress, kinds, list);

  /** @param {string} ending */
  function name(ending) {
    const { unit, form } = store.get();
    return `${[unit.code.replace(/[^\p{L}\p{N}_-]+/gu, "-"), form.year].filter(Boolean).join("-")}.${ending}`;
  }
  /** @param {{code: string, values: any}[]} findings @param {Node[]} more */
  async function show(findings, ...more) {
    refill(told, ...(await findingLines(findings, words)), ...more);
  }
  /** @param {any} error */
  function showError(error) {
    show([{ code: error.code ?? String(error), values: error.values ?? {} }]);
  }
  async function ledgerBlob() {
    const work = store.get();
    return ledgerFile(work, set, await ledger, assess(work, set, knows.rules).scores.points);
  }
  async function saveBundle() {
    const { blob, digest, lost } = await bundleFile(store.get(), await ledgerBlob(), FILES, (await ledger).maker);
    show(lost, element("li", {}, say("form_zip_digest", { digest })));
    await saveAs(blob, name("zip"));
  }
  /** @param {import("./documents_files.js").FoundFile[]} found */
  async function add(found) {
    const percent = (/** @type {string} */ path, /** @type {number} */ done, /** @type {number} */ size) => {
      progress.textContent = say("form_hashing", { path, percent: Math.floor((100 * done) / (size || 1)) });
    };
    show(await addFiles(store, FILES, found, percent, stop.signal));
    progress.textContent = "";
  }

  /** @param {FormDocument} one */
  function card(one) {
    const change = (/** @type {string} */ key, /** @type {(own: FormDocument) => void} */ put) =>
      store.change(`documents:${one.id}:${key}`, (draft) => { draft.documents.filter(({ id }) => id === one.id).forEach(put); });
    const field = (/** @type {string} */ key, /** @type {string} */ value, /** @type {(own: FormDocument, text: string) => void} */ put) => {
      const input = element("input", { id: `doc-${one.id}-${key}`, value, autocomplete: "off", placeholder: key === "issued_on" ? say("form_day") : "" });
      const wrong = element("p", { className: "wrong", id: `${input.id}-wrong`, "aria-live": "polite" });
      const check = () => {
        wrong.textContent = wrongIn(key, input.value, one.id);
        input.setAttribute("aria-invalid", String(Boolean(wrong.textContent)));
      };
      if (key in LISTS) input.setAttribute("list", LISTS[key]);
      input.setAttribute("aria-describedby", wrong.id);
      input.addEventListener("input", () => { change(key, (own) => put(own, input.value)); check(); });
      check();
      return element("div", { className: "field" }, element("label", { for: input.id }, say(`form_document_${key}`)), input, wrong);
    };
    const size = one.size ? say("form_document_size", { size: numberText(Number(one.size) / 1e6, words.lang(), 2) }) : "";
    return element("article", { className: "item", "aria-labelledby": `doc-${one.id}` },
      element("h3", { id: `doc-${one.id}` }, `${one.id} ${one.path}`),
      element("p", { className: "last" }, size, " ", element("span", { className: "print-hash" }, one.sha256)),
      ...TEXTS.map((key) => field(key, one[key], (own, text) => { own[key] = text; })),
      field("items", one.items.join("; "), (own, text) => { own.items = codesIn(text); }), adder(one),
      element("button", { type: "button", onclick: () => store.change(`removed:${one.id}`, (draft) => {
        draft.documents = draft.documents.filter(({ id }) => id !== one.id);
      }) }, say("form_document_remove", { id: one.id })));
  }
  /** What is wrong with a field of a document, in words. @param {string} key @param {string} text @param {string} id */
  function wrongIn(key, text, id) {
    if (key === "issued_on") {
      const { problem } = readDate(text);
      return problem ? words.finding(problem, { value: text, input: say("form_document_issued_on") }) : "";
    }
    const odd = key === "items" ? codesIn(text).find((code) => !items.some((one) => one.code === code)) : "";
    return odd ? words.finding("document-item-unknown", { value: id, item: odd }) : "";
  }
  /** A choice that adds one item after the other to a document. @param {FormDocument} one */
  function adder(one) {
    const free = items.filter(({ code }) => !one.items.includes(code));
    const choice = element("select", { id: `doc-${one.id}-add` }, element("option", { value: "" }, say("form_blank")),
      ...free.map(({ code, name: known }) => element("option", { value: code }, `${code} ${words.both(known)}`)));
    choice.addEventListener("change", () => {
      store.change(`documents:${one.id}:items`, (draft) => { draft.documents.find(({ id }) => id === one.id)?.items.push(choice.value); });
      document.getElementById(choice.id)?.focus();
    });
    return element("div", { className: "field" }, element("label", { for: choice.id }, say("form_document_add")), choice);
  }
  function draw() {
    const held = document.activeElement, old = new Map([...list.children].map((one) => [one.getAttribute("aria-labelledby"), one]));
    store.get().documents.forEach((one, place) => {
      const name = `doc-${one.id}`, mine = old.get(name), text = JSON.stringify(one);
      // A field that somebody types in must stay where it is; what did not change stays as well.
      const isHeld = held instanceof HTMLInputElement && mine?.contains(held);
      const shown = mine && (isHeld || drawn.get(mine) === text) ? mine : card(one);
      drawn.set(shown, isHeld ? "" : text);
      old.delete(name);
      if (mine !== shown) mine?.remove();
      if (list.children[place] !== shown) list.insertBefore(shown, list.children[place]);
    });
    old.forEach((one) => one.remove());
  }
  draw();
  const away = store.subscribe(draw);
  return () => { away(); stop.abort(); };
}
