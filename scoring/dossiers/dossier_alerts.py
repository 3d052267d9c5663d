"""What to look at today: shares on time that are too low, dossiers due soon and overdue."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.units import names_apart, time_text
from scoring.dossiers.dossier_figures import Counting, period_text
from scoring.files.toml_files import read_toml
from scoring.tables import columns_of, days_of, rows_of

Thresholds = Mapping[str, float]
ALERTS = ("on_time_low", "overdue", "due_soon")


@cache
def thresholds() -> dict[str, dict[str, Any]]:
    """Return every threshold: its default, its ends, its standing, and what it is in words.

    >>> thresholds()["on_time_share"]["default"], thresholds()["on_time_share"]["status"]
    (95, 'sample')
    """
    told = resources.files("scoring.dossiers").joinpath("thresholds.toml").read_text("utf-8")
    return tomllib.loads(told)


def read_thresholds(path: Path | None) -> dict[str, float]:
    """Return each threshold: that of the user's file, or the default.

    Raises
    ------
    UnreadableError
        ``dossiers-threshold-unknown`` for a name that there is not or a number out of its ends,
        or why the file cannot be read.
    """
    chosen = read_toml(path) if path else {}
    for name, value in chosen.items():
        about = thresholds().get(name)
        if about is None or not _is_between(value, about["lowest"], about["highest"]):
            known = [f"{one} ({a['lowest']} … {a['highest']})" for one, a in thresholds().items()]
            values = {"value": f"{name} = {value}", "known": known}
            raise UnreadableError(Finding("dossiers-threshold-unknown", str(path), values=values))
    return {name: chosen.get(name, about["default"]) for name, about in thresholds().items()}


def _is_between(value: object, lowest: float, highest: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and lowest <= value <= highest  # type: ignore[operator]


def dossier_alerts(
    counts: pd.DataFrame, still_open: pd.DataFrame, counting: Counting, limits: Thresholds,
    lang: str = "vi",
) -> pd.DataFrame:  # fmt: skip
    """Return the table ``DossierAlerts``, the worst of each kind first.

    Parameters
    ----------
    counts : DataFrame
        The table ``DossierCounts``.
    still_open : DataFrame
        Dossiers open at the cut-off day, from `month_counts.open_dossiers`.
    counting : Counting
    limits : mapping
        From `read_thresholds`.
    lang : {"vi", "en"}

    Returns
    -------
    DataFrame
        A row an alert, with a sentence. ``before`` is NaN where there is no period before, or
        where it had no dossiers; a share that is not known raises no alert.
    """
    found = [_low_shares(counts, counting, limits), *_of_open(still_open, counting, limits)]
    known = [one for one in found if len(one)]
    columns = columns_of("DossierAlerts")
    if not known:
        return pd.DataFrame(columns=columns)
    table = pd.concat(known, ignore_index=True)
    named = counting.units.set_index("unit_code")
    names = named["unit_name"] if "unit_name" in named else pd.Series(dtype="str")
    table["unit_name"] = table["unit_code"].map(names).astype("str").fillna("")
    shown = names_apart(names.rename("unit_name").rename_axis("unit_code").reset_index())
    table["shown"] = table["unit_code"].map(dict(zip(names.index, shown, strict=True)))
    table["on"] = counting.on.isoformat()
    table["status"] = [_status(row, limits) for row in rows_of(table)]
    table["sentence"] = [_sentence(row, limits, lang) for row in rows_of(table)]
    return table[columns]


def _low_shares(counts: pd.DataFrame, counting: Counting, limits: Thresholds) -> pd.DataFrame:
    periods = [period_text(counting.by, part) for part in counting.parts]
    wide = counts[counts["count"].isin(("dossiers", "on_time"))].pivot_table(
        index="unit_code", columns=["count", "period"], values="value", dropna=False
    )
    grid = pd.MultiIndex.from_product([("dossiers", "on_time"), periods])
    # By place, since pandas takes the empty name of the whole year for no name at all.
    dossiers, on_time = np.hsplit(wide.reindex(columns=grid).to_numpy(), 2)
    share = 100 * on_time / np.where(dossiers > 0, dossiers, np.nan)
    before = np.column_stack([np.full(len(share), np.nan), share[:, :-1]])
    is_low = (share < limits["on_time_share"]) & (dossiers >= limits["fewest_dossiers"])
    is_low[:, : -int(limits["periods"])] = False
    unit, period = np.nonzero(is_low)
    told = pd.DataFrame(
        {
            "alert": "on_time_low",
            "unit_code": wide.index.to_numpy()[unit],
            "year": counting.year,
            "period": np.array(periods, dtype=object)[period],
            "value": share[is_low],
            "before": before[is_low],
            "of": dossiers[is_low],
            "threshold": float(limits["on_time_share"]),
        }
    )
    return told.sort_values(["value", "unit_code"], kind="stable")


def _of_open(
    still_open: pd.DataFrame, counting: Counting, limits: Thresholds
) -> Iterator[pd.DataFrame]:
    due = days_of(still_open["due"])
    on = pd.Timestamp(counting.on)
    ends = on + pd.Timedelta(int(limits["due_within"]) - 1, "D")
    for alert, concerned, name in (
        ("overdue", due < on, "overdue_many"),
        ("due_soon", (due >= on) & (due <= ends), "due_many"),
    ):
        sums = still_open[concerned].groupby("unit")["dossiers"].sum()
        sums = sums[sums >= limits[name]].sort_values(ascending=False, kind="stable")
        told = sums.rename_axis("unit_code").reset_index(name="value").astype({"value": float})
        yield told.assign(
            alert=alert, year=counting.year, period="", before=np.nan, of=np.nan,
            threshold=float(limits[name]),
        )  # fmt: skip


def _status(row: Any, limits: Thresholds) -> str:
    name = {"on_time_low": "on_time_share", "overdue": "overdue_many", "due_soon": "due_many"}
    about = thresholds()[name[row.alert]]
    return about["status"] if limits[name[row.alert]] == about["default"] else "sample"


def _sentence(row: Any, limits: Thresholds, lang: str) -> str:
    decimals = 1 if row.alert == "on_time_low" else 0
    # A share just below the threshold does not read as the threshold itself.
    if decimals and round(row.value, 1) >= row.threshold:
        decimals = 2
    shown = {
        name: format_number(value, decimals, lang)
        for name, value in (("value", row.value), ("before", row.before))
        if pd.notna(value)
    }
    fell = pd.notna(row.before) and row.before >= row.threshold
    key = f"dossiers_alert_{row.alert}" + ("_fell" if fell else "")
    return label(
        key, lang, **shown, unit=row.shown if isinstance(row.shown, str) else row.unit_code, period=time_text(row.year, row.period),
        threshold=format_number(row.threshold, None, lang), days=int(limits["due_within"]),
        of=format_number(row.of, 0, lang) if pd.notna(row.of) else "",
    )  # fmt: skip
