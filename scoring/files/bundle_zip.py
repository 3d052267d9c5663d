"""The one form in which a bundle is zipped, and what in a zip is not of that form."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scoring.base.findings import Finding
from scoring.files.manifest import MANIFEST_NAME, Manifest

# The earliest moment a zip can hold, so that the time of packing leaves no trace.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_RIGHTS = 0o644 << 16
_UNIX = 3
_CHUNK = 1 << 20


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
