"""A questionnaire: what is asked, what may be answered, and the ways of counting it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scoring.base.displayed import Displayed


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """One answer of a scale.

    Attributes
    ----------
    code : str
        What an entry workbook or a file of responses holds, such as ``5``.
    name_vi, name_en : str
        The answer in words.
    is_satisfied : bool
        Whether it counts as satisfied.
    is_answer : bool
        False for "does not know" and "declines": said, but no opinion.
    weight_percent : float
        What the answer is worth where options are weighted, 0 to 100; NaN where it is not.
    """

    code: str
    name_vi: str
    name_en: str
    is_satisfied: bool
    is_answer: bool = True
    weight_percent: float = float("nan")


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of satisfaction, such as access, within an aspect of the questionnaire."""

    code: str
    name_vi: str
    name_en: str
    aspect: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes
    ----------
    code : str
    factor : str
        Code of its factor; empty for a question outside the index.
    text_vi, text_en : str
    scale : str
        Name of the scale that its answers come from.
    role : str
        ``quality`` (counts in its factor), ``overall`` (satisfaction on the whole) or ``other``.
    source : str
    """

    code: str
    factor: str
    text_vi: str
    text_en: str
    scale: str
    role: str = "quality"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Weighting:
    """A way of making the index of the answers.

    Attributes
    ----------
    code : str
    counts : str
        What an answer is worth: ``satisfied`` (1 or 0) or ``weights`` (`weight_percent`).
    combine : str
        How questions make the whole: ``pooled`` (all answers together), ``mean_of_factors``,
        ``weighted_factors`` or ``overall_question``.
    factor_weights : tuple of (str, float)
        Weights by factor code, for ``weighted_factors``.
    status : str
        ``official``, ``observed`` or ``sample``.
    source, note_vi, note_en : str
    """

    code: str
    counts: str
    combine: str
    status: str
    source: str
    factor_weights: tuple[tuple[str, float], ...] = ()
    note_vi: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Instrument(Displayed):
    """A questionnaire and everything that is needed to count it.

    Attributes
    ----------
    instrument_id, version : str
        Responses carry both; those of another version are not counted in silence.
    series : str
        Results of one series may stand in one trend; a changed method begins another.
    name_vi, name_en, status, source : str
    factors, questions, weightings : tuple
        In the order of the form.
    scales : dict of str to tuple of AnswerOption
    groups : dict of str to (str, str)
        Respondent groups: code to Vietnamese and English name.
    caveats : tuple of (str, str)
    """

    instrument_id: str
    version: str
    series: str
    name_vi: str
    name_en: str
    status: str
    source: str
    factors: tuple[Factor, ...]
    questions: tuple[Question, ...]
    scales: dict[str, tuple[AnswerOption, ...]]
    weightings: tuple[Weighting, ...]
    groups: dict[str, tuple[str, str]]
    caveats: tuple[tuple[str, str], ...] = ()

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Where a question stands among `questions`, by its code."""
        return {question.code: place for place, question in enumerate(self.questions)}

    def weighting(self, code: str = "") -> Weighting:
        """Return a way of counting by its code; the first one where none is named.

        Raises
        ------
        KeyError
            Where the questionnaire has no such way.
        """
        ways = {way.code: way for way in self.weightings}
        return ways[code] if code else self.weightings[0]
