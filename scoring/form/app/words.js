import { filled } from "../../browser/lib/words.js";

/**
 * The words of the form in both languages, and which of them is shown.
 *
 * @typedef {"vi" | "en"} Lang
 * @typedef {Record<string, string | number | undefined>} Values
 * @typedef {(key: string, values?: Values) => string} Say
 * @typedef {{say: Say, lang: () => Lang, both: (text: Record<string, string> | undefined) => string,
 *   finding: (code: string, values?: Values) => string, turn: (lang: Lang) => void,
 *   learn: (more: Record<string, Record<string, string>>) => void}} Words `learn` adds texts of findings
 */

/**
 * @param {Record<string, Record<string, string>>} tables words by language
 * @param {Record<string, Record<string, string>>} findings texts of findings by language
 * @param {string} first the language to begin with
 * @returns {Words}
 */
export function createWords(tables, findings, first) {
  /** @type {Lang} */
  let lang = first === "en" ? "en" : "vi";
  return {
    say: (key, values = {}) => filled(tables[lang][key] ?? key, values),
    lang: () => lang,
    both: (text) => text?.[lang] || text?.vi || "",
    finding: (code, values = {}) => filled(findings[lang][code] ?? code, values),
    turn: (next) => { lang = next; },
    learn: (more) => { for (const one of Object.keys(more)) Object.assign(findings[one], more[one]); },
  };
}
