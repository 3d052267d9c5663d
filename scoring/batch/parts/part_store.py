"""Where the parts of a batch lie: one file each, written whole or not at all, and marked as our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.sealed.own_seal import MARK_BYTES, OwnSeal
from scoring.files.stores.addresses import Address

SUFFIX = ".part"
# What tells that the results are those of our own last run.
_RESULTS = "results.mark"


class PartStore:
    """The parts of a batch at an address.

    Parameters
    ----------
    address : str or Path
        A folder, made with the first part, or a store such as ``s3://…``.
    seal : OwnSeal, optional
        Marks each part, behind its bytes; by default that of this user of this computer.

    Examples
    --------
    >>> import tempfile
    >>> store = PartStore(tempfile.mkdtemp())
    >>> store.write("a1.part", b"...")
    >>> store.has("a1.part"), list(store.names()), store.read("a1.part")
    (True, ['a1.part'], b'...')
    """

    def __init__(self, address: str | Path, seal: OwnSeal | None = None) -> None:
        self.address = str(address)
        self.seal = seal or OwnSeal.of("batch")
        self._place = Address.of(address)

    def has(self, name: str) -> bool:
        """Say whether there is a part of this name."""
        return self._place.has(name)

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, without its mark.

        Raises
        ------
        UnreadableError
            Where it is gone; ``part-not-ours`` where it has no mark of our seal.
        """
        kept = self._place.read(name)
        data, mark = kept[:-MARK_BYTES], kept[-MARK_BYTES:]
        if not self.seal.holds(name, mark, data):
            raise UnreadableError(Finding("part-not-ours", name))
        return data

    def write(self, name: str, data: bytes) -> None:
        """Write a part: all of it or nothing, over one of the same name."""
        self._place.write(name, data + self.seal.mark(name, data))

    def names(self) -> Iterator[str]:
        """Yield the names of all parts, in order; UnreadableError where the store does not answer."""
        files, _ = self._place.listing()
        yield from (name for name, _ in files if name.endswith(SUFFIX) and "/" not in name)

    def cleared(self, name: str) -> bool:
        """Remove a part that has no mark of our seal; say whether there was one."""
        try:
            self.read(name)
        except UnreadableError as refusal:
            if refusal.finding.code == "part-not-ours":
                self.remove(name)
                return True
        return False

    def vouches_for(self, manifest: bytes) -> bool:
        """Say whether results with this manifest are those that our own last run wrote."""
        try:
            mark = self._place.read(_RESULTS, MARK_BYTES)
        except UnreadableError:
            return False
        return self.seal.holds(_RESULTS, mark, manifest)

    def vouch_for(self, manifest: bytes) -> None:
        """Note that results with this manifest are those of this run."""
        self._place.remove(_RESULTS)
        self._place.write(_RESULTS, self.seal.mark(_RESULTS, manifest))

    def remove(self, name: str) -> None:
        """Remove a part that no ledger has any more."""
        self._place.remove(name)
