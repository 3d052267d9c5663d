import { element, refill } from "../../browser/lib/dom.js";
import { textDigest } from "../../browser/lib/sha256.js";
import { unpackedJson, unpackedText } from "../../browser/lib/sheet_filling.js";
import { assess } from "./assessing.js";
import { FILES } from "./documents_files.js";
import { mountDocuments } from "./documents_view.js";
import { itemView } from "./item_view.js";
import { openPackage } from "./open_package.js";
import { knownItems, startKeeping } from "./start_keeping.js";
import { createStore } from "./state.js";
import { mountSummary } from "./summary_view.js";
import { mountTodo } from "./todo_view.js";
import { mountTopBar } from "./top_bar.js";
import { mountTree } from "./tree.js";
import { mountUnit } from "./unit_view.js";
import { mountViews } from "./views.js";
import { createWords } from "./words.js";

/**
 * What every view is given: `set` and `fill` are the blocks of data of the page, `rules` what the
 * set says as functions, see `scoring.advice.javascript_steps`; `keeping` shows how it is kept.
 *
 * @typedef {{set: any, fill: any, rules: Rules, words: import("./words.js").Words, keeping: HTMLElement,
 *   open: (file: File | undefined) => void}} Knows
 * @typedef {import("../../advice/advising_script").AdvisingScript} Rules
 * @typedef {import("./state.js").Store} Store
 * @typedef {(store: Store, host: HTMLElement, say: import("./words.js").Say, knows: Knows) => void | (() => void)} Mount
 */

/**
 * Parts that others bring: mounted anew when the language turns, what they return unmounts them.
 * `view` is the tab that they fill, or `acts`, the place beside the buttons on top.
 *
 * @type {{place: string, mount: Mount}[]}
 */
const PARTS = [{ place: "documents", mount: mountDocuments }];
const VIEWS = ["work", "todo", ...PARTS.map(({ place }) => place).filter((place) => place !== "acts"), "summary"];

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

/**
 * What the page knows of its set, and the digest of that and of the script that is running: as
 * they stand in this page, whoever changed it. `form_digest` in Python says what they should be.
 *
 * @returns {Promise<{digest: string, set: any}>}
 */
export async function known() {
  const script = document.currentScript?.textContent ?? "";
  const told = await unpackedText(document.getElementById("form-set")?.textContent ?? "");
  return { digest: textDigest(script + told), set: JSON.parse(told) };
}

/** @param {Rules} rules @param {string} digest @param {any} set what the form knows of the set */
export function start(rules, digest, set) {
  const fill = block("form-fill"), host = document.getElementById("app");
  rules.learn(set.steps);
  const words = createWords(set.words, set.findings, document.documentElement.lang);
  const store = createStore(firstWork(set, fill, digest));
  if (!host) return null;
  const keeping = element("section", { className: "keeping" });
  /** @type {Knows} */
  const knows = { set, fill, rules, words, keeping, open: (file) => { if (file) kept.then(({ open }) => open(file)); } };
  let away = mountAll(store, host, knows, "work", turn);

  function turn() {
    const { view } = away;
    away.unmount();
    words.turn(words.lang() === "vi" ? "en" : "vi");
    document.documentElement.lang = words.lang();
    away = mountAll(store, /** @type {HTMLElement} */ (host), knows, view(), turn);
    kept.then(({ draw }) => draw());
    /** @type {HTMLElement | null} */ (document.querySelector("button[lang]"))?.focus();
  }
  const known = { form: store.get().form, unit: fill.unit, items: knownItems(set.nodes) };
  /** @param {{code: string, values: Record<string, any>}[]} doubts */
  const isSure = (doubts) => confirm(doubts.map(({ code, values }) => words.finding(code, values)).join("\n\n"));
  const readPackage = async (/** @type {File} */ file) => {
    const told = await unpackedJson(document.getElementById("form-ledger")?.textContent ?? "");
    words.learn(told.findings);
    return openPackage(file, { work: store.get(), set, told, files: FILES, isSure });
  };
  const kept = startKeeping({ store, known, words, host: keeping, root: host, readPackage });
  return { store, kept };
}

/** @param {Store} store @param {HTMLElement} host @param {Knows} knows @param {string} first @param {() => void} turn */
function mountAll(store, host, knows, first, turn) {
  const { set, words } = knows, { say } = words;
  const top = element("header", { className: "top" }), main = element("main", { id: "main", tabIndex: -1 });
  const badge = set.set.status === "sample" ? element("aside", { className: "sample", "aria-label": say("chart_sample_badge") },
    element("p", {}, element("strong", {}, say("chart_sample_badge")), ` ${say("chart_sample_line")}`)) : null;
  refill(host, element("a", { className: "skip", href: "#main" }, say("page_skip")), badge, top, knows.keeping, main, colophon(store, knows));
  const views = mountViews(main, VIEWS, say, first), go = (/** @type {string} */ code) => goTo(code, views);
  const bar = mountTopBar(top, store, knows, { turn });
  const drawWork = mountWork(views.panel("work"), store, knows, go);
  const drawTodo = mountTodo(views.panel("todo"), knows, go), drawSummary = mountSummary(views.panel("summary"), store, knows);
  const ends = PARTS.map(({ place, mount }) => mount(store, place === "acts" ? bar.acts : views.panel(place), say, knows));
  let later = 0;

  function drawLater() {
    const work = store.get(), made = assess(work, set, knows.rules);
    clearTimeout(later);
    drawTodo(work, made);
    drawSummary(work, made);
  }
  function draw() {
    const work = store.get(), made = assess(work, set, knows.rules);
    bar.draw(work, made);
    drawWork(work, made);
    clearTimeout(later);
    later = window.setTimeout(drawLater, 150);
  }
  draw();
  drawLater();
  window.addEventListener("beforeprint", drawLater);
  ends.push(store.subscribe(draw), () => window.removeEventListener("beforeprint", drawLater), () => clearTimeout(later));
  return { view: views.shown, unmount: () => ends.forEach((end) => end?.()) };
}

/** @param {HTMLElement} host @param {Store} store @param {Knows} knows @param {(code: string) => void} go */
function mountWork(host, store, knows, go) {
  const side = element("nav", { className: "side", "aria-label": knows.words.say("form_tree") });
  const unit = element("div", {}), list = element("div", { className: "items" });
  const folded = element("details", { className: "folded", open: window.innerWidth > 800 },
    element("summary", {}, knows.words.say("form_tree")), side);
  const nodes = knows.set.nodes;
  /** @type {import("./item_view.js").ItemView[]} */
  const cards = [];
  nodes.forEach((/** @type {any} */ node, /** @type {number} */ place) => {
    if (!node.isItem) {
      const kind = node.parent ? "h3" : "h2";
      list.append(element(kind, { id: `node-${place}`, tabIndex: -1, className: "group" }, `${node.code} ${knows.words.both(node.name)}`));
    } else {
      const view = itemView(node, `node-${place}`, store, knows);
      cards.push(view);
      list.append(view.card);
    }
    list.lastElementChild?.setAttribute("data-code", node.code);
  });
  refill(host, unit, element("div", { className: "columns" }, folded, list));
  const drawTree = mountTree(side, knows, go), drawUnit = mountUnit(unit, store, knows);
  /** @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  return function draw(work, made) {
    drawUnit(work);
    drawTree(made);
    for (const card of cards) card.draw(work, made);
  };
}

/** @param {string} code @param {{show: (name: string) => void}} views */
function goTo(code, views) {
  views.show("work");
  const found = Array.from(document.querySelectorAll(".items > [data-code]")).find((one) => one.getAttribute("data-code") === code);
  const target = found?.querySelector("input, select") ?? found;
  if (!(target instanceof HTMLElement)) return;
  found?.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

/** @param {Store} store @param {Knows} knows */
function colophon(store, { set, words }) {
  const { form } = store.get(), { say, both } = words;
  const status = say(`status_${set.set.status}`);
  return element("footer", { className: "colophon" },
    element("p", {}, say("form_of_set", { name: both(set.set.name), id: form.set_id, version: form.version, status })),
    element("p", {}, say("form_fingerprint"), " ", element("span", { className: "print-hash" }, form.fingerprint)),
    element("p", {}, say("form_digest"), " ", element("span", { className: "print-hash" }, form.digest)),
    set.set.hasConditions ? element("p", {}, say("form_grade_conditions")) : null,
    ...set.set.caveats.map((/** @type {any} */ one) => element("p", {}, both(one))),
    element("p", {}, say("form_private")));
}
