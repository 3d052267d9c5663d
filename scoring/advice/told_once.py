"""Advice worked out once for units that are alike in all it depends on, then told to each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.advice.gains import counted
from scoring.advice.item_case import IntArray
from scoring.advice.told import Told, told
from scoring.base.values import NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.rules import expression as ex
from scoring.rules.evaluate import FloatArray

# Where more of the units differ than this share, looking for those alike saves nothing.
_MOST = 0.5


class ToldOnce:
    """Says of the items of a sheet what `told` says, in less time where units are alike.

    Parameters
    ----------
    sheet : ScoreSheet
    on : date or None
    lang : str
    """

    def __init__(self, sheet: ScoreSheet, on: dt.date | None, lang: str) -> None:
        self.sheet, self.on, self.lang = sheet.origin or sheet, on, lang

    def of_item(self, code: str) -> Told:
        """Return what to do about an item, for every unit."""
        alike = self._alike(code)
        if alike is None:
            return told(self.sheet, code, self.on, self.lang)
        first, back = alike
        said = told(self._among(code, first), code, self.on, self.lang)
        return Told(
            said.texts, said.step[back], said.proof[back],
            said.step_term[back], said.proof_term[back],
        )  # fmt: skip

    def _alike(self, code: str) -> tuple[IntArray, IntArray] | None:
        """Return the first unit of each kind, and the kind of each; None where too many differ."""
        sheet = self.sheet
        # Those who are compared are not to be told apart, nor what appraisers decided.
        if sheet.criteria.rules[code].peer_inputs or sheet.decided is not None:
            return None
        number = self._by_index
        number = None if number is None else _parted(number, self._columns(code))
        if number is None:
            return None
        number = pd.factorize(number)[0].astype(np.intp)
        return np.unique(number, return_index=True)[1], number

    def _columns(self, code: str) -> Iterator[npt.NDArray[Any]]:
        """Yield all that advice about an item goes by and in which units differ."""
        sheet, row = self.sheet, self.sheet.row(code)
        # By the period go what can still be done and what it is called.
        own = [sheet.times[0], sheet.points[row]]
        own += [sheet.maxima[row], sheet.status[row]]
        own += sheet.figures.of_item(sheet.criteria.rules[code].spec).values()
        own += [] if sheet.supported is None else [sheet.supported[row]]
        own += [] if sheet.proof is None else [sheet.proof[row]]
        yield from (column for column in own if _differs(column))
        for place in self._beside(code):
            yield from self._of_node(place)

    def _beside(self, code: str) -> Iterator[int]:
        """Yield the nodes by which parents may swallow what an item gains; a plain sum does not."""
        points = self.sheet.criteria.roll_up.points
        above = [node.code for node in self.sheet.criteria.lineage(code)[1:]]
        for parent in above:
            if not isinstance(points[parent], ex.Total):
                yield from map(self.sheet.row, self._below[parent])

    @cached_property
    def _by_index(self) -> IntArray | None:
        """A number for each unit, the same where the index stands alike; None: too many."""
        rows = map(self.sheet.row, self._below[""])
        columns = (column for row in rows for column in self._of_node(row))
        return _parted(np.zeros(len(self.sheet.units), dtype=np.intp), columns)

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        below: dict[str, list[str]] = {}
        for node in self.sheet.criteria.nodes:
            below.setdefault(node.parent, []).append(node.code)
        return below

    @cached_property
    def _counted(self) -> FloatArray:
        return counted(self.sheet)

    @cached_property
    def _known(self) -> dict[int, list[npt.NDArray[Any]]]:
        return {}

    def _of_node(self, row: int) -> list[npt.NDArray[Any]]:
        if row not in self._known:
            sheet = self.sheet
            columns = [self._counted[row], sheet.maxima[row], sheet.status[row] == NOT_APPLICABLE]
            columns += [] if sheet.supported is None else [sheet.supported[row]]
            self._known[row] = [column for column in columns if _differs(column)]
        return self._known[row]

    def _among(self, code: str, units: IntArray) -> ScoreSheet:
        """Return the sheet of some of its units, with the figures of one item."""
        sheet, spec = self.sheet, self.sheet.criteria.rules[code].spec
        figures = sheet.figures
        own = {(code, name): array[units] for name, array in figures.of_item(spec).items()}
        marks = {item: mark[units] for item, mark in figures.not_applicable.items()}
        table = sheet.units.iloc[units].reset_index(drop=True)
        return replace(
            sheet,
            units=table,
            points=sheet.points[:, units],
            points_low=sheet.points_low[:, units],
            points_high=sheet.points_high[:, units],
            maxima=sheet.maxima[:, units],
            status=sheet.status[:, units],
            figures=replace(figures, units=table, values=own, not_applicable=marks),
            findings=(),
            supported=None if sheet.supported is None else sheet.supported[:, units],
            claimed=None,
            proof=None if sheet.proof is None else sheet.proof[:, units],
            sampling=None,
        )


def _parted(number: IntArray, columns: Iterable[npt.NDArray[Any]]) -> IntArray | None:
    """Number units apart whose columns differ; None where too many are."""
    for column in columns:
        codes, met = pd.factorize(column, use_na_sentinel=False)
        number, kinds = pd.factorize(number * len(met) + codes)
        if len(kinds) > _MOST * len(number):
            return None
    return number


def _differs(column: npt.NDArray[Any]) -> bool:
    """Say whether any two units differ; missing values are alike."""
    if column.dtype == object:
        return len(pd.unique(column)) > 1
    return not (np.array_equal(column, np.broadcast_to(column[:1], column.shape), equal_nan=True))
