// Whether the documents of a unit prove its items, and the points that this supports, as
// `scoring.evidence.proof` judges what a ledger declares.
const PROOF_STATES = ["proven", "declared", "late", "evidence-invalid", "no-evidence"];
/** @type {ByCode<Asked[]>} */
const EVIDENCE = Object.fromEntries(Object.entries(ASKED).map(([item, rows]) => [item,
  rows.map(([kinds, count, due, parts, issuers]) => ({ item, kinds, count, due, parts, issuers }))]));
/** @param {number} serial @returns {Date} */
const dayOf = (serial) => new Date((serial - 25569) * 864e5);
/** @param {number} year @param {number} month @param {number} date @returns {number} */
const serialOf = (year, month, date) => Date.UTC(year, month, date) / 864e5 + 25569;
/** @param {number} serial @returns {number} */
const yearOf = (serial) => (Number.isNaN(serial) ? NaN : dayOf(serial).getUTCFullYear());

/**
 * The latest day that a date of issue can mean.
 *
 * @param {ProofDocument} document
 * @returns {number}
 */
function lastDay({ issuedOn = NaN, precision = "day" }) {
  if (Number.isNaN(issuedOn) || precision === "day") return issuedOn;
  const year = yearOf(issuedOn);
  return precision === "month" ? serialOf(year, dayOf(issuedOn).getUTCMonth() + 1, 0)
    : serialOf(year, 12, 0);
}

/**
 * Documents that prove nothing: drafts without a number, without a file, or of another year.
 *
 * @param {ProofDocument} document
 * @param {number} year
 * @param {Asked[]} asked
 * @returns {boolean}
 */
function isRuledOut(document, year, asked) {
  const { issuedOn = NaN, validFrom = NaN, validTo = NaN, title = "" } = document;
  const isDraft = DOCUMENT_KINDS.includes(document.kind) && !(document.number ?? "").trim();
  if (document.isRuledOut || isDraft) return true;
  if (!document.hasFile && !document.address && !document.isSecret) return true;
  if (validTo < validFrom) return true;
  const begins = yearOf(Number.isNaN(validFrom) ? issuedOn : validFrom);
  if (!Number.isNaN(validFrom) || !Number.isNaN(validTo))
    return begins > year || yearOf(validTo) < year;
  const due = asked.map((one) => yearOf(dueOf(one, year))).filter((one) => !Number.isNaN(one));
  const last = yearOf(lastDay(document));
  const isNamed = last === year - 1 && wholeWord(String(year)).test(title);
  return last < Math.min(year, ...due) && !isNamed;
}
/** @param {string} word @returns {RegExp} */
const wholeWord = (word) => new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, "u");
/** @param {Asked} asked @param {number} year @returns {number} */
const dueOf = (asked, year) => (asked.due ? day(year, ...asked.due) : NaN);

/**
 * What a decision issues along with it: a plan, a programme.
 *
 * @param {string} title
 * @returns {string}
 */
function issuedKind(title) {
  const rest = ISSUED_KIND.exec(title)?.groups?.rest.toLowerCase() ?? null;
  return rest === null ? "" : KIND_NAMES.find(([, name]) => rest.startsWith(name))?.[0] ?? "";
}

/** @type {Record<string, string>} */
const QUARTERS = { I: "Q1", II: "Q2", III: "Q3", IV: "Q4", 1: "Q1", 2: "Q2", 3: "Q3", 4: "Q4" };
/** @param {string} text @returns {Set<string>} */
function partsNamed(text) {
  const parts = new Set(PERIOD.parts.flatMap(([one, own]) => (one.test(text) ? own : [])));
  for (const [, several] of text.matchAll(PERIOD.quarters))
    for (const [one] of several.matchAll(PERIOD.quarter)) parts.add(QUARTERS[one.toUpperCase()]);
  if ((parts.size ? PERIOD.yearToo : PERIOD.year).test(text)) parts.add("Y");
  return parts;
}
/** @param {ProofDocument} document @param {string[]} asked @param {number} year @returns {boolean} */
function isOfPeriod({ title = "", kind }, asked, year) {
  if (!asked.length) return true;
  const text = title.replace(PERIOD.beside, " "), parts = partsNamed(text);
  const spans = [...text.matchAll(PERIOD.years)].map(([, a, b]) => [Number(a), Number(b ?? a)]);
  if (kind !== "BC") parts.delete("Y");
  const isOfPart = !parts.size || asked.some((part) => parts.has(part));
  const named = spans.filter(([first, last]) => first <= last);
  return isOfPart && (!named.length || named.some(([first, last]) => first <= year && year <= last));
}

/**
 * @param {ProofDocument} document
 * @param {Asked} asked
 * @param {number} year
 * @param {boolean} isOut
 * @returns {"onTime" | "late" | "invalid"}
 */
function fitOf(document, asked, year, isOut) {
  const due = dueOf(asked, year), { issuedOn = NaN } = document;
  const isOfKind = !asked.kinds.length || asked.kinds.includes(document.kind)
    || asked.kinds.includes(issuedKind(document.title ?? ""));
  const issuer = (document.issuer ?? "").replace(/\s+/g, " ").trim().toLowerCase();
  const isFrom = !asked.issuers.length || asked.issuers.some((one) => issuer.includes(one));
  const isFit = isOfKind && isFrom && !isOut && isOfPeriod(document, asked.parts, year)
    && (!Number.isNaN(issuedOn) || Number.isNaN(due));
  if (isFit && (Number.isNaN(due) || lastDay(document) <= due)) return "onTime";
  return isFit && issuedOn > due ? "late" : "invalid";
}

/** @param {Asked} asked @param {Judged[]} linked @param {number} year @returns {Counts & {rank: number}} */
function countsOf(asked, linked, year) {
  const counts = { required: asked.count, onTime: 0, unseen: 0, late: 0, invalid: 0 };
  for (const { document, isOut } of linked) {
    const fit = fitOf(document, asked, year, isOut);
    counts[fit] += 1;
    if (fit === "onTime" && !document.isSeen) counts.unseen += 1;
  }
  const { required, onTime, unseen, late, invalid } = counts, all = onTime + late + invalid;
  const met = [onTime - unseen >= required, onTime >= required, onTime + late >= required,
    all > 0 && all >= required].indexOf(true);
  return { ...counts, rank: met < 0 ? 4 : met };
}

/**
 * The verdict on each item that asks for documents: its worst requirement.
 *
 * @type {SetScript["verdicts"]}
 */
function verdicts(documents, year) {
  const asks = Object.values(EVIDENCE).flat();
  const judged = documents.map((document) => ({ document, isOut: isRuledOut(document, year,
    asks.filter((one) => document.items.includes(one.item))) }));
  /** @type {ByCode<Verdict>} */
  const told = {};
  for (const [code, asked] of Object.entries(EVIDENCE)) {
    const linked = judged.filter(({ document }) => document.items.includes(code));
    const counted = asked.map((one) => countsOf(one, linked, year));
    const worst = counted.reduce((most, one) => (one.rank > most.rank ? one : most));
    const { rank, ...counts } = worst, state = PROOF_STATES[rank];
    told[code] = { state, share: (PROOF_PERCENT?.[state] ?? 100) / 100, ...counts };
  }
  return told;
}

/**
 * Points and index that the proof supports; nothing where the set says not what stays.
 *
 * @param {RolledUp} rolled
 * @param {ByCode<boolean>} isNa
 * @param {Proof} proof
 * @returns {ByCode<number> | null}
 */
function supported(rolled, isNa, proof) {
  if (!PROOF_PERCENT) return null;
  const /** @type {ByCode<number>} */ leaves = {}, isLooked = Object.values(proof).some(Boolean);
  for (const { code, isItem, isPenalty, hasDay, max } of NODES) {
    if (!isItem) continue;
    const told = proof[code], state = (typeof told === "string" ? told : told?.state) ?? "", points = rolled.points[code];
    // A deduction stays whole, and days are not charged for twice.
    const isWhole = isPenalty || (state === "late" && hasDay && points < max - 5.000001e-3);
    const share = isWhole ? 1 : (PROOF_PERCENT[state] ?? 100) / 100;
    leaves[code] = isLooked ? points * share : NaN;
  }
  return rollUp(leaves, isNa).points;
}
