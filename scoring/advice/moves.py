"""What of an item a unit can move: one figure, a checklist, the answers of a survey.

The rule's own roles say which: the numerator and not the denominator, the day of the deed and not
the day it is due. In a formula every figure may move that nothing is divided by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from scoring.advice.item_case import IntArray, ItemCase
from scoring.rules import CompiledRule
from scoring.rules import expression as ex
from scoring.rules.evaluate import FloatArray, evaluate
from scoring.rules.expression.lines import Moved
from scoring.rules.spec import InputSpec

FIGURE, COUNT, DATE, ANSWER, PROOF, DECISION, SURVEY = (
    "figure", "count", "date", "answer", "proof", "decision", "survey",
)  # fmt: skip
# The roles of which a unit, an interviewer or an appraiser moves the figure, and what it is then.
KIND_OF_ROLE = {
    "numerator": FIGURE, "percent": FIGURE, "value": FIGURE, "count": COUNT, "cases": COUNT,
    "done_on": DATE, "answer": ANSWER, "points": DECISION,
}  # fmt: skip
# People write percents and values with two decimals.
_HUNDREDTH = 0.01
_NOISE = 1e-6
# A figure whose rule is curved is tried value by value, so many at most.
_MOST_TRIED = 400
Figures = Callable[[IntArray, FloatArray], dict[str, FloatArray]]
Size = Callable[[IntArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Move:
    """A way of moving an item, along one number `x` per unit.

    Attributes
    ----------
    kind : str
        One of the constants above.
    names : tuple of str
        The inputs that change with `x`.
    tried : array, shape (n_tried, n_units)
        Values of `x` at which the points may change; NaN where a unit has fewer.
    figures, size : callable
        The inputs and the size of the change for units at some places and values of `x`.
    grid : float
        Between two values of `x`; 0 where there is nothing between those tried.
    """

    kind: str
    names: tuple[str, ...]
    tried: FloatArray
    figures: Figures
    size: Size
    grid: float


def moves(case: ItemCase, most_roundings: int = 4000, first: int = 0) -> Iterator[Move]:
    """Yield the ways in which an item can be moved, of its figures from the place `first` on."""
    spec = case.rule.spec
    if spec.with_role("condition"):
        yield _checklist(case)
    elif spec.with_role("responses"):
        yield _responses(case)
    else:
        for entry, kind in islice(movable(case.rule), first, None):
            yield _single(case, entry, kind, most_roundings)


def movable(rule: CompiledRule) -> Iterator[tuple[InputSpec, str]]:
    """Yield the figures of an item that may move one at a time, and what each of them is."""
    spec = rule.spec
    if spec.kind != "formula":
        for entry in spec.inputs:
            if entry.role in KIND_OF_ROLE:
                yield entry, SURVEY if spec.kind == "survey_index" else KIND_OF_ROLE[entry.role]
        return
    stays = divided_by(rule)
    for entry in spec.inputs:
        if entry.name in rule.names and entry.name not in stays:
            yield entry, ANSWER if entry.kind == "yes_no" else FIGURE


def divided_by(rule: CompiledRule) -> set[str]:
    """Return the inputs that the points of an item are divided by, which stay as they are."""
    divisors = [part.right for part in ex.walk(rule.points) if isinstance(part, ex.Divide)]
    return {name for divisor in divisors for name in ex.input_names(divisor)}


def _single(case: ItemCase, entry: InputSpec, kind: str, most_roundings: int) -> Move:
    name, now = entry.name, case.values[entry.name]
    grid = 1.0 if entry.kind not in ("number", "percent") else _HUNDREDTH
    low, high = _limits(case, entry)
    # What was not done yet is easier the later it has to be; a missing figure starts at its least.
    start = np.where(np.isfinite(low), low, 0.0)
    start = np.where(np.isfinite(now), now, high if kind == DATE else start)
    tried = _tried(case, name, grid, (low, high, start), most_roundings)

    def size(places: IntArray, x: FloatArray) -> FloatArray:
        if kind == ANSWER:
            return np.ones(len(x))
        return np.abs(x - start[places]) + (~np.isfinite(now[places]) if kind == DATE else 0.0)

    is_listed = kind in (ANSWER, DATE)
    return Move(kind, (name,), tried, lambda _, x: {name: x}, size, 0.0 if is_listed else grid)


def _limits(case: ItemCase, entry: InputSpec) -> tuple[FloatArray, FloatArray]:
    """Return between what a figure may lie, by its own limits and the other figures."""
    values, spec, now = case.values, case.rule.spec, case.values[entry.name]
    low, high = (np.full(len(now), end) for end in (entry.minimum, entry.maximum))
    if entry.kind in ("yes_no", "choice"):
        options = 2 if entry.kind == "yes_no" else len(spec.options_of(entry.name))
        return np.zeros(len(now)), np.full(len(now), options - 1.0)
    if entry.kind == "date":
        return _first_day(case, entry.name), _last_day(case, entry.name)
    if entry.at_most:
        high = np.fmin(high, values[entry.at_most])
    for other in spec.inputs:
        if other.at_most == entry.name:
            low = np.fmax(low, values[other.name])
    if entry.name in case.rule.peer_inputs:
        # Whoever is the best gives the measure: to fall behind himself would move it.
        low = np.fmax(low, now)
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def _first_day(case: ItemCase, name: str) -> FloatArray:
    """Return the first day that can be meant at all."""
    days = [check.days[0] for check in case.rule.checks if check.days and check.input == name]
    first = evaluate(days[0], case.values) if days else -np.inf
    return np.broadcast_to(first, np.shape(case.now)).astype(np.float64)


def _last_day(case: ItemCase, name: str) -> FloatArray:
    """Return the last day worth a word: the end of the year, or the last step of lateness."""
    last = np.asarray(evaluate(ex.YearDate(0, 12, 31), case.values))
    edges = _edges(case, name)
    return np.fmax(last, np.fmax.reduce(edges, axis=0) + 1) if len(edges) else last


def _edges(case: ItemCase, name: str) -> FloatArray:
    moved = Moved(name, case.values)
    found = case.edges(moved)
    return np.array(found) if found else np.full((0, len(case.now)), np.nan)


def _tried(
    case: ItemCase,
    name: str,
    grid: float,
    ends: tuple[FloatArray, FloatArray, FloatArray],
    most_roundings: int,
) -> FloatArray:
    """Return the figures at, just below and just above each edge of the rule, and the limits."""
    low, high, start = ends
    moved = Moved(name, case.values)
    found = case.edges(moved)
    edges = np.array([*found, low, high, start])
    edges[~np.isfinite(edges)] = np.nan
    if any(isinstance(part, ex.Round) for part in ex.walk(case.rule.points)):
        # Beyond what the rule still looks at nothing is rounded.
        inside = np.clip(np.array([*(found or (low, high)), start]), low, high)
        window = np.fmin.reduce(inside, axis=0), np.fmax.reduce(inside, axis=0)
        rounding = Moved(name, case.values, window, most_roundings)
        edges = np.array([*edges, *case.edges(rounding)])
    if moved.is_blind:
        edges = np.concatenate([edges, _all_between(start, low, high, grid)])
    nearest = np.round(edges / grid)
    steps = np.concatenate([nearest - 1, nearest, nearest + 1])
    tried = np.concatenate([_on_grid(steps, grid), [low, high]])
    tried[~((tried >= low) & (tried <= high) & np.isfinite(tried))] = np.nan
    return tried


def _on_grid(steps: FloatArray, grid: float) -> FloatArray:
    # Division gives the double that people write: 33.34 and not the one beside it.
    return steps if grid == 1.0 else steps / round(1 / grid)


def _all_between(start: FloatArray, low: FloatArray, high: FloatArray, grid: float) -> FloatArray:
    """Return every figure around `start`, for a rule that is curved in it."""
    first = np.fmax(low, start - _MOST_TRIED // 2 * grid)
    last = np.fmin(high, first + _MOST_TRIED * grid)
    steps = first + grid * np.arange(_MOST_TRIED + 1)[:, None]
    return np.where(steps <= last, steps, np.nan)


def _checklist(case: ItemCase) -> Move:
    """Say yes to as many more conditions as `x`, what is not answered first; no, for a penalty."""
    names = tuple(entry.name for entry in case.rule.spec.with_role("condition"))
    met, wanted = np.array([case.values[name] for name in names]), 1.0 if case.sign > 0 else 0.0
    is_open = np.isnan(met)
    others = is_open.sum(axis=0) + np.cumsum(~is_open & (met != wanted), axis=0)
    order = np.where(is_open, np.cumsum(is_open, axis=0), others)
    tried = np.arange(1.0, len(names) + 1)[:, None] + np.zeros(met.shape[1])
    tried[tried > (met != wanted).sum(axis=0)] = np.nan

    def figures(places: IntArray, x: FloatArray) -> dict[str, FloatArray]:
        turned = (order[:, places] <= x) & (met[:, places] != wanted)
        return dict(zip(names, np.where(turned, wanted, met[:, places]), strict=True))

    return Move(ANSWER, names, tried, figures, lambda _, x: x, 0.0)


def _responses(case: ItemCase) -> Move:
    """Let `x` of those who answered worst answer best; nobody more is asked."""
    spec = case.rule.spec
    weights = {e.name: spec.options_of(e.name)[0].weight_percent for e in spec.inputs}
    names = tuple(sorted(weights, key=lambda name: case.sign * weights[name]))
    given = np.array([case.values[name] for name in names])
    before = np.cumsum(given, axis=0) - given

    def figures(places: IntArray, x: FloatArray) -> dict[str, FloatArray]:
        left = np.clip(x - before[:-1][:, places], 0.0, given[:-1][:, places])
        now = given[:, places]
        moved = np.concatenate([now[:-1] - left, [now[-1] + x]])
        return dict(zip(names, moved, strict=True))

    tried = np.concatenate([before[1:], before[1:] + 1.0, np.ones((1, given.shape[1]))])
    tried[~((tried >= 1.0) & (tried <= before[-1]))] = np.nan
    return Move(SURVEY, names, tried, figures, lambda _, x: x, 1.0)
