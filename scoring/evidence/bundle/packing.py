"""Write a bundle, as a folder or a zip: all of it or nothing, the same bytes for the same input."""

from __future__ import annotations

import contextlib
import io
import os
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO

import pandas as pd

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.evidence.documents.scan import documents_below
from scoring.files.atomic import write_atomically, write_problem
from scoring.files.paths import open_under, path_problem, safe_relative
from scoring.files.sealed.bundle_zip import new_entry
from scoring.files.sealed.manifest import BUNDLE, MANIFEST_NAME, Entry, Manifest, about, fingerprint
from scoring.files.whole_folder import whole_folder

OpenSink = Callable[[str], IO[bytes]]
_open_document = partial(open_under, allow_hard_links=False)


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was packed.

    Attributes
    ----------
    path : Path
        The folder or zip written.
    digest : str
        Digest of the manifest; give it to the receiver through another channel than the bundle.
    files : tuple of Entry
        The packed files with sizes and hashes.
    withheld : tuple of dict
        Secret documents, listed and not packed.
    findings : tuple of Finding
        Documents that could not be packed or differ from what the ledger recorded.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria import list_sets
    >>> from scoring.tables import empty
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "so.xlsx").write_bytes(b"?")
    >>> packed = write_bundle(folder / "goi", ledger=folder / "so.xlsx",
    ...                       documents=empty("Documents"),
    ...                       criteria=list_sets()["service-quality-766"])
    >>> packed.path.name, packed.withheld, packed.findings
    ('goi', (), ())
    """

    path: Path
    digest: str
    files: tuple[Entry, ...]
    withheld: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to pack: where it goes, how to open it, and the hash the ledger recorded."""

    path: str
    open: Callable[[], BinaryIO]
    recorded: str = ""
    document_id: str = ""

    def digest(self) -> str:
        """Return the SHA-256 of the file as it is now."""
        with self.open() as file:
            return fingerprint(file)[1]


def write_bundle(
    target: Path,
    *,
    ledger: Path,
    documents: pd.DataFrame,
    criteria: Path,
    scores: Sequence[Path] = (),
    verdicts: bytes = b"",
    unit_code: str = "",
    year: int | None = None,
    stated: str = "",
) -> BundleReport:
    """Pack a ledger with all that is needed to check it elsewhere.

    Paths of documents stay as they are beside the ledger, so that the ledger in the bundle still
    finds them. Every file is hashed from the same open file that is copied.

    Parameters
    ----------
    target : Path
        A zip when its name ends in ``.zip``, else a folder. An older bundle there is replaced;
        any other file or folder is left alone and refused.
    ledger : Path
        The workbook; documents are looked up below its folder.
    documents : DataFrame
        Table ``Documents``; those with ``secret`` are listed and not packed.
    criteria : Path
        The criteria set, folder or workbook, packed under ``criteria/``.
    scores : sequence of Path
        Files or folders of results, packed under ``scores/``.
    verdicts : bytes
        The table ``Verdicts`` as CSV, packed as ``proof.csv``.
    stated : str
        Id, version and fingerprint of the criteria set.

    Raises
    ------
    OutputError
        The bundle cannot be written; what was at `target` before is still there.
    UnreadableError
        The ledger, the criteria set or a file of the scores cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from scoring.criteria import list_sets, open_set
    >>> from scoring.evidence.ledger import write_ledger
    >>> from scoring.tables import empty
    >>> folder, name = Path(tempfile.mkdtemp()), "service-quality-766"
    >>> write_ledger(folder / "so.xlsx", open_set(name), "H1", "Đơn vị mẫu", 2026)
    >>> packed = write_bundle(folder / "goi.zip", ledger=folder / "so.xlsx",
    ...                       documents=empty("Documents"), criteria=list_sets()[name])
    >>> sorted({entry.path.split("/")[0] for entry in packed.files}), len(packed.digest)
    (['criteria', 'ledger.xlsx'], 64)
    """
    target, ledger = Path(target), Path(ledger)
    is_secret = documents["secret"].astype(bool)
    sources = [
        _own_file(ledger, "ledger" + ledger.suffix.lower()),
        *_tree(Path(criteria), "criteria"),
        *(source for path in scores for source in _tree(Path(path), "scores")),
        *([_Source("proof.csv", lambda: io.BytesIO(verdicts))] if verdicts else []),
    ]
    taken = {source.path.casefold() for source in sources} | {MANIFEST_NAME}
    hidden = _secret_hashes(ledger.parent, documents[is_secret])
    is_also = _is_also_secret(ledger.parent, documents, is_secret, hidden) & ~is_secret
    proofs, findings = _document_sources(ledger.parent, documents[~is_secret & ~is_also], taken)
    copies = [source.path for source in sources if hidden and source.digest() in hidden]
    sources = [source for source in sources if source.path not in copies]
    findings += [Finding("bundle-secret-copy", p) for p in [*documents["path"][is_also], *copies]]
    withheld = tuple(_withheld(documents[is_secret]))
    ordered = sorted([*sources, *proofs], key=lambda source: source.path)
    facts = about(unit_code=unit_code, year="" if year is None else year, criteria_set=stated)

    def pack(open_sink: OpenSink) -> Manifest:
        entries = tuple(_copied(source, open_sink, findings) for source in ordered)
        manifest = Manifest(BUNDLE, entries, withheld=withheld, about=facts)
        with open_sink(MANIFEST_NAME) as sink:
            sink.write(manifest.to_bytes())
        return manifest

    is_zip = target.suffix.lower() == ".zip"
    manifest = _write_zip(target, pack) if is_zip else _write_folder(target, pack)
    return BundleReport(target, manifest.digest, manifest.files, withheld, tuple(findings))


def _own_file(path: Path, name: str) -> _Source:
    """A file the person named; opened below its own folder, so that a link is refused."""
    return _Source(name, partial(open_under, path.parent, path.name))


def _tree(path: Path, under: str) -> list[_Source]:
    """Return `path` itself, or every file below it if it is a folder."""
    if not path.is_dir():
        return [_own_file(path, f"{under}/{_composed(path.name)}")]
    names, _ = documents_below(path)
    prefix = f"{under}/{_composed(path.name)}" if under == "criteria" else under
    return [
        _Source(f"{prefix}/{_composed(name)}", partial(open_under, path, name)) for name in names
    ]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def _document_sources(
    root: Path, documents: pd.DataFrame, taken: set[str]
) -> tuple[list[_Source], list[Finding]]:
    """Return the documents that can be packed; the others are findings."""
    sources: list[_Source] = []
    findings: list[Finding] = []
    rows = documents[documents["path"] != ""]
    # One file has many spellings; a path that leads outside is kept, to be refused by name.
    rows = rows.assign(
        name=rows["path"].map(_resolved).where(lambda name: name != "", rows["path"])
    )
    rows = rows.drop_duplicates("name")
    columns = ["document_id", "path", "sha256"]
    for document_id, path, recorded in rows[columns].itertuples(index=False):
        name = _in_bundle(path)
        known = {"document_id": document_id, "path": path}
        problem = path_problem(path) or _unopenable(root, path)
        if problem:
            findings.append(Finding(problem.code, path, values=dict(problem.values) | known))
        elif name.casefold() in taken or name.casefold().startswith(("criteria/", "scores/")):
            findings.append(Finding("bundle-name-taken", path, values=known))
        else:
            taken.add(name.casefold())
            opener = partial(_open_document, root, path)
            sources.append(_Source(name, opener, recorded.lower(), document_id))
    return sources, findings


def _secret_hashes(root: Path, secret: pd.DataFrame) -> set[str]:
    """Return the hashes of secret documents, as recorded and as the files are now."""
    now = {_digest(root, path) for path in secret["path"].unique()}
    return (now | set(secret["sha256"].str.lower())) - {""}


def _is_also_secret(
    root: Path, documents: pd.DataFrame, is_secret: pd.Series, hidden: set[str]
) -> pd.Series:
    """Say which rows name a file that a secret row names as well, or hold the same content.

    Paths are compared as they resolve, since one file has many spellings, and content as it is
    now, since a copy under another name reveals just as much.
    """
    if not is_secret.any():
        return is_secret
    names = documents["path"].map(_resolved)
    by_path = names.isin(names[is_secret & (names != "")])
    now = documents["path"].map(lambda path: _digest(root, path))
    known = documents["sha256"].str.lower()
    return by_path | now.isin(hidden) | known.isin(hidden)


def _in_bundle(path: str) -> str:
    """Return the name of a document in the bundle, without needless parts; empty if it has none."""
    return "" if path_problem(path) else _composed(safe_relative(path).as_posix())


def _resolved(path: str) -> str:
    return _in_bundle(path).casefold()


def _digest(root: Path, path: str) -> str:
    """Return the SHA-256 of a document as it is now, empty where it cannot be opened."""
    with contextlib.suppress(UnreadableError), _open_document(root, path) as file:
        return fingerprint(file)[1]
    return ""


def _unopenable(root: Path, path: str) -> Finding | None:
    try:
        _open_document(root, path).close()
    except UnreadableError as problem:
        return problem.finding
    return None


def _withheld(secret: pd.DataFrame) -> Iterable[dict[str, str]]:
    """List secret documents by what identifies them, without title or path."""
    columns = ["document_id", "document_number", "sha256"]
    for row in secret.sort_values("document_id")[columns].to_dict("records"):
        yield {str(name): str(value) for name, value in row.items()}


def _write_zip(target: Path, pack: Callable[[OpenSink], Manifest]) -> Manifest:
    """Write a zip without compression: its bytes then depend on no version of a compressor."""
    _refuse_foreign(target, target.exists() and not _is_bundle_zip(target))
    done: list[Manifest] = []

    def pour(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
            done.append(pack(partial(new_entry, package)))

    write_atomically(target, pour)
    return done[0]


def _write_folder(target: Path, pack: Callable[[OpenSink], Manifest]) -> Manifest:
    """Build the folder beside `target`; it takes the place of an older bundle there."""
    is_foreign = target.exists() and not (target.is_dir() and (target / MANIFEST_NAME).is_file())
    is_filled = not target.is_dir() or any(target.iterdir()) if target.exists() else False
    _refuse_foreign(target, is_foreign and is_filled)
    try:
        with whole_folder(target, keep_others=False) as building:
            return pack(partial(_new_file, building))
    except OSError as problem:
        raise OutputError(write_problem(target, problem)) from problem


def _new_file(folder: Path, name: str) -> IO[bytes]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb")


def _copied(source: _Source, open_sink: OpenSink, findings: list[Finding]) -> Entry:
    """Copy a file and hash what was copied, from one open file; report a changed document."""
    with source.open() as file, open_sink(source.path) as sink:
        size, sha256 = fingerprint(file, sink=sink)
        with contextlib.suppress(OSError, AttributeError, ValueError):
            sink.flush()
            os.fsync(sink.fileno())
    if source.recorded not in ("", sha256):
        hashes = {"recorded": source.recorded[:12], "actual": sha256[:12]}
        values = {"document_id": source.document_id} | hashes
        findings.append(Finding("document-changed", source.path, values=values))
    return Entry(source.path, size, sha256)


def _is_bundle_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            return MANIFEST_NAME in package.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def _refuse_foreign(target: Path, is_foreign: bool) -> None:
    if is_foreign:
        raise OutputError(Finding("bundle-would-overwrite", str(target)))
