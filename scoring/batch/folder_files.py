"""What a folder holds: the workbooks to read, and a finding for everything that is not read."""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.evidence.desk import DOCUMENTS_FOLDER
from scoring.files.limits import MEGABYTE
from scoring.files.overwriting import KEPT_ENDING
from scoring.files.paths import unreadable
from scoring.files.sealed.manifest import MANIFEST_NAME, RESULTS, read_manifest
from scoring.files.stores.store_path import StorePath
from scoring.files.system_reasons import system_reason

WORKBOOK_SUFFIXES = (
    ".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".fods", ".ots", ".et", ".ett",
    ".numbers",
)  # fmt: skip
# In a folder these may be anything, so they are named and not read.
LEFT_OUT_SUFFIXES = (".csv", ".tsv", ".parquet")
# Unfinished downloads and what programs set aside; whether they are whole nobody can tell.
_TEMPORARY = (
    ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".opdownload", ".bak", ".old",
    ".xlk", ".wbk", ".asd",
)  # fmt: skip
_SHORTCUTS = (".lnk", ".url", ".webloc", ".desktop", ".gsheet", ".gdoc")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_ARCHIVE_MARKS = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08")
# Other office files share the old container, and its encryption, with workbooks.
_OTHER_OFFICE = (".doc", ".docx", ".dot", ".wps", ".ppt", ".pptx", ".dps", ".msg", ".mpp", ".vsd")
_SYSTEM_FILES = ("thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".directory")
_SYSTEM_FOLDERS = (
    "__macosx", "$recycle.bin", "system volume information", "@eadir", ".git", ".trashes",
)  # fmt: skip
PARTS_ENDING = ".parts"
_OF_PARTS = re.compile(r"[0-9a-f]{40}\.part|run\.lock(\.[0-9a-f]+)?")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TAIL = 65_536


@dataclass
class FolderFiles:
    """What stands in a folder.

    Attributes
    ----------
    workbooks : list of Path
        What may be a ledger, in order of path: by its ending or, where that says nothing, by what
        it holds. Those that cannot be read get their finding from the reader.
    tables : list of str
        Tables below the folder that are not read.
    findings : list of Finding
        Everything else that is not read, and why.
    """

    workbooks: list[Path] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def files_of(path: Path) -> FolderFiles:
    """Return the workbooks that `path` stands for, and name whatever else lies there.

    Parameters
    ----------
    path : Path
        A folder is looked through with its sub-folders; links in it are named and not followed.
        Anything else stands for itself.

    Returns
    -------
    FolderFiles
        Files in the folder of documents of a ledger are its evidence: only workbooks among them
        are listed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("sổ.XLSX", "sổ.zip", "Thumbs.db"):
    ...     _ = (folder / name).write_bytes(b"?")
    >>> found = files_of(folder)
    >>> [one.name for one in found.workbooks], [one.code for one in found.findings]
    (['sổ.XLSX'], ['archive-left-out', 'system-files-left-out'])
    """
    if not path.is_dir():
        return FolderFiles([path])
    return _Looked(path).found()


def is_among_documents(path: Path, given: Path) -> bool:
    """Say whether a file found in the folder `given` lies in a folder of documents."""
    return path != given and DOCUMENTS_FOLDER in path.relative_to(given).parts[:-1]


class _Looked:
    """One look through a folder, first at names and then into what names do not tell."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = FolderFiles()
        self.system: list[str] = []
        self.others: list[str] = []

    def found(self) -> FolderFiles:
        entries = sorted(self._entries())
        self.files.workbooks = [entry for entry in entries if _is_named_workbook(entry)]
        beside = {entry.parent for entry in self.files.workbooks}
        for entry in entries:
            if not _is_named_workbook(entry) and not self._is_evidence(entry, beside):
                self._place(entry)
        self.files.workbooks.sort()
        for code, names in (
            ("other-files-left-out", self.others),
            ("system-files-left-out", sorted(self.system)),
        ):
            if names:
                values = {"folder": str(self.root), "count": len(names), "expected": names}
                self.files.findings.append(Finding(code, values=values))
        return self.files

    def _entries(self) -> Iterator[Path]:
        """Yield the ordinary files; what is passed over as a whole is named on the way."""
        for above, folders, names in self._walked():
            here = above if isinstance(above, Path) else Path(above)
            if MANIFEST_NAME in names and _is_ours(here / MANIFEST_NAME):
                self._tell("own-results-passed-over", here)
                folders.clear()
                continue
            if names and here.suffix == PARTS_ENDING and all(map(_OF_PARTS.fullmatch, names)):
                # What a batch keeps beside its results, where these are among the ledgers.
                self._tell("own-results-passed-over", here)
                continue
            folders[:] = [name for name in sorted(folders) if self._is_entered(here / name)]
            yield from filter(self._is_ordinary, map(here.joinpath, names))

    def _walked(self) -> Iterator[tuple[str | Path, list[str], list[str]]]:
        if not isinstance(self.root, StorePath):
            return os.walk(self.root, onerror=self._closed)
        steps, refused = self.root.walked()
        self.files.findings += refused
        return steps

    def _is_ordinary(self, entry: Path) -> bool:
        try:
            mode = entry.lstat().st_mode
        except OSError as problem:  # gone since the folder was listed
            self.files.findings.append(unreadable(entry, problem))
            return False
        if not stat.S_ISREG(mode):
            is_link = stat.S_ISLNK(mode)
            self._tell("link-left-out" if is_link else "special-file-left-out", entry)
        return stat.S_ISREG(mode)

    def _is_entered(self, folder: Path) -> bool:
        name = folder.name.lower()
        if folder.is_symlink():
            self._tell("link-left-out", folder)
        elif KEPT_ENDING in folder.suffix:
            # Old folders that --replace kept beside the new ones.
            self._tell("own-results-passed-over", folder)
        elif name in _SYSTEM_FOLDERS or name.startswith(".trash"):
            self.system.append(f"{self._below(folder)}/")
        elif name.startswith("."):
            self._tell("hidden-left-out", folder)
        elif name.endswith(".numbers"):
            kind = {"kind": "Apple Numbers (.numbers)"}
            self.files.findings.append(Finding("save-as-xlsx", self._below(folder), values=kind))
        else:
            return True
        return False

    def _is_evidence(self, entry: Path, beside: set[Path]) -> bool:
        """Say whether an entry lies in a folder of documents beside a workbook."""
        if not is_among_documents(entry, self.root):
            return False
        return any(p.name == DOCUMENTS_FOLDER and p.parent in beside for p in entry.parents)

    def _place(self, entry: Path) -> None:
        if code := _told_by_name(entry.name.lower()):
            self._tell(code, entry)
            return
        name = entry.name.lower()
        if name in _SYSTEM_FILES or name.startswith("."):
            self.system.append(self._below(entry))
        elif entry.suffix.lower() in LEFT_OUT_SUFFIXES:
            self.files.tables.append(self._below(entry))
        else:
            self._look_into(entry)

    def _look_into(self, entry: Path) -> None:
        try:
            kind = _told_by_content(entry)
        except OSError as problem:
            self.files.findings.append(unreadable(entry, problem))
            return
        except UnreadableError as problem:  # of a store
            self.files.findings.append(problem.finding)
            return
        if kind == "workbook":
            self.files.workbooks.append(entry)
        elif kind == "archive" or entry.suffix.lower() in _ARCHIVES:
            self._tell("archive-left-out", entry)
        else:
            self.others.append(self._below(entry))

    def _closed(self, problem: OSError) -> None:
        folder = self._below(Path(problem.filename))
        values = {"folder": folder} | system_reason(problem)
        self.files.findings.append(Finding("folder-closed", folder, values=values))

    def _tell(self, code: str, entry: Path) -> None:
        self.files.findings.append(Finding(code, self._below(entry)))

    def _below(self, entry: Path) -> str:
        below = entry.relative_to(self.root).as_posix()
        return below if below != "." else str(self.root)


def _is_named_workbook(entry: Path) -> bool:
    return entry.suffix.lower() in WORKBOOK_SUFFIXES and not entry.name.startswith(("~$", "."))


def _told_by_name(name: str) -> str:
    """Return the finding of a file of the lower-case `name`; empty where the name tells nothing."""
    if name.startswith(("~$", ".~lock.")):
        return "workbook-held-open"
    if name.endswith(".icloud"):
        return "not-downloaded"
    if name.startswith("._"):
        return ""  # what macOS keeps beside a file on a foreign disk
    if name.endswith(("~", *_TEMPORARY)):
        return "temporary-left-out"
    if name.endswith(_SHORTCUTS):
        return "shortcut-left-out"
    return "hidden-left-out" if name[:1] == "." and name.endswith(WORKBOOK_SUFFIXES) else ""


def _told_by_content(entry: Path) -> str:
    """Return ``workbook``, ``archive`` or nothing: the few bytes that tell are read, no more.

    Raises
    ------
    OSError
        When the system does not open the file.
    """
    with entry.open("rb") as file:
        head = file.read(300)
        if head.startswith(_ARCHIVE_MARKS):
            return "archive"
        if head.startswith(b"PK\x03\x04"):
            file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
            return _kind_of_zip(head, file.read(), entry.suffix.lower())
        if head.startswith(_OLE) and entry.suffix.lower() not in _OTHER_OFFICE:
            rest = head + file.read(32 * MEGABYTE)
            streams = ("Workbook", "Book", "EncryptedPackage")
            return "workbook" if any(s.encode("utf-16-le") in rest for s in streams) else ""
    return ""


def _kind_of_zip(head: bytes, tail: bytes, suffix: str) -> str:
    end = tail.rfind(b"PK\x05\x06")
    size = struct.unpack_from("<I", tail, end + 12)[0] if 0 <= end <= len(tail) - 16 else 0
    # The list of parts alone: a workbook inside an archive must not make it one.
    names = tail[max(0, end - size) : max(0, end)]
    if b"xl/workbook." in names or b"opendocument.spreadsheet" in head:
        return "workbook"
    is_office = b"[Content_Types].xml" in names or b"mimetype" in head
    return "" if is_office or suffix in _OTHER_OFFICE else "archive"


def _is_ours(manifest: Path) -> bool:
    """Say whether a manifest is that of results; a bundle holds a ledger, which is to be read."""
    try:
        return read_manifest(manifest.read_bytes())[0].kind == RESULTS
    except (UnreadableError, OSError):
        return False
