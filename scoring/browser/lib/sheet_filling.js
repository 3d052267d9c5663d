import { fromLetters } from "./letters.js";
import { deflatedEntry, writeZip } from "./zip_writing.js";

/**
 * A value of a cell: a text, a number or the serial of a day, yes or no.
 *
 * @typedef {string | number | boolean} CellValue
 */

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const MOST_LETTERS = 32767;
// The template is our own, so its XML has one form: no prefixes, attributes in double quotes.
const ROW = /<row r="(\d+)"[^>]*?(?:\/>|>.*?<\/row>)/gs;
const CELL = /<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>(.*?)<\/c>)/gs;

/**
 * The parts of a workbook of ours as `scoring.form.ledger_cells` packs them: in every row the
 * letter U+0001 stands for its number, which makes rows alike and the packed text half as long.
 *
 * @param {string} packed
 * @returns {Promise<Map<string, string>>}
 */
export async function workbookParts(packed) {
  const texts = (await unpackedText(packed)).split("\x02");
  const unfolded = (/** @type {string} */ xml) =>
    xml.replace(ROW, (row, number) => row.replaceAll("\x01", number));
  const names = texts.filter((_, place) => place % 2 === 0);
  return new Map(names.map((name, place) => [name, unfolded(texts[2 * place + 1])]));
}

/**
 * JSON that `packed_json` in Python deflated and wrote in letters.
 *
 * @param {string} packed
 * @returns {Promise<any>}
 */
export async function unpackedJson(packed) {
  return JSON.parse(await unpackedText(packed));
}

/** @param {string} packed @returns {Promise<string>} */
export async function unpackedText(packed) {
  const stream = new Blob([fromLetters(packed)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}

/**
 * A workbook of ours with values in its cells, everything else byte for byte.
 *
 * A formula stays and gets the value as its result. A row beyond the prepared ones looks like
 * the row before it. Text is never taken for a formula, whatever it begins with.
 *
 * @param {Map<string, string>} parts
 * @param {Record<string, Record<string, CellValue>>} cells by name of the sheet and address
 * @returns {Promise<Blob>}
 */
export async function filledWorkbook(parts, cells) {
  const filled = new Map(parts), workbook = parts.get("xl/workbook.xml") ?? "";
  const places = sheetParts(workbook, parts.get("xl/_rels/workbook.xml.rels") ?? "");
  for (const [sheet, values] of Object.entries(cells)) {
    const place = places.get(sheet) ?? "", xml = filled.get(place);
    if (xml === undefined) throw new Error(`the template has no sheet ${sheet}`);
    filled.set(place, filledSheet(xml, values));
  }
  if (!workbook.includes("fullCalcOnLoad")) {
    filled.set("xl/workbook.xml", workbook.replace(/<calcPr\b/, '<calcPr fullCalcOnLoad="1"'));
  }
  const entries = Array.from(filled, ([name, xml]) => deflatedEntry(name, new TextEncoder().encode(xml)));
  return writeZip(await Promise.all(entries), { type: XLSX_TYPE });
}

/**
 * @param {string} workbook
 * @param {string} relations
 * @returns {Map<string, string>} the part of each sheet by its name
 */
function sheetParts(workbook, relations) {
  const targets = new Map();
  for (const [tag] of relations.matchAll(/<Relationship [^>]*>/g)) {
    targets.set(/ Id="([^"]*)"/.exec(tag)?.[1], /Target="([^"]*)"/.exec(tag)?.[1]);
  }
  const sheets = workbook.matchAll(/<sheet name="([^"]*)"[^>]*r:id="([^"]*)"/g);
  return new Map(Array.from(sheets, ([, name, id]) => [unescaped(name), `xl/${targets.get(id)}`]));
}

/**
 * @param {string} xml
 * @param {Record<string, CellValue>} values by address
 */
function filledSheet(xml, values) {
  /** @type {Map<number, Map<string, CellValue>>} */
  const rows = new Map();
  for (const [address, value] of Object.entries(values)) {
    const [, column, row] = /** @type {RegExpExecArray} */ (/^([A-Z]+)(\d+)$/.exec(address));
    rows.set(Number(row), (rows.get(Number(row)) ?? new Map()).set(column, value));
  }
  const begin = xml.indexOf("<sheetData>") + 11, end = xml.indexOf("</sheetData>");
  let last = new Map();
  const written = Array.from(xml.slice(begin, end).matchAll(ROW), ([whole, number]) => {
    const own = rows.get(Number(number));
    rows.delete(Number(number));
    last = looksOf(whole);
    return { number: Number(number), xml: own ? filledRow(whole, Number(number), own) : whole };
  });
  for (const [number, own] of rows) {
    written.push({ number, xml: filledRow(`<row r="${number}"/>`, number, own, last) });
  }
  written.sort((one, other) => one.number - other.number);
  return xml.slice(0, begin) + written.map((row) => row.xml).join("") + xml.slice(end);
}

/** @param {string} row @returns {Map<string, string>} the style of each column of a row */
function looksOf(row) {
  return new Map(Array.from(row.matchAll(CELL), ([, column, attributes]) => [column, lookOf(attributes)]));
}

/** @param {string} attributes */
function lookOf(attributes) {
  return / s="\d+"/.exec(attributes)?.[0] ?? "";
}

/**
 * @param {string} row
 * @param {number} number
 * @param {Map<string, CellValue>} values
 * @param {Map<string, string>} looks
 */
function filledRow(row, number, values, looks = new Map()) {
  /** @type {Map<string, string>} */
  const cells = new Map();
  for (const [whole, column, attributes, content = ""] of row.matchAll(CELL)) {
    const value = values.get(column), formula = /<f\b.*?(?:<\/f>|\/>)/s.exec(content)?.[0] ?? "";
    const place = `${column}${number}`;
    cells.set(column, value === undefined ? whole : cellXml(place, lookOf(attributes), formula, value));
  }
  for (const [column, value] of values) {
    if (cells.has(column)) continue;
    cells.set(column, cellXml(`${column}${number}`, looks.get(column) ?? "", "", value));
  }
  const head = /** @type {RegExpExecArray} */ (/^<row [^>]*?(?=\/?>)/.exec(row))[0];
  const ordered = [...cells].sort(([one], [other]) => one.length - other.length || (one < other ? -1 : 1));
  return `${head}>${ordered.map(([, cell]) => cell).join("")}</row>`;
}

/**
 * @param {string} place
 * @param {string} look
 * @param {string} formula
 * @param {CellValue} value
 */
function cellXml(place, look, formula, value) {
  const open = `<c r="${place}"${look}`;
  if (typeof value === "number") return `${open}>${formula}<v>${value}</v></c>`;
  if (typeof value === "boolean") return `${open} t="b">${formula}<v>${Number(value)}</v></c>`;
  const text = escaped(cellText(value));
  if (formula) return `${open} t="str">${formula}<v>${text}</v></c>`;
  if (!text) return `${open}/>`;
  return `${open} t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

/**
 * A text as a cell can hold it: composed, without letters that XML does not know.
 *
 * @param {string} text
 * @returns {string}
 */
export function cellText(text) {
  const known = text.normalize("NFC").replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, "");
  // Excel reads _x0041_ in a cell as the letter A.
  return known.slice(0, MOST_LETTERS).replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_");
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\r/g, "&#13;");
}

/** @param {string} text */
function unescaped(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");
}
