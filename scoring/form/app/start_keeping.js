// Joins what keeps a work: the browser's store, the file somebody chose, one writing tab, undo,
// and opening earlier saves. Nothing that is opened replaces a work before that is a step of undo.

import { download } from "../../browser/lib/dom.js";
import { Problem } from "../../browser/lib/problems.js";
import { textDigest } from "../../browser/lib/sha256.js";
import { createKeepingBar, timeText } from "./keeping_bar.js";
import { differences, patched } from "./journal.js";
import { openKeeper } from "./keeper.js";
import { createKeeping, eraseKept, keptWork, otherWorks, workKey } from "./persist.js";
import { holdChanges, listenForUndo } from "./reading_only.js";
import { createSaveFile } from "./save_file.js";
import { LARGEST_SAVE, readSave, saveName, saveText } from "./saves.js";
import { askForTurn } from "./tabs.js";

/** @typedef {import("./saves.js").Known} Known */
/** @typedef {{work: any, problems: {code: string, values: Record<string, any>}[]}} Opened */
/**
 * `root` is held while another tab has the work; `readPackage` opens a ledger or a zip.
 * @typedef {{store: import("./state.js").Store, known: Known, words: import("./words.js").Words,
 *   host: HTMLElement, root: HTMLElement,
 *   readPackage?: (file: File) => Promise<Opened>}} Means
 */

/** @param {any[]} nodes of the set, as `form_data.set_data` gives them @returns {Known["items"]} */
export function knownItems(nodes) {
  const items = nodes.filter((node) => node.isItem && node.inputs);
  return Object.fromEntries(items.map((node) => [node.code, Object.fromEntries(node.inputs.map((/** @type {any} */ input) =>
    [input.name, input.options ? input.options.map((/** @type {any} */ option) => option.code) : null]))]));
}

/** @returns {Storage | null} */
function grantedStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** @param {Means} means */
export async function startKeeping(means) {
  const { store, known, words } = means, { form, unit } = known;
  const first = store.get(), owner = `${Date.now()}-${Math.random()}`;
  const key = workKey(form, unit?.code ?? "", location.pathname);
  /** @type {import("./persist.js").Keeping} */
  let keeping = { state: "kept", at: "", unkept: 0 };
  /** @type {import("./save_file.js").FileTold} */
  let file = { state: "none", name: "", at: "", changes: 0 };
  const isTaken = () => keeping.state === "taken";
  const show = () => bar.show({ keeping, file });
  const bar = createKeepingBar(means.host, words, {
    save: () => saveFile.save(), saveElsewhere: () => saveFile.saveElsewhere(),
    open: (given) => { open(given); }, allow: () => saveFile.allow(), takeOver, erase,
  });
  const keeper = await openKeeper(window);
  const saveFile = createSaveFile({
    text: () => saveText(store.get(), new Date().toISOString(), textDigest), name: () => saveName(store.get()), download,
    picker: () => /** @type {any} */ (window).showSaveFilePicker?.bind(window),
    keep: (kept) => keeper.write([[`${key}|f`, kept]], []).catch(() => false),
    told: (next) => {
      file = next;
      bar.clear("form-file-changed");
      if (next.state === "failed") bar.tell({ code: "form-file-failed", values: { name: next.name }, button: { label: "form_store_save_elsewhere", run: saveFile.saveElsewhere } });
      else bar.clear("form-file-failed");
      if (next.state === "changed") bar.tell({ code: "form-file-changed", values: { name: next.name }, button: { label: "form_store_save_elsewhere", run: saveFile.saveElsewhere } });
      show();
    },
  });
  /** @type {ReturnType<typeof createKeeping> | null} */
  let writer = null;

  /** @param {import("./persist.js").Keeping} next */
  function told(next) {
    keeping = next;
    const urgent = { label: "form_store_save", run: () => { saveFile.save(); } };
    for (const code of ["form-store-full", "form-store-blocked"]) {
      if (code === `form-store-${next.state}`) bar.tell({ code, button: urgent });
      else if (next.state !== "waiting") bar.clear(code);
    }
    store.lock(isTaken());
    if (isTaken()) bar.tell({ code: "form-store-taken", button: { label: "form_store_take_over", run: takeOver } });
    else bar.clear("form-store-taken");
    show();
  }

  /** @param {{last: number, from: any}} kept */
  async function write({ last, from }) {
    writer?.stop();
    await keeper.write([[`${key}|o`, owner]], []).catch(() => false);
    writer = createKeeping(store, keeper, key, { owner, last, from, told });
    told({ ...keeping, state: keeper.kind === "memory" ? "blocked" : "kept" });
  }

  function lost() {
    writer?.halt();
    told({ ...keeping, state: "taken" });
  }

  async function load() {
    const kept = await keptWork(keeper, key).catch(() => null);
    if (kept?.damaged) bar.tell({ code: "form-store-damaged", values: { count: kept.damaged, at: timeText(kept.at, words.lang()) } });
    if (!kept?.past) return { last: kept?.last ?? 0, from: { now: first, before: [], after: [] } };
    // What was typed before the store answered comes on top.
    const typed = differences(first, store.get());
    store.resume(/** @type {any} */ (kept.past));
    if (typed.length) store.replace("early", patched(store.get(), typed));
    keeping = { state: "kept", at: kept.at, unkept: 0 };
    bar.tell({ code: "form-store-restored", values: { at: timeText(kept.at, words.lang()), count: kept.past.before.length } });
    return { last: kept.last, from: { now: kept.past.now, before: kept.past.before, after: kept.past.after } };
  }

  async function takeOver() {
    const mine = store.get(), isUnkept = (writer?.unkept() ?? 0) > 0;
    await turn.takeOver();
    store.lock(false);
    const kept = await load();
    if (isUnkept) store.replace("mine", mine);
    await write(kept);
  }

  /** @param {Opened} opened @param {string} name */
  async function take({ work, problems }, name) {
    bar.tellOf(name, problems.map(({ code, values }) => ({ code, values: { file: name, ...values } })), Boolean(work));
    if (!work || isTaken()) return;
    await writer?.flush();
    store.replace("opened", work);
    bar.tell({ code: "form-store-opened", values: { file: name }, button: { label: "form_store_take_back", run: () => { store.undo(); bar.clear("form-store-opened"); } } });
  }

  /** @param {File} given */
  async function open(given) {
    if (isTaken()) return;
    const head = new Uint8Array(await given.slice(0, 2).arrayBuffer().catch(() => new ArrayBuffer(0)));
    const isPackage = head[0] === 0x50 && head[1] === 0x4b;
    try {
      if (isPackage && means.readPackage) return await take(await means.readPackage(given), given.name);
      const tooLarge = { code: "form-save-too-large", values: { value: Math.round(given.size / 1e6), limit: LARGEST_SAVE / 1e6 } };
      if (given.size > LARGEST_SAVE) return await take({ work: null, problems: [tooLarge] }, given.name);
      await take(await readSave(await given.text(), known, textDigest), given.name);
    } catch (error) {
      const reason = String(error instanceof Error ? error.message : error).slice(0, 200);
      const problem = error instanceof Problem ? error : { code: "form-open-failed", values: { reason } };
      await take({ work: null, problems: [problem] }, given.name);
    }
  }

  /** @param {import("./persist.js").Other} other */
  async function openOther(other) {
    const kept = await keptWork(keeper, other.key);
    if (!kept.past) return;
    const text = await saveText(kept.past.now, kept.at, textDigest);
    await take(await readSave(text, known, textDigest), other.unit || "–");
  }

  async function offerOthers() {
    const others = await otherWorks(keeper, key, form).catch(() => []);
    const [newest] = others.sort((one, other) => (one.at < other.at ? 1 : -1));
    if (!newest) return;
    const values = { unit: newest.unit || "–", at: timeText(newest.at, words.lang()), count: newest.figures };
    bar.tell({ code: "form-store-other-work", values, button: { label: "form_store_open_other", run: () => { openOther(newest); bar.clear("form-store-other-work"); } } });
  }

  async function erase() {
    if (!confirm(words.say("form_store_erase_sure"))) return;
    writer?.forget();
    const isDone = await eraseKept(keeper, "").then(() => true, () => false);
    keeping = { ...keeping, at: "" };
    bar.clear("form-store-restored");
    bar.tell({ code: isDone ? "form-store-erased" : "form-store-not-erased" });
    show();
  }

  const turn = await askForTurn(key, owner, lost, { locks: navigator.locks, storage: grantedStorage() });
  const kept = await load();
  if (!kept.last) await offerOthers();
  if (turn.isOwner) await write(kept);
  else told({ ...keeping, state: "taken" });
  await saveFile.resume((await keeper.read(`${key}|f`).catch(() => new Map())).get(`${key}|f`));
  store.subscribe((_, label) => {
    if (label !== "resume") saveFile.changed();
    show();
  });
  holdChanges(means.root, isTaken);
  listenForUndo(store, document);
  listenForLeaving();
  listenForDrops();
  show();

  function listenForLeaving() {
    const flush = () => { writer?.flush(); saveFile.flush(); };
    window.addEventListener("pagehide", () => { flush(); turn.leave(); });
    window.addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
    window.addEventListener("beforeunload", (event) => {
      if (isTaken() || !writer?.unkept() || !file.changes) return;
      flush();
      event.preventDefault();
    });
  }

  function listenForDrops() {
    // A file dropped beside its place would open in this tab, in the place of the form.
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      const [given] = Array.from(event.dataTransfer?.files ?? []);
      if (given) open(given);
    });
  }

  return { draw: bar.draw, open, flush: () => writer?.flush() };
}
