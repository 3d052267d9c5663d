"""Reading a questionnaire: a folder of ``instrument.toml`` and CSV sheets, as sets are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.base.findings import Finding, has_errors
from scoring.base.values import SET_STATUSES
from scoring.criteria.building import Cells, made_of_row
from scoring.criteria.library import INSTRUMENT_FILE, as_seen
from scoring.criteria.set_meta import is_set_id
from scoring.criteria.set_reading import RawSet, read_sheets
from scoring.files.toml_files import read_toml
from scoring.survey.instrument.instrument_check import check_rows, lint_rows
from scoring.survey.instrument.model import (
    AnswerOption,
    Aspect,
    Factor,
    Instrument,
    Question,
    Weighting,
)
from scoring.tables import columns_of, declared, tables
from scoring.tables.toml_keys import expected_words, fits, unknown_names

META_FILE = INSTRUMENT_FILE
_PREFIX = "instrument."
SHEETS = {
    name.removeprefix(_PREFIX): declared(name)
    for name, table in tables().items()
    if name.startswith(_PREFIX) and table.file != META_FILE
}
REQUIRED_SHEETS = ("factors", "questions", "scales", "weightings")
KEYS = declared("instrument.instrument")
CAVEATS = declared("instrument.caveats")
# What a broken questionnaire says where nothing else can be taken for it.
_STAND_IN = dict.fromkeys((key.name for key in KEYS), "") | {"status": SET_STATUSES[-1]}


@dataclass(frozen=True)
class CheckedInstrument:
    """A questionnaire as far as it could be read, and all findings about it."""

    instrument: Instrument | None
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when its forms can be handed out and counted."""
        return self.instrument is not None and not has_errors(self.findings)


def read_instrument(folder: Path, *, lint: bool = False) -> CheckedInstrument:
    """Read a questionnaire's folder and list everything wrong with it.

    Parameters
    ----------
    folder : Path
    lint : bool
        Add advice when there are no errors.

    Raises
    ------
    UnreadableError
        When ``instrument.toml`` or a required sheet is missing or cannot be read.
    """
    meta = read_toml(folder / META_FILE)
    raw = read_sheets(folder, SHEETS, REQUIRED_SHEETS)
    cells = {name: Cells(name, raw.tables[name], columns) for name, columns in SHEETS.items()}
    said, found = _identity(meta)
    instrument = _built(said, cells, str(folder))
    found += [finding for sheet in cells.values() for finding in sheet.findings]
    found += check_rows(instrument, cells)
    if lint and not has_errors([*raw.findings, *found]):
        found += lint_rows(instrument, cells)
    return CheckedInstrument(instrument, (*raw.findings, *(_placed(f, raw) for f in found)))


def _placed(finding: Finding, raw: RawSet) -> Finding:
    """Return a finding with its file, and with its cell as the file has it."""
    if finding.sheet not in SHEETS:
        return finding.at(file=META_FILE)
    names, heading = columns_of(_PREFIX + finding.sheet), raw.headings.get(finding.sheet, ())
    return as_seen(finding.at(file=f"{finding.sheet}.csv"), names, heading)


def _identity(meta: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Return what ``instrument.toml`` says, and what it lacks or says wrongly."""
    said: dict[str, Any] = dict(_STAND_IN)
    found = [_wrong("set-key-unknown", key) for key in unknown_names(meta, KEYS, ("caveats",))]
    for key in KEYS:
        value = meta.get(key.name)
        is_right = fits(value, key) and (key.name != "id" or is_set_id(str(value)))
        if is_right:
            said[key.name] = str(value).strip()
        elif value is not None or key.required:
            expected = "phieu-khao-sat-2026" if key.name == "id" else expected_words(key)
            found.append(_wrong("set-value-wrong", key.name, value=value or "", expected=expected))
    caveats = meta.get("caveats", [])
    is_list = isinstance(caveats, list) and all(isinstance(entry, dict) for entry in caveats)
    texts = (
        [{c.name: entry.get(c.name, "") for c in CAVEATS} for entry in caveats] if is_list else []
    )
    if not is_list or not all(fits(text[c.name], c) for text in texts for c in CAVEATS):
        found.append(
            _wrong("set-value-wrong", "caveats", value="", expected='[[caveats]] vi = "…"')
        )
        texts = []
    said["caveats"] = tuple((text["vi"], text["en"]) for text in texts)
    said["instrument_id"] = said.pop("id")
    return said, found


def _wrong(code: str, key: str, **values: object) -> Finding:
    return Finding(code, sheet="instrument", values={"key": key, **values})


def _built(said: Mapping[str, Any], cells: Mapping[str, Cells], place: str) -> Instrument:
    return Instrument(
        **said,
        aspects=tuple(made_of_row(Aspect, row) for row in cells["aspects"].rows),
        factors=tuple(made_of_row(Factor, row) for row in cells["factors"].rows),
        questions=tuple(made_of_row(Question, row) for row in cells["questions"].rows),
        weightings=tuple(_weighting(row, cells) for row in cells["weightings"].rows),
        scales={
            str(name): tuple(made_of_row(AnswerOption, row) for row in rows)
            for (name,), rows in cells["scales"].by("scale").items()
        },
        groups={row["code"]: (row["name_vi"], row["name_en"]) for row in cells["groups"].rows},
        place=place,
    )


def _weighting(row: Mapping[str, Any], cells: Mapping[str, Cells]) -> Weighting:
    own = (part for part in cells["factor_weights"].rows if part["weighting"] == row["code"])
    weights = tuple((part["factor"], part["weight_percent"]) for part in own)
    return made_of_row(Weighting, row, factor_weights=weights)
