"""The documents of all ledgers, which follow from the parts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from scoring.base.units import KEY_COLUMNS
from scoring.batch.kept_tables import KeptTables, groups_of
from scoring.batch.parts.part_file import StoredPart

# The documents of so many ledgers are written at a time.
_LEDGERS = 100


def keep_documents(parts: Mapping[Path, StoredPart], kept: KeptTables) -> None:
    """Write the documents of ledgers beside the parts, where `write_batch_tables` finds them.

    Of all tables theirs alone follows from the parts, before anything is scored.
    """
    write_documents(parts, kept, None)


def write_documents(
    parts: Mapping[Path, StoredPart], kept: KeptTables, folder: Path | None
) -> None:
    """Write the documents of many ledgers at a time: each group of rows takes room and time."""
    listing = [part for part in parts.values() if part.has("documents")]
    units = pd.DataFrame([part.head.unit for part in listing], columns=list(KEY_COLUMNS))
    for group in groups_of(units):
        own = [listing[at] for at in group.units]

        def slices(own: list[StoredPart] = own) -> Iterator[pd.DataFrame]:
            for first in range(0, len(own), _LEDGERS):
                found = [part.arrow("documents")[0] for part in own[first : first + _LEDGERS]]
                yield pa.concat_tables(found, promote_options="permissive").to_pandas()

        key = [group.place, [part.name for part in own]]
        place = folder and folder / "documents" / group.place / "documents.parquet"
        kept.parquet("documents", key, slices, place)
