"""Paths that ledgers and plans name: kept inside their folder, on every system.

A path in a ledger is text from outside. It is read as a path relative to the ledger's folder,
never followed through a link, and refused when it would mean something else on another system.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.system_reasons import system_reason

_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE
)
_DRIVE = re.compile(r"^[A-Za-z]:(?![^/\\]*:)([/\\]|[^/\\]*$)")
# An address of a store, of which a path keeps but one slash.
_ADDRESS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/(?=[^/])")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
# Bidirectional controls and zero-width characters make "fdp.exe" look like "exe.pdf".
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_NAME_BYTES = 255
_PATH_CHARACTERS = 1024


def safe_relative(text: str) -> PurePosixPath:
    """Return the path that `text` names below some folder, or refuse it.

    Both slashes separate folders, as people on Windows type the other one. The name is not
    looked up and keeps the form (NFC or NFD) it was typed in.

    Raises
    ------
    UnreadableError
        With the finding ``path-outside-folder`` (absolute, drive, network share, ``..``) or
        ``path-not-portable`` (names that Windows cannot hold or takes for a device, alternate
        data streams, hidden characters, a dot or space at the end).

    Examples
    --------
    >>> safe_relative("documents\\\\kế hoạch.pdf")
    PurePosixPath('documents/kế hoạch.pdf')
    >>> safe_relative("documents/../../secret.txt")
    Traceback (most recent call last):
    ...
    scoring.base.errors.UnreadableError: ...[path-outside-folder]...
    """
    finding = path_problem(text)
    if finding:
        raise UnreadableError(finding)
    return PurePosixPath(*_parts(text))


def path_problem(text: str) -> Finding | None:
    """Return what is wrong with `text` as a path below a folder, or None when nothing is."""
    if _leads_outside(text):
        return Finding("path-outside-folder", values={"path": text})
    parts = _parts(text)
    if not parts or len(text) > _PATH_CHARACTERS:
        return Finding("path-not-portable", values={"path": text, "part": text})
    bad = next((part for part in parts if not _is_portable(part)), None)
    return Finding("path-not-portable", values={"path": text, "part": bad}) if bad else None


def output_name_problem(text: str) -> Finding | None:
    """Return why nothing should be made under the name at the end of `text`, or None.

    Windows writes into a device instead of a file called ``NUL.xlsx``, and drops dots and spaces at
    the end; what is made under such a name elsewhere cannot be handed to an office machine.

    Examples
    --------
    >>> output_name_problem("kết quả/NUL.xlsx").code
    'path-not-portable'
    >>> output_name_problem("con dấu.xlsx"), output_name_problem("..")
    (None, None)
    """
    name = Path(text).name
    if name == ".." or not (_DEVICES.match(name) or name.endswith((".", " "))):
        return None
    return Finding("path-not-portable", values={"path": text, "part": name})


def _leads_outside(text: str) -> bool:
    if text[:1] in ("/", "\\", "~") or _DRIVE.match(text):
        return True
    # Windows drops spaces and dots at the end, so ".. " and "..." may climb as ".." does.
    return any(part.count(".") >= 2 and not part.strip(". ") for part in re.split(r"[/\\]", text))


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[/\\]", text) if part not in ("", ".")]


def _is_portable(part: str) -> bool:
    """Say whether Windows, macOS and Linux can all hold a file of this name."""
    if _FORBIDDEN.search(part) or _HIDDEN.search(part) or _DEVICES.match(part):
        return False
    if part[-1] in ". " or part[0] == " ":
        return False
    try:
        return len(part.encode("utf-8")) <= _NAME_BYTES
    except UnicodeEncodeError:
        return False


def resolve_under(root: Path, text: str, *, allow_hard_links: bool = True) -> Path:
    """Return the existing regular file that `text` names below `root`, or refuse it.

    The name is found whichever way its marks are composed: a ledger says ``ế`` in one character
    where a folder copied from macOS holds three.

    Parameters
    ----------
    root : Path
        The folder that the path is relative to. It may itself be reached through links.
    text : str
        The path as written in a ledger.
    allow_hard_links : bool
        False refuses a file that has further names somewhere, which may lie outside `root`.

    Raises
    ------
    UnreadableError
        With ``path-outside-folder``, ``path-not-portable``, ``path-is-link``, ``file-missing`` or
        ``not-a-regular-file``.

    Notes
    -----
    Between this answer and opening the file someone may swap it; `open_under` leaves no such gap.
    """
    path = Path(root)
    parts = safe_relative(text).parts
    for depth, part in enumerate(parts, start=1):
        path = _child(path, part, text)
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode) or _is_reparse_point(status):
            raise _refused("path-is-link", text)
        if depth < len(parts) and not stat.S_ISDIR(status.st_mode):
            raise _refused("file-missing", text)
    _demand_regular(status, text, allow_hard_links)
    return path


def _child(folder: Path, name: str, text: str) -> Path:
    """Return the entry `name` of `folder`, whichever way its marks are composed."""
    with contextlib.suppress(OSError):
        (folder / name).lstat()
        return folder / name
    wanted = unicodedata.normalize("NFC", name)
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 (names alone are needed)
    except OSError:
        names = []
    for found in names:
        if unicodedata.normalize("NFC", found) == wanted:
            return folder / found
    raise _refused("file-missing", text)


def _is_reparse_point(status: os.stat_result) -> bool:
    """Say whether Windows would lead elsewhere: junctions and mount points, besides links."""
    attributes = getattr(status, "st_file_attributes", 0)
    tag = getattr(status, "st_reparse_tag", 0)
    # Cloud folders (OneDrive) are reparse points too, but hold the file itself.
    elsewhere = {0xA0000003, 0xA000000C}
    return bool(attributes & 0x400) and tag in elsewhere


def _demand_regular(status: os.stat_result, text: str, allow_hard_links: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _refused("not-a-regular-file", text)
    if not allow_hard_links and status.st_nlink > 1:
        raise _refused("path-is-link", text)


def _refused(code: str, text: str) -> UnreadableError:
    return UnreadableError(Finding(code, values={"path": text}))


def open_under(root: Path, text: str, *, allow_hard_links: bool = True) -> BinaryIO:
    """Open the file that `text` names below `root` for reading, as bytes.

    What was opened is looked at again through the open file itself, so that a file swapped for a
    link, a pipe or another file in between is refused too.

    Raises
    ------
    UnreadableError
        As `resolve_under`, and ``file-unreadable`` when the system refuses to open it.
    """
    path = resolve_under(root, text, allow_hard_links=allow_hard_links)
    seen = path.lstat()
    handle = _open_without_following(path, text)
    try:
        opened = os.fstat(handle)
        _demand_regular(opened, text, allow_hard_links)
        if not os.path.samestat(opened, seen):
            raise _refused("path-is-link", text)
        # A folder of the chain may have been swapped for a link meanwhile.
        resolve_under(root, text, allow_hard_links=allow_hard_links)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _open_without_following(path: Path, text: str) -> int:
    flags = os.O_RDONLY
    # Without O_NONBLOCK a pipe put in the file's place would hold us for ever.
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC", "O_NOCTTY"):
        flags |= getattr(os, name, 0)
    try:
        return os.open(path, flags)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.EMLINK):
            raise _refused("path-is-link", text) from None
        if problem.errno in (errno.ENOENT, errno.ENOTDIR):
            raise _refused("file-missing", text) from None
        raise UnreadableError(unreadable(path, problem)) from problem


def address_refused(text: str) -> Finding:
    """Return the finding for an address of a store where only a path of this system will do.

    >>> address_refused("s3:/kho/so.xlsx").file
    's3://kho/so.xlsx'
    """
    return Finding("address-only-for-batch", _ADDRESS.sub(r"\1://", text))


def unreadable(path: Path, problem: OSError) -> Finding:
    """Return the finding for a file that the system refuses to open or read."""
    if isinstance(problem, FileNotFoundError | NotADirectoryError):
        if _ADDRESS.match(path.as_posix()):
            return address_refused(path.as_posix())
        return Finding("file-missing", str(path), values={"path": path.name})
    if isinstance(problem, IsADirectoryError) or path.is_dir():
        return Finding("not-a-regular-file", str(path), values={"path": path.name})
    return Finding("file-unreadable", str(path), values=system_reason(problem))


def read_bytes(path: Path, limit: int | None = None) -> bytes:
    """Return the bytes of an ordinary file, opened once, for reading only.

    Parameters
    ----------
    path : Path
        Given by the person who runs the program, so links are followed.
    limit : int, optional
        Largest size in bytes; one byte above it is read at most, so that the caller can tell.

    Raises
    ------
    UnreadableError
        With ``file-missing``, ``not-a-regular-file`` or ``file-unreadable``.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError(
                Finding("not-a-regular-file", str(path), values={"path": path.name})
            )
        with path.open("rb") as file:
            return file.read(-1 if limit is None else limit + 1)
    except OSError as problem:
        raise UnreadableError(unreadable(path, problem)) from problem
    except ValueError:
        # A NUL inside the name: no such file can be.
        raise _refused("file-missing", str(path)) from None


def bytes_and_name(source: Path | bytes, limit: int, name: str = "") -> tuple[bytes, str]:
    """Return the bytes of `source`, by `read_bytes`, and the name findings give it."""
    if isinstance(source, bytes):
        return source, name
    return read_bytes(source, limit), name or str(source)


def case_clashes(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of `names` that Windows or macOS would take for one file.

    Examples
    --------
    >>> case_clashes(["KH.pdf", "b.pdf", "kh.PDF"])
    [('KH.pdf', 'kh.PDF')]
    """
    groups: dict[str, set[str]] = defaultdict(set)
    for name in names:
        folded = unicodedata.normalize("NFC", name.replace("\\", "/")).casefold()
        groups[unicodedata.normalize("NFC", folded)].add(name)
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)
