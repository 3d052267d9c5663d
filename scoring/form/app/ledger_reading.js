import { dayText } from "../../browser/lib/shown.js";
import { clean, folded, withoutMarks } from "../../browser/lib/text.js";
import { nothingSaid } from "./state.js";

/**
 * Reads a ledger back into a work, by the codes of its rows and never by where they stand.
 *
 * @typedef {import("./state.js").Work} Work
 * @typedef {import("../../browser/lib/sheet_reading.js").ReadCell} ReadCell
 * @typedef {import("../../browser/lib/sheet_reading.js").ReadSheet} ReadSheet
 * @typedef {{code: string, values: Record<string, string | number>}} Told a finding of the catalogue
 * @typedef {{number: number, cells: Record<string, ReadCell>}} TableRow
 * @typedef {{work: Work | null, findings: Told[], doubts: Told[]}} LedgerReading `work` is null where
 *   nothing can be taken; `doubts` are to be answered before it is
 */

const HEADINGS_WITHIN = 30;
const INFO_WITHIN = 80;

/**
 * @param {ReadSheet[]} sheets
 * @param {Work} work the work that is open
 * @param {any} set
 * @param {any} told what `ledger_cells.py` says of the blank ledger
 * @returns {LedgerReading}
 */
export function ledgerReading(sheets, work, set, told) {
  const info = infoOf(sheets, told);
  const refused = otherSet(info, work, sheets, told);
  if (refused) return { work: null, findings: [refused], doubts: [] };
  /** @type {Told[]} */
  const findings = [];
  /** @param {string} code @param {Told["values"]} values */
  const tell = (code, values) => { findings.push({ code, values }); };
  const read = structuredClone(work);
  read.typed = {};
  read.said = {};
  for (const key of /** @type {const} */ (["prepared_by", "position", "prepared_on"])) read.unit[key] = info[key] ?? "";
  read.unit.code = info.unit_code || work.unit.code;
  read.unit.name = info.unit_name || work.unit.name;
  read.unit.block = info.block || work.unit.block;
  takeAssessment(sheets, read, set, told, tell);
  read.documents = documentsOf(sheets, told);
  read.targets = targetsOf(sheets, told);
  for (const other of told.others) {
    if (tableOf(sheets, other).some(holdsMore)) tell("form-sheet-not-taken", { sheet_name: other.name });
  }
  return { work: read, findings, doubts: doubtsOf(info, work) };

  /** @param {TableRow} row */
  function holdsMore({ cells }) {
    return Boolean(textOf(cells.task ?? cells.appraised_points ?? cells.appraisal_note ?? null));
  }
}

/** @param {ReadSheet[]} sheets @param {string} name */
function sheetNamed(sheets, name) {
  const wanted = headingKey(name);
  return sheets.find((sheet) => headingKey(sheet.name) === wanted)
    ?? sheets.find((sheet) => headingKey(sheet.name).includes(wanted));
}

/** As `scoring.evidence.ledger.headings.folded`. @param {string} text */
function headingKey(text) {
  const words = withoutMarks(text).replace(/\([^)]*\)/g, " ").replace(/^[ :.*]+|[ :.*]+$/g, "");
  return words.split(" ").filter(Boolean).join(" ");
}

/** @param {ReadCell | undefined} cell */
function textOf(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "object") return dayText(cell.day, "vi");
  return typeof cell === "number" ? figureText(cell) : clean(String(cell));
}

/** A number as one types it, which no reader takes for thousands. @param {number} value */
function figureText(value) {
  const digits = value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 15 }).replace(".", ",");
  return /,\d{3}$/.test(digits) ? `${digits}0` : digits;
}

/** @param {ReadSheet[]} sheets @param {any} told @returns {Record<string, string>} */
function infoOf(sheets, told) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const row of sheetNamed(sheets, told.infoSheet)?.rows.slice(0, INFO_WITHIN) ?? []) {
    const at = row.findIndex((cell, place) => place < 6 && typeof cell === "string" && headingKey(cell) in told.infoTitles);
    const key = at < 0 ? "" : told.infoTitles[headingKey(String(row[at]))];
    if (key && !(key in found)) found[key] = textOf(row[at + 1]);
  }
  for (const [key, value] of sheets.find((sheet) => sheet.name === told.machineSheet)?.rows ?? []) {
    if (typeof key === "string" && !found[key]) found[key] = textOf(value);
  }
  return found;
}

/** @param {Record<string, string>} info @param {Work} work @param {ReadSheet[]} sheets @param {any} told @returns {Told | null} */
function otherSet(info, work, sheets, told) {
  const expected = work.form.set_id, { name } = told.sheets.assessment;
  if (info.set_id && info.set_id !== expected) return { code: "ledger-of-other-set", values: { value: info.set_id, expected } };
  return sheetNamed(sheets, name) ? null : { code: "missing-sheet", values: { sheet_name: name } };
}

/** What a person must confirm before the ledger takes the place of the work. @param {Record<string, string>} info @param {Work} work */
function doubtsOf(info, { form, unit }) {
  const version = (/** @type {string} */ text, /** @type {string} */ print) => `${text} (${print.slice(0, 12)})`;
  /** @type {Told[]} */
  const doubts = [];
  if (!info.set_id) doubts.push({ code: "ledger-set-unnamed", values: { expected: form.set_id } });
  if (info.set_fingerprint && info.set_fingerprint !== form.fingerprint) {
    const values = { value: version(info.set_version ?? "", info.set_fingerprint), expected: version(form.version, form.fingerprint) };
    doubts.push({ code: "ledger-of-other-version", values });
  }
  if (info.unit_code && unit.code && info.unit_code !== unit.code) {
    doubts.push({ code: "form-ledger-other-unit", values: { value: info.unit_code, expected: unit.code } });
  }
  if (info.year && info.year !== String(form.year)) {
    doubts.push({ code: "form-ledger-other-year", values: { value: info.year, expected: String(form.year) } });
  }
  return doubts;
}

/**
 * The rows of a table below its headings, by the keys of its columns.
 *
 * @param {ReadSheet[]} sheets @param {any} told @returns {TableRow[]}
 */
function tableOf(sheets, { name, titles }) {
  const rows = sheetNamed(sheets, name)?.rows ?? [];
  const keysOf = (/** @type {ReadCell[] | undefined} */ row) =>
    Array.from(row ?? [], (cell) => typeof cell === "string" ? titles[headingKey(cell)] ?? "" : "");
  const counts = rows.slice(0, HEADINGS_WITHIN).map((row) => keysOf(row).filter(Boolean).length);
  const most = Math.max(...counts, 0), head = counts.indexOf(most), keys = keysOf(rows[head]);
  if (most < 2) return [];
  return rows.slice(head + 1).map((row, at) => ({
    number: head + at + 2,
    cells: Object.fromEntries(keys.flatMap((key, place) => key ? [[key, row[place] ?? null]] : [])),
  }));
}

/**
 * @param {ReadSheet[]} sheets @param {Work} read @param {any} set @param {any} told
 * @param {(code: string, values: Told["values"]) => void} tell
 */
function takeAssessment(sheets, read, set, told, tell) {
  const { assessment } = told.sheets;
  const nodes = new Map(set.nodes.map((/** @type {any} */ node) => [node.code, node]));
  for (const { number, cells } of tableOf(sheets, assessment)) {
    const shown = textOf(cells.code), code = textOf(cells.item_code) || shown, node = nodes.get(code);
    const place = `${assessment.columns.entry}${number}`, value = textOf(cells.entry);
    const named = { sheet_name: assessment.name, place, value, item: code };
    if (!node) {
      if (value) tell("form-entry-unplaced", named);
      continue;
    }
    const name = textOf(cells.input) || (node.inputs?.length === 1 ? node.inputs[0].name : "");
    const input = node.inputs?.find((/** @type {any} */ one) => one.name === name);
    if (isParted(cells, node, input, nodes)) {
      tell("row-parted", { ...named, value: clean(`${shown} ${textOf(cells.name)}`) });
      continue;
    }
    if (node.isItem && (shown || node.inputs.length === 1)) read.said[code] = saidIn(cells, told);
    if (!value) continue;
    const typed = input ? typedText(input, cells.entry, value, told) : null;
    if (typed === null) tell("form-entry-unplaced", named);
    else if (read.typed[code]?.[name]) tell("duplicate-input", { input: name, item: code, count: 2 });
    else read.typed[code] = { ...read.typed[code], [name]: typed };
  }
}

/**
 * Whether the number or name that people see is that of another row than the hidden codes say.
 *
 * @param {Record<string, ReadCell>} cells @param {any} node @param {any} input @param {Map<string, any>} nodes
 */
function isParted(cells, node, input, nodes) {
  const shown = textOf(cells.code), key = textOf(cells.key), title = folded(textOf(cells.name));
  if (shown && nodes.has(shown)) return shown !== node.code;
  if (key && key.split("/")[0] !== node.code) return true;
  const isOf = (/** @type {any} */ one) => Object.values(one?.label ?? {}).some((text) => folded(String(text)) === title);
  const others = node.inputs?.filter((/** @type {any} */ one) => one !== input) ?? [];
  return Boolean(title && input && !isOf(input) && others.some(isOf));
}

/** @param {Record<string, ReadCell>} cells @param {any} told */
function saidIn(cells, told) {
  const mark = folded(textOf(cells.not_applicable));
  return {
    ...nothingSaid(),
    not_applicable: cells.not_applicable === true || [told.words.mark, ...told.yes].includes(mark),
    explanation: textOf(cells.explanation),
    documents_note: textOf(cells.documents),
  };
}

/**
 * A cell as it would be typed in the form; null where the form has no such answer.
 *
 * @param {any} input @param {ReadCell} cell @param {string} text @param {any} told @returns {string | null}
 */
function typedText(input, cell, text, told) {
  const word = headingKey(text);
  if (input.kind === "yes_no") {
    if (cell === true || told.yes.includes(word)) return "yes";
    return cell === false || told.no.includes(word) ? "no" : null;
  }
  if (input.kind === "choice") {
    const isOption = (/** @type {any} */ one) =>
      one.code === text || Object.values(one.label).some((label) => folded(String(label)) === folded(text));
    return input.options.find(isOption)?.code ?? null;
  }
  return input.kind === "date" && typeof cell === "number" ? dayText(cell, "vi") : text;
}

/** @param {ReadSheet[]} sheets @param {any} told @returns {Work["documents"]} */
function documentsOf(sheets, told) {
  const day = (/** @type {ReadCell | undefined} */ cell) => typeof cell === "number" && cell > 3000 ? dayText(cell, "vi") : textOf(cell);
  const rows = tableOf(sheets, told.sheets.documents).map(({ cells }) => ({
    id: textOf(cells.document_id), number: textOf(cells.document_number), kind: textOf(cells.kind),
    issued_on: day(cells.issued_on), issuer: textOf(cells.issuer), signer: textOf(cells.signer),
    title: textOf(cells.title), path: textOf(cells.path), place: textOf(cells.place), size: "", note: "",
    items: textOf(cells.item_codes).split(/[;,\s]+/).filter(Boolean), sha256: textOf(cells.sha256).toLowerCase(),
    valid_from: day(cells.valid_from), valid_to: day(cells.valid_to), secret: Boolean(textOf(cells.secret)),
  }));
  return rows.filter((one) => one.id || one.number || one.title || one.path || one.items.length);
}

/** @param {ReadSheet[]} sheets @param {any} told @returns {Record<string, string>} */
function targetsOf(sheets, told) {
  const rows = tableOf(sheets, told.sheets.targets).map(({ cells }) => [textOf(cells.code), textOf(cells.target_points)]);
  return Object.fromEntries(rows.filter(([code, points]) => code && points));
}
