"""Whole units typed into a form: what it shows, and what scoring makes of the ledger it saves."""

import base64
import random

import pytest

from scoring.base.numbers import format_number
from scoring.criteria import open_set
from scoring.evidence.ledger.intake import read_ledger
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_page
from scoring.points import score

pytestmark = pytest.mark.chromium
SETS = {
    "department-sample": "",
    "service-quality-766": "",
    "thanh-hoa-commune-council-draft-2026-v2": "",
    "khanh-hoa-11-qd-tu-2026-monthly": "2026-08",
}
# As people type, sound and unsound.
NUMBERS = (
    "1.234", "85 %", " 7 ", "1 234", "chưa", "３", "9,5", "-3", "²", "0,75", "1.250,5", "0.333", "0",
    "100", "99,999",
)  # fmt: skip
DAYS = (
    "10/1/26", "10/01/2026", "2026-01-10", "ngày 5 tháng 3 năm 2026", "31/02/2026", "chưa",
    "không thực hiện", "15.3.2026", "46000",
)  # fmt: skip
REASONS = ("", "", "Đơn vị không có <b>", '=HYPERLINK("x")')
BEGUN = """const done = arguments[0];
const ask = () => (document.querySelector(".item") ? done() : setTimeout(ask, 5)); ask();"""
FILL = """const [filled, done] = arguments, put = (field, value, kind) => {
  Object.assign(field, value); field.dispatchEvent(new Event(kind, { bubbles: true })); };
const cards = [...document.querySelectorAll("#view-work .item")];
for (const card of cards) {
  const { values, why, out } = filled[card.dataset.code] ?? { values: [] };
  card.querySelectorAll(".field input, .field select").forEach((field, at) => {
    if (values[at]) put(field, { value: values[at] }, "input"); });
  if (why) put(card.querySelector("textarea"), { value: why }, "input");
  if (out && card.querySelector("[type=checkbox]")) put(card.querySelector("[type=checkbox]"), { checked: true }, "change");
}
const shown = cards.map((card) => [card.dataset.code, card.querySelector("output strong").textContent]);
shown.push(["INDEX", document.querySelector(".top .index").textContent]);
window.showSaveFilePicker = undefined;
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  URL.createObjectURL = make;
  blob.arrayBuffer().then((held) => done([Object.fromEntries(shown),
    btoa(Array.from(new Uint8Array(held), (byte) => String.fromCharCode(byte)).join(""))]));
  return make(blob);
};
document.querySelector("#view-documents .acts button").click();"""


def filling(criteria, chance):
    """Figures of a unit as somebody in a hurry types them."""
    filled = {}
    for code, rule in criteria.rules.items():
        if chance.random() < 0.85:
            values = [typed(rule, entry, chance) for entry in rule.reported]
            filled[code] = {
                "values": values,
                "why": chance.choice(REASONS),
                "out": chance.random() < 0.1,
            }
    return filled


def typed(rule, entry, chance):
    if entry.kind == "yes_no":
        return chance.choice(("yes", "no", ""))
    if entry.kind == "choice":
        return chance.choice(rule.spec.options_of(entry.name)).code
    if entry.kind == "date":
        return chance.choice(DAYS)
    return chance.choice((str(chance.randint(0, 100)), str(chance.randint(0, 100)), *NUMBERS))


def expected(row, decimals):
    """How the form writes the points of a scored row."""
    if row["status"] in ("invalid", "not_applicable"):
        return "—"
    ends = (
        [row["points"]]
        if row["points"] == row["points"]
        else [row["points_low"], row["points_high"]]
    )
    # A range whose ends are written alike is one number.
    return " – ".join(dict.fromkeys(format_number(end, decimals, "vi") for end in sorted(ends)))


@pytest.mark.parametrize("set_id", SETS)
def test_a_form_shows_what_scoring_gives_for_the_ledger_it_saves(browser, tmp_path, set_id):
    criteria = open_set(set_id)
    path = tmp_path / "biểu mẫu.html"
    fill = fill_data(2026, SETS[set_id], FormUnit("X01", 'Xã "A" <b>', ""))
    path.write_text(form_page(criteria, fill), encoding="utf-8")
    browser.get(path.as_uri())
    browser.execute_async_script(BEGUN)
    filled = filling(criteria, random.Random(set_id))
    shown, saved = browser.execute_async_script(FILL, filled)
    read = read_ledger(base64.b64decode(saved), criteria, file="so.xlsx")
    scores = score(read.inputs, criteria).scores.set_index("code")
    # An option of a choice of items that nobody took has no points of its own in scoring.
    told = {code: expected(scores.loc[code], criteria.meta.decimals) for code in shown
            if scores.loc[code, "points_low"] == scores.loc[code, "points_low"]}  # fmt: skip
    assert len(told) > 0.9 * len(shown)
    assert {code: shown[code] for code in told} == told
    claims = read.claims.set_index("item_code")["explanation"]
    assert all(claims[code] == one["why"] for code, one in filled.items() if one["why"])
