"""Estimates with standard errors by unit, beside ``svy`` and ``samplics``, in one process.

What is not installed (``pip install svy samplics`` beside this package) is named as not run::

    python benchmarks/survey_estimates.py [RESPONSES ...] [--small | --full]

A response has a unit (34, which are the strata), a sampling unit (20 in each), a weight, and a
score between 0 and 1. Each engine starts from a table in memory of the kind it takes (pandas, polars
for svy), describes the design and estimates the mean of every unit with its standard error. Equal
figures come first, to 1e-8.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, alone, in_turns, lacking

from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import mean

SIZES = {"small": [20_000], "normal": [100_000, 200_000, 400_000], "full": [400_000, 800_000]}
UNITS, SAMPLING_UNITS = 34, 20
Figures = tuple[np.ndarray, np.ndarray]


def make_responses(n: int) -> pd.DataFrame:
    """Return `n` responses whose sampling units differ a little."""
    draw = np.random.default_rng(2)
    unit = np.sort(draw.integers(0, UNITS, n))
    within = draw.integers(0, SAMPLING_UNITS, n)
    score = np.clip(draw.normal(0.82, 0.12, n) + (within - 10) * 0.004, 0, 1)
    return pd.DataFrame({"unit": unit, "sampling_unit": unit * 100 + within,
                         "score": score, "weight": draw.uniform(50, 400, n)})  # fmt: skip


def ours(responses: pd.DataFrame) -> Figures:
    """Estimate with this package."""
    design = survey_design(responses, strata=["unit"], clusters=["sampling_unit"])
    codes, _ = pd.factorize(responses["unit"], sort=True)
    found = mean(design, responses["score"], codes)
    return found.estimate[:, 0], found.standard_error[:, 0]


def by_svy(responses: object) -> Figures:
    """Estimate with svy, from a polars table."""
    import svy

    sample = svy.Sample(
        data=responses, design=svy.Design(stratum="unit", psu="sampling_unit", wgt="weight")
    )
    found = sample.estimation.mean("score", by="unit").to_polars().sort("unit")
    return found["est"].to_numpy(), found["se"].to_numpy()


def by_samplics(responses: pd.DataFrame) -> Figures:
    """Estimate with samplics."""
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam

    found = TaylorEstimator(PopParam.mean)
    found.estimate(
        y=responses["score"],
        samp_weight=responses["weight"],
        stratum=responses["unit"],
        psu=responses["sampling_unit"],
        domain=responses["unit"],
        remove_nan=True,
    )
    units = sorted(found.point_est)
    return tuple(  # type: ignore[return-value]
        np.array([float(figures[unit]) for unit in units])
        for figures in (found.point_est, found.stderror)
    )


def claims(sizes: Sequence[int]) -> Claims:
    """Check that figures are equal, then measure every engine that is installed."""
    warnings.simplefilter("ignore")
    gone = {name: lacking("survey-means", name) for name in ("svy", "samplics")}
    yield from (one for one in gone.values() if one)
    costs = {}
    for count in sizes:
        responses = make_responses(count)
        engines: dict[str, Callable[[], Figures]] = {OURS: lambda r=responses: ours(r)}
        if not gone["svy"]:
            import polars

            table = polars.from_pandas(responses)
            engines["svy"] = lambda t=table: by_svy(t)
        if not gone["samplics"]:
            engines["samplics"] = lambda r=responses: by_samplics(r)
        expected = engines[OURS]()
        for name, run in engines.items():
            for figure, found in zip(expected, run(), strict=True):
                np.testing.assert_allclose(found, figure, rtol=1e-8, err_msg=name)
        costs[count] = in_turns(engines, 5)
    yield Claim("survey-means", f"{UNITS} means and standard errors, to 1e-8", costs)


if __name__ == "__main__":
    alone(claims, SIZES)
