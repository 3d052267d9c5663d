"""How often what a unit claims is accepted, from earlier years of self against appraised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet
from scoring.rules.evaluate import FloatArray
from scoring.tables import checked

FEWEST_CASES = 10
"""With fewer cases, of a unit and of its block, nothing is said about a chance."""
_SAME = 5.000001e-3
_SETTLED = ("final", "appraised-2", "appraised-1")


@dataclass(frozen=True)
class Acceptance:
    """The share of claims that were accepted, by unit of a sheet.

    Attributes
    ----------
    share, low, high : float array, shape (n_units,)
        The share and its interval of Wilson (0 to 1); NaN where there are too few cases.
    cases : int array, shape (n_units,)
        How many claims stand behind it.
    basis : object array, shape (n_units,)
        ``unit``, ``block``, or empty where there is none.

    Examples
    --------
    >>> import scoring
    >>> rows = [{"item_code": "2", "input": "on_time", "value": 9}]
    >>> inputs = scoring.inputs_table(rows, unit_code="H1", year=2026)
    >>> found, _ = acceptance(scoring.score(inputs, "service-quality-766"), None)
    >>> found.cases.tolist(), found.share.tolist()
    ([0], [nan])
    """

    share: FloatArray
    low: FloatArray
    high: FloatArray
    cases: npt.NDArray[np.int64]
    basis: npt.NDArray[np.object_]

    @classmethod
    def unknown(cls, count: int) -> Acceptance:
        """Return what is known of `count` units without any history: nothing."""
        nothing = np.full(count, np.nan)
        none = np.zeros(count, dtype=np.int64)
        return cls(nothing, nothing, nothing, none, np.full(count, "", dtype=object))


def acceptance(
    sheet: ScoreSheet,
    history: pd.DataFrame | None,
    *,
    of_disputes: bool = False,
    confidence_percent: float = 95.0,
) -> tuple[Acceptance, list[Finding]]:
    """Estimate for each unit the chance that what it claims is accepted.

    Parameters
    ----------
    sheet : ScoreSheet
        The units; their blocks stand in for a unit that has fewer than `FEWEST_CASES` of its own.
    history : DataFrame, optional
        Table ``Tracks`` of earlier years (``tracks.csv``). A case is an item with points claimed
        above 0 and points appraised; it is accepted where no less was appraised than claimed.
        Items that were at risk already (supported below self) are the cases where there are any.
        Penalties and areas are none.
    of_disputes : bool
        Count items that the first round appraised lower than claimed instead, and how many of
        them got the claim back in the end.
    confidence_percent : float
        Of the interval of the share.

    Returns
    -------
    Acceptance
    list of Finding
        ``uncertainty-history-tracks`` where the history lacks the tracks that tell,
        ``uncertainty-history-thin`` where some units have too few cases,
        ``uncertainty-history-any-claim`` where none of the cases is known to have been at risk.

    References
    ----------
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example), "department-sample")
    >>> acceptance(sheet, None)[0].basis.tolist()[:1]
    ['']
    """
    if history is None or not len(history):
        return Acceptance.unknown(len(sheet.units)), []
    table = checked(history, "Tracks", by="acceptance")
    cases = _cases(sheet, table, of_disputes)
    if cases is None:
        met = sorted(set(table["track"]))
        found = Finding("uncertainty-history-tracks", values={"value": met})
        return Acceptance.unknown(len(sheet.units)), [] if of_disputes else [found]
    known = _shares(sheet, cases, confidence_percent)
    if of_disputes:
        return known, []
    findings = [*_thin(sheet, known)]
    if not cases["was_at_risk"].any() and (known.cases > 0).any():
        findings.append(Finding("uncertainty-history-any-claim"))
    return known, findings


def _cases(sheet: ScoreSheet, table: pd.DataFrame, of_disputes: bool) -> pd.DataFrame | None:
    """Return the unit of each case, whether it was accepted and had been at risk; None where no track tells."""
    years = sheet.units["year"].min()
    rows = table[(table["code"] != INDEX_CODE) & (table["year"] < years)]
    nodes = sheet.criteria.nodes
    none = {node.code for node in nodes if not node.is_item or node.kind == "penalty"}
    keys = ["unit_code", "year", "period", "code"]
    # Areas of older sets may be none of this one: they are what other codes lie below.
    places = pd.MultiIndex.from_frame(rows[keys])
    above = rows[keys].assign(code=[str(code).rpartition(".")[0] for code in rows["code"]])
    is_area = places.isin(pd.MultiIndex.from_frame(above))
    wide = rows[~rows["code"].isin(none) & ~is_area].pivot_table("points", keys, "track", "first")
    settled = [track for track in _SETTLED if track in wide]
    if "self" not in wide or not settled or (of_disputes and "appraised-1" not in wide):
        return None
    end, claim = wide[settled].bfill(axis=1).iloc[:, 0], wide["self"]
    is_case, was_at_risk = (claim > _SAME) & end.notna(), False
    if of_disputes:
        later = wide[[track for track in settled if track != "appraised-1"]].notna().any(axis=1)
        is_case &= (wide["appraised-1"] < claim - _SAME) & later
    elif "supported" in wide and (at_risk := wide["supported"] < claim - _SAME).any():
        is_case, was_at_risk = is_case & at_risk, True
    accepted = (end >= claim - _SAME)[is_case]
    table = accepted.rename("accepted").reset_index()[["unit_code", "accepted"]]
    return table.assign(was_at_risk=was_at_risk)


def _shares(sheet: ScoreSheet, cases: pd.DataFrame, confidence_percent: float) -> Acceptance:
    codes, blocks = sheet.units["unit_code"], sheet.units["block"]
    block_of = dict(zip(codes, blocks, strict=True))
    of_block = cases.assign(block=cases["unit_code"].map(block_of)).dropna(subset=["block"])
    own, block = (
        table.groupby(name)["accepted"].agg(["size", "sum"]).reindex(wanted).fillna(0).to_numpy()
        for table, name, wanted in ((cases, "unit_code", codes), (of_block, "block", blocks))
    )
    is_own, is_block = own[:, 0] >= FEWEST_CASES, block[:, 0] >= FEWEST_CASES
    chosen = np.where(is_own[:, None], own, block)
    n = np.where(is_own | is_block, chosen[:, 0], np.nan).astype(float)
    share, low, high = wilson(chosen[:, 1], n, confidence_percent)
    basis = np.select([is_own, is_block], ["unit", "block"], "").astype(object)
    return Acceptance(share, low, high, np.nan_to_num(n).astype(np.int64), basis)


def wilson(
    hits: FloatArray, cases: FloatArray, confidence_percent: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a share and the ends of its interval of Wilson; NaN where `cases` is.

    >>> [round(float(end), 3) for end in wilson(np.array(8.0), np.array(10.0), 95.0)]
    [0.8, 0.49, 0.943]
    """
    z = NormalDist().inv_cdf(0.5 + confidence_percent / 200)
    share, weight = hits / cases, 1 + z * z / cases
    middle = (share + z * z / (2 * cases)) / weight
    half = z * np.sqrt(share * (1 - share) / cases + (z / (2 * cases)) ** 2) / weight
    return share, np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def _thin(sheet: ScoreSheet, known: Acceptance) -> Iterator[Finding]:
    units = sheet.units.loc[known.basis == "", "unit_code"].tolist()
    if units:
        values = {"units": first_few(units), "count": len(units), "fewest": FEWEST_CASES}
        yield Finding("uncertainty-history-thin", values=values)
