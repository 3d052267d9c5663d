"""Doubtful forms, questions, interviewers and units are pointed out, and nothing goes in silence."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from survey_forms import codes, instrument

from scoring.base.errors import UsageError
from scoring.survey.form_flags import QualityLimits
from scoring.survey.instrument.model import Question
from scoring.survey.interviewers import interviewer_differences
from scoring.survey.quality import strata_findings
from scoring.survey.responses import read_responses

QUESTIONS = [f"q_{number}" for number in range(1, 11)]
FORM = instrument(tuple(Question(code, "tc", f"Câu {code}?", "", "five") for code in QUESTIONS))
COUNT = 240


@pytest.fixture(scope="module")
def sound():
    """Forms of six units, two interviewers each, that raise no doubt."""
    draw = np.random.default_rng(7)
    number = np.arange(COUNT)
    frame = pd.DataFrame({
        "form_id": [f"P{n}" for n in number],
        "unit_code": [f"U{n % 6}" for n in number],
        "interviewer": [f"DT{n % 12:02d}" for n in number],
        "stratum": [str(n % 2) for n in number],
        "asked_on": pd.Timestamp(2026, 9, 1) + pd.to_timedelta(number // 20, "D"),
        "minutes": draw.integers(14, 26, COUNT).astype(float),
        "weight": draw.uniform(10, 20, COUNT),
    })  # fmt: skip
    answers = draw.choice([2, 3, 4, 5], (COUNT, len(QUESTIONS)), p=[0.2, 0.3, 0.3, 0.2])
    return frame.join(pd.DataFrame(answers, columns=QUESTIONS))


def read(frame, drop=(), **limits):
    return read_responses(frame, FORM, drop=drop, limits=QualityLimits(**limits))


def only(responses, code):
    (found,) = responses.findings
    assert found.code == code
    return found


def changed(frame, rows, **cells):
    new = frame.copy()
    for name, value in cells.items():
        new.loc[rows, name] = value
    return new


def test_sound_forms_raise_no_doubt(sound):
    assert codes(read(sound, year=2026)) == []


def test_a_form_entered_twice_is_told_from_two_forms_of_one_id(sound):
    twice = pd.concat([sound, sound.iloc[[3]]], ignore_index=True)
    found = only(read(twice), "survey-duplicate")
    assert (found.cell, found.values["count"], found.severity) == (f"A{COUNT + 2}", 1, "error")
    clash = changed(sound, 9, form_id="P3")
    found = only(read(clash), "survey-same-id")
    assert (found.cell, found.values["count"], found.severity) == ("A5", 2, "error")


def test_ids_that_excel_rounded_are_told_with_their_cause(sound):
    rounded = changed(sound, [3, 9], form_id="1,2E+11")
    found = read(rounded).findings
    assert [one.code for one in found] == ["survey-id-rounded", "survey-same-id"]
    assert (found[0].cell, found[0].values["count"]) == ("A5", 2)
    assert "Excel" in found[0].text("vi") and "1,2E+11" in found[0].text("en")


def test_answers_copied_within_a_design_are_found_and_chance_elsewhere_is_told(sound):
    # P12 is of the unit and interviewer of P0; P13 is not.
    copied = changed(sound, [12, 13], **sound.loc[0, QUESTIONS].to_dict())
    found = only(read(copied), "survey-copied")
    assert (found.cell, found.values["count"], found.values["base"]) == ("A14", 1, 1)


def test_one_answer_throughout_is_found_with_its_share(sound):
    flat = changed(sound, range(12), **dict.fromkeys(QUESTIONS, 5))
    found = only(read(flat), "survey-straight-lining")
    assert (found.values["count"], found.values["percent"].text("en")) == (12, "5.0")
    assert codes(read(flat, alike_questions=11)) == []
    # Two flat forms of one interviewer are no copies of each other.
    only(read(changed(sound, [0, 12], **dict.fromkeys(QUESTIONS, 5))), "survey-straight-lining")


def test_fast_forms_are_found_by_a_stated_or_a_relative_threshold(sound):
    fast = changed(sound, [5, 6], minutes=[3.0, 9.0])
    assert only(read(fast), "survey-too-fast").values["count"] == 1
    found = only(read(fast, fast_minutes=10), "survey-too-fast")
    assert (found.values["count"], found.values["limit"].text("en")) == (2, "10.0")


def test_forms_without_answers_or_without_opinions_are_found(sound):
    mixed = sound.astype(dict.fromkeys(QUESTIONS, object))
    mixed.loc[[1, 2], QUESTIONS] = None
    mixed.loc[3, QUESTIONS] = "KB"
    responses = read(mixed)
    assert codes(responses) == ["survey-blank", "survey-no-opinion"]
    assert [found.values["count"] for found in responses.findings] == [2, 1]


def test_questions_seldom_answered_or_without_a_view_are_named(sound):
    mixed = sound.astype(dict.fromkeys(QUESTIONS, object))
    mixed.loc[range(0, COUNT, 4), "q_2"] = None
    mixed["q_3"] = "KB"
    responses = read(mixed)
    assert codes(responses) == ["survey-questions-unanswered", "survey-questions-without-opinion"]
    assert "q_2 = 25.0" in responses.findings[0].problem("en")
    assert responses.findings[1].values["expected"] == ["q_3"]


def test_days_of_another_year_or_outside_the_fieldwork_are_found(sound):
    late = changed(sound, 4, asked_on=pd.Timestamp(2025, 9, 3))
    assert only(read(late, year=2026), "survey-other-year").cell == "A6"
    days = (dt.date(2026, 9, 1), dt.date(2026, 9, 11))
    (found,) = read(
        changed(sound, range(200), asked_on=pd.Timestamp(2025, 9, 3)), year=2026
    ).findings
    assert (found.code, found.severity, found.cell) == ("survey-most-other-year", "error", "A2")
    found = only(read(sound, fieldwork=days), "survey-outside-fieldwork")
    assert found.values["count"] == 20 and "(01/09/2026 – 11/09/2026)" in found.problem("vi")


def test_many_forms_of_an_interviewer_in_one_minute_are_found(sound):
    heaped = changed(sound, range(0, 72, 12), asked_on=pd.Timestamp(2026, 9, 2, 8, 30))
    found = only(read(heaped), "survey-times-heaped")
    assert (found.values["count"], found.values["most"]) == (6, 6)
    assert codes(read(heaped, heaped_forms=7)) == []


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan])
def test_a_weight_that_is_none_is_found(sound, weight):
    (found,) = read(changed(sound, 5, weight=weight)).findings
    assert found.code.startswith("survey-weight-") and found.cell == "A7"


def test_a_unit_with_one_form_is_found(sound):
    assert only(read(changed(sound, 5, unit_code="U9")), "survey-units-with-one-form").values[
        "expected"
    ] == ["U9"]


def test_a_renamed_unit_and_one_of_two_codes_are_found(sound):
    named = sound.assign(unit_name="Sở " + sound["unit_code"])
    renamed = changed(named, named.index[named["unit_code"] == "U1"][3:], unit_name="Sở mới")
    assert (
        only(read(renamed), "survey-unit-names-differ")
        .problem("vi")
        .startswith("Có 1 mã đơn vị mang nhiều tên: U1 = Sở U1 / Sở mới.")
    )
    split = named.index[named["unit_code"] == "U2"][5:]
    found = read(changed(named, split, unit_code="u2")).findings
    assert [(f.code, f.values["expected"]) for f in found] == [
        ("survey-unit-codes-alike", {"u2": "U2 / u2"}),
        ("survey-unit-codes-share-name", {"Sở U2": "U2 / u2"}),
    ]
    found = only(read(changed(named, split, unit_code="U2B")), "survey-unit-codes-share-name")
    assert found.severity == "warning"


def test_an_interviewer_who_differs_within_a_unit_is_pointed_at(sound):
    kind = changed(sound, sound["interviewer"] == "DT04", **dict.fromkeys(QUESTIONS[:8], 5))
    found = [f for f in read(kind).findings if f.code == "survey-interviewers-differ"]
    told = found[0].problem("en")
    assert told.startswith("Share of satisfied answers") and "of 12 interviewers" in told
    assert "DT04" in told and "DT10" in told and "DT05" not in told  # DT10 shares the unit of DT04


def test_a_good_unit_does_not_make_its_interviewers_differ(sound):
    good = changed(sound, sound["unit_code"] == "U4", **dict.fromkeys(QUESTIONS[:5], 5))
    assert "survey-interviewers-differ" not in codes(read(good))


def test_interviewers_alone_in_their_unit_or_with_few_forms_are_not_compared():
    forms = pd.DataFrame(
        {"interviewer": ["a"] * 30 + ["b"] * 30, "unit_code": ["1"] * 30 + ["2"] * 30}
    )
    told = {"satisfied": np.repeat([0.9, 0.1], 30)}
    assert not len(interviewer_differences(forms, told, QualityLimits()))
    together = forms.assign(unit_code="1")
    assert not len(interviewer_differences(together, told, QualityLimits(interviewer_forms=31)))


def test_the_comparison_of_interviewers_is_the_one_stated():
    forms = pd.DataFrame({"interviewer": ["a"] * 20 + ["b"] * 20})
    values = np.concatenate([np.tile([0.4, 0.6], 10), np.tile([0.5, 0.7], 10)])
    table = interviewer_differences(forms, {"satisfied": values}, QualityLimits())
    # A difference of 0.1; variance within 20 * 0.01 / 19; z = 0.1 / sqrt(variance / 10) = 3.08; twice 0.00205.
    assert table["difference"].round(12).tolist() == [-0.1, 0.1]
    assert table["p_adjusted"].round(5).tolist() == [0.00411, 0.00411]


def test_what_is_to_go_goes_and_is_counted(sound):
    flat = changed(sound, range(12), **dict.fromkeys(QUESTIONS, 5))
    twice = pd.concat([flat, flat.iloc[[40]]], ignore_index=True)
    responses = read(twice, drop=("duplicate", "straight-lining"))
    went = [f for f in responses.findings if f.code == "survey-forms-dropped"]
    # Nothing says of them that they still count.
    assert {"survey-duplicate", "survey-straight-lining"}.isdisjoint(codes(responses))
    assert [(f.values["count"], f.values["left"]) for f in went] == [(1, COUNT), (12, COUNT - 12)]
    assert len(responses.forms) == len(responses.answers) == COUNT - 12
    assert responses.forms["form_id"].iloc[0] == "P12"
    with pytest.raises(UsageError, match="everything"):
        read(sound, drop=("everything",))


def test_a_stratum_that_the_population_has_not_is_found(sound):
    responses = read(changed(sound, [7, 9], stratum="X"))
    (found,) = strata_findings(
        responses.forms, pd.DataFrame({"stratum": ["0", "1"], "units": [40, 50]})
    )
    assert (found.code, found.cell, found.values["stratum"], found.values["count"]) == (
        "survey-stratum-unknown", "A9", "X", 2,
    )  # fmt: skip
