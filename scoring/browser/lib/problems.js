/**
 * What is wrong with a file or an entry, named as in the catalogue of findings.
 *
 * The words stand in the catalogue, in both languages; here are only the code and its values.
 */
export class Problem extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string | number>} [values]
   */
  constructor(code, values = {}) {
    super(code);
    this.name = "Problem";
    this.code = code;
    this.values = values;
  }
}
