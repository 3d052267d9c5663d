"""Finding and opening sets: by path, or by id among one's own and the shipped ones."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from scoring.base.displayed import Displayed
from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.base.text import shortened
from scoring.criteria.building import build_nodes
from scoring.criteria.columns import column_letters, column_names
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.lint import lint_set
from scoring.criteria.set_check import check_tree
from scoring.criteria.set_meta import build_meta
from scoring.criteria.set_reading import RawSet, read_folder
from scoring.criteria.writing import canonical
from scoring.files.shipped import shipped_folder


@dataclass(frozen=True)
class CheckedSet(Displayed):
    """A set as far as it could be read, and all findings about it."""

    criteria: CriteriaSet | None
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when the set can score."""
        return self.criteria is not None and not has_errors(self.findings)


def library_folders() -> list[Path]:
    """Return the folders sets are looked for in: the working folder's first, then the shipped."""
    own = Path.cwd() / "criteria"
    shipped = shipped_folder("criteria")
    return list(dict.fromkeys([own.resolve(), shipped.resolve()]))


def list_sets() -> dict[str, Path]:
    """Return the folders or workbooks of all sets by id.

    One's own set, in ``criteria/`` of the working folder, hides a shipped one of the same id, and
    a folder hides a workbook.

    Returns
    -------
    dict of str to Path

    Examples
    --------
    >>> "service-quality-766" in list_sets()
    True
    """
    found: dict[str, Path] = {}
    for library in library_folders():
        if library.is_dir():
            for entry in sorted(library.iterdir(), key=lambda entry: (entry.is_file(), entry.name)):
                if (entry / "set.toml").is_file():
                    found.setdefault(entry.name, entry)
                # Excel keeps a file named ~$... beside every workbook that is open.
                elif entry.suffix.lower() == ".xlsx" and not entry.name.startswith("~$"):
                    found.setdefault(entry.stem, entry)
    return found


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
    values = {"set_id": shortened(name), "expected": ", ".join(sorted(known)) or "—"}
    raise UnreadableError(Finding("set-unknown", values=values))


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
    if not lint or checked.criteria is None or not checked.is_sound:
        return checked
    advice = (_as_seen(finding, raw) for finding in lint_set(checked.criteria, on))
    return CheckedSet(checked.criteria, (*checked.findings, *advice))


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
    if path.is_dir():
        return read_folder(path)
    if path.suffix.lower() == ".zip":
        raise UnreadableError(Finding("set-is-zip", file=str(path)))
    # The readers of workbooks are slow to load, and a folder has no need of them.
    from scoring.criteria.workbook_reading import read_workbook_set

    return read_workbook_set(path)


def build_set(raw: RawSet) -> CheckedSet:
    """Make a set of its text and check it."""
    meta, findings = build_meta(raw.meta)
    nodes, problems = build_nodes(raw, meta)
    # In canonical form, so that a set has one fingerprint however its numbers are written.
    said = canonical(raw)
    criteria = CriteriaSet(meta, nodes, said.tables, said.meta, raw.place)
    found = [*findings, *problems, *check_tree(criteria)]
    return CheckedSet(criteria, (*raw.findings, *(_as_seen(finding, raw) for finding in found)))


def _as_seen(finding: Finding, raw: RawSet) -> Finding:
    """Return a finding with its cell as the file has it, whose columns may stand otherwise."""
    heading = raw.headings.get(finding.sheet)
    match = re.fullmatch(r"([A-Z])(\d+)", finding.cell)
    if not heading or not match:
        return finding
    names = column_names(finding.sheet)
    column = names[ord(match.group(1)) - ord("A")]
    if column not in heading:
        return finding.at(cell="")
    return finding.at(cell=f"{column_letters(heading.index(column))}{match.group(2)}")


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
