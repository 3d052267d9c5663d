// Opens a ledger, or the zip that holds one. What casts doubt on it is asked before it is taken.

import { readSheets } from "../../browser/lib/sheet_reading.js";
import { readZip } from "../../browser/lib/zip_reading.js";
import { changedDocument } from "./bundle.js";
import { BUNDLE_LIMITS, bundleReading } from "./bundle_reading.js";
import { ledgerReading } from "./ledger_reading.js";

/** @typedef {import("./bundle_reading.js").Told} Told */
/** @typedef {Map<string, import("./bundle.js").KnownFile>} Files */
/**
 * `work` is the one that is open, `told` what the page says of the blank ledger, `files` those
 * chosen since the form was opened, which the documents of a zip join.
 * @typedef {{work: import("./state.js").Work, set: any, told: any, files: Files,
 *   isSure: (doubts: Told[]) => boolean}} Around
 */

/**
 * @param {File} file
 * @param {Around} around
 * @returns {Promise<import("./start_keeping.js").Opened>} without a work where somebody thought better of it
 */
export async function openPackage(file, around) {
  const entries = await readZip(file, BUNDLE_LIMITS);
  if (entries.has("[Content_Types].xml")) return openLedger(file, around);
  const { ledger, files, findings } = await bundleReading(file, entries);
  const opened = await openLedger(ledger, around), { work } = opened;
  const apart = work ? joinFiles(work, files, around.files) : [];
  return { work, problems: [...findings, ...opened.problems, ...apart] };
}

/** @param {Blob} file @param {Around} around */
async function openLedger(file, { work, set, told, isSure }) {
  const read = ledgerReading(await readSheets(file), work, set, told);
  const isTaken = read.work && (!read.doubts.length || isSure(read.doubts));
  return { work: isTaken ? read.work : null, problems: [...read.findings, ...read.doubts] };
}

/**
 * Gives the documents of a work their files, by path and digest.
 *
 * @param {import("./state.js").Work} work @param {Files} files of the zip @param {Files} chosen
 * @returns {Told[]}
 */
function joinFiles(work, files, chosen) {
  /** @type {Told[]} */
  const apart = [];
  for (const one of work.documents) {
    const known = files.get(one.path);
    if (!known) continue;
    const { sha256, size } = known.digest;
    if (one.sha256 && one.sha256 !== sha256) {
      apart.push(changedDocument(one.id, one.path, one.sha256, sha256));
      continue;
    }
    Object.assign(one, { sha256, size: String(size) });
    chosen.set(one.path, known);
  }
  return apart;
}
