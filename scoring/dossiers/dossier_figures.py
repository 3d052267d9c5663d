"""Counts to figures: the table ``DossierCounts``, and the long table of a criteria set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.vocabulary import folded
from scoring.criteria import CriteriaSet
from scoring.dossiers.count_options import Options
from scoring.dossiers.month_counts import FLAGS, PROCEDURE_KINDS
from scoring.tables import columns_of

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""How many months a period of each kind has."""
ROMAN_QUARTERS = ("I", "II", "III", "IV")
_KEY = ["unit", "part"]
# What people put between the letters and the number of a code, or leave out.
_BETWEEN = r"[\s._/\-\u2010-\u2015]+"
_SHARED = ("services_with_dossiers", "paid_procedures", "fee_procedures_with_payment")
_OF_CATALOGUE = ("procedures", "partly_online", "fully_online", "services", "fee_procedures")


@dataclass(frozen=True)
class Counting:
    """What counts are made figures by.

    Attributes
    ----------
    year : int
    on : date
        The cut-off day; periods that begin after it are not written.
    by : {"month", "quarter", "year"}
    options : mapping
        The choice for each question.
    units : DataFrame
        The table ``DossierUnits``; empty: the units that the logs name.
    procedures : DataFrame
        The table ``DossierProcedures``; empty: no catalogue.
    """

    year: int
    on: dt.date
    by: str
    options: Options
    units: pd.DataFrame
    procedures: pd.DataFrame

    @property
    def parts(self) -> list[int]:
        """The periods of the year that have begun by the cut-off day, from 1."""
        last = 12 if self.on.year > self.year else self.on.month if self.on.year == self.year else 0
        months = MONTHS[self.by]
        return list(range(1, (last + months - 1) // months + 1))


def period_text(by: str, part: int) -> str:
    """Return a period as the long table writes it; the whole year is empty.

    >>> [period_text(by, 3) for by in ("month", "quarter", "year")]
    ['tháng 3', 'quý III', '']
    """
    return {"month": f"tháng {part}", "quarter": f"quý {ROMAN_QUARTERS[(part - 1) % 4]}"}.get(
        by, ""
    )


def catalogue_lists(catalogue: pd.DataFrame) -> dict[str, set[str]]:
    """Return the procedures that are counted apart: services, and those with a fee."""
    online = catalogue["online"].isin(("partial", "full"))
    with_fee = catalogue["fee"] == "yes"
    return {"services": _listed(catalogue[online]), "with_fee": _listed(catalogue[with_fee])}


def counts_table(table: pd.DataFrame, counting: Counting) -> pd.DataFrame:
    """Return the table ``DossierCounts``.

    Parameters
    ----------
    table : DataFrame
        Of one year, from `Counts.under` with the lists of `catalogue_lists`.
    counting : Counting

    Returns
    -------
    DataFrame
        Every unit in every period. NaN: the log does not say it of any dossier, no unit has any
        in that period, or an option leaves it not reported.
    """
    units = sorted({*table["unit"], *counting.units["unit_code"]})
    frame = pd.MultiIndex.from_product([units, counting.parts], names=_KEY)
    parts = [*_of_flags(table, frame, counting), *_of_procedures(table, frame, counting)]
    parts += _of_catalogue(frame, counting)
    counts = pd.concat(parts, ignore_index=True)
    counts = _without_empty_periods(counts)
    counts["year"], counts["unit_code"] = counting.year, counts["unit"]
    if counting.options["zero_denominator"] == "missing":
        counts = _without_zero_denominators(counts)
    order = counts.sort_values(["unit_code", "part", "count"], kind="stable")
    order["period"] = [period_text(counting.by, part) for part in order["part"]]
    return order[columns_of("DossierCounts")].reset_index(drop=True)


def units_alike(counts: pd.DataFrame, counting: Counting) -> list[Finding]:
    """Return a finding for each unit whose code is written in several ways.

    Parameters
    ----------
    counts : DataFrame
        The table ``DossierCounts``.
    counting : Counting

    Returns
    -------
    list of Finding
        ``dossiers-units-alike``; none with a list of units, by which other codes are refused.
    """
    if len(counting.units):
        return []
    codes = pd.Series(sorted(set(counts["unit_code"])), dtype="str")
    plain = codes.map(folded).str.replace(_BETWEEN, "", regex=True)
    return [
        Finding("dossiers-units-alike", values={"value": sorted(ways)})
        for _, ways in codes.groupby(plain)
        if len(ways) > 1
    ]


def _of_flags(
    table: pd.DataFrame, frame: pd.MultiIndex, counting: Counting
) -> Iterator[pd.DataFrame]:
    known = table[~table["kind"].isin(PROCEDURE_KINDS)].set_index(_KEY)
    dossiers = known.loc[known["kind"] == "dossiers", "yes"].reindex(frame, fill_value=0)
    for name in ("dossiers", *FLAGS):
        of_one = known[known["kind"] == name]
        yes = of_one["yes"].reindex(frame, fill_value=0).astype(float)
        unknown = of_one["unknown"].reindex(frame, fill_value=0)
        is_silent = (unknown > 0) & (
            (unknown == dossiers) | (counting.options["unknown"] == "missing")
        )
        # Where no dossier of any unit says it, a unit without dossiers says it no more.
        if dossiers.sum() and unknown.sum() == dossiers.sum():
            is_silent |= True
        yield _rows(frame, name, yes.mask(is_silent), unknown)


def _of_procedures(
    table: pd.DataFrame, frame: pd.MultiIndex, counting: Counting
) -> Iterator[pd.DataFrame]:
    options = counting.options
    kind = {"any_channel": "any_channel", "online": "online_only"}[options["services"]]
    paid = {"paid": "paid_online", "payable": "with_payment_due"}[options["fee_procedures"]]
    yield _distinct(table, frame, "services_with_dossiers", kind, "services", counting)
    yield _distinct(table, frame, "paid_procedures", "paid_online", "all", counting)
    yield _distinct(table, frame, "fee_procedures_with_payment", paid, "with_fee", counting)


def _distinct(
    table: pd.DataFrame, frame: pd.MultiIndex, name: str, kind: str, among: str,
    counting: Counting,
) -> pd.DataFrame:  # fmt: skip
    """Return how many procedures of a kind each unit has, `among` those of a list."""
    rows = table[(table["kind"] == kind) & (table["name"] == among)].set_index(_KEY)
    counts = rows["yes"].reindex(frame, fill_value=0).astype(float)
    flag = {"online_only": "online", "any_channel": "dossiers"}.get(kind, "payable")
    about = table[table["kind"] == flag]
    is_said = bool((about["yes"] > 0).any()) or not len(about)
    needs_catalogue = among != "all" and not len(counting.procedures)
    if needs_catalogue or not is_said:
        counts[:] = np.nan
    return _rows(frame, name, counts, pd.Series(0, index=frame))


def _listed(catalogue: pd.DataFrame) -> set[str]:
    return set(catalogue["procedure"])


def _of_catalogue(frame: pd.MultiIndex, counting: Counting) -> Iterator[pd.DataFrame]:
    """Yield what the catalogue says of each unit: its own procedures and those of every unit."""
    catalogue = counting.procedures
    if not len(catalogue):
        return
    kept = {
        "procedures": catalogue["procedure"] != "",
        "partly_online": catalogue["online"] == "partial",
        "fully_online": catalogue["online"] == "full",
        "services": catalogue["online"].isin(("partial", "full")),
        "fee_procedures": catalogue["fee"] == "yes",
    }
    units = frame.get_level_values("unit")
    for name in _OF_CATALOGUE:
        rows = catalogue[kept[name]]
        everywhere = _listed(rows[rows["unit_code"] == ""])
        own = rows.groupby("unit_code")["procedure"].agg(set).to_dict()
        sizes = {unit: len(everywhere | own.get(unit, set())) for unit in units.unique()}
        values = pd.Series([float(sizes[unit]) for unit in units], index=frame)
        yield _rows(frame, name, values, pd.Series(0, index=frame))


def _rows(frame: pd.MultiIndex, name: str, values: pd.Series, unknown: pd.Series) -> pd.DataFrame:
    known = pd.DataFrame({"value": values, "unknown": unknown}, index=frame).reset_index()
    return known.assign(count=name)


def _without_empty_periods(counts: pd.DataFrame) -> pd.DataFrame:
    """Leave a period in which no unit has a dossier not reported: its log was hardly given."""
    dossiers = counts[counts["count"] == "dossiers"].groupby("part")["value"].sum()
    is_empty = counts["part"].isin(dossiers.index[dossiers == 0])
    is_counted = ~counts["count"].isin(_OF_CATALOGUE)
    return counts.assign(value=counts["value"].mask(is_empty & is_counted))


def _periods_empty(counts: pd.DataFrame) -> list[Finding]:
    of_periods = counts[counts["count"] == "dossiers"].groupby("period", sort=False)["value"]
    is_empty = of_periods.count() == 0
    if not is_empty.any() or is_empty.all():
        return []
    told = "; ".join(is_empty.index[is_empty])
    named = Named(told, told.replace("tháng", "month").replace("quý", "quarter"))
    return [Finding("dossiers-period-empty", values={"expected": named})]


def _without_zero_denominators(counts: pd.DataFrame) -> pd.DataFrame:
    """Leave figures of a unit without dossiers not reported; of one without payments, those."""
    for name, whole in (("dossiers", counts["count"].isin(_OF_CATALOGUE)), ("payable", None)):
        zero = counts[(counts["count"] == name) & (counts["value"] == 0)].set_index(_KEY).index
        is_zero = pd.Series(counts.set_index(_KEY).index.isin(zero), index=counts.index)
        concerned = ~whole if whole is not None else counts["count"].isin(("payable", "paid"))
        counts = counts.assign(value=counts["value"].mask(is_zero & concerned))
    return counts


@cache
def _shipped_figures() -> pd.DataFrame:
    source = resources.files("scoring.dossiers").joinpath("figures.csv")
    with source.open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str")


def figures(
    counts: pd.DataFrame, counting: Counting, criteria: CriteriaSet
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the long table of a set, and what of it the logs do not give.

    Parameters
    ----------
    counts : DataFrame
        The table ``DossierCounts``.
    counting : Counting
    criteria : CriteriaSet

    Returns
    -------
    DataFrame
        The table ``Inputs``; NaN where a count is not known. Figures that no unit has are left out.
    list of Finding
        ``dossiers-period-empty``, ``dossiers-figures-absent``.

    Raises
    ------
    UnreadableError
        ``dossiers-set-unknown``.
    """
    shipped = _shipped_figures()
    bound = shipped[shipped["set_id"] == criteria.set_id]
    if not len(bound):
        values = {"value": criteria.set_id, "known": sorted(set(shipped["set_id"]))}
        raise UnreadableError(Finding("dossiers-set-unknown", values=values))
    rows = bound.merge(counts.dropna(subset="value"), on="count", how="inner")
    named = counting.units.set_index("unit_code")
    for column in ("unit_name", "block"):
        names = named[column] if column in named else pd.Series(dtype="str")
        rows[column] = rows["unit_code"].map(names).astype("str").fillna("")
    given = set(zip(rows["item_code"], rows["input"], strict=True))
    asked = [(code, one.name) for code, rule in criteria.rules.items() for one in rule.spec.inputs]
    absent = [f"{code} {name}" for code, name in asked if (code, name) not in given]
    findings = _periods_empty(counts)
    findings += [Finding("dossiers-figures-absent", values={"expected": absent})] if absent else []
    order = [*columns_of("Inputs")[:5], "item_code", "input", "value"]
    places = {entry: place for place, entry in enumerate(asked)}
    rows = rows.assign(
        place=[
            places.get(entry, -1) for entry in zip(rows["item_code"], rows["input"], strict=True)
        ],
        part=rows["period"].map({period_text(counting.by, part): part for part in counting.parts}),
    ).sort_values(["unit_code", "part", "place"], kind="stable")
    return rows[order].reset_index(drop=True), findings


def ways_of(set_id: str) -> dict[tuple[str, str], str]:
    """Return how the year follows from its months, where figures of a set are counts that do not add up.

    Returns
    -------
    dict of (item code, input) to str
        ``level`` for what the catalogue says, which stands; ``distinct`` for procedures, which
        several months may share. Empty for a set that logs are not counted for.

    Examples
    --------
    >>> ways_of("service-quality-766")["3", "services_with_dossiers"]
    'distinct'
    """
    bound = _shipped_figures().query("set_id == @set_id")
    of_counts = {**dict.fromkeys(_OF_CATALOGUE, "level"), **dict.fromkeys(_SHARED, "distinct")}
    rows = zip(bound["item_code"], bound["input"], bound["count"], strict=True)
    return {(code, name): of_counts[count] for code, name, count in rows if count in of_counts}
