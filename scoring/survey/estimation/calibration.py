"""Weights brought to totals that are known: post-strata, raking, linear calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.survey.estimation.design_checks import raise_findings
from scoring.survey.estimation.sampling_units import Floats, Ints

# Totals of margins may differ by this share of them, as sums of rounded binary numbers do.
_AGREE = 1e-9
# How near raking comes to every total, as a share of it; in how many rounds; and how far off it
# may be after them where it comes nearer very slowly.
_REACHED = 1e-11
_CLOSE = 1e-6
_ROUNDS = 1000
# The variance goes through the margins of raking ten times, as R's survey package does.
_RAKING_SWEEPS = 10

Classes = npt.ArrayLike | pd.Series | pd.DataFrame


@dataclass(frozen=True)
class CalibrationStep:
    """One step of calibration, as the variance needs it.

    The linearised value x of a form loses what the step explains: in each block of loads
    ``x - right * c``, where c solves ``(left' right) c = left' x`` over all forms.

    Attributes
    ----------
    load : int array, shape (n_forms, n_entries)
        The loads that each form has.
    left, right : float array, shape (n_forms, n_entries)
    blocks : tuple of int
        How many loads each block holds, such as the classes of each margin.
    repeats : int
        How often the blocks are gone through in turn.
    """

    load: Ints
    left: Floats
    right: Floats
    blocks: tuple[int, ...]
    repeats: int = 1

    @property
    def width(self) -> int:
        """How many loads the step has."""
        return sum(self.blocks)

    def piece(self, rows: npt.NDArray) -> CalibrationStep:
        """Return the step for a piece of the forms."""
        return replace(self, load=self.load[rows], left=self.left[rows], right=self.right[rows])


@dataclass(frozen=True)
class Margin:
    """The classes of one margin and what the population holds of each.

    Attributes
    ----------
    name : str
    code : int array, shape (n_forms,)
    totals : float array, shape (n_classes,)
    """

    name: str
    code: Ints
    totals: Floats


def margin_of(name: str, by: Classes, totals: Mapping[object, float] | pd.Series) -> Margin:
    """Match the classes of the forms to known totals.

    Parameters
    ----------
    name : str
        What findings call the margin.
    by : sequence, shape (n_forms,), or DataFrame
        The class of each form; the columns of a frame make it together, as a tuple.
    totals : mapping
        What the population holds, by class.

    Raises
    ------
    SurveyError
        For a class without total, and a total without forms.
    """
    labels = pd.Series(list(by.itertuples(index=False, name=None)) if isinstance(by, pd.DataFrame)
                       else np.asarray(by, object))  # fmt: skip
    known = {key: float(total) for key, total in dict(totals).items() if float(total) > 0}
    place = {key: at for at, key in enumerate(known)}
    code = labels.map(place)
    strange = labels[code.isna()]
    findings = [
        Finding("survey-class-without-total", values={"margin": name, "value": _shown(value), "count": n})
        for value, n in strange.value_counts(dropna=False, sort=False).items()
    ]  # fmt: skip
    met = set(code.dropna().astype(int))
    findings += [
        Finding("survey-class-without-forms",
                values={"margin": name, "value": _shown(key), "total": known[key]})
        for key, at in place.items() if at not in met
    ]  # fmt: skip
    raise_findings(findings)
    return Margin(name, code.to_numpy(np.int64), np.array(list(known.values())))


def _shown(label: object) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def contradictions(margins: list[Margin]) -> list[Finding]:
    """Find margins whose totals do not add up to the same population as the first."""
    first = margins[0]
    expected = float(first.totals.sum())
    return [
        Finding("survey-margins-contradict", values={
            "margin": margin.name, "other": first.name, "total": float(margin.totals.sum()),
            "expected": expected, "difference": float(margin.totals.sum()) - expected,
        })
        for margin in margins[1:]
        if abs(margin.totals.sum() - expected) > _AGREE * expected
    ]  # fmt: skip


def raked_weights(weights: Floats, margins: list[Margin]) -> list[Floats]:
    """Bring weights to the totals of margins in turn until all are met.

    Parameters
    ----------
    weights : float array, shape (n_rows, n_sets)
        The first set is the sample's own; others are replicates.
    margins : list of Margin
        One margin is met at once.

    Returns
    -------
    list of float array
        The weights after each margin of the last round.

    Raises
    ------
    SurveyError
        When a margin is still far off after a thousand rounds.
    """
    for _ in range(_ROUNDS):
        steps, off = [], []
        for margin in margins:
            sums = class_sums(margin.code, weights, len(margin.totals))
            share = _wanted(margin, sums)
            off.append(np.abs(share - 1).max())
            weights = weights * share[margin.code]
            steps.append(weights)
        if len(margins) == 1 or max(off) < _REACHED:
            return steps
    raise_findings(_missed(weights[:, :1], margins))
    return steps


def _missed(weights: Floats, margins: list[Margin]) -> list[Finding]:
    """Find the margin that weights are furthest from, where that is far."""
    gaps = [
        class_sums(margin.code, weights, len(margin.totals))[:, 0] - margin.totals
        for margin in margins
    ]
    far = [np.abs(gap / margin.totals).max() for gap, margin in zip(gaps, margins, strict=True)]
    at = int(np.argmax(far))
    values = {
        "margin": margins[at].name,
        "rounds": _ROUNDS,
        "difference": float(np.abs(gaps[at]).max()),
    }
    return [Finding("survey-raking-not-converged", values=values)] if far[at] > _CLOSE else []


def _wanted(margin: Margin, sums: Floats) -> Floats:
    """Return what each class is multiplied by; 1 where a replicate has nobody of it."""
    with np.errstate(divide="ignore"):
        return np.where(sums > 0, margin.totals[:, None] / sums, 1.0)


def class_sums(code: Ints, weights: Floats, n_classes: int) -> Floats:
    """Add up each set of weights by class, shape (n_classes, n_sets)."""
    if weights.shape[1] == 1:
        return np.bincount(code, weights[:, 0], n_classes).astype(float)[:, None]
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(n_classes))
    return np.add.reduceat(weights[order], starts)


def stratum_step(margin: Margin, after: Floats) -> CalibrationStep:
    """Return what post-stratification explains: the mean of the class."""
    code, weights = margin.code[:, None], after[:, None]
    return CalibrationStep(code, np.ones_like(weights), weights, (len(margin.totals),))


def raking_step(margins: list[Margin], steps: list[Floats]) -> CalibrationStep:
    """Return what raking explains: the classes of each margin in turn, ten times over.

    Class means are of forms, not of weights, as in R.
    """
    widths = [len(margin.totals) for margin in margins]
    starts = np.cumsum([0, *widths[:-1]])
    load = np.column_stack([margin.code for margin in margins]) + starts
    after = np.column_stack(steps)
    return CalibrationStep(load, 1 / after, after, tuple(widths), _RAKING_SWEEPS)


def regression_factors(columns: Floats, weights: Floats, totals: Floats) -> tuple[Floats, Floats]:
    """Return what linear calibration multiplies weights by, and the columns it used.

    Parameters
    ----------
    columns : float array, shape (n_forms, n_columns)
    weights : float array, shape (n_forms, n_sets)
    totals : float array, shape (n_columns,)

    Returns
    -------
    float array, shape (n_forms, n_sets)
    float array, shape (n_forms, n_used)
        The columns as combinations that are at right angles under the first weights.

    Raises
    ------
    SurveyError
        Where no weights meet all the totals.
    """
    root = np.sqrt(weights[:, :1])
    size = np.sqrt(((root * columns) ** 2).sum(axis=0))
    left, strength, turn = np.linalg.svd(root * columns / size, full_matrices=False)
    used = strength > 1e-10 * strength[0]
    upright = left[:, used] / root
    wanted = (turn[used] @ (totals / size)) / strength[used]
    gram = np.einsum("ni,nj,nr->rij", upright, upright, weights, optimize=True)
    off = wanted - np.einsum("ni,nr->ri", upright, weights)
    factors = 1 + upright @ (np.linalg.pinv(gram, hermitian=True) @ off[:, :, None])[:, :, 0].T
    missed = np.abs((weights[:, 0] * factors[:, 0]) @ columns - totals)
    raise_findings([
        Finding("survey-totals-unreachable", values={"column": at + 1, "difference": float(by)})
        for at, by in enumerate(missed) if by > 1e-7 * max(abs(totals[at]), size[at])
    ])  # fmt: skip
    return factors, upright


def regression_step(upright: Floats, before: Floats, factor: Floats) -> CalibrationStep:
    """Return what linear calibration explains of a form's linearised value."""
    with np.errstate(divide="ignore"):
        left = upright * np.where(factor == 0, 0, 1 / factor)[:, None]
    load = np.broadcast_to(np.arange(upright.shape[1]), upright.shape)
    return CalibrationStep(load, left, upright * (before * factor)[:, None], (upright.shape[1],))
