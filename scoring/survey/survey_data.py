"""A survey with its forms: what ``survey.toml`` names, read and put together into a design."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import SurveyError, UnreadableError, UsageError
from scoring.base.findings import Finding, has_errors
from scoring.survey.estimation.design import SurveyDesign, survey_design
from scoring.survey.estimation.parquet_pieces import distinct, parquet_rows
from scoring.survey.estimation.streaming import STREAMED_ROWS
from scoring.survey.form_flags import QualityLimits
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.instrument.model import Instrument, Weighting
from scoring.survey.responses import Responses, read_responses
from scoring.survey.streamed_responses import StreamedForms, streamed_responses
from scoring.survey.survey_file import SURVEY_FILE, Survey
from scoring.tables import columns_of

_WEIGHT = "weight_of_one"


@dataclass(frozen=True)
class Domains:
    """The classes that estimates are made for.

    Attributes
    ----------
    columns : tuple of str
        Columns of ``Forms`` that tell them apart; none for the whole survey.
    codes : int array, shape (n_forms,)
        -1 where a form is in none.
    labels : DataFrame, shape (n_domains, n_columns)
    """

    columns: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    labels: pd.DataFrame

    def __len__(self) -> int:
        return len(self.labels)


def domains_of(forms: pd.DataFrame, columns: tuple[str, ...]) -> Domains:
    """Return the classes that `columns` tell apart, sorted; forms with an empty one are in none.

    Examples
    --------
    >>> forms = pd.DataFrame({"unit_code": ["B", "A", "", "B"]})
    >>> domains_of(forms, ("unit_code",)).codes.tolist()
    [1, 0, -1, 1]
    """
    if not columns:
        whole = pd.DataFrame(index=range(1))
        return Domains(columns, np.zeros(len(forms), dtype=np.int64), whole)
    if any(name not in forms for name in columns):
        empty = pd.DataFrame(columns=list(columns), dtype="str")
        return Domains(columns, np.full(len(forms), -1, dtype=np.int64), empty)
    met, number = distinct(forms, list(columns))
    table = met.astype(object).fillna("").astype("str")
    is_in = (table != "").all(axis=1).to_numpy()
    codes = np.full(len(table), -1, dtype=np.int64)
    found = table[is_in].groupby(list(columns), sort=True)
    codes[is_in] = found.ngroup().to_numpy()
    labels = found.size().reset_index()[list(columns)]
    return Domains(columns, codes[number], labels)


def survey_instrument(survey: Survey) -> Instrument:
    """Open the questionnaire of a survey.

    Raises
    ------
    SurveyError
        When the survey names none, with all that is wrong with its file.
    UnreadableError, CriteriaError
        As `open_instrument`.
    """
    if not survey.instrument:
        raise SurveyError("the survey names no questionnaire", survey.findings)
    return open_instrument(survey.instrument_place)


def weighting_of(survey: Survey, instrument: Instrument) -> Weighting:
    """Return the way in which the index of a survey is made.

    Raises
    ------
    SurveyError
        ``survey-value-wrong`` where the questionnaire has no such way.
    """
    try:
        return instrument.weighting(survey.weighting)
    except KeyError:
        known = [way.code for way in instrument.weightings]
        raise _wrong(survey, "estimates.weighting", survey.weighting, known) from None


def _wrong(survey: Survey, key: str, value: object, expected: object) -> SurveyError:
    values = {"key": key, "value": value, "expected": expected}
    found = Finding("survey-value-wrong", str(survey.folder / SURVEY_FILE), values=values)
    return SurveyError(found.text("en"), (found,))


def survey_responses(
    survey: Survey, instrument: Instrument | None = None, *, streamed: bool = False,
    over_dask: bool = False,
) -> Responses:  # fmt: skip
    """Read the forms of a survey from all its files.

    Parameters
    ----------
    survey : Survey
    instrument : Instrument, optional
        That of the survey by default.
    streamed : bool
        Read Parquet files piece by piece though they are small; those of more than
        `STREAMED_ROWS` forms always are. See `streamed_responses` for what is then not checked.
    over_dask : bool
        As in `streamed_responses`; it implies `streamed`.

    Raises
    ------
    SurveyError
        Where ``survey.toml`` itself is wrong, so that files of it may be missing.
    UnreadableError
        As `read_responses`.
    UsageError
        Where forms are to be streamed from files that are not all Parquet.
    """
    if has_errors(survey.findings):
        raise SurveyError(survey.findings[0].text("en"), survey.findings)
    instrument = instrument or survey_instrument(survey)
    columns = {heading: name for name, heading in survey.columns.items()}
    keep, numbers = kept_columns(survey)
    if streamed or over_dask or _is_large(survey.responses):
        if any(path.suffix.lower() != ".parquet" for path in survey.responses):
            raise UsageError("only Parquet files are read piece by piece")
        stays = ("unit_code", "unit_name", "service", "respondent_group", *named_columns(survey))
        limits = QualityLimits(fieldwork=survey.fieldwork, year=survey.year)
        how = StreamedForms(
            instrument, columns, tuple(keep), tuple(numbers), limits,
            tuple(dict.fromkeys(stays)), survey.replicate_prefix,
        )  # fmt: skip
        return streamed_responses(survey.responses, how, over_dask=over_dask)
    return read_responses(
        list(survey.responses),
        instrument,
        columns=columns,
        keep=keep,
        numbers=numbers,
        limits=QualityLimits(fieldwork=survey.fieldwork, year=survey.year),
    )


def _is_large(paths: Sequence[Path]) -> bool:
    """Say whether Parquet files hold so many forms that they are read piece by piece."""
    if not paths or any(path.suffix.lower() != ".parquet" for path in paths):
        return False
    try:
        return sum(map(parquet_rows, paths)) > STREAMED_ROWS
    except UnreadableError:
        return False


def kept_columns(survey: Survey) -> tuple[list[str], list[str]]:
    """Return the columns beside those of ``Forms`` to keep as text, and those to keep as numbers.

    A star stands behind the common beginning of the replicate weights.
    """
    replicates = [f"{survey.replicate_prefix}*"] if survey.replicate_prefix else []
    figures = [survey.weight, *survey.population, *replicates]
    further = [name for name in named_columns(survey) if name not in columns_of("Forms")]
    numbers = [name for name in figures if name and name not in columns_of("Forms")]
    return [name for name in further if name not in numbers], numbers


def named_columns(survey: Survey) -> list[str]:
    """Return the columns of the forms that the design and the known totals of a survey name."""
    names = [*survey.strata, *survey.clusters, *survey.population, survey.weight]
    for table in (*survey.population_tables, *survey.margins):
        names += [str(name) for name in table if name != "total"]
    return [name for name in dict.fromkeys(names) if name]


def design_of(survey: Survey, responses: Responses) -> SurveyDesign:
    """Return the design of a survey, its weights brought to the totals that are known.

    Parameters
    ----------
    survey : Survey
    responses : Responses

    Raises
    ------
    SurveyError
        Names everything in the way: columns that the forms lack, weights, sizes and totals that
        cannot be.
    """
    forms = _with_sizes(survey, responses.forms)
    problems = (*survey.findings, *_missing_columns(survey, forms))
    if has_errors(problems):
        raise SurveyError(problems[0].text("en"), problems)
    weight = survey.weight or (None if survey.population else _WEIGHT)
    design = survey_design(
        forms.assign(**{_WEIGHT: 1.0}),
        strata=survey.strata,
        clusters=survey.clusters,
        population=survey.population,
        weight=weight,
        lonely=survey.lonely,
        nest=survey.nest,
    )
    return _fitted(survey, design, forms)


def _missing_columns(survey: Survey, forms: pd.DataFrame) -> Iterator[Finding]:
    for name in named_columns(survey):
        if name not in forms:
            values = {"column": name, "expected": [str(column) for column in forms]}
            yield Finding("missing-column", str(survey.folder / SURVEY_FILE), values=values)


def _with_sizes(survey: Survey, forms: pd.DataFrame) -> pd.DataFrame:
    """Add the sizes of strata and sampling units that tables give; NaN where a table has none."""
    own = {survey.weight, *survey.population} & {*forms.columns} - {*columns_of("Forms")}
    forms = forms.assign(**{name: pd.to_numeric(forms[name], errors="coerce") for name in own})
    for table in survey.population_tables:
        sizes = [name for name in survey.population if name in table]
        classes = [str(name) for name in table if name not in sizes]
        if all(name in forms for name in classes):
            # Each class once: there may be millions of forms.
            met, number = distinct(forms, classes)
            found = met.astype("str").merge(table, on=classes, how="left", validate="many_to_one")
            forms = forms.assign(**{name: found[name].to_numpy()[number] for name in sizes})
    return forms


def _fitted(survey: Survey, design: SurveyDesign, forms: pd.DataFrame) -> SurveyDesign:
    """Add replicate weights, and bring all weights to the known totals."""
    if survey.replicate_kind:
        sets = _replicate_weights(survey, forms)
        design = design.replicated(
            sets,
            survey.replicate_kind,
            combined=survey.is_combined,
            scale=survey.replicate_scale,
            rscales=survey.replicate_rscales,
        )
    margins = {str(table.attrs["file"]): _classes(table, forms) for table in survey.margins}
    if survey.calibration == "raking":
        return design.raked(margins)
    for name, (classes, totals) in margins.items():
        design = design.post_stratified(classes, totals, name)
    return design


def _classes(
    table: pd.DataFrame, forms: pd.DataFrame
) -> tuple[pd.DataFrame | pd.Series, pd.Series]:
    """Return the class of each form and the total of each class of a margin."""
    names = [name for name in table if name != "total"]
    if len(names) == 1:
        return forms[names[0]], table.set_index(names[0])["total"]
    labels = table[names].itertuples(index=False, name=None)
    return forms[names], pd.Series(
        table["total"].to_numpy(), index=pd.Index(list(labels), tupleize_cols=False)
    )


def _replicate_weights(survey: Survey, forms: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the replicate weights of the forms, a column a set.

    Raises
    ------
    SurveyError
        ``missing-column`` without any, ``survey-weight-missing`` for cells that hold no number.
    """
    columns = [name for name in forms if str(name).startswith(survey.replicate_prefix)]
    sets = forms[columns].apply(pd.to_numeric, errors="coerce")
    values: dict[str, object] = {"column": f"{survey.replicate_prefix}…", "expected": "…"}
    found = [] if columns else [Finding("missing-column", values=values)]
    for name in sets.columns[sets.isna().any()]:
        lacking = forms.loc[sets[name].isna(), "form_id"]
        values = {"column": str(name), "row": lacking.iloc[0], "count": len(lacking)}
        found.append(Finding("survey-weight-missing", values=values))
    factors = survey.replicate_rscales
    if not found and factors is not None and len(factors) != len(columns):
        values = {
            "key": "replicates.rscales",
            "value": str(len(factors)),
            "expected": str(len(columns)),
        }
        found.append(Finding("survey-value-wrong", str(survey.folder / SURVEY_FILE), values=values))
    if found:
        raise SurveyError(found[0].text("en"), tuple(found))
    return sets.to_numpy(dtype=float)
