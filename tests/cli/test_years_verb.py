"""``parindex years``: panel, split and published results from the command line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.appraisal import append_decisions
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.long_table import read_long_table
from scoring.files.sealed.manifest import MANIFEST_NAME
from scoring.files.shipped import shipped_folder
from scoring.points import score
from scoring.tables import table_of

pytestmark = pytest.mark.drawn

SAMPLE = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
SET = "department-sample"
CROSSWALK = """old_unit,new_unit,weight,method,size,valid_from
SM-A,SM-A,1,staff,30,2026-01-01
SM-B,SM-A,1,staff,10,2026-01-01
"""
EXTERNAL = """index,year,entity,value,target,unit,source,status
PCI,2026,Tỉnh Mẫu,66.5,70,percent,ví dụ,sample
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Three departments in 2025, two in 2026, of which one took in another."""
    folder = tmp_path_factory.mktemp("years")
    table = pd.read_csv(SAMPLE, dtype=str)
    third = table[table["unit_code"] == "SM-B"].assign(unit_code="SM-C", unit_name="Sở Mẫu C")
    table = pd.concat([table, third])
    table.to_csv(folder / "2025.csv", index=False)
    later = table[table["unit_code"] != "SM-B"].replace(r"\b2025\b", "2026", regex=True)
    later.replace(r"\b2024\b", "2025", regex=True).to_csv(folder / "2026.csv", index=False)
    (folder / "external.csv").write_text(EXTERNAL, encoding="utf-8")
    (folder / "crosswalk.csv").write_text(CROSSWALK, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(desk):
    """The run that the tests look at."""
    files = [str(desk / name) for name in ("2026.csv", "2025.csv")]
    more = [
        "--criteria",
        SET,
        "--crosswalk",
        str(desk / "crosswalk.csv"),
        "--out",
        str(desk / "out"),
    ]
    assert main(["--quiet", "years", *files, *more]) == 0
    return desk / "out"


def test_the_largest_change_is_told_first_and_what_is_not_known_last(desk, tmp_path, capsys):
    table = pd.read_csv(SAMPLE, dtype=str)
    one = table[table["unit_code"] == "SM-B"]
    parts = [one.assign(unit_code=unit, unit_name=unit) for unit in "ABCD"]
    pd.concat(parts).to_csv(tmp_path / "2025.csv", index=False)
    # A and B lack an item a year later, C and D lose points.
    parts = [part.replace(r"\b2025\b", "2026", regex=True) for part in parts]
    for place in (0, 1):
        parts[place] = parts[place][parts[place]["item_code"] != "1.4"]
    for place, lost in ((2, ["1.7"]), (3, ["1.7", "1.1.2"])):
        part = parts[place]
        is_lost = part["item_code"].isin(lost) & (part["choice"] == "yes")
        parts[place] = part.assign(choice=part["choice"].mask(is_lost, "no"))
    pd.concat(parts).to_csv(tmp_path / "2026.csv", index=False)
    files = [str(tmp_path / f"{year}.csv") for year in (2025, 2026)]
    main(["years", *files, "--criteria", SET, "--out", str(tmp_path / "out")])
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines if line[:3] in ("A  ", "B  ", "C  ", "D  ")] == list("DCAB")


def test_the_split_is_written_and_adds_up(made):
    table = pd.read_csv(made / "changes.csv", dtype={"code": str})
    parts = table[["performance", "rules", "evidence", "appraisal", "merger", "unsplit"]].sum(
        axis=1
    )
    known = table["change"].notna()
    assert known.sum() > 40 and np.allclose(parts[known], table["change"][known], atol=1e-9)
    index, other = table.query("code == 'INDEX'").to_dict("records")
    # What joined is better than the unit that took it in, which did as before.
    assert index["merger"] > 0 and index["performance"] == pytest.approx(-index["merger"])
    assert other["change"] == 0 and other["joined_by"] == "own"
    assert {"added-up", "weighted-mean", "own"} == set(table["joined_by"])


def test_panel_charts_and_manifest_stand_beside_it(made):
    panel = pd.read_csv(made / "panel.csv", dtype={"code": str}, keep_default_na=False)
    index = panel[panel["code"] == "INDEX"]
    assert index["year"].tolist() == [2025, 2025, 2026, 2026]
    assert index["breaks"].tolist() == ["", "", "units", ""]
    for name in ("charts/trend.png", "charts/effects-2026.png", "findings.csv", MANIFEST_NAME):
        assert (made / name).is_file()


def test_a_unit_whose_years_are_open_is_drawn_between_its_ends(desk, tmp_path, capsys):
    files = []
    for year in ("2025", "2026"):
        table = pd.read_csv(desk / f"{year}.csv", dtype=str)
        is_left_out = (table["unit_code"] == "SM-C") & (table["item_code"] == "1.1.1")
        # Of one year alone no line can be drawn.
        is_one = (table["unit_code"] == "SM-A") & (year == "2025")
        table[~is_left_out & ~is_one].to_csv(tmp_path / f"{year}.csv", index=False)
        files.append(str(tmp_path / f"{year}.csv"))
    main(["years", *files, "--criteria", SET, "--out", str(tmp_path / "out")])
    drawn = (tmp_path / "out/charts/trend.svg").read_text(encoding="utf-8")
    assert "Sở Mẫu C" in drawn and "Chưa chấm" in drawn and "Sở Mẫu A" not in drawn
    assert "không có đơn vị nào tiếp nối. Đơn vị" in capsys.readouterr().err


def test_json_gives_the_changes_and_a_wrong_crosswalk_moves_nothing(desk, tmp_path, capsys):
    wrong = tmp_path / "crosswalk.csv"
    wrong.write_text(CROSSWALK.replace("SM-B,SM-A,1,", "SM-B,SM-A,0.4,"), encoding="utf-8")
    files = [str(desk / name) for name in ("2026.csv", "2025.csv")]
    external = ["--external", str(desk / "external.csv"), "--crosswalk", str(wrong)]
    code = main(["--format", "json", "years", *files, "--criteria", SET, *external,
                 "--out", str(tmp_path / "out")])  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    assert code == 1 and said["years"] == [2025, 2026]
    assert [row["unit_code"] for row in said["changes"]] == ["SM-A", "SM-C"]
    assert [row["joined_by"] for row in said["changes"]] == ["own", "own"]
    assert [row["result"] for row in said["external"]] == ["missed"]
    assert [one["code"] for one in said["findings"]] == ["crosswalk-weights", "years-unit-gone"]


def test_journals_of_both_years_give_the_effect_of_appraisal(desk, tmp_path):
    journals, heads = [], {}
    for when, points in ((2025, 0.25), (2026, 0.75)):
        row = {"round": "1", "unit_code": "SM-C", "year": when, "item_code": "1.1.1",
               "points": points, "reason": "mẫu", "decided_by": "A"}  # fmt: skip
        journals.append(str(tmp_path / f"{when}.jsonl"))
        decisions = table_of([row], "Decisions").assign(
            decided_on=pd.Timestamp(when, 12, 1), set_fingerprint=open_set(SET).fingerprint
        )
        heads[f"{when}_journal_head"] = append_decisions(Path(journals[-1]), decisions)[0]
    files = [str(desk / name) for name in ("2026.csv", "2025.csv")]
    main(["--quiet", "years", *files, "--criteria", SET, "--journal", *journals,
          "--mapping", str(desk / "external.csv"), "--out", str(tmp_path / "out")])  # fmt: skip
    table = pd.read_csv(tmp_path / "out" / "changes.csv", dtype={"code": str})
    manifest = json.loads((tmp_path / "out" / MANIFEST_NAME).read_text("utf-8"))
    assert heads.items() <= manifest["about"].items()
    # Both years have one set: a mapping has nothing to map, and somebody thought that it had.
    assert "years-mapping-unused" in set(pd.read_csv(tmp_path / "out" / "findings.csv")["code"])
    row = table.query("unit_code == 'SM-C' and code == '1.1.1'").iloc[0]
    assert (row["old_points"], row["new_points"], row["appraisal"]) == (0.25, 0.75, 0.5)


def test_two_sets_are_paired_and_the_guess_is_named(desk, tmp_path, monkeypatch, capsys):
    other = tmp_path / "moi"
    main(["--quiet", "criteria", "export", SET, "--out", str(tmp_path / "bo.xlsx")])
    main(["--quiet", "criteria", "import", str(tmp_path / "bo.xlsx"), "--out", str(other)])
    text = (other / "set.toml").read_text(encoding="utf-8")
    (other / "set.toml").write_text(text.replace(f'id = "{SET}"', 'id = "moi"'), encoding="utf-8")
    items = (other / "items.csv").read_text(encoding="utf-8")
    (other / "items.csv").write_text(
        items.replace("Kế hoạch CCHC", "Chương trình CCHC", 1), encoding="utf-8"
    )
    given = []
    for when in (2025, 2026):
        table = pd.read_csv(desk / f"{when}.csv", dtype=str)
        path = tmp_path / f"{when}.csv"
        table[table["unit_code"] == "SM-C"].to_csv(path, index=False)
        given.append(f"{when}={path}")
    sets = [f"2025={SET}", f"2026={other}"]
    assert main(["years", *given, "--criteria", *sets, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "years-mapping-guessed" in said.err and "Bộ tiêu chí" in said.out
    # Sets are named so that the command that is advised finds them.
    monkeypatch.chdir(tmp_path)
    other.rename("khac")
    main(["years", *given, "--criteria", f"2025={SET}", "2026=khac", "--out", "hai"])
    assert f"criteria diff {SET} khac --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["{}/2025.csv", "--criteria", SET], "years-one-year"),
        (["{}/2025.csv", "--criteria", f"2025={SET}"], "years-file-year"),
        (["2025={}/2025.csv", "--criteria", f"2026={SET}"], "years-set-year"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(
    desk, tmp_path, capsys, arguments, code
):
    filled = [text.format(desk) for text in arguments]
    assert main(["years", *filled, "--out", str(tmp_path / "out")]) == 2
    assert f"[{code}]" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_ledgers_and_long_tables_of_two_years_are_compared_and_other_periods_named(
    desk, tmp_path, capsys
):
    """A ledger writes "năm" where a long table leaves the period empty."""
    criteria = open_set(SET)
    older = read_long_table(desk / "2025.csv", criteria)[0].query("unit_code == 'SM-A'")
    scores = score(older, criteria).scores
    ledger = new_ledger(criteria, "SM-A", "Sở Mẫu A", 2025, inputs=older, scores=scores)
    (tmp_path / "2025.xlsx").write_bytes(ledger)
    later = pd.read_csv(desk / "2026.csv", dtype=str).query("unit_code == 'SM-A'")
    months = later[later["item_code"] == "8.1"].assign(period="quý I")
    pd.concat([later, months]).to_csv(tmp_path / "2026.csv", index=False)
    files = [str(tmp_path / name) for name in ("2025.xlsx", "2026.csv")]
    assert main(["years", *files, "--criteria", SET, "--out", str(tmp_path / "out")]) == 0
    changes = pd.read_csv(tmp_path / "out" / "changes.csv", dtype={"code": str})
    assert changes.loc[changes["code"] == "INDEX", "unit_code"].tolist() == ["SM-A"]
    said = capsys.readouterr().err
    assert "[years-period-left-out]" in said and "quý I" in said
    # Only the ledger was looked at for proof: that is no change of the evidence.
    assert "[years-evidence-one-year]" in said
    survey = changes[changes["code"] == "8.1"].iloc[0]
    assert np.isnan(survey["evidence"])
    assert survey[["old_points", "new_points", "change"]].tolist() == [7.0, 7.0, 0.0]
    text = (tmp_path / "out" / "charts" / "effects-2026.svg").read_text("utf-8")
    assert "2025.xlsx" in text and "2026.csv" in text


def test_years_that_were_swapped_are_named_by_their_files(desk, tmp_path, capsys):
    swapped = [f"2025={desk / '2026.csv'}", f"2026={desk / '2025.csv'}"]
    assert main(["years", *swapped, "--criteria", SET, "--out", str(tmp_path / "out")]) != 0
    told = capsys.readouterr().err
    assert "2026.csv [years-file-other-year]" in told and "2025.csv [years-file-other-year]" in told
    assert not (tmp_path / "out").exists()
