"""What is asked of a count, and what comes of it, whichever way the logs are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from scoring.base.findings import Finding
from scoring.dossiers.count_options import OF_FIGURES, Options
from scoring.dossiers.merged_counts import Lists
from scoring.survey.personal_data import shown_safely


@dataclass(frozen=True)
class Asked:
    """How to count.

    Attributes
    ----------
    options : tuple of mapping
        Choices for each question of counting; all of them are counted in one go.
    on : str
        The cut-off day, year-month-day.
    year, months : int
        The year counted, and how many months a period has.
    lists : mapping
        Procedures that are counted apart too, by the name of their list.
    """

    options: Sequence[Options]
    on: str
    year: int
    months: int = 1
    lists: Lists = field(default_factory=dict)

    def choices(self) -> list[dict[str, str]]:
        """Return the choices that counting depends on, each once, in order."""
        found: list[dict[str, str]] = []
        for options in self.options:
            chosen = of_counting(options)
            found += [] if chosen in found else [chosen]
        return found


def of_counting(options: Options) -> dict[str, str]:
    """Return the choices that change what is counted; others change figures alone."""
    return {name: choice for name, choice in options.items() if name not in OF_FIGURES}


@dataclass(frozen=True)
class Counts:
    """What was counted, for each of the choices of `Asked`, and the open dossiers.

    Of a country each table is large, so that `tables` reads one when it is called for.
    """

    asked: Asked
    tables: Sequence[Callable[[], pd.DataFrame]]
    open_dossiers: pd.DataFrame
    findings: tuple[Finding, ...] = ()

    def under(self, options: Options) -> tuple[pd.DataFrame, list[Finding]]:
        """Return the counts of the year under some options, and findings about them.

        Returns
        -------
        DataFrame
            As `merged_counts.merge` gives them.
        list of Finding
            ``dossiers-same-time``, ``dossiers-none-counted``.
        """
        year = self.asked.year
        none = Finding("dossiers-none-counted", values={"year": year})
        if not self.tables:
            columns = ["kind", "unit", "year", "part", "name", "yes", "unknown"]
            return pd.DataFrame({name: [] for name in columns}), [none]
        table = self.tables[self.asked.choices().index(of_counting(options))]()
        is_tie = table["kind"] == "same_time"
        findings = _ties(table[is_tie])
        table = table[~is_tie & (table["year"] == year)]
        return table, findings if len(table) else [*findings, none]


def nothing_counted(asked: Asked, findings: Sequence[Finding]) -> Counts:
    """Return the counts of no log at all."""
    return Counts(asked, (), pd.DataFrame({"unit": [], "due": [], "dossiers": []}), tuple(findings))


def _ties(ties: pd.DataFrame) -> list[Finding]:
    if not len(ties):
        return []
    example = shown_safely(ties["example"].iloc[0], 60)
    values = {"count": int(ties["yes"].sum()), "value": example}
    return [Finding("dossiers-same-time", values=values)]
