// The items of each unit, made as rows only where somebody opens a unit; and filters by standing and item.
import { element } from "../../browser/lib/dom.js";
import { filled } from "../../browser/lib/words.js";

globalThis.unitTable = (function () {
  const store = document.getElementById("unit-items");
  if (!store) return null;
  const data = JSON.parse(store.content.textContent);
  const opened = new Map();
  const ready = new Set();
  const scale = 10 ** data.decimals;
  const comma = document.documentElement.lang === "vi";
  // A cell: points or low~high in the last decimal, a letter for the cause, the maximum where it is another.
  const CELL = /^(x|-?\d+)?(?:~(-?\d+))?([a-z])?(?::(\d+))?$/;

  function shown(figure, plain) {
    let text = (figure / scale).toFixed(data.decimals);
    if (plain && text.includes(".")) text = text.replace(/\.?0+$/, "");
    return (comma ? text.replace(".", ",") : text).replace("-", "−");
  }

  function item(place, at) {
    const head = data.items[at];
    const cell = CELL.exec(data.units[place].split(",")[at]) || [];
    const most = cell[4] === undefined ? head[3] : Number(cell[4]);
    const first = cell[1] === undefined ? most : Number(cell[1]);
    let points = cell[1] === "x" ? "—" : shown(first);
    if (cell[2] !== undefined) points += " – " + shown(Number(cell[2]));
    const cause = cell[3] === undefined ? "" : data.causes[cell[3].charCodeAt(0) - 97];
    return { code: head[0], name: head[1], area: head[2], points, most: shown(most, true), cause };
  }

  const made = (tag, className, ...inside) => element(tag, className ? { className } : {}, ...inside);

  function line(one) {
    const name = made("span", "name", made("span", "code", one.code), " " + one.name);
    const value = made("span", "value", made("strong", "", one.points), made("span", "of", " / " + one.most));
    return made("li", one.cause ? "loses" : "", name, value, ...(one.cause ? [made("span", "also", one.cause)] : []));
  }

  function detail(place, row) {
    const cell = made("td", "unit-cell");
    cell.colSpan = row.cells.length;
    const reasons = data.reasons[place] || [];
    if (reasons.length) cell.append(made("p", "", data.words.help + " " + reasons.join("; ") + "."));
    let list = null;
    let area = "";
    data.items.forEach((head, at) => {
      if (head[2] !== area) {
        area = head[2];
        list = made("ul", "unit-items");
        cell.append(made("p", "unit-area", data.areas[area]), list);
      }
      list.append(line(item(place, at)));
    });
    return made("tr", "unit-detail", cell);
  }

  function prepare(place, row) {
    ready.add(place);
    if (!data.units[place]) return;
    const unit = row.cells[1].textContent.trim();
    const button = made("button", "open-unit", data.words.items);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", filled(data.words.items_of, { unit }));
    button.addEventListener("click", () => {
      const below = opened.get(place);
      if (below) {
        below.remove();
        opened.delete(place);
      } else {
        opened.set(place, detail(place, row));
        row.after(opened.get(place));
      }
      button.setAttribute("aria-expanded", String(!below));
    });
    row.cells[1].append(" ", button, made("span", "chosen-item"));
  }

  function around(place, row) {
    if (!ready.has(place)) prepare(place, row);
    return opened.has(place) ? [row, opened.get(place)] : [row];
  }

  function fits(place, row, fields) {
    const marks = (row.dataset.marks || "").split(" ");
    if (fields.mark && fields.mark.value && !marks.includes(fields.mark.value)) return false;
    const at = fields.loses ? fields.loses.value : "";
    const one = at && data.units[place] ? item(place, Number(at)) : null;
    if (at && !(one && one.cause)) return false;
    if (!ready.has(place)) prepare(place, row);
    const place_for = row.querySelector(".chosen-item");
    if (place_for) place_for.textContent = one ? `${one.code}: ${one.points} / ${one.most} · ${one.cause}` : "";
    return true;
  }

  return { fits, around };
})();
