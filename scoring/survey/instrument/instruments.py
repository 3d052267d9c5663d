"""Finding and opening questionnaires: by path, or by id among one's own and the shipped ones."""

from __future__ import annotations

from pathlib import Path

from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import shortened
from scoring.criteria.library import instrument_folders
from scoring.survey.instrument.instrument_reading import (
    META_FILE,
    CheckedInstrument,
    read_instrument,
)
from scoring.survey.instrument.model import Instrument


def list_instruments() -> dict[str, Path]:
    """Return the folders of all questionnaires by id.

    They are looked for where sets are: among the shipped ones and in ``criteria/`` of the working
    folder, never beside a file that somebody sent.

    Examples
    --------
    >>> sorted(list_instruments())[:2]
    ['officials-survey-sample', 'sipas-citizens-sample']
    """
    found: dict[str, Path] = {}
    for folder in instrument_folders():
        found.setdefault(folder.name, folder)
    return found


def check_instrument(name: str | Path, *, lint: bool = True) -> CheckedInstrument:
    """Read a questionnaire and list everything wrong with it.

    Parameters
    ----------
    name : str or Path
        Id of a questionnaire, or path of its folder.
    lint : bool
        Add advice when there are no errors.

    Returns
    -------
    CheckedInstrument
        With the questionnaire even where findings are errors, as far as it could be built.

    Examples
    --------
    >>> check_instrument("sipas-citizens-sample").findings
    ()
    """
    try:
        checked = read_instrument(_folder(name), lint=lint)
    except UnreadableError as error:
        return CheckedInstrument(None, (error.finding,))
    twins = _other_of_that_name(name, checked.instrument)
    return CheckedInstrument(checked.instrument, (*checked.findings, *twins))


def open_instrument(name: str | Path) -> Instrument:
    """Return a sound questionnaire.

    Parameters
    ----------
    name : str or Path
        Id of a questionnaire, or path of its folder.

    Raises
    ------
    UnreadableError
        When there is no such questionnaire or it cannot be read.
    CriteriaError
        When it has errors; the exception carries all findings.

    Examples
    --------
    >>> citizens = open_instrument("sipas-citizens-sample")
    >>> [factor.code for factor in citizens.factors]
    ['access', 'procedure', 'official', 'result', 'feedback']
    >>> citizens.questions[citizens.place_of["B1.1"]].text("vi")
    'Nơi tiếp nhận dễ tìm, dễ đến'
    """
    checked = check_instrument(name, lint=False)
    if checked.instrument is None:
        raise UnreadableError(checked.findings[0])
    if not checked.is_sound:
        count = sum(finding.severity == "error" for finding in checked.findings)
        raise CriteriaError(f"questionnaire {name} has {count} errors", checked.findings)
    return checked.instrument


def _folder(name: str | Path) -> Path:
    """Return the folder that `name` (an id or a path) stands for."""
    known = list_instruments()
    if str(name) in known:
        return known[str(name)]
    path = Path(name)
    folder = path.parent if path.name == META_FILE else path
    if (folder / META_FILE).is_file():
        return folder
    code = "instrument-not-one" if path.exists() else "instrument-unknown"
    values = {"instrument": shortened(name), "expected": ", ".join(sorted(known)) or "—"}
    raise UnreadableError(Finding(code, file=str(name) if path.exists() else "", values=values))


def _other_of_that_name(name: str | Path, opened: Instrument | None) -> list[Finding]:
    """Return a finding where an id stands for two questionnaires that differ."""
    folders = [folder for folder in instrument_folders() if folder.name == str(name)]
    others = [read_instrument(folder).instrument for folder in folders[1:]]
    if all(other and opened and _said(other) == _said(opened) for other in others):
        return []
    values = {"instrument": str(name), "expected": [str(folder) for folder in folders]}
    return [Finding("instrument-id-taken", sheet="instrument", values=values)]


def _said(instrument: Instrument) -> tuple[object, ...]:
    """Return what a questionnaire says, wherever it lies."""
    parts = vars(instrument)
    return tuple(
        repr(parts[name]) for name in sorted(instrument.__dataclass_fields__) if name != "place"
    )
