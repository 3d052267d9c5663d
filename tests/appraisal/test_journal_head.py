"""The head of the journal stands in whatever was made with it, and nowhere else."""

import io
import json
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from docx import Document
from set_builder import direct_set, given

from scoring.appraisal import append_decisions
from scoring.batch.run import compute
from scoring.batch.submissions import Intake
from scoring.cli.main import main
from scoring.outputs.content import league, report_content
from scoring.outputs.pack import write_report
from scoring.outputs.page import league_page, report_page
from scoring.outputs.word import word_report
from scoring.tables import empty

HEAD = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def pair():
    plain = Intake(direct_set({"1": 6, "2": 4}), given({"1": 3, "2": 2}), empty("Targets"))
    return compute(plain), compute(replace(plain, journal_head=HEAD))


def content_of(result):
    return report_content(result.sheet, result.gaps, result.targets)


def word_text(data):
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


def test_page_and_word_report_print_the_whole_head_and_say_what_it_is_for(pair):
    without, with_head = pair
    page = report_page(content_of(with_head)).replace("<wbr>", "")
    assert HEAD in page and "Giữ lại mã này" in page
    assert HEAD in league_page(league(with_head.sheet), {}).replace("<wbr>", "")
    assert f"nhật ký thẩm định: {HEAD}." in word_text(word_report(content_of(with_head)))
    for text in (report_page(content_of(without)), word_text(word_report(content_of(without)))):
        assert "nhật ký" not in text


def test_the_workbook_prints_the_head_on_the_sheet_about_the_run(pair, tmp_path):
    for name, result in zip(("without", "with"), pair, strict=True):
        write_report(result, tmp_path / name, formats=("xlsx",))
    texts = {
        name: [str(cell) for row in next(iter(_book(tmp_path / name))).values for cell in row]
        for name in ("without", "with")
    }
    assert HEAD in texts["with"]
    assert any(text.endswith("nhật ký thẩm định 0123456789abcdef") for text in texts["with"])
    assert not any("nhật ký" in text for text in texts["without"])


def _book(folder):
    return openpyxl.load_workbook(folder / "report.xlsx")


def test_the_ranking_annex_and_the_manifest_hold_a_head_that_check_takes_back(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    unit = {"unit_code": "A", "year": 2026, "item_code": "2"}
    rows = [unit | {"input": name, "value": 9} for name in ("on_time", "received")]
    pd.DataFrame(rows).to_csv("figures.csv", index=False)
    decided = unit | {"round": "1", "points": 17.0, "reason": "trễ", "decided_by": "An"}
    head, _ = append_decisions(tmp_path / "j.jsonl", pd.DataFrame([decided]))
    rank = ["rank", "figures.csv", "--criteria", "service-quality-766", "--quiet"]
    assert main([*rank, "--journal", "j.jsonl", "--track", "final", "--out", "hang"]) == 0
    assert (
        json.loads((tmp_path / "hang/manifest.json").read_text())["about"]["journal_head"] == head
    )
    annex = [paragraph.text for paragraph in Document("hang/ranking.docx").paragraphs]
    assert any(head in text for text in annex)
    sheet = next(iter(openpyxl.load_workbook("hang/ranking.xlsx")))
    assert any(head in str(cell) for row in sheet.values for cell in row)
    assert main(["appraise", "check", "j.jsonl", "--head", head]) == 0
    assert main([*rank, "--out", "khong"]) == 0
    assert "journal_head" not in (tmp_path / "khong/manifest.json").read_text()
