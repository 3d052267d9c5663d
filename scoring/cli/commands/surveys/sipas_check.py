"""``parindex sipas check``: forms of a survey taken in, looked through and handed on."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import ScoringError, UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.cli.console import Console
from scoring.files.atomic import write_atomically
from scoring.files.table_files import write_csv
from scoring.survey.clean_forms import clean_forms, response_rates, unit_counts
from scoring.survey.entry_reading import instrument_named_by
from scoring.survey.form_flags import QualityLimits
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.instrument.model import Instrument
from scoring.survey.quality import strata_findings
from scoring.survey.responses import Responses, read_responses
from scoring.survey.survey_data import kept_columns, survey_instrument
from scoring.survey.survey_file import Survey, read_survey
from scoring.tables import rows_of

# Errors of Python and of pandas whose messages show the value that was met.
_MAY_QUOTE_A_CELL = (ValueError, TypeError, LookupError, ArithmeticError)


def run(options: argparse.Namespace, console: Console) -> int:
    """Read forms, say what is wrong with them, and write them coded where asked to."""
    survey = read_survey(Path(options.survey)) if options.survey else None
    instrument = _instrument(options, survey)
    responses = _guarded(options, instrument, survey)
    findings = [*(survey.findings if survey else ()), *responses.findings]
    findings += _strata(survey, responses.forms) if survey else ()
    units, rates = unit_counts(responses), response_rates(responses)
    if options.out:
        _write(clean_forms(responses), Path(options.out))
    _show(responses, units, rates, console)
    if options.out:
        console.wrote(options.out)
    return console.close(
        findings,
        instrument=instrument.instrument_id,
        version=instrument.version,
        forms=len(responses.forms),
        units=units.to_dict("records"),
        questions=rates.to_dict("records"),
    )


def _instrument(options: argparse.Namespace, survey: Survey | None) -> Instrument:
    if options.instrument:
        return open_instrument(options.instrument)
    if survey:
        return survey_instrument(survey)
    for path in (Path(name) for name in options.files if name.lower().endswith(".xlsx")):
        # An entry workbook says itself which questionnaire it is of; any other does not.
        try:
            return instrument_named_by(path)
        except UnreadableError as refused:
            if refused.finding.code != "entry-not-one":
                raise
    raise UsageError("no questionnaire", Finding("survey-instrument-needed"))


def _strata(survey: Survey, forms: pd.DataFrame) -> Iterator[Finding]:
    for table in survey.population_tables:
        if classes := [name for name in survey.strata if name in table and name in forms]:
            yield from strata_findings(forms, table, classes)


def _guarded(
    options: argparse.Namespace, instrument: Instrument, survey: Survey | None
) -> Responses:
    """Read the forms; an error that nobody foresaw is told without a message that quotes a cell."""
    keep, numbers = kept_columns(survey) if survey else ([], [])
    try:
        return read_responses(
            [Path(name) for name in options.files],
            instrument,
            columns=_columns(options.columns, survey),
            keep=[*options.keep, *keep],
            numbers=numbers,
            personal=options.personal,
            sheet=options.sheet,
            drop=options.drop,
            limits=_limits(options, survey),
        )
    except ScoringError:
        raise
    except _MAY_QUOTE_A_CELL as problem:
        values = {"kind": type(problem).__name__}
        raise UnreadableError(Finding("survey-unreadable", values=values)) from None


def _columns(given: Sequence[str], survey: Survey | None) -> dict[str, str]:
    """Return heading to column, from ``survey.toml`` and then as given: ``HEADING=COLUMN``."""
    known = {heading: name for name, heading in survey.columns.items()} if survey else {}
    for pair in given:
        heading, mark, name = pair.rpartition("=")
        if not mark:
            raise UsageError(f"--columns {pair!r} is not HEADING=COLUMN")
        known[heading.strip()] = name.strip()
    return known


def _limits(options: argparse.Namespace, survey: Survey | None) -> QualityLimits:
    known: dict[str, Any] = {"fast_minutes": float(options.fast)} if options.fast else {}
    if survey:
        known |= {"fieldwork": survey.fieldwork, "year": survey.year}
    return QualityLimits(**known)


def _write(forms: pd.DataFrame, path: Path) -> None:
    if path.suffix.lower() != ".parquet":
        return write_csv(forms, path)
    stream = io.BytesIO()
    try:
        forms.to_parquet(stream, index=False)
    except ImportError:
        raise UnreadableError(Finding("table-needs-pyarrow", path.name)) from None
    return write_atomically(path, stream.getvalue())


def _show(responses: Responses, units: pd.DataFrame, rates: pd.DataFrame, console: Console) -> None:
    """Print the forms of each unit and what was answered to each question."""
    instrument = responses.instrument
    about = {"name": instrument.name(console.lang), "version": instrument.version}
    console.print(console.text("sipas_check_about", count=len(responses.forms), **about))
    if (units[["unit_code", "unit_name"]] != "").any(axis=None):
        counts = [(row.unit_code or "—", row.unit_name, str(row.forms)) for row in rows_of(units)]
        console.table(console.heads("sipas_check_", "unit", "unit_name", "forms"), counts, "  r")
        console.print()
    heads = ("question", "answered", "no_opinion", "unanswered")
    rows = [
        (str(row[0]), *(format_number(share, 1, console.lang) for share in row[2:]))
        for row in rates.to_numpy().tolist()
    ]
    console.table(console.heads("sipas_check_", *heads), rows, " rrr")
