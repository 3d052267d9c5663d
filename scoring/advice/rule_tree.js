// Rules as trees, for what text that is ready to run cannot tell: the arithmetic in words and the
// edges. A number is itself, a text an input, null no value; a list begins with its kind.
/** @param {Tree} node @param {Figures} v @returns {number} */
function num(node, v) {
  if (node === null) return NaN;
  if (typeof node === "number") return node;
  if (typeof node === "string") return v[node];
  const [kind, a, b, c] = node;
  switch (kind) {
    case "+": return num(a, v) + num(b, v);
    case "-": return num(a, v) - num(b, v);
    case "*": return num(a, v) * num(b, v);
    case "/": return div(num(a, v), num(b, v), num(c, v));
    case "min": return Math.min(...a.map((part) => num(part, v)));
    case "max": return Math.max(...a.map((part) => num(part, v)));
    case "round": return round(num(a, v), b);
    case "if": return isMet(a, v) ? num(b, v) : num(c, v);
    case "best": return Math.max(v[`@best:${a}`], v[a]);
    case "day": return day(v["@year"], ...a);
    case "choose": return chosen(v[a], b.map((one) => one ?? NaN));
    default: throw new Error(`a rule has no part ${kind}`);
  }
}

/** @param {Test} test @param {Figures} v @returns {boolean} */
function isMet([kind, a, b, c, product], v) {
  switch (kind) {
    case "never": return v[a] === Infinity;
    case "whole": return v[a] === Math.floor(v[a]);
    case "and": return a.every((part) => isMet(part, v));
    case "or": return a.some((part) => isMet(part, v));
    case "not": return !isMet(a, v);
    default: {
      const sides = (product ?? []).map((part) => num(part, v));
      return compared(a, num(b, v), num(c, v), ...sides);
    }
  }
}

/** @type {(value: number, lang: Lang, decimals?: number | null) => string} */
const numberText = (value, lang, decimals = null) => {
  if (Number.isNaN(value)) return "—";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const fixed = decimals === null ? value.toFixed(10).replace(/0+$/, "").replace(/\.$/, "")
    : round(value, decimals).toFixed(decimals);
  const [whole, rest] = fixed.split("."), grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const text = rest ? `${grouped}.${rest}` : grouped === "-0" ? "0" : grouped;
  return lang === "en" ? text : text.replace(/[,.]/g, (mark) => (mark === "," ? "." : ","));
};
// A figure that was reported; what is not a whole number is never written as one.
/** @type {(value: number, lang: Lang) => string} */
const reportedText = (value, lang) => {
  const rounded = round(value, 4);
  return numberText(rounded === Math.floor(rounded) ? value : rounded, lang);
};
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
/** @param {number} serial @param {Lang} lang @returns {string} */
function dateText(serial, lang) {
  const at = dayOf(serial), date = at.getUTCDate(), month = at.getUTCMonth();
  if (lang === "en") return `${date} ${MONTHS[month]} ${at.getUTCFullYear()}`;
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, "0");
  return `${two(date)}/${two(month + 1)}/${at.getUTCFullYear()}`;
}
// Fills a text of the catalogue; {n:one|many} chooses by the number as it is shown.
/** @type {(text: string, values: Record<string, string>) => string} */
const filled = (text, values) => text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g,
  (all, name, one, many) => (one === undefined ? values[name] : `${values[name]}` === "1" ? one : many));
/** @type {(key: WordKey, lang: Lang, values?: Record<string, string>) => string} */
const say = (key, lang, values = {}) => filled(WORDS[lang][key], values);

// The signs of the words, and how tightly a part binds: comparison 1, sum 2, product 3, atom 4.
/** @type {Record<Sign, Sign>} */
const OPPOSITE = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "=" };
const SIGN = { "+": " + ", "-": " − ", "*": " × ", "/": " / ", "<": " < ", "<=": " ≤ ",
  ">": " > ", ">=": " ≥ ", "=": " = ", "<>": " ≠ " };

/**
 * The node with the figures in it, of each choice the branch taken and what decided it.
 *
 * @param {Tree | Test} node
 * @param {Figures} v
 * @param {Pen} pen
 * @returns {Worded}
 */
function worded(node, v, pen) {
  if (node === null) return ["—", 4];
  if (typeof node === "number") return [numberText(node, pen.lang), node >= 0 ? 4 : 2];
  if (typeof node === "string") return [figureText(node, v, pen), 4];
  const [kind, a, b, c] = node;
  /** @param {Tree} part @param {number} least @returns {string} */
  const bracketed = (part, least) => {
    const [text, strength] = worded(part, v, pen);
    return strength >= least ? text : `(${text})`;
  };
  /** @param {FunctionName} name @param {(Tree | Test)[]} parts @returns {Worded} */
  const call = (name, parts) => {
    const inside = parts.map((part) => worded(part, v, pen)[0]);
    return [`${WORDS[pen.lang].functions[name]}(${inside.join(pen.lang === "en" ? ", " : "; ")})`, 4];
  };
  switch (kind) {
    case "+": return [bracketed(a, 2) + SIGN["+"] + bracketed(b, 2), 2];
    case "-": return [bracketed(a, 2) + SIGN["-"] + bracketed(b, 3), 2];
    case "*": return [bracketed(a, 3) + SIGN["*"] + bracketed(b, 3), 3];
    case "/": return [bracketed(a, 3) + SIGN["/"] + bracketed(b, 4), 3];
    case "cmp": return [bracketed(b, 2) + SIGN[a] + bracketed(c, 2), 1];
    case "min": case "max": case "and": case "or": return call(kind, a);
    case "not": return call(kind, [a]);
    case "round": {
      const [text] = call(kind, [a]);
      return [`${text.slice(0, -1)}${pen.lang === "en" ? ", " : "; "}${b})`, 4];
    }
    case "if": return branch(node, v, pen);
    case "best": return [reportedText(v[`@best:${a}`], pen.lang), 4];
    case "day": return [dateText(day(v["@year"], ...a), pen.lang), 4];
    case "choose": return [Number.isNaN(v[a]) ? "—" : numberText(b[Math.trunc(v[a])] ?? NaN, pen.lang), 4];
    case "never": return [`${figureText(a, v, pen)} = ${WORDS[pen.lang].never}`, 4];
    case "whole": return [`${figureText(a, v, pen)} ∈ ℤ`, 4];
    default: throw new Error(`a rule has no part ${kind}`);
  }
}

/** @param {If} node @param {Figures} v @param {Pen} pen @returns {Worded} */
function branch([, test, then, otherwise], v, pen) {
  /** @param {Tree} part @param {Test} condition @returns {Worded} */
  const because = (part, condition) => {
    const reason = say("because", pen.lang, { condition: worded(condition, v, pen)[0] });
    return [`${worded(part, v, pen)[0]} (${reason})`, 1];
  };
  if (isMet(test, v)) return because(then, test);
  if (typeof otherwise === "number" && test[0] === "cmp")
    return because(otherwise, ["cmp", OPPOSITE[test[1]], test[2], test[3]]);
  return worded(otherwise, v, pen);
}

/** @param {string} name @param {Figures} v @param {Pen} pen @returns {string} */
function figureText(name, v, pen) {
  const value = v[name];
  if (value === Infinity) return WORDS[pen.lang].never;
  if (pen.dates.includes(name) && !Number.isNaN(value)) return dateText(value, pen.lang);
  return reportedText(value, pen.lang);
}

/** @param {string} code @param {Figures | undefined} figures @param {number} year @returns {Figures} */
function figuresOf(code, figures, year) {
  const /** @type {Figures} */ v = { "@year": year };
  for (const { name } of ITEMS[code].inputs) {
    v[name] = figures?.[name] ?? NaN;
    v[`@best:${name}`] = figures?.[`@best:${name}`] ?? NaN;
  }
  return v;
}

/**
 * How the points of an item came about; empty while it has none.
 *
 * @type {AdvisingScript["arithmetic"]}
 */
function arithmetic(code, figures, year, lang = "vi") {
  const { points } = item(code, figures, year), v = figuresOf(code, figures, year);
  if (Number.isNaN(points)) return "";
  const dates = ITEMS[code].inputs.filter((one) => one.kind === "date").map((one) => one.name);
  return `${worded(ITEMS[code].tree, v, { lang, dates })[0]} = ${numberText(round(points, 4), lang)}`;
}
