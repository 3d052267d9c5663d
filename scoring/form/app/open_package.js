// Opens a ledger, or the zip that holds one. What casts doubt on it is asked before it is taken.

import { unpackedJson } from "../../browser/lib/sheet_filling.js";
import { readSheets } from "../../browser/lib/sheet_reading.js";
import { ledgerReading } from "./ledger_reading.js";

/**
 * @param {File} file
 * @param {import("./state.js").Work} work the one that is open
 * @param {any} set
 * @param {string} packed the blank ledger as the page carries it
 * @param {(doubts: {code: string, values: Record<string, any>}[]) => boolean} isSure
 * @returns {Promise<import("./start_keeping.js").Opened>} without a work where somebody thought better of it
 */
export async function openPackage(file, work, set, packed, isSure) {
  const read = ledgerReading(await readSheets(file), work, set, await unpackedJson(packed));
  const isTaken = read.work && (!read.doubts.length || isSure(read.doubts));
  return { work: isTaken ? read.work : null, problems: [...read.findings, ...read.doubts] };
}
