"""The figures of a run as arrays: one row per input, one column per unit.

All checks of form happen here, on whole columns; what is wrong becomes findings and counts as
not reported, so the rest can still be scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, alike_periods, alike_texts
from scoring.criteria import CriteriaSet
from scoring.points.input_frames import sound_inputs
from scoring.points.repetition import runs, told_once
from scoring.points.row_values import Key, Questions, numbers_of
from scoring.rules import RuleSpec
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables.places import MAX_FINDINGS_PER_KIND, Values, places_of, row_findings

IntArray = npt.NDArray[np.intp]
UNIT_COLUMNS = ("unit_code", "unit_name", "block", "year", "period")


@dataclass(frozen=True)
class Figures:
    """Reported figures as arrays.

    Attributes
    ----------
    units : DataFrame, shape (n_units, 5)
        ``unit_code, unit_name, block, year, period``, in the order they first appear. The three
        columns of a `UnitKey` name each row.
    values : mapping of (item code, input) to array, shape (n_units,)
        NaN where not reported (see `scoring.rules.evaluate.evaluate` for the encoding).
    not_applicable : mapping of item code to bool array, shape (n_units,)
        Only items that some unit marks.
    source : DataFrame
        The long table itself, for the places of findings and for explanations.
    unit_of, column_of : int array, shape (n_rows,)
        Unit and input of each row of `source`; -1 where the row does not count.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table
    >>> rows = [{"item_code": "2", "input": "on_time", "value": 9}]
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> figures = figures_of(table, open_set("service-quality-766"))
    >>> figures.units["unit_code"].tolist(), figures.values["2", "on_time"].tolist()
    (['H1'], [9.0])
    """

    units: pd.DataFrame
    values: Mapping[Key, FloatArray]
    not_applicable: Mapping[str, BoolArray]
    source: pd.DataFrame
    unit_of: IntArray = field(repr=False)
    column_of: IntArray = field(repr=False)
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def of_item(self, spec: RuleSpec) -> dict[str, FloatArray]:
        """Return the arrays of one item's inputs by their names."""
        return {entry.name: self.values[spec.code, entry.name] for entry in spec.inputs}

    def findings_at(
        self, code: str, units: IntArray, item: str, name: str, values: Iterable[Values]
    ) -> Iterator[Finding]:
        """Yield a finding at the row that reports input `name` of `item` for each of `units`."""
        rows = self._rows_of(units, item, name)
        known = iter(places_of(self.source, rows[rows >= 0]))
        for row, unit, said in zip(rows, units, values, strict=True):
            place = next(known) if row >= 0 else self.place_of(int(unit)) | {"item_code": item}
            yield Finding(code, values=said, **place)

    def place_of(self, unit: int) -> dict[str, str]:
        """Return what a finding about the unit in column `unit` names: its key."""
        return {name: str(self.units[name].iloc[unit]) for name in KEY_COLUMNS}

    def row_of(self, unit: int, item: str, name: str) -> int | None:
        """Return the row of the long table with this figure; None when there is none."""
        row = int(self._rows_of(np.array([unit]), item, name)[0])
        return None if row < 0 else row

    def told_at(self, row: int | None) -> str:
        """Return the file, sheet and cell of a row of the long table as one text."""
        if row is None:
            return ""
        return "!".join(filter(None, (str(cells[row]) for cells in self._place_cells)))

    @cached_property
    def _place_cells(self) -> tuple[ExtensionArray, ...]:
        """The columns of places, which a page of a unit reads figure by figure."""
        names = [name for name in ("file", "sheet", "cell") if name in self.source]
        return tuple(self.source[name].array for name in names)

    def _rows_of(self, units: IntArray, item: str, name: str) -> IntArray:
        column = self._column.get((item, name))
        # Most often nothing is asked for, and then the rows are not looked up at all.
        if column is None or not len(units):
            return np.full(len(units), -1)
        return self._last_rows[column * len(self.units) + units]

    @cached_property
    def years(self) -> FloatArray:
        """The year of each unit as rules read it; nobody can change it."""
        years = self.units["year"].to_numpy(dtype=np.float64)
        years.flags.writeable = False
        return years

    @cached_property
    def block_of(self) -> IntArray:
        """Number of the block and period of each unit: who is compared with whom."""
        among = ["block", "year", "period"]
        grouped = self.units.groupby(among, sort=False, observed=True, dropna=False)
        return np.asarray(grouped.ngroup(), dtype=np.intp)

    @cached_property
    def _column(self) -> dict[Key, int]:
        return {key: column for column, key in enumerate(self.values)}

    @cached_property
    def _last_rows(self) -> IntArray:
        """The last row that reports each input of each unit; -1 where none does."""
        rows = np.full(len(self.values) * len(self.units), -1, dtype=np.intp)
        known = np.flatnonzero(self.column_of >= 0)
        rows[self.column_of[known] * len(self.units) + self.unit_of[known]] = known
        return rows


def figures_of(inputs: pd.DataFrame, criteria: CriteriaSet) -> Figures:
    """Turn the long table ``Inputs`` into arrays, once, for all units.

    Parameters
    ----------
    inputs : DataFrame
        The table ``Inputs`` (see `scoring.tables`); further columns such as ``sheet`` and
        ``cell`` are used for the places of findings.
    criteria : CriteriaSet

    Returns
    -------
    Figures
        With findings for unknown items and inputs, duplicates, unknown choices, marks of "not
        applicable" where the set does not allow them, units in two blocks, and units or blocks written in two ways.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table
    >>> rows = [{"item_code": "2", "input": "on_time", "value": 9},
    ...         {"item_code": "99", "input": "on_time", "value": 9}]
    >>> table = inputs_table(rows, unit_code="H1", year=2026)
    >>> figures = figures_of(table, open_set("service-quality-766"))
    >>> [(finding.code, finding.item_code) for finding in figures.findings]
    [('unknown-item', '99')]
    """
    table, findings = sound_inputs(inputs, criteria)
    unit_of, units, heads = _units(table)
    findings += _two_blocks(table, heads, unit_of, units)
    findings += _alike(table, heads, unit_of, units)
    questions = Questions.of(criteria)
    keys = list(questions.entries)
    column_of = _columns(table, keys, unit_of)
    marked = table["not_applicable"].to_numpy(dtype=bool)
    findings += list(_strays(criteria, table, np.flatnonzero((column_of < 0) & ~marked)))
    marks, problems = _marks(criteria, table, np.flatnonzero(marked), unit_of, len(units))
    findings += problems
    column_of[marked] = -1
    numbers, problems = numbers_of(table, column_of, questions)
    findings += problems
    # Rows that do not count, of column -1, end in one more row of the grid than there are inputs.
    cells = column_of * len(units)
    cells += unit_of
    grid = np.full((len(keys) + 1, len(units)), np.nan)
    grid.reshape(-1)[cells] = numbers
    findings += _without_repeated(table, grid, cells, numbers, keys)
    values = dict(zip(keys, grid[:-1], strict=True))
    return Figures(units, values, marks, table, unit_of, column_of, tuple(findings))


def _units(table: pd.DataFrame) -> tuple[IntArray, pd.DataFrame, IntArray]:
    """Number the units of the rows in the order in which they first appear.

    The rows returned last begin the runs of rows of one unit and one block.
    """
    heads, lengths = runs(table[name] for name in (*KEY_COLUMNS, "block"))
    if 2 * len(heads) > len(table):
        # Rows in no order: to number all of them takes less than to pick out the heads first.
        heads, lengths = np.arange(len(table)), np.ones(len(table), dtype=np.intp)
    codes, *others = (_at_heads(table[name], heads) for name in KEY_COLUMNS)
    unit_of = pd.factorize(codes)[0]
    for cells in others:
        # Nearly every table is of one year and one period.
        if len(cells) and not (cells == cells.iloc[0]).all():
            code, told = pd.factorize(cells)
            unit_of = pd.factorize(unit_of * len(told) + code)[0]
    first = np.zeros(unit_of.max(initial=-1) + 1, dtype=np.intp)
    first[unit_of[::-1]] = heads[::-1]
    units = table[list(UNIT_COLUMNS)].iloc[first].reset_index(drop=True)
    units["block"] = _blocks(_at_heads(table["block"], heads), unit_of, units["block"])
    return np.repeat(unit_of, lengths), units, heads


def _at_heads(cells: pd.Series, heads: IntArray) -> pd.Series:
    return cells if len(heads) == len(cells) else cells.iloc[heads]


def _blocks(met: pd.Series, unit_of: IntArray, first: pd.Series) -> pd.Series:
    """Return the block of each unit: the first that its rows name, for an empty cell names none."""
    is_named = (met != "").to_numpy()
    if is_named.all() or not is_named.any():
        return first
    blocks = first.to_numpy(dtype=object)
    blocks[unit_of[is_named][::-1]] = met[is_named][::-1]
    return pd.Series(blocks, index=first.index, dtype=first.dtype)


def _two_blocks(
    table: pd.DataFrame, heads: IntArray, unit_of: IntArray, units: pd.DataFrame
) -> list[Finding]:
    """Return the units whose rows name several blocks, at the first row that names another."""
    met, blocks = pd.factorize(_at_heads(table["block"], heads))
    if len(blocks) < 2:
        return []
    own = pd.Index(blocks).get_indexer(units["block"])[unit_of[heads]]
    is_other = (met != own) & (blocks != "")[met]
    shown = _first_of_each(heads[is_other], unit_of)[:MAX_FINDINGS_PER_KIND]
    both = (
        {"blocks": [units["block"].iloc[unit_of[row]], table["block"].iloc[row]]} for row in shown
    )
    return row_findings("rank-unit-in-two-blocks", table, shown, both)


def _alike(
    table: pd.DataFrame, heads: IntArray, unit_of: IntArray, units: pd.DataFrame
) -> list[Finding]:
    """Return the units, blocks and periods that are an earlier one, written in another way.

    To people they are one; here each is ranked for itself.
    """
    findings: list[Finding] = []
    if len(units) < 2:
        return findings
    for code, others in (
        ("unit-codes-alike", alike_texts(units["unit_code"])),
        ("blocks-alike", alike_texts(units["block"])),
        ("periods-alike", alike_periods(units)),
    ):
        if len(others):
            # The first row of each of these units.
            rows = heads[[int(np.argmax(unit_of[heads] == unit)) for unit in others.index]]
            pairs = zip(others["text"], others["first"], strict=True)
            said = ({"value": text, "expected": other} for text, other in pairs)
            findings += row_findings(code, table, rows, said)
    return findings


def _columns(table: pd.DataFrame, keys: list[Key], unit_of: IntArray) -> IntArray:
    """Return the place of each row's item and input among `keys`; -1 where it has none."""
    of_first = int(np.argmax(unit_of != 0)) if len(table) else 0
    told = told_once((table[name] for name in ("item_code", "input")), of_first)
    (item_of, codes), (input_of, names) = (
        pd.factorize(table[name].iloc[:told]) for name in ("item_code", "input")
    )
    places = np.full((len(codes) + 1, len(names) + 1), -1, dtype=np.intp)
    item_rows = {str(code): row for row, code in enumerate(codes)}
    input_columns = {str(name): column for column, name in enumerate(names)}
    for place, (code, name) in enumerate(keys):
        if code in item_rows and name in input_columns:
            places[item_rows[code], input_columns[name]] = place
    return np.tile(places[item_of, input_of], len(table) // max(told, 1))


def _strays(criteria: CriteriaSet, table: pd.DataFrame, rows: IntArray) -> Iterator[Finding]:
    """Yield each item or input that the set does not know, once."""
    if not len(rows):
        return
    once = table.iloc[rows].drop_duplicates(["item_code", "input"]).index[:MAX_FINDINGS_PER_KIND]
    codes, names = table["item_code"].loc[once], table["input"].loc[once]
    for row, code, name in zip(once, codes, names, strict=True):
        node = criteria.by_code.get(str(code))
        if node is None or node.spec is None:
            yield from row_findings("unknown-item", table, [row], [{"set_id": criteria.set_id}])
            continue
        expected = ", ".join(entry.name for entry in node.spec.inputs)
        yield from row_findings(
            "unknown-input", table, [row], [{"input": name, "expected": expected}]
        )


def _marks(
    criteria: CriteriaSet, table: pd.DataFrame, rows: IntArray, unit_of: IntArray, n_units: int
) -> tuple[dict[str, BoolArray], list[Finding]]:
    """Return the units that each item does not apply to, and the marks that need a word."""
    marks: dict[str, BoolArray] = {}
    findings: list[Finding] = []
    if not len(rows):
        return marks, findings
    has_reason, has_figure = _is_filled(table["reason"], rows), _has_figure(table, rows)
    item_of, codes = pd.factorize(table["item_code"].iloc[rows])
    for item, code in enumerate(codes):
        node = criteria.by_code.get(str(code))
        is_of_item = item_of == item
        places = rows[is_of_item]
        if node is None or node.spec is None:
            values = [{"set_id": criteria.set_id}]
            findings += row_findings("unknown-item", table, places[:1], values)
        elif node.spec.not_applicable == "not_allowed":
            refused = _first_of_each(places, unit_of)
            findings += row_findings("not-applicable-not-allowed", table, refused)
        else:
            marks[str(code)] = _units_at(places, unit_of, n_units)
            reasoned = _units_at(places[has_reason[is_of_item]], unit_of, n_units)
            silent = _first_of_each(places[~reasoned[unit_of[places]]], unit_of)
            findings += row_findings("not-applicable-without-reason", table, silent)
            beside = _first_of_each(places[has_figure[is_of_item]], unit_of)
            findings += row_findings("not-applicable-beside-figure", table, beside)
    return marks, findings


def _has_figure(table: pd.DataFrame, rows: IntArray) -> BoolArray:
    """Say which rows answer with a choice, a number or a day."""
    told = _is_filled(table["choice"], rows)
    for name in ("value", "happened_on"):
        told = told | table[name].iloc[rows].notna().to_numpy()
    return told


def _is_filled(texts: pd.Series, rows: IntArray) -> BoolArray:
    return (texts.iloc[rows] != "").to_numpy(dtype=bool)


def _units_at(rows: IntArray, unit_of: IntArray, n_units: int) -> BoolArray:
    mark = np.zeros(n_units, dtype=bool)
    mark[unit_of[rows]] = True
    return mark


def _first_of_each(rows: IntArray, unit_of: IntArray) -> IntArray:
    """Return the first of `rows` of each unit."""
    return rows[np.sort(np.unique(unit_of[rows], return_index=True)[1])]


def _without_repeated(
    table: pd.DataFrame, grid: FloatArray, cells: IntArray, numbers: FloatArray, keys: list[Key]
) -> list[Finding]:
    """Take out of `grid` what rows report twice: neither figure can be trusted.

    A blank cell of a ledger says nothing against the row of another table that has the figure.
    """
    counting = cells >= 0
    seen = np.zeros(grid.size, dtype=bool)
    seen[cells] = True
    if np.count_nonzero(seen[: len(keys) * grid.shape[1]]) == np.count_nonzero(counting):
        return []
    rows = np.flatnonzero(counting)
    counts = np.bincount(cells[rows], minlength=grid.size)
    again = rows[counts[cells[rows]] > 1]
    told = again[_has_figure(table, again)]
    grid.reshape(-1)[cells[told]] = numbers[told]
    counts = np.bincount(cells[told], minlength=grid.size)
    repeated = np.flatnonzero(counts > 1)
    grid.reshape(-1)[repeated] = np.nan
    shown = repeated[:MAX_FINDINGS_PER_KIND]
    last = np.full(grid.size, -1)
    last[cells[rows]] = rows
    said = ({"input": keys[cell // grid.shape[1]][1], "count": int(counts[cell])} for cell in shown)
    return row_findings("duplicate-input", table, last[shown], said)
