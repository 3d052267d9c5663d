// What a spreadsheet takes for a formula, by the rule of `scoring.files.table_files.neutral_text`.
const FORMULA_START = /^(?:[\s\x00-\x1f\u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n])/;
const PLAIN_NUMBER = /^[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?%?$/;

/**
 * A text so that no spreadsheet takes it for a formula; line ends become one letter.
 *
 * @param {string} text
 * @returns {string}
 */
export function neutralText(text) {
  const lines = text.replace(/\r\n?/g, "\n");
  const isFormula = lines.length > 1 && FORMULA_START.test(lines) && !PLAIN_NUMBER.test(lines);
  return isFormula ? `'${lines}` : lines;
}

/**
 * A table as CSV (RFC 4180), as `scoring.files.table_files.write_csv` writes it.
 *
 * @param {(string | number | null)[][]} rows the heading first; null and NaN are empty cells
 * @param {"plain" | "vi"} [dialect] `vi` is for Excel on a Vietnamese system
 * @returns {string}
 */
export function csvText(rows, dialect = "plain") {
  const [mark, point, start] = dialect === "vi" ? [";", ",", "\ufeff"] : [",", ".", ""];
  const cell = (/** @type {string | number | null} */ value) => {
    if (value === null || Number.isNaN(value)) return "";
    const text = typeof value === "number" ? String(value).replace(".", point) : neutralText(value);
    return text.includes(mark) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return start + rows.map((row) => `${row.map(cell).join(mark)}\n`).join("");
}
