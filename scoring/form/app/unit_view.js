import { element, refill } from "../../browser/lib/dom.js";

const UNIT_FIELDS = ["code", "name", "block", "prepared_by", "position", "prepared_on"];

/**
 * Who fills the form in.
 *
 * @param {HTMLElement} host @param {import("./state.js").Store} store @param {any} knows
 */
export function mountUnit(host, store, knows) {
  const { say } = knows.words;
  const fields = UNIT_FIELDS.map((name) => {
    const control = element("input", { id: `unit-${name}`, autocomplete: "off", placeholder: name === "prepared_on" ? say("form_day") : "" });
    control.addEventListener("input", () => store.change(`unit:${name}`, (draft) => {
      draft.unit = { ...draft.unit, [name]: control.value };
    }));
    return { name, control };
  });
  const isKnown = Boolean(store.get().unit.code && store.get().unit.name);
  refill(host, element("details", { className: "unit", open: !isKnown }, element("summary", {}, say("form_unit")),
    element("div", { className: "fields" }, ...fields.map(({ name, control }) =>
      element("p", { className: "field" }, element("label", { for: control.id }, say(`form_unit_${name}`)), control)))));
  /** @param {import("./state.js").Work} work */
  return function draw(work) {
    for (const { name, control } of fields) {
      const text = /** @type {Record<string, string>} */ (work.unit)[name] ?? "";
      if (control.value !== text) control.value = text;
    }
  };
}
