"""The one form in which bundles and published results are zipped, and what is not of that form."""

from __future__ import annotations

import contextlib
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.atomic import write_atomically
from scoring.files.left_behind import scratch_folder
from scoring.files.paths import open_under, path_problem
from scoring.files.sealed.manifest import (
    MANIFEST_NAME,
    MOST_BYTES,
    RESULTS,
    Manifest,
    manifest_in,
    read_manifest,
)

# The earliest moment a zip can hold, so that the time of packing leaves no trace.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_RIGHTS = 0o644 << 16
_UNIX = 3
_CHUNK = 1 << 20
# What reading an entry of a damaged zip can raise.
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError)


def new_entry(package: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a new entry of a bundle for writing, without anything of this machine or moment."""
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.create_system, info.external_attr = _UNIX, _RIGHTS
    return package.open(info, "w", force_zip64=True)


def foreign_parts(package: zipfile.ZipFile) -> Iterator[Finding]:
    """Yield what no packing puts into a zip: bytes before it, links, folders that hold data."""
    entries = package.infolist()
    if entries and min(entry.header_offset for entry in entries) > 0:
        yield Finding("bundle-zip-altered", Path(str(package.filename)).name)
    for entry in entries:
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_link or (entry.is_dir() and (entry.file_size or entry.compress_size)):
            yield Finding("bundle-zip-altered", entry.filename)


def is_as_packed(path: Path, package: zipfile.ZipFile, manifest: Manifest) -> bool:
    """Say whether every byte of a zip is as packing writes it; its content is known to be right."""
    names = [*sorted(entry.path for entry in manifest.files), MANIFEST_NAME]
    if sorted(package.namelist()) != sorted(names):
        return False
    with tempfile.TemporaryFile() as again, path.open("rb") as given:
        with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as made:
            for name in names:
                with package.open(name) as source, new_entry(made, name) as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
        again.seek(0)
        while (ours := again.read(_CHUNK)) == given.read(_CHUNK):
            if not ours:
                return True
        return False


def zip_results(folder: Path, target: Path) -> None:
    """Write a folder of results with its manifest as a zip; the same files give the same bytes.

    Raises
    ------
    OutputError
        See `write_atomically`.
    """
    manifest = manifest_in(folder)
    listed = sorted(entry.path for entry in manifest.files) if manifest else []

    def pour(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
            for name in [*listed, MANIFEST_NAME]:
                with open_under(folder, name) as source, new_entry(package, name) as sink:
                    while chunk := source.read(_CHUNK):
                        sink.write(chunk)

    write_atomically(target, pour)


def manifest_in_zip(path: Path) -> Manifest | None:
    """Return the manifest of a zip of results; None where there is none that can be read."""
    with contextlib.suppress(UnreadableError, KeyError, *_DAMAGE):
        with zipfile.ZipFile(path) as package, package.open(MANIFEST_NAME) as file:
            manifest, _ = read_manifest(file.read(MOST_BYTES))
        return manifest if manifest.kind == RESULTS else None
    return None


@contextlib.contextmanager
def unpacked(path: Path, most_bytes: int) -> Iterator[Path | None]:
    """Give a folder as it is, and the files of a zip in a scratch folder.

    Parameters
    ----------
    path : Path
        From anyone. Entries whose names lead outside, and those that cannot be read, are left out.
    most_bytes : int
        None is given where the zip unpacks to more, counted while unpacking.
    """
    if path.is_dir():
        yield path
        return
    with scratch_folder() as scratch:
        is_whole = _unpack(path, Path(scratch), most_bytes)
        yield Path(scratch) if is_whole else None


def _unpack(path: Path, folder: Path, most_bytes: int) -> bool:
    """Write the entries of a zip into a folder; False where it is no zip or unpacks to more."""
    left = most_bytes
    try:
        with zipfile.ZipFile(path) as package:
            for entry in package.infolist():
                place = folder / unicodedata.normalize("NFC", entry.filename)
                if entry.is_dir() or path_problem(entry.filename) or place.exists():
                    continue
                left -= _unpacked_bytes(package, entry, place, left)
                if left < 0:
                    return False
    except _DAMAGE:
        return False
    return True


def _unpacked_bytes(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, most: int
) -> int:
    """Write an entry and return its size, or one more than `most` where it is larger."""
    size = 0
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with package.open(entry) as source, place.open("xb") as sink:
            while size <= most and (chunk := source.read(min(_CHUNK, most + 1 - size))):
                size += sink.write(chunk)
    except _DAMAGE:
        # Its manifest tells that it is not as it was.
        place.unlink(missing_ok=True)
    return size
