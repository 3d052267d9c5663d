"""Where the parts of a batch lie: one file each, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.files.atomic import write_atomically
from scoring.files.paths import read_bytes, unreadable

SUFFIX = ".part"


class PartStore:
    """The parts of a batch at an address.

    Parameters
    ----------
    address : str or Path
        A folder; made with the first part.

    Examples
    --------
    >>> import tempfile
    >>> store = PartStore(tempfile.mkdtemp())
    >>> store.write("a1.part", b"...")
    >>> store.has("a1.part"), list(store.names()), store.read("a1.part")
    (True, ['a1.part'], b'...')
    """

    def __init__(self, address: str | Path) -> None:
        self.address = str(address)
        self._folder = Path(address)

    def has(self, name: str) -> bool:
        """Say whether there is a part of this name."""
        return (self._folder / name).is_file()

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; UnreadableError where it is gone."""
        return read_bytes(self._folder / name)

    def write(self, name: str, data: bytes) -> None:
        """Write a part: all of it or nothing, over one of the same name."""
        write_atomically(self._folder / name, data)

    def names(self) -> Iterator[str]:
        """Yield the names of all parts, in order."""
        try:
            yield from sorted(path.name for path in self._folder.glob(f"*{SUFFIX}"))
        except OSError as problem:
            raise UnreadableError(unreadable(self._folder, problem)) from problem

    def remove(self, name: str) -> None:
        """Remove a part that no ledger has any more."""
        (self._folder / name).unlink(missing_ok=True)
