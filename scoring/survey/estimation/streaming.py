"""Estimates of more forms than fit in memory: Parquet by row groups, one process or Dask.

The data are gone through twice: once for the sampling units and domains there are, once for the
totals by sampling unit and domain. Those of pieces add up, so neither the order of the forms nor
where a piece ends matters beyond the rounding of a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from os import PathLike
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import SurveyError, UsageError
from scoring.base.findings import Finding
from scoring.files.children.over_dask import missing_dask
from scoring.survey.estimation.cluster_totals import Adding, ClusterTotals
from scoring.survey.estimation.design import SurveyDesign, survey_design
from scoring.survey.estimation.design_checks import weight_findings
from scoring.survey.estimation.estimates import DomainEstimates, estimates_of
from scoring.survey.estimation.parquet_pieces import (
    RowGroup,
    distinct,
    pieces_of,
    row_groups,
)
from scoring.survey.estimation.sampling_units import Ints

# Above so many forms a file is better streamed than read whole.
STREAMED_ROWS = 2_000_000

Block = tuple[npt.ArrayLike, npt.ArrayLike | None, bool]
Values = Sequence[str] | Callable[[pd.DataFrame], tuple[npt.ArrayLike, npt.ArrayLike | None]]
Totals = tuple[ClusterTotals, ...]
Result = TypeVar("Result")


@dataclass(frozen=True)
class StreamedEstimates:
    """Estimates of forms that were read in pieces.

    Attributes
    ----------
    domains : DataFrame, shape (n_domains, n_by)
        What the columns of `by` hold in each domain, sorted.
    blocks : tuple of DomainEstimates
        Of each block, in the order of `domains`.
    """

    domains: pd.DataFrame
    blocks: tuple[DomainEstimates, ...]

    @property
    def estimates(self) -> DomainEstimates:
        """Those of the first block."""
        return self.blocks[0]

    def __repr__(self) -> str:
        return f"StreamedEstimates({len(self.domains)} domains, {len(self.blocks)} blocks)"


def estimate_parquet(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    values: Values,
    *,
    clusters: Sequence[str],
    strata: Sequence[str] = (),
    population: Sequence[str] = (),
    weight: str = "weight",
    by: Sequence[str] = (),
    reading: Sequence[str] = (),
    lonely: str = "fail",
    nest: bool = False,
    crossed: bool = False,
    over_dask: bool = False,
) -> StreamedEstimates:
    """Estimate means or ratios by domain from Parquet files that are never whole in memory.

    Parameters
    ----------
    paths : path or sequence of paths
        Parquet files of one survey; each row group is read under the limits of a whole table, by
        the child that reads all files of others.
    values : sequence of str, or callable
        Columns of numbers whose means are wanted, NaN for no answer; or what makes numerators and
        denominators, as `scoring.survey.estimation.ratio` takes them, of a piece of the forms.
        Dask sends the callable to its workers: a function of a module, not of a notebook cell.
    clusters, strata, population, weight, lonely, nest
        Design of the survey, as in `survey_design`. There must be sampling units: forms drawn by
        themselves cannot be added up in pieces.
    by : sequence of str
        Columns that make the domains; empty for the whole. Forms with nothing in one of them are
        in no domain.
    reading : sequence of str
        Further columns that a callable `values` needs.
    crossed : bool
        As in `ratio`.
    over_dask : bool
        Hand one row group a task to Dask (extra ``cluster``): to its current client, or to
        threads of this process where there is none. Workers read the paths themselves.

    Returns
    -------
    StreamedEstimates
        Equal to the estimates of the forms in memory but for the rounding of sums.

    Raises
    ------
    SurveyError
        With the findings of `survey_design`, and on weights of the first piece that has any.
    UnreadableError
        ``table-needs-pyarrow`` without pyarrow, ``table-damaged`` for what is no Parquet,
        ``file-missing``.
    UsageError
        For a column that is not there or not alike in all files, no sampling units, or without
        Dask where it is asked for.
    """
    named = () if callable(values) else tuple(values)
    (found,) = stream_estimates(
        paths, partial(_one_block, named or values, crossed), clusters=clusters, strata=strata,
        population=population, weight=weight, by=[by], reading=[*reading, *named], lonely=lonely,
        nest=nest, over_dask=over_dask,
    )  # fmt: skip
    return found


def _one_block(values: Values, crossed: bool, piece: pd.DataFrame) -> list[Block]:
    if callable(values):
        return [(*values(piece), crossed)]
    return [(piece[list(values)].to_numpy(float), None, crossed)]


def stream_estimates(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    blocks: Callable[[pd.DataFrame], Sequence[Block]],
    *,
    clusters: Sequence[str],
    strata: Sequence[str] = (),
    population: Sequence[str] = (),
    weight: str = "weight",
    by: Sequence[Sequence[str]] = ((),),
    reading: Sequence[str] = (),
    lonely: str = "fail",
    nest: bool = False,
    over_dask: bool = False,
) -> tuple[StreamedEstimates, ...]:
    """Estimate several blocks of columns over several kinds of domains, reading the files once.

    Parameters
    ----------
    paths, clusters, strata, population, weight, reading, lonely, nest, over_dask
        As in `estimate_parquet`, which see also for what is raised.
    blocks : callable
        Makes of a piece of the forms the numerators, the denominators or None, and whether
        products of different columns are kept, of each block.
    by : sequence of sequence of str
        Columns of each kind of domain.

    Returns
    -------
    tuple of StreamedEstimates
        One for each of `by`.
    """
    if not clusters:
        raise UsageError("only surveys with sampling units stream; name their columns in clusters")
    layout = _Layout(
        tuple(strata), tuple(clusters), tuple(population), weight,
        tuple(tuple(columns) for columns in by), tuple(reading),
    )  # fmt: skip
    files = [paths] if isinstance(paths, str | PathLike) else list(paths)
    tasks = row_groups([str(Path(path)) for path in files], layout.columns)
    run = _over_dask if over_dask else _here
    met = run(partial(_met, layout), _together, tasks)
    if met.findings:
        raise SurveyError(met.findings[0].text("en"), met.findings)
    # A form of each sampling unit stands for the design; weights are those of the pieces.
    design = survey_design(
        met.units.assign(**{_ONE: 1.0}), strata=strata, clusters=clusters, population=population,
        weight=_ONE, lonely=lonely, nest=nest,
    )  # fmt: skip
    domains = tuple(_sorted_domains(found) for found in met.domains)
    totals = run(partial(_totals, _Plan(layout, design, domains, blocks)), _added, tasks)
    n_blocks = len(totals) // len(domains)
    return tuple(
        StreamedEstimates(
            found,
            tuple(estimates_of(design, part) for part in totals[at : at + n_blocks]),
        )
        for at, found in zip(range(0, len(totals), n_blocks), domains, strict=True)
    )


_ONE = "weight of the sampling unit"


@dataclass(frozen=True)
class _Layout:
    """Which columns of the files are what."""

    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    population: tuple[str, ...]
    weight: str
    by: tuple[tuple[str, ...], ...]
    values: tuple[str, ...]

    @property
    def drawn(self) -> list[str]:
        return [*self.strata, *self.clusters, *self.population]

    @property
    def columns(self) -> list[str]:
        return [*dict.fromkeys((*self.first, *self.values))]

    @property
    def first(self) -> list[str]:
        """Those that the first of the two readings needs."""
        by = (name for columns in self.by for name in columns)
        return [*dict.fromkeys((*self.drawn, self.weight, *by))]


@dataclass(frozen=True)
class _Met:
    """Sampling units and domains that pieces of the data meet, and what is wrong there."""

    units: pd.DataFrame
    domains: tuple[pd.DataFrame, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Plan:
    """All that a piece of the data needs to give its totals."""

    layout: _Layout
    design: SurveyDesign
    domains: tuple[pd.DataFrame, ...]
    blocks: Callable[[pd.DataFrame], Sequence[Block]]


def _met(layout: _Layout, task: RowGroup) -> _Met:
    file = Path(task[0]).name
    return reduce(
        _together, (_met_by(layout, file, piece) for piece in pieces_of(task, layout.first))
    )


def _met_by(layout: _Layout, file: str, piece: pd.DataFrame) -> _Met:
    wrong = (replace(finding, file=file) for finding in weight_findings(piece, layout.weight))
    domains = (distinct(piece, list(columns))[0] for columns in layout.by)
    return _Met(distinct(piece, layout.drawn)[0], tuple(domains), tuple(wrong))


def _together(one: _Met, other: _Met) -> _Met:
    pairs = zip(one.domains, other.domains, strict=True)
    return _Met(
        pd.concat([one.units, other.units]).drop_duplicates(),
        tuple(pd.concat(pair).drop_duplicates() for pair in pairs),
        one.findings or other.findings,
    )


def _sorted_domains(met: pd.DataFrame) -> pd.DataFrame:
    if not len(met.columns):
        return pd.DataFrame(index=[0])
    known = met[(met.notna() & (met != "")).all(axis=1)]
    return known.sort_values([*known.columns], ignore_index=True)


def _totals(plan: _Plan, task: RowGroup) -> Totals:
    pieces = pieces_of(task, plan.layout.columns)
    return reduce(_added, (_totals_of(plan, piece) for piece in pieces))


def _added(one: Totals, other: Totals) -> Totals:
    pairs = zip(one, other, strict=True)
    return tuple(first + second for first, second in pairs)


def _totals_of(plan: _Plan, piece: pd.DataFrame) -> Totals:
    units, unit = distinct(piece, [*plan.design.units.labels.columns])
    drawn = replace(
        plan.design,
        unit=plan.design.units.codes_of(units)[unit],
        weights=piece[plan.layout.weight].to_numpy(float),
    )
    blocks = plan.blocks(piece)
    adding = [Adding(drawn, _codes(piece, domains), len(domains)) for domains in plan.domains]
    return tuple(added.columns(*block) for added in adding for block in blocks)


def _codes(piece: pd.DataFrame, domains: pd.DataFrame) -> Ints:
    """Return the domain of each form; -1 for none."""
    if not len(domains.columns):
        return np.zeros(len(piece), dtype=np.int64)
    met, number = distinct(piece, [*domains.columns])
    known = pd.MultiIndex.from_frame(domains)
    return np.asarray(known.get_indexer(pd.MultiIndex.from_frame(met)), np.int64)[number]


def _here(
    work: Callable[[RowGroup], Result],
    join: Callable[[Result, Result], Result],
    tasks: list[RowGroup],
) -> Result:
    return reduce(join, map(work, tasks))


def _over_dask(
    work: Callable[[RowGroup], Result],
    join: Callable[[Result, Result], Result],
    tasks: list[RowGroup],
) -> Result:
    try:
        from dask import delayed
    except ImportError:
        raise missing_dask() from None
    parts = [delayed(work)(task) for task in tasks]
    # Joined in pairs, so that no process ever holds the results of all row groups.
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = [delayed(join)(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    result: Result = parts[0].compute()
    return result
