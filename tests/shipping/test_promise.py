"""What was promised for 1.x (docs/promise.md) still holds, and files of 1.0 are still read."""

import copy
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from promise import PROMISED, lost, made

from scoring.cli.main import main

KEPT = Path(__file__).with_name("promised") / "files-1.0"
NOW = made()


@pytest.mark.parametrize("kind", ["names", "columns", "verbs", "findings"])
def test_nothing_that_was_promised_is_gone(kind):
    promised = json.loads(PROMISED.read_text("utf-8"))
    assert promised[kind]
    assert lost({kind: promised[kind]}, NOW) == [], "see docs/promise.md"


def test_a_name_a_column_or_an_option_that_goes_is_noticed():
    less = copy.deepcopy(NOW)
    less["names"]["score"].pop()
    del less["verbs"]["score"]
    less["columns"]["Items"].remove("code")
    less["findings"]["codes"].remove("file-missing")
    kinds = [one.partition(":")[0] for one in lost(NOW, less)]
    assert sorted(kinds) == ["columns", "findings", "names", "verbs"]


@pytest.mark.parametrize(
    ("given", "criteria"), [("ledger.xlsx", "set"), ("inputs.csv", "set.xlsx")]
)
def test_a_ledger_a_long_table_and_a_set_of_1_0_give_their_points(given, criteria, tmp_path):
    command = ["--quiet", "score", f"{KEPT}/{given}", "--criteria", f"{KEPT}/{criteria}",
               "--out", f"{tmp_path}/ra"]  # fmt: skip
    assert main(command) == 0
    kept, now = (pd.read_csv(path, dtype={"code": str}).set_index("code")
                 for path in (KEPT / "scores.csv", tmp_path / "ra" / "scores.csv"))  # fmt: skip
    assert set(kept.columns) <= set(now.columns)
    pd.testing.assert_series_equal(now["points"], kept["points"], rtol=0, atol=1e-9)


def test_what_1_0_published_is_still_verified(tmp_path):
    shutil.copytree(KEPT / "published", tmp_path / "published")
    assert main(["--quiet", "verify", str(tmp_path / "published")]) == 0


@pytest.mark.parametrize(("command", "code"), [
    ("criteria list", 0), ("score khong-co.csv --criteria department-sample --out ra", 2), ("score", 2),
])  # fmt: skip
def test_exit_codes_mean_what_they_meant(command, code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    try:
        assert main(command.split()) == code
    except SystemExit as left:
        assert left.code == code
