"""Finding and opening sets: by path, or by id among one's own and the shipped ones."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoring.base.displayed import Displayed
from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.base.text import shortened
from scoring.criteria.building import build_nodes
from scoring.criteria.columns import SHEETS, cell_in, column_names
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.lint import lint_set
from scoring.criteria.set_check import check_tree
from scoring.criteria.set_meta import build_meta
from scoring.criteria.set_reading import RawSet, read_folder
from scoring.criteria.writing import canonical
from scoring.files.shipped import shipped_folder

# What makes a folder a questionnaire of a survey, which `scoring.survey.instrument` reads.
INSTRUMENT_FILE = "instrument.toml"
# Sets built in this process, by what they say; as many as a comparison of years opens.
_built: dict[bytes, CheckedSet] = {}
_built_lock = threading.Lock()
_MOST_BUILT = 8


@dataclass(frozen=True)
class CheckedSet(Displayed):
    """A set as far as it could be read, and all findings about it.

    Examples
    --------
    >>> checked = check_set("service-quality-766")
    >>> checked.is_sound, checked.criteria.meta.set_id, checked.findings
    (True, 'service-quality-766', ())
    """

    criteria: CriteriaSet | None
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when the set can score."""
        return self.criteria is not None and not has_errors(self.findings)


def library_folders() -> list[Path]:
    """Return the folders sets are looked for in: the shipped one, then the working folder's.

    No other folder is: least of all one that a sender's ledger lies in.
    """
    own = Path.cwd() / "criteria"
    shipped = shipped_folder("criteria")
    return list(dict.fromkeys([shipped.resolve(), own.resolve()]))


def list_sets() -> dict[str, Path]:
    """Return the folders or workbooks of all sets by id.

    A set of one's own, in ``criteria/`` of the working folder, never stands for a shipped one:
    where two of one id differ, neither can be opened by it.

    Returns
    -------
    dict of str to Path

    Examples
    --------
    >>> "service-quality-766" in list_sets()
    True
    """
    found: dict[str, Path] = {}
    for set_id, place in _places():
        found.setdefault(set_id, place)
    return found


def _places() -> Iterator[tuple[str, Path]]:
    """Yield every set with its id, a folder before a workbook."""
    for library in library_folders():
        if library.is_dir():
            for entry in sorted(library.iterdir(), key=lambda entry: (entry.is_file(), entry.name)):
                if (entry / "set.toml").is_file():
                    yield entry.name, entry
                # Excel keeps a file named ~$... beside every workbook that is open.
                elif entry.suffix.lower() == ".xlsx" and not entry.name.startswith("~$"):
                    yield entry.stem, entry


def instrument_folders() -> list[Path]:
    """Return the folders of the questionnaires that lie among the sets, shipped ones first."""
    places = (folder for library in library_folders() for folder in sorted(library.glob("*/")))
    return [folder for folder in places if (folder / INSTRUMENT_FILE).is_file()]


def set_path(name: str | Path) -> Path:
    """Return the folder or workbook that `name` (an id or a path) stands for.

    Raises
    ------
    UnreadableError
        When there is neither a set of that id nor such a path.
    """
    known = list_sets()
    if str(name) in known:
        return known[str(name)]
    path = Path(name)
    if path.exists():
        return path
    if any(folder.name == str(name) for folder in instrument_folders()):
        raise UnreadableError(Finding("set-is-instrument", file=str(name)))
    raise _unknown(name)


def _unknown(name: str | Path) -> UnreadableError:
    values = {"set_id": shortened(name), "expected": ", ".join(sorted(list_sets())) or "—"}
    return UnreadableError(Finding("set-unknown", values=values))


def check_set(name: str | Path, *, lint: bool = False, on: dt.date | None = None) -> CheckedSet:
    """Read a set and list everything wrong with it.

    Parameters
    ----------
    name : str or Path
        Id of a set, or path of its folder or workbook.
    lint : bool
        Add the advice of `scoring.criteria.lint` when there are no errors.
    on : date, optional
        Day for which the advice says whether the set is in force.

    Returns
    -------
    CheckedSet
        With the set even where findings are errors, as far as it could be built.

    Examples
    --------
    >>> check_set("service-quality-766").is_sound
    True
    """
    try:
        raw = read_raw(set_path(name))
    except UnreadableError as error:
        return CheckedSet(None, (error.finding,))
    checked = build_set(raw)
    if checked.criteria is not None:
        others = tuple(_namesakes(checked.criteria, is_path=str(name) not in list_sets()))
        checked = CheckedSet(checked.criteria, (*checked.findings, *others))
    if not lint or checked.criteria is None or not checked.is_sound:
        return checked
    advice = (_as_seen(finding, raw) for finding in lint_set(checked.criteria, on))
    return CheckedSet(checked.criteria, (*checked.findings, *advice))


def _namesakes(criteria: CriteriaSet, is_path: bool) -> Iterator[Finding]:
    """Yield every other set of the same id that says something else.

    A set given by its path is set against the shipped ones only, and may be another version.
    """
    place, shipped = Path(criteria.place).resolve(), library_folders()[0]
    for set_id, other in _places():
        is_same = set_id != criteria.set_id or other.resolve() == place
        if is_same or (is_path and other.parent != shipped):
            continue
        known = _identity(other)
        is_allowed = is_path and known[0] != criteria.meta.version
        if known[1] != criteria.fingerprint and not is_allowed:
            both = [f"{place} ({criteria.fingerprint[:12]})", f"{other} ({known[1][:12]})"]
            yield Finding("set-id-taken", sheet="set", values={"set_id": set_id, "expected": both})


def _identity(path: Path) -> tuple[str, str]:
    """Return version and fingerprint of a set; empty where it cannot be read."""
    try:
        criteria = build_set(read_raw(path)).criteria
    except UnreadableError:
        criteria = None
    return (criteria.meta.version, criteria.fingerprint) if criteria else ("", "")


def read_raw(path: Path) -> RawSet:
    """Read a set's text from wherever it is kept.

    Parameters
    ----------
    path : Path
        A folder, the ``set.toml`` in it, or an .xlsx workbook.

    Raises
    ------
    UnreadableError
        When it is none of these, or cannot be read.
    """
    path = Path(path)
    if path.name == "set.toml":
        return read_folder(path.parent)
    if path.name == INSTRUMENT_FILE or (path / INSTRUMENT_FILE).is_file():
        raise UnreadableError(Finding("set-is-instrument", file=str(path)))
    if path.is_dir():
        return read_folder(path)
    if path.suffix.lower() == ".zip":
        raise UnreadableError(Finding("set-is-zip", file=str(path)))
    # The readers of workbooks are slow to load, and a folder has no need of them.
    from scoring.criteria.workbook_reading import read_workbook_set

    return read_workbook_set(path)


def build_set(raw: RawSet) -> CheckedSet:
    """Make a set of its text and check it; once a process for one text of one place.

    Many files name the same set, and checking it takes longer than reading one of them.
    """
    said = _said(raw)
    with _built_lock:
        known = _built.get(said)
    if known is None:
        known = _built_anew(raw)
        with _built_lock:
            while len(_built) >= _MOST_BUILT:
                _built.pop(next(iter(_built)))
            _built[said] = known
    return known


def _said(raw: RawSet) -> bytes:
    """Return a digest of everything a set is made of: of what its files say, not of their names."""
    tables = {
        name: [*table.columns, *table.index, *table.to_numpy().tolist()]
        for name, table in raw.tables.items()
    }
    parts = (raw.place, raw.meta, tables, raw.findings, raw.headings)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()


def _built_anew(raw: RawSet) -> CheckedSet:
    meta, findings = build_meta(raw.meta)
    nodes, problems = build_nodes(raw, meta)
    # In canonical form, so that a set has one fingerprint however its numbers are written.
    said = canonical(raw)
    criteria = CriteriaSet(meta, nodes, said.tables, said.meta, raw.place)
    found = [*findings, *problems, *check_tree(criteria)]
    return CheckedSet(criteria, (*raw.findings, *(_as_seen(finding, raw) for finding in found)))


def _as_seen(finding: Finding, raw: RawSet) -> Finding:
    """Return a finding with its cell as the file has it, whose columns may stand otherwise."""
    names = column_names(finding.sheet) if finding.sheet in SHEETS else []
    return as_seen(finding, names, raw.headings.get(finding.sheet, ()))


def as_seen(finding: Finding, names: Sequence[str], heading: Sequence[str]) -> Finding:
    """Return a finding of a table with columns `names` with its cell below `heading`."""
    match = re.fullmatch(r"([A-Z])(\d+)", finding.cell)
    if not heading or not match:
        return finding
    column = names[ord(match.group(1)) - ord("A")]
    if column not in heading:
        return finding.at(cell="")
    return finding.at(cell=cell_in(heading, column, int(match.group(2))))


def open_set(name: str | Path) -> CriteriaSet:
    """Return a sound set, ready to score.

    Parameters
    ----------
    name : str or Path
        Id of a set, or path of its folder or workbook.

    Returns
    -------
    CriteriaSet

    Raises
    ------
    UnreadableError
        When there is no such set or it cannot be read.
    CriteriaError
        When it has errors; the exception carries all findings.

    Examples
    --------
    >>> open_set("service-quality-766").meta.status
    'observed'
    """
    checked = check_set(name)
    if checked.criteria is None:
        raise UnreadableError(checked.findings[0])
    if not checked.is_sound:
        count = sum(finding.severity == "error" for finding in checked.findings)
        raise CriteriaError(f"criteria set {name} has {count} errors", checked.findings)
    return checked.criteria


def open_named_set(set_id: str) -> CriteriaSet:
    """Return the set that a file names: by its id alone, which never stands for a path.

    Raises
    ------
    UnreadableError, CriteriaError
        As `open_set` does.

    Examples
    --------
    >>> open_named_set("service-quality-766").meta.set_id
    'service-quality-766'
    """
    if set_id not in list_sets():
        raise _unknown(set_id)
    return open_set(set_id)
