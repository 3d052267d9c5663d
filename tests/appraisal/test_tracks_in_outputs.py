"""What appraisers decided in every output that shows points: tables, gaps, page, Word, workbook."""

import io
import json
import zipfile

import openpyxl
import pandas as pd
import pytest
from set_builder import direct_set, given

from scoring.appraisal import append_decisions
from scoring.batch.run import compute
from scoring.batch.submissions import Intake
from scoring.cli.main import main
from scoring.outputs.content import report_content
from scoring.outputs.page import report_page
from scoring.outputs.report_workbook import report_workbook
from scoring.outputs.word import word_report
from scoring.points.decision_checks import decisions_in_ledgers
from scoring.points.item_explanation import explain
from scoring.tables import empty

KEY = {"unit_code": "A", "year": 2026, "period": ""}
PLACE = {"file": "so.xlsx", "sheet": "Thẩm định", "cell": "F7"}


@pytest.fixture(scope="module")
def criteria():
    return direct_set({"1.1": 4, "1.2": 3, "2": 3}, parents=[("1", 7)])


@pytest.fixture(scope="module")
def intake(criteria):
    appraisal = pd.DataFrame(
        [
            {"item_code": "1.1", "appraised_points": 1.0, "appraisal_note": "thiếu văn bản",
             "response": "đã gửi bổ sung", "appraised_points_2": 2.5, "appraisal_note_2": "đủ một phần"},
            {"item_code": "1.2", "appraised_points": 3.0, "appraisal_note": "", "response": "",
             "appraised_points_2": None, "appraisal_note_2": ""},
        ]
    ).assign(**KEY, **PLACE)  # fmt: skip
    inputs = given({"1.1": 3, "1.2": 3, "2": 2})
    return Intake(criteria, inputs, empty("Targets"), appraisal=appraisal)


@pytest.fixture(scope="module")
def final(intake):
    return compute(intake, lang="vi", track="final")


def content_of(result, lang="vi"):
    return report_content(result.sheet, result.gaps, result.targets, lang=lang)


def test_points_typed_into_a_ledger_count_on_the_appraised_tracks(intake, final):
    rows = decisions_in_ledgers(intake.appraisal).dropna(subset="points")
    assert rows[["round", "item_code", "points"]].values.tolist() == [
        ["1", "1.1", 1.0], ["1", "1.2", 3.0], ["2", "1.1", 2.5],
    ]  # fmt: skip
    assert final.sheet.index_bounds().loc["A"].tolist() == [5.5, 8.5]
    assert final.sheet.scores["basis"].unique().tolist() == ["final"]


def test_what_appraisers_took_off_is_a_cause_of_its_own_and_all_losses_still_add_up(final):
    gaps = final.gaps[["item_code", "kind", "cause", "lost_points"]].values.tolist()
    assert gaps == [
        ["2", "open", "not-assessed", 3.0],
        ["1.1", "lost", "below-target", 1.0],
        ["1.1", "lost", "appraised-lower", 0.5],
    ]
    assert final.gaps["next_step"].iloc[0] == "Chờ quyết định thẩm định."
    assert final.gaps["lost_points"].sum() == pytest.approx(10 - 5.5)


def test_nothing_of_tracks_is_said_where_nobody_decided(intake, criteria):
    plain = compute(Intake(criteria, intake.inputs, empty("Targets")))
    assert content_of(plain).tracks is None
    page = report_page(content_of(plain))
    assert "Qua các vòng" not in page and "tracks" not in page
    assert not plain.sheet.shows_tracks


def test_the_page_shows_every_track_of_every_item_with_what_was_said(final):
    content = content_of(final)
    assert content.tracks.heads[-1] == "Cuối cùng"
    index, *_, last = content.tracks.rows
    assert index.points == ("8,00", "4,00 – 7,00", "4,00 – 9,00", "5,50 – 8,50", "5,50 – 8,50")
    assert (last.code, last.points[-1], last.decisions) == ("2", "0,00 – 3,00", ())
    page = report_page(content)
    assert "vòng 2: 2,50 điểm; đủ một phần" in page
    assert "Điểm trong báo cáo này là điểm: Cuối cùng." in page
    assert "vòng 1: 3,00 điểm</small>" not in page


def test_the_word_report_and_the_workbook_show_the_tracks(final, criteria):
    word = zipfile.ZipFile(io.BytesIO(word_report(content_of(final)))).read("word/document.xml")
    text = word.decode("utf-8")
    assert "vòng 2: 2,50 điểm; đủ một phần" in text and "Thẩm định vòng 2" in text
    from scoring.points.tracks import tracks_table

    sheet = final.sheet
    book = report_workbook(
        sheet.scores, final.gaps, final.findings, criteria.items, tracks=tracks_table(sheet)
    )
    grid = openpyxl.load_workbook(io.BytesIO(book))["Điểm qua các vòng"]
    rows = {row[0]: row for row in grid.iter_rows(values_only=True)}
    head = rows["Mã"]
    item = dict(zip(head, rows["1.1"], strict=True))
    assert (item["Tính theo quy tắc"], item["Thẩm định vòng 1"], item["Cuối cùng"]) == (3, 1, 2.5)
    assert (item["Lấy theo"], item["Lý do"]) == ("vòng 2", "đủ một phần")
    # What is open stays empty, with its ends beside it.
    index = dict(zip(head, rows["INDEX"], strict=True))
    assert (index["Cuối cùng"], index["Thấp nhất"], index["Cao nhất"]) == (None, 5.5, 8.5)


def test_an_explanation_tells_the_decisions_beside_the_rule(final):
    why = explain(final.sheet, "1.1", lang="vi")
    assert why.shown_points == "2,50" and why.arithmetic.endswith("= 3")
    assert why.appraised == (
        "vòng 1: 1,00 điểm; thiếu văn bản",
        "vòng 2: 2,50 điểm; đủ một phần",
    )
    assert "Thẩm định:" in list(why.lines("vi"))


def test_score_takes_a_journal_and_says_on_which_track_it_stands(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("scoring.batch.run.save_charts", lambda jobs: [])
    rows = [{"item_code": "2", "input": name, "value": n} for name, n in
            (("on_time", 90), ("received", 100))]  # fmt: skip
    pd.DataFrame([KEY | row for row in rows]).to_csv(tmp_path / "inputs.csv", index=False)
    one = {
        "item_code": "2",
        "points": 17.0,
        "round": "final",
        "reason": "x",
        "decided_by": "Hội đồng",
    }
    append_decisions(
        tmp_path / "appraisal.jsonl", pd.DataFrame([KEY | one | {"set_fingerprint": "ab"}])
    )
    run = ["score", str(tmp_path / "inputs.csv"), "--criteria", "service-quality-766",
           "--journal", str(tmp_path / "appraisal.jsonl")]  # fmt: skip
    out = ["--out", str(tmp_path / "out")]
    assert main([*run, *out, "--track", "final", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "decisions-other-set" in {found["code"] for found in told["findings"]}
    assert told["track"] == "final" and told["index"][0]["points_low"] == 17.0
    assert {row["track"]: row["points_low"] for row in told["tracks"]} == {
        "computed": 18.0,
        "final": 17.0,
    }
    tracks = pd.read_csv(tmp_path / "out" / "tracks.csv", dtype={"code": str})
    cell = tracks[(tracks["code"] == "2") & (tracks["track"] == "final")].iloc[0]
    assert (cell["points"], cell["round"], cell["decided_by"]) == (17.0, "final", "Hội đồng")
    assert main([*run, "--out", str(tmp_path / "none"), "--track", "supported"]) == 2
    assert "Cuối cùng" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
