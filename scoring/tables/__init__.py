"""The tables that pass between the rooms or into files: every column declared once, as data.

``columns.csv`` holds one line per column, ``tables.csv`` one per table. From them come the empty
frames, the order of columns, the checks (pandera), the guides and the data dictionary.
"""

from scoring.tables.checking import checked, sound_rows
from scoring.tables.declared import Column, Table, column, columns_of, declared, tables
from scoring.tables.frames import (
    day_of,
    days_of,
    empty,
    has_type,
    in_order,
    rows_of,
    table_of,
    taken,
    taken_packed,
    unpacked,
)

__all__ = [
    "Column",
    "Table",
    "checked",
    "column",
    "columns_of",
    "day_of",
    "days_of",
    "declared",
    "empty",
    "has_type",
    "in_order",
    "rows_of",
    "sound_rows",
    "table_of",
    "tables",
    "taken",
    "taken_packed",
    "unpacked",
]
