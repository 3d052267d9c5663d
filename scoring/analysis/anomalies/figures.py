"""Figures that look rounded, and figures that two units have in common."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scoring.analysis.anomalies.material import Looked, Material, places_text
from scoring.analysis.chances import LEVEL, binomial_tail, poisson_tail
from scoring.base.numbers import format_number

KINDS = ("heaped-digits", "same-figures")
# Last digits are even only where figures spread over many tens; small counts repeat anyway.
_SMALLEST, _FEWEST_FIGURES, _FEWEST_SAME = 100, 20, 3
_FEWEST_UNITS = 5
# Of ten digits two are round.
_ROUND, _DIGIT = 0.2, 0.1


def look(material: Material) -> list[Looked]:
    """Look at counts of 100 and more: their last digits, and which units report the same ones."""
    counts = _counts(material)
    return [_heaped(material, counts), _same(material, counts)]


def _counts(material: Material) -> pd.DataFrame:
    """Return the counts that units report: place, item, input and value."""
    figures = material.sheet.figures
    rows = [
        (key, figures.values[key][material.at])
        for spec in material.specs
        for key in ((spec.code, one.name) for one in spec.inputs if one.kind == "count")
    ]
    if not rows:
        return pd.DataFrame({name: [] for name in ("place", "item", "input", "value")})
    values = np.array([numbers for _, numbers in rows])
    entries, places = np.nonzero(np.isfinite(values) & (values >= _SMALLEST))
    items = np.array([key[0] for key, _ in rows], dtype=object)
    names = np.array(["/".join(key) for key, _ in rows], dtype=object)
    told = {"item": items[entries], "input": names[entries], "value": values[entries, places]}
    return pd.DataFrame({"place": places, **told})


def _heaped(material: Material, counts: pd.DataFrame) -> Looked:
    """Test the last digits of each unit, and of each figure over the units.

    A figure that a unit gives in several places counts once. Two exact binomial tests each: how
    many end in 0 or 5 (two in ten), and in the one digit that is most frequent (one in ten, times
    ten digits); in all tests together less than 5% of runs would name anything.
    """
    looked = Looked("heaped-digits", material)
    parts = [
        (by, name, rows)
        for by in ("place", "input")
        for name, rows in counts.drop_duplicates([by, "value"]).groupby(by, sort=False)
        if len(rows) >= _FEWEST_FIGURES
    ]
    most = int(counts.groupby("place")["value"].nunique().max()) if len(counts) else 0
    if not parts:
        looked.is_enough(most, _FEWEST_FIGURES, what="figures")
        return looked
    looked.seen = len(counts)
    tests = 2 * len(parts)
    told = [(by, name, rows, _digit_tests(rows)) for by, name, rows in parts]
    # Twice as many round ones as there should be is what readers can picture.
    many = sum(2 * _ROUND * len(rows) <= rounds for _, _, rows, (rounds, *_) in told)
    for by, name, rows, (rounds, by_round, digit, hits, by_digit) in told:
        if min(by_round, by_digit) * tests > LEVEL:
            continue
        chance = min(by_round, by_digit)
        said: dict[str, object] = {
            "count": len(rows),
            "rounds": rounds,
            "expected": _ROUND * len(rows),
        }
        said |= {"digit": digit, "hits": hits, "where": _where(looked, by, name)}
        units = [int(str(name))] if by == "place" else []
        items = rows["item"].unique().tolist()
        places = _cells(material, rows)
        looked.add(units, items, (many, len(parts)), said, chance, tests, places)
    return looked


def _digit_tests(rows: pd.DataFrame) -> tuple[int, float, int, int, float]:
    digits = (rows["value"].to_numpy() % 10).astype(int)
    count, often = len(digits), np.bincount(digits, minlength=10)
    rounds, digit = int(often[0] + often[5]), int(often.argmax())
    one = 10 * binomial_tail(count, int(often[digit]), _DIGIT)
    return rounds, binomial_tail(count, rounds, _ROUND), digit, int(often[digit]), min(one, 1.0)


def _where(looked: Looked, by: str, name: object) -> str:
    if by == "place":
        return looked.material.say("anomaly_of_unit", unit=looked.material.codes[int(str(name))])
    item, _, figure = str(name).partition("/")
    spec = looked.material.sheet.criteria.by_code[item].spec
    said = spec.named(figure).label(looked.material.lang) if spec else figure
    return looked.material.say("anomaly_of_figure", item=item, figure=said)


def _same(material: Material, counts: pd.DataFrame) -> Looked:
    """Name pairs of units with at least three different figures in common.

    By how many pairs report the same in each place, so many would come about in less than 5% of
    runs (Poisson). A figure given in several places counts once; what one in five of the units
    reports, and at least five, was given to them and does not count.
    """
    looked = Looked("same-figures", material)
    units = counts["place"].nunique()
    if not looked.is_enough(units, _FEWEST_UNITS, what="counted"):
        return looked
    held_by = counts.groupby(["input", "value"], sort=False)["place"].transform("size")
    looked.seen = len(counts)
    common = held_by >= material.common_from
    looked.common = int(common.sum())
    shared = counts[(held_by > 1) & ~common]
    pairs = pd.DataFrame(_pairs(shared), columns=["one", "other", "item", "value"])
    tests = units * (units - 1) // 2
    mean = _expected(counts[~common], pairs)
    each = pairs.groupby(["one", "other"], sort=False)
    distinct = each["value"].nunique()
    base = (int((distinct >= _FEWEST_SAME).sum()), tests)
    for one, other, hits in distinct[distinct >= _FEWEST_SAME].reset_index().to_numpy(int):
        chance = poisson_tail(int(hits), mean)
        if chance * tests <= LEVEL:
            rows = each.get_group((one, other)).drop_duplicates("value")
            shown = [f"{value:.0f}" for value in rows["value"].head(6)]
            items = rows["item"].unique().tolist()
            usual = format_number(mean, 2 if mean >= 0.01 else 4, material.lang)
            said = {"hits": int(hits), "figures": ", ".join(shown), "mean_text": usual}
            cells = counts[counts["place"].isin([one, other]) & counts["value"].isin(rows["value"])]
            places = _cells(material, cells[cells["item"].isin(items)])
            looked.add([int(one), int(other)], items, base, said, chance, tests, places)
    return looked


def _cells(material: Material, rows: pd.DataFrame) -> list[str]:
    """Return the first cells that figures stand in."""
    figures = material.sheet.figures
    found = [
        figures.row_of(int(material.at[place]), *name.split("/", 1))
        for place, name in zip(rows["place"].head(6), rows["input"].head(6), strict=True)
    ]
    return places_text(figures.source.iloc[[row for row in found if row is not None]])


def _pairs(shared: pd.DataFrame) -> Iterator[tuple[int, int, str, float]]:
    """Yield each two units of a figure; groups stay below the size of a common one."""
    for (_, value), rows in shared.groupby(["input", "value"], sort=False):
        places, item = sorted(rows["place"]), rows["item"].iloc[0]
        for at, one in enumerate(places):
            for other in places[at + 1 :]:
                yield int(one), int(other), str(item), float(str(value))


def _expected(counts: pd.DataFrame, pairs: pd.DataFrame) -> float:
    """Return how many figures two units with all of them have in common by chance."""
    sizes = counts.groupby("input", sort=False)["place"].nunique()
    possible = (sizes * (sizes - 1) / 2).sum()
    return float(len(pairs) / possible * len(sizes)) if possible else 0.0
