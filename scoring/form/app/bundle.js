import { csvText } from "../../browser/lib/csv.js";
import { isoDay, readDate } from "../../browser/lib/dates.js";
import { digestOf } from "../../browser/lib/sha256.js";
import { clean } from "../../browser/lib/text.js";
import { storedEntry, writeZip } from "../../browser/lib/zip_writing.js";

export const MANIFEST_FORMAT = "parindex-manifest-2";

/**
 * The zip that a unit hands in: ledger, documents and a manifest with their digests, in the very
 * form of `parindex evidence bundle`, so that `parindex verify` takes it.
 *
 * @typedef {import("./state.js").Work} Work
 * @typedef {{file: Blob, digest: import("../../browser/lib/sha256.js").Digest}} KnownFile
 * @typedef {import("./documents_files.js").Told} Told
 *
 * @param {Work} work
 * @param {Blob} ledger
 * @param {Map<string, KnownFile>} files chosen since the form was opened, by path
 * @param {string} maker what made it, as manifests state it
 * @returns {Promise<{blob: Blob, digest: string, lost: Told[]}>} `lost` names the files that it lacks
 */
export async function bundleFile(work, ledger, files, maker) {
  const held = new Map([["ledger.xlsx", { file: ledger, digest: await digestOf(ledger) }]]);
  const open = work.documents.filter((one) => one.path && !one.secret);
  /** @type {Told[]} */
  const lost = [];
  for (const { id, path, sha256 } of open) {
    const known = files.get(path), isListed = known && (!sha256 || known.digest.sha256 === sha256);
    if (!isListed && held.has(path)) continue;
    const problem = isListed ? await changedSince(known, id, path) : { code: "form-document-missing", values: { path } };
    if (problem) lost.push(problem);
    else if (known) held.set(path, known);
  }
  const ordered = [...held].sort(([one], [other]) => compareByCodes(one, other));
  const { form, unit } = work;
  const about = {
    criteria_set: `${form.set_id} ${form.version}, ${form.fingerprint.slice(0, 16)}`,
    package: maker, unit_code: unit.code, year: String(form.year),
  };
  const secret = work.documents.filter((one) => one.secret).sort((one, other) => compareByCodes(one.id, other.id));
  const listed = {
    files: ordered.map(([path, { digest }]) => ({ bytes: digest.size, path, sha256: digest.sha256 })),
    format: MANIFEST_FORMAT,
    inputs: [],
    kind: "bundle",
    withheld: secret.map((one) => ({ document_id: one.id, document_number: one.number, sha256: one.sha256 })),
  };
  const { sha256 } = await digestOf(new Blob([writtenManifest({ about, ...listed })]));
  const manifest = new Blob([writtenManifest({ about, digest: sha256, ...listed })]);
  const entries = ordered.map(([path, { file, digest }]) => storedEntry(path, file, digest.crc32));
  entries.push(storedEntry("manifest.json", manifest, (await digestOf(manifest)).crc32));
  return { blob: writeZip(entries, { asBundle: true }), digest: sha256, lost };
}

/**
 * A file may be written to after it was hashed; the digests of the zip would then be wrong, so it
 * is read once more. @param {KnownFile} known @param {string} id @param {string} path
 * @returns {Promise<Told | null>}
 */
async function changedSince({ file, digest }, id, path) {
  try {
    const { sha256 } = await digestOf(file);
    return sha256 === digest.sha256 ? null : changedDocument(id, path, digest.sha256, sha256);
  } catch {
    return { code: "form-document-unreadable", values: { name: path } };
  }
}

/** @param {string} id @param {string} file @param {string} recorded @param {string} actual @returns {Told} */
export function changedDocument(id, file, recorded, actual) {
  const values = { document_id: id, file, recorded: recorded.slice(0, 12), actual: actual.slice(0, 12) };
  return { code: "document-changed", values };
}

/** As `scoring.files.sealed.manifest` writes it; the keys stand in their order. @param {unknown} body */
export function writtenManifest(body) {
  return `${JSON.stringify(body, null, 1)}\n`;
}

/** By code points, as Python sorts. @param {string} one @param {string} other */
function compareByCodes(one, other) {
  const [left, right] = [one, other].map((text) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0));
  const at = left.findIndex((code, place) => code !== right[place]);
  return at < 0 ? left.length - right.length : left[at] - (right[at] ?? -1);
}

/**
 * The long table of figures, as `parindex score` takes it. @param {Work} work @param {any} set
 * @returns {string}
 */
export function longTable(work, set) {
  const { form, unit } = work;
  /** @type {string[][]} */
  const rows = [["unit_code", "year", "period", "item_code", "input", "value", "choice", "happened_on", "not_applicable", "reason"]];
  for (const { code, inputs = [] } of set.nodes) {
    const isOut = work.said[code]?.not_applicable, reason = isOut ? work.said[code].explanation : "";
    for (const input of inputs) {
      const text = clean(work.typed[code]?.[input.name] ?? "");
      if (!text && !isOut) continue;
      const place = { yes_no: 1, choice: 1, date: 2 }[/** @type {string} */ (input.kind)] ?? 0;
      const day = readDate(text).value, cells = ["", "", ""];
      cells[place] = place === 2 && Number.isFinite(day) ? isoDay(day) : text;
      rows.push([unit.code, String(form.year), form.period, code, input.name, ...cells, isOut ? "yes" : "", reason]);
    }
  }
  return csvText(rows);
}
