"""Which differences are real: units that share clusters, many comparisons, and methods that changed."""

from dataclasses import replace

import numpy as np
import pytest
from survey_samples import estimated, responses, survey

from scoring.base.errors import UsageError
from scoring.survey.comparison import compare_surveys, compare_units, holm
from scoring.survey.estimation.estimates import mean

TEXT = "[estimates]\nminimum_forms = 1\nweighting = 'overall_question'\n"
CLUSTERS = '[design]\nclusters = ["cluster_1"]\n'
# Both units are asked in every cluster, and clusters differ more than units.
UNITS, PLACES = list("AABBAB"), list("aabbcc")


def told(chung="541551", units=UNITS):
    return responses(chung=list(chung), unit_code=units, cluster_1=PLACES)


def index_rows(table):
    return table[table["measure"] == "index"].reset_index(drop=True)


def test_a_difference_has_its_own_error_since_units_share_clusters(tmp_path):
    result = estimated(survey(tmp_path, TEXT + CLUSTERS), told())
    (row,) = index_rows(compare_units(result)).to_dict("records")
    satisfied = np.array([answer >= "4" for answer in "541551"], dtype=float)
    # The difference of two domains is a mean over the whole of +1/n and -1/n.
    signs = np.where(np.array(UNITS) == "A", 1.0, -1.0) * 2
    shares = {unit: satisfied[np.array(UNITS) == unit].mean() for unit in "AB"}
    centred = np.where(np.array(UNITS) == "A", satisfied - shares["A"], satisfied - shares["B"])
    by_hand = mean(result.design, signs * centred).standard_error[0, 0]
    assert row["difference_percent"] == pytest.approx(100 * (shares["A"] - shares["B"]))
    assert row["standard_error"] == pytest.approx(100 * by_hand)


def test_units_are_compared_with_the_whole_or_with_one_of_them(tmp_path):
    result = estimated(survey(tmp_path, TEXT + CLUSTERS), told(units=list("ABABAB")))
    whole = index_rows(compare_units(result, "whole"))
    assert whole[["unit_code", "other_unit_code"]].to_numpy().tolist() == [["A", ""], ["B", ""]]
    # The units make the whole in equal parts everywhere, so each is half the difference away from it.
    pair = index_rows(compare_units(result, "B")).iloc[0]
    assert whole["difference_percent"].tolist() == pytest.approx(
        [pair["difference_percent"] / 2, -pair["difference_percent"] / 2]
    )
    assert whole["standard_error"].tolist() == pytest.approx(2 * [pair["standard_error"] / 2])
    with pytest.raises(UsageError) as refused:
        compare_units(result, "Z")
    assert refused.value.finding.code == "survey-unit-unknown"
    assert "each-other; whole; A; B" in refused.value.finding.text("vi")


def test_a_unit_where_all_are_satisfied_does_not_differ_for_want_of_a_variance(tmp_path):
    # Three places where all ten are satisfied, among sixty where two in a hundred are not.
    places = np.repeat(np.arange(63), 10)
    content = np.where((places >= 3) & (np.arange(630) % 50 == 0), "1", "5")
    forms = responses(
        form_id=[str(n) for n in range(630)], unit_code=["A"] * 30 + ["B"] * 600,
        chung=content.tolist(), cluster_1=[str(place) for place in places],
        **{question: ["5"] * 630 for question in ("tc_1", "tc_2", "tt_1", "tt_2")},
    )  # fmt: skip
    result = estimated(survey(tmp_path, TEXT + CLUSTERS), forms)
    for against in ("whole", "B"):
        row = index_rows(compare_units(result, against)).iloc[0]
        # The variance of the unit is 0: estimate and standard error alone are sure of it.
        assert row["difference_percent"] > 3 * row["standard_error"]
        assert row["low_percent"] < 0 < row["high_percent"] and row["verdict"] == "not-shown"


def test_a_difference_never_shows_a_hidden_cell(tmp_path):
    text = TEXT.replace("= 1", "= 3")
    result = estimated(survey(tmp_path, text), responses(unit_code=list("ABBBBB")))
    rows = compare_units(result, "whole")
    assert set(rows["verdict"]) == {"hidden"}
    assert rows[["difference_percent", "p_value", "degrees_of_freedom"]].isna().all(axis=None)
    assert set(compare_units(replace(result, estimates=result.estimates.iloc[:1]))["verdict"]) == {
        "hidden"
    }


def test_holm_agrees_with_r_and_ignores_what_was_not_compared():
    # R 4.3: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
    assert holm(np.array([0.01, 0.02, 0.03, 0.04, 0.05])) == pytest.approx(
        [0.05, 0.08, 0.09, 0.09, 0.09]
    )
    assert holm(np.array([np.nan, 0.9]))[1] == 0.9


def test_two_years_are_compared_as_a_whole_and_by_unit(tmp_path):
    declared = survey(tmp_path, TEXT)
    now, before = (estimated(replace(declared, survey_id=name), told(chung))
                   for name, chung in (("nay", "551555"), ("truoc", "511151")))  # fmt: skip
    table, findings = compare_surveys(now, before)
    assert findings == []
    rows = index_rows(table)
    assert rows["unit_code"].tolist() == ["", "A", "B"]
    assert rows["difference_percent"].tolist() == pytest.approx([50.0, 100 / 3, 200 / 3])
    errors = [one.estimates.iloc[0]["standard_error"] for one in (now, before)]
    assert rows["standard_error"][0] == pytest.approx(np.hypot(*errors))
    assert set(table["measure"]) == {"index", "factor", "question"}


def test_two_surveys_of_one_unit_that_forms_do_not_name_are_compared_as_a_whole(tmp_path):
    said = survey(tmp_path, TEXT)
    now, then = (
        estimated(said, responses(chung=list(c), unit_code=[""] * 6), by=[()])
        for c in ("555551", "511111")
    )
    table, findings = compare_surveys(now, then)
    (row,) = index_rows(table).to_dict("records")
    assert row["unit_code"] == "" and row["difference_percent"] == pytest.approx(400 / 6)
    assert not findings


def test_the_same_communes_in_both_years_make_a_change_surer(tmp_path):
    declared = survey(tmp_path, TEXT + CLUSTERS)
    now, before = (estimated(declared, told(chung)) for chung in ("551155", "541151"))
    alone, panel = (compare_surveys(now, before, shared=shared)[0] for shared in (False, True))
    assert panel["standard_error"].iloc[0] < alone["standard_error"].iloc[0]


BREAKS = [
    ({"series": "ho-gia-dinh-2022"}, {}, "ho-gia-dinh-2022"),
    ({}, {"version": "2025"}, "mau 2025"),
    ({"weighting": "pooled"}, {}, "pooled"),
]


@pytest.mark.parametrize(("of_survey", "of_form", "word"), BREAKS)
def test_a_changed_method_is_a_break_and_nothing_is_compared(tmp_path, of_survey, of_form, word):
    now = estimated(survey(tmp_path, TEXT), told())
    older = replace(now.responses, instrument=replace(now.responses.instrument, **of_form))
    before = replace(now, survey=replace(now.survey, **of_survey), responses=older)
    table, (found,) = compare_surveys(now, before)
    assert found.code == "survey-series-break" and word in found.text("vi")
    assert set(table["verdict"]) == {"series-break"} and table["unit_code"].tolist() == [
        "",
        "A",
        "B",
    ]
    assert table["difference_percent"].isna().all()
