"""The least changes that let a condition on an item's own figures hold, whatever they earn."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from scoring.advice.item_case import IntArray, ItemCase
from scoring.advice.levels import Levels
from scoring.advice.moves import ANSWER, COUNT, DATE, FIGURE, Move, divided_by
from scoring.rules.evaluate import FloatArray, evaluate
from scoring.rules.expression import YEAR, Condition, Number, YearDate, input_names, walk

Test = tuple[Condition, bool]
# A condition over more figures than these is not looked through.
_MOST_NAMES = 3
_WHOLE = ("count", "date", "rank")
# What a unit does not choose: what is divided by, who answered, what an appraiser gives.
_OTHERS = ("denominator", "responses", "points")


def condition_levels(
    case: ItemCase, made: Sequence[Levels], tests: Sequence[Test], place: int
) -> list[Levels]:
    """Return the levels of an item of one unit with the figures changed that conditions read.

    Parameters
    ----------
    case : ItemCase
    made : sequence of Levels
        What can be done about the item anyhow; each is tried with the condition as well.
    tests : sequence of (condition, wanted)
        Conditions, and whether they are to hold.
    place : int
        The unit.

    Returns
    -------
    list of Levels
        Empty where the conditions are not about figures that the unit itself moves. Which of them
        let the conditions hold is left to who asks.
    """
    own = {entry.name for entry in case.rule.spec.inputs}
    names = sorted({name for test, _ in tests for name in input_names(test)} & own)
    values = [_tried(case, name, tests, place) for name in names]
    if not names or len(names) > _MOST_NAMES or not all(values):
        return []
    wanted = np.array(list(itertools.product(*values)))
    asked = {name: wanted[:, at] for at, name in enumerate(names)}
    kind = _kind(case, names[0])
    parts = [
        _levels(
            case, Move(kind, tuple(names), np.zeros((0, 0)), _no_figures, _of_x, 0.0), asked, place
        )
    ]
    for found in made:
        at = np.flatnonzero(found.places == place)
        if not len(at) or set(found.figures) == set(names):
            continue
        # Each level with each way of meeting the conditions.
        many = {name: np.repeat(array[at], len(wanted)) for name, array in found.figures.items()}
        many |= {name: np.tile(array, len(at)) for name, array in asked.items()}
        parts.append(_levels(case, found.move, many, place, np.repeat(found.x[at], len(wanted))))
    return [part for part in parts if len(part.places)]


def _no_figures(places: IntArray, x: FloatArray) -> dict[str, FloatArray]:
    """Stand for the figures of a move, which levels from conditions hold themselves."""
    return {}


def _of_x(places: IntArray, x: FloatArray) -> FloatArray:
    return x


def _kind(case: ItemCase, name: str) -> str:
    entry = case.rule.spec.named(name)
    if entry.kind in ("yes_no", "choice"):
        return ANSWER
    return {"date": DATE, "count": COUNT}.get(entry.kind, FIGURE)


def _tried(case: ItemCase, name: str, tests: Sequence[Test], place: int) -> list[float]:
    """Return the values of a figure at which conditions may change; none where it is not the unit's."""
    spec = case.rule.spec
    entry, now = spec.named(name), float(case.values[name][place])
    if spec.kind == "survey_index" or entry.role in _OTHERS or name in divided_by(case.rule):
        return []
    # What must not have happened and has, stays so.
    is_done = np.isfinite(now) and any(
        not wanted and name in input_names(test) for test, wanted in tests
    )
    if entry.kind in ("yes_no", "choice"):
        count = 2 if entry.kind == "yes_no" else len(spec.options_of(name))
        return [now] if is_done else [float(at) for at in range(count)]
    step = 1.0 if entry.kind in _WHOLE else 0.01
    ends = [c for test, _ in tests for c in _constants(test, case.values, place)]
    tried = {round(end + way * step, 6) for end in ends for way in (-1, 0, 1)} | {now}
    high = float(case.values[entry.at_most][place]) if entry.at_most else np.inf
    low, high = np.fmax(entry.minimum, -np.inf), np.fmin(np.fmin(entry.maximum, np.inf), high)
    low = low if entry.kind == "date" or not np.isinf(low) else 0.0
    low = now if is_done and entry.kind == "count" else low
    return sorted(value for value in tried if low <= value <= high or value == now)


def _constants(test: Condition, values: Mapping[str, FloatArray], place: int) -> list[float]:
    parts = [part for part in walk(test) if isinstance(part, Number | YearDate)]
    return [float(np.broadcast_to(evaluate(part, values), len(values[YEAR]))[place])
            for part in parts]  # fmt: skip


def _levels(
    case: ItemCase, move: Move, figures: Mapping[str, FloatArray], place: int,
    x: FloatArray | None = None,
) -> Levels:  # fmt: skip
    """Return the levels that figures come to, without those that change nothing."""
    count = len(next(iter(figures.values())))
    now = {name: case.values[name][place] for name in figures}
    moved = np.any([figures[name] != now[name] for name in figures], axis=0)
    places: IntArray = np.full(count, place, dtype=np.intp)
    points = case.rounded(case.earned(places, figures))
    kept = moved & ~np.isnan(points)
    own = {name: array[kept] for name, array in figures.items()}
    size = np.nansum([np.abs(own[name] - now[name]) for name in own], axis=0)
    told = figures[move.names[0]] if x is None else x
    return Levels(
        move, places[kept], told[kept], points[kept], size, own, np.ones(kept.sum(), dtype=bool)
    )
