"""How the answers of a scale lie around its middle, and how each of them is filled."""

from __future__ import annotations

from typing import NamedTuple

from scoring.outputs.theme import ROLES, Fill
from scoring.survey.instrument.model import AnswerOption, Instrument

_LOW, _MIDDLE, _HIGH = (
    ("answer-lowest", "answer-low"),
    "answer-middle",
    ("answer-high", "answer-highest"),
)
_NONE = ("answer-none", "answer-silent")


class Sides(NamedTuple):
    """The answers of a scale from the least to the most satisfied, parted at its middle.

    Attributes
    ----------
    left, middle, right : tuple of AnswerOption
        Not satisfied; the neutral answer, where the scale has one; satisfied.
    apart : tuple of AnswerOption
        What is said without an opinion, such as "does not know".
    """

    left: tuple[AnswerOption, ...]
    middle: tuple[AnswerOption, ...]
    right: tuple[AnswerOption, ...]
    apart: tuple[AnswerOption, ...]

    @property
    def scale(self) -> tuple[AnswerOption, ...]:
        """The answers that hold an opinion, from the least to the most satisfied."""
        return self.left + self.middle + self.right

    def roles(self) -> dict[str, str]:
        """Return the role of each answer, by its code, in the order of the scale."""
        last = len(self.right) - 1
        return {
            **{option.code: _LOW[place > 0] for place, option in enumerate(self.left)},
            **{option.code: _MIDDLE for option in self.middle},
            **{option.code: _HIGH[place == last] for place, option in enumerate(self.right)},
            **{option.code: _NONE[place > 0] for place, option in enumerate(self.apart)},
        }

    def fills(self) -> dict[str, Fill]:
        """Return how each answer is filled, by its code."""
        return {code: ROLES[role] for code, role in self.roles().items()}

    def names(self, lang: str) -> dict[str, str]:
        """Return the words of each answer, by its code, in the order of the scale."""
        return {option.code: option.name(lang) for option in self.scale + self.apart}


def main_scale(instrument: Instrument) -> str:
    """Return the name of the scale that most questions of the index share."""
    used = [question.scale for question in instrument.questions if question.role != "other"]
    return max(dict.fromkeys(used), key=used.count, default="")


def sides_of(options: tuple[AnswerOption, ...]) -> Sides:
    """Part the answers of a scale, whichever way round the form has them.

    Examples
    --------
    >>> scale = [AnswerOption(c, c, c, is_satisfied=c in "45") for c in "54321"]
    >>> parts = sides_of((*scale, AnswerOption("9", "", "", False, is_answer=False)))
    >>> ["".join(option.code for option in part) for part in parts]
    ['12', '3', '45', '9']
    """
    scale = [option for option in options if option.is_answer]
    if scale and scale[0].is_satisfied and not scale[-1].is_satisfied:
        scale = scale[::-1]
    right = tuple(option for option in scale if option.is_satisfied)
    rest = tuple(option for option in scale if not option.is_satisfied)
    # The middle of an odd scale is neutral: on each side of it there are as many answers.
    has_middle = len(scale) % 2 == 1 and len(rest) == len(right) + 1
    left, middle = (rest[:-1], rest[-1:]) if has_middle else (rest, ())
    return Sides(left, middle, right, tuple(o for o in options if not o.is_answer))
