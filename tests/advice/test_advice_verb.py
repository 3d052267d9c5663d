"""``parindex advice``: the list in order, its table and its workbook."""

import json
from pathlib import Path

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.excel.workbook import read_workbook
from scoring.files.shipped import shipped_folder

INPUTS = str(shipped_folder("evidence") / "example-department-sample" / "inputs.csv")
GIVEN = [
    "advice",
    INPUTS,
    "--criteria",
    "department-sample",
    "--unit",
    "SM-A",
    "--on",
    "2025-06-30",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("advice") / "out"
    assert main(["--quiet", *GIVEN, "--out", str(out)]) == 0
    return out


def test_what_can_be_done_now_comes_first_and_what_is_too_late_last(capsys):
    assert main(["--lang", "en", *GIVEN]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        "Unit: SM-A", "Can be done now:", "By a day:", "Only next year:", "Too late this year:",
    ]  # fmt: skip
    assert (
        "  1.2.3  Date the report was sent: by 14 Sep 2025 it earns the full 0.5 points." in lines
    )


def test_the_table_is_in_the_same_order_and_complete(folder):
    table = pd.read_csv(folder / "advice.csv", dtype={"item_code": str})
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert set(table["unit_code"]) == {"SM-A"}
    assert table["term"].drop_duplicates().tolist() == ["open", "dated", "next-year", "past"]
    assert table.set_index("item_code").loc["1.2.3", "due_on"] == "2025-09-14"
    assert table.query("term == 'open'")["due_on"].isna().all()


def test_the_workbook_has_a_row_for_each(folder):
    rows = len(pd.read_csv(folder / "advice.csv"))
    sheet = read_workbook(folder / "advice.xlsx")["Lời khuyên"]
    # Three lines of heading, an empty one and the names of the columns stand above.
    assert sheet.row_count == rows + 5
    # Points are numbers, to be sorted and added up.
    assert isinstance(sheet.cell("H6"), float | int)


def test_of_figures_without_rows_nothing_is_left_and_the_file_is_named(tmp_path, capsys):
    head = Path(INPUTS).read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "a.csv").write_text(f"{head}\n", encoding="utf-8")
    out = tmp_path / "out"
    given = [
        "advice",
        str(tmp_path / "a.csv"),
        "--criteria",
        "department-sample",
        "--out",
        str(out),
    ]
    assert main(["--lang", "en", *given]) == 1
    said = capsys.readouterr()
    assert "Nothing is left" in said.out and "[table-without-rows]" in said.err
    assert not len(pd.read_csv(out / "advice.csv"))


def test_a_program_gets_the_same_rows(capsys):
    assert main(["--format", "json", *GIVEN]) == 0
    told = json.loads(capsys.readouterr().out)["advice"]
    assert told[0]["term"] == "open" and told[0]["due_on"] is None
