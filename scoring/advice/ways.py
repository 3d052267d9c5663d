"""Which of an item's options are worth saying: the next step, the last one, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from scoring.advice.gains import index_gains
from scoring.advice.item_case import IntArray
from scoring.advice.moves import COUNT, DATE, PROOF
from scoring.advice.options import KINDS, Options, options
from scoring.advice.terms import OPEN, PAST
from scoring.advice.way_words import MISSING, Way
from scoring.base.values import ADVICE_TERMS, NOT_ASSESSED
from scoring.points import ScoreSheet
from scoring.rules.evaluate import FloatArray

# Points on one straight piece of a rule are this near to it, for they are rounded.
_STRAIGHT = 0.011


@dataclass(frozen=True)
class Advice:
    """Advice about all items of all units of a sheet.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> [way] = Advice(score(figures, open_set("service-quality-766"))).ways("2", 0)
    >>> way.more, way.changes[0].value
    (2.0, 100.0)
    """

    sheet: ScoreSheet
    on: dt.date | None = None
    due: Mapping[str, dt.date] = field(default_factory=dict)

    @cached_property
    def options(self) -> Options:
        """The options at the edges of the rules."""
        return options(self.sheet, self.on, due=self.due, every=None)

    @cached_property
    def _gains(self) -> FloatArray:
        return index_gains(self.options)

    def ways(self, code: str, place: int) -> tuple[Way, ...]:
        """Return the next and the last step of an item, then its proof, or what is missing."""
        found = self.options
        at = found.of(code, place)
        is_proof = found.kind[at] == KINDS.index(PROOF)
        made = [*self._steps(code, place, at[~is_proof])]
        if not made:
            made += self._missing(code, place)
        return (*made, *(self._way(option, "only") for option in at[is_proof]))

    def of_unit(self, place: int) -> list[Way]:
        """Return all advice for a unit: what can be done now, then by a day, then next year.

        Within each the most points of the index first.
        """
        codes = [node.code for node in self.sheet.criteria.leaves]
        made = [way for code in codes for way in self.ways(code, place)]
        order = ("open", "dated", "next-year", "past")
        return sorted(made, key=lambda way: (order.index(way.term), -_known(way.index_more)))

    def _steps(self, code: str, place: int, at: IntArray) -> Iterator[Way]:
        found = self.options
        doable = at[found.term[at] < PAST]
        at = doable if len(doable) else at
        if not len(at):
            return
        if found.kind[at[0]] == KINDS.index(DATE):
            # The best day first; what a later one still earns is said beside it.
            yield self._way(at[-1], "only", at[-2::-1] if len(at) > 1 else at[:0])
            return
        first, last = at[self._first(at)], at[-1]
        if first != last:
            yield self._way(first, "next")
        yield self._way(last, "last" if first != last else "only")

    def _first(self, at: IntArray) -> int:
        """Return the first step worth a word: not one case of many on a straight way."""
        found, first = self.options, 0
        size, more = found.change[at], found.more[at]
        if found.kind[at[0]] == KINDS.index(COUNT) or size[0] > 1.0:
            return first
        while first + 1 < len(at):
            onward = size[first] * more[first + 1] / size[first + 1]
            if size[first + 1] <= size[first] or abs(more[first] - onward) > _STRAIGHT:
                break
            first += 1
        return first

    def _way(self, option: int, step: str, later: IntArray | None = None) -> Way:
        found, at = self.options, int(option)
        after: list[int] = [] if later is None else later.tolist()
        days = [(found.due_day(i), float(found.points[i])) for i in after]
        return Way(
            self.options.sheet,
            found.sheet.criteria.nodes[found.row[at]].code,
            int(found.place[at]),
            KINDS[found.kind[at]],
            ADVICE_TERMS[found.term[at]],
            step,
            tuple(found.changes(at)),
            float(found.points[at]),
            float(found.more[at]),
            float(self._gains[at]),
            float(found.change[at]),
            found.due_day(at),
            bool(found.sure[at]),
            tuple((day, points) for day, points in days if day is not None),
        )

    def _missing(self, code: str, place: int) -> Iterator[Way]:
        """Yield what an open item lacks and could bring; there is no default for it."""
        sheet = self.options.sheet
        row, rule = sheet.row(code), sheet.criteria.rules[code]
        if sheet.status[row, place] != NOT_ASSESSED:
            return
        names = tuple(
            entry.name
            for entry in rule.reported
            if entry.name.removeprefix("@best:") in rule.names
            and np.isnan(sheet.figures.values[code, entry.name][place])
        )
        if names:
            most = float(sheet.maxima[row, place])
            yield Way(
                sheet, code, place, MISSING, ADVICE_TERMS[OPEN], "only", points=most, more=most,
                sure=False, missing=names,
            )  # fmt: skip


def _known(points: float) -> float:
    return 0.0 if np.isnan(points) else points


def ways(sheet: ScoreSheet, code: str, place: int, on: dt.date | None = None) -> tuple[Way, ...]:
    """Return the advice about one item of one unit; `Advice` keeps what it finds for all of them."""
    return Advice(sheet, on).ways(code, place)
