"""Estimates of more forms than fit in memory: Parquet by row groups, one process or Dask.

The data are gone through twice: once for the sampling units and domains there are, once for the
totals by sampling unit and domain. Those of pieces add up, so neither the order of the forms nor
where a piece ends matters beyond the rounding of a sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import SurveyError, UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.survey.estimation.cluster_totals import ClusterTotals, cluster_totals
from scoring.survey.estimation.design import SurveyDesign, survey_design
from scoring.survey.estimation.design_checks import weight_findings
from scoring.survey.estimation.estimates import DomainEstimates, estimates_of

# Above so many forms a file is better streamed than read whole.
STREAMED_ROWS = 2_000_000

# Rows of a row group that are unpacked at once.
_BATCH_ROWS = 250_000

Arrays = tuple[npt.ArrayLike, npt.ArrayLike | None]
Values = Sequence[str] | Callable[[pd.DataFrame], Arrays]
Task = tuple[str, int]
Result = TypeVar("Result")


@dataclass(frozen=True)
class StreamedEstimates:
    """Estimates of forms that were read in pieces.

    Attributes
    ----------
    domains : DataFrame, shape (n_domains, n_by)
        What the columns of `by` hold in each domain, sorted.
    estimates : DomainEstimates
        In the order of `domains`.
    """

    domains: pd.DataFrame
    estimates: DomainEstimates

    def __repr__(self) -> str:
        return f"StreamedEstimates({self.estimates!r})"


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
        Parquet files of one survey, of any row groups. They are read in this process, so take
        only files that come from yourself.
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
        ``table-needs-pyarrow`` without pyarrow, ``table-damaged`` for what is no Parquet.
    UsageError
        For a column that is not there or not alike in all files, no sampling units, or without
        Dask where it is asked for.
    """
    if not clusters:
        raise UsageError("only surveys with sampling units stream; name their columns in clusters")
    named = () if callable(values) else tuple(values)
    layout = _Layout(
        tuple(strata), tuple(clusters), tuple(population), weight, tuple(by),
        (*reading, *named),
    )  # fmt: skip
    files = [paths] if isinstance(paths, str | PathLike) else list(paths)
    tasks = _tasks([str(Path(path)) for path in files], layout)
    run = _over_dask if over_dask else _here
    met = run(partial(_met, layout), _together, tasks)
    if met.findings:
        raise SurveyError(met.findings[0].text("en"), met.findings)
    # A form of each sampling unit stands for the design; weights are those of the pieces.
    design = survey_design(
        met.units.assign(**{_ONE: 1.0}), strata=strata, clusters=clusters, population=population,
        weight=_ONE, lonely=lonely, nest=nest,
    )  # fmt: skip
    domains = _sorted_domains(met.domains)
    plan = _Plan(layout, design, domains, named or values, crossed)
    totals = run(partial(_totals, plan), add, tasks)
    return StreamedEstimates(domains, estimates_of(design, totals))


_NUMBERS = re.compile("u?int|float|double")
_ONE = "weight of the sampling unit"


@dataclass(frozen=True)
class _Layout:
    """Which columns of the files are what."""

    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    population: tuple[str, ...]
    weight: str
    by: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def drawn(self) -> list[str]:
        return [*self.strata, *self.clusters, *self.population]

    @property
    def columns(self) -> list[str]:
        return [*dict.fromkeys((*self.drawn, self.weight, *self.by, *self.values))]


@dataclass(frozen=True)
class _Met:
    """Sampling units and domains that pieces of the data meet, and what is wrong there."""

    units: pd.DataFrame
    domains: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Plan:
    """All that a piece of the data needs to give its totals."""

    layout: _Layout
    design: SurveyDesign
    domains: pd.DataFrame
    values: Values
    crossed: bool


def _tasks(paths: Sequence[str], layout: _Layout) -> list[Task]:
    """Return file and number of every row group, once all files are known to be alike."""
    tasks: list[Task] = []
    types: dict[str, str] = {}
    for path in paths:
        stored = _opened(path)
        schema = stored.schema_arrow
        absent = [name for name in layout.columns if name not in schema.names]
        if absent:
            raise UsageError(f"{Path(path).name} has no column {', '.join(absent)}")
        found = {name: _kind(schema, name) for name in layout.columns}
        unlike = [name for name in found if types.get(name, found[name]) != found[name]]
        if unlike:
            raise UsageError(f"{Path(path).name} holds {unlike[0]} as {found[unlike[0]]}, "
                             f"the files before it as {types[unlike[0]]}")  # fmt: skip
        types |= found
        sizes = (stored.metadata.row_group(at).num_rows for at in range(stored.num_row_groups))
        tasks += [(path, group) for group, size in enumerate(sizes) if size]
    if not tasks:
        raise UsageError("there is no form in these files")
    return tasks


def _kind(schema: Any, name: str) -> str:
    written = str(schema.field(name).type)
    return "text" if "string" in written else "numbers" if _NUMBERS.match(written) else written


def _opened(path: str, texts: Sequence[str] = ()) -> Any:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError:
        raise UnreadableError(Finding("table-needs-pyarrow", Path(path).name)) from None
    try:
        return parquet.ParquetFile(path, read_dictionary=list(texts))
    except ArrowInvalid as problem:
        damaged = Finding("table-damaged", Path(path).name, values={"row": 0})
        raise UnreadableError(damaged) from problem


def _pieces(task: Task, columns: list[str]) -> Iterator[pd.DataFrame]:
    """Yield a row group in pieces; a row is named by its place in the file."""
    path, group = task
    schema = _opened(path).schema_arrow
    # Texts stay in their dictionaries: numbering them then costs next to nothing.
    stored = _opened(path, [name for name in columns if _kind(schema, name) == "text"])
    start = sum(stored.metadata.row_group(before).num_rows for before in range(group)) + 1
    for batch in stored.iter_batches(_BATCH_ROWS, [group], columns, use_threads=False):
        piece = batch.to_pandas()
        yield piece.set_axis(range(start, start + len(piece)), axis="index")
        start += len(piece)


def _met(layout: _Layout, task: Task) -> _Met:
    columns = list(dict.fromkeys((*layout.drawn, layout.weight, *layout.by)))
    return reduce(_together, (_met_by(layout, Path(task[0]).name, piece)
                              for piece in _pieces(task, columns)), _Met(
        pd.DataFrame(columns=layout.drawn), pd.DataFrame(columns=list(layout.by)), ()))  # fmt: skip


def _met_by(layout: _Layout, file: str, piece: pd.DataFrame) -> _Met:
    found = (replace(finding, file=file) for finding in weight_findings(piece, layout.weight))
    return _Met(_distinct(piece, layout.drawn)[0], _distinct(piece, list(layout.by))[0],
                tuple(found))  # fmt: skip


def _together(one: _Met, other: _Met) -> _Met:
    units, domains = (
        pd.concat([first, second]).drop_duplicates() if len(first) else second
        for first, second in ((one.units, other.units), (one.domains, other.domains))
    )
    return _Met(units, domains, one.findings or other.findings)


def _distinct(piece: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    """Return the combinations that the columns hold, and which of them each row holds."""
    if not columns:
        return piece[[]].iloc[:1], np.zeros(len(piece), dtype=np.int64)
    number = piece.groupby(columns, sort=False, observed=True, dropna=False).ngroup().to_numpy()
    first = np.unique(number, return_index=True)[1]
    texts = piece[columns].select_dtypes("category").columns
    return piece[columns].iloc[first].astype(dict.fromkeys(texts, object)), number


def _sorted_domains(met: pd.DataFrame) -> pd.DataFrame:
    if not len(met.columns):
        return pd.DataFrame(index=[0])
    known = met[(met.notna() & (met != "")).all(axis=1)]
    return known.sort_values([*known.columns], ignore_index=True)


def _totals(plan: _Plan, task: Task) -> ClusterTotals:
    return reduce(add, (_totals_of(plan, piece) for piece in _pieces(task, plan.layout.columns)))


def _totals_of(plan: _Plan, piece: pd.DataFrame) -> ClusterTotals:
    units, unit = _distinct(piece, [*plan.design.units.labels.columns])
    domains, domain = _distinct(piece, [*plan.domains.columns])
    places = np.zeros(1, dtype=np.int64)
    if len(plan.domains.columns):
        known = pd.MultiIndex.from_frame(plan.domains)
        places = known.get_indexer(pd.MultiIndex.from_frame(domains))
    drawn = replace(
        plan.design,
        unit=plan.design.units.codes_of(units)[unit],
        weights=piece[plan.layout.weight].to_numpy(float),
    )
    above, below = (
        plan.values(piece)
        if callable(plan.values)
        else (piece[list(plan.values)].to_numpy(float), None)
    )
    return cluster_totals(
        drawn, above, below, places[domain], len(plan.domains), crossed=plan.crossed
    )


def _here(
    work: Callable[[Task], Result], join: Callable[[Result, Result], Result], tasks: list[Task]
) -> Result:
    return reduce(join, map(work, tasks))


def _over_dask(
    work: Callable[[Task], Result], join: Callable[[Result, Result], Result], tasks: list[Task]
) -> Result:
    try:
        from dask import delayed
    except ImportError:
        raise UsageError(
            'dask is not installed: pip install "par-index-scoring[cluster]"'
        ) from None
    parts = [delayed(work)(task) for task in tasks]
    # Joined in pairs, so that no process ever holds the results of all row groups.
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = [delayed(join)(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    result: Result = parts[0].compute()
    return result
