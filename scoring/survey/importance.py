"""Derived importance: how closely satisfaction with a factor goes with satisfaction on the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.survey.instrument.model import Instrument
from scoring.survey.responses import MISSING, Responses
from scoring.survey.student import student_quantile

FloatArray = npt.NDArray[np.float64]
# Fewer forms than this say nothing of a correlation.
FEWEST = 30


def derived_importance(
    responses: Responses,
    weights: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Correlate, weighted, the answers to each factor with the answer on the whole.

    A form's answer to a factor is the mean place of its answers on the scale, 0 for the worst and
    1 for the best; what is missing or without an opinion is left out of the mean.

    Parameters
    ----------
    responses : Responses
    weights : array, shape (n_forms,), optional
        Weights of the design; forms of weight 0 or NaN do not count. All alike without them.
    clusters : array, shape (n_forms,), optional
        First sampling unit of each form; the error is then that of the sampling units.
    confidence : float
        Level of the interval.

    Returns
    -------
    DataFrame
        A row a factor in the order of the form: ``code``, ``importance`` (correlation, -1 to 1),
        ``low``, ``high``, ``forms`` that answered both. NaN where fewer than 30 did, or where all
        gave the same answer. Without a question on the whole there are no rows.

    Notes
    -----
    Importance derived from answers is a correlation: it does not show that raising a factor would
    raise the whole, and factors that go together share what they explain. The interval is that
    of Fisher's z with the linearised variance of the correlation and the quantile of t at one
    less than the sampling units, which those of one unit leave unknown.

    Examples
    --------
    >>> from scoring.survey.instrument.model import AnswerOption, Factor, Question
    >>> scale = tuple(AnswerOption(str(n), "", "", n > 3) for n in range(1, 6))
    >>> asked = (Question("A1", "A", "", "", "s"), Question("Z", "", "", "", "s", role="overall"))
    >>> form = Instrument("i", "1", "a", "", "", "sample", "", (Factor("A", "", ""),), asked,
    ...     {"s": scale}, (), {})
    >>> answers = np.tile(np.array([[0, 1], [2, 1], [4, 4]], np.int8), (20, 1))
    >>> table = derived_importance(Responses(form, pd.DataFrame(index=range(60)), answers))
    >>> table[["code", "importance", "forms"]].round(3).values.tolist()
    [['A', 0.866, 60]]
    """
    instrument = responses.instrument
    worth = np.ones(len(responses.answers)) if weights is None else np.asarray(weights, float)
    worth = np.where(np.isfinite(worth) & (worth > 0), worth, 0.0)
    places = scale_places(responses)
    overall = _mean_place(places, instrument, role="overall")
    rows = []
    for factor in instrument.factors if np.isfinite(overall).any() else ():
        own = _mean_place(places, instrument, factor=factor.code)
        groups = None if clusters is None else np.asarray(clusters)
        rows.append({"code": factor.code, **_correlation(own, overall, worth, groups, confidence)})
    return pd.DataFrame(rows, columns=["code", "importance", "low", "high", "forms"])


def scale_places(responses: Responses) -> FloatArray:
    """Return each answer as its place on the scale, 0 the worst and 1 the best; NaN without one.

    Returns
    -------
    array, shape (n_forms, n_questions)
    """
    columns = []
    for place, question in enumerate(responses.instrument.questions):
        options = responses.instrument.scales[question.scale]
        opinions = [number for number, option in enumerate(options) if option.is_answer]
        worth = np.full(len(options) + 1, np.nan)
        worth[opinions] = np.linspace(0.0, 1.0, len(opinions)) if len(opinions) > 1 else np.nan
        # The best answer may stand first; the last place of `worth` is that of a missing answer.
        if (
            opinions
            and options[opinions[0]].is_satisfied
            and not options[opinions[-1]].is_satisfied
        ):
            worth[:-1] = 1.0 - worth[:-1]
        answers = responses.answers[:, place].astype(int)
        columns.append(worth[np.where(answers == MISSING, len(options), answers)])
    return np.column_stack(columns) if columns else np.empty((len(responses.answers), 0))


def _mean_place(
    places: FloatArray, instrument: Instrument, *, factor: str = "", role: str = "quality"
) -> FloatArray:
    """Return the mean place of the answers of each form to some questions; NaN without any."""
    asked = [
        number for number, question in enumerate(instrument.questions)
        if question.role == role and (role == "overall" or question.factor == factor)
    ]  # fmt: skip
    known = np.isfinite(places[:, asked])
    count = known.sum(axis=1)
    total = np.where(known, places[:, asked], 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(places), np.nan), where=count > 0)


def _correlation(
    one: FloatArray,
    other: FloatArray,
    weights: FloatArray,
    clusters: npt.NDArray[np.generic] | None,
    confidence: float,
) -> dict[str, float]:
    both = np.isfinite(one) & np.isfinite(other) & (weights > 0)
    forms = int(both.sum())
    unknown = {"importance": np.nan, "low": np.nan, "high": np.nan, "forms": forms}
    if forms < FEWEST:
        return unknown
    w = weights[both] / weights[both].sum()
    x, y = one[both] - w @ one[both], other[both] - w @ other[both]
    spread = (w @ x**2) * (w @ y**2)
    if not spread > 1e-12:
        return unknown
    x, y = x / np.sqrt(w @ x**2), y / np.sqrt(w @ y**2)
    r = float(w @ (x * y))
    influence = w * (x * y - r / 2 * (x**2 + y**2))
    if clusters is not None:
        influence = np.bincount(pd.factorize(clusters[both])[0], influence)
    units = len(influence)
    error = np.sqrt((influence**2).sum() * units / max(units - 1, 1))
    # A correlation of one has no z; it is kept a hair below.
    z, inside = np.arctanh(np.clip(r, -1 + 1e-9, 1 - 1e-9)), max(1 - r**2, 1e-9)
    half = float(student_quantile(1 - confidence, units - 1)) * error / inside
    return unknown | {
        "importance": r, "low": float(np.tanh(z - half)), "high": float(np.tanh(z + half)),
    }  # fmt: skip
