"""``parindex sipas feed`` and ``score`` after it: the interval goes along with the ledger."""

import argparse
import io

import openpyxl
import pytest
from excel_tools import recalculated

from scoring.batch.run import compute
from scoring.cli.commands.given_files import intake_of
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import read_ledger
from scoring.files.sealed.manifest import Entry, Manifest, fingerprint
from scoring.survey.estimates_file import read_estimates

SET = "department-sample"
HEAD = (
    "survey,series,year,period,unit_code,service,respondent_group,measure,code,answer,weighting,"
    "forms,answers,estimate_percent,standard_error,low_percent,high_percent,confidence_percent,state"
)
ESTIMATES = f"""{HEAD}
ks,2022,2026,,a,,,index,INDEX,,satisfied,400,398,83.7,0.71,82.3,85.1,95,shown
ks,2022,2026,,a,,,factor,access,,satisfied,400,398,87.4,0.6,86.2,88.6,95,shown
"""
MAP = """item_code,input,measure,code
8.1,satisfaction,index,INDEX
8.3,satisfaction,factor,access
"""


def run(*words):
    return main(["--quiet", *map(str, words)])


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a blank ledger and the same one fed."""
    at = tmp_path_factory.mktemp("desk")
    (at / "estimates.csv").write_text(ESTIMATES, encoding="utf-8")
    (at / "map.csv").write_text(MAP, encoding="utf-8")
    new = ("ledger", "new", "--criteria", SET, "--unit", "a", "--year", 2026, "--name", "Sở A")
    assert run(*new, "--out", at / "so.xlsx") == 0
    before = (at / "so.xlsx").read_bytes()
    feed = ("sipas", "feed", at / "estimates.csv", "--criteria", SET, "--map", at / "map.csv")
    assert run(*feed, "--ledger", at / "so.xlsx", "--out", at / "fed") == 0
    assert (at / "so.xlsx").read_bytes() == before
    return at


def scored(path, **surveys):
    options = argparse.Namespace(criteria=SET, **surveys)
    result = compute(intake_of(options, [str(path)]))
    return result.sheet.scores.set_index("code"), result.findings


def ends(scores, code):
    found = scores.loc[code, ["sampling_low", "sampling_high"]].astype(float)
    return found.round(2).tolist()


def test_the_ledger_carries_figures_and_intervals(desk):
    ledger = read_ledger(desk / "fed" / "so.xlsx", open_set(SET))
    assert ledger.surveys[["item_code", "value", "low", "high"]].to_numpy().tolist() == [
        ["8.1", 83.7, 82.3, 85.1], ["8.3", 87.4, 86.2, 88.6],
    ]  # fmt: skip
    assert ledger.surveys["series"].tolist() == ["2022", "2022"]
    old, new = (openpyxl.load_workbook(at) for at in (desk / "so.xlsx", desk / "fed" / "so.xlsx"))
    assert new.sheetnames == [*old.sheetnames, "Khảo sát"]
    formulas = [
        {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"}
        for sheet in (old["_tinh"], new["_tinh"])
    ]
    assert formulas[0] == formulas[1] and formulas[0]


def test_score_gives_the_items_of_the_ledger_their_intervals(desk):
    scores, told = scored(desk / "fed" / "so.xlsx")
    assert ends(scores, "8.1") == [6.58, 6.81]
    assert ends(scores, "8.3") == [1.5, 2.5]
    assert not [f for f in told if f.code in ("claimed-differs", "sheet-twice")]


def test_a_long_table_brings_its_intervals_in_a_file_beside(desk, tmp_path):
    inputs, out = desk / "leer.csv", tmp_path / "fed"
    inputs.write_text("unit_code,year,item_code,input,value\na,2026,8.1,satisfaction,\n")
    feed = ("sipas", "feed", desk / "estimates.csv", "--criteria", SET)
    assert run(*feed, "--inputs", inputs, "--out", out) == 0
    beside = out / "survey-figures.csv"
    assert ends(scored(out / "inputs.csv", surveys=beside)[0], "8.1") == [6.58, 6.81]
    without, _ = scored(out / "inputs.csv")
    assert "sampling_low" not in without


def test_a_ledger_and_the_table_beside_it_bring_each_error_once(desk):
    fed = desk / "fed"
    scores, told = scored(fed / "so.xlsx", surveys=fed / "survey-figures.csv")
    assert ends(scores, "8.1") == [6.58, 6.81]
    assert not [f for f in told if f.code.startswith("survey-")]


def test_a_cell_changed_afterwards_loses_its_interval(desk, tmp_path):
    book = openpyxl.load_workbook(desk / "fed" / "so.xlsx")
    cell = next(c for row in book["Tự đánh giá"].iter_rows() for c in row if c.value == 83.7)
    cell.value = 86
    book.save(tmp_path / "so.xlsx")
    scores, told = scored(tmp_path / "so.xlsx")
    found = [f for f in told if f.code == "survey-figure-differs"]
    assert [(f.cell, f.item_code) for f in found] == [(cell.coordinate, "8.1")]
    assert scores["sampling_low"].notna().sum() == 1
    assert ends(scores, "8.3") == [1.5, 2.5]


def test_feeding_again_keeps_the_other_items_and_changes_nothing(desk, tmp_path):
    other = (desk / "map.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "map.csv").write_text("\n".join([other[0], other[1]]), encoding="utf-8")
    feed = (
        "sipas",
        "feed",
        desk / "estimates.csv",
        "--criteria",
        SET,
        "--map",
        tmp_path / "map.csv",
    )
    assert run(*feed, "--ledger", desk / "fed" / "so.xlsx", "--out", tmp_path / "again") == 0
    ledger = read_ledger(tmp_path / "again" / "so.xlsx", open_set(SET))
    assert sorted(ledger.surveys["item_code"]) == ["8.1", "8.3"]


def test_a_merged_ledger_keeps_the_intervals_whichever_copy_was_fed(desk, tmp_path, capsys):
    (tmp_path / "z.xlsx").write_bytes((desk / "fed" / "so.xlsx").read_bytes())
    (tmp_path / "a.xlsx").write_bytes((desk / "so.xlsx").read_bytes())
    copies = (tmp_path / "a.xlsx", tmp_path / "z.xlsx")
    assert run("ledger", "merge", *copies, "--out", tmp_path / "gop.xlsx") == 0
    assert "merge-not-kept" not in capsys.readouterr().err
    scores, told = scored(tmp_path / "gop.xlsx")
    assert ends(scores, "8.1") == [6.58, 6.81] and ends(scores, "8.3") == [1.5, 2.5]
    assert not [f for f in told if f.code.startswith("survey-")]


OTHER = """item_code,input,measure,code
8.3,satisfaction,factor,access
"""


@pytest.fixture
def renewed(desk, tmp_path):
    """Estimates of the same survey with another index, and a map without 8.1."""
    (tmp_path / "estimates.csv").write_text(
        ESTIMATES.replace("83.7,0.71,82.3,85.1", "84.9,0.71,83.5,86.3"), encoding="utf-8"
    )
    (tmp_path / "other.csv").write_text(OTHER, encoding="utf-8")
    return tmp_path


def test_the_same_survey_renews_its_own_figure_and_no_other(desk, renewed, capsys):
    feed = ("sipas", "feed", renewed / "estimates.csv", "--criteria", SET)
    at = renewed / "again"
    assert run(*feed, "--ledger", desk / "fed" / "so.xlsx", "--out", at) == 0
    assert "survey-figure-renewed" in capsys.readouterr().err
    scores, _ = scored(at / "so.xlsx")
    assert scores.loc["8.1", "points"] == pytest.approx(8 * 0.849)
    assert ends(scores, "8.1") == [6.68, 6.9] and ends(scores, "8.3") == [1.5, 2.5]
    other = renewed / "other-survey.csv"
    other.write_text(ESTIMATES.replace("ks,", "kc,").replace("83.7,", "84.9,"), encoding="utf-8")
    at = renewed / "other"
    run("sipas", "feed", other, *feed[3:], "--ledger", desk / "fed" / "so.xlsx", "--out", at)
    assert "survey-contradicts-entry" in capsys.readouterr().err
    assert ends(scored(at / "so.xlsx")[0], "8.1") == [6.58, 6.81]


def test_a_long_table_fed_by_a_second_survey_keeps_the_intervals_of_the_first(
    desk, renewed, capsys
):
    (renewed / "in.csv").write_text(
        "unit_code,year,item_code,input,value\na,2026,8.1,satisfaction,\n"
    )
    feed = ("sipas", "feed", desk / "estimates.csv", "--criteria", SET)
    assert run(*feed, "--inputs", renewed / "in.csv", "--out", renewed / "one") == 0
    assert "file-taken-beside" not in capsys.readouterr().err
    second = ("--map", renewed / "other.csv", "--inputs", renewed / "one" / "inputs.csv")
    assert run(*feed, *second, "--out", renewed / "two") == 0
    # What nobody named in the command is named by the run.
    assert "survey-figures.csv [file-taken-beside]" in capsys.readouterr().err
    at = renewed / "two"
    scores, told = scored(at / "inputs.csv", surveys=at / "survey-figures.csv")
    assert ends(scores, "8.1") == [6.58, 6.81] and ends(scores, "8.3") == [1.5, 2.5]
    assert not [f for f in told if f.code.startswith("survey-")]


def test_one_place_must_be_named(desk, tmp_path):
    feed = ("sipas", "feed", desk / "estimates.csv", "--criteria", SET)
    assert run(*feed, "--out", tmp_path / "x") == 2


@pytest.mark.libreoffice
def test_libreoffice_saves_the_fed_ledger_with_its_intervals(desk, tmp_path):
    saved = recalculated(desk / "fed" / "so.xlsx", tmp_path)
    ledger = read_ledger(saved, open_set(SET))
    assert ledger.surveys[["value", "low"]].to_numpy().tolist() == [[83.7, 82.3], [87.4, 86.2]]
    entered = ledger.inputs.set_index(["item_code", "input"])["value"]
    assert entered["8.1", "satisfaction"] == 83.7
    points = ledger.claims.set_index("item_code")["self_points"]
    assert points["8.1"] == pytest.approx(6.696) and points["8.3"] == 2.5


@pytest.mark.parametrize(("was", "edited", "what"), [
    ("83.7,0.71", "8.37,0.71", "own interval"),
    ("83.7,0.71", "183.7,0.71", "outside 0–100%"),
    ("82.3,85.1", "85.1,82.3", "own interval"),
    ("82.3,85.1", "-2.3,85.1", "outside 0–100%"),
    ("400,398,83.7", ",,83.7", "no forms"),
    ("83.7,0.71,82.3,85.1", ",,,", "no estimate"),
    ("85.1,95,shown", "85.1,95,hidden-small", "hidden cell holds figures"),
    ("85.1,95,shown", "85.1,0.95,shown", "below 50%"),
])  # fmt: skip
def test_estimates_edited_by_hand_are_named_and_not_used(tmp_path, was, edited, what):
    path = tmp_path / "estimates.csv"
    assert ESTIMATES.count(was) == 1
    path.write_text(ESTIMATES.replace(was, edited), encoding="utf-8")
    table, findings = read_estimates(path)
    found = findings[-1]
    assert (found.code, found.severity, found.cell) == (
        "survey-estimate-contradicts",
        "error",
        "A2",
    )
    assert what in " ".join(one.problem("en") for one in findings) and "Đừng sửa tay" in found.text(
        "vi"
    )
    assert table["code"].tolist() == ["access"]


def test_estimates_that_are_not_as_written_are_named(tmp_path, capsys):
    path = tmp_path / "estimates.csv"
    path.write_text(ESTIMATES, encoding="utf-8")
    kept = Entry(path.name, *fingerprint(io.BytesIO(path.read_bytes())))
    (tmp_path / "manifest.json").write_bytes(Manifest("results", (kept,)).to_bytes())
    assert read_estimates(path)[1] == []
    path.write_text(ESTIMATES.replace("83.7", "84.7"), encoding="utf-8")
    (tmp_path / "so.csv").write_text("unit_code,year,item_code,input,value\n", encoding="utf-8")
    feed = ("sipas", "feed", path, "--criteria", SET, "--inputs", tmp_path / "so.csv")
    assert run(*feed, "--out", tmp_path / "ra") == 1
    assert "survey-estimates-edited" in capsys.readouterr().err


def test_what_to_feed_is_asked_for_in_words(desk, capsys):
    feed = ("sipas", "feed", desk / "estimates.csv", "--criteria", SET, "--out", desk / "none")
    assert run(*feed) == 2
    assert "[survey-feed-one-table]" in capsys.readouterr().err


def test_a_survey_may_be_the_first_to_fill_a_table_of_all_units(desk, capsys):
    blank = desk / "trong.csv"
    blank.write_text("unit_code,unit_name,block,year,period,item_code,input,value\n", "utf-8")
    feed = ("sipas", "feed", desk / "estimates.csv", "--criteria", SET, "--map", desk / "map.csv")
    assert run(*feed, "--inputs", blank, "--out", desk / "bang") == 0
    assert "table-without-rows" not in capsys.readouterr().err
    # Beside a ledger whose cells are still blank the figure counts, and is not told twice.
    options = argparse.Namespace(criteria=SET)
    files = [str(desk / "so.xlsx"), str(desk / "bang" / "inputs.csv")]
    result = compute(intake_of(options, files))
    assert float(result.sheet.scores.set_index("code").loc["8.1", "attainment"]) == 83.7
    assert "duplicate-input" not in [found.code for found in result.findings]
