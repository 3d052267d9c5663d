"""Long tables as CSV or Parquet: read as text under limits, written alike on every machine."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.text import clean_text
from scoring.files.atomic import write_atomically
from scoring.files.limits import UTF16_MARKS, TableLimits, table_too_large
from scoring.files.paths import bytes_and_name
from scoring.files.recognise import foreign_finding

Dialect = Literal["plain", "vi"]

_SEPARATORS = (",", ";", "\t", "|")
# A cell that `neutral_text` may have marked.
_MARKED = re.compile(r"(?:^|[,;\t\"])'\W", re.MULTILINE)
_FORMULA_START = re.compile(r"^(?:[\s\x00-\x1f\u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?%?")
# A truth value equals 1 or 0, so that a look-up by value alone would mistake it.
_MAPPED = (str, float, np.float64)
# From so many rows on it pays to write each different cell of a column once.
_LONG = 2000


@dataclass(frozen=True)
class Table:
    """A table as it was found.

    Attributes
    ----------
    frame : DataFrame, shape (n_rows, n_columns)
        Every cell of a CSV file is text (dtype ``str``) as typed, NaN where it is empty; no type
        is guessed, so 1.10 stays "1.10". A Parquet file keeps the types it declares. Column
        names are cleaned (NFC, single spaces).
    separator : str
        What stood between the fields; empty for Parquet.
    findings : tuple of Finding
        Warnings; rows of unequal length are completed or cut and named.
    """

    frame: pd.DataFrame
    separator: str = ","
    findings: tuple[Finding, ...] = ()


def read_table(source: Path | bytes, limits: TableLimits | None = None, *, file: str = "") -> Table:
    """Read a CSV or Parquet table with one header row.

    CSV may be UTF-8 with or without a byte-order mark or UTF-16, separated by comma, semicolon,
    tab or bar, with quotes as Excel writes them.

    Raises
    ------
    UnreadableError
        When nothing can be read: ``file-missing``, ``file-empty``, ``table-too-large``,
        ``table-encoding``, ``table-damaged``, ``table-repeated-column``.

    Examples
    --------
    >>> table = read_table("\\ufeffunit_code;value\\nH1;0,5\\nH2;\\n".encode())
    >>> table.separator, table.frame["value"].tolist()
    (';', ['0,5', nan])
    """
    limits = limits or TableLimits()
    data, file = bytes_and_name(source, limits.file_bytes, file)
    if not data.strip():
        raise UnreadableError(Finding("file-empty", file))
    if len(data) > limits.file_bytes:
        raise table_too_large(file, "file", limits.file_bytes)
    if data[:4] == b"PAR1":
        return Table(_parquet(data, limits, file), "")
    return _csv(data, limits, file)


def _csv(data: bytes, limits: TableLimits, file: str) -> Table:
    text, findings = _decoded(data, file)
    if not text.strip():
        raise UnreadableError(Finding("file-empty", file))
    separator = separator_of(text)
    rows = _rows(text, separator, limits, file)
    header = [clean_text(name) for name in rows[0]]
    while header and not header[-1]:
        header.pop()
    _refuse_repeated(header, file)
    if len(header) > limits.columns:
        raise table_too_large(file, "columns", limits.columns)
    body, uneven = _evened(rows[1:], len(header))
    if uneven:
        values = {"count": len(uneven), "row": uneven[0], "columns": len(header)}
        findings.append(Finding("table-uneven-rows", file, cell=f"A{uneven[0]}", values=values))
    if _MARKED.search(text):
        body = [[unmarked(cell) for cell in row] for row in body]
    return Table(_text_frame(body, header), separator, tuple(findings))


def _decoded(data: bytes, file: str) -> tuple[str, list[Finding]]:
    findings = []
    encoding = "utf-8-sig"
    if data.startswith(UTF16_MARKS):
        encoding = "utf-16"
        findings.append(Finding("table-utf-16", file))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableError(_undecodable(data, file)) from problem
    if "\x00" in text:
        findings.append(Finding("table-nul", file, values={"count": text.count("\x00")}))
        text = text.replace("\x00", "")
    return text, findings


def _undecodable(data: bytes, file: str) -> Finding:
    """Return the finding for bytes that are no text: another format, or another encoding."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        return Finding("table-not-csv", file)
    foreign = foreign_finding(data, file)
    return foreign if foreign.code == "file-encrypted" else Finding("table-encoding", file)


def separator_of(text: str) -> str:
    """Return the separator of the header row: the mark met most often outside quotes."""
    head = text[:100_000]
    line = re.sub(r'"[^"]*"', "", head.lstrip("\r\n")).splitlines()
    counts = {mark: line[0].count(mark) if line else 0 for mark in _SEPARATORS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _rows(text: str, separator: str, limits: TableLimits, file: str) -> list[list[str]]:
    # The limit of the csv module is one for the whole process; ours is checked on the result.
    old = csv.field_size_limit(limits.cell_characters)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = []
        for row in reader:
            rows.append(row)
            if len(rows) > limits.rows:
                raise table_too_large(file, "rows", limits.rows)
    except csv.Error as problem:
        if "field larger" in str(problem):
            raise table_too_large(file, "field", limits.cell_characters) from problem
        values = {"row": reader.line_num}
        raise UnreadableError(Finding("table-damaged", file, values=values)) from problem
    finally:
        csv.field_size_limit(old)
    return rows


def _evened(rows: list[list[str]], width: int) -> tuple[list[list[str]], list[int]]:
    """Return rows of equal length, and the numbers (as Excel counts) of those mended."""
    uneven = []
    body = []
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != width:
            if any(cell.strip() for cell in row[width:]) or len(row) < width:
                uneven.append(number)
            row = [*row, *[""] * width][:width]
        body.append(row)
    return body, uneven


def _text_frame(body: list[list[str]], header: list[str]) -> pd.DataFrame:
    columns = list(zip(*body, strict=True)) if body else [()] * len(header)
    return pd.DataFrame(
        {
            name: pd.array([cell or None for cell in cells], dtype="str")
            for name, cells in zip(header, columns, strict=True)
        },
        columns=header,
    )


def _refuse_repeated(header: list[str], file: str) -> None:
    # Counted in one pass: asking for each name again, 20,000 took nine seconds.
    repeated = sorted(name for name, times in Counter(header).items() if times > 1)
    if repeated:
        shown = [name or Named("(trống)", "(empty)") for name in repeated]
        raise UnreadableError(Finding("table-repeated-column", file, values={"column": shown}))


def _parquet(data: bytes, limits: TableLimits, file: str) -> pd.DataFrame:
    try:
        from scoring.files.parquet_reading import read_parquet
    except ImportError:
        raise UnreadableError(Finding("table-needs-pyarrow", file)) from None
    frame = read_parquet(data, limits, file)
    header = [clean_text(str(name)) for name in frame.columns]
    _refuse_repeated(header, file)
    return frame.set_axis(header, axis="columns")


def write_csv(frame: pd.DataFrame, path: Path, dialect: Dialect = "plain") -> None:
    """Write `frame` to `path` at once, the same bytes for the same table.

    Parameters
    ----------
    frame : DataFrame
        Its index is not written. NaN becomes an empty field; dates are written year-month-day.
    path : Path
        The file to write.
    dialect : {"plain", "vi"}
        ``plain``: UTF-8, comma, decimal point. ``vi``: for Excel on a Vietnamese system, with
        a byte-order mark, semicolon and decimal comma.

    Raises
    ------
    OutputError
        As `scoring.files.atomic.write_atomically`.
    """
    write_atomically(path, csv_bytes(frame, dialect))


def csv_bytes(frame: pd.DataFrame, dialect: Dialect = "plain") -> bytes:
    """Return what `write_csv` writes.

    Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers do
    not, negative ones included, nor does text that is a plain number.

    Examples
    --------
    >>> frame = pd.DataFrame({"title": ["=1+1", "-5"], "points": [-0.5, None]})
    >>> csv_bytes(frame).decode()
    "title,points\\n'=1+1,-0.5\\n-5,\\n"
    >>> csv_bytes(frame, "vi").decode("utf-8-sig")
    "title;points\\n'=1+1;-0,5\\n-5;\\n"
    """
    columns = {
        position: _written(frame.iloc[:, position], dialect) for position in range(frame.shape[1])
    }
    safe = pd.DataFrame(columns, index=frame.index)
    header = [neutral_text(str(name)) for name in frame.columns]
    text = _long_text(safe, header, dialect) if len(frame) >= _LONG else None
    if text is None:
        text = _text_of(safe, header, dialect)
    return ("\ufeff" + text if dialect == "vi" else text).encode("utf-8", "replace")


def _text_of(safe: pd.DataFrame, header: list[str] | bool, dialect: Dialect) -> str:
    return safe.to_csv(
        index=False,
        header=header,
        sep=";" if dialect == "vi" else ",",
        decimal="," if dialect == "vi" else ".",
        lineterminator="\n",
        date_format="%Y-%m-%d",
    )


def _long_text(safe: pd.DataFrame, header: list[str], dialect: Dialect) -> str | None:
    """Return the same text, each different cell of a column made once; None where that is unsure.

    Unsure are a cell with the end of a line in it, and columns of several kinds of cells.
    """
    if safe.shape[1] < 2:
        return None
    written = []
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) != "string":
            return None
        if column.dtype.kind == "f" and column.dtype != np.float64:
            return None
        # 0 and -0 are equal, but are not written alike.
        is_float = column.dtype == np.float64
        codes, found = pd.factorize(
            column.to_numpy().view(np.int64) if is_float else column, use_na_sentinel=False
        )
        few = pd.Series(np.asarray(found).view(np.float64) if is_float else found)
        # A second column, for an empty cell alone in its row would be quoted.
        lines = _text_of(pd.DataFrame({0: few, 1: 0}), False, dialect).split("\n")[:-1]
        if len(lines) != len(few):
            return None
        cells = np.array([line[:-2] for line in lines], dtype=object)
        written.append(cells[codes].tolist())
    mark = ";" if dialect == "vi" else ","
    head = _text_of(safe.iloc[:0], header, dialect)
    return head + "\n".join(map(mark.join, zip(*written, strict=True))) + "\n"


def _written(column: pd.Series, dialect: Dialect) -> pd.Series:
    """Return a column ready to be written: numbers as they are, all text made harmless."""
    if column.dtype.kind in "iufbM":
        return column
    values = column.astype(object)
    # Codes and names repeat, so each different value is looked at once.
    changed: dict[object, str] = {}
    for value in pd.unique(values):
        if isinstance(value, str) and neutral_text(value) != value:
            changed[value] = neutral_text(value)
        elif isinstance(value, float) and dialect == "vi" and value == value:
            changed[value] = str(value).replace(".", ",")
    if not changed:
        return values
    return values.map(lambda value: changed.get(value, value) if type(value) in _MAPPED else value)


def unmarked(text: str) -> str:
    """Return `text` without the apostrophe that `neutral_text` put before it, and no other.

    >>> [unmarked(text) for text in ["'@best:datasets", "'tis", "'5"]]
    ['@best:datasets', "'tis", "'5"]
    """
    return text[1:] if text[:1] == "'" and neutral_text(text[1:]) == text else text


def neutral_text(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; line ends become ``\\n``.

    Examples
    --------
    >>> [neutral_text(text) for text in ["=A1", "-1,5", "@x", "＝1", "Sở Y tế"]]
    ["'=A1", '-1,5', "'@x", "'＝1", 'Sở Y tế']

    A sign alone is no formula:

    >>> neutral_text("=")
    '='
    """
    # A lone carriage return would end the row unquoted, and what follows could be a formula.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > 1 and _FORMULA_START.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text
