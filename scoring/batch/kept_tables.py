"""Tables of results by year and period: one that nothing changed for is taken over as it was written.

What is written of a year and period lies beside the parts, in ``tables``, under a name made of all
that it follows from: ``.parquet`` as it goes into the results, ``.csv`` without its heading, and
``.json`` with the digests of both, where the lines of each unit end, and the mark of our seal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from scoring import __version__
from scoring.batch.partitions import SCHEMA_VERSION, partition, write_parquet
from scoring.batch.parts.part_store import PartStore
from scoring.files.atomic import write_atomically
from scoring.files.left_behind import scratch_folder
from scoring.files.sealed.manifest import fingerprint
from scoring.files.sealed.own_seal import OwnSeal
from scoring.files.stores.addresses import Address
from scoring.files.table_files import Dialect, csv_bytes
from scoring.files.whole_folder import second_name

# Up to here every unit has a page of its own beside the report of all.
MAX_UNITS_WITH_PAGES = 200
_FOLDER = "tables"
_SUFFIXES = (".parquet", ".csv")
_CHUNK = 1 << 20

Slices = Callable[[], Iterable[pd.DataFrame]]
Counts = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Group:
    """The units of one year and period: the folder of their tables, and their places in order."""

    place: str
    units: npt.NDArray[np.intp]


def groups_of(keys: pd.DataFrame) -> list[Group]:
    """Return the years and periods of a keyed table, in the order in which they come.

    >>> keys = pd.DataFrame({"year": [2026] * 3, "period": ["quý I", "quý II", "quý I"]})
    >>> [group.units.tolist() for group in groups_of(keys)]
    [[0, 2], [1]]
    """
    found: dict[str, list[int]] = {}
    for at, (year, period) in enumerate(zip(keys["year"], keys["period"], strict=True)):
        found.setdefault(partition(int(year), str(period)), []).append(at)
    return [Group(place, np.array(units, np.intp)) for place, units in found.items()]


class KeptTables:
    """The tables that an earlier run wrote, and those of this one.

    Parameters
    ----------
    store : Path
        The folder of the parts.
    seal : OwnSeal, optional
        That of the parts; by default that of this user of this computer.

    Attributes
    ----------
    used : set of str
        Names of tables that this run has a use for.
    """

    def __init__(self, store: Path, seal: OwnSeal | None = None) -> None:
        self._folder, self._own = store / _FOLDER, seal or OwnSeal.of("batch")
        if self._folder.is_symlink():
            # A link that somebody left there leads to files that are none of ours to remove.
            self._folder.unlink()
        self.used: set[str] = set()

    def parquet(self, name: str, key: Sequence[object], slices: Slices, place: Path | None) -> None:
        """Let a Parquet file stand at `place`; its `slices` are made where no run has written it.

        Without a place it is but kept for the next one who asks.
        """
        kept = self._kept(name, *key)
        if not self._is_whole(kept):
            write_atomically(
                kept.with_suffix(".parquet"), lambda file: write_parquet(file, name, slices())
            )
            self._seal(kept, [])
        if place is not None:
            second_name(kept.with_suffix(".parquet"), place)

    def with_csv(
        self, name: str, key: Sequence[object], slices: Slices, rows: Counts, place: Path,
        dialect: Dialect,
    ) -> Path:  # fmt: skip
        """Do so, and return where the lines of CSV are; `rows` are how many each unit has."""
        kept = self._kept(name, dialect, *key)
        if not self._is_whole(kept):
            ends: list[npt.NDArray[np.intp]] = [np.zeros(1, np.intp)]

            def told(text: BinaryIO) -> Iterator[pd.DataFrame]:
                for made in slices():
                    data = csv_bytes(made, dialect).split(b"\n", 1)[1]
                    text.write(data)
                    ends.append(ends[-1][-1] + _line_ends(data, len(made)))
                    yield made

            def write(text: BinaryIO) -> None:
                write_atomically(
                    kept.with_suffix(".parquet"), lambda file: write_parquet(file, name, told(text))
                )

            write_atomically(kept.with_suffix(".csv"), write)
            self._seal(kept, np.concatenate(ends)[np.cumsum(rows)].tolist())
        second_name(kept.with_suffix(".parquet"), place)
        return kept

    def prune(self) -> None:
        """Remove what this run had no use for."""
        for path in self._folder.glob("*"):
            if path.stem not in self.used and (path.is_symlink() or path.is_file()):
                path.unlink(missing_ok=True)

    def _kept(self, *key: object) -> Path:
        made_by = [__version__, SCHEMA_VERSION, *key]
        name = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()[:40]
        self.used.add(name)
        return self._folder / name

    def _seal(self, kept: Path, ends: list[int]) -> None:
        told = {"digests": _digests(kept), "ends": ends}
        mark = self._own.mark(kept.name, json.dumps(told).encode()).hex()
        write_atomically(kept.with_suffix(".json"), json.dumps(told | {"mark": mark}))

    def _is_whole(self, kept: Path) -> bool:
        """Say whether a table is there as we wrote it; else let go of what is there of it."""
        told = _told(kept)
        # The results are second names of these files, and somebody may have changed them there.
        if self._is_ours(kept, told) and told["digests"] == _digests(kept):
            return True
        for suffix in (".json", *_SUFFIXES):
            kept.with_suffix(suffix).unlink(missing_ok=True)
        return False

    def _is_ours(self, kept: Path, told: dict[str, Any]) -> bool:
        try:
            mark = bytes.fromhex(told.pop("mark"))
        except (KeyError, TypeError, ValueError):
            return False
        return self._own.holds(kept.name, mark, json.dumps(told).encode())


@contextmanager
def kept_tables(store: PartStore) -> Iterator[KeptTables]:
    """Give the tables beside the parts; where these are in no folder, tables last as long as a run."""
    place = Address.of(store.address)
    with ExitStack() as held:
        aside = "" if place.is_local else held.enter_context(scratch_folder())
        kept = KeptTables(Path(aside) if aside else place.path, store.seal)
        yield kept
        kept.prune()


def _told(kept: Path) -> dict[str, Any]:
    try:
        told = json.loads(kept.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _digests(kept: Path) -> list[str]:
    found = []
    for suffix in _SUFFIXES:
        path = kept.with_suffix(suffix)
        if path.is_file():
            with path.open("rb") as file:
                found.append(fingerprint(file)[1])
    return found


def _line_ends(data: bytes, rows: int) -> npt.NDArray[np.intp]:
    """Return where each row ends; a cell may hold the end of a line between its quotes."""
    text = np.frombuffer(data, np.uint8)
    # Only whether the count is odd matters, which bytes that overflow still tell.
    is_plain = np.cumsum(text == ord('"'), dtype=np.uint8) % 2 == 0
    ends = np.flatnonzero((text == ord("\n")) & is_plain) + 1
    assert len(ends) == rows, "as many lines as rows"
    return ends


def digest_of_rows(slices: Iterable[pd.DataFrame]) -> str:
    """Return a digest of rows: their columns, with their types, and every cell."""
    digest = hashlib.sha256()
    for rows in slices:
        table, sink = pa.Table.from_pandas(rows, preserve_index=False), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        digest.update(sink.getvalue())
    return digest.hexdigest()


def write_together(target: BinaryIO, groups: Sequence[Group], kept: Sequence[Path | None]) -> None:
    """Write the lines of all units in their order, from the tables of their years and periods.

    `kept` is where the lines of each group are; None where it has none.
    """
    of_unit = np.zeros(sum(len(group.units) for group in groups), np.intp)
    within = np.zeros_like(of_unit)
    for at, group in enumerate(groups):
        of_unit[group.units], within[group.units] = at, np.arange(len(group.units))
    ends = [[0, *_told(path)["ends"]] if path else [] for path in kept]
    edges = np.flatnonzero(np.diff(of_unit, prepend=-1, append=-1))
    with ExitStack() as held:
        files = [held.enter_context(p.with_suffix(".csv").open("rb")) if p else None for p in kept]
        for first, last in pairwise(edges.tolist()):
            if file := files[at := of_unit[first]]:
                start, end = ends[at][within[first]], ends[at][within[last - 1] + 1]
                file.seek(start)
                for done in range(start, end, _CHUNK):
                    target.write(file.read(min(_CHUNK, end - done)))
