"""The manifest of a folder of results."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.criteria import CriteriaSet
from scoring.files import manifest as bundle
from scoring.files.atomic import write_atomically
from scoring.files.paths import unreadable


def write_manifest(folder: Path | str, inputs: Iterable[Path | str], criteria: CriteriaSet) -> Path:
    """Write ``manifest.json`` for all files of `folder`; the same results give the same bytes.

    Parameters
    ----------
    folder : Path or str
        Where the results are; sub-folders count, links do not.
    inputs : iterable of Path
        The files the results were made from; only their names are kept, not where they lie.
    criteria : CriteriaSet

    Raises
    ------
    UnreadableError
        When an input or an output cannot be read.
    OutputError
        When the manifest cannot be written.
    """
    folder = Path(folder)
    set_id, version = criteria.set_id, criteria.meta.version
    manifest = bundle.Manifest(
        bundle.RESULTS,
        tuple(bundle.entry_of(folder, name) for name in bundle.files_below(folder)),
        tuple(_input(Path(path)) for path in inputs),
        about=bundle.about(
            set_id=set_id, set_version=version, set_fingerprint=criteria.fingerprint
        ),
    )
    path = folder / bundle.MANIFEST_NAME
    write_atomically(path, manifest.to_bytes())
    return path


def _input(path: Path) -> bundle.Entry:
    if not path.is_file():
        raise UnreadableError(unreadable(path, FileNotFoundError()))
    return bundle.entry_of(path.parent, path.name)
