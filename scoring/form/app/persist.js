// Keeps every change of a work in this browser, at once, and puts it back when the form opens.
// A store that is full, refused or taken by another tab is told of; the work goes on in memory.

import { isFull } from "./keeper.js";
import { KEPT_STATES, differences, moveBetween, recovered, rowNumber, sealed, snapshotOf, unsealed } from "./journal.js";

/** @typedef {import("./keeper.js").Keeper} Keeper */
/** @typedef {import("./journal.js").Past} Past */
/**
 * What a work is kept as: `kept`, `waiting` to be written, `full`, `blocked` or `taken` by another tab.
 * @typedef {{state: "kept" | "waiting" | "full" | "blocked" | "taken", at: string, unkept: number}} Keeping
 */
/** @typedef {{key: string, at: string, unit: string, figures: number}} Other */

const ENTRIES_A_STATE = 40, IDLE = 2_000;

/**
 * The key of a work on this machine: forms of all sets, units and folders may share one store.
 * @param {Record<string, any>} form @param {string} unit code of a form made for one unit
 * @param {string} page address of the file
 */
export function workKey(form, unit, page) {
  const parts = [form.set_id, form.fingerprint, form.year, form.period, unit, form.digest, page];
  return parts.map((part) => String(part ?? "").replaceAll("|", "/")).join("|");
}

/** What is told of a work where others are listed. @param {Record<string, any>} work @param {string} at */
function summaryOf(work, at) {
  const figures = Object.values(work.typed).flatMap((one) => Object.values(/** @type {object} */ (one))).filter(Boolean).length;
  return { at, set: work.form.set_id, year: work.form.year, period: work.form.period, unit: work.unit.name || work.unit.code, figures };
}

/**
 * List works of the same set, year and period that other files of this machine keep.
 * @param {Keeper} keeper @param {string} ownKey @param {Record<string, any>} form @returns {Promise<Other[]>}
 */
export async function otherWorks(keeper, ownKey, form) {
  const rows = await keeper.read(`${form.set_id}|`);
  const told = [...rows].filter(([key]) => key.endsWith("|m") && key !== `${ownKey}|m`)
    .map(([key, text]) => ({ key: key.slice(0, -2), ...unsealed(text) }));
  return told.filter((one) => one.at && one.year === form.year && one.period === form.period)
    .map(({ key, at, unit, figures }) => ({ key, at, unit, figures }));
}

/** Everything kept under one key. @param {Keeper} keeper @param {string} key */
export async function keptWork(keeper, key) {
  return recovered(await keeper.read(`${key}|`), key);
}

/**
 * Erase what this machine keeps of one work, or of all.
 * @param {Keeper} keeper @param {string} prefix a key; "" for all
 */
export async function eraseKept(keeper, prefix) {
  const rows = await keeper.read(prefix && `${prefix}|`);
  await keeper.write([], [...rows.keys()]);
  return rows.size;
}

/**
 * Begin to keep the work of a store.
 * @param {{get: () => any, history: () => {before: any[], after: any[]}, subscribe: (told: (work: any, label: string) => void) => any}} store
 * @param {Keeper} keeper
 * @param {string} key see `workKey`
 * @param {{owner: string, last: number, from?: Past, told: (keeping: Keeping, error?: any) => void, now?: () => string}} how
 *   `last` as `keptWork` gave it, `from` what is kept already; `owner` names this tab
 */
export function createKeeping(store, keeper, key, how) {
  const now = how.now ?? (() => new Date().toISOString());
  const pastOf = () => ({ now: store.get(), before: [...store.history().before], after: [...store.history().after] });
  let past = how.from ?? pastOf(), seq = how.last, sinceState = ENTRIES_A_STATE, isStopped = false, isErased = false, unkept = 0;
  /** @type {[string, string][]} */
  let waiting = [];
  /** @type {Promise<void> | null} */
  let writing = null;
  /** @type {any} */
  let idle = null;
  /** @type {Keeping["state"]} */
  let state = keeper.kind === "memory" ? "blocked" : "kept";
  let at = "";

  /** @param {Keeping["state"]} next @param {any} [error] */
  function tell(next, error) {
    state = next;
    how.told({ state, at, unkept }, error);
  }

  /** @param {string} label */
  function note(label) {
    const next = pastOf();
    const patch = differences(past.now, next.now);
    const move = moveBetween(past, next);
    past = next;
    if (!patch.length) return;
    seq += 1;
    sinceState = isErased ? ENTRIES_A_STATE : sinceState + 1;
    isErased = false;
    unkept += 1;
    if (isStopped) return tell(state);
    waiting.push([`${key}|j|${rowNumber(seq)}`, sealed({ seq, at: now(), label, move, patch })]);
    if (state === "kept") tell("waiting");
    clearTimeout(idle);
    idle = setTimeout(() => flush(true), IDLE);
    flush(false);
  }

  /** @param {number} most states to keep @returns {Promise<string[]>} rows that have had their time */
  async function outdated(most) {
    const names = [...(await keeper.read(`${key}|`)).keys()];
    const states = names.filter((name) => name.startsWith(`${key}|s|`)).sort();
    const oldest = states.slice(-most)[0]?.slice(-10) ?? "";
    return names.filter((name) => /\|[sj]\|\d{10}$/.test(name) && name.slice(-10) < oldest);
  }

  /** @param {boolean} withState @param {boolean} [makeRoom] */
  async function write(withState, makeRoom = false) {
    const rows = waiting, count = unkept, time = now();
    /** @type {string[]} */
    const gone = [];
    // What is typed while this is written waits for the next writing.
    waiting = [];
    if (withState) {
      sinceState = 0;
      rows.push([`${key}|s|${rowNumber(seq)}`, sealed(snapshotOf(seq, time, past))], [`${key}|m`, sealed(summaryOf(past.now, time))]);
      if (makeRoom) await keeper.write([], await outdated(1), { key: `${key}|o`, id: how.owner });
      else if (seq) gone.push(...await outdated(KEPT_STATES - 1));
    }
    if (!await keeper.write(rows, gone, { key: `${key}|o`, id: how.owner })) {
      isStopped = true;
      return tell("taken");
    }
    unkept -= count;
    at = time;
    tell(waiting.length ? "waiting" : keeper.kind === "memory" ? "blocked" : "kept");
  }

  /** @param {any} error @param {boolean} isRetried @returns {Promise<void>} */
  async function failed(error, isRetried) {
    // The next writing holds everything anew: entries that were lost would leave a gap.
    waiting = [];
    sinceState = ENTRIES_A_STATE;
    if (isFull(error) && !isRetried) return write(true, true).catch((again) => failed(again, true));
    tell(isFull(error) ? "full" : "blocked", error);
  }

  /** @param {boolean} withState @returns {Promise<void>} */
  async function flush(withState) {
    if (isStopped) return;
    if (writing) {
      await writing;
      return waiting.length || withState ? flush(withState) : undefined;
    }
    if (!waiting.length && !(withState && sinceState && unkept + seq > how.last)) return;
    writing = write(withState || sinceState >= ENTRIES_A_STATE).catch((error) => failed(error, false));
    await writing;
    writing = null;
    if (waiting.length) await flush(false);
  }

  const stop = store.subscribe((_, label) => note(label));
  // What was typed while the store opened.
  if (past.now !== store.get()) note(store.history().before.at(-1)?.label ?? "");
  return {
    flush: () => flush(true),
    /** What was kept has been erased: the next change writes everything anew, and no other does. */
    forget: () => { clearTimeout(idle); waiting = []; unkept = 0; sinceState = 0; isErased = true; },
    /** Write nothing any more: another tab owns the work. */
    halt: () => { isStopped = true; clearTimeout(idle); tell("taken"); },
    stop: () => { isStopped = true; clearTimeout(idle); stop?.(); },
    unkept: () => unkept,
  };
}
