"""A plan's own targets against their results, as reports show them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.outputs import target_words as words
from scoring.outputs.amounts import Amount
from scoring.outputs.target_words import targets_sentence
from scoring.tables import checked, rows_of

_WORD_DPI = 130

__all__ = ["PlanTargetRow", "PlanTargets", "plan_targets", "target_rows", "targets_sentence"]


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
    percents : tuple of float
        Result and what is asked for, for a bar; empty unless both are percents.

    Examples
    --------
    >>> from scoring.tables import columns_of
    >>> row = dict.fromkeys(columns_of("TargetResults"), "") | {
    ...     "target_code": "CT1", "indicator": "Hài lòng", "comparator": "at-least", "value": 85.0,
    ...     "unit": "%", "year": 2025, "due_on": pd.Timestamp("2025-12-31"), "result": 83.5,
    ...     "result_year": 2025, "gap": -1.5, "state": "missed", "told_on": pd.NaT,
    ...     "waived_until": pd.NaT}
    >>> for name in ("upper_value", "low", "high", "path_value", "path_percent"):
    ...     row[name] = float("nan")
    >>> shown = plan_targets(pd.DataFrame([row])).rows[0]
    >>> shown.wanted, shown.result.text, shown.state, shown.percents
    ('từ 85% trở lên', '83,5%', 'missed', (83.5, 85.0))
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
    percents: tuple[float, ...] = ()

    @property
    def verdict(self) -> str:
        """Everything said of the standing, a line each."""
        return "\n".join(line for line in (self.said, self.path, self.waiver) if line)


@dataclass(frozen=True, slots=True)
class PlanTargets:
    """A plan's targets as a report shows them: the rows, what they come to, and their table.

    Examples
    --------
    >>> from scoring.tables import columns_of
    >>> row = dict.fromkeys(columns_of("TargetResults"), "") | {
    ...     "target_code": "CT1", "indicator": "Hài lòng", "comparator": "at-least", "value": 85.0,
    ...     "unit": "%", "year": 2025, "due_on": pd.Timestamp("2025-12-31"), "result": 83.5,
    ...     "result_year": 2025, "gap": -1.5, "state": "missed", "told_on": pd.NaT,
    ...     "waived_until": pd.NaT}
    >>> for name in ("upper_value", "low", "high", "path_value", "path_percent"):
    ...     row[name] = float("nan")
    >>> made = plan_targets(pd.DataFrame([row]))
    >>> len(made.rows), made.results["target_code"].tolist()
    (1, ['CT1'])
    """

    rows: tuple[PlanTargetRow, ...]
    sentence: str
    results: pd.DataFrame = field(compare=False, repr=False)

    def charts(self, lang: str) -> Iterator[tuple[bytes, str]]:
        """Yield the charts of the table as PNG, a page each, with their words."""
        # Loaded here: a page alone does without matplotlib.
        from scoring.outputs.charts.plans.plan_target_bars import plan_target_bars
        from scoring.outputs.images import png_bytes
        from scoring.outputs.theme import ChartContext

        context = ChartContext(lang=lang, source=label("plan_targets_source", lang))
        first: int | None = 0
        while first is not None and len(self.results):
            figure = plan_target_bars(self.results, context=context, first_row=first)
            yield png_bytes(figure, dpi=_WORD_DPI), figure.alt_texts[lang]
            first = figure.next_row


def plan_targets(results: pd.DataFrame | None, lang: str = "vi") -> PlanTargets | None:
    """Return what reports show of a table ``TargetResults``; None where there is none.

    Examples
    --------
    >>> from scoring.tables import columns_of
    >>> row = dict.fromkeys(columns_of("TargetResults"), "") | {
    ...     "target_code": "CT1", "indicator": "Hài lòng", "comparator": "at-least", "value": 85.0,
    ...     "unit": "%", "year": 2025, "due_on": pd.Timestamp("2025-12-31"), "result": 83.5,
    ...     "result_year": 2025, "gap": -1.5, "state": "missed", "told_on": pd.NaT,
    ...     "waived_until": pd.NaT}
    >>> for name in ("upper_value", "low", "high", "path_value", "path_percent"):
    ...     row[name] = float("nan")
    >>> print(plan_targets(pd.DataFrame([row]), "en").sentence)
    Targets of the plan met: 0 of 1; missed: 1; not yet due or not settled: 0; not measurable: 0
    """
    if results is None:
        return None
    return PlanTargets(target_rows(results, lang), targets_sentence(results, lang), results)


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


def _row(row: Any, lang: str) -> PlanTargetRow:
    return PlanTargetRow(
        code=row.target_code,
        name=row.indicator,
        sentence=row.sentence,
        year=int(row.year),
        wanted=words.wanted_text(row, lang),
        result=Amount(row.result, words.result_text(row, lang)),
        state=row.state,
        state_name=words.state_name(row, lang),
        said=words.standing_text(row, lang),
        path=words.pace_text(row, lang),
        source=words.source_text(row, lang),
        waiver=words.waiver_text(row, lang),
        percents=_percents(row),
    )


def _percents(row: Any) -> tuple[float, ...]:
    shown = (float(row.result), float(row.value))
    return shown if row.unit == "%" and not any(map(math.isnan, shown)) else ()
