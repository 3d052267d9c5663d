"""A path in a store: its names are taken apart as those of a folder are, and its files are read.

Whatever looks through folders looks through a store as well, for it meets the same kind of path.
Nothing of this system can be opened by one: it has no name here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring.base.findings import Finding
from scoring.files.sealed.manifest import MOST_BYTES
from scoring.files.stores.addresses import Address

if TYPE_CHECKING:
    _Path = Path
else:
    _Path = type(Path())

Step = tuple[Path, list[str], list[str]]
"""A folder, the names of the folders in it, and those of its files; as `os.walk` yields them."""


def path_at(given: str | os.PathLike[str]) -> Path:
    """Return the path that somebody gave: one of this system, or one in a store.

    Raises
    ------
    UnreadableError
        See `Address.of`.

    Examples
    --------
    >>> path_at("so-noi-vu/2026").name
    '2026'
    >>> path = path_at("memory://so-noi-vu/2026") / "xã" / "sổ.xlsx"  # doctest: +SKIP
    >>> str(path), path.suffix  # doctest: +SKIP
    ('memory://so-noi-vu/2026/xã/sổ.xlsx', '.xlsx')
    """
    address = Address.of(given)
    return address.path if address.is_local else StorePath(address.text)


class StorePath(_Path):
    """A file or folder in a store, such as ``s3://kho/2026/sổ.xlsx``.

    Its text is its address. What `pathlib` would ask the system is told by the store, or refused.
    """

    def __str__(self) -> str:
        first, *rest = self.parts or ("",)
        # Below another path, as `relative_to` gives it, it is a name without a store.
        return f"{first}//{'/'.join(rest)}" if first.endswith(":") else "/".join([first, *rest])

    def __fspath__(self) -> str:
        raise TypeError(f"{self} is no path of this system")

    def resolve(self, strict: bool = False) -> StorePath:
        """Return itself: a store knows no links."""
        return self

    def is_dir(self, **_: Any) -> bool:
        """Say whether anything lies below it."""
        return Address.of(self).is_there()

    def is_symlink(self) -> bool:
        """Say that it is no link."""
        return False

    def lstat(self) -> os.stat_result:
        """Return that it is an ordinary file; see `Address.state` for what a store tells of it."""
        return os.stat_result((stat.S_IFREG, *[0] * 9))

    def open(self, mode: str = "r", *_: Any, **__: Any) -> Any:
        """Give the file to read bytes from; no more is fetched than is read."""
        if mode != "rb":
            raise TypeError(f"{self} is read as bytes, and written by its address")
        folder, name = Address.of_file(self)
        return folder.opened(name)

    def read_bytes(self) -> bytes:
        """Return a small file."""
        folder, name = Address.of_file(self)
        return folder.read(name, MOST_BYTES)

    def walked(self) -> tuple[Iterator[Step], list[Finding]]:
        """Return what lies below as `os.walk` tells it, and a finding for each name refused.

        A folder that is taken out of the names of its parent is not entered.
        """
        files, refused = Address.of(self).listing()
        inside: dict[Path, tuple[set[str], list[str]]] = {self: (set(), [])}
        for name, _ in files:
            path = self / name
            inside.setdefault(path.parent, (set(), []))[1].append(path.name)
            while (path := path.parent) != self:
                inside.setdefault(path.parent, (set(), []))[0].add(path.name)
        return self._steps(inside), refused

    def _steps(self, inside: dict[Path, tuple[set[str], list[str]]]) -> Iterator[Step]:
        folders, names = inside[self]
        entered = sorted(folders)
        yield self, entered, names
        for name in entered:
            below = self / name
            assert isinstance(below, StorePath)
            yield from below._steps(inside)
