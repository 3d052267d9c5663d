import { Problem } from "./problems.js";

/**
 * SHA-256 (FIPS 180-4) and the CRC-32 of a zip, of data that comes piece by piece.
 *
 * A worker is made from the source of this class, so it names nothing outside of itself.
 */
export class Fingerprint {
  constructor() {
    this.round = Int32Array.of(
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
      0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
      0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
      0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
      0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
    );
    this.state = Int32Array.of(
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    );
    this.words = new Int32Array(64);
    this.rest = new Uint8Array(64);
    this.kept = 0;
    this.size = 0;
    this.remainder = -1;
    this.tables = this.checkTables();
  }

  /** @param {Uint8Array} bytes */
  update(bytes) {
    this.size += bytes.length;
    this.check(bytes);
    let from = 0;
    if (this.kept > 0) {
      from = Math.min(64 - this.kept, bytes.length);
      this.rest.set(bytes.subarray(0, from), this.kept);
      this.kept += from;
      if (this.kept < 64) return;
      this.blocks(this.rest, 0, 64);
      this.kept = 0;
    }
    const whole = from + ((bytes.length - from) & ~63);
    this.blocks(bytes, from, whole);
    this.rest.set(bytes.subarray(whole));
    this.kept = bytes.length - whole;
  }

  /** The digest of all that came; nothing may come after it. @returns {string} */
  hex() {
    const padded = new Uint8Array(this.kept < 56 ? 64 : 128);
    padded.set(this.rest.subarray(0, this.kept));
    padded[this.kept] = 0x80;
    const end = new DataView(padded.buffer, padded.length - 8);
    end.setUint32(0, Math.floor(this.size / 0x20000000));
    end.setUint32(4, (this.size * 8) % 0x100000000);
    this.blocks(padded, 0, padded.length);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** @returns {number} */
  crc() {
    return ~this.remainder >>> 0;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} from
   * @param {number} to
   */
  blocks(bytes, from, to) {
    const { round, state, words } = this;
    let h0 = state[0], h1 = state[1], h2 = state[2], h3 = state[3];
    let h4 = state[4], h5 = state[5], h6 = state[6], h7 = state[7];
    // Everything in place and in short loops: functions for the turns of bits cost half the speed.
    for (let at = from; at < to; at += 64) {
      for (let i = 0, b = at; i < 16; i += 1, b += 4) {
        words[i] = (bytes[b] << 24) | (bytes[b + 1] << 16) | (bytes[b + 2] << 8) | bytes[b + 3];
      }
      let x = words[14], y = words[15];
      for (let i = 16; i < 64; i += 1) {
        const w = words[i - 15], small = ((w >>> 7) | (w << 25)) ^ ((w >>> 18) | (w << 14)) ^ (w >>> 3);
        const large = ((x >>> 17) | (x << 15)) ^ ((x >>> 19) | (x << 13)) ^ (x >>> 10);
        x = y;
        y = (words[i - 16] + small + words[i - 7] + large) | 0;
        words[i] = y;
      }
      let a = h0, b = h1, c = h2, d = h3, e = h4, f = h5, g = h6, h = h7;
      for (let i = 0; i < 64; i += 1) {
        const turned = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const spun = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t = (h + turned + (g ^ (e & (f ^ g))) + round[i] + words[i]) | 0;
        h = g; g = f; f = e; e = (d + t) | 0; d = c;
        const most = (a & b) | (c & (a | b));
        c = b; b = a; a = (t + spun + most) | 0;
      }
      h0 = (h0 + a) | 0; h1 = (h1 + b) | 0; h2 = (h2 + c) | 0; h3 = (h3 + d) | 0;
      h4 = (h4 + e) | 0; h5 = (h5 + f) | 0; h6 = (h6 + g) | 0; h7 = (h7 + h) | 0;
    }
    state.set([h0, h1, h2, h3, h4, h5, h6, h7]);
  }

  /** @param {Uint8Array} bytes */
  check(bytes) {
    const [t0, t1, t2, t3] = this.tables;
    let crc = this.remainder, at = 0;
    for (const last = bytes.length - 3; at < last; at += 4) {
      crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      crc = t3[crc & 255] ^ t2[(crc >>> 8) & 255] ^ t1[(crc >>> 16) & 255] ^ t0[crc >>> 24];
    }
    for (; at < bytes.length; at += 1) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]) & 255];
    this.remainder = crc;
  }

  /** Tables that take four bytes of a CRC at a time. @returns {Int32Array[]} */
  checkTables() {
    const first = new Int32Array(256);
    for (let byte = 0; byte < 256; byte += 1) {
      let value = byte;
      for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
      first[byte] = value;
    }
    const tables = [first];
    for (let step = 1; step < 4; step += 1) {
      tables.push(tables[step - 1].map((value) => (value >>> 8) ^ first[value & 255]));
    }
    return tables;
  }
}

/** @typedef {{sha256: string, crc32: number, size: number}} Digest */

/**
 * Read a blob piece by piece; runs in a worker as well. Null once `goesOn` says no.
 *
 * @param {Blob} blob
 * @param {Fingerprint} fingerprint
 * @param {number} piece
 * @param {(done: number) => boolean | Promise<boolean>} goesOn
 * @returns {Promise<Digest | null>}
 */
export async function fingerprinted(blob, fingerprint, piece, goesOn) {
  const read = (/** @type {number} */ at) => blob.slice(at, at + piece).arrayBuffer();
  let next = read(0);
  for (let at = 0; at < blob.size; at += piece) {
    const bytes = new Uint8Array(await next);
    // The disk works on the next piece while this one is hashed; one that fails is told in its turn.
    next = read(at + piece);
    next.catch(() => {});
    fingerprint.update(bytes);
    if (!(await goesOn(fingerprint.size))) return null;
  }
  return { sha256: fingerprint.hex(), crc32: fingerprint.crc(), size: fingerprint.size };
}

/** @returns {Worker | null} */
function hashingWorker() {
  const source = `"use strict";
${Fingerprint.toString()}
${fingerprinted.toString()}
onmessage = async ({ data }) => {
  try {
    const goesOn = (done) => { postMessage({ done }); return true; };
    postMessage({ digest: await fingerprinted(data, new Fingerprint(), 4 << 20, goesOn) });
  } catch (error) {
    postMessage({ failed: String(error && error.name) });
  }
};`;
  try {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(address);
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    return worker;
  } catch {
    return null;
  }
}

/** The SHA-256 of a text as UTF-8. @param {string} text @returns {string} */
export function textDigest(text) {
  const print = new Fingerprint();
  print.update(new TextEncoder().encode(text));
  return print.hex();
}

/**
 * The size, SHA-256 and CRC-32 of a file, read once in pieces and never held as a whole.
 *
 * @param {Blob} blob
 * @param {{onProgress?: (done: number, size: number) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<Digest>}
 * @throws {Problem} `form-document-unreadable` where the file has gone or changed meanwhile.
 * @throws {DOMException} `AbortError` once `signal` says so.
 */
export async function digestOf(blob, { onProgress = () => {}, signal } = {}) {
  // A worker takes longer to start than a small file to hash.
  const worker = blob.size > 1 << 20 && typeof Worker === "function" ? hashingWorker() : null;
  let digest = worker ? await digestByWorker(worker, blob, onProgress, signal) : null;
  if (!digest && !signal?.aborted) digest = await digestHere(blob, onProgress, signal);
  if (!digest || signal?.aborted) throw new DOMException("", "AbortError");
  if (digest.size !== blob.size) throw unreadableDocument(blob);
  return digest;
}

/**
 * Hash in the page itself, which gets its turn after every 5 ms of work.
 *
 * @param {Blob} blob
 * @param {(done: number, size: number) => void} onProgress
 * @param {AbortSignal} [signal]
 * @returns {Promise<Digest | null>}
 */
async function digestHere(blob, onProgress, signal) {
  const goesOn = async (/** @type {number} */ done) => {
    onProgress(done, blob.size);
    await new Promise((resolve) => setTimeout(resolve));
    return !signal?.aborted;
  };
  try {
    return await fingerprinted(blob, new Fingerprint(), 1 << 19, goesOn);
  } catch {
    throw unreadableDocument(blob);
  }
}

/**
 * Null where the worker could not start, or was told to stop.
 *
 * @param {Worker} worker
 * @param {Blob} blob
 * @param {(done: number, size: number) => void} onProgress
 * @param {AbortSignal} [signal]
 * @returns {Promise<Digest | null>}
 */
function digestByWorker(worker, blob, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const end = (/** @type {() => void} */ settle) => {
      worker.terminate();
      settle();
    };
    worker.onerror = () => end(() => resolve(null));
    worker.onmessage = ({ data }) => {
      if (data.failed) end(() => reject(unreadableDocument(blob)));
      else if (data.digest) end(() => resolve(data.digest));
      else onProgress(data.done, blob.size);
    };
    signal?.addEventListener("abort", () => end(() => resolve(null)));
    worker.postMessage(blob);
  });
}

/** @param {Blob} blob */
function unreadableDocument(blob) {
  const name = blob instanceof File ? blob.name : "";
  return new Problem("form-document-unreadable", { name });
}
