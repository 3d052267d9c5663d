"""Reading an entry workbook back, by the questionnaire that it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.excel.workbook import read_workbook
from scoring.survey.instrument.instruments import list_instruments, open_instrument
from scoring.survey.instrument.model import Instrument
from scoring.survey.personal_data import personal_columns, without_personal
from scoring.survey.planning.planning_tables import design_sheet
from scoring.survey.reading.form_columns import read_forms
from scoring.survey.reading.response_columns import HeadingReader
from scoring.survey.reading.response_sources import open_responses, stated_by
from scoring.survey.responses import Responses, read_responses


def read_entry_workbook(
    path: Path, instrument: Instrument | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the forms of an entry workbook, an answer the code of its option.

    Parameters
    ----------
    path : Path
        A workbook that `scoring.survey.instrument.entry_workbook` made and people filled in. It
        is read in a guarded process, under limits, as ledgers are.
    instrument : Instrument, optional
        The questionnaire; without it the one that the workbook names, by its id alone.

    Returns
    -------
    DataFrame, shape (n_forms, n_columns)
        The columns of the table ``Forms``, and one named by the code of each question: codes of
        options, empty where nothing (or nothing possible) was answered.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read, is no entry workbook, or names an unknown questionnaire.
    """
    if instrument is None:
        instrument = instrument_named_by(Path(path))
    responses = read_responses(path, instrument)
    return coded_forms(responses), list(responses.findings)


def read_sample(path: Path, instrument: Instrument) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a list of sampled units, to fill an entry workbook with.

    Parameters
    ----------
    path : Path
        CSV, Parquet or .xlsx with columns of the table ``Forms``; others are left out. Of a
        list to interview, the sheet of its design is read.
    instrument : Instrument

    Raises
    ------
    UnreadableError
        When it cannot be read, or a column looks like personal data.
    """
    reader = HeadingReader(instrument)
    table = open_responses(path, reader.known, design_sheet(path))
    table = without_personal(table, list(personal_columns(table, reader)), "refuse")
    plan = reader.plan(table, "wide", ())
    forms, findings = read_forms(table, plan.forms)
    told = [found for found in plan.findings if found.code != "survey-columns-not-read"]
    return forms, [*table.findings, *told, *findings]


def coded_forms(responses: Responses) -> pd.DataFrame:
    """Return forms with their answers as codes of options, a column for each question.

    Examples
    --------
    >>> from scoring.survey.instrument.instruments import open_instrument
    >>> officials = open_instrument("officials-survey-sample")
    >>> typed = pd.DataFrame({"form_id": ["1", "2"], "O": ["Rất tốt", "KB"]})
    >>> coded_forms(read_responses(typed, officials))["O"].tolist()
    ['very_good', 'KB']
    """
    answers: dict[str, np.ndarray] = {}
    for place, question in enumerate(responses.instrument.questions):
        options = responses.instrument.scales[question.scale]
        codes = np.array([*(option.code for option in options), ""], dtype=object)
        answers[question.code] = codes[responses.answers[:, place]]
    return responses.forms.assign(**{k: pd.Series(v, dtype="str") for k, v in answers.items()})


def instrument_named_by(path: Path) -> Instrument:
    """Return the questionnaire that an entry workbook says it is of.

    Raises
    ------
    UnreadableError
        ``entry-not-one`` where it is no entry workbook, ``instrument-unknown`` where it names none.
    """
    stated = stated_by(read_workbook(path, file=path.name))
    if not stated:
        raise UnreadableError(Finding("entry-not-one", path.name))
    name = stated["instrument"]
    # What a sender wrote stands for an id among the known ones, never for a path.
    if name not in list_instruments():
        values = {"instrument": name, "expected": ", ".join(sorted(list_instruments()))}
        raise UnreadableError(Finding("instrument-unknown", path.name, values=values))
    return open_instrument(name)
