"""Which units of a league the sampling error of surveys lets nobody tell apart, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.base.labels import label
from scoring.base.units import UnitKey, names_apart
from scoring.points import ScoreSheet
from scoring.points.places import RANKED_WITHIN
from scoring.points.rank_sets import rank_sets

_NAMED = 3  # more units are counted, not named
# Every unit is compared with every other of its block; beyond this a table would wait for it.
_MOST_COMPARED = 3000


@dataclass(frozen=True, slots=True)
class Alike:
    """Between which ranks a unit lies, as ``1–3``, and the units it cannot be told apart from."""

    ranks: str
    names: str


@dataclass(frozen=True, slots=True)
class ToldApart:
    """Who cannot be told apart in a run.

    Attributes
    ----------
    rows : mapping of UnitKey to Alike
        The units that others are not told apart from; empty where surveys leave no doubt.
    note : str
        How to read it, or why nobody can say; empty where there is nothing to say.
    """

    rows: Mapping[UnitKey, Alike] = field(default_factory=dict)
    note: str = ""


def told_apart(sheet: ScoreSheet, lang: str = "vi") -> ToldApart:
    """Return the units of each block and period that surveys do not tell apart.

    Examples
    --------
    >>> import pandas as pd
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> told_apart(scoring.score(pd.read_csv(example), "department-sample")).note
    ''
    """
    if sheet.sampling is None or len(sheet.units) < 2:
        return ToldApart()
    if sheet.sampling.figures["confidence_percent"].isna().any():
        return ToldApart(note=label("league_alike_unknown", lang))
    if (size := int(sheet.units.groupby(RANKED_WITHIN).size().max())) > _MOST_COMPARED:
        return ToldApart(note=label("league_alike_many", lang, count=size, most=_MOST_COMPARED))
    sets = rank_sets(sheet)
    assert sets is not None
    names = names_apart(sheet.units)
    rows = {
        sheet.keys[place]: Alike(
            f"{sets.first[place]}–{sets.last[place]}", _named([names[at] for at in others], lang)
        )
        for place, others in enumerate(sets.alike)
        if len(others)
    }
    return ToldApart(rows, label("league_alike_note", lang) if rows else "")


def _named(names: list[str], lang: str) -> str:
    said = "; ".join(names[:_NAMED])
    left = len(names) - _NAMED
    return said if left <= 0 else label("league_alike_more", lang, names=said, count=left)
