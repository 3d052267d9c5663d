"""From the long inputs table to arrays: one row per input, one column per unit.

All checks of form happen here, on whole columns; what is wrong becomes findings and counts as
not reported, so the rest can still be scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.dates import EXCEL_EPOCH
from scoring.base.findings import Finding
from scoring.base.vocabulary import NEVER, NO, YES, answers, folded
from scoring.criteria import CriteriaSet
from scoring.rules import InputSpec, RuleSpec
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.rules.spec import NUMBER_KINDS

Key = tuple[str, str]
UNIT_COLUMNS = ("unit_code", "unit_name", "block", "year", "period")
_WORD_PROBLEMS = {"yes_no": "unknown-choice", "choice": "unknown-choice", "date": "not-a-date"}
# One broken column of a large table must not drown everything else.
MAX_FINDINGS_PER_KIND = 200


@dataclass(frozen=True)
class Arranged:
    """Reported figures as arrays.

    Attributes
    ----------
    units : DataFrame, shape (n_units, 5)
        ``unit_code, unit_name, block, year, period``, in the order they first appear.
    values : mapping of (item code, input) to array, shape (n_units,)
        NaN where not reported (see `scoring.rules.evaluate.evaluate` for the encoding).
    not_applicable : mapping of item code to bool array, shape (n_units,)
        Only items that some unit marks.
    source : DataFrame
        The long table itself, for the places of findings and for explanations.
    unit_of, column_of : int array, shape (n_rows,)
        Unit and input of each row of `source`; -1 where the row does not count.
    """

    units: pd.DataFrame
    values: Mapping[Key, FloatArray]
    not_applicable: Mapping[str, BoolArray]
    source: pd.DataFrame
    unit_of: npt.NDArray[np.intp] = field(repr=False)
    column_of: npt.NDArray[np.intp] = field(repr=False)
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def of_item(self, spec: RuleSpec) -> dict[str, FloatArray]:
        """Return the arrays of one item's inputs by their names."""
        return {entry.name: self.values[spec.code, entry.name] for entry in spec.inputs}

    def finding(self, code: str, unit: int, item: str, name: str, **values: object) -> Finding:
        """Return a finding at the row that reported input `name` of `item` for `unit`."""
        row = self.row_of(unit, item, name)
        if row is not None:
            return _finding(code, self.source, row, **values)
        unit_code = str(self.units["unit_code"].iloc[unit])
        return Finding(code, unit_code=unit_code, item_code=item, values=values)

    def row_of(self, unit: int, item: str, name: str) -> int | None:
        """Return the row of the long table with this figure; None when there is none."""
        if (item, name) not in self.values:
            return None
        column = list(self.values).index((item, name))
        row = int(self._last_rows[column * len(self.units) + unit])
        return None if row < 0 else row

    @cached_property
    def _last_rows(self) -> npt.NDArray[np.intp]:
        """The last row that reports each input of each unit; -1 where none does."""
        rows = np.full(len(self.values) * len(self.units), -1, dtype=np.intp)
        known = np.flatnonzero(self.column_of >= 0)
        rows[self.column_of[known] * len(self.units) + self.unit_of[known]] = known
        return rows


def arrange(criteria: CriteriaSet, inputs: pd.DataFrame) -> Arranged:
    """Turn the long table ``Inputs`` into arrays, once, for all units.

    Parameters
    ----------
    criteria : CriteriaSet
    inputs : DataFrame
        The table ``Inputs`` (see `scoring.base.schemas`); further columns such as ``sheet`` and
        ``cell`` are used for the places of findings.

    Returns
    -------
    Arranged
        With findings for unknown items and inputs, duplicates, unknown choices and marks of "not
        applicable" where the set does not allow them.
    """
    table = inputs.reset_index(drop=True)
    unit_of, units = _units(table)
    specs: dict[Key, InputSpec] = {}
    vocabulary: dict[Key, dict[str, float]] = {}
    for rule in criteria.rules.values():
        for entry in rule.spec.inputs:
            specs[rule.spec.code, entry.name] = entry
            vocabulary[rule.spec.code, entry.name] = spoken_values(rule.spec, entry)
    column_of = _columns(table, list(specs))
    findings = list(_unknown(criteria, table, column_of))
    marks, problems = _not_applicable(criteria, table, unit_of, len(units))
    findings += problems
    column_of = np.where(table["not_applicable"].to_numpy(dtype=bool), -1, column_of)
    numbers, problems = _numbers(table, specs, vocabulary, column_of)
    findings += problems
    grid, problems = _grid(table, numbers, unit_of, column_of, len(units), list(specs))
    findings += problems
    values = dict(zip(specs, grid, strict=True))
    return Arranged(units, values, marks, table, unit_of, column_of, tuple(findings))


def _units(table: pd.DataFrame) -> tuple[npt.NDArray[np.intp], pd.DataFrame]:
    keys = table[["unit_code", "year", "period"]]
    if len(table):
        unit_of = keys.groupby(list(keys.columns), sort=False, observed=True).ngroup().to_numpy()
    else:
        unit_of = np.zeros(0, dtype=np.intp)
    _, first = np.unique(unit_of, return_index=True)
    return unit_of.astype(np.intp), table.loc[first, list(UNIT_COLUMNS)].reset_index(drop=True)


def _columns(table: pd.DataFrame, keys: list[Key]) -> npt.NDArray[np.intp]:
    """Return the place of each row's item and input among `keys`; -1 where it has none."""
    item_of, codes = pd.factorize(table["item_code"])
    input_of, names = pd.factorize(table["input"])
    places = np.full((len(codes) + 1, len(names) + 1), -1, dtype=np.intp)
    item_rows = {str(code): row for row, code in enumerate(codes)}
    input_columns = {str(name): column for column, name in enumerate(names)}
    for place, (code, name) in enumerate(keys):
        if code in item_rows and name in input_columns:
            places[item_rows[code], input_columns[name]] = place
    return places[item_of, input_of]


def _place(table: pd.DataFrame, row: int) -> dict[str, str]:
    wanted = ("file", "sheet", "cell", "unit_code", "item_code")
    return {name: str(table.at[row, name]) for name in wanted if name in table.columns}


def _finding(code: str, table: pd.DataFrame, row: int, **values: object) -> Finding:
    return Finding(code, values=values, **_place(table, row))


def _unknown(
    criteria: CriteriaSet, table: pd.DataFrame, column_of: npt.NDArray[np.intp]
) -> Iterator[Finding]:
    marked = table["not_applicable"].to_numpy(dtype=bool)
    strays = table[(column_of < 0) & ~marked].drop_duplicates(["item_code", "input"])
    for row in strays.index[:MAX_FINDINGS_PER_KIND]:
        code = str(table.at[row, "item_code"])
        node = criteria.by_code.get(code)
        if node is None or node.spec is None:
            yield _finding("unknown-item", table, row, set_id=criteria.set_id)
            continue
        expected = ", ".join(entry.name for entry in node.spec.inputs)
        name = table.at[row, "input"]
        yield _finding("unknown-input", table, row, input=name, expected=expected)


def _not_applicable(
    criteria: CriteriaSet,
    table: pd.DataFrame,
    unit_of: npt.NDArray[np.intp],
    n_units: int,
) -> tuple[dict[str, BoolArray], list[Finding]]:
    marked = table[table["not_applicable"].to_numpy(dtype=bool)]
    marks: dict[str, BoolArray] = {}
    findings: list[Finding] = []
    for code, rows in marked.groupby("item_code", sort=False, observed=True):
        node = criteria.by_code.get(str(code))
        first = int(rows.index[0])
        if node is None or node.spec is None:
            findings.append(_finding("unknown-item", table, first, set_id=criteria.set_id))
            continue
        if node.spec.not_applicable == "not_allowed":
            per_unit = rows.drop_duplicates(["unit_code", "year", "period"]).index
            findings += [
                _finding("not-applicable-not-allowed", table, int(row))
                for row in per_unit[:MAX_FINDINGS_PER_KIND]
            ]
            continue
        marks[str(code)] = np.zeros(n_units, dtype=bool)
        marks[str(code)][unit_of[rows.index]] = True
        silent = (
            rows.groupby(["unit_code", "year", "period"], observed=True)["reason"].transform("max")
            == ""
        )
        findings += [
            _finding("not-applicable-without-reason", table, int(row))
            for row in rows[silent]
            .drop_duplicates(["unit_code", "year", "period"])
            .index[:MAX_FINDINGS_PER_KIND]
        ]
    return marks, findings


def _numbers(
    table: pd.DataFrame,
    specs: Mapping[Key, InputSpec],
    vocabulary: Mapping[Key, Mapping[str, float]],
    column_of: npt.NDArray[np.intp],
) -> tuple[FloatArray, list[Finding]]:
    """Return the number of every row, whatever kind its input is of."""
    numbers = table["value"].to_numpy(dtype=np.float64, copy=True)
    # The last place stands for rows that do not count.
    is_worded = np.array([entry.kind not in NUMBER_KINDS for entry in specs.values()] + [False])
    is_date = np.array([entry.kind == "date" for entry in specs.values()] + [False])
    # A number in a column of words is a word: "1" may be the code of an option, or say yes.
    spoken = is_worded[column_of] | ((column_of >= 0) & ~np.isfinite(numbers))
    words = _words(table.iloc[spoken.nonzero()[0]], numbers[spoken])
    numbers[spoken] = np.nan
    dated = np.flatnonzero(is_date[column_of])
    if len(dated):
        days = pd.to_datetime(table["happened_on"].iloc[dated]) - pd.Timestamp(EXCEL_EPOCH)
        numbers[dated] = days.dt.days.to_numpy(dtype=np.float64)
    frame = pd.DataFrame(
        {"column": column_of[spoken], "word": words, "row": np.flatnonzero(spoken)}
    )
    return _spoken(table, frame[frame["word"] != ""], numbers, specs, vocabulary)


def _words(rows: pd.DataFrame, numbers: FloatArray) -> npt.NDArray[np.object_]:
    """Return what the rows say in words: their choice, or their number as text."""
    words = rows["choice"].astype("str").map(folded).to_numpy(dtype=object)
    numeric = np.flatnonzero((words == "") & ~np.isnan(numbers))
    words[numeric] = [f"{number:.12g}" for number in numbers[numeric]]
    return words


def _spoken(
    table: pd.DataFrame,
    frame: pd.DataFrame,
    numbers: FloatArray,
    specs: Mapping[Key, InputSpec],
    vocabulary: Mapping[Key, Mapping[str, float]],
) -> tuple[FloatArray, list[Finding]]:
    """Fill in the numbers of rows that answer with a word; one step per distinct answer."""
    keys, findings = list(specs), list[Finding]()
    for (column, word), rows in frame.groupby(["column", "word"], sort=False):
        key = keys[cast("int", column)]
        known = vocabulary[key]
        if word in known:
            numbers[rows["row"]] = known[str(word)]
            continue
        values = {"input": specs[key].label(), "expected": "; ".join(dict.fromkeys(known))}
        code = _WORD_PROBLEMS.get(specs[key].kind, "not-a-number")
        findings += [
            _finding(code, table, int(row), value=table.at[row, "choice"] or word, **values)
            for row in rows["row"].iloc[:MAX_FINDINGS_PER_KIND]
        ]
    return numbers, findings


def spoken_values(spec: RuleSpec, entry: InputSpec) -> dict[str, float]:
    """Return the words an input may be answered with and the number each stands for.

    >>> spoken_values(RuleSpec("1", "choice", 1.0), InputSpec("issued", "yes_no"))["có"]
    1.0
    """
    if entry.role == "due_on":
        return {}
    options = spec.options_of(entry.name)
    numbers = {YES: 1.0, NO: 0.0, NEVER: np.inf}
    if entry.kind == "choice":
        numbers = {option.code: float(place) for place, option in enumerate(options)}
    return {word: numbers[answer] for word, answer in answers(entry.kind, options).items()}


def _grid(
    table: pd.DataFrame,
    numbers: FloatArray,
    unit_of: npt.NDArray[np.intp],
    column_of: npt.NDArray[np.intp],
    n_units: int,
    keys: list[Key],
) -> tuple[FloatArray, list[Finding]]:
    grid = np.full((len(keys), n_units), np.nan)
    known = np.flatnonzero(column_of >= 0)
    cells = column_of[known] * n_units + unit_of[known]
    flat = grid.reshape(-1)
    flat[cells] = numbers[known]
    findings = []
    counts = np.bincount(cells, minlength=flat.size) if len(cells) else np.zeros(0, dtype=int)
    repeated = np.flatnonzero(counts > 1)
    flat[repeated] = np.nan
    shown = repeated[:MAX_FINDINGS_PER_KIND]
    again = np.flatnonzero(np.isin(cells, shown)) if len(shown) else shown
    rows = dict(zip(cells[again].tolist(), known[again].tolist(), strict=True))
    for cell in shown:
        row = rows[int(cell)]
        name = keys[int(cell) // n_units][1]
        findings.append(
            _finding("duplicate-input", table, row, input=name, count=int(counts[cell]))
        )
    return grid, findings
