"""Folders of tables as Frictionless Data Packages: ``datapackage.json`` says what each file holds.

The descriptor follows Data Package v1, with a Table Schema for every CSV file as
``scoring/tables`` declares it. It holds no day and no machine: the same files give the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.files.atomic import write_atomically
from scoring.files.paths import open_under
from scoring.files.sealed.manifest import Entry, entry_of, files_below, fingerprint
from scoring.tables.declared import tables
from scoring.tables.table_schema import foreign_keys, table_named, table_schema

PACKAGE_NAME = "datapackage.json"
_MOST_OF_HEADER = 100_000
_MOST_OF_DESCRIPTOR = 20_000_000
_BOM = b"\xef\xbb\xbf"


def data_package(
    folder: Path, entries: Iterable[Entry], name: str, **facts: object
) -> dict[str, Any]:
    """Return the descriptor of the tables among the files of a folder.

    Parameters
    ----------
    folder : Path
    entries : iterable of Entry
        Its files as a manifest lists them; those that are no CSV or Parquet are passed over.
    name : str
        Name of the package; what a name may not hold becomes a hyphen.
    **facts
        Further properties, such as ``title`` and ``version``; empty ones are left out.

    Returns
    -------
    dict
        Empty where the folder holds no table.
    """
    found = [_Tabular(folder, entry) for entry in sorted(entries) if _is_table(entry.path)]
    if not found:
        return {}
    names: dict[str, str] = {}
    for one in found:
        own = _slug(str(Path(one.entry.path).with_suffix("")))
        names[one.entry.path] = own if own not in names.values() else _slug(one.entry.path)
    places = {one.table: names[one.entry.path] for one in found if one.table}
    told = {key: value for key, value in facts.items() if value}
    return {
        "profile": "data-package",
        "name": _slug(name),
        **told,
        "resources": [one.resource(names[one.entry.path], places) for one in found],
    }


def write_data_package(
    folder: Path, name: str, entries: Iterable[Entry] | None = None, **facts: object
) -> Path | None:
    """Write ``datapackage.json`` for the tables of `folder`; None where it holds none.

    Parameters
    ----------
    folder : Path
    name : str
    entries : iterable of Entry, optional
        Its files where they are known already; nothing is then hashed a second time.
    **facts
        See `data_package`.

    Raises
    ------
    UnreadableError, OutputError
        When a file cannot be read, or the descriptor not be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "targets.csv").write_text("item_code,points\\n1.1,2\\n", encoding="utf-8")
    >>> made = write_data_package(folder, "Mẫu 2026", title="Mẫu")
    >>> json.loads(made.read_text(encoding="utf-8"))["name"]
    'mau-2026'
    """
    if entries is None:
        entries = [entry_of(folder, one) for one in files_below(folder) if _is_table(one)]
    package = data_package(folder, entries, name, **facts)
    if not package:
        return None
    write_atomically(folder / PACKAGE_NAME, package_bytes(package))
    return folder / PACKAGE_NAME


def package_bytes(package: Mapping[str, Any]) -> bytes:
    """Return the one form in which a descriptor is written."""
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def stale_tables(folder: Path) -> list[Finding]:
    """Compare the tables of a folder with its ``datapackage.json``, as after an edit by hand.

    Parameters
    ----------
    folder : Path
        From anyone: no file outside it is opened, and none is read beyond the size that is stated.

    Returns
    -------
    list of Finding
        ``data-package-unreadable``, and ``data-package-stale`` or ``data-package-no-table`` for
        each table that is not as described.
    """
    try:
        stated = _stated(folder)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [Finding("data-package-unreadable", PACKAGE_NAME)]
    found = []
    for path, size, sha256 in stated:
        try:
            with open_under(folder, path) as file:
                if fingerprint(file, size) != (size, sha256):
                    found.append(Finding("data-package-stale", path))
        except UnreadableError as error:
            is_gone = error.finding.code == "file-missing"
            found.append(Finding("data-package-no-table", path) if is_gone else error.finding)
    return found


def _stated(folder: Path) -> list[tuple[str, int, str]]:
    """Return path, size and SHA-256 of each table as the descriptor states them."""
    with open_under(folder, PACKAGE_NAME) as file:
        data = file.read(_MOST_OF_DESCRIPTOR + 1)
    if len(data) > _MOST_OF_DESCRIPTOR:
        raise ValueError("too large")
    rows = json.loads(data)["resources"]
    return [
        (str(row["path"]), int(row["bytes"]), str(row["hash"]).removeprefix("sha256:"))
        for row in rows
    ]


class _Tabular:
    """A CSV or Parquet file, and which declared table it is."""

    def __init__(self, folder: Path, entry: Entry) -> None:
        self.entry = entry
        self.is_csv = entry.path.endswith(".csv")
        start = b""
        if self.is_csv:
            with open_under(folder, entry.path) as file:
                start = file.readline(_MOST_OF_HEADER)
        text = start.removeprefix(_BOM).decode("utf-8", "replace").strip("\r\n")
        self.separator = ";" if start.startswith(_BOM) and ";" in text else ","
        self.header = next(csv.reader(io.StringIO(text), delimiter=self.separator), [])
        self.table = table_named(Path(entry.path).name, self.header) if self.header else ""

    def resource(self, name: str, places: dict[str, str]) -> dict[str, Any]:
        """Return what the descriptor says of the file."""
        entry, table = self.entry, tables().get(self.table)
        told = {"name": name, "path": entry.path, "bytes": entry.bytes}
        told["hash"] = f"sha256:{entry.sha256}"
        if table:
            told |= {"description": table.vi, "description_en": table.en}
        if not self.is_csv:
            # Its own schema is inside it; as a file its size and hash are compared, as a table not.
            kind = {"type": "file", "mediatype": "application/vnd.apache.parquet"}
            return told | {"profile": "data-resource", "format": "parquet", **kind}
        told |= {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv"}
        told["encoding"] = "utf-8"
        if self.separator != ",":
            told["dialect"] = {"delimiter": self.separator}
        schema = table_schema(self.table, self.header, "," if self.separator == ";" else ".")
        if keys := foreign_keys(self.table, self.header, places, name):
            schema["foreignKeys"] = keys
        return told | {"schema": schema}


def _is_table(path: str) -> bool:
    return path.endswith((".csv", ".parquet"))


def _slug(text: str) -> str:
    """Return `text` as names of packages and resources may be written.

    >>> _slug("scores/year=2026/Năm Đầu")
    'scores-year-2026-nam-dau'
    """
    return re.sub(r"[^a-z0-9._]+", "-", without_marks(text)).strip("-") or "data"
