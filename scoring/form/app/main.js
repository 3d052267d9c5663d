import { createStore } from "./state.js";
import { createWords } from "./words.js";

/**
 * What every view is given: `set` and `fill` are the blocks of data of the page, `rules` what the
 * set says as functions, see `scoring.criteria.javascript_set`.
 *
 * @typedef {{set: any, fill: any, rules: any, words: import("./words.js").Words}} Knows
 */

/** @param {string} id */
function block(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}

/** @param {any} set @param {any} fill @param {string} digest @returns {import("./state.js").Work} */
export function firstWork(set, fill, digest) {
  const { id: set_id, version, fingerprint } = set.set, { year, period } = fill;
  const { format, unit, typed, said, targets, documents } = fill;
  const form = { set_id, version, fingerprint, digest, year, period };
  return { format, form, unit, typed, said, targets, documents };
}

/** @param {any} rules @param {string} digest */
export function start(rules, digest) {
  const set = block("form-set"), fill = block("form-fill");
  const words = createWords(set.words, set.findings, document.documentElement.lang);
  const store = createStore(firstWork(set, fill, digest));
  const host = document.getElementById("app");
  if (!host) return;
  host.textContent = `${words.both(set.set.name)} ${store.get().form.year} ${Object.keys(rules).length}`;
}
