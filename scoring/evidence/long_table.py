"""Intake of the long inputs table: text in, the table ``Inputs`` and findings out.

CSV cells are text as somebody typed them; numbers and dates are read by the one Vietnamese
reader, and what cannot be read is a finding at its cell and counts as not reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.base.vocabulary import yes_or_no
from scoring.criteria import CriteriaSet
from scoring.files.tables import read_table
from scoring.rules import InputSpec

NEEDED = ("unit_code", "year", "item_code", "input", "value")
_TEXTS = ("unit_code", "unit_name", "block", "period", "item_code", "input", "choice", "reason")
# One broken column of a large file must not drown everything else.
_MAX_FINDINGS = 500
InputsAndFindings = tuple[pd.DataFrame, list[Finding]]


def read_long_table(path: Path | str, criteria: CriteriaSet) -> InputsAndFindings:
    """Read a long inputs table (CSV or Parquet) for a criteria set.

    Parameters
    ----------
    path : Path or str
        UTF-8 CSV with one header row, or Parquet, with the columns of the table ``Inputs`` (see
        `scoring.tables`); numbers and dates may be written the Vietnamese way.
    criteria : CriteriaSet
        Tells which inputs are counts, percentages, choices or dates.

    Returns
    -------
    DataFrame
        The table ``Inputs`` with ``file`` and ``cell`` added, for the places of findings.
    list of Finding
        What could not be read; such a cell counts as not reported, never as zero.

    Raises
    ------
    UnreadableError
        When the file cannot be read at all.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.files.shipped import shipped_folder
    >>> figures = shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> inputs, findings = read_long_table(figures, open_set("service-quality-766"))
    >>> inputs[["item_code", "input", "value", "cell"]].head(1).values.tolist()
    [['1.1', 'announced_on_time', 0.0, 'H2']]
    """
    path = Path(path)
    table = read_table(path)
    findings = list(table.findings)
    frame = table.frame
    missing = [name for name in NEEDED if name not in frame.columns]
    for name in missing:
        values = {"column": name, "expected": ", ".join(NEEDED)}
        findings.append(Finding("missing-column", file=path.name, values=values))
    if not missing and pd.api.types.is_float_dtype(frame["item_code"].dtype):
        # 1.10 kept as a number is 1.1, another item; no reader can tell them apart again.
        missing = ["item_code"]
        findings.append(Finding("codes-are-numbers", file=path.name))
    if not len(frame):
        findings.append(Finding("table-without-rows", file=path.name))
    if missing:
        return _typed(frame.iloc[:0], {}, path.name, [], criteria), findings
    letters = {name: _letter(place) for place, name in enumerate(frame.columns)}
    typed = _typed(frame, letters, path.name, findings, criteria)
    return _of_named_units(typed, findings), findings


def _of_named_units(table: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Leave out rows that name no unit: points nobody owns help nobody."""
    bare = table["unit_code"] == ""
    if not bare.any():
        return table
    first = table.loc[bare].iloc[0]
    values = {"count": int(bare.sum())}
    findings.append(Finding("unit-missing", first["file"], cell=first["cell"], values=values))
    return table.loc[~bare].reset_index(drop=True)


def _letter(place: int) -> str:
    from scoring.files.cells import address

    return address(1, place + 1).rstrip("1")


def _typed(
    frame: pd.DataFrame,
    letters: Mapping[str, str],
    file: str,
    findings: list[Finding],
    criteria: CriteriaSet,
) -> pd.DataFrame:
    kinds = {
        (code, entry.name): entry
        for code, rule in criteria.rules.items()
        for entry in rule.spec.inputs
    }
    reader = _Reader(frame, letters, file, findings, kinds)
    table = pd.DataFrame({name: reader.text(name) for name in _TEXTS})
    table["year"] = reader.years()
    table["not_applicable"] = reader.marks()
    table["value"] = reader.numbers(table)
    table["happened_on"] = reader.dates(table)
    table["file"] = file
    column = letters.get("value", "A")
    table["cell"] = [f"{column}{row + 2}" for row in range(len(table))]
    return table


class _Reader:
    """Reads the columns of one table, collecting findings with their cells."""

    def __init__(
        self,
        frame: pd.DataFrame,
        letters: Mapping[str, str],
        file: str,
        findings: list[Finding],
        kinds: Mapping[tuple[str, str], InputSpec],
    ) -> None:
        self.frame, self.letters, self.file = frame.reset_index(drop=True), letters, file
        self.findings, self.kinds = findings, kinds

    def text(self, name: str) -> pd.Series:
        """Return a column cleaned; empty where the file has no such column."""
        if name not in self.frame.columns:
            return pd.Series("", index=self.frame.index, dtype="str")
        column = self.frame[name].fillna("").astype("str")
        cleaned = {text: clean_text(text) for text in column.unique()}
        return column.map(cleaned).astype("str")

    def years(self) -> pd.Series:
        years = pd.to_numeric(self.text("year"), errors="coerce")
        strange = ~years.between(FIRST_YEAR, LAST_YEAR) | (years % 1 != 0)
        for row in np.flatnonzero(strange)[:_MAX_FINDINGS]:
            self._report("year-unreadable", "year", int(row), value=self.frame.at[row, "year"])
        return years.where(~strange, 0).astype("int64")

    def marks(self) -> pd.Series:
        words = self.text("not_applicable")
        meanings = {word: yes_or_no(word, "not_applicable") for word in words.unique()}
        marks = words.map(meanings)
        for row in np.flatnonzero(marks.isna() & (words != ""))[:_MAX_FINDINGS]:
            self._report("mark-unreadable", "not_applicable", int(row), value=words[row])
        return marks.eq(True)

    def numbers(self, table: pd.DataFrame) -> pd.Series:
        texts = self.text("value")
        # Plain digits settle nearly every cell at once; only the rest is read one by one, and
        # never by pandas, which would take "1.250" for 1.25 without a word.
        plain = texts.str.fullmatch(r"-?\d{1,15}(\.(\d{1,2}|\d{4,10}))?|0\.\d{1,10}")
        numbers = pd.to_numeric(texts.where(plain, ""), errors="coerce").astype("float64")
        for row in np.flatnonzero(~plain & (texts != "").to_numpy()):
            entry = self.kinds.get((str(table.at[row, "item_code"]), str(table.at[row, "input"])))
            numbers.iloc[int(row)] = self._number(texts[row], entry, int(row))
        return numbers

    def _number(self, text: str, entry: InputSpec | None, row: int) -> float:
        kind = entry.kind if entry else "number"
        if kind in ("yes_no", "choice", "date"):
            return np.nan
        reading = read_number(text, whole=kind == "count")
        name = Named.of(entry) if entry else str(self.frame.at[row, "input"])
        if reading.problem:
            met = {"input": name, "value": text, "candidates": reading.candidates}
            self._report(reading.problem, "value", row, **met)
            return np.nan
        if reading.is_percent and kind != "percent":
            self._report("unexpected-percent", "value", row, input=name, value=text)
            return np.nan
        return np.nan if reading.value is None else reading.value

    def dates(self, table: pd.DataFrame) -> pd.Series:
        texts = self.text("happened_on")
        days = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[s]")
        for row in np.flatnonzero(texts != ""):
            reading = read_date(texts[row])
            if reading.problem:
                name = table.at[row, "input"]
                self._report(reading.problem, "happened_on", int(row), input=name, value=texts[row])
            elif reading.value is not None:
                days.iloc[int(row)] = pd.Timestamp(reading.value)
        return days

    def _report(self, code: str, column: str, row: int, **values: object) -> None:
        if len(self.findings) >= _MAX_FINDINGS:
            return
        cell = f"{self.letters[column]}{row + 2}" if column in self.letters else ""
        who = {
            name: clean_text(str(self.frame.at[row, name]))
            for name in ("unit_code", "item_code")
            if name in self.frame.columns
        }
        self.findings.append(Finding(code, file=self.file, cell=cell, values=values, **who))
