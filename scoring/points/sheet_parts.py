"""What a sheet of scores may carry besides its points: sampling, and what appraisers decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named, label
from scoring.base.text import shortened
from scoring.base.units import UnitKey
from scoring.base.values import TRACKS
from scoring.rules.evaluate import FloatArray

if TYPE_CHECKING:
    from scoring.points.sheet import ScoreSheet

_SHOWN_UNITS = 12


@dataclass(frozen=True)
class Sampling:
    """What sampling leaves uncertain of points that come from surveys; made by `with_sampling`.

    Attributes
    ----------
    low, high : array, shape (n_nodes + 1, n_units)
        Ends of the interval of each node and, last, of the index; NaN where no survey figure
        stands below it, and where it has no points.
    series : object array, same shape
        The series of the survey figures at or below a node, parted by semicolons; points of two
        series do not compare.
    figures : DataFrame
        Rows of ``SurveyFigures`` whose intervals count, and ``place``, the column of their unit.
    """

    low: FloatArray
    high: FloatArray
    series: npt.NDArray[np.object_]
    figures: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Decided:
    """The tracks that appraisers' decisions make; made by `scoring.points.tracks.with_decisions`.

    Attributes
    ----------
    decisions : DataFrame
        Rows of ``Decisions`` that count, with ``row`` and ``place``, the cell of the arrays.
    sheets : mapping of str to ScoreSheet
        The sheet on each track that some decision makes.
    told : mapping of str to int array, shape (n_nodes, n_units)
        Which row of `decisions` stands behind an item on each track; -1: none.
    answered : bool array, shape (n_nodes, n_units)
        Where the unit has answered the appraisal of an item.
    """

    decisions: pd.DataFrame = field(repr=False)
    sheets: Mapping[str, ScoreSheet]
    told: Mapping[str, npt.NDArray[np.intp]] = field(repr=False)
    answered: npt.NDArray[np.bool_] = field(repr=False)


def track_name(track: str) -> Named:
    """Return a track as people know it, and the word that ``--track`` takes.

    >>> track_name("final").text("en")
    'Final (final)'
    """
    if track not in TRACKS:
        return Named(track)
    return Named(*(f"{label(f'track_{track}', lang)} ({track})" for lang in LANGUAGES))


def no_single_unit(unit: str, hits: Sequence[UnitKey], known: Sequence[UnitKey]) -> UsageError:
    """Return the error that names the units, or the periods of the unit, there are."""
    codes = dict.fromkeys(key.unit_code for key in hits or known)
    code = unit or next(iter(codes), "")
    of_unit = [key for key in known if key.unit_code == code]
    if of_unit and (unit or len(codes) == 1):
        shown = [key.when for key in of_unit[:_SHOWN_UNITS]]
        return UsageError(
            f"the unit {code} stands for {'; '.join(shown)}: name one year and period",
            Finding("unit-period-needed", unit_code=code, values={"known": shown}),
        )
    names = ", ".join(list(codes)[:_SHOWN_UNITS])
    return UsageError(
        f"no unit {shortened(unit)!r} among: {names}",
        Finding("unknown-unit", unit_code=unit, values={"known": names}),
    )
