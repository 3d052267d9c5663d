"""A design that allows no estimate is refused, with the place and what to do."""

import numpy as np
import pandas as pd
import pytest

from scoring.base.errors import SurveyError, UsageError
from scoring.survey.estimation.design import survey_design

GOOD = pd.DataFrame({
    "form_id": [f"P{at}" for at in range(8)], "file": "phieu.csv",
    "sheet": "", "cell": [f"A{at + 2}" for at in range(8)],
    "stratum": list("aaaabbbb"), "commune": list("ppqqrrss"), "village": list("klklklkl"),
    "communes": [20.0] * 4 + [30.0] * 4, "villages": 5.0, "weight": 12.5,
})  # fmt: skip
DESIGN = {
    "strata": ["stratum"], "clusters": ["commune", "village"],
    "population": ["communes", "villages"],
}  # fmt: skip


def findings(frame, **options):
    with pytest.raises(SurveyError) as error:
        survey_design(frame, **(DESIGN | options))
    return error.value.findings


def spoiled(column, *values):
    frame = GOOD.astype({column: object})
    frame.loc[range(2, 2 + len(values)), column] = values
    return frame


def test_the_sound_design_has_no_findings():
    design = survey_design(GOOD, **DESIGN)
    assert design.findings == ()
    assert repr(design) == "SurveyDesign(8 forms, 4 sampling units in 2 strata, 2 stages)"


@pytest.mark.parametrize(
    ("frame", "code", "place", "words"),
    [
        (spoiled("weight", np.nan, None), "survey-weight-missing", "A4", "2 phiếu không có quyền số"),
        (spoiled("weight", None).astype({"weight": "Float64"}), "survey-weight-missing", "A4", "P2"),
        (spoiled("weight", "mười"), "survey-weight-missing", "A4", "P2"),
        (spoiled("weight", 0.0), "survey-weight-not-positive", "A4", "“0”"),
        (spoiled("weight", 3.0, -1.5), "survey-weight-not-positive", "A5", "“-1,5”"),
        (spoiled("stratum", None), "survey-label-missing", "A4", "stratum"),
        (spoiled("village", ""), "survey-label-missing", "A4", "village"),
        (spoiled("commune", "s"), "survey-unit-in-two-strata", "A4", "Đơn vị mẫu s"),
        (spoiled("communes", np.nan), "survey-stratum-without-population", "A4", "stratum = a"),
        (spoiled("villages", 0.0), "survey-stratum-without-population", "A4", "commune = q"),
        (spoiled("communes", 21.0), "survey-population-varies", "A4", "“21”"),
        (spoiled("villages", 1.0, 1.0), "survey-population-too-small", "A4", "1 đơn vị, mẫu lại có 2"),
        (spoiled("village", "k", "k"), "survey-single-unit-stratum", "A4", "commune = q"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_where_it_stands(frame, code, place, words):
    (finding,) = findings(frame)
    assert (finding.code, finding.file, finding.cell) == (code, "phieu.csv", place)
    assert words in finding.problem("vi")
    assert finding.remedy("vi") != finding.remedy("en")


def test_a_single_unit_stratum_is_named_at_the_first_stage_too():
    (finding,) = findings(GOOD.iloc[:6], population=[])
    assert finding.code == "survey-single-unit-stratum"
    assert "Giai đoạn 1, tầng stratum = b" in finding.problem("vi")


def test_a_sample_of_one_unit_is_a_stratum_without_a_name():
    (finding,) = findings(GOOD.iloc[:2], strata=[], population=[])
    assert "toàn bộ mẫu" in finding.problem("vi")


def test_units_numbered_anew_in_each_stratum_are_said_to_be():
    frame = GOOD.assign(commune=list("ppqqppqq"))
    assert [finding.code for finding in findings(frame)] == ["survey-unit-in-two-strata"] * 2
    design = survey_design(frame, **DESIGN, nest=True)
    assert len(design.units.stages[0].stratum_of_cluster) == 4


@pytest.mark.parametrize(
    ("frame", "population", "stage"),
    [
        (GOOD, ["communes"], 2),
        (GOOD.assign(villages=np.nan), ["communes", "villages"], 2),
        (GOOD.assign(communes=np.nan), ["communes", "villages"], 1),
    ],
)
def test_a_stage_without_its_size_is_named(frame, population, stage):
    (finding,) = findings(frame, population=population)
    assert finding.code == "survey-stage-without-size"
    assert f"Giai đoạn {stage} của mẫu 2 giai đoạn" in finding.problem("vi")


def test_a_size_that_is_a_little_off_by_rounding_is_the_sample_itself():
    frame = GOOD.assign(villages=2.0 - 1e-12)
    assert survey_design(frame, **DESIGN).units.stages[1].correction.max() < 1e-9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strata": ["tinh"]}, "no column tinh"),
        ({"lonely": "ignore"}, "lonely is one of fail, remove"),
        ({"strata": ["stratum"] * 3}, "more columns than there are stages"),
        ({"weight": None, "population": []}, "without weights"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        survey_design(GOOD, **(DESIGN | options))


def test_no_forms_are_no_survey():
    with pytest.raises(UsageError, match="no forms"):
        survey_design(GOOD.iloc[:0], **DESIGN)


def test_rows_of_the_same_number_are_told_apart():
    frame = spoiled("commune", "s")
    frame.index = [0] * len(frame)
    (finding,) = findings(frame)
    assert finding.cell == "A4"


def test_units_of_a_further_piece_are_found_by_their_codes():
    design = survey_design(GOOD, **DESIGN)
    strange = GOOD.iloc[[5, 2]].assign(commune=["r", "z"])
    assert design.units.codes_of(GOOD).tolist() == design.unit.tolist()
    assert design.units.codes_of(strange).tolist() == [design.unit[5], -1]
