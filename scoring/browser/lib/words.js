/* Sentences from templates, as scoring.base.labels fills them. */

const PLACES = /\{\{|\}\}|\{(\w+)(?::([^{}|]*)\|([^{}]*))?\}/g;

/**
 * A template with its {names} filled, and words chosen for one or for many:
 * "{n} {n:task is|tasks are} late". A name without a value stays visible as {name}.
 *
 * @param {string} template
 * @param {Record<string, string | number | undefined>} values
 * @returns {string}
 */
export function filled(template, values) {
  return template.replace(PLACES, (all, name, one, many) => {
    if (name === undefined) return all[0];
    const value = values[name];
    if (value === undefined) return all;
    if (one === undefined) return String(value);
    return String(value) === "1" ? one : many;
  });
}
