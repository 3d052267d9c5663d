/* What the fields of a filter say, as texts. */

/**
 * What a field of a form says; empty where the page has no such field.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {string}
 */
export function saidIn(form, name) {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : "";
}

/**
 * The text of a part of the page; none where the part is missing.
 *
 * @param {Node | null | undefined} part
 * @returns {string}
 */
export function textIn(part) {
  return part?.textContent ?? "";
}
