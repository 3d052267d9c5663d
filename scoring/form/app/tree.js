import { element, refill } from "../../browser/lib/dom.js";
import { withoutMarks } from "../../browser/lib/text.js";
import { progressOf } from "./assessing.js";

/**
 * The tree of the set with progress: arrows, Home, End and the first letters move in it, Enter
 * goes to the item.
 *
 * @param {HTMLElement} host @param {any} knows @param {(code: string) => void} go
 */
export function mountTree(host, knows, go) {
  const { set, words } = knows;
  const closed = new Set();
  /** @type {Map<string, {row: HTMLElement, told: HTMLElement, text: string}>} */
  const rows = new Map();
  const list = element("div", { role: "tree", className: "tree", "aria-label": words.say("form_tree") });
  for (const node of set.nodes) rows.set(node.code, rowOf(node));
  list.append(...[...rows.values()].map(({ row }) => row));
  refill(host, list);
  let at = set.nodes[0].code, typed = "", typedAt = 0;
  focusable(at);

  /** @param {any} node */
  function rowOf(node) {
    const told = element("span", { className: "told" }), depth = depthOf(node);
    const name = `${node.code} ${words.both(node.name)}`;
    const row = element("div", { role: "treeitem", className: `branch depth-${Math.min(depth, 4)}`, tabIndex: -1,
      "aria-level": depth, "aria-selected": "false" }, element("span", {}, name), told);
    if (!node.isItem) row.setAttribute("aria-expanded", "true");
    row.dataset.code = node.code;
    return { row, told, text: withoutMarks(name) };
  }

  /** @param {any} node @returns {number} */
  function depthOf(node) {
    const parent = set.nodes.find((/** @type {any} */ one) => one.code === node.parent);
    return parent ? depthOf(parent) + 1 : 1;
  }

  /** @param {any} node @returns {boolean} */
  function isShown(node) {
    if (!node.parent) return true;
    const parent = set.nodes.find((/** @type {any} */ one) => one.code === node.parent);
    return !closed.has(node.parent) && (!parent || isShown(parent));
  }

  /** @param {string} code @param {boolean} [isFocused] */
  function focusable(code, isFocused) {
    rows.get(at)?.row.setAttribute("tabindex", "-1");
    rows.get(at)?.row.setAttribute("aria-selected", "false");
    at = code;
    const row = rows.get(code)?.row;
    row?.setAttribute("tabindex", "0");
    row?.setAttribute("aria-selected", "true");
    if (isFocused) row?.focus();
  }

  /** @param {string} code @param {boolean} isOpen */
  function fold(code, isOpen) {
    if (isOpen) closed.delete(code);
    else closed.add(code);
    rows.get(code)?.row.setAttribute("aria-expanded", String(isOpen));
    for (const node of set.nodes) {
      const row = rows.get(node.code)?.row;
      if (row) row.hidden = !isShown(node);
    }
  }

  /** @param {any} node @param {string} key */
  function sideways(node, key) {
    if (key === "ArrowRight" && !node.isItem && closed.has(node.code)) return fold(node.code, true);
    if (key === "ArrowLeft" && !node.isItem && !closed.has(node.code)) return fold(node.code, false);
    const child = set.nodes.find((/** @type {any} */ one) => one.parent === node.code);
    const next = key === "ArrowLeft" ? node.parent : child?.code;
    if (next) focusable(next, true);
  }

  /** @param {string} letter @param {any[]} shown */
  function lettered(letter, shown) {
    typed = Date.now() - typedAt < 700 ? typed + withoutMarks(letter) : withoutMarks(letter);
    typedAt = Date.now();
    const place = shown.findIndex((node) => node.code === at), from = typed.length > 1 ? place : place + 1;
    const order = [...shown.slice(from), ...shown.slice(0, from)];
    const found = order.find((node) => rows.get(node.code)?.text.split(" ").some((word) => word.startsWith(typed)));
    if (found) focusable(found.code, true);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const shown = set.nodes.filter(isShown), place = shown.findIndex((/** @type {any} */ node) => node.code === at);
    const moves = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: shown.length - 1 };
    if (event.key in moves) {
      const next = shown[moves[/** @type {keyof typeof moves} */ (event.key)]];
      if (next) focusable(next.code, true);
    } else if (["ArrowLeft", "ArrowRight"].includes(event.key)) sideways(shown[place], event.key);
    else if (event.key === "Enter" || event.key === " ") go(at);
    else if (event.key.length === 1) lettered(event.key, shown);
    else return;
    event.preventDefault();
  }

  list.addEventListener("keydown", onKey);
  list.addEventListener("click", (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest("[role=treeitem]");
    const code = row instanceof HTMLElement ? row.dataset.code : "";
    if (!code) return;
    focusable(code);
    go(code);
  });

  /** @param {import("./assessing.js").Assessed} made */
  return function draw(made) {
    for (const node of set.nodes) {
      const told = rows.get(node.code)?.told, { done, all } = progressOf(set, node.code, made);
      const text = node.isItem ? words.say(`form_state_${made.states[node.code]}`) : `${done}/${all}`;
      if (told && told.textContent !== text) told.textContent = text;
      if (told && node.isItem) told.dataset.state = made.states[node.code];
      if (told && !node.isItem) told.dataset.state = done === all ? "done" : "open";
    }
  };
}
