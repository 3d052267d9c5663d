"""Which of an item's options are worth saying: the next step, the last one, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from scoring.advice.gains import index_gains
from scoring.advice.item_case import IntArray
from scoring.advice.moves import DATE, PROOF
from scoring.advice.options import KINDS, Options, options
from scoring.advice.shown import Shown, shown
from scoring.advice.terms import OPEN
from scoring.advice.way_words import MISSING, Way
from scoring.base.values import ADVICE_TERMS, NOT_ASSESSED
from scoring.points import ScoreSheet
from scoring.rules import CompiledRule
from scoring.rules.evaluate import FloatArray

# The advice to more units at once takes memory that is better given back.
_FEW = 20


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
    codes: Collection[str] | None = None

    @cached_property
    def options(self) -> Options:
        """The options at the edges of the rules."""
        if self.codes is not None or len(self.sheet.units) > _FEW:
            return self._found()
        # Gaps, pages and what is said of one unit ask for the same advice in turn. It lies with the
        # sheet, and goes with it.
        known: dict[object, Options] = vars(self.sheet).setdefault("_options", {})
        key = (self.on, *sorted(self.due.items()))
        if key not in known:
            known[key] = self._found()
        return known[key]

    def _found(self) -> Options:
        return options(self.sheet, self.on, due=self.due, every=None, codes=self.codes)

    @cached_property
    def as_tables_say_it(self) -> tuple[Advice, ...]:
        """This advice as tables of gaps may say it, which know no plan and perhaps no day."""
        told = self if not self.due else Advice(self.sheet, self.on, codes=self.codes)
        return (told,) if self.on is None else (told, Advice(self.sheet, codes=self.codes))

    @cached_property
    def gains(self) -> FloatArray:
        """What each option adds to the index; see `index_gains`."""
        return index_gains(self.options)

    @cached_property
    def shown(self) -> Shown:
        """Which of the options are worth a word."""
        return shown(self.options)

    def ways(self, code: str, place: int) -> tuple[Way, ...]:
        """Return the next and the last step of an item, then its proof, or what is missing."""
        found = self.options
        at = found.of(code, place)
        proof = at[found.kind[at] == KINDS.index(PROOF)]
        made = [*self._steps(code, place)]
        if not made:
            made += self._missing(code, place)
        return (*made, *(self._way(option, "only") for option in proof))

    def of_unit(self, place: int) -> list[Way]:
        """Return all advice for a unit: what can be done now, then by a day, then next year.

        Within each the most points of the index first.
        """
        codes = [node.code for node in self.sheet.criteria.leaves]
        made = [way for code in codes for way in self.ways(code, place)]
        order = ("open", "dated", "next-year", "past")
        return sorted(made, key=lambda way: (order.index(way.term), -_known(way.index_more)))

    def _steps(self, code: str, place: int) -> Iterator[Way]:
        found, told = self.options, self.shown
        group = told.group(found.sheet.row(code) * len(found.sheet.units) + place)
        if group is None:
            return
        at = told.at[told.start[group] : told.end[group]]
        if found.kind[at[0]] == KINDS.index(DATE):
            # The best day first; what a later one still earns is said beside it.
            yield self._way(at[-1], "only", at[-2::-1] if len(at) > 1 else at[:0])
            return
        first, last = told.at[told.first[group]], at[-1]
        if first != last:
            yield self._way(first, "next")
        yield self._way(last, "last" if first != last else "only")

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
            float(self.gains[at]),
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
        values = sheet.figures.values
        names = tuple(n for n in missing_inputs(rule) if np.isnan(values[code, n][place]))
        if names:
            most = float(sheet.maxima[row, place])
            yield Way(
                sheet, code, place, MISSING, ADVICE_TERMS[OPEN], "only", points=most, more=most,
                sure=False, missing=names,
            )  # fmt: skip


def missing_inputs(rule: CompiledRule) -> tuple[str, ...]:
    """Return the inputs that an open item may lack."""
    return tuple(e.name for e in rule.reported if e.name.removeprefix("@best:") in rule.names)


def _known(points: float) -> float:
    return 0.0 if np.isnan(points) else points


def ways(sheet: ScoreSheet, code: str, place: int, on: dt.date | None = None) -> tuple[Way, ...]:
    """Return the advice about one item of one unit; `Advice` keeps what it finds for all of them.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"item_code": "2", "input": "on_time", "value": 90},
    ...                         {"item_code": "2", "input": "received", "value": 100}],
    ...                        unit_code="H1", year=2026)
    >>> [(way.points, way.more) for way in ways(score(figures, "service-quality-766"), "2", 0)]
    [(20.0, 2.0)]
    """
    return Advice(sheet, on, codes=(code,)).ways(code, place)
