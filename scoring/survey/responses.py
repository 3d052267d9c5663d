"""Responses as they are estimated from: a row a form, an answer a small number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.findings import Finding
from scoring.survey.instrument.model import Instrument

# What stands in `Responses.answers` where no option does.
MISSING = -1


@dataclass(frozen=True)
class Responses(Displayed):
    """The forms of one survey.

    Attributes
    ----------
    instrument : Instrument
    forms : DataFrame, shape (n_forms, n_columns)
        The table ``Forms``, with the further columns that a design or a calibration names.
    answers : int8 array, shape (n_forms, n_questions)
        Position of the answer in the scale of its question, in the order of
        ``instrument.questions``; `MISSING` where nothing was answered. "Does not know" is an
        option of the scale whose ``is_answer`` is False, so it is never taken for missing.
    findings : tuple of Finding
    """

    instrument: Instrument
    forms: pd.DataFrame
    answers: npt.NDArray[np.int8]
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def __repr__(self) -> str:
        return f"Responses({self.instrument.instrument_id!r}, {len(self.forms)} forms)"
