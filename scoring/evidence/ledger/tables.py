"""From the sheets around ``Tự đánh giá`` to documents, links, tasks, targets and appraisals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.vocabulary import yes_or_no
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.codes import INDEX_CODE, CodeReader
from scoring.evidence.ledger.entries import points_in
from scoring.evidence.ledger.stack import Stack, cached_map, date_series
from scoring.files.cells import CellError, CellValue, FormulaWithoutValue
from scoring.official.document_kinds import kind_of
from scoring.official.document_number import read_document_number
from scoring.official.partial_date import read_partial_date

Units = Sequence[Mapping[str, Any]]
DOCUMENT_COLUMNS = (
    "unit_code", "document_id", "document_number", "kind", "issued_on", "issued_precision",
    "issuer", "signer", "title", "path", "address", "valid_from", "valid_to", "secret", "sha256",
    "file", "sheet", "cell",
)  # fmt: skip
LINK_COLUMNS = ("unit_code", "document_id", "item_code", "place", "file", "sheet", "cell")
TASK_COLUMNS = (
    "unit_code", "task_code", "task", "products", "lead_unit", "supporting_units",
    "deadline_text", "due_on", "done_on", "item_codes", "note", "file", "sheet", "cell",
)  # fmt: skip
TARGET_COLUMNS = ("unit_code", "code", "target_points", "note", "file", "sheet", "cell")
APPRAISAL_COLUMNS = (
    "unit_code", "year", "period", "item_code", "appraised_points", "appraisal_note", "response",
    "appraised_points_2", "appraisal_note_2", "file", "sheet", "cell",
)  # fmt: skip
_BETWEEN = re.compile(r"[;,\n]+")
_WITH_PLACE = re.compile(r"^([^()]*?)\s*\(([^()]*)\)$")


def _owner_column(stack: Stack, units: Units, rows: Sequence[int], name: str) -> list[Any]:
    return [units[stack.owners[at]][name] for at in rows]


def _placed(stack: Stack, units: Units, rows: Sequence[int], key: str) -> dict[str, list[Any]]:
    """Return unit, file, sheet and cell of rows."""
    return {
        "unit_code": _owner_column(stack, units, rows, "unit_code"),
        "file": _owner_column(stack, units, rows, "file"),
        "sheet": list(stack.sheet_names(rows)),
        "cell": list(stack.cells(key, rows)),
    }


def _typed(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the columns in order; without rows pandas takes texts for numbers, so say what is text."""
    texts = [name for name in columns if not name.endswith(_NOT_TEXT)]
    return frame[list(columns)].astype(dict.fromkeys(texts, "str"))


# Endings of the columns that are dates, marks, years or points.
_NOT_TEXT = ("_on", "valid_from", "valid_to", "secret", "year", "_points", "_points_2")


def _days(stack: Stack, key: str, rows: Sequence[int]) -> tuple[pd.Series, list[str]]:
    """Return the dates of a column and how precise each is stated."""
    days: list[dt.date | None] = []
    precisions = []
    heading = stack.heading(key)
    column = stack.columns[key]
    if all(value is None for value in column):
        return date_series([None] * len(rows)), ["none"] * len(rows)
    for at in rows:
        value = column[at]
        # Nearly every date is a date already; a point of time is one of a subclass.
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            days.append(value)
            precisions.append("day")
        else:
            day, precision = _day(stack, at, key, heading, value)
            days.append(day)
            precisions.append(precision)
    return date_series(days), precisions


def _day(
    stack: Stack, at: int, key: str, heading: str, value: CellValue
) -> tuple[dt.date | None, str]:
    if value is None or isinstance(value, CellError | FormulaWithoutValue):
        if value is not None:
            code = "cell-in-error" if isinstance(value, CellError) else "formula-without-value"
            stack.report(code, at, key, input=heading, value=str(value))
        return None, "none"
    if isinstance(value, str):
        partial = read_partial_date(_year_first(value.strip()))
        if partial is not None and partial.precision != "day":
            return partial.first_day, partial.precision
    reading = read_date(value)
    if reading.problem:
        stack.report(reading.problem, at, key, input=heading, value=str(value))
    return (reading.value, "day") if reading.value else (None, "none")


def _year_first(text: str) -> str:
    """Turn ``3/2022`` into ``2022-03``; everything else comes back as it is."""
    match = re.fullmatch(r"(?:tháng\s+)?(\d{1,2})[/\-.](\d{4})", text, re.IGNORECASE)
    return f"{match[2]}-{int(match[1]):02d}" if match else text


def read_documents(
    stack: Stack, criteria: CriteriaSet, units: Units, claims: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``Documents`` and ``Links`` of all ledgers."""
    texts = {key: stack.texts(key) for key in stack.columns if key not in _DATED}
    rows = [at for at in range(len(stack)) if any(texts[key][at] for key in _TELLING)]
    ids = _ids(stack, texts, rows)
    frame = pd.DataFrame({"document_id": ids} | _placed(stack, units, rows, "document_id"))
    for key in ("document_number", "issuer", "signer", "title"):
        frame[key] = pd.array([texts[key][at] for at in rows], dtype="str")
    frame["kind"] = _kinds(stack, texts, rows)
    frame["issued_on"], frame["issued_precision"] = _days(stack, "issued_on", rows)
    for key in ("valid_from", "valid_to"):
        frame[key], _ = _days(stack, key, rows)
    places = [texts["path"][at] for at in rows]
    on_web = [text.lower().startswith(("http://", "https://")) for text in places]
    frame["path"] = [
        "" if web else t.replace("\\", "/") for t, web in zip(places, on_web, strict=True)
    ]
    frame["address"] = [t if web else "" for t, web in zip(places, on_web, strict=True)]
    frame["secret"] = np.array(
        [yes_or_no(texts["secret"][at], "secret") is True for at in rows], dtype=bool
    )
    frame["sha256"] = [texts["sha256"][at].lower() for at in rows]
    links = _links(stack, criteria, units, texts, rows, ids)
    links += _claimed_links(stack, units, claims, frame, texts, rows)
    table = pd.DataFrame(links, columns=list(LINK_COLUMNS), dtype="str")
    table = table.drop_duplicates(["unit_code", "file", "document_id", "item_code"])
    return _typed(frame, DOCUMENT_COLUMNS), table.reset_index(drop=True)


_DATED = ("issued_on", "valid_from", "valid_to")
_TELLING = ("document_id", "document_number", "title", "path", "item_codes")


def _ids(stack: Stack, texts: Mapping[str, list[str]], rows: Sequence[int]) -> list[str]:
    """Return an id for every document, unique within its ledger."""
    seen: set[tuple[int, str]] = set()
    ids = []
    for at in rows:
        own = texts["document_id"][at]
        name = own or f"dong-{stack.numbers[at]}"
        if not own:
            stack.report("document-without-id", at, "document_id", value=name)
        elif (stack.owners[at], own) in seen:
            name = f"{own}-dong-{stack.numbers[at]}"
            stack.report("document-id-twice", at, "document_id", value=own, expected=name)
        seen.add((stack.owners[at], name))
        ids.append(name)
    return ids


def _kinds(stack: Stack, texts: Mapping[str, list[str]], rows: Sequence[int]) -> list[str]:
    """Return the key of every document's kind, from its own cell or from its number."""
    written = cached_map(
        [texts["kind"][at] for at in rows], lambda text: kind_of(text) if text else ""
    )
    # The number is looked at only where the document's own cell names no kind.
    numbers = [
        "" if key else texts["document_number"][at] for at, key in zip(rows, written, strict=True)
    ]
    numbered = cached_map(numbers, _kind_of_number)
    for at, key in zip(rows, written, strict=True):
        text = texts["kind"][at]
        if text and not key:
            stack.report("document-kind-unknown", at, "kind", value=text)
    return [key or other for key, other in zip(written, numbered, strict=True)]


def _kind_of_number(text: str) -> str:
    read = read_document_number(text).value if text else None
    return read.kind if read else ""


def _links(
    stack: Stack,
    criteria: CriteriaSet,
    units: Units,
    texts: Mapping[str, list[str]],
    rows: Sequence[int],
    ids: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Return the links that the list of documents states."""
    # A single code may have become a number or a date; several stand in one text.
    single = CodeReader(node.code for node in criteria.nodes)
    read = single.read(stack, "item_codes")
    known = criteria.rules
    sheets = stack.sheet_names(rows)
    cells = stack.cells("item_codes", rows)
    links = []
    for at, document_id, sheet, cell in zip(rows, ids, sheets, cells, strict=True):
        unit = units[stack.owners[at]]
        text = (
            read[at]
            if not isinstance(stack.columns["item_codes"][at], str)
            else texts["item_codes"][at]
        )
        for part in _BETWEEN.split(text):
            code = part.strip().rstrip(".")
            if not code:
                continue
            if code not in known:
                stack.report("document-item-unknown", at, "item_codes", code, value=document_id)
            place = texts["place"][at]
            links.append((unit["unit_code"], document_id, code, place, unit["file"], sheet, cell))
    return links


def _claimed_links(
    stack: Stack,
    units: Units,
    claims: pd.DataFrame,
    documents: pd.DataFrame,
    texts: Mapping[str, list[str]],
    rows: Sequence[int],
) -> list[tuple[Any, ...]]:
    """Return the links that items state, by the id or the number of a document."""
    told = claims[claims["documents"] != ""]
    if told.empty:
        return []
    by_name: dict[tuple[str, str], str] = {}
    files = documents["file"].tolist()
    for at, file, document_id in zip(rows, files, documents["document_id"], strict=True):
        for name in (texts["document_number"][at], document_id, texts["document_id"][at]):
            if name:
                by_name[file, name.casefold()] = document_id
    links: list[tuple[Any, ...]] = []
    for row in told.to_dict("records"):
        for part in re.split(r"[;\n]+", row["documents"]):
            links += _claimed_link(stack, row, part.strip(), by_name)
    return links


def _claimed_link(
    stack: Stack, row: Mapping[Any, Any], part: str, by_name: Mapping[tuple[str, str], str]
) -> list[tuple[Any, ...]]:
    if not part:
        return []
    file, item = str(row["file"]), str(row["item_code"])
    inside = _WITH_PLACE.match(part)
    name, place = (inside[1], inside[2]) if inside else (part, "")
    where = (row["file"], row["sheet"], row["documents_cell"])
    document_id = by_name.get((file, name.casefold()))
    if document_id is None and "," in name:
        parts = [piece.strip() for piece in name.split(",")]
        return [link for piece in parts for link in _claimed_link(stack, row, piece, by_name)]
    if document_id is None:
        place_of = {"unit_code": str(row["unit_code"]), "item_code": item}
        found = Finding("unknown-document", *where, values={"value": name}, **place_of)
        stack.findings.append(found)
        return []
    return [(row["unit_code"], document_id, item, place, *where)]


def read_tasks(stack: Stack, units: Units) -> pd.DataFrame:
    """Return the plan tasks that ledgers list; `due_on` is NaT where no plain date stands."""
    texts = {
        key: stack.texts(key) for key in stack.columns if key not in ("deadline_text", "done_on")
    }
    rows = [at for at in range(len(stack)) if texts["task"][at] or texts["products"][at]]
    frame = pd.DataFrame(_placed(stack, units, rows, "task"))
    for key in ("task", "products", "lead_unit", "supporting_units", "item_codes", "note"):
        frame[key] = pd.array([texts[key][at] for at in rows], dtype="str")
    frame["task_code"] = [texts["task_code"][at] or str(stack.numbers[at]) for at in rows]
    deadlines = [stack.columns["deadline_text"][at] for at in rows]
    read = [read_date(value).value for value in deadlines]
    frame["due_on"] = date_series(read)
    frame["deadline_text"] = [
        day.strftime("%d/%m/%Y") if day else ("" if value is None else str(value))
        for day, value in zip(read, deadlines, strict=True)
    ]
    frame["done_on"], _ = _days(stack, "done_on", rows)
    return _typed(frame, TASK_COLUMNS)


def read_targets(stack: Stack, criteria: CriteriaSet, units: Units) -> pd.DataFrame:
    """Return the table ``Targets`` of all ledgers; rows without points are left out."""
    maxima = {node.code: node.max_points for node in criteria.nodes}
    maxima[INDEX_CODE] = criteria.meta.total_points
    codes = CodeReader(maxima).read(stack, "code")
    notes = stack.texts("note")
    kept, points = [], []
    for at, code in enumerate(codes):
        value = stack.columns["target_points"][at]
        if value is None:
            continue
        if code not in maxima:
            if code:
                stack.report("target-unknown", at, "code", value=code)
            continue
        # Above the maximum is for `check_targets` to refuse, which knows what is reached as well.
        target = points_in(stack, at, "target_points", code, value, float("inf"))
        if target == target:
            kept.append(at)
            points.append(target)
    frame = pd.DataFrame(_placed(stack, units, kept, "target_points"))
    frame["code"] = pd.array([codes[at] for at in kept], dtype="str")
    frame["target_points"] = np.array(points, dtype=np.float64)
    frame["note"] = [notes[at] for at in kept]
    return _typed(frame, TARGET_COLUMNS)


def read_appraisal(stack: Stack, criteria: CriteriaSet, units: Units) -> pd.DataFrame:
    """Return the appraisal of every item that has any; points are NaN where not given."""
    reader = CodeReader(node.code for node in criteria.leaves)
    machine, shown = reader.read(stack, "item_code"), reader.read(stack, "code")
    codes = [own or other for own, other in zip(machine, shown, strict=True)]
    texts = {key: stack.texts(key) for key in ("appraisal_note", "response", "appraisal_note_2")}
    points: dict[str, list[float]] = {"appraised_points": [], "appraised_points_2": []}
    kept = []
    for at, code in enumerate(codes):
        filled = any(stack.columns[key][at] is not None for key in points)
        if not (filled or any(column[at] for column in texts.values())):
            continue
        if code not in criteria.rules:
            if code:
                stack.report("unknown-item", at, "code", code, set_id=criteria.set_id)
            continue
        kept.append(at)
        maximum = criteria.node(code).max_points
        for key, column in points.items():
            column.append(points_in(stack, at, key, code, stack.columns[key][at], maximum))
    frame = pd.DataFrame(_placed(stack, units, kept, "appraised_points"))
    frame["item_code"] = pd.array([codes[at] for at in kept], dtype="str")
    frame["year"] = _owner_column(stack, units, kept, "year")
    frame["period"] = _owner_column(stack, units, kept, "period")
    for key, column in points.items():
        frame[key] = np.array(column, dtype=np.float64)
    for key, words in texts.items():
        frame[key] = [words[at] for at in kept]
    return _typed(frame, APPRAISAL_COLUMNS)
