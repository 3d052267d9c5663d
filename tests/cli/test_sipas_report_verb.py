"""``parindex sipas report``: what it writes of the shipped survey and of estimates alone, and what it refuses."""

import json
import shutil

import pandas as pd
import pytest
from lxml import html

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

SURVEY = shipped_folder("evidence") / "sipas-example-2026"
ROW = {
    "survey": "ks-2026", "series": "sample-1001", "year": 2026, "unit_code": "", "unit_name": "",
    "measure": "index", "code": "INDEX", "weighting": "pooled", "forms": 1200, "answers": 1150,
    "estimate_percent": 83.7, "standard_error": 1.0, "low_percent": 81.7, "high_percent": 85.6,
    "confidence_percent": 95, "interval": "wilson", "degrees_of_freedom": 90, "state": "shown",
}  # fmt: skip


@pytest.fixture
def estimates(tmp_path):
    rows = [
        ROW,
        ROW | {"measure": "factor", "code": "access", "estimate_percent": 85.0, "high_percent": 87.0},
        ROW | {"unit_code": "A", "unit_name": "Sở A", "estimate_percent": 90.0, "low_percent": 88.0,
               "high_percent": 91.5},
        ROW | {"unit_code": "B", "unit_name": "Sở B", "forms": None, "answers": None,
               "estimate_percent": None, "standard_error": None, "low_percent": None, "high_percent": None,
               "state": "hidden-small"},
    ]  # fmt: skip
    path = tmp_path / "estimates.csv"
    pd.DataFrame(rows).astype({"forms": "Int64", "answers": "Int64"}).to_csv(path, index=False)
    return path


def report(path, out, *more):
    command = ["sipas", "report", str(path), "--out", str(out), *more]
    return main(command if "--format" in more else [*command, "--quiet"])


FORM = ("--instrument", "sipas-citizens-sample")


def said_on(page):
    return " ".join(html.fromstring(page.read_text("utf-8")).text_content().split())


def test_the_shipped_survey_says_its_figure_its_design_and_that_nobody_answered(tmp_path, capsys):
    assert report(SURVEY, tmp_path / "ra") == 0
    text = said_on(tmp_path / "ra" / "report.html")
    assert (
        "hài lòng với các đơn vị được khảo sát là 82,8%; khoảng tin cậy 95% từ 79,8% đến 85,4%"
        in text
    )
    for words in ("SỐ LIỆU GIẢ LẬP", "03/08/2026 – 11/09/2026", "số tầng: 3 (cột stratum)",
                  "24 (cột cluster_1, cluster_2, form_id)", "quyền số: có (cột weight)", "Wilson, 95%",
                  "dừng lại và nêu tên tầng", "khảo sát: mẫu; bộ câu hỏi: mẫu",
                  "raking", "sample-1001", "Đây là phiếu mẫu", "quan trọng",
                  "Đăng ký doanh nghiệp"):  # fmt: skip
        assert words in text
    assert "doanh-nghiep" not in text
    # Services stand as the survey lists them, not by codes that nobody sees.
    listed = ("Đất đai", "Môi trường", "Xây dựng", "Đăng ký doanh nghiệp", "Hộ tịch", "Người dân")
    places = [text.rindex(name) for name in listed]
    assert places == sorted(places)
    names = {path.name for path in (tmp_path / "ra" / "charts").iterdir()}
    assert names == {
        "survey-profile.png",
        "survey-answers.png",
        "survey-league.png",
        "survey-priorities.png",
    }
    assert main(["verify", str(tmp_path / "ra"), "--quiet"]) == 0


def test_estimates_alone_make_a_report_with_a_page_for_each_unit(estimates, tmp_path, capsys):
    aims = tmp_path / "chi-tieu.csv"
    aims.write_text("unit_code,code,target_percent\n,INDEX,85\nA,INDEX,88\n", encoding="utf-8")
    out = tmp_path / "ra"
    assert (
        report(estimates, out, *FORM, "--targets", str(aims), "--each-unit", "--format", "json")
        == 0
    )
    files = json.loads(capsys.readouterr().out)["files"]
    assert {"report.html", "report.docx", "units/a.html", "units/b.html"} <= set(files)
    assert "chưa đủ cơ sở kết luận là đạt" in said_on(out / "report.html")
    assert "Chỉ tiêu 88,0% đã đạt" in said_on(out / "units" / "a.html")
    assert "không được công bố: ẩn (ít phiếu)" in said_on(out / "units" / "b.html")


def test_targets_that_no_estimate_answers_are_named(estimates, tmp_path, capsys):
    aims = tmp_path / "chi-tieu.csv"
    aims.write_text("unit_code,code,target_percent\n,,85\nZZ,INDEX,88\n", encoding="utf-8")
    assert report(estimates, tmp_path / "ra", *FORM, "--targets", str(aims)) == 1
    said = capsys.readouterr().err
    assert "C2 [survey-target-unknown-code]" in said and "INDEX là chỉ số chung" in said
    assert "C3 [target-of-unknown-unit]" in said


def test_one_unit_has_its_own_report(estimates, tmp_path):
    assert report(estimates, tmp_path / "ra", *FORM, "--unit", "A") == 0
    text = said_on(tmp_path / "ra" / "report.html")
    assert "mức hài lòng với Sở A là 90,0%" in text
    assert "cao hơn mức chung, vượt sai số" in text


def test_estimates_need_their_questionnaire(estimates, tmp_path, capsys):
    assert report(estimates, tmp_path / "ra") == 2
    assert "[survey-report-instrument]" in capsys.readouterr().err


def test_several_surveys_in_one_table_are_refused(estimates, tmp_path, capsys):
    table = pd.read_csv(estimates)
    both = pd.concat([table, table.assign(survey="ks-khac")])
    both.to_csv(estimates, index=False)
    assert report(estimates, tmp_path / "ra", *FORM) == 2
    err = capsys.readouterr().err
    assert "[survey-report-several]" in err and "ks-khac" in err
    assert not (tmp_path / "ra").exists()


@pytest.mark.parametrize("spoiled", ["unit", "empty", "no-whole"])
def test_what_has_no_estimates_is_refused_with_what_there_is(spoiled, estimates, tmp_path, capsys):
    more = ("--unit", "Z") if spoiled == "unit" else ()
    if spoiled == "empty":
        estimates.write_text(estimates.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    if spoiled == "no-whole":
        pd.read_csv(estimates).query("unit_code == 'A'").to_csv(estimates, index=False)
    assert report(estimates, tmp_path / "ra", *FORM, *more) == 2
    err = capsys.readouterr().err
    assert "[survey-report-no-estimates]" in err
    assert ("A" in err.split("ước lượng của")[-1]) or spoiled == "empty"


def test_a_survey_that_is_declared_wrong_is_not_reported(tmp_path, capsys):
    shutil.copytree(SURVEY, tmp_path / "ks")
    path = tmp_path / "ks" / "survey.toml"
    path.write_text(path.read_text("utf-8").replace("year = 2026", ""), encoding="utf-8")
    assert report(path, tmp_path / "ra") == 2
    assert "[survey-value-wrong]" in capsys.readouterr().err
