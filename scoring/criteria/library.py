"""Finding and opening sets: by path, or by id among one's own and the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import Finding, has_errors
from scoring.base.text import shortened
from scoring.criteria.building import build_meta, build_nodes
from scoring.criteria.check import check_tree
from scoring.criteria.model import CriteriaSet
from scoring.criteria.reading import RawSet, read_folder
from scoring.files.shipped import shipped_folder


@dataclass(frozen=True)
class CheckedSet:
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
    """Return the folders of all sets by id; one's own hides a shipped set of the same id."""
    found: dict[str, Path] = {}
    for library in library_folders():
        if library.is_dir():
            for entry in sorted(library.iterdir()):
                if (entry / "set.toml").is_file():
                    found.setdefault(entry.name, entry)
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


def check_set(name: str | Path) -> CheckedSet:
    """Read a set and list everything wrong with it.

    Parameters
    ----------
    name : str or Path
        Id of a set, or path of its folder or workbook.

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
    return build_set(raw)


def read_raw(path: Path) -> RawSet:
    """Read a set's text from wherever it is kept."""
    return read_folder(path)


def build_set(raw: RawSet) -> CheckedSet:
    """Make a set of its text and check it."""
    meta, findings = build_meta(raw.meta)
    nodes, problems = build_nodes(raw, meta)
    findings = [*raw.findings, *findings, *problems]
    criteria = CriteriaSet(meta, nodes, raw.tables, raw.meta, raw.place)
    findings += check_tree(criteria)
    return CheckedSet(criteria, tuple(findings))


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
