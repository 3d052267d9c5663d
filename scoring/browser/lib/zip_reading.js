import { Problem } from "./problems.js";
import { crcOf } from "./zip_writing.js";

/**
 * How much of a workbook from outside is read; equal to `scoring.files.limits.Limits`.
 */
export const FILE_LIMITS = {
  file_bytes: 30e6,
  part_bytes: 64e6,
  inflated_bytes: 128e6,
  parts: 2000,
  ratio: 250,
  sheets: 500,
  rows: 200000,
  columns: 1000,
  cells: 12e6,
};

/** @typedef {import("./zip_writing.js").ZipEntry} ZipEntry */

const PLAIN_METHOD = 0;
const DEFLATE_METHOD = 8;
// A ratio says little about small parts.
const RATIO_MATTERS_ABOVE = 1e6;
const NO_SIZE = 0xffffffff;

/**
 * Read the directory of a zip, trusting nothing of it.
 *
 * @param {Blob} blob
 * @param {typeof FILE_LIMITS} [limits]
 * @returns {Promise<Map<string, ZipEntry>>}
 * @throws {Problem} A finding of `scoring.files.excel.package`.
 */
export async function readZip(blob, limits = FILE_LIMITS) {
  if (blob.size > limits.file_bytes) throw tooLarge("", limits.file_bytes);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (bytes.length < 4 || littleEndian(bytes, 0, 4) !== 0x04034b50) throw new Problem("save-as-xlsx");
  /** @type {Map<string, ZipEntry>} */
  const entries = new Map();
  const seen = new Set();
  for (const entry of directoryOf(bytes, limits)) {
    const steps = entry.name.normalize("NFC").toLowerCase().split("/");
    const folded = steps.filter((step) => step !== "" && step !== ".").join("/");
    const unsafe = /^\/|[\\:\0]/.test(entry.name) || entry.name.split("/").includes("..");
    if (unsafe || seen.has(folded)) throw new Problem("package-unsafe-name", { part: entry.name });
    seen.add(folded);
    if (!entry.name.endsWith("/")) entries.set(entry.name, entry);
  }
  return entries;
}

/**
 * @param {Uint8Array} bytes
 * @param {typeof FILE_LIMITS} limits
 * @returns {ZipEntry[]}
 */
function directoryOf(bytes, limits) {
  const end = endOfDirectory(bytes);
  const count = littleEndian(bytes, end + 10, 2);
  if (count > limits.parts) throw new Problem("package-too-many-parts", { count, limit: limits.parts });
  const entries = [];
  let at = littleEndian(bytes, end + 16, 4);
  for (let number = 0; number < count; number += 1) {
    if (at + 46 > end || littleEndian(bytes, at, 4) !== 0x02014b50) throw damaged("zip");
    const lengths = [28, 30, 32].map((place) => littleEndian(bytes, at + place, 2));
    entries.push(entryAt(bytes, at, lengths[0]));
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  if (at !== end) throw damaged("zip");
  return entries;
}

/** @param {Uint8Array} bytes @returns {number} */
function endOfDirectory(bytes) {
  const first = Math.max(0, bytes.length - 22 - 0xffff);
  for (let at = bytes.length - 22; at >= first; at -= 1) {
    if (littleEndian(bytes, at, 4) !== 0x06054b50) continue;
    if (at + 22 + littleEndian(bytes, at + 20, 2) === bytes.length) return at;
  }
  throw damaged("zip");
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} nameLength
 * @returns {ZipEntry}
 */
function entryAt(bytes, at, nameLength) {
  const rawName = bytes.subarray(at + 46, at + 46 + nameLength);
  const name = new TextDecoder().decode(rawName);
  if (littleEndian(bytes, at + 8, 2) & 1) throw new Problem("file-encrypted");
  const [packedSize, size, offset] = [20, 24, 42].map((place) => littleEndian(bytes, at + place, 4));
  const method = littleEndian(bytes, at + 10, 2);
  // No workbook under the limits needs 64-bit sizes, which a reader must not be led by.
  if (packedSize === NO_SIZE || size === NO_SIZE || ![PLAIN_METHOD, DEFLATE_METHOD].includes(method)) throw damaged(name);
  if (offset + 30 > at || littleEndian(bytes, offset, 4) !== 0x04034b50) throw damaged(name);
  const nameAgain = bytes.subarray(offset + 30, offset + 30 + littleEndian(bytes, offset + 26, 2));
  if (!sameBytes(rawName, nameAgain)) throw damaged(name);
  const begin = offset + 30 + nameAgain.length + littleEndian(bytes, offset + 28, 2);
  const packed = bytes.subarray(begin, begin + packedSize);
  if (packed.length < packedSize) throw damaged(name);
  return { name, method, crc32: littleEndian(bytes, at + 16, 4), size, packed };
}

/**
 * A reader of entries that keeps count of all that it unpacked.
 *
 * @param {typeof FILE_LIMITS} [limits]
 * @returns {(entry: ZipEntry) => Promise<Uint8Array>}
 */
export function zipUnpacker(limits = FILE_LIMITS) {
  let inflated = 0;
  return async (entry) => {
    const room = Math.min(limits.part_bytes, limits.inflated_bytes - inflated);
    const content = await contentOf(entry, room, limits);
    inflated += content.length;
    if (crcOf(content) !== entry.crc32) throw damaged(entry.name);
    return content;
  };
}

/**
 * What comes out is counted, whatever the header promises.
 *
 * @param {ZipEntry} entry
 * @param {number} room
 * @param {typeof FILE_LIMITS} limits
 */
async function contentOf(entry, room, limits) {
  const packed = new Blob([/** @type {BlobPart} */ (entry.packed)]);
  const stream = packed.stream();
  const reader = (entry.method === PLAIN_METHOD ? stream
    : stream.pipeThrough(new DecompressionStream("deflate-raw"))).getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => { throw damaged(entry.name); });
    if (done) break;
    chunks.push(value);
    size += value.length;
    const isBomb = size > RATIO_MATTERS_ABOVE && size > limits.ratio * packed.size;
    if (!isBomb && size <= room) continue;
    reader.cancel().catch(() => {});
    if (!isBomb) throw tooLarge(entry.name, Math.min(limits.part_bytes, limits.inflated_bytes));
    const ratio = Math.round(size / packed.size);
    throw new Problem("package-inflates-too-much", { part: entry.name, ratio });
  }
  return joined(chunks, size);
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} size
 */
function joined(chunks, size) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} width
 */
function littleEndian(bytes, at, width) {
  let value = 0;
  for (let place = width - 1; place >= 0; place -= 1) value = value * 256 + (bytes[at + place] ?? 0);
  return value;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** @param {string} part */
function damaged(part) {
  return new Problem("package-damaged", { part });
}

/**
 * @param {string} part
 * @param {number} limit
 */
function tooLarge(part, limit) {
  return new Problem("package-too-large", { part, limit: limit / 1e6 });
}
