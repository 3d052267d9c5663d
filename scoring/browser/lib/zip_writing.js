import { Fingerprint } from "./sha256.js";

/**
 * An entry of a zip. `packed` holds its bytes as they stand in the zip.
 *
 * @typedef {{name: string, method: number, crc32: number, size: number, packed: Blob | Uint8Array}} ZipEntry
 */

const STORED = 0;
const DEFLATED = 8;
// Where Python's zip writes 64-bit sizes; a bundle is written by the same rule.
const ZIP64_ABOVE = 0x7fffffff;
const FULL = 0xffffffff;

/**
 * An entry of text or bytes made here, deflated.
 *
 * @param {string} name
 * @param {Uint8Array} content
 * @returns {Promise<ZipEntry>}
 */
export async function deflatedEntry(name, content) {
  const stream = new Blob([/** @type {BlobPart} */ (content)]).stream();
  const packed = await new Response(stream.pipeThrough(new CompressionStream("deflate-raw"))).blob();
  return { name, method: DEFLATED, crc32: crcOf(content), size: content.length, packed };
}

/**
 * An entry whose bytes stay where they are, such as a file of hundreds of megabytes.
 *
 * @param {string} name
 * @param {Blob} blob
 * @param {number} crc32
 * @returns {ZipEntry}
 */
export function storedEntry(name, blob, crc32) {
  return { name, method: STORED, crc32, size: blob.size, packed: blob };
}

/**
 * A zip of entries in their order, without a time or a machine in it.
 *
 * @param {ZipEntry[]} entries
 * @param {{asBundle?: boolean, type?: string}} [options] `asBundle` writes every byte as
 *   `scoring.files.sealed.bundle_zip` does, so that `parindex verify` sees the zip as it was packed.
 * @returns {Blob}
 */
export function writeZip(entries, { asBundle = false, type = "application/zip" } = {}) {
  /** @type {BlobPart[]} */
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const entry of entries) {
    const name = new TextEncoder().encode(entry.name);
    const packedSize = entry.packed instanceof Blob ? entry.packed.size : entry.packed.length;
    const place = { entry, name, packedSize, offset, asBundle };
    const header = localHeader(place);
    parts.push(header, /** @type {BlobPart} */ (entry.packed));
    offset += header.length + packedSize;
    directory.push(directoryEntry(place));
  }
  const size = directory.reduce((sum, line) => sum + line.length, 0);
  return new Blob([...parts, ...directory, endRecord(entries.length, size, offset)], { type });
}

/**
 * @typedef {{entry: ZipEntry, name: Uint8Array, packedSize: number, offset: number,
 *   asBundle: boolean}} ZipPlace
 */

/** @param {ZipPlace} place */
function localHeader({ entry, name, packedSize, asBundle }) {
  const long = asBundle || entry.size > ZIP64_ABOVE;
  const sizes = long ? [[FULL, 4], [FULL, 4]] : [[packedSize, 4], [entry.size, 4]];
  const extra = long ? [[1, 2], [16, 2], [entry.size, 8], [packedSize, 8]] : [];
  return record([
    [0x04034b50, 4], [long ? 45 : 20, 2], [flagsOf(name), 2], [entry.method, 2], [0, 2], [0x21, 2],
    [entry.crc32, 4], ...sizes, [name.length, 2], [long ? 20 : 0, 2],
  ], name, extra);
}

/** @param {ZipPlace} place */
function directoryEntry({ entry, name, packedSize, offset, asBundle }) {
  const isLong = entry.size > ZIP64_ABOVE, isFar = offset > ZIP64_ABOVE;
  const long = [...(isLong ? [entry.size, packedSize] : []), ...(isFar ? [offset] : [])];
  const extra = long.length ? [[1, 2], [8 * long.length, 2], ...long.map((size) => [size, 8])] : [];
  const version = asBundle || long.length ? 45 : 20;
  const rights = 0o644 * 0x10000;
  return record([
    [0x02014b50, 4], [version, 1], [3, 1], [version, 2], [flagsOf(name), 2], [entry.method, 2],
    [0, 2], [0x21, 2], [entry.crc32, 4], [isLong ? FULL : packedSize, 4],
    [isLong ? FULL : entry.size, 4], [name.length, 2], [long.length ? 4 + 8 * long.length : 0, 2],
    [0, 2], [0, 2], [0, 2], [rights, 4], [isFar ? FULL : offset, 4],
  ], name, extra);
}

/**
 * @param {number} count
 * @param {number} size
 * @param {number} offset
 */
function endRecord(count, size, offset) {
  const long = count > 0xffff || offset > ZIP64_ABOVE;
  const fields = long ? [
    [0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [count, 8], [count, 8], [size, 8],
    [offset, 8], [0x07064b50, 4], [0, 4], [offset + size, 8], [1, 4],
  ] : [];
  const short = Math.min(count, 0xffff);
  return record([
    ...fields, [0x06054b50, 4], [0, 4], [short, 2], [short, 2], [size, 4],
    [Math.min(offset, FULL), 4], [0, 2],
  ]);
}

/** A name that is not plain ASCII is marked as UTF-8. @param {Uint8Array} name */
function flagsOf(name) {
  return name.some((byte) => byte > 127) ? 0x800 : 0;
}

/**
 * Numbers with their widths in bytes, a name, and more numbers; little-endian.
 *
 * @param {number[][]} fields
 * @param {Uint8Array} [name]
 * @param {number[][]} [extra]
 * @returns {Uint8Array<ArrayBuffer>}
 */
function record(fields, name = new Uint8Array(), extra = []) {
  const bytes = [];
  for (const part of [fields, name, extra]) {
    if (part instanceof Uint8Array) {
      bytes.push(...part);
      continue;
    }
    for (const [value, width] of part) {
      for (let at = 0; at < width; at += 1) bytes.push(Math.floor(value / 256 ** at) % 256);
    }
  }
  return Uint8Array.from(bytes);
}

/** @param {Uint8Array} bytes */
export function crcOf(bytes) {
  const fingerprint = new Fingerprint();
  fingerprint.check(bytes);
  return fingerprint.crc();
}
