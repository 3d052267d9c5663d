"""Where the result of a plan's target comes from: items, surveys, other indices, the plan itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.plan.status import plan_status, status_by_task
from scoring.tables import empty

_NO_RANGE = {"low": float("nan"), "high": float("nan")}
_SHOWN_CODES = 8
# What the plan's own progress counts: tasks, and nothing that a task is about.
_TASKS = "nhiệm vụ"


@dataclass(frozen=True)
class ResultSources:
    """Everything results of targets are looked up in; each is empty unless given.

    Attributes
    ----------
    figures : DataFrame
        Table ``Inputs``.
    scores : DataFrame
        Table ``Scores`` of the same figures.
    estimates : DataFrame
        Table ``Estimates`` of surveys.
    external : DataFrame
        Table ``ExternalSeries``.
    tasks, progress : DataFrame
        Tables ``PlanTasks`` and ``Progress``.
    criteria : CriteriaSet or None
        The set of the figures: it tells percents, counts and ranks apart.
    """

    figures: pd.DataFrame = field(default_factory=partial(empty, "Inputs"))
    scores: pd.DataFrame = field(default_factory=partial(empty, "Scores"))
    estimates: pd.DataFrame = field(default_factory=partial(empty, "Estimates"))
    external: pd.DataFrame = field(default_factory=partial(empty, "ExternalSeries"))
    tasks: pd.DataFrame = field(default_factory=partial(empty, "PlanTasks"))
    progress: pd.DataFrame = field(default_factory=partial(empty, "Progress"))
    criteria: CriteriaSet | None = None


class Found(NamedTuple):
    """What a binding leads to.

    Attributes
    ----------
    results : DataFrame
        ``year, value, low, high``, one row a year.
    kind : str
        ``percent``, ``points``, ``count``, ``rank``, ``number``, or the noun that is counted.
    why : str
        A word of `TARGET_REASONS` where nothing can be used; `known` then lists what there is.
    known : tuple of str
    """

    results: pd.DataFrame
    kind: str = ""
    why: str = ""
    known: tuple[str, ...] = ()


def results_of(binding: Any, sources: ResultSources, on: dt.date) -> Found:
    """Return the results that a row of ``TargetBindings`` leads to, by year.

    Parameters
    ----------
    binding : named tuple
        A row of the table.
    sources : ResultSources
    on : date
        The day looked at: the plan's own progress is that of its evening.
    """
    rows, kind, known = _READERS[binding.source](binding, sources, on)
    if rows is None:
        return Found(_none(), kind, "no-such-source", tuple(dict.fromkeys(known))[:_SHOWN_CODES])
    scopes = tuple(str(name) for name in dict.fromkeys(rows["scope"]))
    if binding.scope:
        rows = rows[rows["scope"] == binding.scope]
        if rows.empty and scopes:
            return Found(_none(), kind, "no-such-source", scopes[:_SHOWN_CODES])
    rows = rows.dropna(subset="value")[["scope", "year", "value", "low", "high"]]
    if rows["year"].duplicated().any():
        return Found(_none(), kind, "two-results", scopes[:_SHOWN_CODES])
    return Found(rows.sort_values("year", ignore_index=True), kind)


def _none() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=float) for name in ("year", "value", "low", "high")})


_Read = tuple[pd.DataFrame | None, str, list[str]]


def _item(binding: Any, sources: ResultSources, on: dt.date) -> _Read:
    """Read points or attainment of a node, an input of an item, or one input as percent of another."""
    if binding.part in ("points", "attainment"):
        own = sources.scores[sources.scores["code"] == binding.code]
        rows = own.assign(scope=own["unit_code"], value=own[binding.part], **_NO_RANGE)
        kind = "points" if binding.part == "points" else "percent"
        return (rows if len(own) else None), kind, sources.scores["code"].tolist()
    rules = sources.criteria.rules if sources.criteria else {}
    if binding.code not in rules:
        return None, "", list(rules)
    kinds = {entry.name: entry.kind for entry in rules[binding.code].spec.inputs}
    part, _, whole = binding.part.partition("/")
    if part not in kinds or (whole and whole not in kinds):
        return None, "", list(kinds)
    rows = _input(sources.figures, binding.code, part)
    if not whole:
        return rows, kinds[part], []
    keys = ["scope", "year", "period"]
    both = rows.merge(_input(sources.figures, binding.code, whole), on=keys, suffixes=("", "_of"))
    share = 100 * both["value"] / both["value_of"].where(both["value_of"] > 0)
    return both.assign(value=share, **_NO_RANGE), "percent", []


def _input(figures: pd.DataFrame, item: str, name: str) -> pd.DataFrame:
    own = figures[(figures["item_code"] == item) & (figures["input"] == name)]
    return own[["year", "period", "value"]].assign(scope=own["unit_code"], **_NO_RANGE)


def _estimate(binding: Any, sources: ResultSources, on: dt.date) -> _Read:
    """Read the index, a factor or a question of all services and all groups."""
    table = sources.estimates
    whole = table[(table["state"] == "shown")].fillna({"service": "", "respondent_group": ""})
    whole = whole[(whole["service"] == "") & (whole["respondent_group"] == "")]
    whole = whole[whole["measure"] == (binding.part or "index")]
    own = whole[whole["code"] == (binding.code or INDEX_CODE)]
    if own.empty:
        return None, "percent", [f"{m} {c}" for m, c in whole[["measure", "code"]].values]
    ends = {"value": "estimate_percent", "low": "low_percent", "high": "high_percent"}
    rows = own.assign(scope=own["unit_code"].fillna(""), **{k: own[v] for k, v in ends.items()})
    return (rows if binding.scope else rows[rows["scope"] == ""]), "percent", []


def _external(binding: Any, sources: ResultSources, on: dt.date) -> _Read:
    own = sources.external[sources.external["index"] == binding.code]
    if own.empty:
        return None, "", sources.external["index"].tolist()
    part = binding.part or "value"
    units = sorted(set(own["unit"].fillna("")))
    kind = "rank" if part == "rank" else units[0] if len(units) == 1 else "mixed"
    return own.assign(scope=own["entity"], value=own[part], **_NO_RANGE), kind, []


def _progress(binding: Any, sources: ResultSources, on: dt.date) -> _Read:
    """Read how many of the named tasks, or of all, are done by the day."""
    codes = [code.strip() for code in binding.code.split(";") if code.strip()]
    known = sources.tasks["task_code"]
    if not len(known) or not known.isin(codes).sum() >= len(set(codes)):
        return None, "", known.tolist()
    tasks = sources.tasks[known.isin(codes)] if codes else sources.tasks
    done = status_by_task(plan_status(tasks, sources.progress, on))["status"] == "done"
    is_share = binding.part != "count"
    value = float(100 * done.mean() if is_share else done.sum())
    year = int(tasks["year"].max())
    rows = pd.DataFrame([{"scope": "", "year": year, "value": value, **_NO_RANGE}])
    return rows, "percent" if is_share else _TASKS, []


def _typed(binding: Any, sources: ResultSources, on: dt.date) -> _Read:
    row = {"scope": "", "year": binding.result_year, "value": binding.value, **_NO_RANGE}
    return pd.DataFrame([row]).assign(scope=binding.scope), binding.unit, []


_READERS: Mapping[str, Any] = {
    "item": _item,
    "estimate": _estimate,
    "external": _external,
    "progress": _progress,
    "typed": _typed,
}
