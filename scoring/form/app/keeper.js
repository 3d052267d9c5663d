// Where rows of text are kept on this machine: IndexedDB, else localStorage, else nowhere.
// A row is written only while its tab owns the work, which is looked at in the same transaction.

/** @typedef {[string, unknown]} Row */
/** @typedef {{key: string, id: string}} Owner */
/**
 * `write` gives false, and writes nothing, where another tab owns the work.
 * @typedef {{kind: "indexeddb" | "localstorage" | "memory",
 *   write: (rows: Row[], gone: string[], owner?: Owner) => Promise<boolean>,
 *   read: (prefix: string) => Promise<Map<string, any>>}} Keeper
 */

const BASE = "parindex-form", ROWS = "rows", OPENING = 4_000;

/** @param {any} error */
export const isFull = (error) => error?.name === "QuotaExceededError" || error?.name === "NS_ERROR_DOM_QUOTA_REACHED";

/** @param {IDBFactory} factory @returns {Promise<IDBDatabase>} */
function openedBase(factory) {
  return new Promise((resolve, reject) => {
    const request = factory.open(BASE, 1);
    // A browser that neither opens nor refuses must not hold up the form.
    const late = setTimeout(() => reject(new Error("late")), OPENING);
    request.onupgradeneeded = () => request.result.createObjectStore(ROWS);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      clearTimeout(late);
      resolve(request.result);
    };
  });
}

/** @param {IDBDatabase} base @returns {Keeper} */
function baseKeeper(base) {
  const range = (/** @type {string} */ prefix) => IDBKeyRange.bound(prefix, prefix + "\uffff");
  /** @type {Keeper["write"]} */
  const write = (rows, gone, owner) => new Promise((resolve, reject) => {
    const act = base.transaction(ROWS, "readwrite");
    const table = act.objectStore(ROWS);
    let isOurs = true;
    /** @type {any} */
    let refused = null;
    const put = () => {
      try {
        for (const key of gone) table.delete(key);
        for (const [key, value] of rows) table.put(value, key);
      } catch (error) {
        refused = error;
        act.abort();
      }
    };
    act.oncomplete = () => resolve(isOurs);
    act.onabort = () => reject(refused ?? act.error ?? new Error("aborted"));
    if (!owner) return put();
    const asked = table.get(owner.key);
    asked.onsuccess = () => {
      isOurs = asked.result === undefined || asked.result === owner.id;
      if (isOurs) put();
    };
  });
  /** @type {Keeper["read"]} */
  const read = (prefix) => new Promise((resolve, reject) => {
    const table = base.transaction(ROWS).objectStore(ROWS);
    const keys = table.getAllKeys(range(prefix)), values = table.getAll(range(prefix));
    values.onerror = () => reject(values.error);
    values.onsuccess = () => resolve(new Map(keys.result.map((key, at) => [String(key), values.result[at]])));
  });
  return { kind: "indexeddb", write, read };
}

/** @param {Storage} storage @returns {Keeper} */
export function storageKeeper(storage) {
  const named = (/** @type {string} */ key) => `${BASE}/${key}`;
  /** @type {Keeper["write"]} */
  const write = async (rows, gone, owner) => {
    const holder = owner && storage.getItem(named(owner.key));
    if (owner && holder !== null && holder !== owner.id) return false;
    // New rows first: a full store must not cost the old ones.
    for (const [key, value] of rows) if (typeof value === "string") storage.setItem(named(key), value);
    for (const key of gone) storage.removeItem(named(key));
    return true;
  };
  /** @type {Keeper["read"]} */
  const read = async (prefix) => {
    const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
    const ours = keys.filter((key) => key.startsWith(named(prefix))).sort();
    return new Map(ours.map((key) => [key.slice(BASE.length + 1), storage.getItem(key)]));
  };
  return { kind: "localstorage", write, read };
}

/** @returns {Keeper} one that forgets with the page */
export function memoryKeeper() {
  /** @type {Map<string, any>} */
  const rows = new Map();
  return {
    kind: "memory",
    write: async (told, gone) => {
      for (const key of gone) rows.delete(key);
      for (const [key, value] of told) rows.set(key, value);
      return true;
    },
    read: async (prefix) => new Map([...rows].filter(([key]) => key.startsWith(prefix)).sort()),
  };
}

/**
 * Open the best store that this browser grants; each may be refused, even on being named.
 * @param {{indexedDB: IDBFactory, localStorage: Storage}} page mostly `window`
 * @returns {Promise<Keeper>}
 */
export async function openKeeper(page) {
  try {
    return baseKeeper(await openedBase(page.indexedDB));
  } catch {
    // Private windows and office policies refuse it.
  }
  try {
    page.localStorage.setItem(`${BASE}/?`, "");
    page.localStorage.removeItem(`${BASE}/?`);
    return storageKeeper(page.localStorage);
  } catch {
    return memoryKeeper();
  }
}
