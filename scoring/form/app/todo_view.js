import { element, refill } from "../../browser/lib/dom.js";
import { numberText } from "../../browser/lib/shown.js";
import { nextStep } from "./assessing.js";
import { asksText, lacksProof } from "./proof.js";

/**
 * What to do next, by the points that depend on it.
 *
 * @typedef {{code: string, what: string, points: number}} Task
 *
 * @param {any} knows @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made
 * @returns {Task[]}
 */
export function tasksOf(knows, work, made) {
  const { set, words } = knows, tasks = [];
  for (const node of set.nodes) {
    if (!node.isItem) continue;
    const state = made.states[node.code], earned = made.scores.points[node.code];
    if (["wrong", "half", "open", "unexplained"].includes(state)) {
      tasks.push({ code: node.code, what: words.say(`form_do_${state}`), points: node.max });
    } else if (state === "done" && node.max - earned > 1e-9) {
      tasks.push({ code: node.code, what: nextStep(knows, node.code, made, work.form) || words.say("form_do_lost"), points: node.max - earned });
    }
    if (state !== "done" || !lacksProof(made, node.code)) continue;
    const kept = made.scores.supported?.[node.code] ?? NaN, asks = asksText(node, words);
    tasks.push({ code: node.code, what: words.say("form_do_proof", { asks }), points: Number.isNaN(kept) ? 0 : earned - kept });
  }
  return tasks.sort((one, other) => other.points - one.points);
}

/**
 * @param {HTMLElement} host @param {any} knows @param {(code: string) => void} go
 */
export function mountTodo(host, knows, go) {
  const { set, words } = knows, { say } = words, most = 25;
  /** @param {Task} task */
  function row(task) {
    const node = set.nodes.find((/** @type {any} */ one) => one.code === task.code);
    const link = element("button", { type: "button", className: "link", onclick: () => go(task.code) }, `${task.code} ${words.both(node.name)}`);
    const worth = element("span", { className: "num" }, task.points ? say("form_at_stake", { points: numberText(task.points, words.lang(), set.set.decimals) }) : "");
    return element("li", {}, element("p", { className: "step" }, link, worth), element("p", { className: "also" }, task.what));
  }
  /** @param {import("./state.js").Work} work @param {import("./assessing.js").Assessed} made */
  return function draw(work, made) {
    const tasks = tasksOf(knows, work, made), rest = tasks.length - most;
    refill(host, element("h2", {}, say("form_todo")),
      element("p", { className: "lead" }, tasks.length ? say("form_todo_lead", { count: tasks.length }) : say("form_todo_none")),
      element("ol", { className: "steps" }, ...tasks.slice(0, most).map(row)),
      rest > 0 ? element("p", { className: "also" }, say("form_todo_rest", { count: rest })) : null);
  };
}
