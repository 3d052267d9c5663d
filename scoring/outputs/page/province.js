/* The items of each unit, made as rows only where somebody opens a unit; and filters by standing and item. */
import { element } from "../../browser/lib/dom.js";
import { numberText } from "../../browser/lib/shown.js";
import { filled } from "../../browser/lib/words.js";
import { knowUnits } from "./league_table.js";
import { saidIn, textIn } from "./said.js";

/**
 * What `scoring.outputs.province_report.province_page` writes: an item is its code, name, area and
 * maximum in the last decimal; a unit is a text of cells; reasons are 0 where there are none.
 *
 * @typedef {{decimals: number, areas: Record<string, string>, items: [string, string, string, number][],
 *   causes: string[], units: string[], reasons: (string[] | 0)[],
 *   words: {items: string, items_of: string, help: string}}} UnitData
 * @typedef {{code: string, name: string, points: string, most: string, cause: string}} UnitItem
 */

// A cell: points or low~high in the last decimal, a letter for the cause, the maximum where it is another.
const CELL = /^(x|-?\d+)?(?:~(-?\d+))?([a-z])?(?::(\d+))?$/;
const lang = document.documentElement.lang === "vi" ? "vi" : "en";

/**
 * Where a table can say more of its units: filters, and a row below a unit that is opened.
 *
 * @param {UnitData} data
 * @returns {import("./league_table.js").UnitRows}
 */
function unitRows(data) {
  /** @type {Map<number, HTMLTableRowElement>} */
  const opened = new Map();
  /** @type {Set<number>} */
  const ready = new Set();

  /** @param {number} place @param {HTMLTableRowElement} row */
  function prepare(place, row) {
    if (ready.has(place)) return;
    ready.add(place);
    if (!data.units[place]) return;
    const unit = textIn(row.cells[1]).trim();
    const button = element("button", { className: "open-unit", type: "button", "aria-expanded": "false",
      "aria-label": filled(data.words.items_of, { unit }) }, data.words.items);
    button.addEventListener("click", () => button.setAttribute("aria-expanded", String(turn(place, row))));
    row.cells[1].append(" ", button, made("span", "chosen-item"));
  }

  /** @param {number} place @param {HTMLTableRowElement} row @returns {boolean} whether it is open now */
  function turn(place, row) {
    const below = opened.get(place);
    if (below) {
      below.remove();
      return !opened.delete(place);
    }
    const detail = detailOf(data, place, row.cells.length);
    opened.set(place, detail);
    row.after(detail);
    return true;
  }

  return {
    around(place, row) {
      prepare(place, row);
      const below = opened.get(place);
      return below ? [row, below] : [row];
    },
    fits(place, row, form) {
      const mark = saidIn(form, "mark"), at = saidIn(form, "loses");
      if (mark && !(row.dataset.marks ?? "").split(" ").includes(mark)) return false;
      const one = at && data.units[place] ? itemOf(data, place, Number(at)) : null;
      if (at && !one?.cause) return false;
      prepare(place, row);
      const chosen = row.querySelector(".chosen-item");
      if (chosen) chosen.textContent = one ? `${one.code}: ${one.points} / ${one.most} · ${one.cause}` : "";
      return true;
    },
  };
}

/** @param {UnitData} data @param {number} place @param {number} at @returns {UnitItem} */
function itemOf(data, place, at) {
  const [code, name, , usual] = data.items[at], scale = 10 ** data.decimals;
  const [, low, high, letter, own] = CELL.exec(data.units[place].split(",")[at]) ?? [];
  const most = own === undefined ? usual : Number(own);
  /** @param {number} figure */
  const shown = (figure) => numberText(figure / scale, lang, data.decimals).replace("-", "−");
  const first = low === "x" ? "—" : shown(low === undefined ? most : Number(low));
  const points = high === undefined ? first : `${first} – ${shown(Number(high))}`;
  const cause = letter === undefined ? "" : data.causes[letter.charCodeAt(0) - 97];
  return { code, name, points, most: numberText(most / scale, lang), cause };
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {...(Node | string)} inside
 */
function made(tag, className, ...inside) {
  return element(tag, className ? { className } : {}, ...inside);
}

/** @param {UnitItem} one */
function lineOf(one) {
  const name = made("span", "name", made("span", "code", one.code), " " + one.name);
  const value = made("span", "value", made("strong", "", one.points), made("span", "of", " / " + one.most));
  return made("li", one.cause ? "loses" : "", name, value, ...(one.cause ? [made("span", "also", one.cause)] : []));
}

/** @param {UnitData} data @param {number} place @param {number} width @returns {HTMLTableRowElement} */
function detailOf(data, place, width) {
  const cell = element("td", { className: "unit-cell", colSpan: width }), reasons = data.reasons[place];
  if (reasons) cell.append(made("p", "", data.words.help + " " + reasons.join("; ") + "."));
  let list = made("ul", "unit-items"), before = "";
  data.items.forEach(([, , area], at) => {
    if (area !== before) {
      list = made("ul", "unit-items");
      cell.append(made("p", "unit-area", data.areas[area]), list);
    }
    before = area;
    list.append(lineOf(itemOf(data, place, at)));
  });
  return made("tr", "unit-detail", cell);
}

const store = document.getElementById("unit-items");
if (store instanceof HTMLTemplateElement) knowUnits(unitRows(JSON.parse(textIn(store.content))));
