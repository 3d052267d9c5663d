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
# Quick scripts whose small run has processor times that can be told apart from those of starting.
SCRIPTS = ("score_table", "criteria_check", "whatif_reach", "uncertainty")


@pytest.fixture(scope="module")
def measuring():
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module("measuring")
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    out = tmp_path_factory.mktemp("records")
    command = [sys.executable, "-m", "benchmarks", *SCRIPTS, "--small", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads((out / f"{name}-small.json").read_text("utf-8")) for name in SCRIPTS]


def test_every_claim_of_the_small_run_gives_what_its_peer_gives(measuring, records):
    assert not any(record["failed"] or record["not_run"] for record in records)
    run = {name for record in records for name in record["claims"]}
    assert run == {n for n, one in measuring.promises().items() if one["script"] in SCRIPTS}


def test_no_claim_of_the_small_run_is_far_slower_than_its_peer(measuring, records):
    tried = set()
    for name, found in (pair for record in records for pair in record["claims"].items()):
        costs = {int(size): {way: measuring.Cost(**cost) for way, cost in ways.items()}
                 for size, ways in found["costs"].items()}  # fmt: skip
        for margin in measuring.promises()[name].get("wide", ()):
            ratio = measuring.figure(margin, costs)
            assert measuring.holds(margin, ratio), f"{name}: {ratio:.1f}, {margin}"
            tried.add(name)
    assert {n for n, one in measuring.promises().items() if "wide" in one} == tried


def test_a_record_tells_machine_day_and_load(records):
    for record in records:
        assert record["machine"]["cores"] and len(record["load"]) == 2
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["ran_on"])


def test_every_script_that_a_claim_names_has_sizes_and_claims(measuring):
    for name, promise in measuring.promises().items():
        text = (FOLDER / f"{promise['script']}.py").read_text("utf-8")
        assert "SIZES = {" in text and "def claims(" in text and f'"{name}"' in text, name


def test_no_script_stands_outside_of_the_one_command(measuring):
    run = {path.stem for path in FOLDER.glob("*.py") if "__main__" in path.read_text("utf-8")}
    named = {promise["script"] for promise in measuring.promises().values()}
    assert run - {"__main__", "measuring", "profiling"} == named


def test_an_aim_is_about_the_ways_that_were_measured(measuring):
    ways = {"ours": measuring.Cost(2.0, 4.0, 500.0), "peer": measuring.Cost(6.0, 6.0)}
    costs = {1: {"ours": measuring.Cost(9.0)}, 4: ways}
    assert measuring.figure({"to": "peer", "at_least": 3.0}, costs) == 3.0
    assert measuring.figure({"to": "peer", "at_most": 3.0, "of": "clock"}, costs) == pytest.approx(
        2 / 3
    )
    assert measuring.figure({"of": "megabytes", "at_most": 500}, costs) == 500.0
    assert measuring.figure({"way": "peer", "of": "clock", "at_most": 5.0}, costs) == 6.0
    assert measuring.figure({"to": "not installed", "at_least": 3.0}, costs) is None
    assert measuring.figure({"to": "peer", "at_least": 3.0, "since": 5}, costs) is None
    assert measuring.holds({"at_most": 500}, 500.0) and not measuring.holds({"at_least": 3.0}, 2.9)


def test_growth_is_told_per_doubling_of_the_way_that_grows_most(measuring):
    cost = measuring.Cost
    costs = {1: {"a": cost(1.0), "b": cost(clock=1.0)}, 4: {"a": cost(4.0), "b": cost(clock=9.0)}}
    assert measuring.figure({"of": "growth", "at_most": 2.2}, costs) == pytest.approx(3.0)
    assert measuring.growth(costs, "a") == pytest.approx(2.0)
    assert measuring.figure({"of": "growth", "at_most": 2.2}, {4: costs[4]}) is None


def test_a_way_that_needs_a_process_of_its_own_is_run_by_its_name(measuring, monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(sys, "argv", ["script", "--way", "ours", str(tmp_path)])
    measuring.alone(None, {}, {"ours": given.append})
    assert given == [tmp_path]


def test_a_peer_that_is_not_installed_is_named(measuring):
    assert measuring.lacking("claim", "no_such_library").why == "not installed: no_such_library"
    missing = measuring.lacking("claim", "json", programs=["no-such-browser"])
    assert missing.why == "not installed: no-such-browser"
    assert measuring.lacking("claim", "json") is None


def test_the_page_is_that_of_the_records():
    for path, text in runpy.run_path(str(ROOT / "docs" / "make_performance.py"))["pages"]().items():
        assert path.read_text("utf-8") == text, "run: python docs/make_performance.py"
