// Saves of others, spoiled in every way that comes to mind: nothing crashes, nothing foreign enters.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { differences, patched, recovered, rowNumber, sealed, snapshotOf } from "../../scoring/form/app/journal.js";
import { storageKeeper } from "../../scoring/form/app/keeper.js";
import { createKeeping } from "../../scoring/form/app/persist.js";
import { canonicalJson, readSave, saveText } from "../../scoring/form/app/saves.js";
import { createStore } from "../../scoring/form/app/state.js";
import { askForTurn } from "../../scoring/form/app/tabs.js";

const digest = (text) => createHash("sha256").update(text).digest("hex");
const form = { set_id: "mau", version: "1", fingerprint: "f".repeat(64), digest: "d", year: 2026, period: "" };
const known = { form, unit: { code: "U1", name: "Một", block: "" }, items: { "1.1": { a: null, b: ["x", "y"] }, "1.2": { done: null } } };
const work = {
  format: "parindex-form/1", form,
  unit: { code: "U1", name: "Một", block: "", prepared_by: "", position: "", prepared_on: "" },
  typed: { "1.1": { a: "3,5", b: "x" } }, said: { "1.2": { not_applicable: true, explanation: "vì", documents_note: "" } },
  targets: { "1.1": "5" },
  documents: [{ id: "d1", number: "1/QĐ", kind: "", issued_on: "", issuer: "", signer: "", title: "T", path: "", place: "", size: "5", note: "", valid_from: "", valid_to: "", secret: false, sha256: "a".repeat(64), items: ["1.1"] }],
};
const codes = (told) => told.problems.map(({ code }) => code);
const saved = async (change) => {
  const copy = structuredClone(work);
  change(copy);
  return readSave(await saveText(copy, "", digest), known, digest);
};

test("what was saved is what is read", async () => {
  const told = await readSave(await saveText(work, "2026-01-02", digest), known, digest);
  assert.deepEqual([told.work, told.problems, told.left, told.savedAt], [work, [], [], "2026-01-02"]);
});

test("a save of version 1.0 is read whole by every later 1.x", async () => {
  const kept = readFileSync(new URL("../shipping/promised/files-1.0/phieu.parindex.json", import.meta.url), "utf8");
  const told = await readSave(kept, known, digest);
  assert.deepEqual([told.work, told.problems, told.left, told.savedAt], [work, [], [], "2026-11-27"]);
});

test("a save holds every field that the state of the form declares", async () => {
  const source = readFileSync(new URL("../../scoring/form/app/state.js", import.meta.url), "utf8").replaceAll("\n *", " ");
  const copied = (await readSave(await saveText(work, "", digest), known, digest)).work;
  const kept = { Unit: copied.unit, FormKey: copied.form, Said: copied.said["1.2"], FormDocument: copied.documents[0], Work: copied };
  for (const [name, part] of Object.entries(kept)) {
    const declared = new RegExp(`@typedef \\{\\{([^@]*)\\}\\} ${name}\\b`).exec(source)[1];
    const fields = [...declared.matchAll(/(\w+)\??: /g)].map((match) => match[1]);
    assert.ok(fields.length > 2, name);
    for (const field of fields) assert.ok(field in part, `${name}.${field} would be lost`);
  }
});

test("another version gives the items that still are as they were, and lists the rest", async () => {
  const told = await saved((copy) => {
    copy.form.fingerprint = "0".repeat(64);
    copy.typed = { "1.1": { a: "1", b: "z" }, "1.2": { done: "2" }, "9.9": { a: "3" } };
  });
  assert.deepEqual(told.work.typed, { "1.2": { done: "2" } });
  assert.deepEqual(codes(told), ["form-save-other-version", "form-save-left-out"]);
  assert.match(told.problems[1].values.items, /1\.1 = a: 1, b: z; typed 9\.9 = a: 3/);
});

test("keys that reach into prototypes and types that do not belong are left out and listed", async () => {
  const text = (await saveText(work, "", digest))
    .replace('"typed": {', '"typed": { "__proto__": { "evil": "1" }, "constructor": { "a": "1" }, "1.2": { "done": 5 },');
  const told = await readSave(text, known, digest);
  assert.deepEqual(told.work.typed, { ...work.typed, "1.2": {} });
  assert.equal({}.evil, undefined);
  assert.ok(codes(told).includes("form-save-strange"));
  assert.deepEqual(told.left.map(({ place }) => place), ["typed.__proto__", "typed.constructor", "typed.1.2.done"]);
});

/** A generator of numbers that is the same each time. */
function chances(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
const STRANGE = [null, 5, -1e99, true, [], {}, [[]], "", "x".repeat(40_000), { __proto__: null, toString: 1 }, [{ items: 3 }]];

function spoiled(value, chance) {
  if (chance(12) === 0) return STRANGE[chance(STRANGE.length)];
  if (Array.isArray(value)) return value.map((one) => spoiled(one, chance));
  if (typeof value !== "object" || value === null) return value;
  const rows = Object.entries(value).map(([key, one]) => [chance(25) ? key : "toString", spoiled(one, chance)]);
  return Object.fromEntries(rows);
}

/** Every key of a work must be one that a work may have, and of its type. */
function demandWork(told) {
  assert.deepEqual(Object.keys(told), ["format", "form", "unit", "typed", "said", "targets", "documents"]);
  assert.deepEqual(told.form, form);
  assert.deepEqual(Object.keys(told.unit), Object.keys(work.unit));
  assert.ok(Object.values(told.unit).every((text) => typeof text === "string"));
  for (const [item, figures] of Object.entries(told.typed)) {
    for (const [name, text] of Object.entries(figures)) assert.ok(name in known.items[item] && typeof text === "string");
  }
  for (const one of Object.values(told.said)) assert.deepEqual(Object.keys(one), ["not_applicable", "explanation", "documents_note"]);
  for (const one of told.documents) {
    assert.deepEqual(Object.keys(one).sort(), Object.keys(work.documents[0]).sort());
    assert.ok(one.items.every((code) => code in known.items));
  }
}

test("a thousand spoiled saves: each is refused by name or gives a work and nothing else", async () => {
  const chance = chances(17), text = await saveText(work, "", digest);
  let opened = 0;
  for (let round = 0; round < 1000; round += 1) {
    const cut = round % 2 ? text.slice(0, chance(text.length)) + "}{"[chance(2)] + text.slice(chance(text.length)) : JSON.stringify(spoiled(JSON.parse(text), chance));
    const told = await readSave(cut, known, digest);
    assert.ok(told.work || told.problems.length === 1, cut);
    if (!told.work) continue;
    opened += 1;
    demandWork(told.work);
    if (canonicalJson(told.work) !== canonicalJson(work)) assert.ok(told.problems.length, cut);
  }
  assert.ok(opened > 50);
});

test("differences lead from any work to any other and back", () => {
  const chance = chances(3);
  for (let round = 0; round < 200; round += 1) {
    const [one, two] = [spoiled(work, chance), spoiled(work, chance)];
    const plain = JSON.parse(JSON.stringify(one)), other = JSON.parse(JSON.stringify(two));
    assert.deepEqual(patched(plain, differences(plain, other)), other);
  }
});

/** What localStorage does, in Node; it may be full. */
function storageOf(rows = new Map()) {
  const storage = { limit: Infinity, getItem: (key) => rows.get(key) ?? null, removeItem: (key) => rows.delete(key), key: (at) => [...rows.keys()][at] ?? null,
    get length() { return rows.size; },
    setItem: (key, value) => {
      if (rows.size >= storage.limit && !rows.has(key)) throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
      rows.set(key, value);
    } };
  return { storage, rows };
}

test("many changes stay a bounded number of rows and come back whole, with their steps", async () => {
  const { storage, rows } = storageOf(), keeper = storageKeeper(storage), store = createStore(structuredClone(work));
  const keeping = createKeeping(store, keeper, "k", { owner: "a", last: 0, told: () => {} });
  for (let at = 0; at < 400; at += 1) {
    store.change(`typed:1.1:${at}`, (draft) => { draft.typed["1.1"].a = String(at); });
    await keeping.flush();
  }
  store.undo();
  await keeping.flush();
  keeping.stop();
  assert.ok(rows.size < 30, String(rows.size));
  const { past, damaged } = recovered(await keeper.read("k|"), "k");
  assert.equal(damaged, 0);
  assert.deepEqual([past.now, past.before.at(-1).label, past.after.at(-1).work.typed["1.1"].a], [store.get(), "typed:1.1:398", "399"]);
});

test("what is typed while a slow disk writes is not left behind", async () => {
  const { storage } = storageOf(), keeper = storageKeeper(storage), store = createStore(structuredClone(work));
  const type = (text) => store.change("typed:1.1:a", (draft) => { draft.typed["1.1"].a = text; });
  const slow = { ...keeper, read: async (prefix) => {
    const rows = await keeper.read(prefix);
    if (store.get().typed["1.1"].a === "2") type("25");
    return rows;
  } };
  const keeping = createKeeping(store, slow, "k", { owner: "a", last: 0, told: () => {} });
  type("1");
  await keeping.flush();
  type("2");
  await keeping.flush();
  await keeping.flush();
  keeping.stop();
  assert.deepEqual([recovered(await keeper.read("k|"), "k").past.now.typed["1.1"].a, keeping.unkept()], ["25", 0]);
});

test("an old tab writes nothing once another owns the work", async () => {
  const { storage, rows } = storageOf(), keeper = storageKeeper(storage), store = createStore(structuredClone(work));
  const states = [];
  const keeping = createKeeping(store, keeper, "k", { owner: "old", last: 0, told: ({ state }) => states.push(state) });
  await keeper.write([["k|o", "new"]], []);
  store.change("typed:1.1:a", (draft) => { draft.typed["1.1"].a = "9"; });
  await keeping.flush();
  keeping.stop();
  assert.deepEqual([[...rows.keys()], states.at(-1)], [["parindex-form/k|o"], "taken"]);
});

test("a full store keeps what it has and is told of", async () => {
  const { storage } = storageOf(), keeper = storageKeeper(storage), store = createStore(structuredClone(work));
  const states = [];
  const keeping = createKeeping(store, keeper, "k", { owner: "a", last: 0, told: ({ state }) => states.push(state) });
  const type = async (text) => {
    store.change("typed:1.1:a", (draft) => { draft.typed["1.1"].a = text; });
    await keeping.flush();
    return recovered(await keeper.read("k|"), "k").past?.now.typed["1.1"].a;
  };
  assert.equal(await type("1"), "1");
  storage.limit = 0;
  assert.deepEqual([await type("2"), states.at(-1), keeping.unkept()], ["1", "full", 1]);
  storage.limit = Infinity;
  assert.deepEqual([await type("3"), states.at(-1), keeping.unkept()], ["3", "kept", 0]);
  keeping.stop();
});

test("records that were cut are passed over for the sound state before them", () => {
  const at = "2026", state = (seq, now) => [`k|s|${rowNumber(seq)}`, sealed(snapshotOf(seq, at, { now, before: [], after: [] }))];
  const entry = (seq, value) => [`k|j|${rowNumber(seq)}`, sealed({ seq, at, label: "l", move: "change", patch: [[["n"], value]] })];
  const rows = new Map([state(1, { n: 1 }), entry(2, 2), entry(3, 3), ["k|s|0000000003", "deadbeef {"], entry(4, 4)]);
  assert.deepEqual([recovered(rows, "k").past.now, recovered(rows, "k").damaged], [{ n: 4 }, 1]);
  rows.set(...entry(3, 3).map((text, place) => (place ? text.slice(0, 20) : text)));
  assert.deepEqual([recovered(rows, "k").past.now, recovered(rows, "k").damaged], [{ n: 2 }, 2]);
});

test("without locks a tab waits for the heart of the other to stop, or takes over", async () => {
  const { storage } = storageOf();
  let now = 0;
  const means = { storage, clock: () => now };
  const first = await askForTurn("k", "1", () => {}, means), second = await askForTurn("k", "2", () => {}, means);
  assert.deepEqual([first.isOwner, second.isOwner], [true, false]);
  now = 60_000;
  const third = await askForTurn("k", "3", () => {}, means);
  assert.ok(third.isOwner);
  for (const one of [first, second, third]) one.leave();
});
