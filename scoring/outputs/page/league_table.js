/* The table of units: filters, paging, sorting, and what is printed of it. */
import { element, find } from "../../browser/lib/dom.js";
import { withoutMarks } from "../../browser/lib/text.js";
import { filled } from "../../browser/lib/words.js";
import { saidIn, textIn } from "./said.js";

/**
 * What a page knows of its units besides the table: further filters, and rows below a unit. Units
 * go by their place in the table as it came.
 *
 * @typedef {{fits: (place: number, row: HTMLTableRowElement, form: HTMLFormElement) => boolean,
 *   around: (place: number, row: HTMLTableRowElement) => HTMLTableRowElement[]}} UnitRows
 */

const locale = document.documentElement.lang;
const collator = new Intl.Collator(locale, { numeric: true });

/** @type {UnitRows | null} */
let more = null;

/**
 * Tells the table what its page knows besides, before the table is made.
 *
 * @param {UnitRows} rows
 */
export function knowUnits(rows) {
  more = rows;
}

/** @param {HTMLFormElement} form the filters */
export function leagueTable(form) {
  const table = /** @type {HTMLTableElement} */ (find(document, "table.league"));
  const body = table.tBodies[0], heads = Array.from(table.tHead?.rows[0].cells ?? []);
  const all = Array.from(body.rows), size = Number(table.dataset.page);
  const texts = all.map((row) => withoutMarks(textIn(row.cells[1])));
  const most = Number(table.dataset.print) || Infinity;
  const shown = find(form, ".shown"), turn = pagerOf(find(document, ".pager"), step);
  let page = 0, printing = false;
  let order = all.map((_, place) => place);

  function fitting() {
    const wanted = withoutMarks(saidIn(form, "text").trim());
    const block = saidIn(form, "block"), state = saidIn(form, "state");
    return order.filter((place) => (
      (!wanted || texts[place].includes(wanted)) &&
      (!block || all[place].dataset.block === block) &&
      (!state || (state === "open") === all[place].hasAttribute("data-open")) &&
      (!more || more.fits(place, all[place], form))
    ));
  }

  function draw() {
    const fits = fitting(), pages = Math.max(1, Math.ceil(fits.length / size));
    page = Math.min(page, pages - 1);
    const part = printing ? fits.slice(0, most) : fits.slice(page * size, page * size + size);
    body.replaceChildren(...part.flatMap((place) => more?.around(place, all[place]) ?? all[place]));
    sayPrinted(printing, part.length, fits.length);
    turn(page, pages);
    shown.textContent = filled(shown.dataset.template ?? "", { shown: fits.length, count: all.length });
  }

  /** @param {number} by */
  function step(by) {
    page += by;
    draw();
  }

  function first() {
    page = 0;
    draw();
  }

  /** @param {boolean} isOnPaper */
  function print(isOnPaper) {
    printing = isOnPaper;
    draw();
  }

  heads.forEach((head, column) => sortable(head, () => {
    order = sorted(all, column, head.dataset.sort === "number", turned(head, heads, column));
    first();
  }));
  form.addEventListener("input", first);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(first, 0));
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  form.hidden = false;
  // On a phone the scores come first.
  const tools = form.closest("details");
  if (tools && matchMedia("(max-width: 46rem)").matches) tools.open = false;
  draw();
}

/**
 * Says what paper leaves out of a long table.
 *
 * @param {boolean} isOnPaper
 * @param {number} shown
 * @param {number} count
 */
function sayPrinted(isOnPaper, shown, count) {
  const printed = /** @type {HTMLElement | null} */ (document.querySelector(".printed"));
  if (!printed) return;
  printed.hidden = !isOnPaper || shown === count;
  printed.textContent = filled(printed.dataset.template ?? "", { shown, count });
}

/**
 * @param {HTMLElement} pager
 * @param {(by: number) => void} step
 * @returns {(page: number, pages: number) => void} says where one is, pages counted from 0
 */
function pagerOf(pager, step) {
  const where = find(pager, ".where");
  const back = /** @type {HTMLButtonElement} */ (find(pager, '[data-step="-1"]'));
  const on = /** @type {HTMLButtonElement} */ (find(pager, '[data-step="1"]'));
  back.addEventListener("click", () => step(-1));
  on.addEventListener("click", () => step(1));
  return (page, pages) => {
    where.textContent = filled(where.dataset.template ?? "", { page: page + 1, pages });
    back.disabled = page === 0;
    on.disabled = page === pages - 1;
    pager.hidden = pages === 1;
  };
}

/**
 * Makes the head of a column a button.
 *
 * @param {HTMLTableCellElement} head
 * @param {() => void} act
 */
function sortable(head, act) {
  const button = element("button", { type: "button" }, ...head.childNodes);
  head.append(button);
  button.addEventListener("click", act);
}

/**
 * Turns the order of a column; names and ranks begin at their start, points at the most.
 *
 * @param {HTMLTableCellElement} head
 * @param {HTMLTableCellElement[]} heads
 * @param {number} column
 * @returns {boolean} whether it goes up now
 */
function turned(head, heads, column) {
  const before = head.getAttribute("aria-sort");
  const isUp = before ? before !== "ascending" : head.dataset.sort === "text" || column === 0;
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
  return isUp;
}

/**
 * The places of all rows by a column; what is not known stands last either way.
 *
 * @param {HTMLTableRowElement[]} rows
 * @param {number} column
 * @param {boolean} isNumber
 * @param {boolean} isUp
 * @returns {number[]}
 */
function sorted(rows, column, isNumber, isUp) {
  const places = rows.map((_, place) => place), cells = rows.map((row) => row.cells[column]);
  const sign = isUp ? 1 : -1;
  if (!isNumber) return places.sort((a, b) => sign * collator.compare(textIn(cells[a]), textIn(cells[b])) || a - b);
  const keys = cells.map(numberIn), unknown = keys.map((key) => Number(Number.isNaN(key)));
  return places.sort((a, b) => (
    unknown[a] || unknown[b] ? unknown[a] - unknown[b] || a - b : sign * (keys[a] - keys[b]) || a - b
  ));
}

/**
 * The figure of a cell: what it holds for us, or what our own writer wrote there, which is never
 * ambiguous as what people type is.
 *
 * @param {HTMLTableCellElement} cell
 * @returns {number}
 */
function numberIn(cell) {
  if (cell.dataset.value) return Number(cell.dataset.value);
  const text = textIn(cell);
  const plain = locale === "vi" ? text.replace(/\./g, "").replace(",", ".") : text.replace(/,/g, "");
  return /\d/.test(plain) ? Number(plain) : NaN;
}
