"""A rule ready to use: its expression, its checks of the figures, and its three faces."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scoring.base.labels import LANGUAGES, label
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.rules import expression as ex
from scoring.rules.evaluate import (
    TOLERANCE,
    FloatArray,
    Values,
    best_name,
    evaluate,
    holds,
)
from scoring.rules.excel import ExcelInput, ExcelPen
from scoring.rules.figure_checks import Fault, InputCheck, checks_on, ends_of, failed
from scoring.rules.kinds import RULE_KINDS
from scoring.rules.kinds.rule_kind import RuleKind
from scoring.rules.sentence_pen import TextPen
from scoring.rules.span import Limits, Span
from scoring.rules.spec import InputSpec, RuleSpec


@dataclass(frozen=True, slots=True)
class Outcome:
    """Points and status of one item for all units.

    `points` is NaN unless the status is scored; `status` holds the codes of
    `scoring.base.values`.

    Examples
    --------
    >>> done = InputSpec("done", "count", "numerator", at_most="planned")
    >>> both = (done, InputSpec("planned", "count", "denominator"))
    >>> told = {"done": np.array([3.0, np.nan, 5.0]), "planned": np.full(3, 4.0)}
    >>> outcome = compile_rule(RuleSpec("1.1", "ratio", 2.0, both)).score(told, 3)
    >>> outcome.points.tolist(), outcome.status.tolist() == [SCORED, NOT_ASSESSED, INVALID]
    ([1.5, nan, nan], True)
    >>> [(fault.check.code, fault.units.tolist()) for fault in outcome.faults]
    [('numerator-above-denominator', [False, False, True])]
    """

    points: FloatArray
    status: npt.NDArray[np.int8]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class CompiledRule:
    """One item's rule in its three faces; made by `compile_rule`.

    Examples
    --------
    >>> from scoring.rules import RULE_KINDS, compile_rule
    >>> rule = compile_rule(RULE_KINDS["ratio"].example.spec)
    >>> told = {"satisfied": np.array([45.0]), "received": np.array([100.0])}
    >>> rule.names, rule.score(told, 1).points.tolist()
    (('received', 'satisfied'), [3.0])
    """

    spec: RuleSpec
    kind: RuleKind
    points: ex.Numeric
    zero: ex.Condition | None
    checks: tuple[InputCheck, ...]
    grade_checks: tuple[InputCheck, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs the rule reads, all of them required."""
        return ex.input_names(self.points)

    @cached_property
    def peer_inputs(self) -> tuple[str, ...]:
        """Names of the inputs whose best value in the block must be supplied."""
        parts = ex.walk(self.points)
        return tuple(sorted({part.name for part in parts if isinstance(part, ex.PeerBest)}))

    @cached_property
    def reported(self) -> tuple[InputSpec, ...]:
        """The figures a unit may report: the inputs, each followed by its peers' best value."""
        peers = self.peer_inputs
        each = ((e, _best_of(e)) if e.name in peers else (e,) for e in self.spec.inputs)
        return tuple(entry for entries in each for entry in entries)

    @cached_property
    def _days_of_year(self) -> tuple[ex.YearDate, ...]:
        """The due dates that are known only where the assessment year is."""
        return tuple(part for part in ex.walk(self.points) if isinstance(part, ex.YearDate))

    def score(self, values: Values, n_units: int) -> Outcome:
        """Compute points and status for all units at once.

        Parameters
        ----------
        values : mapping of str to array, shape (n_units,)
            One array per input, NaN where not reported (see `scoring.rules.evaluate`).
        n_units : int

        Returns
        -------
        Outcome
        """
        points = evaluate(self.points, values)
        if np.shape(points) != (n_units,):
            points = np.full(n_units, points)
        assert isinstance(points, np.ndarray)
        if self._is_clean(points, values):
            return Outcome(points, np.zeros(n_units, dtype=np.int8))
        return self._explained(points, values)

    def _is_clean(self, points: FloatArray, values: Values) -> bool:
        """Say quickly, mostly from the extremes, that every unit is scored without a fault."""
        if not len(points) or not (points.min() >= 0.0 and points.max() <= self.spec.max_points):
            return False
        ends = {name: ends_of(values[name]) for name in self.names}
        # Conditions are false on NaN, so a missing figure could reach the lowest band.
        if any(math.isnan(low) for low, _ in ends.values()):
            return False
        if not all(check.passes(values, ends) for check in self._asked(values)):
            return False
        if any(np.isnan(evaluate(day, values)).any() for day in self._days_of_year):
            return False
        return self.open_zero is None or not np.any(holds(self.open_zero, values))

    def grade_faults(self, values: Values) -> tuple[Fault, ...]:
        """Return what is wrong with the figures that only the conditions of grades read."""
        return failed(self.grade_checks, values)

    def checks_of(self, names: Collection[str]) -> tuple[InputCheck, ...]:
        """Return the checks of the inputs called `names`, whether points depend on them or not."""
        every = (*self.checks, *self.grade_checks)
        return tuple(check for check in every if check.input in names)

    def faults_of(self, names: Collection[str], values: Values) -> tuple[Fault, ...]:
        """Return what is wrong with the figures called `names`, which a condition of a grade reads."""
        return failed(self.checks_of(names), values)

    def _asked(self, values: Values) -> Iterator[InputCheck]:
        """Yield the checks that the figures allow: without years no day is held against them."""
        return (check for check in self.checks if check.days is None or ex.YEAR in values)

    def _explained(self, points: FloatArray, values: Values) -> Outcome:
        missing = np.zeros(len(points), dtype=bool)
        for name in (*self.names, *map(best_name, self.peer_inputs)):
            missing |= np.isnan(values[name])
        for day in self._days_of_year:
            missing |= np.isnan(evaluate(day, values))
        slack = TOLERANCE * max(1.0, self.spec.max_points)
        beyond = (points > self.spec.max_points + slack) | (points < -slack)
        status = np.where(np.isnan(points) | beyond, INVALID, SCORED).astype(np.int8)
        if self.open_zero is not None:
            at_zero = np.asarray(holds(self.open_zero, values))
            status[at_zero] = _ZERO_STATUS.get(self.spec.zero_denominator, INVALID)
        status[missing] = NOT_ASSESSED
        faults = failed(self._asked(values), values)
        for fault in faults:
            status[fault.units] = INVALID
        kept = np.clip(points, 0.0, self.spec.max_points)
        return Outcome(np.where(status == SCORED, kept, np.nan), status, faults)

    @cached_property
    def open_zero(self) -> ex.Condition | None:
        """The condition that leaves the item open for want of a base; None where none does.

        It rules wherever the divisor stands in the expression: in a condition a quotient without
        a base would be false, and the lowest band would answer for it.
        """
        return self.zero if self.spec.zero_denominator not in _ANSWERED_POLICIES else None

    @property
    def span(self) -> Span:
        """The lowest and the highest points that valid figures can earn.

        Examples
        --------
        >>> compile_rule(RULE_KINDS["choice"].example.spec).span
        Span(low=0.0, high=1.0)
        """
        return self.points.span(Limits(self.spec))

    def excel_formula(self, cells: Mapping[str, ExcelInput]) -> str:
        """Return the formula that gives the points, or an empty text while they are open.

        Parameters
        ----------
        cells : mapping of str to ExcelInput
            Where the workbook keeps each input, the year (`expression.YEAR`) and, for peers, the
            best value (`evaluate.best_name`).

        Returns
        -------
        str
            A formula without its leading ``=``.
        """
        pen = ExcelPen(cells, limits=Limits(self.spec))
        body = pen.write(self.points)
        if not self.kind.bounded(self.spec):
            body = f'IF(AND({body}>=0,{body}<={pen.number(self.spec.max_points)}),{body},"")'
        if self.open_zero is not None:
            body = f'IF({_zero_test(pen, self.open_zero)},"",{body})'
        if self._valid is not None:
            body = f'IF({pen.write(self._valid)},{body},"")'
        return f'IF({pen.filled(self._needed)},{body},"")' if self._needed else body

    def excel_not_applicable(self, cells: Mapping[str, ExcelInput]) -> str | None:
        """Return the condition that makes the item not applicable by itself; None if none does."""
        if self.zero is None or self.spec.zero_denominator != "not_applicable":
            return None
        pen = ExcelPen(cells)
        test = _zero_test(pen, self.zero)
        if self._valid is not None:
            test = f"IF({pen.write(self._valid)},{test},FALSE)"
        return f"IF({pen.filled(self._needed)},{test},FALSE)"

    @property
    def _needed(self) -> list[str]:
        """Names of the cells without which a workbook shows no points."""
        by_year = self._days_of_year or any(check.days for check in self.checks)
        year = [ex.YEAR] if by_year else []
        return [*self.names, *map(best_name, self.peer_inputs), *year]

    @property
    def _valid(self) -> ex.Condition | None:
        """The condition that every figure passes its checks; None where there is none."""
        return _joined(ex.All, tuple(check.condition for check in self.checks))

    def sentence(self, lang: str = "vi") -> str:
        """Return the rule as a sentence."""
        if lang not in self._sentences:
            self._sentences[lang] = self.kind.sentence(self.spec, lang)
        return self._sentences[lang]

    @cached_property
    def _sentences(self) -> dict[str, str]:
        """The sentences that were written, by language: each page of a unit has them all."""
        return {}

    def arithmetic(self, values: Mapping[str, float], lang: str = "vi") -> str:
        """Return the calculation with the figures of one unit in place of the names."""
        return TextPen(self.spec, lang, values).write(self.points)


_ZERO_STATUS = {"not_assessed": NOT_ASSESSED, "not_applicable": NOT_APPLICABLE}
_ANSWERED_POLICIES = ("full", "zero")


def _best_of(entry: InputSpec) -> InputSpec:
    """Return the figure that is the largest value of `entry` among the units of the block."""
    vi, en = (label("ledger_peer_best", lang, name=entry.label(lang)) for lang in LANGUAGES)
    name = best_name(entry.name)
    return replace(entry, name=name, role="", label_vi=vi, label_en=en, at_most="")


def compile_rule(spec: RuleSpec) -> CompiledRule:
    """Make an item's rule ready to compute, print and export.

    Parameters
    ----------
    spec : RuleSpec
        A checked item (see `scoring.rules.rule_check.check_rule`).

    Returns
    -------
    CompiledRule

    Raises
    ------
    KeyError
        When the rule kind does not exist.
    FormulaError
        When its formula is refused.

    Examples
    --------
    >>> example = RULE_KINDS["ratio"].example
    >>> rule = compile_rule(example.spec)
    >>> arrays = {name: np.array([value]) for name, value in example.values.items()}
    >>> float(rule.score(arrays, 1).points[0])
    5.4
    """
    kind = RULE_KINDS[spec.kind]
    points = kind.points(spec)
    quotients = (part for part in ex.walk(points) if isinstance(part, ex.Divide))
    open_divisors = dict.fromkeys(
        part.right
        for part in quotients
        if part.when_zero is None and not isinstance(part.right, ex.Number)
    )
    tests = tuple(ex.Compare("=", divisor, ex.Number(0.0)) for divisor in open_divisors)
    zero = _joined(ex.Either, tests)
    if zero is not None and spec.zero_denominator in _ANSWERED_POLICIES:
        instead = spec.max_points if spec.zero_denominator == "full" else 0.0
        points = ex.If(zero, ex.Number(instead), points)
    read = set(ex.input_names(points))
    by_use: dict[bool, list[InputCheck]] = {True: [], False: []}
    for entry in spec.inputs:
        by_use[entry.name in read] += checks_on(spec, entry)
    return CompiledRule(spec, kind, points, zero, tuple(by_use[True]), tuple(by_use[False]))


def _zero_test(pen: ExcelPen, zero: ex.Condition) -> str:
    text = pen.write(zero)
    # One divisor may hold another that is zero itself, which is an error rather than a number.
    return f"IFERROR({text},TRUE)" if isinstance(zero, ex.Either) else text


def _joined(
    join: type[ex.All | ex.Either], conditions: tuple[ex.Condition, ...]
) -> ex.Condition | None:
    """Return the conditions as one; None where there is none."""
    return join(conditions) if len(conditions) > 1 else next(iter(conditions), None)
