"""What an entry workbook says beyond its cells: its questionnaire, and rows nobody filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.survey.instrument.entry_workbook import identity_of
from scoring.survey.instrument.model import Instrument
from scoring.survey.reading.response_columns import HeadingReader
from scoring.survey.reading.response_sources import ResponseTable


def as_entered(table: ResponseTable, reader: HeadingReader) -> ResponseTable:
    """Return the forms of an entry workbook; any other table comes back as it is.

    Every form says its questionnaire and version, as the hidden sheet does. A row without any
    answer is no form: the finding counts those that name a form of the sample.
    """
    if not table.stated:
        return table
    frame, findings = table.frame, list(table.findings)
    at = {reader.target(str(name)): str(name) for name in frame.columns}
    asked = [str(name) for name in frame.columns if reader.is_question(str(name))]
    is_filled = frame[asked].notna().any(axis=1)
    if named := at.get("form_id"):
        findings += _not_interviewed(table, named, frame[named].notna() & ~is_filled)
    frame = frame[is_filled]
    said = {name: table.stated[name] for name in ("instrument", "instrument_version")}
    findings += _other_wording(table, reader.instrument)
    return replace(table, frame=frame.assign(**said), findings=tuple(findings))


def _not_interviewed(table: ResponseTable, heading: str, spare: pd.Series) -> Iterator[Finding]:
    if spare.any():
        place = table.place(int(np.argmax(spare)), heading)
        yield Finding("entry-forms-unanswered", **place, values={"count": int(spare.sum())})


def _other_wording(table: ResponseTable, instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding where the questionnaire was changed and its version was not."""
    own = identity_of(instrument)
    same = all(table.stated[name] == own[name] for name in ("instrument", "instrument_version"))
    if same and table.stated["instrument_fingerprint"] != own["instrument_fingerprint"]:
        values = {"instrument": own["instrument"], "version": own["instrument_version"]}
        met = {"value": table.stated["instrument_fingerprint"]}
        met["expected"] = own["instrument_fingerprint"]
        yield Finding("entry-other-wording", **table.about, values=values | met)
