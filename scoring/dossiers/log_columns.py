"""Which column of a log is which, and what its cells mean: a small table, ours or the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.vocabulary import folded
from scoring.files.declared_tables import read_declared
from scoring.tables import declared, rows_of

FIELDS = {column.name: column for column in declared("DossierEvents")}
_SHIPPED = "headings.csv"


@dataclass(frozen=True)
class LogColumns:
    """The headings of each field and the meanings of its cells, all folded.

    Attributes
    ----------
    headings, meanings : dict
        By field; `meanings` give for a cell what it means.
    stated : frozenset of str
        The fields whose headings the user stated.
    """

    headings: Mapping[str, tuple[str, ...]]
    meanings: Mapping[str, Mapping[str, str]]
    stated: frozenset[str] = frozenset()

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Return where each field stands among the headings of a file; the first of several.

        >>> shipped_columns().places(["Mã hồ sơ", "Ghi chú", "Kênh tiếp nhận"])
        {'dossier': 0, 'channel': 2}
        """
        found: dict[str, int] = {}
        for place, heading in enumerate(names):
            if field := self.target(heading):
                found.setdefault(field, place)
        return found

    def target(self, heading: str) -> str:
        """Return the field that a heading names; empty for none."""
        asked = folded(heading.replace("_", " "))
        return next((field for field, known in self.headings.items() if asked in known), "")

    def is_mapped(self, heading: str) -> bool:
        """Say whether a column holds codes: the user says so, or it names dossiers."""
        return self.target(heading) in {*self.stated, "dossier"}

    def is_question(self, heading: str) -> bool:
        """Say whether a heading is the text of a question; none is in a log."""
        return False


@cache
def shipped_columns() -> LogColumns:
    """Return the columns and meanings that come with the package."""
    source = resources.files("scoring.dossiers").joinpath(_SHIPPED)
    with resources.as_file(source) as path:
        rows, _ = read_declared(path, "DossierHeadings")
    return _columns(rows)


def read_columns(path: Path | None) -> tuple[LogColumns, list[Finding]]:
    """Read a user's ``columns.csv``: its headings replace ours field by field, its meanings add.

    Returns
    -------
    LogColumns
    list of Finding
        ``dossiers-field-unknown`` for a row of a field, or a meaning, that there is not.
    """
    known = shipped_columns()
    if path is None:
        return known, []
    rows, findings = read_declared(path, "DossierHeadings")
    is_known = rows["field"].isin(FIELDS) & np.array(
        [_may_mean(row) for row in rows_of(rows)], bool
    )
    for place in rows.index[~is_known]:
        said = {"value": rows["field"][place] + " " + rows["means"][place], "known": [*FIELDS]}
        findings.append(
            Finding("dossiers-field-unknown", path.name, cell=f"A{place + 2}", values=said)
        )
    own = _columns(rows[is_known])
    stated = frozenset(field for field, names in own.headings.items() if names)
    meanings = {f: {**known.meanings.get(f, {}), **own.meanings.get(f, {})} for f in FIELDS}
    headings = {f: own.headings[f] if f in stated else known.headings[f] for f in FIELDS}
    return LogColumns(headings, meanings, stated), findings


def _may_mean(row: object) -> bool:
    """Say whether a meaning is one of those a field may have."""
    field, means = FIELDS.get(row.field), row.means  # type: ignore[attr-defined]
    return not field or not means or means in (field.offered or (means,))


def _columns(rows: pd.DataFrame) -> LogColumns:
    headings: dict[str, tuple[str, ...]] = dict.fromkeys(FIELDS, ())
    meanings: dict[str, dict[str, str]] = {field: {} for field in FIELDS}
    for row in rows_of(rows):
        if row.heading:
            headings[row.field] += (folded(row.heading.replace("_", " ")),)
        if row.met:
            meanings[row.field][folded(row.met)] = row.means
    return LogColumns(headings, meanings)
