"""From the rows of scenarios to the single cells that they change, each of one unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.dates import EXCEL_EPOCH, format_date, read_date
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.numbers import read_number
from scoring.base.units import is_whole_year
from scoring.base.values import ROUNDS, SUPPOSED_PROOF
from scoring.base.vocabulary import cell_word, expected_answers, folded, yes_or_no
from scoring.points import ScoreSheet
from scoring.points.row_values import spoken_values
from scoring.rules import InputSpec, RuleSpec
from scoring.tables import rows_of
from scoring.tables.places import MAX_FINDINGS_PER_KIND as _MOST
from scoring.whatif.scenario_table import BLANK, NOT_APPLICABLE_INPUT

ALL_UNITS = -1
"""Stands in ``place`` where a cell belongs to no unit: a cell of the set."""
_DAYS = "datetime64[us]"
_CELL = ["kind", "place", "item_code", "input"]
_PLACE = ("file", "sheet", "cell", "unit_code", "period", "item_code")


@dataclass(frozen=True)
class Said:
    """What a row supposes: as the columns of ``Inputs`` have it, and as the engine counts it.

    `number` is NaN for "not reported"; `text` is what people read of it.
    """

    value: float = np.nan
    choice: str = ""
    happened_on: Any = pd.NaT
    number: float = np.nan
    text: str = ""
    problem: Finding | None = field(default=None, repr=False)


def row_finding(code: str, row: Any, /, **values: object) -> Finding:
    """Return a finding at a row of the table ``Scenario``."""
    place = {name: str(getattr(row, name, "") or "") for name in _PLACE}
    year = "" if pd.isna(row.year) else str(int(row.year))
    return Finding(code, values={"scenario": row.scenario, **values}, year=year, **place)


def supposed_cells(sheet: ScoreSheet, scenario: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return each cell that scenarios set, once: of one unit, or of the set.

    Parameters
    ----------
    sheet : ScoreSheet
        The base, as computed.
    scenario : DataFrame
        Full table ``Scenario``; scenarios count in the order in which they first appear.

    Returns
    -------
    DataFrame
        The columns of the scenario with `place` (column of the unit, `ALL_UNITS` for the set) and
        what `Said` holds. A later scenario stands above an earlier one.
    list of Finding
        For rows about nothing there is, for cells set twice in one scenario (which then stay as
        they are) and for those that a later scenario sets otherwise.
    """
    findings: list[Finding] = []
    parts: list[pd.DataFrame] = []
    for row in rows_of(scenario):
        places, problems = _places(sheet, row)
        said, name = _said(sheet, row)
        findings += problems if said.problem is None else [said.problem]
        if said.problem is None and len(places):
            told = row._asdict() | vars(said) | {"input": name}
            told.pop("problem")
            parts.append(pd.DataFrame([told]).loc[[0] * len(places)].assign(place=places))
    none = scenario.iloc[:0].assign(
        place=np.zeros(0, np.intp), number=0.0, choice="", happened_on=pd.Series(dtype=_DAYS)
    )
    if not parts:
        return none, findings
    cells = pd.concat(parts, ignore_index=True).astype({"happened_on": _DAYS})
    return _once(cells, sheet, findings), findings


def _places(sheet: ScoreSheet, row: Any) -> tuple[npt.NDArray[np.intp], list[Finding]]:
    """Return the columns of the units that a row is about."""
    if row.kind == "rule":
        named = bool(row.unit_code) or not pd.isna(row.year) or bool(row.period)
        return np.array([ALL_UNITS]), [row_finding("scenario-rule-unit", row)] if named else []
    units = sheet.units
    chosen = np.ones(len(units), dtype=bool)
    if row.unit_code:
        chosen &= (units["unit_code"] == row.unit_code).to_numpy()
    if not pd.isna(row.year):
        chosen &= (units["year"] == int(row.year)).to_numpy()
    if row.period:
        period = units["period"]
        same = period.map(is_whole_year) if is_whole_year(row.period) else period == row.period
        chosen &= same.to_numpy(bool)
    if chosen.any():
        return np.flatnonzero(chosen), []
    known = [sheet.shown_key(place) for place in range(min(len(units), 12))]
    return np.flatnonzero(chosen), [row_finding("scenario-unit-unknown", row, known=known)]


def _said(sheet: ScoreSheet, row: Any) -> tuple[Said, str]:
    """Return what a row supposes and the name of its cell within the item."""
    node = sheet.criteria.by_code.get(row.item_code)
    if node is None or (node.spec is None and row.kind != "rule"):
        return _wrong("unknown-item", row, set_id=sheet.criteria.set_id), ""
    if row.kind == "input":
        assert node.spec is not None
        return _figure(node.spec, row), row.input
    if row.kind == "proof":
        if row.text not in SUPPOSED_PROOF:
            return _wrong("scenario-proof-word", row, value=row.text), ""
        return Said(text=row.text), ""
    if row.kind == "appraisal":
        if row.input and row.input not in ROUNDS:
            return _wrong("scenario-round-unknown", row, value=row.input), ""
        number = _number(row)
        if np.isnan(number):
            return _wrong("scenario-points-missing", row, value=row.text), ""
        return Said(number, number=number, text=cell_word(number)), row.input or ROUNDS[-1]
    number = _number(row)
    text = cell_word(number) if not np.isnan(number) else row.text
    return Said(number, number=number, text=text), row.input


def _wrong(code: str, row: Any, /, **values: object) -> Said:
    return Said(problem=row_finding(code, row, **values))


def _number(row: Any) -> float:
    if not np.isnan(row.value):
        return float(row.value)
    reading = read_number(row.text)
    return np.nan if reading.value is None else reading.value


def _figure(spec: RuleSpec, row: Any) -> Said:
    """Read a supposed figure as its input takes it."""
    if row.input == NOT_APPLICABLE_INPUT:
        mark = yes_or_no(row.text or cell_word(row.value))
        if mark is None:
            return _wrong("unknown-choice", row, value=row.text, input=row.input,
                          expected=expected_answers("yes_no"))  # fmt: skip
        return Said(number=float(mark), text="yes" if mark else "no")
    entry = next((entry for entry in spec.inputs if entry.name == row.input), None)
    if entry is None:
        expected = ", ".join(entry.name for entry in spec.inputs)
        return _wrong("unknown-input", row, input=row.input, expected=expected)
    word = row.text or ("" if np.isnan(row.value) else cell_word(row.value))
    if folded(word) == BLANK:
        return Said(text=BLANK)
    spoken = spoken_values(spec, entry).get(folded(word))
    if spoken is not None:
        return Said(choice=word, number=spoken, text=word)
    return _day(entry, row, word) if entry.kind == "date" else _amount(spec, entry, row, word)


def _day(entry: InputSpec, row: Any, word: str) -> Said:
    reading = read_date(word)
    if reading.value is None:
        return _wrong(reading.problem or "not-a-date", row, value=word, input=Named.of(entry),
                      expected=expected_answers("date"))  # fmt: skip
    serial = float((reading.value - EXCEL_EPOCH).days)
    day = pd.Timestamp(reading.value)
    return Said(happened_on=day, number=serial, text=format_date(reading.value))


def _amount(spec: RuleSpec, entry: InputSpec, row: Any, word: str) -> Said:
    if entry.kind in ("yes_no", "choice"):
        expected = expected_answers(entry.kind, spec.options_of(entry.name))
        return _wrong("unknown-choice", row, value=word, input=Named.of(entry), expected=expected)
    if not np.isnan(row.value):
        return Said(float(row.value), number=float(row.value), text=cell_word(row.value))
    reading = read_number(word, whole=entry.kind == "count")
    if reading.value is None:
        return _wrong(reading.problem or "not-a-number", row, value=word, input=Named.of(entry),
                      candidates=reading.candidates)  # fmt: skip
    if reading.is_percent and entry.kind != "percent":
        return _wrong("unexpected-percent", row, value=word, input=Named.of(entry))
    return Said(reading.value, number=reading.value, text=cell_word(reading.value))


def _once(cells: pd.DataFrame, sheet: ScoreSheet, findings: list[Finding]) -> pd.DataFrame:
    """Return one row a cell: none that its own scenario contradicts, else the last that is said."""
    within = [*_CELL, "scenario"]
    differs = cells.groupby(within, sort=False)["text"].transform("nunique") > 1
    wrong = cells[differs].groupby(["kind", "item_code", "input", "scenario"], sort=False)
    for _, rows in list(wrong)[:_MOST]:
        met = [_as_read(text) for text in dict.fromkeys(rows["text"])]
        findings.append(_at(rows.iloc[-1], sheet, "scenario-contradicts", expected=met))
    kept = cells[~differs].drop_duplicates(within)
    order = {name: place for place, name in enumerate(cells["scenario"].unique())}
    kept = kept.sort_values("scenario", key=lambda names: names.map(order), kind="stable")
    later = kept.groupby(_CELL, sort=False)
    loses = (later["text"].transform("last") != kept["text"]) & kept.duplicated(_CELL, keep="last")
    told = kept.assign(winner=later["scenario"].transform("last"))[loses]
    for _, row in told.drop_duplicates(["kind", "item_code", "input"]).head(_MOST).iterrows():
        said = {"other": row["winner"], "value": _as_read(row["text"])}
        findings.append(_at(row, sheet, "scenario-overruled", **said))
    return kept.drop_duplicates(_CELL, keep="last").reset_index(drop=True)


def _as_read(text: str) -> str | float:
    """Return a figure as one, so that each language writes it its own way."""
    return float(text) if text.lstrip("-").replace(".", "", 1).isdigit() else text


def _at(row: pd.Series, sheet: ScoreSheet, code: str, /, **values: object) -> Finding:
    """Return a finding at the row of the table that a cell came from, naming its unit."""
    found = row_finding(code, row, input=row["input"] or row["kind"], **values)
    place = int(row["place"])
    return found if place < 0 else replace(found, unit_code=sheet.keys[place].unit_code)


def nothing_changed(cells: pd.DataFrame, changed: npt.NDArray[np.bool_]) -> Iterator[Finding]:
    """Yield each scenario none of whose cells says anything else than the base."""
    for name, rows in cells.assign(changed=changed).groupby("scenario", sort=False):
        if not rows["changed"].any():
            place = {at: str(rows[at].iloc[0]) for at in ("file", "sheet", "cell")}
            yield Finding("scenario-changes-nothing", values={"scenario": name}, **place)
