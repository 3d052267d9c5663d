/* What Python writes of a set's items for advice, and what the parts of its script share. Types
 * alone: the tables come from javascript_steps.py, the trees from scoring.rules.tree. */

type Lang = "vi" | "en";
type AdvisingScript = import("./advising_script").AdvisingScript;
type Step = import("./advising_script").Step;
type Told = import("./advising_script").Told;
type Change = import("./advising_script").Change;

/** A number, the name of an input, null for no value; else a list that begins with its kind. */
type Tree = number | string | null | Operation;
/** Places that a kind leaves empty are named, so that lists of all kinds are taken apart alike. */
type Operation =
  | [kind: "+" | "-" | "*", left: Tree, right: Tree, none?: undefined]
  | [kind: "/", dividend: Tree, divisor: Tree, whenZero: Tree]
  | [kind: "min" | "max", parts: Tree[], none?: undefined, none?: undefined]
  | [kind: "round", part: Tree, decimals: number, none?: undefined]
  | If
  | [kind: "best", name: string, none?: undefined, none?: undefined]
  | [kind: "day", parts: [offset: number, month: number, date: number], none?: undefined, none?: undefined]
  | [kind: "choose", name: string, values: (number | null)[], none?: undefined];
type If = [kind: "if", test: Test, then: Tree, otherwise: Tree];
/** `product` are both sides multiplied out and what they were multiplied with. */
type Test =
  | [kind: "never" | "whole", name: string, none?: undefined, none?: undefined, none?: undefined]
  | [kind: "and" | "or", parts: Test[], none?: undefined, none?: undefined, none?: undefined]
  | [kind: "not", part: Test, none?: undefined, none?: undefined, none?: undefined]
  | [kind: "cmp", sign: Sign, left: Tree, right: Tree, product?: [ours: Tree, others: Tree, by: Tree]];

/** A text and how tightly its parts bind: comparison 1, sum 2, product 3, atom 4. */
type Worded = [text: string, strength: number];
/** `dates` are the inputs that are days. */
interface Pen {
  lang: Lang;
  dates: string[];
}

/** The period assessed and the one after it, by how long they are. */
type Span = "year" | "quarter" | "month" | "period";
type SpanKey = `${"this" | "next"}_${Span}`;
type AdviceKey =
  | "more" | "less" | "at_most" | "reached" | "rounded" | "best" | "percent_points" | "enter"
  | "missing" | "missing_penalty" | "day" | "day_full" | "day_later"
  | "day_penalty" | "day_full_penalty" | "day_later_penalty" | "in_time" | "done" | "answer"
  | "several" | "part" | "responses" | "past" | "only_next" | SpanKey | "swallowed" | "all_swallowed"
  | "survey_note" | "decision_note";
type WordKey = "never" | "yes" | "no" | "status_not_assessed" | "because" | `advice_${AdviceKey}`;
type FunctionName = "min" | "max" | "round" | "and" | "or" | "not";
type Words = Record<WordKey, string> & { functions: Record<FunctionName, string> };

type Named = Record<Lang, string> & { name: string };
/** `atMost` is the input that is the limit, `weight` what an answer of a survey counts. */
type AdvisedInput = Named & {
  role?: string;
  unit?: string;
  atMost?: string;
  least?: number;
  most?: number;
  weight?: number;
} & (
  | { kind: "choice"; options: Record<Lang, string>[] }
  | { kind: "count" | "number" | "percent" | "rank" | "yes_no" | "date"; options?: undefined }
);

type MoveKind = "figure" | "count" | "date" | "answer" | "decision" | "survey";

/** A page without steps has `inputs`, by name and kind, and `tree` alone. */
interface AdvisedItem {
  kind: string;
  most: number;
  sign: 1 | -1;
  decimals: number | null;
  fullAt: number;
  dueOn: [shift: number, month: number, date: number] | null;
  isRounded: boolean;
  peers: string[];
  movable: [name: string, kind: MoveKind][];
  inputs: AdvisedInput[];
  lacking: string[];
  bests: Named[];
  tree: Tree;
}

/** A line along which points follow the one input that moves. */
interface Line {
  start: number;
  slope: number;
}

/** `isBlind` is set where lines cannot tell; roundings are looked for within `window`. */
interface Moved {
  name: string;
  v: Figures;
  window?: number[];
  isBlind?: boolean;
}

/** An item of a unit as it stands; `earned` are its points with other figures. */
interface Case {
  code: string;
  v: Figures;
  period: string;
  sign: 1 | -1;
  isNa: boolean;
  worthNow: number;
  kept: (points: number) => number;
  earned: (more: Figures) => number;
}

/** A way of moving an item along one number `x`. */
interface Move {
  kind: MoveKind;
  names: string[];
  tried: number[];
  size: (x: number) => number;
  figures: (x: number) => Figures;
}

/** What a move reaches at `x`. */
interface Level {
  move: Move;
  x: number;
  points: number;
  worth: number;
  size: number;
  figures: Figures;
}

interface Option extends Level {
  kind: MoveKind;
  more: number;
  term: number;
  change: number;
  changes: Change[];
}

/** An option that is told; `later` are the days after it, in a rule of days. */
interface Way extends Option {
  one: Case;
  later: Option[];
  indexMore: number;
}

declare const ITEMS: ByCode<AdvisedItem>;
declare const WORDS: Record<Lang, Words>;
declare const DECIMALS: number;
