"""Score a table of units with this package and with OpenFisca, in one process.

Run it where both are installed (``pip install openfisca-core`` beside this package)::

    python benchmarks/score_openfisca.py [UNITS ...] [--small | --full]

The set has 100 items in eight areas: every other one gives points by bands of a percentage, the
others the percentage of their maximum. Both engines get the same figures, drawn as single
precision because OpenFisca computes in it; ours computes in double precision and also gives the
status, the applicable maximum and the bounds of every node. Equal points come first, then times:
ours is `score_figures`, theirs is ``calculate`` of the index, both from figures in memory.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, lacking, least, timed

from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import Node, in_order
from scoring.criteria.set_policies import SetMeta
from scoring.points import Figures, score_figures
from scoring.rules import Band, InputSpec, RuleSpec

SIZES = {"small": [500], "normal": [5_000, 50_000], "full": [5_000, 50_000, 100_000]}
AREAS, ITEMS = 8, 100
STEPS = ((0.0, 0.0), (50.0, 0.25), (70.0, 0.5), (80.0, 0.75), (90.0, 0.9), (100.0, 1.0))
YEAR = 2026


def item_codes() -> list[str]:
    """Return the codes of all items, spread evenly over the areas."""
    return [f"{place % AREAS + 1}.{place // AREAS + 1}" for place in range(ITEMS)]


def make_set(maxima: np.ndarray) -> CriteriaSet:
    """Return the criteria set with the given maxima, one per item."""
    leaves = [
        _leaf(code, float(most), by_bands=place % 2 == 0)
        for place, (code, most) in enumerate(zip(item_codes(), maxima, strict=True))
    ]
    areas = [
        Node(
            str(n),
            "",
            "normal",
            f"Lĩnh vực {n}",
            "",
            sum(leaf.max_points for leaf in leaves if leaf.parent == str(n)),
            "self",
            "",
            "benchmark",
        )
        for n in range(1, AREAS + 1)
    ]
    meta = SetMeta(
        "benchmark",
        "1",
        "Bộ tiêu chí mẫu",
        "Sample set",
        "department",
        "sample",
        float(maxima.sum()),
        dt.date(YEAR, 1, 1),
        None,
        {},
        "benchmark",
        rank_on="unrounded",
    )
    return CriteriaSet(meta, in_order([*areas, *leaves]), {}, {})


def _leaf(code: str, most: float, by_bands: bool) -> Node:
    entry = InputSpec("share", "percent", "percent", minimum=0.0, maximum=100.0)
    bands = [
        Band(low, high, True, False, most * share)
        for (low, share), high in zip(
            STEPS, [low for low, _ in STEPS[1:]] + [math.inf], strict=True
        )
    ]
    spec = RuleSpec(
        code,
        "bands" if by_bands else "ratio",
        most,
        (entry,),
        bands=tuple(bands) if by_bands else (),
    )
    return Node(
        code,
        code.split(".")[0],
        "normal",
        code,
        "",
        most,
        "self",
        spec.kind,
        "benchmark",
        spec=spec,
    )


def make_figures(figures: np.ndarray) -> Figures:
    """Return figures of shape (n_items, n_units) as scoring takes them."""
    n_units = figures.shape[1]
    units = pd.DataFrame(
        {
            "unit_code": np.arange(n_units).astype(str),
            "unit_name": "",
            "block": "",
            "year": YEAR,
            "period": "",
        }
    )
    values = {(code, "share"): row for code, row in zip(item_codes(), figures, strict=True)}
    none = np.zeros(0, dtype=np.intp)
    return Figures(units, values, {}, pd.DataFrame(), none, none)


def openfisca_system(maxima: np.ndarray):
    """Return the same set as an OpenFisca tax and benefit system."""
    from openfisca_core.entities import build_entity
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    unit = build_entity(key="unit", plural="units", label="unit", is_person=True)
    system = TaxBenefitSystem([unit])
    start = "2020-01-01"
    brackets = [
        {"threshold": {start: {"value": low}}, "amount": {start: {"value": share}}}
        for low, share in STEPS
    ]
    system.parameters = ParameterNode(
        "",
        data={
            f"item_{place}": {
                "most": {"values": {start: {"value": float(most)}}},
                "steps": {"metadata": {"type": "single_amount"}, "brackets": brackets},
            }
            for place, most in enumerate(maxima)
        },
    )

    def add(name: str, formula=None) -> None:
        common = {
            "value_type": float,
            "entity": unit,
            "definition_period": DateUnit.YEAR,
            "label": name,
        }
        extra = {"formula": formula} if formula else {}
        system.add_variable(type(name, (Variable,), common | extra))

    def by_steps(place: int):
        def formula(units, period, parameters):
            here = parameters(period)[f"item_{place}"]
            return here.most * here.steps.calc(units(f"share_{place}", period))

        return formula

    def by_ratio(place: int):
        def formula(units, period, parameters):
            most = parameters(period)[f"item_{place}"].most
            return most * units(f"share_{place}", period) / 100

        return formula

    def added(names: list[str]):
        return lambda units, period: sum(units(name, period) for name in names)

    for place in range(ITEMS):
        add(f"share_{place}")
        add(f"points_{place}", by_steps(place) if place % 2 == 0 else by_ratio(place))
    for area in range(AREAS):
        add(f"area_{area}", added([f"points_{place}" for place in range(area, ITEMS, AREAS)]))
    add("total", added([f"area_{area}" for area in range(AREAS)]))
    return system


def openfisca_simulation(system, figures: np.ndarray):
    """Return a fresh simulation holding the figures; nothing is computed yet."""
    from openfisca_core.simulations import SimulationBuilder

    simulation = SimulationBuilder().build_default_simulation(system, count=figures.shape[1])
    for place, row in enumerate(figures):
        simulation.set_input(f"share_{place}", str(YEAR), row)
    return simulation


def assert_equal(sheet, simulation) -> None:
    """Hold every item, area and index of both engines against each other."""
    pairs = {code: f"points_{place}" for place, code in enumerate(item_codes())}
    pairs |= {str(area + 1): f"area_{area}" for area in range(AREAS)} | {"INDEX": "total"}
    for code, name in pairs.items():
        theirs = simulation.calculate(name, str(YEAR)).astype(np.float64)
        np.testing.assert_allclose(sheet.points[sheet.row(code)], theirs, rtol=2e-6, atol=1e-6)


def claims(sizes: Sequence[int]) -> Claims:
    """Check every size, then yield both engines, run in turn."""
    if gone := lacking("score-openfisca", "openfisca_core"):
        yield gone
        return
    maxima = np.random.default_rng(0).choice([0.5, 1.0, 1.5, 2.0], ITEMS)
    system, criteria = openfisca_system(maxima), make_set(maxima)
    costs = {n_units: compare(n_units, system, criteria) for n_units in sizes}
    yield Claim("score-openfisca", "points of every item, area and index", costs)


def compare(n_units: int, system, criteria: CriteriaSet) -> dict[str, Cost]:
    """Assert equal points at one size and return the least that both engines take."""
    random = np.random.default_rng(n_units)
    figures = random.random((ITEMS, n_units), dtype=np.float32).astype(np.float64) * 100
    figures = figures.astype(np.float32).astype(np.float64)
    figures_in = make_figures(figures)
    assert_equal(score_figures(figures_in, criteria), openfisca_simulation(system, figures))
    ours, theirs = [], []
    for _ in range(7):
        simulation = openfisca_simulation(system, figures)
        theirs.append(timed(partial(simulation.calculate, "total", str(YEAR)))[0])
        ours.append(timed(partial(score_figures, figures_in, criteria))[0])
    return {OURS: least(ours), "OpenFisca": least(theirs)}


if __name__ == "__main__":
    alone(claims, SIZES)
