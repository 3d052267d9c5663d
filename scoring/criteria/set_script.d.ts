/* What the script of a criteria set gives a page; scoring.criteria.javascript_set writes it. */

/** Figures of an item by the names of its inputs; one left out or NaN is not reported. */
export type Figures = Record<string, number>;
/** By the code of an item, of a group of items or of the index. */
export type ByCode<Value> = Record<string, Value>;

/** A figure that does not keep a limit, or a day outside of two others. */
export interface Fault {
  code: string;
  input: string;
  limitInput?: string;
  limit?: number;
  first?: number;
  last?: number;
}

/** Points are NaN unless the status, as scoring.base.values numbers it, is 0. */
export interface ItemScore {
  points: number;
  status: number;
  faults: Fault[];
}

export interface GradeReason {
  verdict: string;
  before: string;
  after: string;
  vi: string;
  en: string;
  item: string;
}

export interface Quota {
  grade: string;
  vi: string;
  en: string;
}

/** Days are serial numbers, NaN or left out where there is none. */
export interface ProofDocument {
  kind: string;
  number?: string;
  title?: string;
  issuer?: string;
  issuedOn?: number;
  precision?: "day" | "month" | "year";
  validFrom?: number;
  validTo?: number;
  address?: string;
  items: string[];
  hasFile?: boolean;
  isSecret?: boolean;
  isSeen?: boolean;
  isRuledOut?: boolean;
}

/** How many documents an item needs and has, and the part of its points that this supports. */
export interface Verdict {
  state: string;
  share: number;
  required: number;
  onTime: number;
  unseen: number;
  late: number;
  invalid: number;
}

/** A verdict of an item, or only its state; null where none is known. */
export type Proof = ByCode<Verdict | string | null>;

export interface Graded {
  grade: string;
  gradeByPoints: string;
  gradeReasons: GradeReason[];
  quotas: Quota[];
}

export interface Scores extends Graded {
  points: ByCode<number>;
  low: ByCode<number>;
  high: ByCode<number>;
  maxima: ByCode<number>;
  status: ByCode<number>;
  supported?: ByCode<number> | null;
}

/** What is scored of a unit. */
export interface Reported {
  figures: ByCode<Figures>;
  notApplicable?: ByCode<boolean>;
  year?: number;
  proof?: Proof | null;
}

export interface SetScript {
  item(code: string, figures: Figures | undefined, year: number): ItemScore;
  score(reported: Reported): Scores;
  verdicts(documents: ProofDocument[], year: number): ByCode<Verdict>;
  round(value: number, decimals: number): number;
}
