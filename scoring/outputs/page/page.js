/* Filters, tables and the opening of explanations. Without it everything is still there. */
import { itemFilter } from "./item_filter.js";
import { leagueTable } from "./league_table.js";

/** @type {HTMLFormElement | null} */
const items = document.querySelector('form[data-filter="items"]');
/** @type {HTMLFormElement | null} */
const league = document.querySelector('form[data-filter="league"]');
const showAll = items && itemFilter(items);

// A link to an explanation opens it, and the summary takes the focus.
function reveal() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  if (showAll && target.closest("[hidden]")) showAll();
  const first = target.closest("details");
  for (let box = first; box; box = box.parentElement && box.parentElement.closest("details")) box.open = true;
  const summary = first?.querySelector("summary");
  summary?.focus({ preventScroll: true });
  summary?.scrollIntoView({ block: "start" });
}

window.addEventListener("hashchange", reveal);
document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element && target.closest('a[href^="#"]');
  // The address stays as it is, so nothing else would tell.
  if (link && link.getAttribute("href") === location.hash) setTimeout(reveal, 0);
});
if (league) leagueTable(league);
reveal();
