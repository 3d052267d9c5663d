"""Forms as they were taken in: how many of each unit, what was answered, and a table to hand on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.survey.entry_reading import coded_forms
from scoring.survey.reading.form_columns import TIME
from scoring.survey.responses import Responses

_PLACES = ("file", "sheet", "cell")


def response_rates(responses: Responses) -> pd.DataFrame:
    """Return how often each question was answered.

    Returns
    -------
    DataFrame, one row per question
        ``question``, ``forms``, and of these in percent ``answered`` (an opinion),
        ``no_opinion`` (does not know, declines) and ``unanswered``; NaN without forms, and where the files
        do not hold the question.
    """
    rows = []
    for place, question in enumerate(responses.instrument.questions):
        options = responses.instrument.scales[question.scale]
        # The last place stands for `MISSING`.
        kinds = np.array([*(0 if option.is_answer else 1 for option in options), 2])
        counts = np.bincount(kinds[responses.answers[:, place]], minlength=3)
        is_there = question.code not in responses.absent
        shares = 100 * counts / (counts.sum() if is_there and counts.sum() else np.nan)
        rows.append((question.code, int(counts.sum()), *shares.tolist()))
    return pd.DataFrame(rows, columns=["question", "forms", "answered", "no_opinion", "unanswered"])


def unit_counts(responses: Responses) -> pd.DataFrame:
    """Return how many forms each unit has, by its code, or by its name where it has none.

    Returns
    -------
    DataFrame, one row per unit
        ``unit_code``, ``unit_name`` (of its first form) and ``forms``.
    """
    forms = responses.forms
    names = ("unit_code", "unit_name")
    told = pd.DataFrame({name: forms.get(name, "") for name in names}, index=forms.index)
    key = told["unit_code"].where(told["unit_code"] != "", told["unit_name"])
    units = told.assign(forms=1).groupby(key.to_numpy(), sort=True)
    return units.agg({"unit_code": "first", "unit_name": "first", "forms": "size"}).reset_index(
        drop=True
    )


def clean_forms(responses: Responses) -> pd.DataFrame:
    """Return the forms with the codes of their answers, a column a question.

    Nothing stands in it but the columns of ``Forms``, those that were asked to be kept, and
    answers that are options of their scale: no cell as it was typed. `read_responses` reads it.

    Examples
    --------
    >>> from scoring.survey.instrument.instruments import open_instrument
    >>> from scoring.survey.responses import read_responses
    >>> form = open_instrument("sipas-citizens-sample")
    >>> read = read_responses(pd.DataFrame({"Mã phiếu": ["P1"], "B1.1": ["5,0"]}), form)
    >>> clean_forms(read)[["form_id", "instrument", "B1.1"]].values.tolist()
    [['P1', 'sipas-citizens-sample', '5']]
    """
    instrument = responses.instrument
    about = {"instrument": instrument.instrument_id, "instrument_version": instrument.version}
    coded = coded_forms(responses).drop(columns=[TIME, *_PLACES], errors="ignore").assign(**about)
    questions = [question.code for question in instrument.questions]
    return coded[[*coded.columns.difference(questions, sort=False), *questions]]
