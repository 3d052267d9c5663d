"""From forms to the table ``Estimates``: index, factors, questions, answers, for every domain."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.errors import SurveyError
from scoring.base.findings import Finding
from scoring.base.units import names_apart
from scoring.base.values import MEASURES
from scoring.survey.estimation.cluster_totals import Adding
from scoring.survey.estimation.design import SurveyDesign
from scoring.survey.estimation.disclosure import hide_small_cells
from scoring.survey.estimation.estimates import DomainEstimates, combination, estimates_of
from scoring.survey.estimation.intervals import interval
from scoring.survey.instrument.model import Weighting
from scoring.survey.measures import Block, Floats, Measure, index_block, question_blocks
from scoring.survey.responses import Responses
from scoring.survey.survey_data import (
    Domains,
    design_of,
    domains_of,
    survey_responses,
    weighting_of,
)
from scoring.survey.survey_file import Survey
from scoring.tables import in_order
from scoring.tables.checking import checked

BY: tuple[tuple[str, ...], ...] = (
    (),
    ("unit_code",),
    ("service",),
    ("respondent_group",),
    ("unit_code", "service"),
)
"""What estimates are made for unless told: the whole, units, services, groups, unit by service."""
# Forms that are added up at once: columns of more would take much memory.
SLICE_ROWS = 1_000_000
DOMAIN_COLUMNS = ("unit_code", "service", "respondent_group")


@dataclass(frozen=True)
class Estimated(Displayed):
    """A survey with its forms, its design and its estimates: what comparisons are made of.

    Attributes
    ----------
    survey : Survey
    responses : Responses
    design : SurveyDesign
    estimates : DataFrame
        Table ``Estimates``.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from scoring.survey import read_survey
    >>> folder = Path(tempfile.mkdtemp())
    >>> rows = [f"{n},{'AB'[n % 2]},{5 if n % 4 else 2}" for n in range(80)]
    >>> text = "\\n".join(["form_id,unit_code,B1.1", *rows])
    >>> _ = (folder / "phieu.csv").write_text(text, "utf-8")
    >>> _ = (folder / "survey.toml").write_text('''
    ... id = "mau"
    ... name_vi = "Mẫu"
    ... name_en = "Sample"
    ... status = "sample"
    ... source = "mẫu"
    ... year = 2026
    ... instrument = "sipas-citizens-sample"
    ... responses = ["phieu.csv"]
    ... ''', "utf-8")
    >>> found = survey_estimates(read_survey(folder), by=[()])
    >>> len(found.responses.forms), float(found.estimates["estimate_percent"].iloc[0])
    (80, 75.0)
    """

    survey: Survey
    responses: Responses
    design: SurveyDesign
    estimates: pd.DataFrame

    def __repr__(self) -> str:
        return f"Estimated({self.survey.survey_id!r}, {len(self.estimates)} estimates)"

    @property
    def unit_names(self) -> dict[str, str]:
        """Name to show of each unit by its code, told apart where several have one name."""
        named = unit_names(self.responses.forms)
        units = pd.DataFrame({"unit_code": list(named), "unit_name": list(named.values())})
        return dict(zip(named, names_apart(units), strict=True))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said of ``survey.toml``, the forms and the design."""
        return (*self.survey.findings, *self.responses.findings, *self.design.findings)


def survey_estimates(
    survey: Survey, by: Sequence[Sequence[str]] = BY, *, streamed: bool = False,
    over_dask: bool = False,
) -> Estimated:  # fmt: skip
    """Read the forms that a survey names and estimate it.

    Parameters
    ----------
    survey : Survey
    by : sequence of sequence of str
        As in `estimate_survey`.
    streamed, over_dask : bool
        As in `scoring.survey.survey_data.survey_responses`.

    Raises
    ------
    SurveyError, UnreadableError, CriteriaError
        When the forms, the questionnaire or the design do not allow it.

    Examples
    --------
    >>> from scoring.files.shipped import shipped_folder
    >>> from scoring.survey.survey_file import read_survey
    >>> survey = read_survey(shipped_folder("evidence") / "sipas-example-2026")
    >>> whole = survey_estimates(survey, by=[()]).estimates.iloc[0]
    >>> whole["code"], int(whole["forms"]), round(float(whole["estimate_percent"]), 1)
    ('INDEX', 1185, 82.8)
    """
    responses = survey_responses(survey, streamed=streamed, over_dask=over_dask)
    try:
        design = design_of(survey, responses)
    except SurveyError as refused:
        # A cell that could not be read is often the cause: it is named first.
        findings = (*responses.findings, *refused.findings)
        raise SurveyError(str(refused), findings) from None
    estimates = estimate_survey(survey, responses, by, design=design)
    return Estimated(survey, responses, design, estimates)


def estimate_survey(
    survey: Survey,
    responses: Responses,
    by: Sequence[Sequence[str]] = BY,
    *,
    design: SurveyDesign | None = None,
) -> pd.DataFrame:
    """Estimate the index, factors, questions and answers of a survey with their errors.

    Parameters
    ----------
    survey : Survey
        Its weighting says how the index is made; see `scoring.survey.measures.index_block`.
    responses : Responses
    by : sequence of sequence of str
        Which domains to estimate for: columns among ``unit_code``, ``service`` and
        ``respondent_group``; an empty one is the whole survey. A domain is never cut out of the
        design: all strata and sampling units count in its error.
    design : SurveyDesign, optional
        That of `design_of` by default.

    Returns
    -------
    DataFrame
        Table ``Estimates``, in percent. Cells of fewer than ``survey.minimum_forms`` forms are
        hidden, and others with them where they could be computed from the rest: from all domains
        of `BY`, asked for or not, so that two runs together give no hidden cell away. NaN with
        the state ``not-estimable`` where nobody gave an opinion.

    Raises
    ------
    SurveyError
        When the design or the totals allow no estimate; see `design_of`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from scoring.survey import read_survey
    >>> folder = Path(tempfile.mkdtemp())
    >>> rows = [f"{n},{'AB'[n % 2]},{5 if n % 4 else 2}" for n in range(80)]
    >>> text = "\\n".join(["form_id,unit_code,B1.1", *rows])
    >>> _ = (folder / "phieu.csv").write_text(text, "utf-8")
    >>> _ = (folder / "survey.toml").write_text('''
    ... id = "mau"
    ... name_vi = "Mẫu"
    ... name_en = "Sample"
    ... status = "sample"
    ... source = "mẫu"
    ... year = 2026
    ... instrument = "sipas-citizens-sample"
    ... responses = ["phieu.csv"]
    ... ''', "utf-8")
    >>> survey = read_survey(folder)
    >>> table = estimate_survey(survey, survey_responses(survey), by=[("unit_code",)])
    >>> shown = table.loc[table["code"] == "INDEX", ["unit_code", "forms", "estimate_percent"]]
    >>> shown.values.tolist()
    [['A', 40, 50.0], ['B', 40, 100.0]]
    """
    design = design or design_of(survey, responses)
    way = weighting_of(survey, responses.instrument)
    asked = [tuple(columns) for columns in by]
    every = dict.fromkeys([*asked, *(BY if survey.minimum_forms > 1 else ())])
    blocks = [index_block(responses, way), *question_blocks(responses, way)]
    # One kind of domains after the other, for each takes memory by the form.
    classes = (domains_of(responses.forms, columns) for columns in every)
    tables = {
        one.columns: _rows(one, _pieces(survey, blocks, design, one)) for one in classes if len(one)
    }
    table = pd.concat(tables.values(), ignore_index=True).assign(**_about(survey, responses, way))
    named = table.assign(unit_name=names_of(table["unit_code"], unit_names(responses.forms)))
    table = in_order(named, "Estimates")
    factors = {question.code: question.factor for question in responses.instrument.questions}
    shown = hide_small_cells(table, survey.minimum_forms, factors)
    is_asked = [columns in asked for columns in tables]
    shown = shown[np.repeat(is_asked, list(map(len, tables.values())))].reset_index(drop=True)
    return checked(shown, "Estimates", by="estimate_survey")


def _about(survey: Survey, responses: Responses, way: Weighting) -> dict[str, str | float]:
    return {
        "survey": survey.survey_id,
        "series": survey.series or responses.instrument.series,
        "year": survey.year,
        "period": survey.period,
        "weighting": way.code,
        "confidence_percent": 100 * survey.confidence,
        "interval": survey.interval,
    }


def unit_names(forms: pd.DataFrame) -> dict[str, str]:
    """Return the name of each unit, as the first form that gives one has it."""
    if not {"unit_code", "unit_name"} <= {*forms.columns}:
        return {}
    pairs = forms[["unit_code", "unit_name"]].drop_duplicates().astype("str").fillna("")
    named = pairs[pairs["unit_name"] != ""]
    return dict(named.drop_duplicates("unit_code").itertuples(index=False))


def names_of(codes: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Return the name of each code; empty where it has none."""
    return codes.map(lambda code: names.get(code, "")).astype("str")


@dataclass(frozen=True)
class _Piece:
    """Figures of some measures, each an array of shape (n_domains, n_measures)."""

    measures: Sequence[Measure]
    figures: dict[str, Floats]


def _pieces(
    survey: Survey, blocks: Sequence[Block], design: SurveyDesign, domains: Domains
) -> list[_Piece]:
    adding = added_up(design, domains)
    found = (pair for block in blocks for pair in estimated(block, design, adding))
    return [_Piece(measures, _figures(one, measures, survey)) for measures, one in found]


def added_up(design: SurveyDesign, domains: Domains) -> list[tuple[Adding, int, int]]:
    """Return what adds up the forms of each slice, and from where to where it goes."""
    if len(design) <= SLICE_ROWS:
        return [(Adding(design, domains.codes, len(domains)), 0, len(design))]
    ends = [*range(0, len(design), SLICE_ROWS), len(design)]
    return [
        (
            Adding(design.piece(np.arange(low, high)), domains.codes[low:high], len(domains)),
            low,
            high,
        )
        for low, high in pairwise(ends)
    ]


def estimated(
    block: Block, design: SurveyDesign, adding: Sequence[tuple[Adding, int, int]]
) -> Iterator[tuple[Sequence[Measure], DomainEstimates]]:
    """Yield the measures of a block that combine others with their estimates, then the others.

    Parameters
    ----------
    block : Block
    design : SurveyDesign
    adding : sequence
        That of `added_up`.
    """
    found = estimates_of(design, reduce(operator.add, (block.totals(*one) for one in adding)))
    for measure, weights in block.parts:
        yield [measure], combination(found, np.array(weights))
    yield block.measures, found


def _figures(
    found: DomainEstimates, measures: Sequence[Measure], survey: Survey
) -> dict[str, Floats]:
    low, high = ends(found, measures, survey)
    figures = {
        "forms": found.forms[:, None],
        # A combination rests on the answers of all its parts.
        "answers": found.counts,
        "estimate_percent": 100 * found.estimate,
        "standard_error": 100 * found.standard_error,
        "low_percent": 100 * low,
        "high_percent": 100 * high,
        "design_effect": found.design_effect,
        "effective_size": found.effective_size,
        "degrees_of_freedom": found.degrees_of_freedom[:, None],
    }
    return {name: np.broadcast_to(values, low.shape) for name, values in figures.items()}


def _rows(domains: Domains, pieces: Sequence[_Piece]) -> pd.DataFrame:
    """Return a row for each domain and measure, by domain, then index, factors, questions ..."""
    found = [measure for piece in pieces for measure in piece.measures]
    order = np.argsort([MEASURES.index(measure.kind) for measure in found], kind="stable")
    figures = {
        name: np.hstack([piece.figures[name] for piece in pieces])[:, order].ravel()
        for name in pieces[0].figures
    }
    labels = domains.labels.loc[np.repeat(np.arange(len(domains)), len(found))]
    named = dict.fromkeys(DOMAIN_COLUMNS, "") | {str(n): labels[n].to_numpy() for n in labels}
    codes = {
        "measure": [found[place].kind for place in order] * len(domains),
        "code": [found[place].code for place in order] * len(domains),
        "answer": [found[place].answer for place in order] * len(domains),
    }
    is_known = np.isfinite(figures["estimate_percent"])
    state = {"state": np.where(is_known, "shown", "not-estimable")}
    table = pd.DataFrame(codes | named | figures | state)
    return table.astype({"forms": "int64", "answers": "int64"} | dict.fromkeys(named, "str"))


def ends(
    found: DomainEstimates, measures: Sequence[Measure], survey: Survey
) -> tuple[Floats, Floats]:
    """Return the ends of the intervals of the measures, each (n_domains, n_measures).

    Shares of forms and scores have different ones.
    """
    low, high = np.full_like(found.estimate, np.nan), np.full_like(found.estimate, np.nan)
    is_score = np.array([measure.is_score for measure in measures])
    for scores in (False, True):
        at = np.flatnonzero(is_score == scores)
        if len(at):
            low[:, at], high[:, at] = interval(
                survey.interval,
                found.estimate[:, at],
                found.variance[:, at],
                found.answers[:, at],
                found.degrees_of_freedom[:, None],
                survey.confidence,
                scores=scores,
            )
    return low, high
