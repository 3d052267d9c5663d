// One tab writes a work, any other reads: by Web Locks, else by a heartbeat in localStorage.

const BEAT = 2_000, DEAD = 7_000;

/** @typedef {{id: string, at: number}} Beat */
/** @typedef {{isOwner: boolean, takeOver: () => Promise<void>, leave: () => void}} Turn */

/**
 * Ask to be the tab that writes.
 * @param {string} name of the work
 * @param {string} id of this tab
 * @param {() => void} lost called when another tab has taken over
 * @param {{locks?: LockManager | undefined, storage?: Storage | null, clock?: () => number}} means
 * @returns {Promise<Turn>}
 */
export async function askForTurn(name, id, lost, means) {
  if (means.locks) {
    try {
      return await lockedTurn(name, lost, means.locks);
    } catch {
      // Pages from a disk may be refused it.
    }
  }
  return beatingTurn(`parindex-form-tab/${name}`, id, lost, means.storage ?? null, means.clock ?? Date.now);
}

/** @param {string} name @param {() => void} lost @param {LockManager} locks @returns {Promise<Turn>} */
async function lockedTurn(name, lost, locks) {
  /** @type {() => void} */
  let release = () => {};
  const held = (/** @type {LockOptions} */ options) => new Promise((resolve, reject) => {
    locks.request(name, options, (lock) => {
      resolve(lock !== null);
      return lock && new Promise((done) => { release = () => done(undefined); });
    }).catch((error) => {
      // Settled long ago where the lock was stolen from us.
      reject(error);
      if (error?.name === "AbortError") lost();
    });
  });
  const turn = { isOwner: Boolean(await held({ ifAvailable: true })), takeOver, leave: () => release() };
  async function takeOver() {
    await held({ steal: true });
    turn.isOwner = true;
  }
  return turn;
}

/** @param {Storage} storage @param {string} key @returns {Beat | null} */
function lastBeat(storage, key) {
  try {
    return JSON.parse(storage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} key @param {string} id @param {() => void} lost @param {Storage | null} storage
 * @param {() => number} clock @returns {Turn}
 */
function beatingTurn(key, id, lost, storage, clock) {
  /** @type {any} */
  let timer = null;
  const put = () => {
    try {
      storage?.setItem(key, JSON.stringify({ id, at: clock() }));
    } catch {
      // A full store: the owner's record beside the work still keeps an old tab from writing.
    }
  };
  const seen = storage && lastBeat(storage, key);
  const isFree = !seen || seen.id === id || !(Math.abs(clock() - seen.at) < DEAD);
  const turn = { isOwner: isFree, takeOver, leave };
  function beat() {
    const now = storage && lastBeat(storage, key);
    if (!now || now.id === id) return put();
    leave(false);
    lost();
  }
  async function takeOver() {
    turn.isOwner = true;
    put();
    timer = setInterval(beat, BEAT);
  }
  function leave(isDone = true) {
    clearInterval(timer);
    if (isDone && turn.isOwner) storage?.removeItem(key);
    turn.isOwner = false;
  }
  if (isFree) takeOver();
  return turn;
}
