// The file that a person chose: written again after changes where the browser can, as a whole or
// not at all; else downloaded. A file that somebody else wrote meanwhile is not written over.

import { writeAgain } from "../../browser/lib/saving.js";

/** @typedef {"none" | "file" | "ask" | "download" | "changed" | "failed"} FileState */
/** @typedef {{state: FileState, name: string, at: string, changes: number}} FileTold */
/** @typedef {{handle: any, modified: number}} KeptHandle */

const PAUSE = 1_500;

/**
 * @param {{text: () => Promise<string>, name: () => string, told: (told: FileTold, error?: any) => void,
 *   keep: (kept: KeptHandle | null) => Promise<any>, download: (blob: Blob, name: string) => void,
 *   picker: () => ((options: any) => Promise<any>) | undefined, now?: () => string}} how
 */
export function createSaveFile(how) {
  const now = how.now ?? (() => new Date().toISOString());
  /** @type {any} */
  let handle = null;
  /** @type {any} */
  let timer = null;
  let modified = 0, changes = 0, at = "", name = "";
  /** @type {FileState} */
  let state = "none";
  let queue = Promise.resolve();

  /** @param {FileState} next @param {any} [error] */
  function tell(next, error) {
    state = next;
    how.told({ state, name, at, changes }, error);
  }

  async function write() {
    const count = changes;
    try {
      // What lies there was not written by us: another person or another tab works on it.
      if (modified && (await handle.getFile()).lastModified !== modified) return tell("changed");
      await writeAgain(handle, new Blob([await how.text()], { type: "application/json" }));
      modified = (await handle.getFile()).lastModified;
      changes -= count;
      at = now();
      tell("file");
      await how.keep({ handle, modified });
    } catch (error) {
      tell(/** @type {any} */ (error)?.name === "NotAllowedError" ? "ask" : "failed", error);
    }
  }

  const written = () => (queue = queue.then(write));

  async function downloadIt() {
    const count = changes;
    name = how.name();
    how.download(new Blob([await how.text()], { type: "application/json" }), name);
    changes -= count;
    at = now();
    tell("download");
  }

  /** Save now: into the file that was chosen, into one that is chosen now, or as a download. */
  async function save() {
    if (handle && (state === "file" || state === "failed")) return written();
    const pick = how.picker();
    if (!pick) return downloadIt();
    try {
      const types = [{ description: "parindex", accept: { "application/json": [".json"] } }];
      handle = await pick({ suggestedName: how.name(), types });
    } catch (error) {
      // Somebody thought better of it; anything else is a browser that refuses.
      return /** @type {any} */ (error)?.name === "AbortError" ? undefined : downloadIt();
    }
    ({ name } = handle);
    modified = 0;
    return written();
  }

  /** Take up the file of an earlier session; its permission may have to be asked for again. @param {KeptHandle | undefined} kept */
  async function resume(kept) {
    if (!kept?.handle) return;
    try {
      ({ handle, modified } = kept);
      ({ name } = handle);
      tell(await handle.queryPermission({ mode: "readwrite" }) === "granted" ? "file" : "ask");
    } catch (error) {
      handle = null;
      tell("failed", error);
    }
  }

  /** To be called from a click: browsers ask only then. */
  async function allow() {
    if (await handle?.requestPermission({ mode: "readwrite" }) === "granted") return written();
    return tell("ask");
  }

  function changed() {
    changes += 1;
    tell(state);
    clearTimeout(timer);
    if (state === "file") timer = setTimeout(written, PAUSE);
  }

  return { save, resume, allow, changed, saveElsewhere: () => { handle = null; return save(); }, flush: () => (state === "file" && changes ? written() : queue) };
}
