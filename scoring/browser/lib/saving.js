/**
 * A file that the browser lets a page write again and again.
 *
 * @typedef {{name: string, createWritable: () => Promise<any>}} FileHandle
 * @typedef {{how: "saved" | "downloaded" | "cancelled", handle: FileHandle | null}} Saved
 */

/**
 * Saves a file where the person says; a browser without that, or one told to refuse, downloads it.
 *
 * @param {Blob} blob
 * @param {string} name
 * @returns {Promise<Saved>} with the file that an autosave may write again, where there is one
 */
export async function saveAs(blob, name) {
  const ask = /** @type {any} */ (globalThis).showSaveFilePicker;
  if (ask) {
    try {
      const handle = await ask({ suggestedName: name });
      await writeAgain(handle, blob);
      return { how: "saved", handle };
    } catch (error) {
      // Only the person's own no is a no; a policy or a lost right leads to a download.
      if (nameOf(error) === "AbortError") return { how: "cancelled", handle: null };
    }
  }
  offer(blob, name);
  return { how: "downloaded", handle: null };
}

/**
 * Writes a file anew. The browser keeps what was there until all of it is written.
 *
 * @param {FileHandle} handle
 * @param {Blob} blob
 */
export async function writeAgain(handle, blob) {
  const sink = await handle.createWritable();
  try {
    await sink.write(blob);
  } catch (error) {
    await sink.abort().catch(() => {});
    throw error;
  }
  await sink.close();
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function offer(blob, name) {
  const address = URL.createObjectURL(blob), link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // A large file is still being read from its address.
  setTimeout(() => URL.revokeObjectURL(address), 600000);
}

/**
 * Files that the person picks; none where they think better of it.
 *
 * @param {{accept?: string, multiple?: boolean, folder?: boolean}} [options]
 * @returns {Promise<File[]>}
 */
export function pickFiles({ accept = "", multiple = false, folder = false } = {}) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept, multiple, webkitdirectory: folder });
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

/** @param {unknown} error */
function nameOf(error) {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}
