"""``parindex sipas index``: what it says of the shipped survey, what it writes, and what it refuses."""

import contextlib
import io
import json
import runpy
import shutil
from pathlib import Path

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

EVIDENCE = shipped_folder("evidence")
NOW, BEFORE = EVIDENCE / "sipas-example-2026", EVIDENCE / "sipas-example-2025"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on the shipped survey against last year's: its folder, and what it said."""
    out = tmp_path_factory.mktemp("out") / "ket-qua"
    command = ["sipas", "index", str(NOW), "--compare", str(BEFORE), "--out", str(out)]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main(command) == 0
    return out, said.getvalue()


@pytest.fixture(scope="module")
def made(run):
    return run[0]


def test_the_summary_says_the_figure_its_interval_and_how_it_was_made(run):
    said = run[1]
    assert (
        "82,8% (khoảng tin cậy 95%: 79,8–85,4), 1.185 phiếu, 22.638 câu trả lời có ý kiến" in said
    )
    for words in ("3 tầng, 24 đơn vị mẫu giai đoạn 1, 3 giai đoạn", "hiệu chỉnh theo biên (raking)",
                  "dừng lại và nêu tên tầng", "Wilson, 95%", "pooled (mẫu)", "dữ liệu mô phỏng",
                  "(khảo sát: mẫu; bộ câu hỏi: mẫu)"):  # fmt: skip
        assert words in said
    assert "Sở Mẫu A (mô phỏng) hơn Sở Mẫu D (mô phỏng)" in said


def test_what_survey_toml_does_not_state_is_said(tmp_path, capsys):
    shutil.copytree(NOW, tmp_path / "ks")
    path = tmp_path / "ks" / "survey.toml"
    text = path.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("lonely", "interval"))]
    path.write_text("\n".join(kept).replace("minimum_forms = 10", "minimum_forms = 2"), "utf-8")
    out = str(tmp_path / "a")
    main(["sipas", "index", str(path), "--by", "unit+group", "--out", out, "--lang", "en"])
    said = capsys.readouterr()
    assert (
        "so a default was taken: what is done with strata of a single unit (design.lonely); "
        "method of the intervals (estimates.interval)"
    ) in said.out
    assert "[survey-further-crossings]" in said.err and "[survey-minimum-low]" in said.err


def test_units_of_one_name_are_told_apart_where_they_are_compared(tmp_path, capsys):
    shutil.copytree(NOW, tmp_path / "ks")
    path = tmp_path / "ks" / "responses.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Sở Mẫu D (mô phỏng)", "Sở Mẫu A (mô phỏng)"), "utf-8")
    main(["sipas", "index", str(tmp_path / "ks"), "--out", str(tmp_path / "a")])
    name = "Sở Mẫu A (mô phỏng)"
    assert f"- {name} (SM-A) hơn {name} (SM-D)" in capsys.readouterr().out
    main(["sipas", "report", str(tmp_path / "ks"), "--out", str(tmp_path / "b")])
    assert f"{name} (SM-D)" in (tmp_path / "b" / "report.html").read_text(encoding="utf-8")


def test_estimates_differences_findings_and_a_manifest_are_written(made, capsys):
    assert sorted(path.name for path in made.iterdir()) == [
        "datapackage.json", "differences.csv", "estimates.csv", "findings.csv", "manifest.json",
    ]  # fmt: skip
    table = pd.read_csv(made / "estimates.csv")
    assert set(table["measure"]) == {"index", "factor", "question", "answer"}
    about = json.loads((made / "manifest.json").read_text("utf-8"))["about"]
    assert about["survey"] == "sipas-example-2026" and about["made_by"] == "sipas index"
    assert main(["verify", str(made)]) == 0
    changes = pd.read_csv(made / "differences.csv").query("other_survey == 'sipas-example-2025'")
    assert changes.iloc[0][["measure", "verdict"]].tolist() == ["index", "real"]


def test_every_file_that_the_figures_rest_on_is_in_the_manifest(made):
    listed = json.loads((made / "manifest.json").read_text("utf-8"))["inputs"]
    used = {path.name for path in NOW.iterdir()} - {"README.md", "published-2023.csv"}
    assert {entry["path"] for entry in listed} == used


def test_a_small_unit_is_hidden_in_every_file(made):
    for name in ("estimates.csv", "differences.csv"):
        rows = pd.read_csv(made / name)
        rows = rows[(rows["unit_code"] == "SM-G") & (rows["measure"] == "index")]
        figure = "estimate_percent" if name == "estimates.csv" else "difference_percent"
        assert len(rows) and rows[figure].isna().all()


@pytest.mark.parametrize(("change", "code"), [
    (('["responses.csv"]', '["khong-co.csv"]'), "file-missing"),
    (('["responses.csv"]', '["../ngoai.csv"]'), "path-outside-folder"),
    (('instrument = "sipas-citizens-sample"', ""), "survey-value-wrong"),
    (("lonely", "lonley"), "survey-key-unknown"), (('"pooled"', '"median"'), "survey-value-wrong"),
])  # fmt: skip
def test_a_broken_survey_is_refused_with_its_findings(tmp_path, capsys, change, code):
    shutil.copytree(NOW, tmp_path / "ks")
    path = tmp_path / "ks" / "survey.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    assert main(["sipas", "index", str(tmp_path / "ks"), "--out", str(tmp_path / "a")]) == 1
    assert f"[{code}]" in capsys.readouterr().err and not (tmp_path / "a").exists()


def test_a_weight_that_is_no_number_is_named_at_its_cell(tmp_path, capsys):
    shutil.copytree(NOW, tmp_path / "ks")
    path = tmp_path / "ks" / "responses.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",232.29,", ",hai,", 1), "utf-8")
    assert main(["sipas", "index", str(tmp_path / "ks"), "--out", str(tmp_path / "a")]) == 1
    said = capsys.readouterr().err
    assert "responses.csv M2 [not-a-number]" in said and "“hai”" in said
    assert "[survey-weight-missing]" in said and not (tmp_path / "a").exists()


def test_the_shipped_surveys_are_what_their_generator_makes():
    maker = runpy.run_path(str(EVIDENCE / "make_sipas_example.py"), run_name="make_sipas_example")
    sizes = 0
    for example in maker["EXAMPLES"]:
        folder = EVIDENCE / example.folder
        for name, data in maker["made"](example).items():
            assert (folder / name).read_bytes() == data, f"{folder.name}/{name}"
        assert "mô phỏng" in (folder / "README.md").read_text(encoding="utf-8")
        sizes += sum(path.stat().st_size for path in Path(folder).iterdir())
    assert sizes < 500_000
