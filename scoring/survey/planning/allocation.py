"""Sharing a sample out over strata: proportional, Neyman, by a power of the size, or equal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.survey.planning.sample_sizes import SizeRequest, half_widths
from scoring.tables import rows_of, table_of
from scoring.tables.places import row_findings

ALLOCATIONS = ("proportional", "neyman", "power", "equal")
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
_BOUNDS = np.array(["none", "minimum", "maximum"])


def allocate(
    strata: pd.DataFrame,
    forms: int,
    request: SizeRequest,
    *,
    by: str = "proportional",
    power: float = 0.5,
    minimum: int = 0,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Share `forms` out over strata; the sum is exact, and no stratum gives more than it has.

    Parameters
    ----------
    strata : DataFrame
        Table ``Strata``. Without a share of its own a stratum has that of the request.
    forms : int
        Forms with an answer, in all.
    request : SizeRequest
        Share, confidence and design effect for the margins of the strata.
    by : {"proportional", "neyman", "power", "equal"}
        Neyman follows population times standard deviation; ``power`` the population to the power
        of `power`, which lies between equal (0) and proportional (1).
    minimum : int
        Fewest forms of a stratum that names no minimum of its own.

    Returns
    -------
    DataFrame
        Table ``Allocation``; without rows where the request is impossible.
    list of Finding
        Why it is impossible: ``stratum-population-missing``, ``stratum-value-outside``,
        ``stratum-below-minimum``, ``allocation-minima-exceed``, ``allocation-above-maxima``,
        ``allocation-without-spread``.

    References
    ----------
    Cochran, Sampling Techniques, 3rd edition, sections 5.5 to 5.9 (Neyman; more than the stratum
    has). Whole numbers by the largest remainder.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["a", "b", "c"], "population": [500.0, 300.0, 200.0]})
    >>> allocate(strata, 101, SizeRequest(0.05))[0]["forms"].tolist()
    [51, 30, 20]
    """
    known = _completed(strata, request, minimum)
    if findings := _impossible(known, forms):
        return table_of([], "Allocation"), findings
    wanted = _wanted(known, by, power)
    low, high = (known[end].to_numpy(np.int64) for end in ("minimum", "maximum"))
    if forms and not wanted.sum() > 0:
        return table_of([], "Allocation"), [Finding("allocation-without-spread")]
    given = whole_shares(wanted, forms, low, high)
    bound = np.where(given == low, 1, 0) * (low > 0) + 0
    bound = np.where(given == high, 2, bound)
    population = known["population"].to_numpy()
    table = known.assign(forms=given, fraction=given / population, bound=_BOUNDS[bound])
    return table_of(_with_margins(table, request), "Allocation"), []


def whole_shares(
    wanted: npt.ArrayLike, total: int, low: npt.ArrayLike, high: npt.ArrayLike
) -> Whole:
    """Return whole numbers in proportion to `wanted`, between two ends, that add up to `total`.

    Strata that would leave their ends stand at them, and the others share the rest; remainders go
    to the largest fractions, the first of equal ones.

    Parameters
    ----------
    wanted : array
        Not negative; what is 0 stands at its lower end while others can take more.
    total : int
        Between the sums of the ends.
    low, high : array of int

    Examples
    --------
    >>> whole_shares([5, 3, 2], 100, [0, 0, 30], [40, 100, 100]).tolist()
    [40, 30, 30]
    """
    weight = np.asarray(wanted, np.float64)
    low, high = np.asarray(low, np.int64), np.asarray(high, np.int64)
    shares = _between(weight, total, low, high)
    whole = np.clip(np.floor(shares + 1e-9).astype(np.int64), low, high)
    while missing := total - int(whole.sum()):
        room = (whole < high) if missing > 0 else (whole > low)
        rest = np.where(room, (shares - whole) * np.sign(missing), -np.inf)
        first = np.argsort(-rest, kind="stable")[: min(abs(missing), int(room.sum()))]
        whole[first] += np.sign(missing)
    return whole


def _between(weight: Floats, total: int, low: Whole, high: Whole) -> Floats:
    """Return factor times `weight`, clipped to the ends, for the factor that gives the total."""
    # Where the weights that may still grow are used up, the rest goes to those of weight 0.
    weight = np.maximum(weight / weight.max(), 1e-12) if weight.max() > 0 else np.ones_like(weight)
    least, most = 0.0, float((high / weight).max()) + 1.0
    for _ in range(200):
        factor = (least + most) / 2
        is_short = np.clip(factor * weight, low, high).sum() < total
        least, most = (factor, most) if is_short else (least, factor)
    return np.clip(most * weight, low, high)


def _completed(strata: pd.DataFrame, request: SizeRequest, minimum: int) -> pd.DataFrame:
    """Return the strata with every figure that they leave to the whole."""
    population = strata["population"]
    blank = pd.Series(np.nan, strata.index)
    share = strata.get("share", blank).fillna(request.share)
    own = (share * (1 - share)).clip(lower=0) ** 0.5
    return strata.assign(
        name=strata.get("name", pd.Series("", strata.index)),
        share=share,
        deviation=strata.get("deviation", blank).fillna(own),
        minimum=np.ceil(strata.get("minimum", blank).fillna(minimum)),
        maximum=np.floor(np.fmin(strata.get("maximum", blank).fillna(np.inf), population)),
    )


def _impossible(known: pd.DataFrame, forms: int) -> list[Finding]:
    population = known["population"]
    unknown = np.flatnonzero(~(population > 0))
    findings = _at(known, "stratum-population-missing", unknown, "population")
    for column, top in (("share", 1.0), ("deviation", np.inf), ("minimum", np.inf)):
        outside = np.flatnonzero(~known[column].between(0, top))
        findings += _at(known, "stratum-value-outside", outside, column)
    if findings:
        return findings
    small = np.flatnonzero(known["maximum"] < known["minimum"])
    findings = _at(known, "stratum-below-minimum", small, "minimum", "maximum")
    least, most = known["minimum"].sum(), known["maximum"].sum()
    values = {"forms": float(forms), "least": float(least), "most": float(most)}
    if not findings and forms < least:
        findings.append(Finding("allocation-minima-exceed", values=values))
    if not findings and forms > most:
        findings.append(Finding("allocation-above-maxima", values=values))
    return findings


def _at(known: pd.DataFrame, code: str, rows: Iterable[int], *columns: str) -> list[Finding]:
    """Return a finding for each of some rows, which names its stratum and what it holds."""
    places = list(rows)
    values = (
        {"stratum": row.stratum, "column": columns[0]}
        | {f"value_{name}": float(getattr(row, name)) for name in columns}
        | {"value": float(getattr(row, columns[0]))}
        for row in rows_of(known.iloc[places])
    )
    return row_findings(code, known, places, values)


def _wanted(known: pd.DataFrame, by: str, power: float) -> Floats:
    population = known["population"].to_numpy(np.float64)
    ways = {
        "proportional": population,
        "neyman": population * known["deviation"].to_numpy(np.float64),
        "power": population**power,
        "equal": np.ones_like(population),
    }
    return np.asarray(ways[by])


def _with_margins(table: pd.DataFrame, request: SizeRequest) -> pd.DataFrame:
    """Add the margin that each stratum may expect, its own share and population counted."""
    rows = rows_of(table[["share", "population", "forms"]])
    widths = [
        half_widths(replace(request, share=row.share, population=row.population), row.forms)
        for row in rows
    ]
    margins = {
        f"{name}_percent": [100 * float(width[name]) for width in widths]
        for name in ("wald", "wilson")
    }
    return table.assign(**margins)
