"""A folder of results, which belongs to the run that wrote it, and its manifest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.criteria import CriteriaSet
from scoring.files.atomic import write_atomically
from scoring.files.overwriting import note, ruled
from scoring.files.paths import unreadable
from scoring.files.sealed import manifest as bundle
from scoring.files.sealed.data_package import PACKAGE_NAME, write_data_package
from scoring.files.whole_folder import second_name, whole_folder
from scoring.points import ScoreSheet

_OWNER = "made_by"
_FEW = 5


@contextlib.contextmanager
def results_folder(
    target: Path,
    inputs: Sequence[Path],
    criteria: CriteriaSet | Mapping[str, str],
    owner: str,
    *,
    replace: bool = False,
) -> Iterator[Path]:
    """Give a folder to write results into, which takes the place of `target` with its manifest.

    Files that an earlier run made and nobody changed go, but for those that another kind of run
    made from the same inputs by the same set: these are noted, for they are not computed again.
    What else lies in the folder stays, and is noted as no part of the results.

    Parameters
    ----------
    target : Path
    inputs, criteria
        See `write_manifest`.
    owner : str
        The kind of run.
    replace : bool
        Whether files of others may be written over, outside a verb (`scoring.files.overwriting`).

    Raises
    ------
    OutputError
        See `scoring.files.whole_folder.whole_folder`.
    """
    dropped: list[str] = []
    with ruled(inputs, target, replace=replace), whole_folder(target, dropped) as folder:
        yield folder
        owners = _settle_earlier(
            target, folder, _manifest(folder, inputs, criteria, owner), dropped
        )
        write_manifest(folder, inputs, criteria, owners)
        listed = bundle.files_below(folder)
    given = {path.resolve() for path in inputs}
    others = [
        name
        for name in bundle.files_below(target, links=True)
        if name not in listed and (target / name).resolve() not in given
    ]
    if others:
        note(_of_files("output-folder-shared", target, others))


def _of_files(code: str, folder: Path, names: Sequence[str]) -> Finding:
    few = [*names[:_FEW], *["…"] * (len(names) > _FEW)]
    return Finding(code, str(folder), values={"count": len(names), "files": ", ".join(few)})


def _settle_earlier(target: Path, folder: Path, new: bundle.Manifest, dropped: list[str]) -> str:
    """Take over or drop the files of an earlier run; return the kinds of run in the folder."""
    old, owner = bundle.manifest_in(target), new.about[_OWNER]
    # Versions before this one listed whatever lay there, so their lists say nothing of owners.
    if old is None or _OWNER not in old.about:
        return owner
    as_made = [entry.path for entry in old.files if _is_unchanged(target, entry, new.inputs)]
    is_same = (old.inputs, {**old.about, _OWNER: owner}) == (new.inputs, new.about)
    if not is_same or old.about[_OWNER] == owner:
        dropped += as_made
        return owner
    # What describes the tables is written for those of both runs.
    kept = sorted(set(as_made) - {entry.path for entry in new.files} - {PACKAGE_NAME})
    for name in kept:
        second_name(target / name, folder / name)
    if kept:
        # Only the manifest that lay there says who made them, and anybody can write one.
        note(_of_files("output-folder-joined", target, kept))
    return " + ".join(sorted({owner, *old.about[_OWNER].split(" + ")}))


def _is_unchanged(folder: Path, entry: bundle.Entry, inputs: Sequence[bundle.Entry]) -> bool:
    """Say whether a file is as it was made, and is not what this run reads."""
    with contextlib.suppress(UnreadableError):
        is_read = any((entry.bytes, entry.sha256) == (i.bytes, i.sha256) for i in inputs)
        return not is_read and bundle.entry_of(folder, entry.path) == entry
    return False


def write_manifest(
    folder: Path | str,
    inputs: Iterable[Path | str],
    criteria: CriteriaSet | Mapping[str, str],
    owner: str = "",
) -> Path:
    """Write ``manifest.json``, and ``datapackage.json`` where there are tables; no day is in them.

    Parameters
    ----------
    folder : Path or str
        Where the results are; sub-folders count, links do not.
    inputs : iterable of Path
        The files the results were made from; only their names are kept, not where they lie.
    criteria : CriteriaSet or mapping of str to str
        The set that scored, or what else the results were made by, as the manifest is to say it.
    owner : str
        The kind of run that made all these files.

    Raises
    ------
    UnreadableError
        When an input or an output cannot be read.
    OutputError
        When the manifest cannot be written.
    """
    path = Path(folder) / bundle.MANIFEST_NAME
    manifest = _manifest(Path(folder), inputs, criteria, owner)
    write_atomically(path, _with_data_package(Path(folder), manifest).to_bytes())
    return path


def _with_data_package(folder: Path, manifest: bundle.Manifest) -> bundle.Manifest:
    """Describe the tables of a folder for other programs, and list the description as well."""
    listed = [entry for entry in manifest.files if entry.path != PACKAGE_NAME]
    about, owner = manifest.about, manifest.about.get(_OWNER, "")
    facts = {
        "title": label("package_results", "vi", made_by=owner, set=about.get("set_id", "")),
        "title_en": label("package_results", "en", made_by=owner, set=about.get("set_id", "")),
        "sources": [{"title": entry.path} for entry in manifest.inputs],
        "made_by": dict(about),
    }
    name = f"{about.get('set_id', '')} {owner}"
    if not write_data_package(folder, name, listed, **facts):
        return manifest
    return replace(manifest, files=(*listed, bundle.entry_of(folder, PACKAGE_NAME)))


def _manifest(
    folder: Path,
    inputs: Iterable[Path | str],
    criteria: CriteriaSet | Mapping[str, str],
    owner: str,
) -> bundle.Manifest:
    facts = bundle.about(**_set_facts(criteria) if isinstance(criteria, CriteriaSet) else criteria)
    return bundle.Manifest(
        bundle.RESULTS,
        tuple(bundle.entry_of(folder, name) for name in bundle.files_below(folder)),
        tuple(sorted(_input(Path(path)) for path in inputs)),
        about=facts | ({_OWNER: owner} if owner else {}),
    )


def run_facts(sheet: ScoreSheet) -> dict[str, str]:
    """Return what the results of a run were made by: the set, and the journal where one was used."""
    head = {"journal_head": sheet.journal_head} if sheet.journal_head else {}
    return {**_set_facts(sheet.criteria), **head}


def _set_facts(criteria: CriteriaSet) -> dict[str, str]:
    return {
        "set_id": criteria.set_id,
        "set_version": criteria.meta.version,
        "set_fingerprint": criteria.fingerprint,
    }


def _input(path: Path) -> bundle.Entry:
    if not path.is_file():
        raise UnreadableError(unreadable(path, FileNotFoundError()))
    return bundle.entry_of(path.parent, path.name)
