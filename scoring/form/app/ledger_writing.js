import { readDate } from "../../browser/lib/dates.js";
import { readNumber } from "../../browser/lib/numbers.js";
import { filledWorkbook, workbookParts } from "../../browser/lib/sheet_filling.js";
import { clean } from "../../browser/lib/text.js";

/**
 * The ledger of a work: the blank one that the form carries, with all that was filled in.
 *
 * @typedef {import("./state.js").Work} Work
 * @typedef {import("../../browser/lib/sheet_filling.js").CellValue} CellValue
 * @typedef {Record<string, CellValue>} Cells by address
 *
 * @param {Work} work
 * @param {any} set what the form knows of the set
 * @param {any} told what `ledger_cells.py` says of the blank ledger
 * @param {Record<string, number>} points by code; NaN where there are none yet
 * @returns {Promise<Blob>}
 */
export async function ledgerFile(work, set, told, points) {
  const parts = await workbookParts(told.template);
  return filledWorkbook(parts, ledgerCells(work, set, told, points));
}

/**
 * @param {Work} work @param {any} set @param {any} told @param {Record<string, number>} points
 * @returns {Record<string, Cells>} by name of the sheet
 */
export function ledgerCells(work, set, told, points) {
  const { assessment, documents, targets } = told.sheets;
  return {
    [told.infoSheet]: infoCells(work, told),
    [told.machineSheet]: filledIn({ [told.machine.unit_code]: work.unit.code, ...formCells(work, told) }),
    [assessment.name]: assessmentCells(work, set, told, points),
    [documents.name]: documentCells(work, documents, told),
    [targets.name]: targetCells(work, targets),
  };
}

/** @param {Cells} cells @returns {Cells} without those that hold nothing */
function filledIn(cells) {
  return Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== "" && value !== undefined));
}

/** @param {Work} work @param {any} told */
function infoCells({ unit }, told) {
  const { code, name, block, prepared_by, position, prepared_on } = unit;
  /** @type {Record<string, CellValue>} */
  const said = { unit_code: code, unit_name: name, block, prepared_by, position, prepared_on: dayOrText(prepared_on) };
  return filledIn(Object.fromEntries(Object.entries(said).map(([key, value]) => [told.info[key], value])));
}

/** Which form saves the ledger: intake compares it with the form that it would make itself. @param {Work} work @param {any} told */
function formCells({ form }, told) {
  /** @type {Cells} */
  const cells = {};
  /** @type {Record<string, string>} */
  const said = { form_digest: form.digest, form_engine: told.maker };
  for (const [row, key] of Object.entries(told.formRows)) {
    cells[`A${row}`] = key;
    cells[`B${row}`] = said[key];
  }
  return cells;
}

/** A day as a workbook holds it; what is no day stays as it was typed. @param {string} text */
function dayOrText(text) {
  const { value } = readDate(text);
  return Number.isFinite(value) ? value : clean(text);
}

/** @param {string} text @param {boolean} [whole] */
function numberOrText(text, whole = false) {
  const { value, isPercent } = readNumber(text, whole);
  // A percent sign says what the figure is; intake reads it in the text.
  return Number.isFinite(value) && !isPercent ? value : clean(text);
}

/** @param {Work} work @param {any} set @param {any} told @param {Record<string, number>} points */
function assessmentCells(work, set, told, points) {
  const { columns, rows, entries } = told.sheets.assessment;
  /** @type {Cells} */
  const cells = {};
  for (const { code, inputs = [] } of set.nodes) {
    const said = work.said[code], row = rows[code];
    if (Number.isFinite(points[code])) cells[columns.self_points + row] = points[code];
    if (said) {
      cells[columns.documents + row] = said.documents_note;
      cells[columns.not_applicable + row] = said.not_applicable ? told.words.mark : "";
      cells[columns.explanation + row] = said.explanation;
    }
    for (const input of inputs) {
      const text = work.typed[code]?.[input.name] ?? "", at = entries[code]?.[input.name];
      if (at && clean(text)) cells[columns.entry + at] = figureCell(input, text, told);
    }
  }
  return filledIn(cells);
}

/** @param {any} input @param {string} text @param {any} told @returns {CellValue} */
function figureCell(input, text, told) {
  if (input.kind === "yes_no") return told.words[text] ?? text;
  if (input.kind === "choice") {
    return input.options.find((/** @type {any} */ one) => one.code === text)?.label[told.words.lang] ?? text;
  }
  if (input.kind === "date") return dayOrText(text);
  return numberOrText(text, input.kind === "count" || input.kind === "rank");
}

/** @param {Work} work @param {any} sheet @param {any} told */
function documentCells(work, { columns, first }, told) {
  /** @type {Cells} */
  const cells = {};
  work.documents.forEach((one, place) => {
    /** @type {Record<string, CellValue>} */
    const row = {
      document_id: one.id, document_number: one.number, kind: one.kind, issued_on: dayOrText(one.issued_on),
      issuer: one.issuer, signer: one.signer, title: one.title, path: one.path, item_codes: one.items.join("; "),
      place: one.place, sha256: one.sha256, valid_from: dayOrText(one.valid_from ?? ""),
      valid_to: dayOrText(one.valid_to ?? ""), secret: one.secret ? told.words.mark : "",
    };
    for (const [key, value] of Object.entries(row)) cells[columns[key] + (first + place)] = value;
  });
  return filledIn(cells);
}

/** @param {Work} work @param {any} sheet */
function targetCells(work, { columns, rows, first }) {
  /** @type {Cells} */
  const cells = {};
  let next = first;
  for (const [code, text] of Object.entries(work.targets)) {
    if (!clean(text)) continue;
    if (!rows[code]) cells[columns.code + next] = code;
    cells[columns.target_points + (rows[code] ?? next++)] = numberOrText(text);
  }
  return cells;
}
