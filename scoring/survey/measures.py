"""What is estimated of the answers: the index, factors, questions and the shares of answers.

Each measure is a ratio: what the answers are worth over how many hold an opinion. "Does not know"
and "declines" hold none; their own share is of all who said anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from scoring.base.values import INDEX_CODE
from scoring.survey.estimation.cluster_totals import Adding, ClusterTotals
from scoring.survey.instrument.model import Instrument, Question, Weighting
from scoring.survey.responses import Responses

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table ``Estimates`` for each domain.

    Attributes
    ----------
    kind : str
        One of `scoring.base.values.MEASURES`.
    code : str
        Of the factor or question; ``INDEX`` for the index.
    answer : str
        Code of the answer; empty where it is not the share of one.
    is_score : bool
        True where an answer may be worth something between nothing and all, or a form gives
        several answers: no share of forms, so an interval takes it as a score.
    """

    kind: str
    code: str
    answer: str = ""
    is_score: bool = False


@dataclass(frozen=True)
class Block:
    """Measures that are estimated in one go.

    Attributes
    ----------
    measures : tuple of Measure
    totals : callable
        Adds the measures up over the domains of an `Adding` of the forms from one place up to
        another.
    parts : tuple of (Measure, tuple of float)
        Measures that are sums of the ratios of the others, and the weight of each.
    """

    measures: tuple[Measure, ...]
    totals: Callable[[Adding, int, int], ClusterTotals]
    parts: tuple[tuple[Measure, tuple[float, ...]], ...] = ()


def index_block(responses: Responses, weighting: Weighting) -> Block:
    """Return the index and its factors.

    Parameters
    ----------
    responses : Responses
    weighting : Weighting
        ``pooled``: all answers to quality questions together. ``mean_of_factors`` and
        ``weighted_factors``: sums of the factors' ratios. ``overall_question``: the answers to
        the questions on satisfaction as a whole.
    """
    instrument = responses.instrument
    quality = [question for question in instrument.questions if question.role == "quality"]
    overall = [question for question in instrument.questions if question.role == "overall"]
    asked = {
        factor.code: [question for question in quality if question.factor == factor.code]
        for factor in instrument.factors
    }
    groups = {
        Measure("factor", code, is_score=True): questions
        for code, questions in asked.items()
        if questions
    }
    index = Measure("index", INDEX_CODE, is_score=True)
    if weighting.combine in ("pooled", "overall_question"):
        whole = quality if weighting.combine == "pooled" else overall
        is_score = len(whole) > 1 or weighting.counts != "satisfied"
        groups = {Measure("index", INDEX_CODE, is_score=is_score): whole} | groups
        return _block(responses, weighting, groups)
    weights = factor_weights(weighting, [measure.code for measure in groups])
    return _block(responses, weighting, groups, ((index, weights),))


def factor_weights(weighting: Weighting, factors: Sequence[str]) -> tuple[float, ...]:
    """Return the weight of each factor in the index; they add up to 1.

    Examples
    --------
    >>> way = Weighting("w", "satisfied", "weighted_factors", "sample", "", (("a", 3), ("b", 1)))
    >>> factor_weights(way, ["a", "b"])
    (0.75, 0.25)
    """
    known = dict(weighting.factor_weights)
    given = [known.get(code, 0.0) if known else 1.0 for code in factors]
    return tuple(weight / sum(given) for weight in given)


def _block(
    responses: Responses,
    weighting: Weighting,
    groups: dict[Measure, list[Question]],
    parts: tuple[tuple[Measure, tuple[float, ...]], ...] = (),
) -> Block:
    @lru_cache(maxsize=1)
    def columns(low: int, high: int) -> tuple[Floats, Floats]:
        """Return what some forms count for, NaN in one that gives no opinion."""
        above, below = np.zeros((2, high - low, len(groups)))
        for at, questions in enumerate(groups.values()):
            for question in questions:
                worth, opinion = _worth(responses, question, weighting, slice(low, high))
                above[:, at] += worth
                below[:, at] += opinion
        return _opinions(above, below)

    def totals(adding: Adding, low: int, high: int) -> ClusterTotals:
        return adding.columns(*columns(low, high), bool(parts))

    return Block(tuple(groups), totals, parts)


def _opinions(above: Floats, below: Floats) -> tuple[Floats, Floats]:
    """Put NaN where a form has no opinion, so that it counts neither above nor below."""
    silent = below == 0
    above[silent] = below[silent] = np.nan
    return above, below


def _worth(
    responses: Responses, question: Question, weighting: Weighting, rows: slice
) -> tuple[Floats, Floats]:
    """Return what each form's answer is worth, 0 to 1, and 1 where it holds an opinion."""
    told = responses.answers[rows, responses.instrument.place_of[question.code]]
    worth, opinion = _option_worth(responses.instrument, question, weighting)
    # The last place is that of -1: nothing was answered.
    return np.append(worth, 0.0)[told], np.append(opinion, 0.0)[told]


def _option_worth(
    instrument: Instrument, question: Question, weighting: Weighting
) -> tuple[Floats, Floats]:
    options = instrument.scales[question.scale]
    is_weighted = weighting.counts == "weights"
    worth = [
        option.weight_percent / 100 if is_weighted else option.is_satisfied for option in options
    ]
    opinion = np.array([option.is_answer for option in options], dtype=float)
    return np.where(opinion > 0, worth, 0.0), opinion


def question_blocks(responses: Responses, weighting: Weighting) -> Iterator[Block]:
    """Yield each question with the shares of its answers; they are read one question at a time.

    A question outside the index has shares of answers only: nothing about it is satisfied.
    """
    for question in responses.instrument.questions:
        options = responses.instrument.scales[question.scale]
        worth, opinion = _option_worth(responses.instrument, question, weighting)
        measures = [Measure("answer", question.code, option.code) for option in options]
        above = [*np.eye(len(options))]
        below = [opinion if option.is_answer else np.ones(len(options)) for option in options]
        if question.role != "other":
            is_score = weighting.counts != "satisfied"
            measures.insert(0, Measure("question", question.code, is_score=is_score))
            above.insert(0, worth)
            below.insert(0, opinion)
        worth_of = _opinions(np.column_stack(above), np.column_stack(below))
        told = responses.answers[:, responses.instrument.place_of[question.code]]
        yield Block(tuple(measures), partial(_counted, told, *worth_of))


def _counted(
    told: npt.NDArray[np.int8], above: Floats, below: Floats, adding: Adding, low: int, high: int
) -> ClusterTotals:
    return adding.options(told[low:high], len(above)).of_options(above, below)


def measure_names(instrument: Instrument, lang: str = "vi") -> dict[str, str]:
    """Return the names of the factors and questions by code.

    Parameters
    ----------
    instrument : Instrument
    lang : {"vi", "en"}
    """
    factors = {f.code: (f.name_en if lang == "en" else "") or f.name_vi for f in instrument.factors}
    questions = {
        q.code: (q.text_en if lang == "en" else "") or q.text_vi for q in instrument.questions
    }
    return factors | questions
