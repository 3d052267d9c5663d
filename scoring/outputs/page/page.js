// Filters, paging, sorting and opening of explanations. Without it everything is still there.
import { element } from "../../browser/lib/dom.js";
import { withoutMarks } from "../../browser/lib/text.js";
import { filled } from "../../browser/lib/words.js";

const locale = document.documentElement.lang;

// A link to an explanation opens it, and the summary takes the focus.
function reveal() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  const hidden = target.closest("[hidden]");
  const filters = document.querySelector('form[data-filter="items"]');
  if (hidden && filters) filters.showAll();
  let box = target.closest("details");
  const first = box;
  while (box) {
    box.open = true;
    box = box.parentElement && box.parentElement.closest("details");
  }
  if (first && first.contains(target)) {
    const summary = first.querySelector("summary");
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "start" });
  }
}
window.addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#"]');
  if (link && link.getAttribute("href") === location.hash) setTimeout(reveal, 0);
});

function itemFilter(form) {
  const items = Array.from(document.querySelectorAll("details.item"));
  const texts = items.map((item) => withoutMarks(item.querySelector(".name").textContent));
  const shown = form.querySelector(".shown");
  const fields = form.elements;
  function apply() {
    const wanted = withoutMarks(fields.text.value.trim());
    let count = 0;
    items.forEach((item, place) => {
      const data = item.dataset;
      const fits =
        (!fields.area.value || data.area === fields.area.value) &&
        (!fields.cause.value || data.cause === fields.cause.value) &&
        (!fields.group.value || data.group === fields.group.value) &&
        (!wanted || texts[place].includes(wanted));
      item.hidden = !fits;
      count += fits ? 1 : 0;
    });
    document.querySelectorAll(".group").forEach((group) => {
      group.hidden = !group.querySelector("details.item:not([hidden])");
    });
    shown.textContent = filled(shown.dataset.template, { shown: count, count: items.length });
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.showAll = () => { form.reset(); apply(); };
  form.hidden = false;
  apply();
}

function leagueTable(form) {
  const table = document.querySelector("table.league");
  const body = table.tBodies[0];
  const all = Array.from(body.rows);
  const size = Number(table.dataset.page);
  const texts = all.map((row) => withoutMarks(row.cells[1].textContent));
  const pager = document.querySelector(".pager");
  const where = pager.querySelector(".where");
  const shown = form.querySelector(".shown");
  const fields = form.elements;
  const collator = new Intl.Collator(locale, { numeric: true });
  let page = 0;
  let order = all.map((row, place) => place);
  const most = Number(table.dataset.print) || Infinity;
  const printed = document.querySelector(".printed");
  // What a page knows of its units besides the table: further filters, and rows below a unit.
  const more = globalThis.unitTable;
  let printing = false;

  const number = (cell) => {
    const text = cell.dataset.value || cell.textContent;
    if (cell.dataset.value) return Number(text);
    const plain = locale === "vi" ? text.replace(/\./g, "").replace(",", ".") : text.replace(/,/g, "");
    return /\d/.test(plain) ? Number(plain) : NaN;
  };

  function draw() {
    const wanted = withoutMarks(fields.text.value.trim());
    const block = fields.block ? fields.block.value : "";
    const state = fields.state.value;
    const fits = order.filter((place) => {
      const row = all[place];
      const open = row.hasAttribute("data-open");
      return (
        (!wanted || texts[place].includes(wanted)) &&
        (!block || row.dataset.block === block) &&
        (!state || (state === "open") === open) &&
        (!more || more.fits(place, row, fields))
      );
    });
    const pages = Math.max(1, Math.ceil(fits.length / size));
    page = Math.min(page, pages - 1);
    const part = printing ? fits.slice(0, most) : fits.slice(page * size, page * size + size);
    body.replaceChildren(...part.flatMap((place) => (more ? more.around(place, all[place]) : [all[place]])));
    if (printed) {
      printed.hidden = !printing || fits.length <= most;
      printed.textContent = filled(printed.dataset.template, { shown: part.length, count: fits.length });
    }
    where.textContent = filled(where.dataset.template, { page: page + 1, pages: pages });
    pager.querySelector('[data-step="-1"]').disabled = page === 0;
    pager.querySelector('[data-step="1"]').disabled = page === pages - 1;
    pager.hidden = pages === 1;
    shown.textContent = filled(shown.dataset.template, { shown: fits.length, count: all.length });
  }

  function sortBy(column, kind, up) {
    const keys = all.map((row) => (kind === "number" ? number(row.cells[column]) : row.cells[column].textContent));
    const sign = up ? 1 : -1;
    order = all.map((row, place) => place).sort((a, b) => {
      if (kind !== "number") return sign * collator.compare(keys[a], keys[b]) || a - b;
      // What is not known stands last either way.
      if (isNaN(keys[a]) || isNaN(keys[b])) return isNaN(keys[a]) - isNaN(keys[b]) || a - b;
      return sign * (keys[a] - keys[b]) || a - b;
    });
  }

  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = element("button", { type: "button" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") === "ascending" ? false : head.hasAttribute("aria-sort") ? true : head.dataset.sort === "text" || column === 0;
      Array.from(table.tHead.rows[0].cells).forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sortBy(column, head.dataset.sort, up);
      page = 0;
      draw();
    });
  });
  pager.addEventListener("click", (event) => {
    const step = Number(event.target.dataset && event.target.dataset.step);
    if (step) {
      page += step;
      draw();
    }
  });
  form.addEventListener("input", () => {
    page = 0;
    draw();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { page = 0; draw(); }, 0));
  window.addEventListener("beforeprint", () => { printing = true; draw(); });
  window.addEventListener("afterprint", () => { printing = false; draw(); });
  form.hidden = false;
  // On a phone the scores come first.
  if (matchMedia("(max-width: 46rem)").matches) form.closest("details").open = false;
  draw();
}

const items = document.querySelector('form[data-filter="items"]');
const league = document.querySelector('form[data-filter="league"]');
if (items) itemFilter(items);
if (league) leagueTable(league);
reveal();
