import { Problem } from "../../browser/lib/problems.js";
import { digestOf } from "../../browser/lib/sha256.js";
import { FILE_LIMITS, zipUnpacker } from "../../browser/lib/zip_reading.js";
import { MANIFEST_FORMAT, writtenManifest } from "./bundle.js";

/**
 * Takes apart the zip that a unit hands in. Nothing in it is used that its manifest does not vouch for.
 *
 * @typedef {import("../../browser/lib/zip_reading.js").ZipEntry} ZipEntry
 * @typedef {import("./bundle.js").KnownFile} KnownFile
 * @typedef {{code: string, values: Record<string, any>}} Told
 * @typedef {{path: string, bytes: number, sha256: string}} Listed
 */

// Documents stay in the zip and are read from there piece by piece; only its directory is held.
export const BUNDLE_LIMITS = { ...FILE_LIMITS, file_bytes: 500e6, part_bytes: 500e6, inflated_bytes: 500e6 };

const MANIFEST = "manifest.json", LEDGER = "ledger.xlsx";
const LARGEST_MANIFEST = 4e6;

/**
 * @param {Blob} zip
 * @param {Map<string, ZipEntry>} entries
 * @returns {Promise<{ledger: Blob, files: Map<string, KnownFile>, findings: Told[]}>} `files` by path
 * @throws {Problem} where neither the manifest nor the ledger can be trusted
 */
export async function bundleReading(zip, entries) {
  const unpack = zipUnpacker(BUNDLE_LIMITS);
  const listed = await listedFiles(entries.get(MANIFEST), unpack);
  /** @type {Map<string, KnownFile>} */
  const files = new Map();
  /** @type {Told[]} */
  const findings = [];
  for (const { path, bytes, sha256 } of listed) {
    const entry = entries.get(path), file = entry && (await contentIn(zip, entry, unpack));
    const digest = file && (await digestOf(file));
    if (file && digest?.sha256 === sha256) files.set(path, { file, digest });
    else findings.push(problemOf(path, bytes, Boolean(entry)));
  }
  const ledger = files.get(LEDGER);
  if (!ledger) {
    const lost = findings.find(({ values }) => values.file === LEDGER) ?? problemOf(LEDGER, 0, false);
    throw new Problem(lost.code, lost.values);
  }
  files.delete(LEDGER);
  const known = new Set([MANIFEST, ...listed.map(({ path }) => path)]);
  const added = [...entries.keys()].filter((name) => !known.has(name));
  return { ledger: ledger.file, files, findings: [...findings, ...added.map((file) => ({ code: "bundle-file-added", values: { file } }))] };
}

/** @param {string} file @param {number} expected @param {boolean} isThere @returns {Told} */
function problemOf(file, expected, isThere) {
  return { code: isThere ? "manifest-file-changed" : "manifest-file-missing", values: { file, expected } };
}

/**
 * A part as a file: one that was stored plain is a piece of the zip and takes no memory.
 *
 * @param {Blob} zip @param {ZipEntry} entry @param {ReturnType<typeof zipUnpacker>} unpack
 */
async function contentIn(zip, { packed, method, ...rest }, unpack) {
  if (method || packed instanceof Blob) return new Blob([/** @type {BlobPart} */ (await unpack({ packed, method, ...rest }))]);
  return zip.slice(packed.byteOffset, packed.byteOffset + packed.length);
}

/**
 * @param {ZipEntry | undefined} entry @param {ReturnType<typeof zipUnpacker>} unpack
 * @returns {Promise<Listed[]>}
 */
async function listedFiles(entry, unpack) {
  if (!entry) throw new Problem("manifest-missing");
  if (entry.size > LARGEST_MANIFEST) throw new Problem("manifest-unreadable");
  const text = new TextDecoder().decode(await unpack(entry));
  /** @type {any} */
  let manifest = null;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new Problem("manifest-unreadable");
  }
  const isOurs = manifest?.format === MANIFEST_FORMAT && manifest.kind === "bundle" && Array.isArray(manifest.files);
  if (!isOurs || !manifest.files.every(isListed)) throw new Problem("manifest-unreadable");
  // A manifest has one written form, so any other byte in it was put there later.
  const { digest, ...body } = manifest, { sha256 } = await digestOf(new Blob([writtenManifest(body)]));
  if (digest !== sha256 || writtenManifest(manifest) !== text) throw new Problem("manifest-tampered");
  return manifest.files;
}

/** @param {any} one */
function isListed(one) {
  return typeof one?.path === "string" && Number.isSafeInteger(one.bytes) && /^[0-9a-f]{64}$/.test(one.sha256);
}
