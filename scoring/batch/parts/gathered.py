"""Parts put together for scoring: figures as columns, documents never all in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scoring.appraisal.rows_to_decide import ledger_digests
from scoring.base.errors import UnreadableError
from scoring.base.units import KEY_COLUMNS, UnitKey, with_one_whole_year
from scoring.batch.collected import Collected, Intake, stacked, whole_year_of, with_whole_year
from scoring.batch.engines.engine import Outcome
from scoring.batch.parts.part_file import StoredPart
from scoring.batch.parts.part_store import PartStore
from scoring.batch.parts.shared_proof import shared_proof, spelt
from scoring.criteria import CriteriaSet
from scoring.points.input_frames import full_table
from scoring.tables import empty, in_order

_STATED = ("inputs", "claims", "documents", "links")
_SMALL = ("targets", "tasks", "surveys", "appraisal", "ledger_units", "verdicts")
_GATHERED = ("inputs", "claims", *_SMALL)
_CLAIMED = (*KEY_COLUMNS, "item_code", "self_points", "file", "sheet", "cell")
# Texts that differ from unit to unit; all others are few, and are kept once each.
_OWN = ("unit_code", "unit_name", "block", "period")


class Gathering(Collected):
    """Ledgers by their parts, in the order and under the rules in which files are read.

    Parameters
    ----------
    criteria : CriteriaSet
    store : PartStore
    fetch : callable
        Gives what became of the task of a ledger.
    """

    def __init__(
        self, criteria: CriteriaSet, store: PartStore, fetch: Callable[[Path], Outcome]
    ) -> None:
        super().__init__(criteria)
        self._store, self._fetch = store, fetch
        self.spelling: str | None = None

    def add(self, path: Path) -> None:
        """Add what was taken from a ledger."""
        self.add_ledger(path)

    def add_ledger(self, path: Path, *, last: bool = False) -> None:
        """Add what was taken from a ledger; UnreadableError where it could not be read."""
        outcome = self._fetch(path)
        if outcome.finding is not None:
            raise UnreadableError(outcome.finding)
        read = partial(self._store.read, outcome.part)
        self.enter(path, StoredPart(outcome.part, read).without_seen(), last=last)

    def intake(self) -> Intake:
        """Return what all ledgers say, without the text of claims and with few documents.

        Documents and links are those by which a file that many units or items share is told.
        """
        tables = _columns(list(self.placed().values())).tables()
        inputs, verdicts = tables.pop("inputs"), tables.pop("verdicts")
        if not len(tables["targets"].columns):
            tables["targets"] = empty("Targets")
        timed = {"inputs": inputs, **tables, "verdicts": verdicts}
        self.spelling = whole_year_of(timed)
        timed |= with_whole_year({name: timed[name] for name in timed if name != "targets"})
        inputs, verdicts = timed.pop("inputs"), timed.pop("verdicts")
        assert self.criteria is not None
        proof = shared_proof(
            self.criteria, self.placed(), timed["ledger_units"], verdicts, self.spelling
        )
        return Intake(
            self.criteria,
            in_order(inputs, "Inputs") if len(inputs) else full_table(empty("Inputs")),
            findings=(*self._left(), *self._shared_units(), *self.findings),
            unreadable=tuple(self.unreadable),
            judged=proof,
            **cast("dict[str, Any]", timed),
        )

    def digests(self) -> dict[UnitKey, str]:
        """Return what the versions of the ledgers are known by in a journal."""
        found: dict[UnitKey, str] = {}
        for key, parts in self._by_unit().items():
            tables = {name: stacked([part.table(name) for part in parts]) for name in _STATED}
            spelt = {n: _spelt_in(table, self.spelling) for n, table in tables.items()}
            found |= {key: ledger_digests(**spelt)[key]}
        return found

    def _by_unit(self) -> dict[UnitKey, list[StoredPart]]:
        units: dict[UnitKey, list[StoredPart]] = {}
        for part in self.placed().values():
            units.setdefault(spelt(part.head.unit, self.spelling), []).append(part)
        return units

    def placed(self) -> dict[Path, StoredPart]:
        """Return the parts that count, by where their ledgers lie."""
        return {path: part for path, part in self.parts.items() if isinstance(part, StoredPart)}


# Parts that are read ahead of those that are laid below each other, and threads that unpack them.
_TOGETHER, _UNPACKERS = 100, 2


def _columns(parts: Sequence[StoredPart]) -> _Columns:
    """Return the tables of all parts; several are unpacked at a time, which Python need not wait for."""
    columns = _Columns()
    with ThreadPoolExecutor(_UNPACKERS) as threads:
        for first in range(0, len(parts), _TOGETHER):
            for tables in threads.map(columns.of_part, parts[first : first + _TOGETHER]):
                columns.add(tables)
    return columns


class _Columns:
    """The tables of all parts, held as Arrow holds them until all of them are there."""

    def __init__(self) -> None:
        self._held: dict[str, list[pa.Table]] = {name: [] for name in _GATHERED}

    def of_part(self, part: StoredPart) -> list[pa.Table | None]:
        """Return the tables of a part as they are held."""
        found = dict(zip(_GATHERED, part.arrow(*_GATHERED), strict=True))
        if found["claims"] is not None:
            found["claims"] = found["claims"].select(_CLAIMED)
        return [t if t is None or n in _SMALL else _packed(t) for n, t in found.items()]

    def add(self, tables: Sequence[pa.Table | None]) -> None:
        for held, table in zip(self._held.values(), tables, strict=True):
            if table is not None:
                held.append(table)
                # Thousands of small tables take several times the room of one.
                if len(held) % _TOGETHER == 0:
                    held[-_TOGETHER:] = [_joined(held[-_TOGETHER:])]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return them as frames, and let go of what was held."""
        return {name: self._frame(name) for name in list(self._held)}

    def _frame(self, name: str) -> pd.DataFrame:
        parts = self._held.pop(name)
        if not parts:
            return pd.DataFrame()
        whole = _joined(parts)
        del parts
        return whole.to_pandas(self_destruct=True, split_blocks=True)


def _joined(parts: list[pa.Table]) -> pa.Table:
    whole = pa.concat_tables(parts, promote_options="permissive")
    return whole.unify_dictionaries().combine_chunks()


def _packed(table: pa.Table) -> pa.Table:
    """Return a table with its texts kept once each, but those that are its unit's own."""
    for place, kind in enumerate(table.schema):
        is_text = pa.types.is_string(kind.type) or pa.types.is_large_string(kind.type)
        if is_text and kind.name not in _OWN:
            column = pc.dictionary_encode(pc.fill_null(table.column(place), ""))
            table = table.set_column(place, kind.name, column)
    return table


def _spelt_in(table: pd.DataFrame, spelling: str | None) -> pd.DataFrame:
    is_timed = spelling is not None and "period" in table
    return with_one_whole_year(table, str(spelling)) if is_timed else table
