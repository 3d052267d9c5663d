"""The design of a survey: who was drawn with what chance, as the estimates need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import SurveyError, UsageError
from scoring.base.findings import Finding
from scoring.survey.estimation.design_checks import (
    label_findings,
    size_findings,
    stage_findings,
    weight_findings,
)
from scoring.survey.estimation.sampling_units import (
    Floats,
    Ints,
    SamplingUnits,
    Stage,
    drawn_units,
)

if TYPE_CHECKING:
    from scoring.survey.estimation.calibration import CalibrationStep

# What to do with a stratum of which one sampling unit was drawn, as R's survey package does it.
LONELY = ("fail", "remove", "adjust", "average", "certainty")


@dataclass(frozen=True)
class SurveyDesign:
    """The forms of a survey as they were drawn.

    Attributes
    ----------
    units : SamplingUnits
        Strata, sampling units and population sizes of each stage.
    unit : int array, shape (n_forms,)
        The sampling unit of the last stage that each form belongs to.
    weights : float array, shape (n_forms,)
        How many people a form stands for, after calibration.
    lonely : str
        One of `LONELY`: ``fail`` refuses the design, ``remove`` and ``certainty`` let the stratum
        add no variance, ``adjust`` measures its unit from zero instead of from its own mean, and
        ``average`` gives it the mean variance of the other strata.
    calibration : tuple of CalibrationStep
        The steps that brought the weights to known totals, in their order.
    findings : tuple of Finding
        What the reader should know though it stops nothing.
    """

    units: SamplingUnits
    unit: Ints
    weights: Floats
    lonely: str = "fail"
    calibration: tuple[CalibrationStep, ...] = ()
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def __len__(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        first = self.units.stages[0]
        return (
            f"SurveyDesign({len(self)} forms, {len(first.stratum_of_cluster)} sampling units "
            f"in {len(first.sampled)} strata, {len(self.units.stages)} stages)"
        )

    def piece(self, rows: npt.ArrayLike) -> SurveyDesign:
        """Return a piece of the forms that still belongs to the whole design.

        Only for adding up totals piece by piece; a domain is given by codes instead.

        Parameters
        ----------
        rows : int or bool array
        """
        chosen = np.asarray(rows)
        return replace(
            self,
            unit=self.unit[chosen],
            weights=self.weights[chosen],
            calibration=tuple(step.piece(chosen) for step in self.calibration),
        )


def survey_design(
    frame: pd.DataFrame,
    *,
    strata: Sequence[str] = (),
    clusters: Sequence[str] = (),
    population: Sequence[str] = (),
    weight: str | None = "weight",
    lonely: str = "fail",
    nest: bool = False,
) -> SurveyDesign:
    """Describe how the forms of `frame` were drawn.

    Parameters
    ----------
    frame : DataFrame, shape (n_forms, n_columns)
    strata : sequence of str
        Columns of the strata, the first stage first; none for a sample without strata.
    clusters : sequence of str
        Columns of the sampling units of each stage; none where each form was drawn by itself.
    population : sequence of str
        Columns of the population sizes of each stage, as counts or as sampling fractions (0 to
        1); none draws with replacement at the first stage.
    weight : str or None
        Column of the weights; None makes them from the sizes.
    lonely : {"fail", "remove", "adjust", "average", "certainty"}
        What to do with a stratum of one sampling unit; see `SurveyDesign`.
    nest : bool
        Whether codes of sampling units begin anew in each stratum. Without it a code that
        stands in two strata is a finding.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SurveyError
        With findings: a label, weight or size that is missing or impossible, a sampling unit in
        two strata, a stratum of one unit under ``fail``.
    UsageError
        For a policy or column that does not exist.

    References
    ----------
    T. Lumley, *Complex Surveys* (2010), chapters 2 and 3; agrees with R's ``svydesign``.

    Examples
    --------
    >>> forms = pd.DataFrame({"commune": ["a", "a", "b", "c"], "weight": [10.0, 10.0, 20.0, 5.0]})
    >>> survey_design(forms, clusters=["commune"])
    SurveyDesign(4 forms, 3 sampling units in 1 strata, 1 stages)
    """
    _check_call(frame, [*strata, *clusters, *population, *([weight] if weight else [])], lonely)
    if len(strata) > max(len(clusters), 1):
        raise UsageError("strata holds more columns than there are stages")
    if weight is None and not population:
        raise UsageError("without weights the population sizes must be known")
    _raise(label_findings(frame, strata, clusters, nest) + weight_findings(frame, weight))
    units, unit, first = drawn_units(frame, strata, clusters)
    units, findings = _with_population(frame, units, unit, first, population)
    _raise(findings)
    if lonely == "fail":
        _raise(stage_findings(units, frame.iloc[first]))
    weights = _from_sizes(units)[unit] if weight is None else frame[weight].to_numpy(float)
    return SurveyDesign(units, unit, weights, lonely)


def _check_call(frame: pd.DataFrame, columns: Sequence[str], lonely: str) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise UsageError(f"the frame has no column {', '.join(absent)}")
    if lonely not in LONELY:
        raise UsageError(f"lonely is one of {', '.join(LONELY)}, not {lonely!r}")


def _raise(findings: Sequence[Finding]) -> None:
    if findings:
        raise SurveyError(findings[0].text("en"), tuple(findings))


def _with_population(
    frame: pd.DataFrame, units: SamplingUnits, unit: Ints, first: Ints, population: Sequence[str]
) -> tuple[SamplingUnits, list[Finding]]:
    """Add the sizes of each stratum, and the fractions of the stages before."""
    if not population:
        return units, []
    findings = size_findings(frame, units, unit, population)
    if findings:
        return units, findings
    stages, before = [], np.ones(units.n_units)
    for stage, column in zip(units.stages, population, strict=True):
        sizes = frame[column].to_numpy(float)[first][stage.first_unit]
        if sizes.max() <= 1:
            sizes = stage.sampled / sizes
        stage = replace(stage, population=sizes, fraction_before=before[stage.first_unit])
        stages.append(stage)
        before = before * _by_unit(stage, stage.sampled / sizes)
    return replace(units, stages=tuple(stages), has_population=True), []


def _by_unit(stage: Stage, of_strata: Floats) -> Floats:
    """Spread a figure of the strata of a stage over the units of the last stage."""
    return of_strata[stage.stratum_of_cluster[stage.cluster_of_unit]]


def _from_sizes(units: SamplingUnits) -> Floats:
    shares = [_by_unit(stage, stage.population / stage.sampled) for stage in units.stages]
    return np.prod(shares, axis=0)
