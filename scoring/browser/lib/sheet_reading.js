import { Problem } from "./problems.js";
import { FILE_LIMITS, readZip, zipUnpacker } from "./zip_reading.js";

/**
 * What a cell holds; a day is told by its serial, an error or a formula without result by its text.
 *
 * @typedef {string | number | boolean | null | {day: number}} ReadCell
 * @typedef {{name: string, rows: ReadCell[][]}} ReadSheet
 */

const MOST_LETTERS_OF_COLUMN = 3;
// Formats that show a day, among those that files name by number alone.
const DAY_FORMATS = [[14, 22], [27, 36], [50, 58]];
const DAYS_TO_1904 = 1462;

/**
 * Reads the sheets of a workbook, whichever program wrote it; nothing in it is run or fetched.
 *
 * @param {Blob} blob
 * @param {typeof FILE_LIMITS} [limits]
 * @returns {Promise<ReadSheet[]>}
 * @throws {Problem} A finding of `scoring.files`.
 */
export async function readSheets(blob, limits = FILE_LIMITS) {
  const entries = await readZip(blob, limits), unpack = zipUnpacker(limits);
  const part = async (/** @type {string} */ name) => {
    const entry = entries.get(name);
    return entry ? parsedPart(await unpack(entry), name) : null;
  };
  const main = mainPart(await part("_rels/.rels")), folder = main.slice(0, main.lastIndexOf("/") + 1);
  const book = await part(main);
  if (!book) throw new Problem("save-as-xlsx");
  const targets = relationTargets(await part(`${folder}_rels/${main.slice(folder.length)}.rels`), folder);
  const named = (/** @type {string} */ kind) => [...targets.values()].find((one) => one.kind === kind)?.place ?? "";
  const is1904 = ["1", "true"].includes(tags(book, "workbookPr")[0]?.getAttribute("date1904") ?? "");
  const told = {
    strings: tags(await part(named("sharedStrings")), "si").map(textOf),
    days: dayStyles(await part(named("styles"))),
    shift: is1904 ? DAYS_TO_1904 : 0,
    room: limits.cells,
    limits,
  };
  const listed = tags(book, "sheet");
  if (listed.length > limits.sheets) throw new Problem("package-too-large", { part: main, limit: limits.sheets });
  const sheets = [];
  for (const sheet of listed) {
    const id = [...sheet.attributes].find((one) => one.localName === "id" && one.prefix)?.value ?? "";
    const rows = gridOf(await part(targets.get(id)?.place ?? ""), told);
    sheets.push({ name: (sheet.getAttribute("name") ?? "").normalize("NFC"), rows });
  }
  return sheets;
}

/**
 * @param {Uint8Array} content
 * @param {string} part
 */
function parsedPart(content, part) {
  const mark = content[0] === 0xfe ? "utf-16be" : content[0] === 0xff ? "utf-16le" : "utf-8";
  const text = new TextDecoder(mark).decode(content);
  if (/<!DOCTYPE|<!ENTITY/.test(text)) throw new Problem("package-entities", { part });
  const parsed = new DOMParser().parseFromString(text, "application/xml");
  if (parsed.querySelector("parsererror")) throw new Problem("package-damaged", { part });
  return parsed;
}

/**
 * @param {Document | Element | null} below
 * @param {string} name
 */
function tags(below, name) {
  return below ? [...below.getElementsByTagNameNS("*", name)] : [];
}

/** @param {Document | null} relations */
function mainPart(relations) {
  const main = tags(relations, "Relationship").find((one) => /\/officeDocument$/.test(one.getAttribute("Type") ?? ""));
  return (main?.getAttribute("Target") ?? "xl/workbook.xml").replace(/^\//, "");
}

/**
 * @param {Document | null} relations
 * @param {string} folder
 */
function relationTargets(relations, folder) {
  return new Map(tags(relations, "Relationship").map((one) => {
    const target = one.getAttribute("Target") ?? "";
    const place = target.startsWith("/") ? target.slice(1) : folder + target;
    const kind = (one.getAttribute("Type") ?? "").split("/").at(-1) ?? "";
    return [one.getAttribute("Id") ?? "", { kind, place }];
  }));
}

/** The text of a cell without the sounds that Japanese files add. @param {Element} element */
function textOf(element) {
  const shown = tags(element, "t").filter((one) => /** @type {Element} */ (one.parentNode).localName !== "rPh");
  const text = shown.map((one) => one.textContent ?? "").join("");
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(parseInt(code, 16))).normalize("NFC");
}

/** @param {Document | null} styles @returns {boolean[]} whether cells of a style show a day */
function dayStyles(styles) {
  const own = new Map(tags(styles, "numFmt").map((one) => {
    const code = (one.getAttribute("formatCode") ?? "").replace(/"[^"]*"|\[[^\]]*\]|\\./g, "");
    return [Number(one.getAttribute("numFmtId")), /[dy]/i.test(code)];
  }));
  return tags(tags(styles, "cellXfs")[0] ?? null, "xf").map((style) => {
    const id = Number(style.getAttribute("numFmtId"));
    return own.get(id) ?? DAY_FORMATS.some(([from, to]) => id >= from && id <= to);
  });
}

/**
 * @typedef {{strings: string[], days: boolean[], shift: number, room: number,
 *   limits: typeof FILE_LIMITS}} BookFacts
 */

/**
 * Cells go where their addresses say; rows and columns beyond the limits are none of ours.
 *
 * @param {Document | null} sheet
 * @param {BookFacts} told
 */
function gridOf(sheet, told) {
  /** @type {ReadCell[][]} */
  const rows = [];
  let row = -1;
  for (const line of tags(sheet, "row")) {
    row = line.hasAttribute("r") ? Number(line.getAttribute("r")) - 1 : row + 1;
    if (!(row >= 0 && row < told.limits.rows)) continue;
    let column = -1;
    for (const cell of tags(line, "c")) {
      const letters = /^[A-Z]+/.exec(cell.getAttribute("r") ?? "")?.[0];
      column = letters ? columnNumber(letters) : column + 1;
      const value = column < told.limits.columns ? valueOf(cell, told) : null;
      if (value === null) continue;
      while (rows.length <= row) rows.push([]);
      while (rows[row].length < column) rows[row].push(null);
      rows[row][column] = value;
      told.room -= 1;
      if (told.room < 0) throw new Problem("package-too-large", { part: "xl", limit: told.limits.cells });
    }
  }
  return rows;
}

/** @param {string} letters @returns {number} the column, counted from 0 */
function columnNumber(letters) {
  if (letters.length > MOST_LETTERS_OF_COLUMN) return Infinity;
  return [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/**
 * @param {Element} cell
 * @param {BookFacts} told
 * @returns {ReadCell}
 */
function valueOf(cell, told) {
  const kind = cell.getAttribute("t") ?? "n", raw = tags(cell, "v")[0]?.textContent ?? "";
  if (kind === "inlineStr") return textOf(cell) || null;
  if (kind === "s") return told.strings[Number(raw)] || null;
  if (kind === "b") return raw === "1";
  const formula = tags(cell, "f")[0]?.textContent;
  if (raw === "") return formula && kind !== "str" ? `=${formula}` : null;
  if (kind === "d") return raw;
  if (kind !== "n" || !Number.isFinite(Number(raw))) return raw.normalize("NFC");
  const isDay = told.days[Number(cell.getAttribute("s") ?? -1)];
  return isDay ? { day: Number(raw) + told.shift } : Number(raw);
}
