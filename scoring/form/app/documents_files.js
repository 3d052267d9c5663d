import { element } from "../../browser/lib/dom.js";
import { pickFiles } from "../../browser/lib/saving.js";
import { unpackedJson } from "../../browser/lib/sheet_filling.js";
import { filled } from "../../browser/lib/words.js";
import { digestOf } from "../../browser/lib/sha256.js";
import { changedDocument } from "./bundle.js";

/**
 * Files of a folder as documents of a work. The files stay with the page; the work knows their
 * names, sizes and digests, by which they are known again when they are chosen another time.
 *
 * @typedef {import("./state.js").Store} Store
 * @typedef {{code: string, values: Record<string, string | number>}} Told
 * @typedef {{path: string, file: File}} FoundFile
 */

/**
 * Files stay with the page while its views are made anew in another language.
 *
 * @type {Map<string, import("./bundle.js").KnownFile>}
 */
export const FILES = new Map();

// What Windows forbids in names or takes for a device, as `scoring.files.paths` has it.
const NOT_PORTABLE = /[<>:"|?*\x00-\x1f\x7f]|^ |[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
// What office programs and systems leave behind.
const LEFTOVER = /^(?:~\$|\.~lock\.|thumbs\.db$|desktop\.ini$|\.ds_store$)/i;

/**
 * What is said of files, as lines of a list; the words of files are packed with the ledger.
 *
 * @param {Told[]} findings @param {import("./words.js").Words} words
 */
export async function findingLines(findings, words) {
  if (!findings.length) return [];
  const { findings: texts } = await unpackedJson(document.getElementById("form-ledger")?.textContent ?? "");
  // A finding of a file says in its place, not in its words, which file it is.
  const place = (/** @type {Told["values"]} */ { document_id, file }) => (document_id ? `${document_id}, ${file}: ` : "");
  return findings.map(({ code, values }) => element("li", {}, place(values),
    code in texts[words.lang()] ? filled(texts[words.lang()][code], values) : words.finding(code, values)));
}

/**
 * A place to drop files on, with buttons that choose them.
 *
 * @param {import("./words.js").Say} say @param {string} lead
 * @param {[string, Parameters<typeof pickFiles>[0]][]} buttons
 * @param {(found: FoundFile[]) => Promise<void>} add
 */
export function dropZone(say, lead, buttons, add) {
  const pick = (/** @type {string} */ key, /** @type {Parameters<typeof pickFiles>[0]} */ options) =>
    element("button", { type: "button", onclick: async () =>
      add((await pickFiles(options)).map((file) => ({ path: file.webkitRelativePath || file.name, file }))) }, say(key));
  const zone = element("div", { className: "drop" }, element("p", {}, say(lead)),
    element("p", { className: "acts" }, ...buttons.map(([key, options]) => pick(key, options))));
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("over");
    if (event.dataTransfer) droppedFiles(event.dataTransfer).then(add);
  });
  return zone;
}

/**
 * All files of what was dropped, those of its folders too. @param {DataTransfer} dropped
 * @returns {Promise<FoundFile[]>}
 */
export async function droppedFiles(dropped) {
  // The list is empty after the first wait, so all entries are taken before it.
  const entries = Array.from(dropped.items, (item) => item.webkitGetAsEntry?.()).filter((one) => one !== null && one !== undefined);
  if (!entries.length) return [...dropped.files].map((file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map((entry) => filesBelow(/** @type {any} */ (entry), "")))).flat();
}

/** @param {any} entry @param {string} folder @returns {Promise<FoundFile[]>} */
async function filesBelow(entry, folder) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path: folder + entry.name, file }];
  }
  const reader = entry.createReader(), found = [];
  for (;;) {
    // A browser gives a hundred entries at a time.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesBelow(one, `${folder}${entry.name}/`)));
  }
}

/**
 * Hashes files one after the other and adds those that are new.
 *
 * @param {Store} store @param {Map<string, import("./bundle.js").KnownFile>} files @param {FoundFile[]} found
 * @param {(path: string, done: number, size: number) => void} onProgress @param {AbortSignal} signal
 * @returns {Promise<Told[]>}
 */
export async function addFiles(store, files, found, onProgress, signal) {
  /** @type {Told[]} */
  const told = [];
  for (const { path, file } of found) {
    const name = path.normalize("NFC"), steps = name.split("/");
    if (LEFTOVER.test(file.name)) continue;
    if (steps.some((step) => NOT_PORTABLE.test(step))) {
      told.push({ code: "form-document-name", values: { name } });
      continue;
    }
    try {
      const digest = await digestOf(file, { signal, onProgress: (done, size) => onProgress(name, done, size) });
      const problem = addFile(store, files, name, file, digest);
      if (problem) told.push(problem);
    } catch (error) {
      if (signal.aborted) return told;
      const known = /** @type {any} */ (error);
      told.push({ code: known.code ?? "form-document-unreadable", values: known.values ?? { name } });
    }
  }
  return told;
}

/**
 * @param {Store} store @param {Map<string, import("./bundle.js").KnownFile>} files
 * @param {string} name @param {File} file @param {import("../../browser/lib/sha256.js").Digest} digest
 * @returns {Told | null}
 */
function addFile(store, files, name, file, digest) {
  const { documents } = store.get(), same = documents.find((one) => one.sha256 === digest.sha256);
  if (same) {
    const isKnown = files.has(same.path);
    files.set(same.path, { file, digest });
    return isKnown ? { code: "form-documents-same", values: { name, other: same.path } } : null;
  }
  const path = `documents/${name.replace(/^documents\//, "")}`, old = documents.find((one) => one.path === path);
  if (old?.sha256) return changedDocument(old.id, path, old.sha256, digest.sha256);
  files.set(path, { file, digest });
  store.change(`added:${path}`, (draft) => {
    const own = draft.documents.find((one) => one.path === path) ?? blankDocument(draft.documents);
    Object.assign(own, { path, sha256: digest.sha256, size: String(digest.size) });
    if (!draft.documents.includes(own)) draft.documents.push(own);
  });
  return null;
}

/** @param {import("./state.js").FormDocument[]} documents @returns {import("./state.js").FormDocument} */
function blankDocument(documents) {
  const numbers = documents.map((one) => Number(/^TL(\d+)$/.exec(one.id)?.[1] ?? 0));
  const id = `TL${String(Math.max(0, ...numbers) + 1).padStart(3, "0")}`;
  return { id, number: "", kind: "", issued_on: "", issuer: "", signer: "", title: "", path: "", items: [],
    place: "", size: "", sha256: "", note: "" };
}
