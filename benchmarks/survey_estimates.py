"""Estimates with standard errors by unit, beside ``svy`` and ``samplics``, in one process.

Run it where all three are installed (``pip install svy samplics`` beside this package)::

    python benchmarks/survey_estimates.py [--responses 400000] [--repeats 5]

A response has a unit (34, which are the strata), a sampling unit (20 in each), a weight, and a
score between 0 and 1. Each engine starts from a table in memory of the kind it takes (pandas, polars
for svy), describes the design and estimates the mean of every unit with its standard error. Equal
figures come first, to 1e-8; then processor time of the whole process and time on the clock, as
medians, each engine in its turn so that other work on the machine meets all of them.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.estimates import mean

UNITS, SAMPLING_UNITS = 34, 20
Figures = tuple[np.ndarray, np.ndarray]
AIMS = {"svy": 5, "samplics": 20}


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


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Return seconds of the processor and of the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    run()
    return time.process_time() - processor, time.perf_counter() - clock


def main() -> None:
    """Check that figures are equal, then measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--responses", type=int, default=400_000)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    import polars

    responses = make_responses(chosen.responses)
    as_polars = polars.from_pandas(responses)
    engines: dict[str, Callable[[], Figures]] = {
        "scoring": lambda: ours(responses),
        "svy": lambda: by_svy(as_polars),
        "samplics": lambda: by_samplics(responses),
    }
    expected = engines["scoring"]()
    for name in AIMS:
        for figure, found in zip(expected, engines[name](), strict=True):
            np.testing.assert_allclose(found, figure, rtol=1e-8, err_msg=name)
    print(f"equal: {UNITS} means and standard errors of {chosen.responses} responses, to 1e-8")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for _ in range(chosen.repeats):
        for name, run in engines.items():
            times[name].append(timed(run))
    medians = {
        name: [statistics.median(part) for part in zip(*runs, strict=True)]
        for name, runs in times.items()
    }
    for name, (processor, clock) in medians.items():
        print(f"{name:9} {processor * 1000:9.1f} ms processor {clock * 1000:9.1f} ms clock")
    for name, aim in AIMS.items():
        ratios = [medians[name][part] / medians["scoring"][part] for part in (0, 1)]
        print(f"{name}: {ratios[0]:.1f} times the processor time, {ratios[1]:.1f} times the clock "
              f"(aim: {aim})")  # fmt: skip


if __name__ == "__main__":
    main()
