"""A log file as DuckDB reads it: the table ``raw`` of its mapped columns, and the rows refused."""

from __future__ import annotations

import csv
import mmap
from bisect import insort
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.text import clean_text
from scoring.dossiers.duck import is_memory_short, name, text
from scoring.dossiers.log_columns import FIELDS, LogColumns
from scoring.dossiers.log_top import read_top
from scoring.dossiers.said_cells import PARQUET, cell
from scoring.files.limits import UTF16_MARKS, TableLimits, table_too_large
from scoring.survey.personal_data import personal_columns, shown_safely, without_personal
from scoring.survey.reading.response_sources import ResponseTable

_HEAD_BYTES = 1_000_000
# Rows whose cells are looked at for personal data.
_LOOKED_AT = 2_000
_CSV = (
    "read_csv($path, auto_detect=false, header=false, skip={skip}, delim=$separator, quote='\"', "
    "escape='\"', columns={columns}, store_rejects=true, strict_mode=true, max_line_size=1000000)"
)
_DAYS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_TEXT = "VARCHAR"


@dataclass(frozen=True)
class LogSource:
    """A file opened by DuckDB.

    Attributes
    ----------
    file, path : str
    headings : tuple of str
        As the file has them, cleaned.
    names, types : tuple of str
        What DuckDB calls its columns, and of which type they are.
    relation : str
        SQL that reads it, with the parameters `said`.
    above, hidden : int
        Lines above the headings, and how many of them a spreadsheet does not show.
    plain : bool
        Whether all dossiers are written as they are compared, which a look at all of them tells.
    places : dict of str to int
        Where each field stands.
    findings : tuple of Finding
    refused : tuple of int
        Rows that could not be split into cells, as a spreadsheet counts them.
    """

    file: str
    path: str
    headings: tuple[str, ...]
    names: tuple[str, ...]
    types: tuple[str, ...]
    relation: str
    said: Mapping[str, str]
    above: int = 0
    hidden: int = 0
    plain: bool = False
    places: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    refused: tuple[int, ...] = ()

    def type_of(self, field_name: str) -> str:
        """Return ``date``, ``flag`` or ``whole`` where the file declares such a column, else ``text``."""
        kind, asked = self.types[self.places[field_name]], FIELDS[field_name].type
        fits = {
            "date": kind in _DAYS,
            "flag": kind == "BOOLEAN",
            "whole": kind.endswith(("INTEGER", "INT")),
        }
        return asked if fits.get(asked) else "text"

    def row(self, place: int) -> int:
        """Return the row of a spreadsheet that the `place`-th row kept stands in, counted from 1."""
        row = place + 1 + self.above
        blank = _blank_rows(self.path, self.said.get("separator", ""))
        for skipped in sorted((*self.refused, *(one for one in blank if one > self.above))):
            row += skipped <= row
        return row - self.hidden

    @property
    def is_typed(self) -> bool:
        """Whether every day, number and yes or no is one by its type, in a file read column by column."""
        typed = (one for one in self.places if FIELDS[one].type in ("date", "flag", "whole"))
        return "separator" not in self.said and all(self.type_of(one) != "text" for one in typed)


def open_source(duck: Any, path: Path, columns: LogColumns, personal: str, file: str) -> LogSource:
    """Open a file, refuse or drop personal data, and make its table ``raw``.

    Raises
    ------
    UnreadableError
        A file that is no CSV or Parquet; ``missing-column``; ``survey-personal-data``.
    """
    with path.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if not head.strip():
        raise UnreadableError(Finding("file-empty", file))
    is_parquet = head[:4] == b"PAR1"
    source = _parquet(duck, path, file) if is_parquet else _csv(path, head, columns, file)
    source = replace(source, places=columns.places(source.headings))
    source = _without_personal(duck, source, columns, personal)
    missing = [one for one, about in FIELDS.items() if about.required and one not in source.places]
    if missing:
        known = [f"{one}: {', '.join(columns.headings[one])}" for one in missing]
        values = {"column": missing, "expected": known}
        raise UnreadableError(Finding("missing-column", file, values=values))
    return _with_raw(duck, source)


def _csv(path: Path, head: bytes, columns: LogColumns, file: str) -> LogSource:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise UnreadableError(Finding("table-not-csv", file))
    # Another code page is told from the headings; in later rows it breaks those rows.
    if head.startswith(UTF16_MARKS) or not _is_utf8(head.split(b"\n", 1)[0]):
        raise UnreadableError(Finding("table-encoding", file))
    shown = head.decode("utf-8-sig", "replace")
    top = read_top(shown, columns, file)
    if len(top.headings) > (most := TableLimits().columns):
        raise table_too_large(file, "columns", most)
    names = tuple(f"c{place}" for place in range(len(top.headings)))
    declared = "{" + ", ".join(f"'{one}': '{_TEXT}'" for one in names) + "}"
    relation = _CSV.format(columns=declared, skip=top.lines)
    said = {"path": str(path), "separator": top.separator}
    found: tuple[Finding, ...] = ()
    if above := top.above - top.hidden:
        told = {"count": above, "value": shown_safely(top.title, 60)}
        found = (Finding("dossiers-lines-above", file, cell="A1", values=told),)
    return LogSource(
        file, str(path), _headings(top.headings, file), names, (_TEXT,) * len(names), relation, said,
        top.above, top.hidden, findings=found,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _blank_rows(path: str, separator: str) -> tuple[int, ...]:
    """Return the rows of a CSV file that hold nothing: DuckDB does not number them.

    Asked only for a place to name, so that a log without anything to name is read once.
    """
    if not separator:
        return ()
    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as seen,
    ):
        if seen.find(b"\n\n") < 0 and seen.find(b"\n\r\n") < 0:
            return ()
    with Path(path).open(encoding="utf-8", errors="replace", newline="") as lines:
        rows = csv.reader(lines, delimiter=separator)
        try:
            return tuple(number for number, cells in enumerate(rows, start=1) if not cells)
        except csv.Error:
            return ()


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parquet(duck: Any, path: Path, file: str) -> LogSource:
    relation = PARQUET.format(path=text(path))
    try:
        found = duck.execute(
            f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {relation}"
        ).fetchall()
    except Exception as problem:  # DuckDB raises many kinds for a damaged file
        raise UnreadableError(Finding("table-damaged", file, values={"row": 0})) from problem
    if len(found) > (most := TableLimits().columns):
        raise table_too_large(file, "columns", most)
    names, types = (tuple(column[place] for column in found) for place in (0, 1))
    return LogSource(file, str(path), _headings(names, file), names, types, relation, {})


def _headings(names: Sequence[str], file: str) -> tuple[str, ...]:
    cleaned = [clean_text(one) for one in names]
    repeated = sorted(one for one, times in Counter(cleaned).items() if one and times > 1)
    if repeated:
        raise UnreadableError(Finding("table-repeated-column", file, values={"column": repeated}))
    # Columns without a heading keep their place.
    return tuple(one or f" {place}" for place, one in enumerate(cleaned))


def _without_personal(
    duck: Any, source: LogSource, columns: LogColumns, personal: str
) -> LogSource:
    """Refuse a file with columns of personal data, or forget those columns; both are told."""
    cells = ", ".join(f"CAST({name(one)} AS VARCHAR)" for one in source.names)
    look = f"SELECT {cells} FROM {source.relation} LIMIT {_LOOKED_AT}"
    rows = _asked(duck, look, source).fetchall()
    frame = pd.DataFrame(rows, columns=list(source.headings), dtype="str")
    table = ResponseTable(frame, source.file)
    found = list(personal_columns(table, columns))
    table = without_personal(table, found, personal)
    gone = {one.heading for one in found}
    places = {one: at for one, at in source.places.items() if source.headings[at] not in gone}
    return replace(source, places=places, findings=(*source.findings, *table.findings))


def _with_raw(duck: Any, source: LogSource) -> LogSource:
    """Make ``raw``: the number of each row, and a column a field, named as it; empty cells null."""
    if "separator" not in source.said:
        source = replace(source, plain=_has_plain_dossiers(duck, source))
    cells = []
    for one, at in source.places.items():
        column = name(source.names[at])
        if source.type_of(one) == "text" and FIELDS[one].type not in ("code", "word"):
            column = f"nullif(trim(CAST({column} AS VARCHAR)), '')"
        cells.append(f"{cell(column, one, source.plain)} AS {one}")
    if "separator" not in source.said:
        # Read column by column and only where something is asked: a copy would cost more.
        select = f"SELECT file_row_number + 1 AS row, {', '.join(cells)} FROM {source.relation}"
        duck.execute(f"CREATE TEMP VIEW raw AS {select}")
        return source
    select = f"SELECT row_number() OVER () AS row, {', '.join(cells)} FROM {source.relation}"
    _asked(duck, f"CREATE TEMP TABLE raw AS {select}", source)
    told = duck.execute(
        "SELECT line, min(error_type::VARCHAR) FROM reject_errors "
        "WHERE scan_id = (SELECT max(scan_id) FROM reject_errors) GROUP BY line ORDER BY line"
    ).fetchall()
    lines: list[int] = []
    for line, _ in told:
        insort(lines, line)
    return replace(
        source, refused=tuple(lines), findings=(*source.findings, *_refused(told, source))
    )


def _has_plain_dossiers(duck: Any, source: LogSource) -> bool:
    place = source.places["dossier"]
    if source.types[place] != _TEXT:
        return False
    one = name(source.names[place])
    is_other = f"{one} <> nfc_normalize({one}) OR starts_with({one}, ' ') OR suffix({one}, ' ')"
    ask = f"SELECT count(*) FROM {source.relation} WHERE {is_other} OR {one} = ''"
    return bool(_asked(duck, ask, source).fetchone()[0] == 0)


def _refused(told: Sequence[tuple[int, str]], source: LogSource) -> list[Finding]:
    if not told:
        return []
    reason = {"MISSING COLUMNS": "few", "TOO MANY COLUMNS": "many", "INVALID ENCODING": "encoding"}
    values = {
        "count": len(told),
        "row": told[0][0] - source.hidden,
        "reason": Label(f"dossiers_row_{reason.get(told[0][1], 'broken')}"),
    }
    return [
        Finding(
            "dossiers-row-broken", source.file, cell=f"A{told[0][0] - source.hidden}", values=values
        )
    ]


def _asked(duck: Any, statement: str, source: LogSource) -> Any:
    try:
        return duck.execute(statement, source.said)
    except Exception as problem:  # as above
        if is_memory_short(problem):
            raise
        found = Finding("table-damaged", source.file, values={"row": 0})
        raise UnreadableError(found) from problem
