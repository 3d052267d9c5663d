"""Dates that lie on the last day allowed, far more often than elsewhere."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from scoring.analysis.anomalies.material import Looked, Material, places_text
from scoring.analysis.chances import FEWEST_PEERS, LEVEL, chances_among_others
from scoring.base.dates import EXCEL_EPOCH
from scoring.base.due_dates import read_due_date

KINDS = ("deadline-dates",)
_FEWEST_DATES = 8
# The last day and the one before it.
_DAYS = 1
# Items and units are not alike: some wait for others, and some offices always close on the day.
_LEAST_SPREAD = 0.04


def look(material: Material) -> list[Looked]:
    """Compare each unit with all others, and each dated item with all other items.

    Looked at are the days that deadline items ask for and the days of issue of documents that the
    set wants by a day. Many lie on the last day everywhere, so the usual share and how far it
    varies come from the others (beta-binomial).
    """
    looked = Looked("deadline-dates", material)
    dates = pd.concat([_of_inputs(material), _of_documents(material)], ignore_index=True)
    dates = dates.drop_duplicates(["place", "item", "day"])
    early = (dates["due"] - dates["day"]).dt.days
    dates = dates.assign(is_last=(early >= 0) & (early <= _DAYS))
    told = dates.groupby("place")["is_last"].agg(["size", "sum"])
    most = int((told["size"] >= _FEWEST_DATES).sum())
    is_enough = looked.is_enough(most, FEWEST_PEERS + 1, what="dated")
    tests = _add(looked, dates, "place", _FEWEST_DATES) if is_enough else 0
    tests += _add(looked, dates, "item", FEWEST_PEERS)
    looked.seen = len(dates) if tests else 0
    return [looked]


def _add(looked: Looked, dates: pd.DataFrame, by: str, least: int) -> int:
    """Add the units or items that stand out, and return how many were tested."""
    told = dates.groupby(by, sort=False)["is_last"].agg(["size", "sum"])
    told = told[told["size"] >= least]
    counts, hits = told["size"].to_numpy(float), told["sum"].to_numpy(float)
    chances = chances_among_others(counts, hits, _LEAST_SPREAD)
    tests = int((~np.isnan(chances)).sum())
    often = int((hits >= 0.5 * counts).sum())
    for at in np.flatnonzero((chances * tests <= LEVEL) & (hits >= 0.5 * counts)):
        name = told.index.tolist()[at]
        rows = dates[(dates[by] == name) & dates["is_last"]]
        usual = 100 * (hits.sum() - hits[at]) / (counts.sum() - counts[at])
        units = [int(name)] if by == "place" else []
        said: dict[str, object] = {"count": int(counts[at]), "hits": int(hits[at])}
        unit = looked.material.codes[units[0]] if units else ""
        key = "anomaly_of_unit" if units else "anomaly_of_item"
        said |= {"usual": float(usual), "where": looked.material.say(key, unit=unit, item=name)}
        items = rows["item"].unique().tolist()
        places = places_text(rows) if units else []
        base = (often, len(told))
        looked.add(units, items, base, said, float(chances[at]), tests, places)
    return tests


def _of_inputs(material: Material) -> pd.DataFrame:
    """Return the days of deadline items whose day is the set's."""
    figures, parts = material.sheet.figures, [_table([], [], [], [])]
    years = material.units["year"].to_numpy(int)
    for spec in material.specs:
        due = read_due_date(spec.due_on) if spec.due_on else None
        for one in spec.with_role("done_on") if due else ():
            serial = figures.values[spec.code, one.name][material.at]
            places = np.flatnonzero(np.isfinite(serial))
            ends = [due.on(int(year)) for year in years[places]] if due else []
            days = [EXCEL_EPOCH + dt.timedelta(days=int(day)) for day in serial[places]]
            parts.append(_table(places, [spec.code] * len(places), days, ends))
    return pd.concat(parts, ignore_index=True)


def _of_documents(material: Material) -> pd.DataFrame:
    """Return the days of issue of the documents of items that the set wants by a day."""
    if not (len(material.documents) and len(material.links) and len(material.requirements)):
        return _table([], [], [], [])
    asked = material.requirements.dropna(subset=["due_on"])
    due = asked.groupby(["place", "item_code"])["due_on"].max().reset_index()
    dated = material.documents
    dated = dated[dated["issued_on"].notna() & (dated["issued_precision"] == "day")]
    cited = material.links[["place", "item_code", "document_id"]].merge(
        dated[["place", "document_id", "issued_on", "file", "sheet", "cell"]],
        on=["place", "document_id"],
    )
    rows = cited.merge(due, on=["place", "item_code"])
    told = _table(rows["place"], rows["item_code"], rows["issued_on"], rows["due_on"])
    return told.assign(**{name: rows[name].to_numpy() for name in ("file", "sheet", "cell")})


def _table(places: object, items: object, days: object, due: object) -> pd.DataFrame:
    table = pd.DataFrame({"place": places, "item": items, "day": days, "due": due})
    return table.astype({"day": "datetime64[us]", "due": "datetime64[us]"})
