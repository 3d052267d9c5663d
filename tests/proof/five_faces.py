"""Right numbers, five ways: random whole sets and units under every face of the rules.

::

    python tests/proof/five_faces.py --sets 2000 --units 20 --seed 1 [--excel 300] [--openfisca 50]

``numpy`` is what `score` gives for files in the formats that people hand in. It is held against

- an oracle in exact fractions that shares no line with the package (`plain_oracle`),
- the JavaScript of pages, in Node,
- the formulas of workbooks, as LibreOffice recalculates them, for the first ``--excel`` sets,
- OpenFisca, where it is installed, on sets that it can express.

Points agree to 1e-9, status, grades and places agree altogether. A mismatch names the seed that
makes it again: ``--sets 1 --seed S``.
"""

# ruff: noqa: E402
from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_TESTS / room) for room in ("proof", "rules", "points", "")]

import numpy as np
import pandas as pd
from plain_oracle import INDEX, PlainSheet
from random_units import given
from records import write_record
from sheet_face import SheetFace
from whole_sets import random_verdicts, seeded, write_random_set, write_random_units

from scoring.analysis.rank_table import ranking
from scoring.base.values import STATUSES
from scoring.criteria import open_set
from scoring.criteria.javascript_set import set_javascript
from scoring.evidence.long_table import read_long_table
from scoring.points import score, score_figures
from scoring.points.proof import with_proof

EXISTING = {
    "published_766": "tests/points/test_published_766.py",
    "published_wbl": "tests/points/test_published_wbl.py",
    "shipped_sets_in_chromium": "tests/criteria/test_javascript_set.py",
    "items_in_libreoffice": "tests/rules/test_excel_truth.py",
    "roll_up_in_libreoffice": "tests/points/test_roll_up_truth.py",
}
LEFT = [
    "OpenFisca computes in single precision: its points agree to about 1e-6, not to 1e-9, and it "
    "is asked only for bands and ratios whose points add up.",
    "Random sets in JavaScript run in Node; Chromium computes the shipped sets.",
    "Workbooks show what is reached so far; grades and places are not formulas of theirs.",
]
NEAR = 1e-9
BATCH = 40
_NODE = """
const told = JSON.parse(require("fs").readFileSync(0, "utf8"),
  (key, value) => (value === "Infinity" ? Infinity : value));
const made = told.map((units, at) => units.map((unit) => SETS[at].score(unit)));
console.log(JSON.stringify(made, (key, value) => (Number.isNaN(value) ? null : value)));
"""


@dataclass
class Case:
    """A set with its units, scored by the package and by the oracle."""

    seed: int
    sheet: object
    plain: PlainSheet
    states: dict

    @property
    def codes(self):
        return [*(node.code for node in self.sheet.criteria.nodes), INDEX]


def made_case(seed, folder, units):
    """Write the set and the units of a seed, and score them both ways."""
    rng, place = seeded(seed), Path(folder) / f"set-{seed}"
    nodes = write_random_set(rng, place)
    rows = write_random_units(rng, nodes, place / "figures.csv", units)
    criteria = open_set(place)
    inputs, _ = read_long_table(place / "figures.csv", criteria)
    sheet, plain = score(inputs, criteria), PlainSheet(place, rows)
    states = random_verdicts(rng, [unit.key for unit in plain.units], list(plain.plain.items))
    return Case(seed, proved(sheet, states), plain, states)


def proved(sheet, states):
    """Return the sheet with the verdicts on the proof of its items."""
    percents = sheet.criteria.meta.proof_percent
    rows = [
        {"unit_code": unit, "year": int(year), "period": period, "item_code": code,
         "state": state, "share": percents.get(state, 100.0) / 100}
        for (unit, year, period), told in states.items() for code, state in told.items()
    ]  # fmt: skip
    return with_proof(sheet, pd.DataFrame(rows)) if rows else sheet


def of_numpy(case):
    """Yield what the package makes of each unit, by what it is."""
    sheet, places = case.sheet, ranking(case.sheet)[0]
    ranks = {
        (row.unit_code, str(row.year), row.period): 0 if pd.isna(row.rank) else int(row.rank)
        for row in places.itertuples()
    }
    arrays = {"points": sheet.points, "low": sheet.points_low, "high": sheet.points_high,
              "maxima": sheet.maxima, "supported": sheet.supported}  # fmt: skip
    for at, (unit, year, period) in enumerate(
        sheet.units[["unit_code", "year", "period"]].itertuples(index=False)
    ):
        told = {
            name: dict(zip(case.codes, array[:, at].tolist(), strict=True))
            for name, array in arrays.items()
            if array is not None
        }
        status = [STATUSES[code] for code in sheet.status[:, at]]
        told["status"] = dict(zip(case.codes, status, strict=True))
        key = (unit, str(year), period)
        told |= {"grade": sheet.graded.codes[at], "by_points": sheet.graded.by_points[at]}
        yield key, told | {"place": ranks[key]}


def of_oracle(case):
    """Yield the same from the oracle, as exact fractions."""
    for unit in case.plain.units:
        states = case.states.get(unit.key, {})
        told = {name: getattr(unit, name) for name in ("points", "low", "high", "maxima", "status")}
        if case.sheet.supported is not None:
            told["supported"] = case.plain.supported(unit, states)
        told |= {"grade": unit.grade, "by_points": unit.by_points}
        yield unit.key, told | {"place": case.plain.places[unit.key]}


def of_javascript(cases):
    """Return what Node makes of the units of many sets: for each case a list of units."""
    scripts = [set_javascript(case.sheet.criteria, f"set{at}") for at, case in enumerate(cases)]
    scripts.append(f"const SETS = [{', '.join(f'set{at}' for at in range(len(cases)))}];")
    told = []
    for case in cases:
        units = []
        for at, unit in enumerate(case.plain.units):
            states = case.states.get(unit.key)
            units.append(given(case.sheet, at) | ({"proof": states} if states else {}))
        told.append(units)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "faces.js"
        script.write_text("\n".join([*scripts, _NODE]), "utf-8")
        run = subprocess.run(
            ["node", str(script)],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            check=True,
        )
    made = json.loads(run.stdout)
    return [[_renamed(unit) for unit in units] for units in made]


def _renamed(unit):
    names = ("points", "low", "high", "maxima")
    told = {name: unit[name] for name in names} | {"by_points": unit["gradeByPoints"]}
    told["status"] = {code: STATUSES[state] for code, state in unit["status"].items()}
    if not unit["quotas"]:
        told["grade"] = unit["grade"]
    return told | ({"supported": unit["supported"]} if unit.get("supported") else {})


def differences(ours, others):
    """Yield what two faces say otherwise of one unit; what only one of them says is passed over."""
    for name in ours.keys() & others.keys():
        pairs = {"": (ours[name], others[name])}
        if isinstance(ours[name], dict):
            pairs = {code: (ours[name][code], others[name][code]) for code in ours[name]}
        for code, (mine, other) in pairs.items():
            if not _same(mine, other):
                yield name, code, mine, other


def _same(mine, other):
    if isinstance(mine, str) or isinstance(other, str):
        return mine == other
    gaps = [value is None or math.isnan(value) for value in (mine, other)]
    return all(gaps) or (not any(gaps) and abs(float(mine) - float(other)) <= NEAR)


class Tally:
    """Counts what was compared, and keeps every mismatch with the seed that makes it again."""

    def __init__(self):
        self.figures, self.wrong = {}, []

    def add(self, name, count=1):
        self.figures[name] = self.figures.get(name, 0) + count

    def compare(self, face, case, key, ours, others):
        for name, code, mine, other in differences(ours, others):
            shown = [other if isinstance(other, str) or other is None else float(other)]
            self.wrong.append(f"seed {case.seed}, {face}, unit {key}, {name} of {code or 'the unit'}: "
                              f"numpy {mine}, {face} {shown[0]}")  # fmt: skip
        self.add(f"units_like_{face}")
        self.add(f"figures_like_{face}", sum(
            len(ours[name]) if isinstance(ours[name], dict) else 1
            for name in ours.keys() & others.keys()
        ))  # fmt: skip


def compared(seeds, units, tally):
    """Compare the faces of the sets of some seeds; return the cases."""
    with tempfile.TemporaryDirectory() as folder:
        cases = [made_case(seed, folder, units) for seed in seeds]
    pages = of_javascript(cases)
    for case, page in zip(cases, pages, strict=True):
        tally.add("sets")
        oracle = dict(of_oracle(case))
        for at, (key, ours) in enumerate(of_numpy(case)):
            tally.compare("oracle", case, key, ours, oracle[key])
            tally.compare("javascript", case, key, ours, page[at])
            for state in ours["status"].values():
                tally.add(f"nodes_{state}")
    return cases


def like_excel(cases, tally):
    """Compare what workbooks show so far, open items as nothing yet, with the oracle."""
    face = SheetFace()
    for case in cases:
        face.add(case)
    for case, at, told in face.read(cases):
        unit = case.plain.units[at]
        ours = {"so_far": unit.so_far, "maxima": unit.maxima,
                "absent": {code: str(code in unit.absent) for code in case.codes}}  # fmt: skip
        ours["so_far"] = {code: points or 0 for code, points in ours["so_far"].items()}
        tally.compare("excel", case, unit.key, ours, told)
    tally.add("sets_like_excel", len(cases))


def like_openfisca(seeds, tally):
    """Compare points of bands and ratios with those of OpenFisca, which computes in single precision."""
    sys.path.insert(0, str(_TESTS.parent / "benchmarks"))
    import score_openfisca as shared

    for seed in seeds:
        chance = np.random.default_rng(seed)
        maxima = chance.choice([0.5, 1.0, 1.5, 2.0], shared.ITEMS)
        figures = (chance.random((shared.ITEMS, 200)) * 100).astype(np.float32).astype(float)
        sheet = score_figures(shared.make_figures(figures), shared.make_set(maxima))
        system = shared.openfisca_system(maxima)
        shared.assert_equal(sheet, shared.openfisca_simulation(system, figures))
        tally.add("sets_like_openfisca")
        tally.add("units_like_openfisca", figures.shape[1])


def main():
    """Run the comparison and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=100)
    parser.add_argument("--units", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--excel", type=int, default=0, help="sets recalculated by LibreOffice")
    parser.add_argument("--openfisca", type=int, default=0, help="sets that OpenFisca computes")
    parser.add_argument("--record", action="store_true", help="write records/five_faces.json")
    arguments = parser.parse_args()
    tally, last = Tally(), arguments.seed + arguments.sets
    for start in range(arguments.seed, last, BATCH):
        cases = compared(range(start, min(start + BATCH, last)), arguments.units, tally)
        wanted = arguments.excel - tally.figures.get("sets_like_excel", 0)
        if wanted > 0:
            like_excel(cases[:wanted], tally)
        print(f"{tally.figures['sets']} sets, {len(tally.wrong)} mismatches", flush=True)
    like_openfisca(range(arguments.openfisca), tally)
    figures = tally.figures | {"mismatches": len(tally.wrong)}
    print("\n".join(tally.wrong[:40]))
    print(json.dumps(figures, indent=1))
    if arguments.record:
        command = " ".join(["python", "tests/proof/five_faces.py", *sys.argv[1:]])
        write_record("five_faces", command.removesuffix(" --record"), figures | EXISTING, LEFT)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
