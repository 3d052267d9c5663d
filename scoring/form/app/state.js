/**
 * What a person has filled in, as one plain value that is never changed in place.
 *
 * @typedef {{code: string, name: string, block: string, prepared_by: string, position: string,
 *   prepared_on: string}} Unit
 * @typedef {{set_id: string, version: string, fingerprint: string, digest: string, year: number,
 *   period: string}} FormKey
 * @typedef {{not_applicable: boolean, explanation: string, documents_note: string}} Said
 * @typedef {{id: string, number: string, kind: string, issued_on: string, issuer: string,
 *   signer: string, title: string, path: string, items: string[], place: string, size: string,
 *   sha256: string, note: string,
 *   valid_from?: string, valid_to?: string, secret?: boolean}} FormDocument
 * @typedef {{format: string, form: FormKey, unit: Unit, typed: Record<string, Record<string, string>>,
 *   said: Record<string, Said>, targets: Record<string, string>, documents: FormDocument[]}} Work
 *
 * `typed` holds figures as typed, a choice as the code of its option, yes/no as "yes" or "no".
 *
 * @typedef {(work: Work, label: string) => void} Listener
 * @typedef {{work: Work, label: string}} Step
 * @typedef {{now: Work, before: Step[], after: Step[]}} Past
 * @typedef {{get: () => Work, change: (label: string, recipe: (draft: Work) => void) => void,
 *   undo: () => void, redo: () => void, canUndo: () => boolean, canRedo: () => boolean,
 *   undoLabel: () => string, redoLabel: () => string,
 *   replace: (label: string, work: Work) => void,
 *   history: () => {before: Step[], after: Step[]}, resume: (past: Past) => void,
 *   lock: (isLocked: boolean) => void,
 *   subscribe: (listener: Listener) => () => void}} Store
 */

// Steps that can be undone; a step is a field as it was before somebody went to another one.
const MOST_STEPS = 200;

/**
 * Keeps a Work and tells who listens of every change.
 *
 * Changes of one `label` in a row are one step of undo, so that undo takes back a figure and not
 * its last digit. A recipe gets a copy that it may change.
 *
 * @param {Work} work
 * @returns {Store}
 */
export function createStore(work) {
  /** @type {Step[]} */
  let before = [];
  /** @type {Step[]} */
  let after = [];
  let now = work, last = "", isLocked = false;
  /** @type {Set<Listener>} */
  const listeners = new Set();

  /** @param {string} label */
  function tell(label) {
    for (const listener of [...listeners]) listener(now, label);
  }

  /** @param {string} label @param {Work} next */
  function step(label, next) {
    if (isLocked) return;
    if (label !== last || !before.length) before = [...before.slice(1 - MOST_STEPS), { work: now, label }];
    after = [];
    last = label;
    now = next;
    tell(label);
  }

  /** @param {string} label @param {(draft: Work) => void} recipe */
  function change(label, recipe) {
    const draft = structuredClone(now);
    recipe(draft);
    if (JSON.stringify(draft) !== JSON.stringify(now)) step(label, draft);
  }

  /** @param {string} label @param {Work} next */
  function replace(label, next) {
    last = "";
    step(label, structuredClone(next));
    last = "";
  }

  function undo() {
    const earlier = isLocked ? undefined : before.pop();
    if (!earlier) return;
    after.push({ work: now, label: earlier.label });
    now = earlier.work;
    last = "";
    tell("undo");
  }

  function redo() {
    const later = isLocked ? undefined : after.pop();
    if (!later) return;
    before.push({ work: now, label: later.label });
    now = later.work;
    last = "";
    tell("redo");
  }

  /**
   * Goes on where an earlier session stood, with its steps.
   *
   * @param {Past} past
   */
  function resume(past) {
    before = [...past.before];
    after = [...past.after];
    now = past.now;
    last = "";
    tell("resume");
  }

  /** @param {Listener} listener */
  function subscribe(listener) {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }

  return {
    get: () => now,
    change, undo, redo, replace, subscribe, resume,
    history: () => ({ before, after }),
    // Another tab has the work: this one only shows it.
    lock: (next) => {
      if (isLocked === next) return;
      isLocked = next;
      tell("resume");
    },
    canUndo: () => !isLocked && before.length > 0,
    canRedo: () => !isLocked && after.length > 0,
    undoLabel: () => before.at(-1)?.label ?? "",
    redoLabel: () => after.at(-1)?.label ?? "",
  };
}

/** @returns {Said} what is said of an item of which nothing is said yet */
export function nothingSaid() {
  return { not_applicable: false, explanation: "", documents_note: "" };
}

/** @param {Work} work @param {string} code @returns {Said} */
export function saidOf(work, code) {
  return work.said[code] ?? nothingSaid();
}
