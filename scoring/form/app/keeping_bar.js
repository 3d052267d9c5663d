// What is seen of keeping: where the work is kept and since when, what went wrong, and the buttons.

import { element, refill } from "../../browser/lib/dom.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {{code: string, values?: Record<string, any>, button?: {label: string, values?: Record<string, any>, run: () => void}}} Message */
/**
 * @typedef {{save: () => void, saveElsewhere: () => void, open: (file: File) => void,
 *   allow: () => void, takeOver: () => void, erase: () => void}} Acts
 */
/** @typedef {{keeping: import("./persist.js").Keeping, file: import("./save_file.js").FileTold}} Seen */

// What is read out at once; a ledger may bring hundreds, which wait in a box of their own.
const FEW = 3;

/** @param {string} iso @param {string} lang */
export function timeText(iso, lang) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "–";
  // The short style of Vietnamese leaves two digits of the year, which the form itself refuses.
  const fields = /** @type {const} */ ({ day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" });
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "vi-VN", fields).format(time);
}

/** Say in words what a step did: labels of steps are `typed:1.1.2:input` or a key of a text. @param {Words} words @param {string} label */
export function stepWords(words, label) {
  const [kind, item = ""] = label.split(":");
  const key = `form_store_step_${kind}`, said = words.say(key, { item });
  return said === key ? words.say("form_store_step_other", { item }) : said;
}

/** @param {Words} words @param {Seen} seen */
function keptWords(words, { keeping, file }) {
  const { say } = words, at = timeText(keeping.at, words.lang());
  const kept = { kept: keeping.at ? "form_store_kept" : "form_store_nothing_yet", waiting: "form_store_waiting",
    full: "form_store_in_memory", blocked: "form_store_in_memory", taken: "form_store_reading_only" };
  const values = { name: file.name, at: timeText(file.at, words.lang()), count: file.changes };
  const inFile = file.at ? say("form_store_in_file", values) : say("form_store_no_file");
  return `${say(kept[keeping.state], { at })} ${inFile}`;
}

/**
 * @param {HTMLElement} host @param {Words} words @param {Acts} acts
 */
export function createKeepingBar(host, words, acts) {
  const { say } = words;
  const buttons = element("div", { className: "keeping-buttons" });
  const status = element("p", { className: "keeping-status" });
  const alerts = element("div", { className: "keeping-alerts", role: "alert" });
  const counted = element("span", { role: "status" }), found = element("div", {});
  const chosen = element("input", { type: "file", className: "keeping-open", hidden: true, accept: ".json,.xlsx,.zip",
    onchange: () => {
      const [file] = Array.from(chosen.files ?? []);
      chosen.value = "";
      if (file) acts.open(file);
    } });
  /** @type {Message[]} */
  let messages = [];
  /** @type {{name: string, all: Message[]}} */
  let many = { name: "", all: [] };
  /** @type {Seen | null} */
  let seen = null;
  const privacy = element("p", {}), title = element("summary", {}), erase = element("p", {});
  const folded = element("details", { className: "keeping-privacy", hidden: true }, title, privacy, erase);
  host.append(alerts, element("div", { className: "keeping-found" }, counted, " ", found), buttons, status, folded, chosen);

  /** @param {string} name @param {string} text @param {() => void} run @param {boolean} [isOff] */
  const button = (name, text, run, isOff = false) =>
    element("button", { type: "button", "data-act": name, onclick: run, "aria-disabled": isOff ? "true" : undefined }, text);

  /** @param {() => void} run */
  function closer(run) {
    const close = button("close", "×", run);
    close.setAttribute("aria-label", say("form_store_close"));
    return close;
  }

  /** @param {Message} message @param {...(Node | string | undefined)} ends */
  const line = (message, ...ends) =>
    element("p", { className: "keeping-alert", "data-code": message.code }, words.finding(message.code, message.values ?? {}), ...ends);

  /** @param {Message} message */
  function alertLine(message) {
    const act = message.button;
    return line(message, " ", act && button("answer", say(act.label, act.values), () => { act.run(); }), " ",
      closer(() => { messages = messages.filter((one) => one !== message); drawAlerts(); }));
  }

  function drawFound() {
    const { name, all } = many, rest = all.slice(FEW), title = say("form_store_rest", { count: rest.length });
    refill(counted, all.length > 0 && say("form_store_found", { count: all.length, file: name }));
    refill(found, ...(all.length ? [closer(() => { many = { name, all: [] }; drawFound(); }), ...all.slice(0, FEW).map((one) => line(one)),
      element("details", {}, element("summary", {}, title),
        element("div", { className: "keeping-rest", tabIndex: 0, role: "group", "aria-label": title }, ...rest.map((one) => line(one))))] : []));
  }

  function draw() {
    if (!seen) return;
    const { file, keeping } = seen;
    // A button that was pressed keeps the focus when the bar is drawn anew.
    const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.act;
    const isTaken = keeping.state === "taken";
    refill(buttons,
      button("save", say("form_store_save"), acts.save), file.state === "file" && button("elsewhere", say("form_store_save_elsewhere"), acts.saveElsewhere),
      file.state === "ask" && button("allow", say("form_store_allow", { name: file.name }), acts.allow),
      button("open", say("form_store_open"), () => chosen.click(), isTaken), isTaken && button("take", say("form_store_take_over"), acts.takeOver));
    // Until it is known how the work is kept there is nothing to say, and an arrow without words to show.
    folded.hidden = false;
    refill(title, say("form_store_privacy_title"));
    refill(erase, button("erase", say("form_store_erase"), acts.erase));
    refill(status, keptWords(words, seen));
    refill(privacy, say("form_store_privacy"));
    host.setAttribute("aria-label", say("form_store_region"));
    if (held) /** @type {HTMLElement | null} */ (host.querySelector(`[data-act="${held}"]`))?.focus();
  }

  // Apart from the rest: readers of screens say alerts anew whenever these are drawn.
  const drawAlerts = () => refill(alerts, ...messages.map(alertLine));

  return {
    /** @param {Seen} next */
    show: (next) => { seen = next; draw(); },
    /** One message of a kind stands at a time. @param {Message} message */
    tell: (message) => {
      messages = [...messages.filter((one) => one.code !== message.code), message];
      drawAlerts();
    },
    /** What an opened file gave cause to say. @param {string} name @param {Message[]} all @param {boolean} isTaken */
    tellOf: (name, all, isTaken) => {
      const codes = all.map(({ code }) => code);
      messages = [...messages.filter(({ code }) => !codes.includes(code)), ...(all.length > FEW ? [] : all)];
      // A file that was refused leaves what is known of the one in hand.
      if (isTaken || all.length > FEW) many = { name, all: all.length > FEW ? all : [] };
      drawAlerts();
      drawFound();
    },
    /** @param {string} code */
    clear: (code) => { messages = messages.filter((one) => one.code !== code); drawAlerts(); },
    /** After the language changed. */
    draw: () => { draw(); drawAlerts(); drawFound(); },
  };
}
