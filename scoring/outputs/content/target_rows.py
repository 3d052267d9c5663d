"""A plan's own targets against their results, as reports show them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.outputs.amounts import Amount, count_amount
from scoring.tables import checked, rows_of

_RANK_UNIT = "thứ hạng"
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class PlanTargetRow:
    """A target of a plan with its result, in the words of a report.

    Attributes
    ----------
    code, name, sentence : str
        Code, what is measured, and the clause of the plan.
    year : int
        Year or phase.
    wanted : str
        What the plan asks for: "từ 85% trở lên".
    result : Amount
        Its text carries the interval of a survey; "—" where there is none.
    state, state_name : str
        A word of `TARGET_STATES`, and how it reads.
    said : str
        The state with by how much, or why nothing can be said.
    path, source, waiver : str
        Pace on the way, where the result comes from, and the waiver that is in force; else empty.
    """

    code: str
    name: str
    sentence: str
    year: int
    wanted: str
    result: Amount
    state: str
    state_name: str
    said: str
    path: str
    source: str
    waiver: str

    @property
    def verdict(self) -> str:
        """Everything said of the standing, a line each."""
        return "\n".join(line for line in (self.said, self.path, self.waiver) if line)


def target_rows(results: pd.DataFrame, lang: str = "vi") -> tuple[PlanTargetRow, ...]:
    """Return the rows of a table of targets and results, in its order.

    Every report calls this one function: read ``target-results.csv`` of ``plan results`` with
    ``read_typed(path, "TargetResults")``, or take the table from `scoring.plan.target_results`,
    hand it over with the language, and show `name`, `wanted`, `year`, `result.text` and `verdict`
    of each row; `state` chooses the look and `targets_sentence` makes the heading.

    Parameters
    ----------
    results : DataFrame
        Table ``TargetResults``.
    lang : str
        ``vi`` or ``en``.

    Raises
    ------
    TableError
        When `results` is no such table.

    Examples
    --------
    >>> from scoring.tables import table_of
    >>> row = {"target_code": "CT1", "indicator": "Hài lòng", "comparator": "at-least",
    ...     "value": 85.0, "unit": "%", "year": 2025, "due_on": pd.Timestamp("2025-12-31"),
    ...     "result": 83.5, "result_year": 2025, "gap": -1.5, "state": "missed"}
    >>> texts = dict.fromkeys(("path", "area_code", "source", "code", "part", "told_by", "why",
    ...     "waived_by", "waiver_reason", "sentence", "source_place"), "")
    >>> none = dict.fromkeys(("upper_value", "low", "high", "path_value", "path_percent"), float("nan"))
    >>> days = dict.fromkeys(("told_on", "waived_until"), pd.NaT)
    >>> table = table_of([row | texts | none | days], "TargetResults")
    >>> [(shown.wanted, shown.result.text, shown.said) for shown in target_rows(table)]
    [('từ 85% trở lên', '83,5%', 'chưa đạt, còn thiếu 1,5 điểm %')]
    """
    checked(results, "TargetResults", by="target_rows")
    return tuple(_row(row, lang) for row in rows_of(results))


def targets_sentence(results: pd.DataFrame, lang: str = "vi") -> str:
    """Return how many targets are met, missed, not settled and not measurable, in one sentence."""
    if not len(results):
        return label("plan_targets_none", lang)
    counts = results["state"].value_counts()
    met, missed, dark = (int(counts.get(s, 0)) for s in ("met", "missed", "not-measurable"))
    count = len(results)
    numbers = {"met": met, "missed": missed, "dark": dark, "open": count - met - missed - dark}
    said = label("plan_targets_sentence", lang, count=count, **numbers)
    waived = int(results["waived_until"].notna().sum())
    return label("plan_targets_waived", lang, said=said, count=waived) if waived else said


def figure_text(value: float, unit: str, lang: str = "vi") -> str:
    """Return a figure with the unit of its target; a rank is a bare number.

    >>> figure_text(99.99, "%"), figure_text(3, "sáng kiến"), figure_text(10, "thứ hạng")
    ('99,99%', '3 sáng kiến', '10')
    """
    text = count_amount(value, lang, _DECIMALS).text
    if math.isnan(value) or unit in ("", "yoy", _RANK_UNIT):
        return text
    return f"{text}%" if unit == "%" else f"{text} {unit}"


def wanted_text(row: Any, lang: str = "vi") -> str:
    """Return what a row of ``TargetResults`` asks for."""
    figures = {"value": row.value, "upper": row.upper_value}
    texts = {name: figure_text(value, row.unit, lang) for name, value in figures.items()}
    return label(f"target_wanted_{row.comparator.replace('-', '_')}", lang, **texts)


def _row(row: Any, lang: str) -> PlanTargetRow:
    return PlanTargetRow(
        code=row.target_code,
        name=row.indicator,
        sentence=row.sentence,
        year=int(row.year),
        wanted=wanted_text(row, lang),
        result=Amount(row.result, _result_text(row, lang)),
        state=row.state,
        state_name=_state_name(row, lang),
        said=_said(row, lang),
        path=_path_text(row, lang),
        source=_source_text(row, lang),
        waiver=_waiver_text(row, lang),
    )


def _state_name(row: Any, lang: str) -> str:
    return label(f"target_state_{row.state.replace('-', '_')}", lang)


def _result_text(row: Any, lang: str) -> str:
    texts = [figure_text(value, row.unit, lang) for value in (row.result, row.low, row.high)]
    if math.isnan(row.low) or math.isnan(row.high):
        return texts[0]
    return label("target_interval", lang, value=texts[0], low=texts[1], high=texts[2])


def _distance(row: Any, lang: str) -> str:
    """Return by how much a result is off, in a unit that cannot be taken for the figure's own."""
    by = count_amount(abs(row.gap), lang, _DECIMALS).text
    if row.unit == "%":
        return label("target_points_percent", lang, by=by)
    if row.unit == _RANK_UNIT:
        return label("target_places", lang, by=by)
    return figure_text(abs(row.gap), row.unit, lang)


def _said(row: Any, lang: str) -> str:
    state = _state_name(row, lang)
    if row.why:
        why = label(f"target_why_{row.why.replace('-', '_')}", lang)
        return label("target_with_reason", lang, state=state, why=why)
    if math.isnan(row.gap):
        return state
    by = _distance(row, lang)
    if row.state == "on-the-way":
        key = "target_reached_so_far" if row.gap >= 0 else "target_far_so_far"
        return label(key, lang, state=state, by=by)
    if not count_amount(abs(row.gap), lang, _DECIMALS).value:
        return state
    return label("target_beyond" if row.gap > 0 else "target_short", lang, state=state, by=by)


def _path_text(row: Any, lang: str) -> str:
    if math.isnan(row.path_percent):
        return ""
    percent = figure_text(round(row.path_percent), "%", lang)
    down = row.comparator in ("at-most", "below", "rank-within")
    ahead = row.result <= row.path_value if down else row.result >= row.path_value
    value = figure_text(row.path_value, row.unit, lang)
    key = "target_path_ahead" if ahead else "target_path_behind"
    return label(key, lang, percent=percent, value=value)


def _source_text(row: Any, lang: str) -> str:
    if not row.source or math.isnan(row.result):
        return ""
    year = "—" if pd.isna(row.result_year) else str(row.result_year)
    day = "—" if pd.isna(row.told_on) else format_date(row.told_on.date(), lang)
    values = {"code": row.code, "part": row.part, "year": year, "who": row.told_by, "day": day}
    return label(f"target_source_{row.source}", lang, **values)


def _waiver_text(row: Any, lang: str) -> str:
    if pd.isna(row.waived_until):
        return ""
    until = format_date(row.waived_until.date(), lang)
    return label("target_waiver", lang, until=until, by=row.waived_by, reason=row.waiver_reason)
