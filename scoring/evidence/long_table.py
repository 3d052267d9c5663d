"""Intake of the long inputs table: text in, the table ``Inputs`` and findings out.

CSV cells are text as somebody typed them; numbers and dates are read by the one Vietnamese
reader, and what cannot be read is a finding at its cell and counts as not reported.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.codes import KnownCodes
from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.numbers import NumberReading, plain_numbers, read_number
from scoring.base.text import clean_text
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.base.vocabulary import yes_or_no
from scoring.criteria import CriteriaSet
from scoring.criteria.columns import column_letters
from scoring.files.declared_tables import missing_columns
from scoring.files.table_files import read_table
from scoring.rules.spec import NUMBER_KINDS, WHOLE_KINDS

NEEDED = ("unit_code", "year", "item_code", "input", "value")
_TEXTS = ("unit_code", "unit_name", "block", "period", "item_code", "input", "choice", "reason")
_READ = ("year", "not_applicable", "value", "happened_on")
# Where an answer stands; where several are filled in, the last of these.
_ANSWERS = ("not_applicable", "choice", "happened_on", "value")
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
        When the file cannot be read at all; `scoring.files.table_files.read_table` lists the
        reasons.

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
    missing = missing_columns(table.frame, NEEDED, path.name)
    findings = [*table.findings, *missing]
    if not len(table.frame):
        findings.append(Finding("table-without-rows", file=path.name))
    frame = table.frame.iloc[:0] if missing else table.frame.reset_index(drop=True)
    columns = _Columns(frame, path.name, criteria, findings)
    return _of_named_units(columns.table(), findings), findings


def _of_named_units(table: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Drop rows without a unit: their figures cannot be attributed."""
    bare = table["unit_code"] == ""
    if not bare.any():
        return table
    first = table.loc[bare].iloc[0]
    values = {"count": int(bare.sum())}
    findings.append(Finding("unit-missing", first["file"], cell=first["cell"], values=values))
    return table.loc[~bare].reset_index(drop=True)


def _distinct(*columns: pd.Series) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Number the distinct rows of some columns; return each row's number and the first rows."""
    table = pd.concat(columns, axis="columns", keys=range(len(columns)))
    number_of = table.groupby(list(table.columns), sort=False, dropna=False).ngroup()
    return np.asarray(number_of, np.intp), np.flatnonzero(~number_of.duplicated())


class _Columns:
    """The columns of one file, each distinct cell read once, findings at their own cells."""

    def __init__(
        self, frame: pd.DataFrame, file: str, criteria: CriteriaSet, findings: list[Finding]
    ) -> None:
        self.frame, self.file, self.criteria, self.findings = frame, file, criteria, findings
        self.moved: dict[str, set[int]] = {}
        self.letters = {name: column_letters(n) for n, name in enumerate(frame.columns)}
        self.texts = pd.DataFrame({name: self._text(name) for name in (*_TEXTS, *_READ)})
        self.kinds = {
            (code, entry.name): entry
            for code, rule in criteria.rules.items()
            for entry in rule.reported
        }

    def table(self) -> pd.DataFrame:
        """Return the table ``Inputs`` without the rows whose item is unknown."""
        told, answered_in = self._codes(), self._answered_in()
        self._put_words_in_place()
        read = {
            "year": self._years(),
            "not_applicable": self._marks(),
            "value": self._numbers(),
            "happened_on": self._dates(),
        }
        table = self.texts[list(_TEXTS)].assign(**read, file=self.file)
        table["cell"] = [f"{letter}{row}" for row, letter in enumerate(answered_in, 2)]
        return table if told.all() else table[told].reset_index(drop=True)

    def _put_words_in_place(self) -> None:
        """Take words and dates that were written into ``value`` for what they are.

        A table of one column of answers is plain to read; only what contradicts the column of its
        own stays, and is named as no number.
        """
        texts = self.texts["value"]
        numbers = texts.map(plain_numbers(texts.unique())).to_numpy(np.float64)
        odd = np.flatnonzero(np.isnan(numbers) & (texts != ""))
        asked = zip(*(self.texts[name].iloc[odd] for name in ("item_code", "input")), strict=True)
        kinds = [entry.kind if entry else "number" for entry in map(self.kinds.get, asked)]
        for column, of in (("choice", ("choice", "yes_no")), ("happened_on", ("date",))):
            rows = odd[[kind in of for kind in kinds]]
            own = self.texts[column].iloc[rows].to_numpy()
            rows = rows[(own == "") | (own == texts.iloc[rows].to_numpy())]
            self.texts.loc[rows, column] = texts.iloc[rows]
            self.texts.loc[rows, "value"] = ""
            self.moved[column] = set(rows.tolist())

    def _answered_in(self) -> list[str]:
        """Return the letter of the column that holds the answer of each row."""
        letters = np.full(len(self.frame), self.letters.get("value", "A"), dtype=object)
        for name in _ANSWERS:
            if name in self.letters:
                letters[self.texts[name] != ""] = self.letters[name]
        return letters.tolist()

    def _text(self, name: str) -> pd.Series:
        """Return a column cleaned; empty where the file has no such column."""
        if name not in self.frame.columns:
            return pd.Series("", index=self.frame.index, dtype="str")
        column = self.frame[name].fillna("").astype("str")
        cleaned = {text: clean_text(text) for text in column.unique()}
        is_clean = all(text == clean for text, clean in cleaned.items())
        return column if is_clean else column.map(cleaned).astype("str")

    def _codes(self) -> npt.NDArray[np.bool_]:
        """Read the item codes anew, each problem reported once; return which rows have one."""
        if "item_code" not in self.frame.columns or not len(self.frame):
            return np.ones(len(self.frame), dtype=bool)
        cells = self.frame["item_code"]
        number_of, first = _distinct(cells)
        known = KnownCodes(self.criteria.by_code)
        readings = [known.read(cell) for cell in cells.iloc[first]]
        codes = np.array([reading.code for reading in readings], dtype=object)
        self.texts["item_code"] = pd.Series(codes[number_of], dtype="str")
        for reading, row in zip(readings, first, strict=True):
            if reading.problem:
                met = {"value": cells.iloc[row], "expected": ", ".join(reading.candidates)}
                self._report(reading.problem, "item_code", row, **met)
        refused = np.array([bool(r.problem) and not r.code for r in readings])
        return ~refused[number_of]

    def _years(self) -> pd.Series:
        texts = self.texts["year"]
        read = {text: read_number(text, whole=True).value or 0.0 for text in texts.unique()}
        years = texts.map(read).astype("float64")
        strange = ~years.between(FIRST_YEAR, LAST_YEAR) | (years % 1 != 0)
        for row in self._shown(strange):
            self._report("year-unreadable", "year", row, value=texts[row])
        return years.where(~strange, 0).astype("int64")

    def _marks(self) -> pd.Series:
        texts = self.texts["not_applicable"]
        marks = texts.map({text: yes_or_no(text, "not_applicable") for text in texts.unique()})
        for row in self._shown(marks.isna() & (texts != "")):
            self._report("mark-unreadable", "not_applicable", row, value=texts[row])
        return marks.eq(True)

    def _numbers(self) -> pd.Series:
        texts = self.texts["value"]
        numbers = texts.map(plain_numbers(texts.unique())).to_numpy(np.float64, copy=True)
        odd = np.flatnonzero(np.isnan(numbers) & (texts != ""))
        asked = self.texts.iloc[odd][["value", "item_code", "input"]]
        number_of, first = _distinct(*(asked[name] for name in asked))
        readings = [self._number(*row) for row in asked.iloc[first].itertuples(index=False)]
        values = [reading.value for reading in readings]
        numbers[odd] = np.array(values, dtype=np.float64)[number_of]
        problem = np.array([reading.problem is not None for reading in readings], dtype=bool)
        for place in self._shown(problem[number_of]):
            reading, row = readings[number_of[place]], odd[place]
            met = {"value": texts[row], "candidates": reading.candidates}
            self._report(str(reading.problem), "value", row, input=self._name(row), **met)
        return pd.Series(numbers, index=texts.index)

    def _number(self, text: str, code: str, name: str) -> NumberReading:
        """Read a text for its input; words and dates stand in columns of their own."""
        entry = self.kinds.get((code, name))
        kind = entry.kind if entry else "number"
        if kind not in NUMBER_KINDS:
            return NumberReading(None, problem="not-a-number")
        reading = read_number(text, whole=kind in WHOLE_KINDS)
        if reading.value is not None and reading.is_percent and kind != "percent":
            return NumberReading(None, True, "unexpected-percent")
        return reading

    def _name(self, row: int) -> Named | str:
        code, name = (str(self.texts.at[row, column]) for column in ("item_code", "input"))
        return Named.of(self.kinds[code, name]) if (code, name) in self.kinds else name

    def _dates(self) -> pd.Series:
        texts = self.texts["happened_on"]
        number_of, first = _distinct(texts)
        readings = [read_date(text) for text in texts.iloc[first]]
        days = np.array([reading.value for reading in readings], dtype="datetime64[us]")
        problem = np.array([reading.problem is not None for reading in readings], dtype=bool)
        for row in self._shown(problem[number_of]):
            code = str(readings[number_of[row]].problem)
            met = {"input": self.texts.at[row, "input"], "value": texts[row]}
            self._report(code, "happened_on", row, **met)
        return pd.Series(days[number_of], dtype="datetime64[us]")

    def _shown(self, strange: pd.Series | npt.NDArray[np.bool_]) -> list[int]:
        """Return the rows to report: no more than there is room for."""
        room = max(_MAX_FINDINGS - len(self.findings), 0)
        return np.flatnonzero(strange)[:room].tolist()

    def _report(self, code: str, column: str, row: int, **values: object) -> None:
        # What was moved is named where it stood.
        is_moved = row in self.moved.get(column, ())
        letter = self.letters.get("value" if is_moved else column, "")
        cell = f"{letter}{row + 2}" if letter else ""
        who = {name: str(self.texts.at[row, name]) for name in ("unit_code", "item_code")}
        self.findings.append(Finding(code, file=self.file, cell=cell, values=values, **who))
