"""The first hour of somebody new, in both languages: demo, ledger, check, score, report, own set."""

import csv
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

import scoring
from scoring.cli.main import main
from scoring.evidence.ledger.layout import column
from scoring.files.shipped import shipped_folder

SET = "service-quality-766"
ASSESSMENT = "Tự đánh giá"
FIGURES = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"


@pytest.fixture(params=["vi", "en"])
def run(request, tmp_path, monkeypatch, capsys):
    """Run one command as typed, in an empty folder, and return its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARINDEX_LANG", request.param)

    def command(*arguments):
        code = main(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out + said.err

    command.lang = request.param
    return command


def known_figures():
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return {
            (row["item_code"], row["input"]): float(row["value"])
            for row in csv.DictReader(file)
            if row["value"]
        }


def fill(path, figures):
    """Type figures into the yellow cells, as a person does in Excel."""
    book = openpyxl.load_workbook(path)
    sheet = book[ASSESSMENT]
    heads = [cell.value for cell in sheet[6]]
    code, name = (
        next(at for at, head in enumerate(heads) if head in titles)
        for titles in (column(ASSESSMENT, key).titles for key in ("item_code", "input"))
    )
    for row in sheet.iter_rows(min_row=7):
        key = (row[code].value, row[name].value)
        if key in figures:
            row[3].value = figures[key]
    book.save(path)


def scores_in(folder):
    with (Path(folder) / "scores.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


class Page(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self, text):
        super().__init__()
        self.outside = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        places = [value for name, value in attrs if name in ("src", "href") and value]
        self.outside += [place for place in places if tag != "a" and "//" in place[:8]]


def test_the_demo_gives_the_published_index(run):
    code, said = run("demo")
    assert code == 0
    assert ("61,89" if run.lang == "vi" else "61.89") in said
    page = Path("outputs/demo/report.html").read_text(encoding="utf-8")
    assert f'lang="{run.lang}"' in page
    assert Page(page).outside == []
    assert run("verify", "outputs/demo")[0] == 0


@pytest.mark.usefixtures("marks_here_too")
def test_a_new_ledger_is_filled_checked_scored_and_explained(run):
    book = "sổ tự đánh giá.xlsx"
    new = ("--criteria", SET, "--unit", "so-noi-vu", "--name", "Sở Nội vụ", "--year", "2026")
    assert run("ledger", "new", *new, "--out", book)[0] == 0
    code, said = run("ledger", "check", book)
    assert (code, "nothing-filled-in" in said) == (0, True)
    fill(book, known_figures())
    code, said = run("ledger", "check", book)
    assert (code, ("17/17" if run.lang == "vi" else "17 of 17") in said) == (0, True)
    assert run("score", book, "--out", "kết quả")[0] == 0
    scores = scores_in("kết quả")
    assert scores["INDEX"]["points"] == "61.89"
    page = Path("kết quả/report.html").read_text(encoding="utf-8")
    assert "Sở Nội vụ" in page
    code, said = run("explain", "5.3", book)
    assert (code, "!D59" in said) == (0, True)


@pytest.mark.usefixtures("marks_here_too")
def test_a_figure_that_cannot_be_is_named_at_its_cell_and_the_rest_is_scored(run):
    assert (
        run("ledger", "new", "--criteria", SET, "--unit", "a", "--year", "2026", "--out", "s.xlsx")[
            0
        ]
        == 0
    )
    fill("s.xlsx", known_figures() | {("1.2", "published_on_time"): 75.0})
    code, said = run("ledger", "check", "s.xlsx")
    assert code == 1
    assert "!D12" in said
    before = Path("s.xlsx").read_bytes()
    assert run("ledger", "annotate", "s.xlsx", "--out", "marked.xlsx")[0] in (0, 1)
    assert Path("s.xlsx").read_bytes() == before
    assert Path("marked.xlsx").is_file()
    assert run("score", "s.xlsx", "--out", "out")[0] == 1
    scores = scores_in("out")
    assert scores["1.2"]["points"] == ""
    assert scores["5.3"]["points"] == "5.89"


def test_a_ledger_without_documents_passes_through_the_evidence_verbs(run):
    assert run("ledger", "new", "--criteria", "department-sample", "--unit", "a", "--year", "2026",
               "--out", "s.xlsx")[0] == 0  # fmt: skip
    for verb in ("verify", "explanations", "link"):
        code, _ = run("evidence", verb, "s.xlsx")
        assert code in (0, 1), verb


@pytest.mark.usefixtures("marks_here_too")
def test_a_set_of_ones_own_is_copied_renamed_checked_and_scores(run):
    mine = Path("criteria/bo-cua-toi")
    shutil.copytree(scoring.list_sets()[SET], mine)
    identity = (mine / "set.toml").read_text(encoding="utf-8")
    identity = identity.replace(f'id = "{SET}"', 'id = "bo-cua-toi"')
    (mine / "set.toml").write_text(identity, encoding="utf-8")
    assert run("criteria", "check", "bo-cua-toi")[0] == 0
    assert "bo-cua-toi" in run("criteria", "list")[1]
    code, said = run("score", str(FIGURES), "--criteria", "bo-cua-toi", "--out", "out")
    assert (code, ("61,89" if run.lang == "vi" else "61.89") in said) == (0, True)


def test_a_mistake_in_ones_own_set_is_named_at_its_cell(run):
    mine = Path("criteria/bo-cua-toi")
    shutil.copytree(scoring.list_sets()[SET], mine)
    identity = (mine / "set.toml").read_text(encoding="utf-8")
    (mine / "set.toml").write_text(identity.replace(f'id = "{SET}"', 'id = "bo-cua-toi"'), "utf-8")
    items = (mine / "items.csv").read_text(encoding="utf-8")
    (mine / "items.csv").write_text(
        items.replace(",6,system,ratio,90", ",7,system,ratio,90", 1), "utf-8"
    )
    code, said = run("criteria", "check", "bo-cua-toi")
    assert (code, "children-do-not-add-up" in said) == (1, True)
    assert "items!" in said


def test_a_set_edited_in_excel_comes_back_into_a_folder_of_its_own():
    guide = (Path(__file__).parents[2] / "docs" / "first-hour.md").read_text("utf-8")
    command = re.search(r"criteria import TỆP\.xlsx --out (\S+?)`", guide)
    assert command and command[1].startswith("criteria/")
