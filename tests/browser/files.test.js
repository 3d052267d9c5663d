import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { csvText } from "../../scoring/browser/lib/csv.js";
import { fromLetters } from "../../scoring/browser/lib/letters.js";
import { saveAs } from "../../scoring/browser/lib/saving.js";
import { Fingerprint, digestOf } from "../../scoring/browser/lib/sha256.js";
import { readZip, zipUnpacker } from "../../scoring/browser/lib/zip_reading.js";
import { deflatedEntry, storedEntry, writeZip } from "../../scoring/browser/lib/zip_writing.js";

function hashed(...pieces) {
  const fingerprint = new Fingerprint();
  for (const piece of pieces) fingerprint.update(piece);
  return fingerprint;
}

test("the examples of FIPS 180-4 hold", () => {
  const text = (words) => new TextEncoder().encode(words);
  const long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  assert.equal(hashed(text("abc")).hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(hashed(text(long)).hex(), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  assert.equal(hashed().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("every size around the end of a block gives what the runtime gives, however it is cut", () => {
  for (const size of [1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000, 70001]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + size) % 256);
    const expected = createHash("sha256").update(bytes).digest("hex");
    for (const cut of [0, 1, size >> 1, size - 1]) {
      assert.equal(hashed(bytes.subarray(0, cut), bytes.subarray(cut)).hex(), expected, `${size} cut at ${cut}`);
    }
  }
  assert.equal(hashed(new TextEncoder().encode("123456789")).crc(), 0xcbf43926);
});

test("a file is hashed in pieces, with progress, and stops when told", async () => {
  const bytes = new Uint8Array(1200000).fill(7), seen = [];
  const digest = await digestOf(new Blob([bytes]), { onProgress: (done) => seen.push(done) });
  assert.equal(digest.sha256, createHash("sha256").update(bytes).digest("hex"));
  assert.deepEqual(seen, [524288, 1048576, 1200000]);
  const stopped = digestOf(new Blob([bytes]), { signal: AbortSignal.abort() });
  await assert.rejects(stopped, { name: "AbortError" });
});

test("a file that vanished while it was read is named", async () => {
  const gone = new File(["nội dung"], "báo cáo.pdf");
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) });
  await assert.rejects(digestOf(gone), { code: "form-document-unreadable", values: { name: "báo cáo.pdf" } });
});

test("a zip comes back as it was written, with its Vietnamese names", async () => {
  const text = new TextEncoder().encode("<a>".repeat(5000));
  const zip = writeZip([
    await deflatedEntry("xl/sổ.xml", text),
    storedEntry("tài liệu/a.bin", new Blob([text]), hashed(text).crc()),
  ]);
  const entries = await readZip(zip), unpack = zipUnpacker();
  assert.deepEqual([...entries.keys()], ["xl/sổ.xml", "tài liệu/a.bin"]);
  for (const entry of entries.values()) assert.deepEqual(await unpack(entry), text);
  assert.ok(zip.size < text.length + 500);
});

test("text in a table is no formula, and a number stays one", () => {
  const cells = ["=1+1", "-5", "-5a", "@x", "＝1", "=", "\t1", "a\r\nb", 'nói "có"', "1;2", -0.5, null, NaN];
  const plain = csvText([cells]);
  assert.equal(plain, `'=1+1,-5,'-5a,'@x,'＝1,=,'\t1,"a\nb","nói ""có""",1;2,-0.5,,\n`);
  assert.equal(csvText([["a,b", "1;2", 0.5]], "vi"), '\ufeffa,b;"1;2";0,5\n');
});

test("letters that Python wrote are the bytes it had, of any length", () => {
  const python = "import base64,sys; print('\\n'.join(base64.b85encode(bytes(range(255, 255 - n, -1))).decode() for n in range(256)))";
  const written = execFileSync("python3", ["-c", python], { encoding: "utf8" }).split("\n");
  for (let length = 0; length < 256; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => 255 - at);
    assert.deepEqual(fromLetters(written[length].replaceAll("<", ",")), bytes);
  }
});

test("what the person may not save is downloaded, and their own no is a no", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const clicked = [];
  globalThis.document = {
    body: { append() {} },
    createElement: () => ({ click() { clicked.push(this.download); }, remove() {} }),
  };
  const refuse = (name) => () => Promise.reject(new DOMException("", name));
  globalThis.showSaveFilePicker = refuse("SecurityError");
  assert.equal((await saveAs(new Blob(["a"]), "sổ.xlsx")).how, "downloaded");
  globalThis.showSaveFilePicker = refuse("AbortError");
  assert.equal((await saveAs(new Blob(["a"]), "sổ.xlsx")).how, "cancelled");
  assert.deepEqual(clicked, ["sổ.xlsx"]);
});

/** A blob that says it is larger than it is. */
function claiming(size) {
  return Object.defineProperty(new Blob(["a"]), "size", { value: size });
}

test("a file of 2 GB is read piece by piece and never as a whole", async () => {
  const file = claiming(2 ** 31), pieces = [], stop = new AbortController();
  file.slice = (from, to) => {
    pieces.push(to - from);
    return new Blob([new Uint8Array(to - from)]);
  };
  const onProgress = (done) => { if (done > 2 ** 20) stop.abort(); };
  await assert.rejects(digestOf(file, { signal: stop.signal, onProgress }), { name: "AbortError" });
  assert.ok(pieces.length < 9 && pieces.every((size) => size === 2 ** 19), String(pieces));
});

test("sizes and places beyond 4 GB stand in 64 bits", (t) => {
  class Claimed {
    constructor(parts, { size = 1 } = {}) { Object.assign(this, { parts, size }); }
  }
  const own = globalThis.Blob, large = 5 * 2 ** 30;
  t.after(() => { globalThis.Blob = own; });
  globalThis.Blob = Claimed;
  const { parts } = writeZip([storedEntry("a", new Claimed([], { size: large }), 1), storedEntry("b", new Claimed([]), 2)]);
  // Header, data, header, data, directory of two, end.
  const [local, , first, second, end] = parts.filter((part) => part instanceof Uint8Array).map((part) => new DataView(part.buffer));
  assert.equal(local.getUint32(22, true), 0xffffffff);
  assert.equal(local.getBigUint64(30 + 1 + 4, true), BigInt(large));
  assert.equal(first.getBigUint64(46 + 1 + 4, true), BigInt(large));
  assert.equal(second.getUint32(42, true), 0xffffffff);
  assert.ok(second.getBigUint64(46 + 1 + 4, true) > BigInt(large));
  assert.equal(end.getUint32(0, true), 0x06064b50);
  assert.ok(end.getBigUint64(48, true) > BigInt(large));
});
