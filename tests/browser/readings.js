// Reads and writes what tests/browser/test_like_python.py asks, a line of JSON each way.
import { readFileSync } from "node:fs";
import { readFigure } from "../../scoring/browser/lib/answers.js";
import { readDate } from "../../scoring/browser/lib/dates.js";
import { shownValues } from "../../scoring/browser/lib/findings.js";
import { readNumber } from "../../scoring/browser/lib/numbers.js";
import { roundPoints } from "../../scoring/browser/lib/rounding.js";
import { dayText, numberText } from "../../scoring/browser/lib/shown.js";
import { clean, folded, shortened, withoutMarks } from "../../scoring/browser/lib/text.js";
import { filled } from "../../scoring/browser/lib/words.js";

const number = (value) => (Number.isNaN(value) ? "nan" : Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf");
const asNumber = (value) => ({ nan: NaN, inf: Infinity, "-inf": -Infinity })[value] ?? value;
const asked = JSON.parse(readFileSync(0, "utf8"));
const cellOf = (text, kind, note) => {
  const { value, problem, doubt } = kind === "date" ? readDate(text, asked.never) : readFigure(text, kind, note);
  return [number(value), problem ?? doubt ?? null];
};
const readingOf = ({ value, isPercent, problem, candidates }) =>
  [number(value), isPercent ?? false, problem ?? null, (candidates ?? []).map(number)];
process.stdout.write(JSON.stringify({
  numbers: asked.numbers.map(([text, whole]) => readingOf(readNumber(text, whole))),
  dates: asked.dates.map((text) => readingOf(readDate(text, asked.never))),
  texts: asked.texts.map((text) => [clean(text), folded(text), withoutMarks(text), shortened(text, 12)]),
  figures: asked.figures.map(([value, lang, places]) =>
    [numberText(asNumber(value), lang, places ?? undefined), number(roundPoints(asNumber(value), places ?? 2))]),
  days: asked.days.map(([serial, lang]) => dayText(serial, lang)),
  cells: asked.cells.map((cell) => cellOf(...cell)),
  findings: asked.findings.map(([template, values, lang, or]) => filled(template, shownValues(values, lang, or))),
  templates: asked.templates.map(([template, values]) => filled(template, values)),
}));
