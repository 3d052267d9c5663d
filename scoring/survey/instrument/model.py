"""A questionnaire: what is asked, what may be answered, and the ways of counting it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scoring.base.displayed import Displayed
from scoring.base.same_unknown import SameUnknown


@dataclass(frozen=True, slots=True, eq=False)
class AnswerOption(SameUnknown):
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
    status, source : str
        As in every part of a questionnaire: ``official``, ``observed`` or ``sample``, and where
        the row comes from.
    """

    code: str
    name_vi: str
    name_en: str
    is_satisfied: bool
    is_answer: bool = True
    weight_percent: float = float("nan")
    status: str = "sample"
    source: str = ""

    def name(self, lang: str = "vi") -> str:
        """Return the answer in words."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi


@dataclass(frozen=True, slots=True)
class Aspect:
    """A part of the form, such as needs and expectations."""

    code: str
    name_vi: str
    name_en: str
    status: str = "sample"
    source: str = ""

    def name(self, lang: str = "vi") -> str:
        """Return its name; the Vietnamese one where it has no other."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of satisfaction, such as access, within an aspect of the questionnaire."""

    code: str
    name_vi: str
    name_en: str
    aspect: str = ""
    status: str = "sample"
    source: str = ""

    def name(self, lang: str = "vi") -> str:
        """Return its name; the Vietnamese one where it has no other."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi


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
    aspect : str
        Code of the aspect it is asked in; empty where its factor says so.
    status, source : str
    """

    code: str
    factor: str
    text_vi: str
    text_en: str
    scale: str
    role: str = "quality"
    source: str = ""
    aspect: str = ""
    status: str = "sample"

    def text(self, lang: str = "vi") -> str:
        """Return the question; in Vietnamese where it has no other wording."""
        return (self.text_en if lang == "en" else self.text_vi) or self.text_vi


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
    aspects, factors, questions, weightings : tuple
        In the order of the form.
    scales : dict of str to tuple of AnswerOption
    groups : dict of str to (str, str)
        Respondent groups: code to Vietnamese and English name.
    caveats : tuple of (str, str)
        What a reader must know, in Vietnamese and English.
    purpose_vi, purpose_en : str
        What the survey is for, as the head of the form says.
    place : str
        The folder it was read from.
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
    aspects: tuple[Aspect, ...] = ()
    purpose_vi: str = ""
    purpose_en: str = ""
    place: str = ""

    def name(self, lang: str = "vi") -> str:
        """Return its name; the Vietnamese one where it has no other."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi

    @cached_property
    def fingerprint(self) -> str:
        """Digest (16 letters) of what is asked and may be answered, and of nothing else.

        Forms carry it, so that those of a changed questionnaire are known even where its version
        was not raised. Ways of counting, notes and sources may change without it.
        """
        asked = [[q.code, q.text_vi, q.scale] for q in self.questions]
        answers = {
            name: [[option.code, option.name_vi, option.is_answer] for option in options]
            for name, options in self.scales.items()
        }
        whole = [self.instrument_id, asked, answers, self.groups]
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def aspect_of(self, question: Question) -> str:
        """Return the code of the aspect that a question is asked in; empty where it has none."""
        factors = {factor.code: factor.aspect for factor in self.factors}
        return question.aspect or factors.get(question.factor, "")

    def sections(self) -> Iterator[tuple[Aspect | None, tuple[Question, ...]]]:
        """Yield the parts of the form with their questions, those without a part last."""
        for aspect in (*self.aspects, None):
            code = aspect.code if aspect else ""
            asked = tuple(q for q in self.questions if self.aspect_of(q) == code)
            if asked:
                yield aspect, asked

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
