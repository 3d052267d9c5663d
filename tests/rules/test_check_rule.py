"""One sound item, one change, one finding: what `check_rule` says about a broken rule."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from scoring.base.findings import finding_codes
from scoring.rules import RULE_KINDS, Band, InputSpec, Option, RuleSpec
from scoring.rules.rule_check import MAX_BANDS, MAX_INPUTS, check_rule

INF, NAN = math.inf, math.nan
DONE = InputSpec("done", "count", "numerator", minimum=0, at_most="planned")
PLANNED = InputSpec("planned", "count", "denominator", minimum=0)
RATIO = RuleSpec("1.1", "ratio", 2.0, (DONE, PLANNED), zero_denominator="zero")
RATE = InputSpec("p", "percent", "percent", minimum=0, maximum=100)
LOW, HIGH = Band(-INF, 70, False, False, 0.0), Band(70, INF, True, False, 2.0)
BANDS = RuleSpec("1.2", "bands", 2.0, (RATE,), (LOW, HIGH))
ANSWER = InputSpec("plan", "choice", "answer")
YES = Option("yes", "Kịp thời", "On time", 2.0, "plan")
NO = Option("no", "Không kịp thời", "Late", 1.0, "plan")
CHOICE = RuleSpec("1.3", "choice", 2.0, (ANSWER,), options=(YES, NO))
DEADLINE = replace(RULE_KINDS["deadline"].example.spec, code="1.4")
DUE = InputSpec("due", "date", "due_on")
COUNT = RuleSpec("1.5", "count", 2.0, (InputSpec("n", "count", "count"),), points_each=0.5)
A, B = InputSpec("a", "count", minimum=0), InputSpec("b", "count", minimum=0)
FORMULA = RuleSpec("1.6", "formula", 2.0, (A, B), formula="2 * a / b", zero_denominator="zero")
SURVEY = replace(RULE_KINDS["survey_options"].example.spec, code="1.7")
SOUND = (RATIO, BANDS, CHOICE, DEADLINE, COUNT, FORMULA, SURVEY)


def many(count):
    return tuple(InputSpec(f"c{n}", "yes_no", "condition") for n in range(count))


def stairs(count):
    edges = [-INF, *map(float, range(count - 1)), INF]
    return tuple(Band(low, high, low > -INF, False, 1.0) for low, high in pairwise(edges))


# code, broken item, words that the Vietnamese sentence must hold
BROKEN = [
    ("rule-unknown", replace(RATIO, kind="magic"), "magic"),
    ("rule-inputs-do-not-fit", replace(RATIO, inputs=(PLANNED,)), "numerator"),
    ("rule-parameter-missing", replace(COUNT, points_each=NAN), "points_each"),
    ("rule-parameter-missing", replace(BANDS, bands=()), "bands"),
    ("rule-parameter-unused", replace(COUNT, full_at_percent=80.0), "full_at_percent"),
    ("too-many-inputs", RuleSpec("1", "all_of", 1.0, many(MAX_INPUTS + 1)), str(MAX_INPUTS)),
    (
        "input-duplicate",
        RuleSpec("1", "all_of", 1.0, (*many(2), many(2)[0])),
        "c0",
    ),
    ("input-kind-unknown", replace(FORMULA, inputs=(A, replace(B, kind="text"))), "text"),
    ("input-limit-unknown", replace(RATIO, inputs=(replace(DONE, at_most="x"), PLANNED)), "x"),
    ("percent-without-maximum", replace(BANDS, inputs=(replace(RATE, maximum=NAN),)), "p"),
    (
        "input-kind-does-not-fit",
        replace(RATIO, inputs=(replace(DONE, kind="date"), PLANNED)),
        "numerator",
    ),
    (
        "role-taken-twice",
        replace(RATIO, inputs=(DONE, PLANNED, replace(PLANNED, name="again"))),
        "denominator",
    ),
    ("due-date-unclear", replace(DEADLINE, due_on=""), "due_on"),
    ("due-date-unclear", replace(DEADLINE, inputs=(*DEADLINE.inputs, DUE)), "due_on"),
    ("due-date-unreadable", replace(DEADLINE, due_on="15/01"), "15/01"),
    ("due-date-unreadable", replace(DEADLINE, due_on="year-02-29"), "year-02-29"),
    ("due-date-unreadable", replace(DEADLINE, due_on="year-04-31"), "year-04-31"),
    ("due-date-unreadable", replace(DEADLINE, due_on="year+2-01-01"), "year+2-01-01"),
    ("percent-out-of-range", replace(RATIO, full_at_percent=0.0), "full_at_percent"),
    ("percent-out-of-range", replace(RATIO, floor_percent=101.0), "floor_percent"),
    ("parameter-out-of-range", replace(COUNT, points_each=3.0), "points_each"),
    ("parameter-out-of-range", replace(COUNT, points_each=-1.0), "points_each"),
    ("parameter-out-of-range", replace(COUNT, points_each=INF), "points_each"),
    ("too-many-bands", replace(BANDS, bands=stairs(MAX_BANDS + 1)), str(MAX_BANDS)),
    ("band-ends-reversed", replace(BANDS, bands=(Band(90, 70, True, False, 1.0),)), "90"),
    ("band-empty", replace(BANDS, bands=(Band(70, 70, True, False, 1.0),)), "70"),
    ("band-points-out-of-range", replace(BANDS, bands=(LOW, replace(HIGH, points=3.0))), "3"),
    ("band-points-out-of-range", replace(BANDS, bands=(LOW, replace(HIGH, points=NAN))), "—"),
    (
        "band-share-not-a-percent",
        replace(BANDS, bands=(LOW, replace(HIGH, as_share=True))),
        "tỷ lệ",
    ),
    ("bands-overlap", replace(BANDS, bands=(replace(LOW, upper_closed=True), HIGH)), "70"),
    ("bands-overlap", replace(BANDS, bands=(replace(LOW, upper=80.0), HIGH)), "70"),
    ("bands-leave-hole", replace(BANDS, bands=(LOW, replace(HIGH, lower_closed=False))), "70"),
    ("bands-leave-hole", replace(BANDS, bands=(LOW, replace(HIGH, lower=80.0))), "80"),
    (
        "option-of-unknown-input",
        replace(CHOICE, options=(YES, NO, replace(NO, code="x", label_vi="x", input="other"))),
        "other",
    ),
    (
        "option-with-wildcard",
        replace(CHOICE, options=(YES, replace(NO, label_vi="Chậm?"))),
        "Chậm?",
    ),
    ("choice-without-options", replace(CHOICE, options=(YES,)), "plan"),
    ("option-duplicate", replace(CHOICE, options=(YES, replace(NO, label_vi="KỊP THỜI"))), "plan"),
    ("option-duplicate", replace(CHOICE, options=(YES, replace(NO, code="yes"))), "plan"),
    (
        "option-points-out-of-range",
        replace(CHOICE, options=(YES, replace(NO, points=5.0))),
        "5",
    ),
    (
        "option-weight-missing",
        replace(
            SURVEY, options=(replace(SURVEY.options[0], weight_percent=NAN), *SURVEY.options[1:])
        ),
        "good",
    ),
    ("policy-unknown", replace(RATIO, zero_denominator="maybe"), "maybe"),
    ("policy-unknown", replace(RATIO, not_applicable="maybe"), "maybe"),
    ("policy-does-not-fit", replace(FORMULA, zero_denominator="full"), "full"),
    ("policy-contradicts", replace(RATIO, zero_denominator="not_applicable"), "không áp dụng"),
    ("formula-refused", replace(FORMULA, formula="2 * a /"), "2 * a /"),
    ("formula-refused", replace(FORMULA, formula="a / b / 0"), "a / b / 0"),
    ("formula-input-unknown", replace(FORMULA, formula="2 * a / c + b"), "c"),
    (
        "formula-input-not-a-number",
        replace(FORMULA, inputs=(A, InputSpec("b", "date"))),
        "date",
    ),
    ("input-unused", replace(FORMULA, formula="2 * a"), "b"),
    ("zero-policy-missing", replace(FORMULA, zero_denominator=""), "mẫu số"),
    ("zero-policy-missing", replace(RATIO, zero_denominator=""), "mẫu số"),
    (
        "formula-too-long-for-excel",
        replace(FORMULA, formula="a" + " / b" * 100),
        "8192",
    ),
]


@pytest.mark.parametrize("spec", SOUND, ids=lambda spec: spec.kind)
def test_the_sound_items_have_no_findings(spec):
    assert check_rule(spec) == []


@pytest.mark.parametrize("kind", RULE_KINDS.values(), ids=RULE_KINDS)
def test_the_worked_example_of_every_kind_is_sound(kind):
    assert check_rule(kind.example.spec) == []


@pytest.mark.parametrize(
    ("code", "spec", "words"), BROKEN, ids=[f"{n}-{code}" for n, (code, *_) in enumerate(BROKEN)]
)
def test_one_change_gives_one_kind_of_finding(code, spec, words):
    findings = check_rule(spec)
    assert {finding.code for finding in findings} == {code}
    assert findings[0].item_code == spec.code
    assert findings[0].severity == "error"
    assert words in findings[0].problem("vi") + findings[0].remedy("vi")
    assert findings[0].sheet in ("items", "inputs", "bands", "options")


def test_every_finding_about_rules_has_a_broken_item_above():
    listed = {code for code, table in finding_codes().items() if table["file"] == "rules.toml"}
    assert listed == {code for code, *_ in BROKEN}


def test_all_problems_are_listed_at_once():
    worse = replace(BANDS, inputs=(replace(RATE, maximum=NAN),), bands=(LOW,), floor_points=1.0)
    codes = [finding.code for finding in check_rule(worse)]
    assert codes == ["percent-without-maximum", "rule-parameter-unused"]


@pytest.mark.parametrize("bands", [stairs(100_000)], ids=["100000 bands"])
def test_a_hundred_thousand_bands_are_refused_and_not_compiled(bands):
    assert [finding.code for finding in check_rule(replace(BANDS, bands=bands))] == [
        "too-many-bands"
    ]
