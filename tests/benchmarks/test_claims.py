"""The claims of speed stay runnable: equal results, ratios with wide margins, a page of its records."""

import importlib
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks"
# Processor time of ours by that of its peer in the same run: three and more times what it is.
MOST = {"score-in-order": 40, "score-in-pieces": 40, "score-in-no-order": 40, "gap-table": 120}
# The units of the small run; fewer measure what scoring costs before its first unit.
UNITS = "1000"


@pytest.fixture(scope="module")
def measuring():
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module("measuring")
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    out = tmp_path_factory.mktemp("records")
    command = [sys.executable, "-m", "benchmarks", "score_table", "--small", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((out / "score_table-small.json").read_text("utf-8"))


def test_every_claim_of_the_small_run_gives_what_its_peer_gives(record):
    assert record["failed"] == "" and record["not_run"] == []
    assert set(record["claims"]) == set(MOST)


def test_no_claim_of_the_small_run_is_far_slower_than_its_peer(record):
    for name, found in record["claims"].items():
        costs = found["costs"][UNITS]
        ratio = costs["ours"]["processor"] / costs["factorise and scatter"]["processor"]
        assert ratio < MOST[name], f"{name} takes {ratio:.1f} times its peer"


def test_a_record_tells_machine_day_and_load(record):
    assert record["machine"]["cores"] and len(record["load"]) == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["ran_on"])


def test_every_script_that_a_claim_names_has_sizes_and_claims(measuring):
    for name, promise in measuring.promises().items():
        text = (FOLDER / f"{promise['script']}.py").read_text("utf-8")
        assert "SIZES = {" in text and "def claims(" in text and f'"{name}"' in text, name


def test_an_aim_is_about_the_ways_that_were_measured(measuring):
    costs = {"ours": measuring.Cost(2.0, 4.0, 500.0), "peer": measuring.Cost(6.0, 6.0)}
    assert measuring.figure({"to": "peer", "at_least": 3.0}, costs) == 3.0
    assert measuring.figure({"to": "peer", "at_most": 3.0, "of": "clock"}, costs) == pytest.approx(
        2 / 3
    )
    assert measuring.figure({"of": "megabytes", "at_most": 500}, costs) == 500.0
    assert measuring.figure({"to": "not installed", "at_least": 3.0}, costs) is None
    assert measuring.holds({"at_most": 500}, 500.0) and not measuring.holds({"at_least": 3.0}, 2.9)


def test_a_peer_that_is_not_installed_is_named(measuring):
    assert measuring.lacking("claim", "no_such_library").why == "not installed: no_such_library"
    assert measuring.lacking("claim", "json") is None


def test_the_page_is_that_of_the_records():
    for path, text in runpy.run_path(str(ROOT / "docs" / "make_performance.py"))["pages"]().items():
        assert path.read_text("utf-8") == text, "run: python docs/make_performance.py"
