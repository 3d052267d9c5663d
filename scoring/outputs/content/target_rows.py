"""A plan's own targets against their results, as reports show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.outputs import target_words as words
from scoring.outputs.amounts import Amount
from scoring.outputs.target_words import targets_sentence
from scoring.tables import checked, rows_of

__all__ = ["PlanTargetRow", "target_rows", "targets_sentence"]


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
    )
