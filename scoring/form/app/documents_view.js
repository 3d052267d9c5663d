import { element, refill } from "../../browser/lib/dom.js";
import { pickFiles, saveAs } from "../../browser/lib/saving.js";
import { unpackedJson } from "../../browser/lib/sheet_filling.js";
import { readSheets } from "../../browser/lib/sheet_reading.js";
import { numberText } from "../../browser/lib/shown.js";
import { filled } from "../../browser/lib/words.js";
import { assess } from "./assessing.js";
import { bundleFile, longTable } from "./bundle.js";
import { addFiles, droppedFiles } from "./documents_files.js";
import { ledgerReading } from "./ledger_reading.js";
import { ledgerFile } from "./ledger_writing.js";

/**
 * Documents and files: what is dropped is hashed and listed; ledger, table and zip go out from here.
 *
 * @typedef {import("./state.js").FormDocument} FormDocument
 * @typedef {"number" | "issued_on" | "issuer" | "title"} TextField
 */

// Files stay with the page while its views are made anew in another language.
/** @type {Map<string, import("./bundle.js").KnownFile>} */
const FILES = new Map();
/** @type {TextField[]} */
const TEXTS = ["number", "issued_on", "issuer", "title"];

/** @param {import("./state.js").Store} store @param {HTMLElement} host @param {import("./words.js").Say} say @param {any} knows */
export function mountDocuments(store, host, say, knows) {
  const ledger = unpackedJson(document.getElementById("form-ledger")?.textContent ?? "");
  const { set, words } = knows, stop = new AbortController();
  const told = element("ul", { className: "files-told", "aria-live": "polite" }), list = element("div", { className: "documents" });
  const progress = element("p", { "aria-live": "polite", className: "hashing" });
  const button = (/** @type {string} */ key, /** @type {() => Promise<void>} */ act) =>
    element("button", { type: "button", onclick: () => { act().catch(showError); } }, say(key));
  const zone = element("div", { className: "drop" }, element("p", {}, say("form_files_drop")),
    button("form_files_choose", async () => take(await pickFiles({ multiple: true }))),
    button("form_files_folder", async () => take(await pickFiles({ folder: true }))));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer) droppedFiles(event.dataTransfer).then(add).catch(showError);
  });
  refill(host, element("h2", {}, say("form_files_out")), element("p", { className: "acts" },
    button("form_save_ledger", async () => { await saveAs(await ledgerBlob(), name("xlsx")); }),
    button("form_save_zip", saveBundle),
    button("form_save_csv", async () => { await saveAs(new Blob([longTable(store.get(), set)], { type: "text/csv" }), name("csv")); }),
    button("form_open_ledger", async () => openLedger((await pickFiles({ accept: ".xlsx" }))[0]))),
  told, element("h2", {}, say("form_view_documents")), zone, progress, list);

  /** @param {string} ending */
  function name(ending) {
    const { unit, form } = store.get();
    return `${[unit.code.replace(/[^\p{L}\p{N}_-]+/gu, "-"), form.year].filter(Boolean).join("-")}.${ending}`;
  }
  /** @param {{code: string, values: any}[]} findings @param {Node[]} more */
  async function show(findings, ...more) {
    const texts = (await ledger).findings[words.lang()];
    const text = (/** @type {string} */ code, /** @type {any} */ values) =>
      code in texts ? filled(texts[code], values) : words.finding(code, values);
    refill(told, ...findings.map(({ code, values }) => element("li", {}, text(code, values))), ...more);
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
    const { blob, digest, missing } = await bundleFile(store.get(), await ledgerBlob(), FILES, (await ledger).maker);
    const lost = missing.map((path) => ({ code: "form-document-missing", values: { path } }));
    show(lost, element("li", {}, say("form_zip_digest", { digest })));
    await saveAs(blob, name("zip"));
  }
  /** @param {File | undefined} file */
  async function openLedger(file) {
    if (!file) return;
    const read = ledgerReading(await readSheets(file), store.get(), set, await ledger), { work } = read;
    const replace = () => { if (work) store.replace("ledger", work); show(read.findings); };
    if (!work || !read.doubts.length) return replace();
    show(read.doubts, element("li", {}, element("button", { type: "button", onclick: replace }, say("form_open_anyway"))));
  }
  /** @param {File[]} files */
  function take(files) {
    return add(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
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
      const input = element("input", { id: `doc-${one.id}-${key}`, value, autocomplete: "off" });
      input.addEventListener("input", () => change(key, (own) => put(own, input.value)));
      return element("div", { className: "field" }, element("label", { for: input.id }, say(`form_document_${key}`)), input);
    };
    const size = one.size ? say("form_document_size", { size: numberText(Number(one.size) / 1e6, words.lang(), 2) }) : "";
    return element("article", { className: "item", "aria-labelledby": `doc-${one.id}` },
      element("h3", { id: `doc-${one.id}` }, `${one.id} ${one.path}`),
      element("p", { className: "last" }, size, " ", element("span", { className: "print-hash" }, one.sha256)),
      ...TEXTS.map((key) => field(key, one[key], (own, text) => { own[key] = text; })),
      field("items", one.items.join("; "), (own, text) => { own.items = text.split(/[;,\s]+/).filter(Boolean); }),
      element("button", { type: "button", onclick: () => store.change(`documents:remove:${one.id}`, (draft) => {
        draft.documents = draft.documents.filter(({ id }) => id !== one.id);
      }) }, say("form_document_remove", { id: one.id })));
  }
  function draw() {
    // A field that somebody types in must stay where it is.
    if (list.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
    refill(list, ...store.get().documents.map(card));
  }
  draw();
  const away = store.subscribe(draw);
  return () => { away(); stop.abort(); };
}
