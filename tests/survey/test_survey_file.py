"""survey.toml: every key is checked, nothing outside its folder is read, nothing defaults unsaid."""

import pytest

from scoring.base.labels import source_words
from scoring.survey.survey_file import read_survey

GOOD = """
id = "khao-sat-2026"
name_vi = "Khảo sát mẫu"
status = "sample"
source = "Mô phỏng"
year = 2026
instrument = "sipas-citizens-sample"
responses = ["phiếu.csv"]
[fieldwork]
from = 2026-08-01
to = 2026-09-15
[columns]
unit_code = "Đơn vị"
[design]
strata = ["stratum"]
clusters = ["cluster_1", "cluster_2"]
population = ["population_1", "population_2"]
population_tables = ["xã.csv"]
weight = "weight"
[calibration]
kind = "raking"
margins = ["giới.csv"]
[estimates]
confidence_percent = 90
"""


@pytest.fixture
def read(tmp_path):
    def reading(old="", new="", **files):
        text = GOOD.replace(old, new) if old else GOOD
        known = {"phiếu.csv": "form_id\n1\n", "giới.csv": "gender,total\nnam,12\nnữ,1.250\n"}
        known["xã.csv"] = "stratum,population_1\nA,40\n"
        for name, content in (known | {"survey.toml": text} | files).items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        return read_survey(tmp_path)

    return reading


def codes(survey):
    return [finding.code for finding in survey.findings]


def test_what_the_file_states_is_taken_and_what_it_does_not_is_said(read):
    survey = read()
    assert codes(survey) == []
    assert survey.clusters == ("cluster_1", "cluster_2") and survey.confidence == 0.9
    assert survey.margins[0]["total"].tolist() == [12.0, 1250.0]
    assert survey.not_stated == (
        "design.lonely", "estimates.weighting", "estimates.interval", "estimates.minimum_forms",
    )  # fmt: skip


def test_services_have_names_in_either_language(read):
    survey = read(
        "[design]", "[services]\nho-tich = 'Hộ tịch'\nb = {vi = 'Đất', en = 'Land'}\n[design]"
    )
    assert codes(survey) == []
    assert survey.service_names() == {"ho-tich": "Hộ tịch", "b": "Đất"}
    assert survey.service_names("en") == {"ho-tich": "Hộ tịch", "b": "Land"}


WRONG = [
    ("year = 2026", "year = '2026'", "survey-value-wrong", "year"),
    ("year = 2026", "year = true", "survey-value-wrong", "year"),
    ("year = 2026", "", "survey-value-wrong", "year"),
    ('id = "khao-sat-2026"', 'id = "../x"', "survey-value-wrong", "id"),
    ("confidence_percent = 90", "confidence_percent = 0.9", "survey-value-wrong", "99.99"),
    ("confidence_percent = 90", 'interval = "Wilsn"', "survey-value-wrong", "korn-graubard"),
    ('["phiếu.csv"]', '"phiếu.csv"', "survey-value-wrong", "responses"),
    ('["phiếu.csv"]', "[]", "survey-value-wrong", "responses"),
    ('weight = "weight"', 'wieght = "weight"', "survey-key-unknown", "design.wieght"),
    ("2026-09-15", "2026-07-15", "survey-value-wrong", "fieldwork.to"),
    ('["stratum"]', '["a", "b", "c"]', "survey-value-wrong", "design.strata"),
    (', "population_2"', "", "survey-stage-size", "2 giai đoạn"),
    ('kind = "raking"', "", "survey-value-wrong", "calibration.kind"),
    ('margins = ["giới.csv"]', "", "survey-value-wrong", "calibration.margins"),
    ("[calibration]", '[replicates]\nkind = "JK1"\n[calibration]', "survey-value-wrong", "prefix"),
    ("[design]", "a = 3\n[design]", "survey-value-wrong", "columns.a"),
    ("[design]", "[services]\nho-tich = 3\n[design]", "survey-value-wrong", "services.ho-tich"),
    ("[design]", "[services]\na = {en = 'Land'}\n[design]", "survey-value-wrong", "services.a"),
    ("[fieldwork]", "services = 'a'\n[fieldwork]", "survey-value-wrong", "services"),
    ("phiếu.csv", "phieu.csv", "file-missing", "phieu.csv"),
    ("phiếu.csv", "../phiếu.csv", "path-outside-folder", "../phiếu.csv"),
    ("giới.csv", "/etc/passwd", "path-outside-folder", "/etc/passwd"),
]


@pytest.mark.parametrize(("old", "new", "code", "word"), WRONG)
def test_a_wrong_key_is_a_finding_that_names_it(read, old, new, code, word):
    found = [finding for finding in read(old, new).findings if finding.code == code]
    assert found and word in found[0].text("vi")
    assert found[0].file.endswith("survey.toml") and found[0].severity == "error"


def test_totals_are_numbers_above_0_of_one_row_a_class(read):
    survey = read(**{"giới.csv": "gender,total\nnam,12\nnam,13\nnữ,0\n?,nhiều\n"})
    places = {(found.code, found.cell) for found in survey.findings}
    assert places == {
        ("survey-class-twice", "A3"), ("survey-total-wrong", "B4"), ("survey-total-wrong", "B5"),
    }  # fmt: skip


def test_a_table_of_totals_needs_its_column(read):
    assert codes(read(**{"giới.csv": "gender,sum\nnam,12\n"})) == ["missing-column"]


def test_a_survey_may_give_its_source_in_english(read):
    survey = read("year = 2026", "source_en = 'Simulated'\nyear = 2026")
    assert codes(survey) == []
    assert source_words(survey.source, survey.source_en, "en") == "Simulated"
    assert source_words(survey.source, "", "en") == "Mô phỏng (source in Vietnamese)"


@pytest.mark.parametrize(("least", "warned"), [(1, True), (2, True), (3, False)])
def test_a_minimum_that_protects_nobody_is_warned_of(read, least, warned):
    survey = read("confidence_percent = 90", f"minimum_forms = {least}")
    assert (codes(survey) == ["survey-minimum-low"]) == warned
    assert survey.minimum_forms == least
    assert all(finding.severity == "warning" for finding in survey.findings)
