/**
 * The words of the form in both languages, and which of them is shown.
 *
 * @typedef {(key: string, values?: Record<string, string | number>) => string} Say
 * @typedef {Record<string, string>} BothText a text by language
 * @typedef {{say: Say, lang: () => string, both: (text: BothText | undefined) => string,
 *   finding: (code: string, values?: Record<string, string | number>) => string,
 *   turn: (lang: string) => void}} Words
 */

/**
 * Fills `{names}` and chooses words for one or for many: `{n} {n:task|tasks}`.
 *
 * @param {string} text @param {Record<string, string | number>} values
 */
export function filledText(text, values) {
  return text.replace(/\{(\w+)(?::([^{}|]*)\|([^{}]*))?\}/g, (whole, name, one, many) => {
    if (!(name in values)) return whole;
    if (one === undefined) return String(values[name]);
    return Number(values[name]) === 1 ? one : many;
  });
}

/**
 * @param {Record<string, Record<string, string>>} tables words by language
 * @param {Record<string, Record<string, string>>} findings texts of findings by language
 * @param {string} first the language to begin with
 * @returns {Words}
 */
export function createWords(tables, findings, first) {
  let lang = first in tables ? first : "vi";
  /** @param {string} key @param {Record<string, string | number>} [values] */
  const say = (key, values = {}) => filledText(tables[lang][key] ?? key, values);
  return {
    say,
    lang: () => lang,
    both: (text) => text?.[lang] || text?.vi || "",
    finding: (code, values = {}) => filledText(findings[lang][code] ?? code, values),
    turn: (next) => { lang = next; },
  };
}
