"""Each piece of advice about a set has one set that earns it: the small one plus one change."""

import dataclasses
import datetime as dt

import pytest
from small_criteria import SET_TOML, SHEETS, small, write_folder

from scoring.base.findings import finding_codes
from scoring.criteria import check_set, open_set
from scoring.criteria.lint import lint_set
from scoring.rules import RULE_KINDS, Band, InputSpec, RuleSpec, compile_rule
from scoring.rules import expression as ex
from scoring.rules.span import ANYTHING, Limits


def advice(folder, **changes):
    write_folder(folder, **changes)
    criteria = check_set(folder)
    assert criteria.is_sound, [finding.text("en") for finding in criteria.findings]
    return {f.code: f for f in reversed(lint_set(criteria.criteria))}


def test_the_small_set_earns_no_advice(tmp_path):
    assert advice(tmp_path / "a") == {}


def without_row(sheet, start):
    lines = [line for line in SHEETS[sheet].splitlines(True) if not line.startswith(start)]
    return {sheet: "".join(lines)}


def header_only(sheet):
    return {sheet: SHEETS[sheet].splitlines(True)[0]}


BROKEN = {
    "item-without-evidence": (without_row("evidence", "2,"), "items!A6"),
    "set-without-evidence": (header_only("evidence"), "evidence"),
    "maximum-unreachable": (small("options", "In full,4", "In full,3"), "items!F6"),
    "points-always-the-same": (
        {
            "options": SHEETS["options"]
            .replace("part,2", "part,4")
            .replace("at all,0", "at all,4"),
            **small("examples", ",,2,mẫu", ",,4,mẫu"),
        },
        "items!H6",
    ),
    "band-unreachable": (
        small("bands", "1.2,90,yes,,no", "1.2,100,no,,no,2.5,,mẫu\n1.2,90,yes,100,yes"),
        "bands!A4",
    ),
    "bands-up-and-down": (small("bands", "no,70.5,no,0,", "no,70.5,no,2,"), "bands!A4"),
    "rank-earns-upside-down": (
        {
            **small("items", "self,bands,,,,,,,,not_assessed", "self,bands,,,,,,,,"),
            "inputs": without_row("inputs", "1.2,planned")["inputs"]
            .replace("numerator,count", "value,rank")
            .replace(",0,,planned,", ",1,,,"),
            "examples": without_row("examples", "1.2,36 trên 40,planned")["examples"].replace(
                "done,36,,2.5", "done,36,,0"
            ),
        },
        "bands!A4",
    ),
    "name-repeated": (small("items", "Sáng kiến", "Ban hành Kế hoạch "), "items!D3"),
    "name-repeated-elsewhere": (small("items", "Thủ tục hành chính", "Sáng kiến."), "items!D5"),
    "name-like-formula": (small("items", "Sáng kiến", "=1+1"), "items!D5"),
    "english-missing": (small("items", "Initiatives", ""), "items"),
    "validity-reversed": (small("set", "valid_to = 2026", "valid_to = 2025"), "set"),
    "example-outside-validity": (
        small("examples", "2026-01-15,2026", "2025-01-15,2025"),
        "examples!E2",
    ),
    "set-without-examples": (header_only("examples"), "examples"),
    "item-without-example": (without_row("examples", "1.10"), "items!A5"),
    "percent-like-share": (
        {"bands": SHEETS["bands"].replace("90", "0.9").replace("70.5", "0.7")},
        "bands!A4",
    ),
    "sample-not-named": (small("set", "Bộ tiêu chí mẫu nhỏ", "Bộ tiêu chí nhỏ"), "set"),
    "official-without-decision": (
        {"set": SET_TOML.replace('"sample"', '"official"').replace('number = "01/QĐ-SNV"\n', "")},
        "set",
    ),
    "grade-quota-without-order": (
        small(
            "set",
            "[[caveats]]",
            '[[grade_rules]]\ngrade = "A"\nkind = "quota"\npercent = 20\nvi = "20%"\nsource = "mẫu"\n\n'
            "[[caveats]]",
        ),
        "set",
    ),
    "grades-leave-points-out": (small("set", "upper = 8\n", "upper = 8\nlower = 5\n"), "set"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_advice_names_the_place(tmp_path, code):
    changes, where = BROKEN[code]
    found = advice(tmp_path / "a", **changes)
    assert found[code].where == where
    assert found[code].severity in ("warning", "info")


def test_points_that_can_pass_the_maximum_are_noted(tmp_path):
    items = SHEETS["items"].replace(
        "self,bands,,,,,,,,not_assessed", "self,ratio,,,,,,,,not_assessed"
    )
    inputs = SHEETS["inputs"].replace(",0,,planned,", ",0,,,")
    bands = "".join(line for line in SHEETS["bands"].splitlines(True) if line[:3] != "1.2")
    examples = "".join(line for line in SHEETS["examples"].splitlines(True) if line[:4] != "1.2,")
    found = advice(tmp_path / "a", items=items, inputs=inputs, bands=bands, examples=examples)
    assert found["points-above-maximum-possible"].item_code == "1.2"


def test_an_item_that_gives_its_points_to_nobody_is_noted(tmp_path):
    items = SHEETS["items"].splitlines(True)
    items[2] = items[2].replace(",,,,mẫu", ",,,redistribute,mẫu").replace(",1.5,self", ",6,self")
    alone = "".join([*items[:3], items[5]])
    bands = "".join(
        line.replace(",1.5,", ",6,")
        for line in SHEETS["bands"].splitlines(True)
        if line[:4] != "1.2,"
    )
    others = {
        sheet: "".join(
            line for line in SHEETS[sheet].splitlines(True) if line[:4] not in ("1.2,", "1.10")
        )
        for sheet in ("inputs", "evidence")
    }
    found = advice(tmp_path / "a", items=alone, bands=bands, **others, **header_only("examples"))
    assert "redistribute-alone" in found
    # The file lacks a column that came later, and the address is that of the file.
    told = {f.code: f.where for f in check_set(tmp_path / "a", lint=True).findings}
    assert told["redistribute-alone"] == "items!Q3"


def test_the_day_decides_whether_a_set_is_in_force(small_set):
    criteria = open_set(small_set)
    codes = [
        {finding.code for finding in lint_set(criteria, dt.date(year, 6, 1))}
        for year in (2025, 2026, 2027)
    ]
    assert codes == [{"set-not-yet-valid"}, set(), {"set-expired"}]


def test_advice_is_given_on_request_and_only_about_a_sound_set(tmp_path):
    folder = write_folder(tmp_path / "a", **header_only("examples"))
    assert check_set(folder).findings == ()
    assert [f.code for f in check_set(folder, lint=True).findings] == ["set-without-examples"]
    write_folder(folder, **small("items", ",1.5,self", ",9,self"), **header_only("examples"))
    assert "set-without-examples" not in {f.code for f in check_set(folder, lint=True).findings}


def test_every_piece_of_advice_has_a_broken_set():
    listed = {c for c, entry in finding_codes().items() if entry["file"] == "criteria_lint.toml"}
    elsewhere = {
        "points-above-maximum-possible",
        "redistribute-alone",
        "set-expired",
        "set-not-yet-valid",
    }
    assert listed == set(BROKEN) | elsewhere


@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=RULE_KINDS)
def test_the_span_holds_the_points_of_the_worked_example(kind):
    span = compile_rule(kind.example.spec).span
    assert span.low <= kind.example.points <= span.high


def test_bounds_use_the_limits_of_the_inputs():
    part = InputSpec("a", "count", "numerator", minimum=0.0, at_most="b")
    whole = InputSpec("b", "count", "denominator", minimum=0.0)
    spec = RuleSpec("1", "bands", 1.0, inputs=(part, whole), bands=(Band(0, 1, True, True, 1.0),))
    limits = Limits(spec)
    rate = ex.Divide(ex.Binary("*", ex.Number(100.0), ex.Name("a")), ex.Name("b"))
    assert dataclasses.astuple(rate.span(limits)) == (0.0, 100.0)
    assert ex.Divide(ex.Name("b"), ex.Name("a")).span(limits) != ANYTHING
    assert ex.Compare(">", rate, ex.Number(100.0)).certain(limits) is False
    assert ex.Compare("<=", rate, ex.Number(100.0)).certain(limits) is True
    assert ex.Compare(">", rate, ex.Number(50.0)).certain(limits) is None
