/* The figures that are moved: as rows to read, and as the table Scenario of `parindex whatif set`. */
import { csvText } from "../../browser/lib/csv.js";
import { element } from "../../browser/lib/dom.js";
import { dayText } from "../../browser/lib/shown.js";
import { figureText, told } from "./whatif_words.js";

/**
 * Moved fields with their figures, in the order of the page.
 *
 * @typedef {import("./whatif_fields.js").Field} Field
 * @typedef {ReadonlyMap<Field, number>} Moves
 */

const SCENARIO = ["scenario", "kind", "unit_code", "year", "period", "item_code", "input", "value", "text", "note"];

/**
 * @param {Moves} moves
 * @param {(code: string) => string} alone what comes of the figures of one item
 * @returns {HTMLTableRowElement[]} an item with several figures says it in its first row
 */
export function moveRows(moves, alone) {
  let before = "";
  return Array.from(moves, ([field, value]) => {
    const effect = field.code === before ? told("above") : alone(field.code);
    before = field.code;
    const link = element("a", { href: `#${field.id}` }, `${field.code} ${field.label}`);
    return element("tr", {}, element("th", { scope: "row" }, link),
      element("td", {}, shownFigure(field, field.now, field.nowText)),
      element("td", {}, shownFigure(field, value, field.shown())),
      element("td", { className: "num" }, effect));
  });
}

/**
 * A list is read, not typed: thousands are marked there.
 *
 * @param {Field} field
 * @param {number} value
 * @param {string} text
 */
function shownFigure({ kind, control }, value, text) {
  const isFigure = control.tagName !== "SELECT" && Number.isFinite(value);
  return isFigure ? figureText(kind, value) : text;
}

/**
 * @param {Moves} moves
 * @param {string} name of the scenario
 * @returns {string}
 */
export function scenarioCsv(moves, name) {
  const rows = Array.from(moves, ([field, value]) => {
    const text = wordOf(field, value);
    return [name, "input", told("unit"), told("year"), told("period"), field.code, field.name,
      text ? "" : String(value), text, ""];
  });
  return csvText([SCENARIO, ...rows]);
}

/** @param {Field} field @param {number} value @returns {string} what stands in place of a number */
function wordOf(field, value) {
  if (Number.isNaN(value)) return "blank";
  if (value === Infinity) return "never";
  if (field.kind === "yes_no") return value === 1 ? "yes" : "no";
  if (field.kind === "choice") return field.choice();
  return field.kind === "date" ? dayText(value, "vi") : "";
}
