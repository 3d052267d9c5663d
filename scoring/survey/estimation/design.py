"""The design of a survey: who was drawn with what chance, as the estimates need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.survey.estimation import calibration as calibrating
from scoring.survey.estimation.calibration import (
    CalibrationStep,
    Classes,
    Margin,
    margin_of,
)
from scoring.survey.estimation.design_checks import (
    label_findings,
    raise_findings,
    size_findings,
    stage_findings,
    weight_findings,
)
from scoring.survey.estimation.replicates import Replicates, given_replicates, jackknife
from scoring.survey.estimation.sampling_units import (
    Floats,
    Ints,
    SamplingUnits,
    Stage,
    drawn_units,
    first_places,
)

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
    replicates : Replicates or None
        Where there are some, the variance comes from them alone.
    findings : tuple of Finding
        What the reader should know though it stops nothing.
    """

    units: SamplingUnits
    unit: Ints
    weights: Floats
    lonely: str = "fail"
    calibration: tuple[CalibrationStep, ...] = ()
    replicates: Replicates | None = None
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
            replicates=self.replicates and self.replicates.piece(chosen),
        )

    def post_stratified(
        self, by: Classes, totals: Mapping[object, float] | pd.Series, name: str = "post-strata"
    ) -> SurveyDesign:
        """Bring the weights of each class to its known total.

        Parameters
        ----------
        by : sequence, shape (n_forms,), or DataFrame
            The class of each form; the columns of a frame make it together, as a tuple.
        totals : mapping
            What the population holds, by class.
        name : str
            What findings call the classes.

        Raises
        ------
        SurveyError
            For a class without total, and a total without forms.

        References
        ----------
        R's ``postStratify``: the variance is of the residuals from the class means.
        """
        margin = margin_of(name, by, totals)
        steps, design = self._raked([margin])
        step = calibrating.stratum_step(margin, steps[-1])
        return replace(design, calibration=(*self.calibration, step))

    def raked(
        self, margins: Mapping[str, tuple[Classes, Mapping[object, float] | pd.Series]]
    ) -> SurveyDesign:
        """Bring the weights to the totals of several margins at once.

        Parameters
        ----------
        margins : mapping
            By name: the class of each form, and the totals by class, as in `post_stratified`.

        Raises
        ------
        SurveyError
            As in `post_stratified`; also for margins that do not add up to one population, and
            when no weights can meet all of them.

        References
        ----------
        R's ``rake``, brought to the totals as near as the numbers go.
        """
        matched = [margin_of(name, *margin) for name, margin in margins.items()]
        raise_findings(calibrating.contradictions(matched))
        steps, design = self._raked(matched)
        step = calibrating.raking_step(matched, steps)
        return replace(design, calibration=(*self.calibration, step))

    def calibrated(self, columns: npt.ArrayLike, totals: npt.ArrayLike) -> SurveyDesign:
        """Bring the weighted sums of columns to known totals by linear calibration (GREG).

        Parameters
        ----------
        columns : float array, shape (n_forms, n_columns)
            A column of ones brings the size of the population in.
        totals : float array, shape (n_columns,)

        Raises
        ------
        SurveyError
            When no weights meet all the totals.

        References
        ----------
        J.-C. Deville, C.-E. Särndal (1992), JASA 87, 376-382; R's ``calibrate``.
        """
        sets = self.weights[:, None]
        if self.replicates:
            factors = self.replicates.factors[self.replicates.row]
            sets = np.column_stack([sets, sets * factors])
        found, upright = calibrating.regression_factors(
            np.asarray(columns, float), sets, np.asarray(totals, float)
        )
        step = calibrating.regression_step(upright, self.weights, found[:, 0])
        negative = int((found[:, 0] < 0).sum())
        values = {"count": negative, "least": float(found[:, 0].min())}
        findings = [Finding("survey-calibration-negative", values=values)] if negative else []
        return replace(
            self,
            weights=self.weights * found[:, 0],
            calibration=(*self.calibration, step),
            replicates=self._replicates_times(found[:, 1:] / found[:, :1]),
            findings=(*self.findings, *findings),
        )

    def replicated(
        self, weights: npt.ArrayLike, kind: str, *, combined: bool = True,
        scale: float | None = None, rscales: npt.ArrayLike | None = None,
        rho: float | None = None, mse: bool = False,
    ) -> SurveyDesign:  # fmt: skip
        """Take the variance from replicate weights that came with the data.

        Parameters
        ----------
        weights : float array, shape (n_forms, n_replicates)
        kind : str
            One of `scoring.survey.estimation.replicates.KINDS`.
        combined : bool
            Whether the sampling weight is in them already.
        scale, rscales : optional
            What the squares count for; told from `kind` where R tells them.
        rho : float, optional
            For Fay's method.
        mse : bool
            Measure replicates from the estimate instead of from their own mean.

        Raises
        ------
        UsageError
            Where the scale cannot be told, or the weights do not fit the forms.

        References
        ----------
        R's ``svrepdesign``.
        """
        options = {"combined": combined, "scale": scale, "rscales": rscales, "rho": rho, "mse": mse}
        found = given_replicates(self.weights, weights, kind, **options)  # type: ignore[arg-type]
        return replace(self, replicates=found)

    def jackknifed(self, *, mse: bool = False) -> SurveyDesign:
        """Make replicates by leaving out each sampling unit: JK1, with strata JKn.

        References
        ----------
        R's ``as.svrepdesign``; sizes of the first stage alone are kept.
        """
        return replace(self, replicates=jackknife(self.units, self.unit, self.lonely, mse))

    def _raked(self, margins: list[Margin]) -> tuple[list[Floats], SurveyDesign]:
        """Return the weights after each margin, and the design with the last of them."""
        steps = calibrating.raked_weights(self.weights[:, None], margins)
        own = [step[:, 0] for step in steps]
        if not self.replicates:
            return own, replace(self, weights=own[-1])
        joined = pd.factorize(pd.MultiIndex.from_arrays([margin.code for margin in margins]))[
            0
        ].astype(np.int64)
        split = self.replicates.by(joined)
        sums = np.bincount(split.row, self.weights)[:, None] * split.factors
        first = first_places(split.row)
        classes = [replace(margin, code=margin.code[first]) for margin in margins]
        reached = calibrating.raked_weights(sums, classes)[-1]
        ratio = np.divide(reached, sums, out=np.zeros_like(sums), where=sums > 0)
        factors = split.factors * ratio / (own[-1] / self.weights)[first][:, None]
        return own, replace(self, weights=own[-1], replicates=replace(split, factors=factors))

    def _replicates_times(self, factors: Floats) -> Replicates | None:
        """Return the replicates with the factor of each form multiplied in."""
        if self.replicates is None:
            return None
        spread = self.replicates.factors[self.replicates.row] * factors
        return replace(self.replicates, factors=spread, row=np.arange(len(self)))


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
    raise_findings(label_findings(frame, strata, clusters, nest) + weight_findings(frame, weight))
    units, unit, first = drawn_units(frame, strata, clusters)
    units, findings = _with_population(frame, units, unit, first, population)
    raise_findings(findings)
    if lonely == "fail":
        raise_findings(stage_findings(units, frame.iloc[first]))
    weights = _from_sizes(units)[unit] if weight is None else frame[weight].to_numpy(float)
    return SurveyDesign(units, unit, weights, lonely)


def _check_call(frame: pd.DataFrame, columns: Sequence[str], lonely: str) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise UsageError(f"the frame has no column {', '.join(absent)}")
    if frame.empty:
        raise UsageError("there are no forms")
    if lonely not in LONELY:
        raise UsageError(f"lonely is one of {', '.join(LONELY)}, not {lonely!r}")


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
