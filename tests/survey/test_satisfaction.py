"""From forms to estimates: ways of counting, who is in the denominator, domains, totals that are known."""

import numpy as np
import pandas as pd
import pytest
from survey_samples import cell, estimated, instrument, responses, survey, weighting

from scoring.base.errors import SurveyError
from scoring.survey.estimation.estimates import mean
from scoring.survey.measures import index_block, measure_names
from scoring.survey.satisfaction import estimate_survey, survey_estimates
from scoring.survey.survey_data import design_of, domains_of, survey_responses

# The forms of `survey_forms`: of tc 10 of 12 answers are satisfied, of tt 10 of 12 as well.
WAYS = [
    ("pooled", 100 * 20 / 24),
    ("mean_of_factors", 100 * (10 / 12 + 10 / 12) / 2),
    ("weighted_factors", 100 * (3 * 10 / 12 + 10 / 12) / 4),
    ("overall_question", 100.0),
    ("option-weights", (12 * 100 + 8 * 60 + 4 * 20) / 24),
]


def plain(folder, more="", files=None):
    return survey(folder, f"[estimates]\nminimum_forms = 1\n{more}", files)


@pytest.mark.parametrize(("way", "expected"), WAYS)
def test_each_way_of_counting_gives_the_index_counted_by_hand(tmp_path, way, expected):
    table = estimate_survey(plain(tmp_path, f'weighting = "{way}"'), responses(), by=[()])
    row = cell(table)
    assert row["estimate_percent"] == pytest.approx(expected)
    assert row["weighting"] == way
    assert (row["forms"], row["answers"]) == (6, 6 if way == "overall_question" else 24)


def test_a_sum_of_factors_has_the_error_of_the_sum_and_not_of_its_parts(tmp_path):
    told = responses(tt_1=list("111445"), tt_2=list("115555"))
    table = estimate_survey(plain(tmp_path, 'weighting = "weighted_factors"'), told, by=[()])
    forms = [[np.mean([answer >= "4" for answer in answers]) for answers in zip(*columns, strict=True)]
             for columns in (("545435", "445535"), ("111445", "115555"))]  # fmt: skip
    by_hand = mean(design_of(plain(tmp_path), told), np.array([0.75, 0.25]) @ np.array(forms))
    assert cell(table)["standard_error"] == pytest.approx(100 * by_hand.standard_error[0, 0])


def test_does_not_know_is_out_of_the_denominator_and_its_share_is_told(tmp_path):
    told = responses(tc_1=["5", "9", "3", "9", "", "4"])
    table = estimate_survey(plain(tmp_path), told, by=[()])
    question = cell(table, "question", "tc_1")
    assert question["estimate_percent"] == pytest.approx(100 * 2 / 3)
    assert (question["forms"], question["answers"]) == (6, 3)
    silent = cell(table, "answer", "tc_1", answer="9")
    assert (silent["estimate_percent"], silent["answers"]) == (pytest.approx(40.0), 5)
    assert cell(table, "answer", "tc_1", answer="5")["estimate_percent"] == pytest.approx(100 / 3)


DESIGN = """
[design]
strata = ["stratum"]
clusters = ["cluster_1"]
weight = "weight"
"""
DRAWN = {
    "stratum": list("XXXYYY"), "cluster_1": list("aabccd"), "weight": [1, 2, 3, 1, 1, 4],
}  # fmt: skip


def test_a_unit_is_a_domain_of_the_design_and_no_design_of_its_own(tmp_path):
    # Each unit is met in one cluster of each stratum: alone it would have no variance at all.
    told = responses(unit_code=list("AABABB"), **DRAWN)
    declared = plain(tmp_path, DESIGN)
    row = cell(estimate_survey(declared, told), unit_code="A")
    satisfied = [
        sum(answer >= "4" for answer in form)
        for form in ("5453", "4435", "5555", "4554", "3344", "5554")
    ]
    is_in = np.array([unit == "A" for unit in "AABABB"])
    weight, opinion = np.array(DRAWN["weight"]) * is_in, 4.0
    share = (weight @ satisfied) / (weight.sum() * opinion)
    linear = weight * (np.array(satisfied) - share * opinion) / (weight.sum() * opinion)
    totals = {"X": (linear[:2].sum(), linear[2]), "Y": (linear[3:5].sum(), linear[5])}
    variance = sum(2 * np.var(pair, ddof=1) for pair in totals.values())
    assert row["estimate_percent"] == pytest.approx(100 * share)
    assert row["standard_error"] == pytest.approx(100 * np.sqrt(variance))


def test_units_services_groups_and_their_crossings_are_estimated(tmp_path):
    told = responses(service=list("xxyyxx"), respondent_group="citizen")
    table = estimate_survey(plain(tmp_path), told)
    domains = table[["unit_code", "service", "respondent_group"]].drop_duplicates()
    assert [tuple(row) for row in domains.to_numpy()] == [
        ("", "", ""), ("A", "", ""), ("B", "", ""), ("", "x", ""), ("", "y", ""),
        ("", "", "citizen"), ("A", "x", ""), ("A", "y", ""), ("B", "x", ""), ("B", "y", ""),
    ]  # fmt: skip
    assert table["measure"].head(13).tolist() == ["index"] + 2 * ["factor"] + 5 * [
        "question"
    ] + 5 * ["answer"]


def test_a_form_without_unit_counts_in_the_whole_and_in_no_unit(tmp_path):
    told = responses(unit_code=["A", "A", "", "B", "B", "B"])
    table = estimate_survey(plain(tmp_path), told)
    assert [cell(table, unit_code=unit)["forms"] for unit in ("", "A", "B")] == [6, 2, 3]
    assert domains_of(told.forms, ("unit_code",)).codes.tolist() == [0, 0, -1, 1, 1, 1]


def test_a_unit_with_one_respondent_shows_nothing(tmp_path):
    told = responses(unit_code=list("ABBBBB"))
    table = estimate_survey(survey(tmp_path, "[estimates]\nminimum_forms = 2\n"), told)
    row = cell(table, unit_code="A")
    assert row["state"] == "hidden-small" and np.isnan(row["estimate_percent"])
    assert cell(table, unit_code="B")["state"] == "hidden-secondary"
    assert cell(table)["state"] == "shown"


def test_what_is_hidden_does_not_depend_on_what_is_asked_for(tmp_path):
    declared = survey(tmp_path, "[estimates]\nminimum_forms = 2\n")
    told = responses(unit_code=list("BBCCAA"), service=list("yyxxyx"))
    full = estimate_survey(declared, told)
    alone = estimate_survey(declared, told, by=[(), ("unit_code",)])
    assert cell(full, unit_code="B")["state"] == "hidden-secondary"
    # Shown here, it would give away the services of a unit that the full table hides.
    assert cell(alone, unit_code="B")["state"] == "hidden-secondary"
    same = full[(full["service"] == "") & (full["respondent_group"] == "")]
    pd.testing.assert_frame_equal(alone, same.reset_index(drop=True))


def test_nobody_with_an_opinion_is_no_estimate_and_not_zero(tmp_path):
    told = responses(chung="9")
    row = cell(estimate_survey(plain(tmp_path), told, by=[()]), "question", "chung")
    assert (row["state"], row["answers"]) == ("not-estimable", 0)
    assert np.isnan(row["estimate_percent"]) and np.isnan(row["low_percent"])


MARGINS = {
    "gioi.csv": "gender,total\nnam,40\nnữ,60\n", "vung.csv": "unit_code,total\nA,30\nB,70\n",
}  # fmt: skip
RAKED = '[calibration]\nkind = "raking"\nmargins = ["gioi.csv", "vung.csv"]\n'
GENDER = ["nam", "nữ", "nữ", "nam", "nam", "nữ"]


def test_raked_weights_meet_every_total(tmp_path):
    told = responses(("gender",), gender=GENDER)
    design = design_of(survey(tmp_path, RAKED, MARGINS), told)
    for column, expected in (("gender", [40, 60]), ("unit_code", [30, 70])):
        sums = told.forms.assign(w=design.weights).groupby(column)["w"].sum()
        assert sums.tolist() == pytest.approx(expected)


def test_post_stratification_takes_the_classes_of_several_columns(tmp_path):
    both = "gender,unit_code,total\nnam,A,10\nnữ,A,20\nnam,B,30\nnữ,B,40\n"
    text = '[calibration]\nkind = "post-stratification"\nmargins = ["ca-hai.csv"]\n'
    told = responses(("gender",), gender=GENDER)
    design = design_of(survey(tmp_path, text, {"ca-hai.csv": both}), told)
    assert design.weights.tolist() == pytest.approx([10, 10, 10, 15, 15, 40])


SIZES = '[design]\nstrata = ["stratum"]\npopulation = ["population_1"]\npopulation_tables = ["tang.csv"]\n'


def refused(folder, told, text, files=None):
    with pytest.raises(SurveyError) as stopped:
        design_of(survey(folder, text, files), told)
    return stopped.value.findings


BAD = [
    ("survey-stratum-without-population", SIZES, {"tang.csv": "stratum,population_1\nX,40\n"}, "Y"),
    ("missing-column", '[design]\nstrata = ["vùng"]\n', {}, "vùng"),
    ("survey-margins-contradict", RAKED, MARGINS | {"vung.csv": "unit_code,total\nA,30\nB,71\n"}, "vung.csv"),
    ("survey-class-without-total", RAKED, MARGINS | {"vung.csv": "unit_code,total\nA,100\n"}, "B"),
    ("survey-class-without-forms", RAKED, MARGINS | {"gioi.csv": "gender,total\nnam,30\nnữ,60\nkhác,10\n"}, "khác"),
    ("survey-value-wrong", "[estimates]\nconfidence_percent = 0\n", {}, "estimates.confidence_percent"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "files", "word"), BAD, ids=[row[0] for row in BAD])
def test_what_stands_in_the_way_is_named_and_nothing_is_estimated(
    tmp_path, code, text, files, word
):
    told = responses(("gender",), gender=GENDER, stratum=list("XXXYYY"))
    (found,) = refused(tmp_path, told, text, files)
    assert found.code == code and word in found.text("vi")


def test_a_design_that_allows_no_estimate_is_refused_after_what_could_not_be_read(
    tmp_path, monkeypatch
):
    told = responses(weight=[1, 0, 1, 1, 1, 1], tc_1=[*"54543", "lạ"])
    monkeypatch.setattr("scoring.survey.satisfaction.survey_responses", lambda *_, **__: told)
    with pytest.raises(SurveyError) as stopped:
        survey_estimates(survey(tmp_path, '[design]\nweight = "weight"\n'), [()])
    first, *_, last = [finding.code for finding in stopped.value.findings]
    assert first == told.findings[0].code and last == "survey-weight-not-positive"


def test_an_index_made_of_factors_takes_the_interval_of_a_score():
    (index, weights), = index_block(responses(), weighting("mean_of_factors")).parts  # fmt: skip
    assert index.is_score and weights == (0.5, 0.5)


def test_questions_are_named_in_the_language_asked_for():
    names = [measure_names(instrument(), lang)["chung"] for lang in ("vi", "en")]
    assert names == ["Nhìn chung?", "On the whole?"]


def test_a_weight_of_zero_is_never_dropped(tmp_path):
    told = responses(weight=[1, 0, 1, 1, 1, 1])
    (found,) = refused(tmp_path, told, '[design]\nweight = "weight"\n')
    assert found.code == "survey-weight-not-positive"


def test_a_way_that_the_questionnaire_has_not_is_named_with_those_it_has(tmp_path):
    with pytest.raises(SurveyError) as stopped:
        estimate_survey(plain(tmp_path, 'weighting = "median"'), responses())
    assert "option-weights" in stopped.value.findings[0].text("vi")


def test_replicate_weights_give_the_variance(tmp_path):
    sets = {
        f"rw{number}": [0.0 if place == number else 1.2 for place in range(6)]
        for number in range(6)
    }
    text = '[replicates]\nkind = "JK1"\nprefix = "rw"\nscale = 0.8333333333333334\n'
    told = responses(tuple(sets), **{name: list(map(str, values)) for name, values in sets.items()})
    row = cell(estimated(plain(tmp_path, text), told, by=[()]).estimates)
    simple = cell(estimate_survey(plain(tmp_path), told, by=[()]))
    # Leaving out one form at a time of a simple sample agrees with its linearised variance.
    assert row["standard_error"] == pytest.approx(simple["standard_error"], rel=0.02)
    assert row["estimate_percent"] == simple["estimate_percent"]


REPLICATED = '[replicates]\nkind = "bootstrap"\nprefix = "rw_"\n'


def test_replicate_weights_are_kept_when_a_file_is_read(tmp_path):
    rows = "form_id,tc_1,rw_1,rw_2\nP1,5,1,2\nP2,3,2,0\nP3,4,1,1\n"
    told = survey_responses(plain(tmp_path, REPLICATED, {"phieu.csv": rows}), instrument())
    design = design_of(plain(tmp_path, REPLICATED), told)
    assert design.replicates.factors.tolist() == [[1, 2], [2, 0], [1, 1]]


BAD_SETS = [
    ({"rw_1": ["1", "1", "x", "1", "1", "1"]}, "survey-weight-missing"),
    ({}, "missing-column"),
]


@pytest.mark.parametrize(("sets", "code"), BAD_SETS)
def test_replicate_weights_that_are_none_are_named(tmp_path, sets, code):
    (found,) = refused(tmp_path, responses(tuple(sets), **sets), REPLICATED)
    assert found.code == code and "rw_" in found.text("vi")


JKN = '[replicates]\nkind = "JKn"\nprefix = "rw"\n'
STRATA = ["a", "a", "a", "b", "b", "b"]
# Three of each stratum: whoever is left out has nothing, the others of the stratum half as much more.
LEFT_OUT = {
    f"rw{out}": [0.0 if form == out else 1.5 if STRATA[form] == STRATA[out] else 1.0
                 for form in range(6)]
    for out in range(6)
}  # fmt: skip


@pytest.mark.parametrize("more", ["combined = false", f"rscales = {[2 / 3] * 6}"])
def test_a_jackknife_in_strata_comes_with_its_factors_or_has_them_told(tmp_path, more):
    sets = {name: list(map(str, values)) for name, values in LEFT_OUT.items()}
    told = responses(tuple(sets), stratum=STRATA, **sets)
    row = cell(estimated(plain(tmp_path, JKN + more), told, by=[()]).estimates)
    simple = cell(
        estimated(plain(tmp_path, '[design]\nstrata = ["stratum"]\n'), told, by=[()]).estimates
    )
    assert row["standard_error"] == pytest.approx(simple["standard_error"], rel=0.02)


@pytest.mark.parametrize(("text", "word"), [
    (JKN, "replicates.rscales"), (JKN.replace("JKn", "JK1"), "replicates.scale"),
    (JKN + "rscales = [0.5]", "replicates.rscales"), (JKN + 'rscales = ["x"]', "replicates.rscales"),
])  # fmt: skip
def test_factors_that_a_jackknife_lacks_are_named(tmp_path, text, word):
    sets = {name: list(map(str, values)) for name, values in LEFT_OUT.items()}
    found = refused(tmp_path, responses(tuple(sets), **sets), text)
    assert found[0].code == "survey-value-wrong" and found[0].values["key"] == word


def test_sampling_units_may_be_numbered_anew_in_each_stratum(tmp_path):
    told = responses(stratum=STRATA, cluster_1=list("123123"))
    text = '[design]\nstrata = ["stratum"]\nclusters = ["cluster_1"]\n'
    assert {found.code for found in refused(tmp_path, told, text)} == {"survey-unit-in-two-strata"}
    row = cell(estimated(plain(tmp_path, text + "nest = true\n"), told, by=[()]).estimates)
    assert row["degrees_of_freedom"] == 4


def test_the_questionnaire_names_its_ways():
    assert [way.code for way in instrument().weightings][-1] == "option-weights"
