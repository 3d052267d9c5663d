// Advice in words, from the same texts as `scoring.advice.way_words`.
/** @type {Step["term"][]} */
const TERMS = ["open", "dated", "past", "next-year"];
const UNSEEN = 5e-7;

/** @param {number} points @param {Lang} lang @returns {string} */
function pointsText(points, lang) {
  const shown = round(points, DECIMALS);
  return numberText(shown || round(points, 6), lang);
}
/** @param {string} text @returns {string} */
const lowered = (text) => (/^\p{Lu}[^\p{Lu}]/u.test(text) ? text[0].toLowerCase() + text.slice(1) : text);

/** @param {AdvisedInput} entry @param {number} value @param {Lang} lang @returns {string} */
function entryText(entry, value, lang) {
  const words = WORDS[lang];
  if (Number.isNaN(value)) return words.status_not_assessed;
  if (entry.kind === "yes_no") return value === 1 ? words.yes : words.no;
  if (entry.kind === "choice") return entry.options[value][lang];
  if (entry.kind === "date") return value === Infinity ? words.never : dateText(value, lang);
  return reportedText(value, lang) + (entry.unit && entry.unit !== "%" ? ` ${entry.unit}` : entry.unit ?? "");
}

/** @param {Way} way @param {Lang} lang @returns {string} */
function wayText(way, lang) {
  const parts = [begun(way, whatText(way, lang), lang)];
  // The index is rounded before and after, each time by up to half of its last decimal.
  if (way.more - way.indexMore > Number(`1e-${DECIMALS}`) + UNSEEN) {
    const key = way.indexMore > UNSEEN ? "advice_swallowed" : "advice_all_swallowed";
    parts.push(say(key, lang, { index: pointsText(way.indexMore, lang) }));
  }
  if (way.kind === "survey" || way.kind === "decision") parts.push(say(`advice_${way.kind}_note`, lang));
  return parts.join(" ");
}

/** @param {Way} way @param {string} text @param {Lang} lang @returns {string} */
function begun({ term, one }, text, lang) {
  if (term !== PAST && term !== NEXT_YEAR) return text;
  return say(term === PAST ? "advice_past" : "advice_only_next", lang, { what: lowered(text), ...spanWords(one.period, lang) });
}

const MONTH_OR_QUARTER = /^(?:(tháng|thang|month|t|m)|quý|quy|quarter|q) ?(?:\. ?)?(\d{1,2}|iv|i{1,3})(?: ?(?:[/.-]|năm) ?\d{4})?$/i;
/**
 * How long a period is and which of the year, as `scoring.base.periods` reads it.
 *
 * @param {string} text @returns {{ span: "month" | "quarter", part: number } | undefined}
 */
function periodOf(text) {
  const match = MONTH_OR_QUARTER.exec(text.trim().replace(/\s+/g, " "));
  if (!match) return undefined;
  const part = Number(match[2]) || ["I", "II", "III", "IV"].indexOf(match[2].toUpperCase()) + 1;
  const span = match[1] ? "month" : "quarter";
  return part >= 1 && part <= (match[1] ? 12 : 4) ? { span, part } : undefined;
}
/** @param {number} year @param {string} period @returns {number} */
function lastDayOf(year, period) {
  const read = periodOf(period), month = read ? read.part * (read.span === "month" ? 1 : 3) : 12;
  return day(year, month === 12 ? 1 : 0, (month % 12) + 1, 1) - 1;
}
/**
 * What the period and the one after it are called, as `scoring.advice.span_words` has it.
 *
 * @param {string} period @param {Lang} lang @returns {Record<string, string>}
 */
function spanWords(period, lang) {
  const span = periodOf(period)?.span ?? (period.trim() ? "period" : "year"), words = WORDS[lang];
  const said = { this: words[`advice_this_${span}`], next: words[`advice_next_${span}`] };
  /** @param {string} text */
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  return { ...said, This: capital(said.this), Next: capital(said.next) };
}

/** @param {Way} way @param {string} name @returns {AdvisedInput} */
const entryOf = (way, name) => inputOf(way.one.code, name);
/** @param {Way} way @param {Lang} lang @returns {string} */
function whatText(way, lang) {
  const more = pointsText(way.more, lang);
  if (way.kind === "date") return daysText(way, lang);
  if (way.changes.length > 1) return severalText(way, lang, more);
  const [change] = way.changes, entry = entryOf(way, change.name);
  if (way.kind !== "answer") return figureStep(way, change, entry, lang, more);
  const key = entry.kind === "yes_no" && change.value === 1 ? "advice_done" : "advice_answer";
  return say(key, lang, { figure: entry[lang], answer: entryText(entry, change.value, lang), more });
}

/** @param {Way} way @param {Lang} lang @returns {string} */
function daysText(way, lang) {
  const [change] = way.changes, figure = entryOf(way, change.name)[lang], { most, dueOn, sign } = ITEMS[way.one.code];
  let at = change.value;
  if (way.term === PAST) {
    // A day that an input gives is another one next year.
    if (!dueOn) return say("advice_in_time", lang, { figure, more: pointsText(way.more, lang) });
    // As many days from the due day of next year: a leap year may lie between the two.
    const year = way.one.v["@year"];
    at += day(year + 1, ...dueOn) - day(year, ...dueOn);
  }
  // What a day of a penalty leaves is taken off; none of it is earned.
  const full = sign < 0 ? 0 : most, ending = sign < 0 ? /** @type {const} */ ("_penalty") : "";
  const key = Math.abs(way.points - full) < UNSEEN ? /** @type {const} */ ("advice_day_full") : "advice_day";
  const parts = [say(`${key}${ending}`, lang, { figure, day: dateText(at, lang), points: pointsText(way.points, lang) })];
  for (const { x, points, term } of way.term === PAST ? [] : way.later)
    if (term === DATED) parts.push(say(`advice_day_later${ending}`, lang, { day: dateText(x, lang), points: pointsText(points, lang) }));
  return `${parts.join("; ")}.`;
}

/** @param {Way} way @param {Lang} lang @param {string} more @returns {string} */
function severalText(way, lang, more) {
  if (way.kind === "survey") {
    const best = way.changes.reduce((a, b) => (b.value - b.before > a.value - a.before ? b : a));
    const figure = lowered(entryOf(way, best.name)[lang]);
    return say("advice_responses", lang, { count: numberText(way.change, lang), figure, more });
  }
  const parts = way.changes.map(({ name, value }) => {
    const entry = entryOf(way, name);
    if (entry.kind === "yes_no" && value === 1) return entry[lang];
    return say("advice_part", lang, { figure: entry[lang], value: entryText(entry, value, lang) });
  });
  return say("advice_several", lang, { changes: parts.join("; "), more });
}

/**
 * How many more, or fewer, from what to what, and what share that is.
 *
 * @param {Way} way
 * @param {Change} change
 * @param {AdvisedInput} entry
 * @param {Lang} lang
 * @param {string} more
 * @returns {string}
 */
function figureStep(way, change, entry, lang, more) {
  let value = entryText(entry, change.value, lang), now = entryText(entry, change.before, lang);
  const isNew = Number.isNaN(change.before), hasUnit = entry.unit && entry.unit !== "%";
  if (hasUnit && !isNew) {
    now = reportedText(change.before, lang);
    if (lang !== "en") value = reportedText(change.value, lang);
  }
  /** @type {Record<string, string>} */
  const said = { figure: entry[lang], value, now, more, reached: reachedText(way, change, entry, lang) };
  if (isNew) return say("advice_enter", lang, said);
  if (way.kind === "count" && way.term === NEXT_YEAR && change.value < change.before)
    return say("advice_at_most", lang, { ...said, ...spanWords(way.one.period, lang) });
  const by = Math.abs(round(change.value - change.before, 6));
  const isPercent = entry.unit === "%" || entry.kind === "percent";
  const unit = hasUnit && lang !== "en" ? ` ${entry.unit}` : "";
  said.by = reportedText(by, lang) + (unit || (isPercent ? WORDS[lang].advice_percent_points : ""));
  return say(change.value > change.before ? "advice_more" : "advice_less", lang, said);
}

/**
 * @param {Way} way
 * @param {Change} change
 * @param {AdvisedInput} entry
 * @param {Lang} lang
 * @returns {string}
 */
function reachedText(way, change, entry, lang) {
  const { inputs, kind, most, fullAt } = ITEMS[way.one.code], { v } = way.one;
  const whole = inputs.find((one) => one.role === "denominator");
  if (whole && entry.role === "numerator" && v[whole.name] > 0) {
    const share = (100 * change.value) / v[whole.name];
    // Just short of all is not all.
    const shown = share > 99.99 && share < 100 ? Math.floor(100 * share) / 100 : round(share, 2);
    const isFull = Math.abs(way.points - most) < UNSEEN && kind === "ratio";
    return say("advice_reached", lang, { percent: numberText(shown, lang) })
      + (isFull && share < fullAt - UNSEEN ? WORDS[lang].advice_rounded : "");
  }
  return Number.isFinite(v[`@best:${change.name}`])
    ? say("advice_best", lang, { best: reportedText(v[`@best:${change.name}`], lang) }) : "";
}
