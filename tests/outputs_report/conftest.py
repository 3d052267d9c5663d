"""Runs on shipped data, a run with open items, and a headless browser."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from scoring.analysis import check_targets, gap_table
from scoring.batch.run import Result, compute
from scoring.batch.submissions import read_files
from scoring.criteria import open_set
from scoring.evidence.targets_table import read_targets
from scoring.files.shipped import shipped_folder
from scoring.outputs.content import report_content
from scoring.points import inputs_table, score
from scoring.points.proof import with_claims, with_proof

SERVICE_SET, SAMPLE_SET = "service-quality-766", "department-sample"
PROVINCE = shipped_folder("evidence") / "phu-tho-2026"


def content_of(result, **wanted):
    return report_content(result.sheet, result.gaps, result.targets, result.findings, **wanted)


@pytest.fixture(scope="session")
def province():
    """Phú Thọ's published index: one unit, everything assessed, with targets."""
    targets, _ = read_targets(PROVINCE / "targets.csv")
    return compute(read_files([PROVINCE / "inputs.csv"], open_set(SERVICE_SET)), targets)


@pytest.fixture(scope="session")
def departments():
    """Two made-up departments under the sample set, with grades, bonus and penalty."""
    folder = shipped_folder("evidence") / "example-department-sample"
    return compute(read_files([folder / "inputs.csv"], open_set(SAMPLE_SET)))


@pytest.fixture(scope="session")
def unproven(departments):
    """The same departments; two items of the first lack proof, one has it late, all is claimed."""
    unit = departments.sheet.units.iloc[0]
    key = {"unit_code": "SM-A", "year": unit["year"], "period": unit["period"]}
    kept = {
        state: percent / 100
        for state, percent in departments.sheet.criteria.meta.proof_percent.items()
    }
    states = {"1.1.2": "no-evidence", "1.1.1": "late", "1.2.1": "proven"}
    verdicts = pd.DataFrame({"item_code": states.keys(), "state": states.values()}).assign(**key)
    verdicts["share"] = verdicts["state"].map(kept).fillna(1.0)
    claims = pd.DataFrame(
        {
            **key,
            "item_code": [leaf.code for leaf in departments.sheet.criteria.leaves],
            "self_points": [leaf.max_points for leaf in departments.sheet.criteria.leaves],
        }
    )
    sheet, _ = with_claims(with_proof(departments.sheet, verdicts), claims)
    return dataclasses.replace(departments, sheet=sheet, gaps=gap_table(sheet))


@pytest.fixture(scope="session")
def unfinished():
    """A unit that has reported a single item."""
    figures = inputs_table(
        [
            {"item_code": "2", "input": "on_time", "value": 90},
            {"item_code": "2", "input": "received", "value": 100},
        ],
        unit_code="H1",
        unit_name="Sở Khoa học và Công nghệ",
        year=2026,
    )
    return computed(figures)


def computed(figures, targets=None):
    return run_of(score(figures, open_set(SERVICE_SET)), targets)


def run_of(sheet, targets=None):
    nothing = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
    accepted, problems = check_targets(nothing if targets is None else targets, sheet)
    return Result(sheet, gap_table(sheet, accepted), accepted, (*sheet.findings, *problems))


@pytest.fixture(scope="session")
def make_run():
    return computed


@pytest.fixture(scope="session")
def make_content():
    return content_of


@pytest.fixture(scope="session")
def many_units(sheet_of_many):
    """A function from a number of made-up units to their run."""
    return lambda count: run_of(sheet_of_many(count))


@pytest.fixture(scope="session")
def sheet_of_many():
    """A function that scores made-up units in three blocks: the province, each a little worse."""
    own = read_files([PROVINCE / "inputs.csv"], open_set(SERVICE_SET)).inputs
    own = own[["item_code", "input", "value"]]

    def make(count):
        table = own.merge(pd.DataFrame({"number": range(count)}), how="cross")
        number = table["number"]
        table["unit_code"] = "U" + number.astype(str).str.zfill(4)
        table["unit_name"] = "UBND xã Đoan Hùng " + (number + 1).astype(str)
        table["block"] = np.array(["Khối xã", "Khối phường", "Khối sở"])[number % 3]
        # The first figure of an item is what was done of what was to be done.
        is_done = ~table.duplicated(["number", "item_code"]) & (table["item_code"] != "3")
        worse = np.random.default_rng(7).uniform(0.5, 1.0, len(table))
        table["value"] = np.where(is_done, np.floor(table["value"] * worse), table["value"])
        # Every 17th unit has not reported anything on area 2.
        table.loc[(number % 17 == 0) & (table["item_code"] == "2"), "value"] = np.nan
        return score(inputs_table(table.drop(columns="number"), year=2026), open_set(SERVICE_SET))

    return make
