// The file of a work, `*.parindex.json`: written with a digest of its content, and read as what
// it is, a file of others. Only what is named here is copied; whatever is left out is listed.

/** @typedef {{code: string, values: Record<string, string | number>}} Problem */
/** @typedef {Record<string, any>} Work */
/** @typedef {{place: string, value: string}} Left */
/**
 * What a form knows of itself; `items` holds the options of each input, null where any text goes.
 * @typedef {{form: Record<string, any>, unit: Record<string, string> | null,
 *   items: Record<string, Record<string, string[] | null>>}} Known
 */
/** @typedef {(text: string) => string | Promise<string>} Digest */

export const SAVE_FORMAT = "parindex-save/1";
export const SAVE_SUFFIX = ".parindex.json";
export const WORK_FORMAT = "parindex-form/1";
// Thirty times what a unit with three hundred documents fills.
export const LARGEST_SAVE = 20e6;

const CELL = 32_000, LINE = 1_000, MOST_DOCUMENTS = 5_000, MOST_KEYS = 2_000, MOST_NAMED = 12;
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"];

/** @typedef {{is: (value: any) => boolean, empty: any}} Kind */
/** @param {number} most @returns {Kind} */
const textUpTo = (most) => ({ is: (value) => typeof value === "string" && value.length <= most, empty: "" });
/** @type {Kind} */
const TICK = { is: (value) => typeof value === "boolean", empty: false };
/** @type {Kind} */
const SHA256 = { is: (value) => typeof value === "string" && /^([0-9a-f]{64})?$/.test(value), empty: "" };
/** @type {Kind} */
const YEAR = { is: (value) => Number.isSafeInteger(value) || (typeof value === "string" && /^\d{0,4}$/.test(value)), empty: "" };
/** @param {string} names @param {Kind} kind @returns {Record<string, Kind>} */
const allOf = (names, kind) => Object.fromEntries(names.split(" ").map((name) => [name, kind]));

const FORM_SHAPE = { ...allOf("set_id version fingerprint digest period", textUpTo(LINE)), year: YEAR };
const UNIT_SHAPE = allOf("code name block prepared_by position prepared_on", textUpTo(LINE));
const SAID_SHAPE = { not_applicable: TICK, ...allOf("explanation documents_note", textUpTo(CELL)) };
const DOCUMENT_SHAPE = {
  ...allOf("id number kind issued_on issuer signer title path place size note valid_from valid_to", textUpTo(CELL)),
  sha256: SHA256, secret: TICK,
};

/** @param {any} value */
const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {any} value */
const shortly = (value) => (typeof value === "string" ? value : typeof value).slice(0, 80);
/** @param {string} key */
const isSafeKey = (key) => key.length > 0 && key.length <= 80 && !FORBIDDEN_KEYS.includes(key);

/**
 * Return the same JSON for the same content, whatever the order of its keys.
 * @param {any} value @returns {string}
 */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isPlain(value)) return JSON.stringify(value);
  const told = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${told.join(",")}}`;
}

/**
 * Return the text of a save file.
 * @param {Work} work @param {string} savedAt ISO time @param {Digest} digestOf @returns {Promise<string>}
 */
export async function saveText(work, savedAt, digestOf) {
  const copied = copiedWork(work, []);
  const digest = await digestOf(canonicalJson(copied));
  return JSON.stringify({ format: SAVE_FORMAT, saved_at: savedAt, digest, work: copied }, null, 1) + "\n";
}

/** The name a save file gets: what it is of can be told without opening it. @param {Work} work */
export function saveName(work) {
  const parts = [work.form.set_id, work.unit.code || work.unit.name, work.form.year, work.form.period];
  const named = parts.filter(Boolean).map((part) => String(part).normalize("NFC").replace(/[^\p{L}\p{N}.-]+/gu, "-"));
  return named.join("_").slice(0, 120) + SAVE_SUFFIX;
}

/**
 * Copy the fields that `shape` names; others, and those of a wrong type, go to `left`.
 * @param {any} source @param {Record<string, Kind>} shape @param {string} place @param {Left[]} left
 * @param {string[]} also keys that somebody else copies
 */
function copiedFields(source, shape, place, left, also = []) {
  const given = isPlain(source) ? source : {};
  if (source !== undefined && !isPlain(source)) left.push({ place, value: shortly(source) });
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(shape, key) && !also.includes(key)) left.push({ place: `${place}.${key.slice(0, 80)}`, value: shortly(given[key]) });
  }
  return Object.fromEntries(Object.entries(shape).map(([key, kind]) => {
    if (!Object.hasOwn(given, key)) return [key, kind.empty];
    if (kind.is(given[key])) return [key, given[key]];
    left.push({ place: `${place}.${key}`, value: shortly(given[key]) });
    return [key, kind.empty];
  }));
}

/**
 * Copy an object whose keys are codes, each value by `copy`.
 * @param {any} source @param {string} place @param {Left[]} left
 * @param {(value: any, place: string) => any} copy gives undefined for what it leaves out
 */
function copiedByKey(source, place, left, copy) {
  if (!isPlain(source)) {
    if (source !== undefined) left.push({ place, value: shortly(source) });
    return {};
  }
  /** @type {[string, any][]} */
  const rows = [];
  for (const key of Object.keys(source)) {
    const where = `${place}.${key.slice(0, 80)}`;
    const value = isSafeKey(key) && rows.length < MOST_KEYS ? copy(source[key], where) : undefined;
    if (value === undefined) left.push({ place: where, value: shortly(source[key]) });
    else rows.push([key, value]);
  }
  return Object.fromEntries(rows);
}

/** @param {any} source @param {string} place @param {Left[]} left */
function copiedDocument(source, place, left) {
  const document = copiedFields(source, DOCUMENT_SHAPE, place, left, ["items"]);
  const items = Array.isArray(source?.items) ? source.items : [];
  return { ...document, items: items.filter((/** @type {any} */ code) => typeof code === "string" && isSafeKey(code)) };
}

/**
 * Copy a work by what is allowed in one, of whatever set it is.
 * @param {any} source @param {Left[]} left where everything goes that was not copied @returns {Work}
 */
export function copiedWork(source, left) {
  const ownKeys = ["form", "unit", "typed", "said", "targets", "documents"];
  copiedFields(source, { format: textUpTo(LINE) }, "work", left, ownKeys);
  const line = (/** @type {any} */ value) => (textUpTo(LINE).is(value) ? value : undefined);
  const lines = (/** @type {any} */ value, /** @type {string} */ place) =>
    isPlain(value) ? copiedByKey(value, place, left, line) : line(value);
  const documents = Array.isArray(source.documents) ? source.documents : [];
  if (documents.length > MOST_DOCUMENTS) left.push({ place: "documents", value: String(documents.length) });
  return {
    format: WORK_FORMAT,
    form: copiedFields(source.form, FORM_SHAPE, "form", left),
    unit: copiedFields(source.unit, UNIT_SHAPE, "unit", left),
    typed: copiedByKey(source.typed, "typed", left, (value, place) => (isPlain(value) ? lines(value, place) : undefined)),
    said: copiedByKey(source.said, "said", left, (value, place) => copiedFields(value, SAID_SHAPE, place, left)),
    targets: copiedByKey(source.targets, "targets", left, lines),
    documents: documents.slice(0, MOST_DOCUMENTS).map((/** @type {any} */ one, /** @type {number} */ at) =>
      copiedDocument(one, `documents[${at}]`, left)),
  };
}

/** @param {Left[]} left */
function listed(left) {
  const named = left.slice(0, MOST_NAMED).map(({ place, value }) => (value ? `${place} = ${value}` : place));
  return { count: left.length, items: named.join("; ") + (left.length > MOST_NAMED ? "; …" : "") };
}

/** @param {string} code @param {Record<string, any>} values */
const refusal = (code, values = {}) => ({ work: null, problems: [{ code, values }], left: [] });

/** @param {string} text @returns {{save: any, refused: ReturnType<typeof refusal> | null}} */
function parsedSave(text) {
  const refused = (/** @type {string} */ code, values = {}) => ({ save: null, refused: refusal(code, values) });
  if (text.length > LARGEST_SAVE) return refused("form-save-too-large", { value: Math.round(text.length / 1e6), limit: LARGEST_SAVE / 1e6 });
  const body = text.replace(/^\ufeff/, "").trim();
  if (!body.startsWith("{")) return refused(body ? "form-save-not-one" : "form-save-cut-short", { value: "" });
  /** @type {any} */
  let save = null;
  try {
    save = JSON.parse(body);
  } catch {
    return refused(body.endsWith("}") ? "form-save-broken" : "form-save-cut-short");
  }
  const format = /^parindex-save\/(\d{1,6})$/.exec(typeof save.format === "string" ? save.format : "");
  if (!format || !Object.hasOwn(save, "work") || !isPlain(save.work)) return refused("form-save-not-one", { value: shortly(save.format ?? "") });
  if (Number(format[1]) > 1) return refused("form-save-newer", { value: save.format, expected: SAVE_FORMAT });
  return { save, refused: null };
}

/** @param {any} text */
const asCode = (text) => String(text ?? "").normalize("NFC").trim().toLowerCase();

/** @param {Work} work @param {Known} known @returns {Problem | null} */
function otherForm(work, known) {
  const told = (/** @type {string} */ code, /** @type {any} */ value, /** @type {any} */ expected) => ({ code, values: { value: String(value), expected: String(expected) } });
  const { form, unit } = known;
  if (work.form.set_id !== form.set_id) return told("form-save-other-set", work.form.set_id || "–", form.set_id);
  if (!work.form.year) return told("form-save-no-year", "", form.year);
  if (String(work.form.year) !== String(form.year)) return told("form-save-other-year", work.form.year, form.year);
  if (asCode(work.form.period) !== asCode(form.period)) return told("form-save-other-period", work.form.period || "–", form.period || "–");
  const isOther = unit?.code && asCode(work.unit.code) !== asCode(unit.code);
  return isOther ? told("form-save-other-unit", work.unit.code || "–", unit.code) : null;
}

/**
 * Keep of a work what this form has places for. An item goes as a whole: half of its figures
 * would give other points than its unit reported.
 * @param {Work} work @param {Known} known @param {Left[]} left @returns {Work}
 */
function fitted(work, known, left) {
  const isKnown = (/** @type {string} */ item) => Object.hasOwn(known.items, item);
  const fits = (/** @type {string} */ item, /** @type {Record<string, string>} */ figures) => isKnown(item)
    && Object.entries(figures).every(([name, text]) => Object.hasOwn(known.items[item], name)
      && (text === "" || (known.items[item][name]?.includes(text) ?? true)));
  const sorted = (/** @type {string} */ part, /** @type {(item: string, value: any) => boolean} */ keep) =>
    Object.fromEntries(Object.entries(work[part]).filter(([item, value]) => {
      if (keep(item, value)) return true;
      const told = isPlain(value) ? Object.entries(value).filter(([, text]) => text).map((pair) => pair.join(": ")) : [value];
      if (told.length) left.push({ place: `${part} ${item}`, value: told.join(", ").slice(0, 200) });
      return false;
    }));
  const documents = work.documents.map((/** @type {any} */ one) => {
    const gone = one.items.filter((/** @type {string} */ code) => !isKnown(code));
    if (gone.length) left.push({ place: `${one.number || one.title || one.id}`, value: gone.join(", ") });
    return { ...one, items: one.items.filter(isKnown) };
  });
  const unit = known.unit?.code ? { ...work.unit, code: known.unit.code, name: known.unit.name || work.unit.name, block: known.unit.block || work.unit.block } : work.unit;
  return {
    format: WORK_FORMAT, form: { ...known.form }, unit, typed: sorted("typed", fits), said: sorted("said", isKnown),
    targets: sorted("targets", isKnown), documents,
  };
}

/**
 * Read a save for this form.
 *
 * `work` is null where it must not be opened here; else it holds nothing but what a work may
 * hold and this form has a place for. `left` lists what did not come along, with its value.
 * @param {string} text @param {Known} known @param {Digest} digestOf
 * @returns {Promise<{work: Work | null, problems: Problem[], left: Left[], savedAt?: string}>}
 */
export async function readSave(text, known, digestOf) {
  const { save, refused } = parsedSave(text);
  if (refused) return refused;
  /** @type {Left[]} */
  const strange = [];
  const copied = copiedWork(save.work, strange);
  const other = otherForm(copied, known);
  if (other) return { work: null, problems: [other], left: strange };
  const problems = [];
  if (await digestOf(canonicalJson(copied)) !== save.digest) problems.push({ code: "form-save-altered", values: {} });
  if (strange.length) problems.push({ code: "form-save-strange", values: listed(strange) });
  /** @type {Left[]} */
  const homeless = [];
  const work = fitted(copied, known, homeless);
  if (copied.form.fingerprint !== known.form.fingerprint) {
    const values = { value: `${copied.form.version} (${copied.form.fingerprint.slice(0, 12)})`, expected: `${known.form.version} (${String(known.form.fingerprint).slice(0, 12)})` };
    problems.push({ code: "form-save-other-version", values });
  }
  if (homeless.length) problems.push({ code: "form-save-left-out", values: listed(homeless) });
  const savedAt = typeof save.saved_at === "string" ? save.saved_at.slice(0, 40) : "";
  return { work, problems, left: [...strange, ...homeless], savedAt };
}
