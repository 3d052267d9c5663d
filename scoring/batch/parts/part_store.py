"""Where the parts of a batch lie: one file each, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scoring.files.stores.addresses import Address

SUFFIX = ".part"


class PartStore:
    """The parts of a batch at an address.

    Parameters
    ----------
    address : str or Path
        A folder, made with the first part, or a store such as ``s3://…``.

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
        self._place = Address.of(address)

    def has(self, name: str) -> bool:
        """Say whether there is a part of this name."""
        return self._place.has(name)

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; UnreadableError where it is gone."""
        return self._place.read(name)

    def write(self, name: str, data: bytes) -> None:
        """Write a part: all of it or nothing, over one of the same name."""
        self._place.write(name, data)

    def names(self) -> Iterator[str]:
        """Yield the names of all parts, in order; UnreadableError where the store does not answer."""
        files, _ = self._place.listing()
        yield from (name for name, _ in files if name.endswith(SUFFIX) and "/" not in name)

    def remove(self, name: str) -> None:
        """Remove a part that no ledger has any more."""
        self._place.remove(name)
