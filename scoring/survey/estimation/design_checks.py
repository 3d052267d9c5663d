"""What can be wrong with a design as it stands in the file: each a finding with its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scoring.base.errors import SurveyError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.survey.estimation.sampling_units import Ints, SamplingUnits

# A figure of the file may be off the sample's count by less than this without being smaller.
_TOLERANCE = 1e-9


def raise_findings(findings: Sequence[Finding]) -> None:
    """Refuse what has findings."""
    if findings:
        raise SurveyError(findings[0].text("en"), tuple(findings))


def placed(code: str, row: pd.Series, **values: object) -> Finding:
    """Return a finding at the place that a form came from, as far as the frame says it."""
    place = {name: str(row[name]) for name in ("file", "sheet", "cell") if name in row.index}
    return Finding(code, **place, values={"row": _row_name(row), **values})


def _row_name(row: pd.Series) -> str:
    return str(row["form_id"]) if "form_id" in row.index else str(row.name)


def _of_rows(code: str, frame: pd.DataFrame, wrong: pd.Series, column: str) -> list[Finding]:
    """Return one finding for all rows that are wrong alike, at the first of them."""
    if not wrong.any():
        return []
    row = frame.loc[wrong.to_numpy()].iloc[0]
    return [placed(code, row, column=column, value=row[column], count=int(wrong.sum()))]


def weight_findings(frame: pd.DataFrame, column: str | None) -> list[Finding]:
    """Find weights that are missing, zero or negative."""
    if column is None:
        return []
    # Columns of Parquet may hold a missing value of their own, which is no NaN.
    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(float, na_value=np.nan)
    weights = pd.Series(numbers, frame.index)
    missing = ~weights.between(-np.inf, np.inf, inclusive="neither")
    return [
        *_of_rows("survey-weight-missing", frame, missing, column),
        *_of_rows("survey-weight-not-positive", frame, weights <= 0, column),
    ]


def label_findings(
    frame: pd.DataFrame, strata: Sequence[str], clusters: Sequence[str], nest: bool
) -> list[Finding]:
    """Find forms without stratum or sampling unit, and a sampling unit in two strata."""
    findings = [
        finding
        for name in [*strata, *clusters]
        for finding in _of_rows(
            "survey-label-missing", frame, frame[name].isna() | frame[name].eq(""), name
        )
    ]
    if nest or not strata or not clusters:
        return findings
    pairs = frame[[clusters[0], strata[0]]].reset_index(drop=True).dropna().drop_duplicates()
    twice = pairs[pairs[clusters[0]].duplicated(keep=False)]
    for unit, rows in twice.groupby(clusters[0]):
        row = frame.iloc[rows.index[0]]
        values = {"unit": str(unit), "strata": [str(one) for one in rows[strata[0]]]}
        findings.append(placed("survey-unit-in-two-strata", row, **values))
    return findings


def size_findings(
    frame: pd.DataFrame, units: SamplingUnits, unit: Ints, population: Sequence[str]
) -> list[Finding]:
    """Find sizes that are missing, contradict each other, or are smaller than the sample."""
    stages = len(units.stages)
    known = [name for name in population if frame[name].notna().any()]
    if len(known) != stages or len(population) != stages:
        at = next((i for i, name in enumerate(population) if name not in known), len(population))
        return [Finding("survey-stage-without-size", values={"stage": at + 1, "stages": stages})]
    return [
        finding
        for at, name in enumerate(population, 1)
        for finding in _sizes_of_stage(frame, units, unit, name, at)
    ]


def _sizes_of_stage(
    frame: pd.DataFrame, units: SamplingUnits, unit: Ints, column: str, at: int
) -> list[Finding]:
    stage = units.stages[at - 1]
    stratum = stage.stratum_of_cluster[stage.cluster_of_unit[unit]]
    sizes = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
    wrong = ~(sizes > 0)
    sampled = stage.sampled[stratum]
    if not wrong.any():
        least = np.full(len(stage.sampled), np.inf)
        np.minimum.at(least, stratum, sizes)
        counts = sizes.max() > 1
        checks = {
            "survey-population-varies": sizes > least[stratum],
            "survey-population-too-small": counts & (sizes < sampled - _TOLERANCE),
        }
    else:
        checks = {"survey-stratum-without-population": wrong}
    return [
        placed(code, frame.iloc[place], stage=at, column=column, value=frame[column].iloc[place],
               stratum=stratum_name(units, frame.iloc[place], at), sampled=int(sampled[place]))
        for code, rows in checks.items()
        for place in _first_of_each(stratum, rows)
    ]  # fmt: skip


def _first_of_each(stratum: Ints, rows: np.ndarray) -> Ints:
    """Return the first of the `rows` of each stratum."""
    places = np.flatnonzero(rows)
    return places[np.unique(stratum[places], return_index=True)[1]]


def stratum_name(units: SamplingUnits, row: pd.Series, at: int) -> object:
    """Name the stratum of stage `at` that a form lies in, by the columns that make it."""
    columns = [*units.stratum_columns[:at], *units.cluster_columns[: at - 1]]
    return [f"{name} = {row[name]}" for name in columns] or Label("survey_whole_sample")


def stage_findings(units: SamplingUnits, first_forms: pd.DataFrame) -> list[Finding]:
    """Find strata of which one sampling unit was drawn though there are more.

    Parameters
    ----------
    units : SamplingUnits
    first_forms : DataFrame, shape (n_units, n_columns)
        A form of each unit.
    """
    return [
        placed("survey-single-unit-stratum", row, stage=at, stratum=stratum_name(units, row, at))
        for at, stage in enumerate(units.counted_stages, 1)
        for _, row in first_forms.iloc[stage.first_unit[stage.single]].iterrows()
    ]
