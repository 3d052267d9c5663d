/* What Python writes of a set between the parts of its script, and what the parts share. Types
 * alone: the tables come from javascript_set.py and javascript_tables.py. */

type SetScript = import("./set_script").SetScript;
type Figures = import("./set_script").Figures;
type ByCode<Value> = import("./set_script").ByCode<Value>;
type Graded = import("./set_script").Graded;
type Scores = import("./set_script").Scores;
type GradeReason = import("./set_script").GradeReason;
type Proof = import("./set_script").Proof;
type ProofDocument = import("./set_script").ProofDocument;
type Verdict = import("./set_script").Verdict;

type Sign = ">=" | ">" | "<=" | "<" | "=" | "<>";
/** Code, parent, maximum; is an item, is a penalty, has a day, is the best of alternatives. */
type Row = [code: string, parent: string, max: number, ...flags: number[]];
/** An expression over the figures of an item. */
type Of<Value> = (v: Figures) => Value;
/** An expression over the columns of a roll-up. */
type OfNodes = (r: RolledUp) => number;

/** What a figure is held against: a limit, another input, or two days. */
interface Check {
  code: string;
  input: string;
  holds: Of<boolean>;
  limitInput?: string;
  limit?: number;
  first?: Of<number>;
  last?: Of<number>;
}

/** What the points are where a divisor is zero: a status of its own. */
type OpenZero = { zero: Of<boolean>; zeroStatus: number } | { zero?: undefined };

type Rule = OpenZero & {
  max: number;
  needed: string[];
  days: Of<number>[];
  points: Of<number>;
  checks: Check[];
};

/** The columns of a roll-up by code, named as its expressions name them. */
interface RolledUp {
  points: ByCode<number>;
  applicable: ByCode<number>;
  given_up: ByCode<number>;
  earned: ByCode<number>;
  is_na: ByCode<boolean>;
}

/** What moves a grade: `own` are the inputs of its item, `names` what its test asks for. */
interface GradeRule {
  kind: "caps" | "lowers" | "needs" | "forces";
  grade: string;
  item: string;
  vi: string;
  en: string;
  names: string[];
  own: string[];
  isOfFigures: boolean;
  test: Of<boolean>;
  checks: Check[];
}

interface GradeAnswer {
  isTrue: boolean;
  isKnown: boolean;
}

/** Where a grade stands while its rules act; `level` is a place in GRADE_ORDER, -1 for none. */
interface GradeState {
  level: number;
  forced: string;
  isHeld: boolean;
  reasons: GradeReason[];
}

/** The day by which documents are due: years later, month, day. */
type Due = [shift: number, month: number, date: number];
/** Kinds, count, day, parts of the year and issuers that an item asks for. */
type AskedRow = [kinds: string[], count: number, due: Due | null, parts: string[], issuers: string[]];

interface Asked {
  item: string;
  kinds: string[];
  count: number;
  due: Due | null;
  parts: string[];
  issuers: string[];
}

interface Judged {
  document: ProofDocument;
  isOut: boolean;
}

type Counts = Omit<Verdict, "state" | "share">;

interface Period {
  parts: [pattern: RegExp, parts: string[]][];
  beside: RegExp;
  years: RegExp;
  quarters: RegExp;
  quarter: RegExp;
  year: RegExp;
  yearToo: RegExp;
}

declare const INDEX: string;
declare const ROWS: Row[];
declare const RULES: ByCode<Rule>;
declare const POINTS: ByCode<OfNodes>;
declare const APPLICABLE: ByCode<OfNodes>;
declare const GIVEN_UP: ByCode<OfNodes>;
declare const GRADES: [code: string, holds: (points: number) => boolean][];
declare const GRADE_DECIMALS: number;
declare const GRADE_ORDER: string[];
declare const GRADE_ACTS: Record<GradeRule["kind"], string>;
declare const GRADE_RULES: GradeRule[];
declare const GRADE_QUOTAS: import("./set_script").Quota[];
declare const ASKED: ByCode<AskedRow[]>;
declare const PROOF_PERCENT: Record<string, number> | null;
declare const DOCUMENT_KINDS: string[];
declare const KIND_NAMES: [kind: string, name: string][];
declare const ISSUED_KIND: RegExp;
declare const PERIOD: Period;
