"""Which differences are real: between units of a survey, and between two surveys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.values import INDEX_CODE
from scoring.survey.estimation.differences import (
    Differences,
    Side,
    difference,
    difference_between,
    recovered,
)
from scoring.survey.estimation.estimates import DomainEstimates
from scoring.survey.measures import Block, Floats, Measure, index_block, question_blocks
from scoring.survey.satisfaction import Estimated, added_up, ends, estimated, names_of
from scoring.survey.survey_data import Domains, domains_of, weighting_of
from scoring.tables import empty, in_order
from scoring.tables.checking import checked

Places = npt.NDArray[np.intp]

EACH_OTHER, WHOLE = "each-other", "whole"
_FIGURES = (
    "difference_percent", "standard_error", "low_percent", "high_percent", "degrees_of_freedom",
    "p_value",
)  # fmt: skip
_KINDS = ("index", "factor", "question")


@dataclass(frozen=True)
class _Compared:
    """Pairs of cells and their differences; arrays of shape (n_pairs, n_measures)."""

    measures: Sequence[Measure]
    first: pd.Series
    other: pd.Series
    differences: Differences
    interval: tuple[Floats, ...]


def compare_units(result: Estimated, against: str = EACH_OTHER) -> pd.DataFrame:
    """Compare the units of a survey in the index and its factors.

    Parameters
    ----------
    result : Estimated
        With estimates for the units.
    against : str
        ``each-other``: every pair of units. ``whole``: each unit with all units together.
        Otherwise the code of the unit that the others are compared with.

    Returns
    -------
    DataFrame
        Table ``Differences``, in percentage points. Units share strata and sampling units, so the
        error is that of the difference itself, not made of two errors. A difference with a
        hidden cell is hidden.

    Raises
    ------
    UsageError
        For a unit that the survey has not.

    Notes
    -----
    ``adjusted_p_value`` keeps the chance of calling any difference of a measure real, where none
    is, below what the confidence level leaves (S. Holm, 1979, Scand. J. Statistics 6, 65-70).

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from scoring.survey import read_survey, survey_estimates
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
    >>> table = compare_units(survey_estimates(read_survey(folder), by=[("unit_code",)]), "B")
    >>> table.loc[0, ["code", "unit_code", "difference_percent", "verdict"]].tolist()
    ['INDEX', 'A', np.float64(-50.0), 'real']
    """
    forms = result.responses.forms
    units, whole = domains_of(forms, ("unit_code",)), domains_of(forms, ())
    block = index_block(result.responses, weighting_of(result.survey, result.responses.instrument))
    codes = pd.Series([*units.labels["unit_code"], ""], dtype="str")
    first, other = _chosen(codes.tolist(), against)
    both = (
        estimated(block, result.design, added_up(result.design, domains))
        for domains in (units, whole)
    )
    compared = []
    for (measures, found), (_, all_) in zip(*both, strict=True):
        joined = _joined(found, all_)
        gap = difference(joined, first, other)
        one, two = (_side(result, measures, joined, places) for places in (first, other))
        interval = recovered(gap, one, two, result.survey.confidence)
        compared.append(_Compared(measures, codes[first], codes[other], gap, interval))
    return _table(compared, result, result)


def _side(
    result: Estimated, measures: Sequence[Measure], found: DomainEstimates, places: Places
) -> Side:
    low, high = ends(found, measures, result.survey)
    figures = (found.estimate, found.variance, low, high, found.degrees_of_freedom)
    return Side(*(figure[places] for figure in figures))


def _chosen(codes: Sequence[str], against: str) -> tuple[Places, ...]:
    """Return the places of the pairs that are compared; the last place is the whole."""
    count = len(codes) - 1
    if against == EACH_OTHER:
        return np.triu_indices(count, 1)
    if against != WHOLE and against not in codes:
        values = {"value": against, "expected": [EACH_OTHER, WHOLE, *codes[:count]]}
        found = Finding("survey-unit-unknown", values=values)
        raise UsageError(found.text("en"), found)
    at = count if against == WHOLE else codes.index(against)
    first = np.array([place for place in range(count) if place != at], dtype=np.intp)
    return first, np.full_like(first, at)


def _joined(units: DomainEstimates, whole: DomainEstimates) -> DomainEstimates:
    """Take the whole as one more domain, so that it has covariances with the others."""
    parts, count = (units.linearised, whole.linearised), units.linearised.n_domains
    shifted = whole.linearised.cells + count * units.linearised.units.n_units
    linear = replace(
        units.linearised,
        n_domains=count + 1,
        cells=np.concatenate([units.linearised.cells, shifted]),
        values=np.concatenate([part.values for part in parts]),
        coefficients=np.concatenate([part.coefficients for part in parts]),
        answered=None,
    )
    names = ("estimate", "variance", "forms", "answers", "degrees_of_freedom", "replicated")
    rows: dict[str, Any] = {
        name: np.concatenate([getattr(found, name) for found in (units, whole)]) for name in names
    }
    return replace(units, linearised=linear, **rows)


def compare_surveys(
    result: Estimated, other: Estimated, *, shared: bool = False
) -> tuple[pd.DataFrame, list[Finding]]:
    """Compare two surveys, such as two years, as a whole and unit by unit.

    Parameters
    ----------
    result, other : Estimated
        The newer and the older one.
    shared : bool
        Whether sampling units with the same codes are the same ones, as where both years asked in
        the same communes. Otherwise the samples were drawn independently of each other.

    Returns
    -------
    DataFrame
        Table ``Differences``: index, factors and questions, `result` less `other`, as a whole
        and for the units that both have.
    list of Finding
        ``survey-series-break`` where the surveys are of different series, versions of the
        questionnaire or ways of counting: nothing is compared then, and every row says so.
    """
    broken = _breaks(result, other)
    compared = []
    for columns in ((), ("unit_code",)):
        domains = [domains_of(one.responses.forms, columns) for one in (result, other)]
        codes, first, second = _met(*domains)
        # Forms that name no unit are all of the one that was asked about: the whole says it.
        if not len(codes):
            continue
        if broken:
            compared.append(_unknown(codes))
            continue
        new, old = (
            added_up(one.design, classes)
            for one, classes in zip((result, other), domains, strict=True)
        )
        for block, before in zip(_blocks(result), _blocks(other), strict=True):
            pairs = zip(
                estimated(block, result.design, new),
                estimated(before, other.design, old),
                strict=True,
            )
            for (measures, found), (_, earlier) in pairs:
                gap = difference_between(found, earlier, first, second, shared=shared)
                now = _side(result, measures, found, first)
                then = _side(result, measures, earlier, second)
                interval = recovered(gap, now, then, result.survey.confidence)
                compared.append(_Compared(measures, codes, codes, gap, interval))
    return _table(compared, result, other, is_broken=bool(broken)), broken


def _met(one: Domains, other: Domains) -> tuple[pd.Series, Places, Places]:
    """Return the codes of the units that both surveys have, and their places in each."""
    if not one.columns:
        return pd.Series([""], dtype="str"), np.zeros(1, np.intp), np.zeros(1, np.intp)
    both = one.labels.reset_index().merge(other.labels.reset_index(), on="unit_code")
    return both["unit_code"], both["index_x"].to_numpy(np.intp), both["index_y"].to_numpy(np.intp)


def _blocks(result: Estimated) -> Iterator[Block]:
    way = weighting_of(result.survey, result.responses.instrument)
    yield index_block(result.responses, way)
    yield from question_blocks(result.responses, way)


def _unknown(codes: pd.Series) -> _Compared:
    nothing = np.full((len(codes), 1), np.nan)
    index = [Measure("index", INDEX_CODE)]
    return _Compared(index, codes, codes, Differences(nothing, nothing, nothing), (nothing,) * 4)


def _breaks(result: Estimated, other: Estimated) -> list[Finding]:
    found = []
    for what in ("series", "version", "weighting"):
        here, there = _method(result)[what], _method(other)[what]
        if here != there:
            values = {
                "what": Label(f"sipas_method_{what}"),
                "value": here,
                "expected": there,
                "survey": result.survey.survey_id,
                "other": other.survey.survey_id,
            }
            found.append(Finding("survey-series-break", values=values))
    return found


def _method(result: Estimated) -> dict[str, str]:
    survey, instrument = result.survey, result.responses.instrument
    return {
        "series": survey.series or instrument.series,
        "version": f"{instrument.instrument_id} {instrument.version}",
        "weighting": weighting_of(survey, instrument).code,
    }


def _table(
    compared: Sequence[_Compared], result: Estimated, other: Estimated, *, is_broken: bool = False
) -> pd.DataFrame:
    """Return the table ``Differences``, with p-values over the comparisons of each measure."""
    table = pd.concat([_rows(one) for one in compared], ignore_index=True)
    table = table[table["measure"].isin(_KINDS)].reset_index(drop=True)
    if table.empty:
        return empty("Differences")
    is_hidden = _hidden(table, "unit_code", result) | _hidden(table, "other_unit_code", other)
    table.loc[is_hidden, [*_FIGURES]] = np.nan
    confidence = result.survey.confidence
    table = table.assign(
        survey=result.survey.survey_id,
        other_survey=other.survey.survey_id,
        year=result.survey.year,
        other_year=other.survey.year,
        unit_name=names_of(table["unit_code"], result.unit_names),
        other_unit_name=names_of(table["other_unit_code"], other.unit_names),
        weighting=_method(result)["weighting"],
        confidence_percent=100 * confidence,
    )
    # A change of the whole is one question, and not one of as many as there are units.
    families = table.groupby(["measure", "code", table["unit_code"] == ""])["p_value"]
    adjusted = families.transform(lambda family: holm(family.to_numpy()))
    table = table.assign(adjusted_p_value=adjusted)
    table["verdict"] = np.select(
        [is_hidden, np.full(len(table), is_broken), adjusted.isna(), adjusted < 1 - confidence],
        ["hidden", "series-break", "not-estimable", "real"],
        "not-shown",
    )
    return checked(in_order(table, "Differences"), "Differences", by="compare")


def _rows(compared: _Compared) -> pd.DataFrame:
    """Return a row for each pair and measure, in percentage points."""
    measures, found = compared.measures, compared.differences
    low, high, p_value, freedom = compared.interval
    times = len(measures)
    return pd.DataFrame(
        {
            "unit_code": np.repeat(compared.first.to_numpy(), times),
            "other_unit_code": np.repeat(compared.other.to_numpy(), times),
            "measure": [measure.kind for measure in measures] * len(compared.first),
            "code": [measure.code for measure in measures] * len(compared.first),
            "difference_percent": 100 * found.estimate.ravel(),
            "standard_error": 100 * found.standard_error.ravel(),
            "low_percent": 100 * low.ravel(),
            "high_percent": 100 * high.ravel(),
            "degrees_of_freedom": freedom.ravel(),
            "p_value": p_value.ravel(),
        }
    ).astype(dict.fromkeys(("unit_code", "other_unit_code", "measure", "code"), "str"))


def _hidden(table: pd.DataFrame, unit: str, result: Estimated) -> npt.NDArray[np.bool_]:
    """Say for which rows the cell of a unit is hidden, or was not estimated at all."""
    cells = result.estimates
    is_plain = (cells["service"] == "") & (cells["respondent_group"] == "")
    is_open = is_plain & ~cells["state"].str.startswith("hidden")
    known = pd.MultiIndex.from_frame(cells.loc[is_open, ["unit_code", "measure", "code"]])
    return ~np.asarray(pd.MultiIndex.from_frame(table[[unit, "measure", "code"]]).isin(known))


def holm(p_values: Floats) -> Floats:
    """Adjust p-values for being many, step by step from the smallest.

    Parameters
    ----------
    p_values : float array
        NaN where nothing was compared; it counts for nothing.

    References
    ----------
    S. Holm (1979), Scandinavian Journal of Statistics 6, 65-70; R's ``p.adjust``.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03, np.nan])).round(4).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    times = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(times * p_values[order]), 1.0)
    return adjusted
