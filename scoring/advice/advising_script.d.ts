/* What the script of a set with advice gives a page; scoring.advice.javascript_steps writes it. */

import type { ByCode, Figures, Scores, SetScript } from "../criteria/set_script";

type Lang = "vi" | "en";

export interface Change {
  name: string;
  before: number;
  value: number;
}

/** `missing` are the inputs that an item lacks before anything can be said of it. */
export interface Step {
  step: "next" | "last" | "only";
  kind: "figure" | "count" | "date" | "answer" | "decision" | "survey" | "missing";
  term: "open" | "dated" | "past" | "next-year";
  points: number;
  more: number;
  indexMore: number;
  change: number;
  changes: Change[];
  dueOn: number | null;
  text: string;
  missing?: string[];
}

/** Of which unit: its scores, its period, the day as a serial number, and the language to tell it in. */
export interface Told {
  scores: Pick<Scores, "points" | "status" | "maxima">;
  period?: string;
  on?: number | null;
  lang?: Lang;
}

export interface AdvisingScript extends SetScript {
  steps(code: string, figures: Figures | undefined, year: number, told: Told): Step[];
  arithmetic(code: string, figures: Figures | undefined, year: number, lang?: Lang): string;
  /** Takes what `steps_tables` in Python returns. */
  learn(tables: { items: ByCode<object>; words: Record<Lang, object> }): void;
}
