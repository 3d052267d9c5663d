"""Forms that raise a doubt: entered twice, copied, answered all alike, too fast, or saying nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.same_unknown import SameUnknown
from scoring.survey.instrument.model import Instrument
from scoring.survey.reading.answer_words import MISSING
from scoring.survey.reading.form_columns import TIME
from scoring.tables import columns_of

Bools = npt.NDArray[np.bool_]
Answers = npt.NDArray[np.int8]
DOUBTS = ("duplicate", "same-id", "copied", "straight-lining", "too-fast", "blank", "no-opinion")
# What may differ between a form and its copy: its id, when it was taken, what it weighs.
_OF_THE_COPY = {"form_id", "asked_on", TIME, "minutes", "weight", "file", "sheet", "cell"}
_MIXING = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class QualityLimits(SameUnknown):
    """From which point on a form, question or interviewer is pointed out.

    All values are ours; no official text that we have read gives any.

    Attributes
    ----------
    alike_questions : int
        Forms with fewer questions answered are never called copied or answered all alike.
    fast_minutes : float
        Forms that took less are too fast; NaN takes `fast_share` of the median of all forms.
    fast_share : float
    unanswered_share : float
        Share of forms without an answer from which on a question is pointed out.
    heaped_forms : int
        Forms of one interviewer that began in the same minute.
    interviewer_forms : int
        Interviewers with fewer forms are not compared.
    interviewer_level : float
        Error level of all comparisons of interviewers together, after Holm.
    interviewer_difference : float
        Smallest difference pointed out, in shares, or in steps of the scale for the spread.
    fieldwork : tuple of (date or None)
        First and last day of the interviews.
    year : int or None
        Year that the interviews were held in.
    """

    alike_questions: int = 8
    fast_minutes: float = float("nan")
    fast_share: float = 1 / 3
    unanswered_share: float = 0.10
    heaped_forms: int = 5
    interviewer_forms: int = 20
    interviewer_level: float = 0.01
    interviewer_difference: float = 0.10
    fieldwork: tuple[dt.date | None, dt.date | None] = (None, None)
    year: int | None = None

    def fastest(self, minutes: pd.Series) -> float:
        """Return the minutes below which a form is too fast; NaN where that cannot be said."""
        if np.isfinite(self.fast_minutes):
            return self.fast_minutes
        return float(minutes.median() * self.fast_share) if minutes.notna().any() else float("nan")


@dataclass(frozen=True)
class Opinions:
    """The answers to the quality questions of the commonest scale, and which hold an opinion.

    Attributes
    ----------
    places : int8 array, shape (n_forms, n_questions)
    held : bool array of the same shape
        True where an answer holds an opinion.
    satisfied : bool array of the same shape
    """

    places: Answers
    held: Bools
    satisfied: Bools

    @classmethod
    def of(cls, instrument: Instrument, answers: Answers) -> Opinions:
        """Take the quality questions out of the answers of a questionnaire."""
        quality = [q for q in instrument.questions if q.role == "quality"]
        scales = [q.scale for q in quality]
        scale = max(dict.fromkeys(scales), key=scales.count, default="")
        places = answers[:, [instrument.place_of[q.code] for q in quality if q.scale == scale]]
        options = instrument.scales.get(scale, ())
        # The last place stands for `MISSING`.
        is_answer = np.array([*(option.is_answer for option in options), False])
        satisfies = np.array([*(option.is_satisfied for option in options), False])
        return cls(places, is_answer[places], satisfies[places])


def form_flags(
    instrument: Instrument, forms: pd.DataFrame, answers: Answers, limits: QualityLimits
) -> pd.DataFrame:
    """Say of each form which of `DOUBTS` it raises.

    Parameters
    ----------
    instrument : Instrument
    forms : DataFrame
        The table ``Forms``.
    answers : int8 array, shape (n_forms, n_questions)
    limits : QualityLimits

    Returns
    -------
    DataFrame of bool, shape (n_forms, 7)
        ``duplicate``: the same form once more, the first not counted; ``same-id``: another form
        under the same id, all of them; ``copied``: all answers and the design of a form before
        it; ``straight-lining``: one answer to all quality questions; ``too-fast``; ``blank``:
        no answer at all; ``no-opinion``: answers, but none that holds an opinion.
    """
    opinions = Opinions.of(instrument, answers)
    alike = _one_answer(opinions) & (opinions.held.sum(axis=1) >= limits.alike_questions)
    said = digest(answers)
    duplicate, same_id = _twice(forms, said)
    is_blank = (answers == MISSING).all(axis=1)
    flags = {
        "duplicate": duplicate,
        "same-id": same_id,
        "copied": _copied(forms, answers, said, limits) & ~alike & ~duplicate,
        "straight-lining": alike,
        "too-fast": _too_fast(forms, limits),
        "blank": is_blank,
        "no-opinion": ~is_blank & ~_has_opinion(instrument, answers),
    }
    return pd.DataFrame(flags, index=forms.index)


def _has_opinion(instrument: Instrument, answers: Answers) -> Bools:
    found = np.zeros(len(answers), dtype=bool)
    for place, question in enumerate(instrument.questions):
        options = instrument.scales[question.scale]
        found |= np.array([*(option.is_answer for option in options), False])[answers[:, place]]
    return found


def _one_answer(opinions: Opinions) -> Bools:
    if not opinions.places.shape[1]:
        return np.zeros(len(opinions.places), dtype=bool)
    low = np.where(opinions.held, opinions.places, 127).min(axis=1)
    return np.asarray(low == np.where(opinions.held, opinions.places, -1).max(axis=1))


def digest(answers: Answers) -> npt.NDArray[np.uint64]:
    """Return a number of 64 bits for the answers of each form, the same for the same answers."""
    total = np.zeros(len(answers), dtype=np.uint64)
    # The steps of splitmix64: sums of answers alone would often agree by chance.
    for place in range(answers.shape[1]):
        total = (total ^ (answers[:, place] - MISSING).astype(np.uint64)) * _MIXING
        total ^= total >> np.uint64(29)
    return total


def _twice(forms: pd.DataFrame, said: npt.NDArray[np.uint64]) -> tuple[Bools, Bools]:
    """Return which forms stand there once more, and which share their id with another form."""
    repeated = forms["form_id"].duplicated(keep=False).to_numpy()
    duplicate, same_id = (np.zeros(len(forms), dtype=bool) for _ in range(2))
    if not repeated.any():
        return duplicate, same_id
    told = forms.loc[repeated, [n for n in forms if n not in ("file", "sheet", "cell")]]
    told = told.assign(_said=said[repeated])
    duplicate[repeated] = told.duplicated().to_numpy()
    kinds = told.drop_duplicates().groupby("form_id").size()
    same_id[repeated] = told["form_id"].map(kinds).gt(1).to_numpy()
    return duplicate, same_id


def _copied(
    forms: pd.DataFrame, answers: Answers, said: npt.NDArray[np.uint64], limits: QualityLimits
) -> Bools:
    design = [name for name in columns_of("Forms") if name in forms and name not in _OF_THE_COPY]
    key = forms[design].assign(_said=said)
    return np.asarray(key.duplicated()) & (
        (answers != MISSING).sum(axis=1) >= limits.alike_questions
    )


def _too_fast(forms: pd.DataFrame, limits: QualityLimits) -> Bools:
    if "minutes" not in forms:
        return np.zeros(len(forms), dtype=bool)
    # NaN is never below anything.
    return np.asarray(forms["minutes"] < limits.fastest(forms["minutes"]))
