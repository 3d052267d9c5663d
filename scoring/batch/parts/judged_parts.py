"""From the bytes of ledgers to their parts: cells are read alone, all that follows is done together.

Of a few hundred documents a step costs what it costs, whatever its rows do: eight ledgers read and
judged at once take about the time of two. Nothing of one unit ever depends on another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from scoring.base.errors import FileError, UnreadableError
from scoring.batch.parts.beside import local_copies, seen_of
from scoring.batch.parts.ledger_part import LedgerPart, Seen, read_part, refused
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.intake import OpenedLedger, open_ledger, read_together
from scoring.evidence.proof import Look, judge
from scoring.files.stores.addresses import NO_FILE, Address

Folder = Path | Address
# A ledger of 500 documents has some ten thousand cells.
_MANY_CELLS = 50_000


@dataclass(frozen=True)
class LedgerRead:
    """A ledger whose cells are read.

    Attributes
    ----------
    opened : OpenedLedger or LedgerPart
        A part where it is refused, and nothing more is to be read.
    folder : Path, Address or None
        Where the paths of its documents start.
    """

    opened: OpenedLedger | LedgerPart
    folder: Folder | None = None


@dataclass(frozen=True)
class _Unjudged:
    """What a ledger says, before its proof is judged.

    Attributes
    ----------
    part : LedgerPart
    folder : Path, Address or None
        Where the paths of its documents start.
    seen : tuple of Seen
        What was there of its documents.
    """

    part: LedgerPart
    folder: Folder | None = None
    seen: tuple[Seen, ...] = ()

    @property
    def is_light(self) -> bool:
        """Whether its proof is judged without opening a file."""
        is_local = not isinstance(self.folder, Address)
        return is_local and all(tuple(state) == tuple(NO_FILE) for _, *state in self.seen)


def ledger_read(data: bytes, criteria: CriteriaSet, file: str, folder: Folder | None) -> LedgerRead:
    """Read the cells of a ledger; one that is refused is a part already.

    One of many cells becomes a part at once, lest those of several fill the memory.
    """
    try:
        opened = open_ledger(data, file)
    except UnreadableError as error:
        return LedgerRead(refused(file, error.finding), folder)
    if opened.cell_count <= _MANY_CELLS:
        return LedgerRead(opened, folder)
    (ledger,) = read_together([opened], criteria)
    return LedgerRead(read_part(ledger, criteria), folder)


def part_alone(read: LedgerRead, criteria: CriteriaSet) -> LedgerPart:
    """Return the part of a ledger with the verdicts on its proof."""
    part = read.opened
    if isinstance(part, OpenedLedger):
        part = read_part(read_together([part], criteria)[0], criteria)
    return _judged_alone(_looked_for(part, read.folder), criteria)


def _looked_for(part: LedgerPart, folder: Folder | None) -> _Unjudged:
    """See what is there of the documents of a ledger."""
    documents = part.table("documents")
    seen = seen_of(folder, documents["path"]) if folder is not None and len(documents) else ()
    return _Unjudged(part, folder, seen)


def _judged_alone(read: _Unjudged, criteria: CriteriaSet) -> LedgerPart:
    if read.part.head.is_refused:
        return read.part
    if not isinstance(read.folder, Address):
        return _judged([read], criteria)[0]
    with local_copies(read.folder, (path for path, *_ in read.seen)) as copies:
        return _judged([replace(read, folder=copies)], criteria)[0]


def parts_together(
    reads: Mapping[int, tuple[LedgerRead, CriteriaSet]],
) -> Iterator[dict[int, LedgerPart | FileError]]:
    """Yield the parts of several ledgers, or what stopped one: those that are made together at once.

    Those are read in one go whose units differ, so that no row is taken for that of another.
    """
    opened = {
        at: (read.opened, criteria)
        for at, (read, criteria) in reads.items()
        if isinstance(read.opened, OpenedLedger)
    }
    codes = Counter(one.info.unit_code for one, _ in opened.values())
    groups: dict[str, list[int]] = {}
    for at, (one, criteria) in opened.items():
        alone = codes[one.info.unit_code] > 1
        groups.setdefault(f"{criteria.fingerprint} {at if alone else ''}", []).append(at)
    said = {at: one.opened for at, (one, _) in reads.items() if isinstance(one.opened, LedgerPart)}
    for group in groups.values():
        criteria = opened[group[0]][1]
        ledgers = read_together([opened[at][0] for at in group], criteria, with_keys=True)
        said |= {at: read_part(own, criteria) for at, own in zip(group, ledgers, strict=True)}
    found = {}
    for at, (read, criteria) in reads.items():
        try:
            found[at] = _looked_for(said[at], read.folder), criteria
        except FileError as error:
            yield {at: error}
    yield from _judged_together(found)


def _judged_together(
    reads: Mapping[int, tuple[_Unjudged, CriteriaSet]],
) -> Iterator[dict[int, LedgerPart | FileError]]:
    """Yield the parts of several ledgers with the verdicts, or what stopped one.

    Those are judged in one go that open no file, so that none waits for the files of another, and
    whose units differ, so that none is judged by the documents of another.
    """
    codes = Counter(read.part.head.unit.unit_code for read, _ in reads.values())
    groups: dict[str, list[int]] = {}
    for at, (read, criteria) in reads.items():
        head = read.part.head
        if read.is_light and not head.is_refused and codes[head.unit.unit_code] == 1:
            groups.setdefault(criteria.fingerprint, []).append(at)
    for group in groups.values():
        made = _judged([reads[at][0] for at in group], reads[group[0]][1])
        yield dict(zip(group, made, strict=True))
    light = {at for group in groups.values() for at in group}
    for at, (read, criteria) in reads.items():
        if at not in light:
            try:
                yield {at: _judged_alone(read, criteria)}
            except FileError as error:
                yield {at: error}


def _judged(reads: Sequence[_Unjudged], criteria: CriteriaSet) -> list[LedgerPart]:
    """Judge ledgers of different units."""
    units, documents, links = (
        [read.part.table(name) for read in reads] for name in ("ledger_units", "documents", "links")
    )
    folders = ["" if r.folder is None else str(Path(str(r.folder)).resolve()) for r in reads]
    of_each = [f for f, table in zip(folders, documents, strict=True) for _ in range(len(table))]
    placed = _stacked(documents).assign(folder=of_each)
    told = _stacked(units), placed, _stacked(links)
    proof = judge(criteria, *told, Look(workers=1), verdicts_only=True)
    stretched = {f.unit_code for f in proof.reused() if f.code == "document-stretched"}
    codes = proof.verdicts["unit_code"]
    made = []
    for read in reads:
        part, code = read.part, read.part.head.unit.unit_code
        head = replace(part.head, is_stretched=code in stretched, seen=read.seen)
        mine = proof.verdicts[codes == code].reset_index(drop=True)
        made.append(LedgerPart(head, part.findings, {**part.tables, "verdicts": mine}))
    return made


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    # One without rows would change the types of columns.
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else [*filled, *tables][0]
