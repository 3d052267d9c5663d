/* What is wrong with a figure that somebody moved, said beside its field as a finding says it. */
import { shownValues } from "../../browser/lib/findings.js";
import { filled } from "../../browser/lib/words.js";
import { figureText, pageLang, told } from "./whatif_words.js";

/**
 * @typedef {import("./whatif_fields.js").Field} Field
 * @typedef {import("./whatif_fields.js").Reading} Reading
 * @typedef {import("../../criteria/set_script").Fault} Fault
 * @typedef {import("../../criteria/set_script").Figures} Figures
 */

/**
 * Says beside each field of an item what cannot be: first what is not a figure, then what the
 * limits of the set refuse, then what may be meant otherwise and is no fault.
 *
 * @param {Field[]} fields of one item
 * @param {ReadonlyMap<Field, Reading>} readings
 * @param {Fault[]} faults
 * @param {Figures} figures
 */
export function sayFaults(fields, readings, faults, figures) {
  for (const field of fields) {
    const { problem, candidates, doubt, expected, value } = readings.get(field) ?? { value: NaN };
    const fault = faults.find((one) => one.input === field.name);
    const wrong = problem ? textOf(problem, field, { candidates }) : fault ? faultText(fault, field, fields, figures) : "";
    field.wrong.textContent = wrong || (doubt ? textOf(doubt, field, { value, expected }) : "");
    field.control.setAttribute("aria-invalid", wrong ? "true" : "false");
  }
}

/** @param {Fault} fault @param {Field} field @param {Field[]} fields @param {Figures} figures */
function faultText({ code, limitInput, limit, first, last }, field, fields, figures) {
  /** @param {number | undefined} serial */
  const day = (serial) => (serial === undefined ? undefined : { day: serial });
  const limit_input = fields.find((one) => one.name === limitInput)?.label;
  const value = figureText(field.kind, figures[field.name]);
  return textOf(code, field, { value, limit, limit_input, first: day(first), last: day(last) });
}

/**
 * @param {string} code
 * @param {Field} field
 * @param {Parameters<typeof shownValues>[0]} values
 * @returns {string}
 */
function textOf(code, field, values) {
  const known = { value: field.control.value, ...values, input: field.label };
  return filled(WORDS[code] ?? "", shownValues(known, pageLang, told("or")));
}
