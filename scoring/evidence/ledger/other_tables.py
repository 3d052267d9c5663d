"""From the sheets around ``Tự đánh giá`` to documents, links, tasks, targets and appraisals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.assessment_reading import points_in
from scoring.evidence.ledger.code_columns import CodeReader
from scoring.evidence.ledger.column_reading import columns_read
from scoring.evidence.ledger.layout import APPRAISAL, DOCUMENTS
from scoring.evidence.ledger.sheet_rows import SheetRows, cached_map
from scoring.official.document_kinds import kind_of
from scoring.official.document_number import read_document_number
from scoring.tables import table_of

_BETWEEN = re.compile(r"[;,\n]+")
_WITH_PLACE = re.compile(r"^([^()]*?)\s*\(([^()]*)\)$")


# A document or a task is a row that holds any of these.
_TELLING = ("document_id", "document_number", "title", "path", "item_codes")


def read_documents(
    stack: SheetRows, criteria: CriteriaSet, claims: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``Documents`` and ``Links`` of all ledgers."""
    texts = {c.key: stack.texts(c.key) for c in layout.columns(DOCUMENTS) if c.reads != "date"}
    rows = [at for at in range(len(stack)) if any(texts[key][at] for key in _TELLING)]
    frame = pd.DataFrame(
        stack.placed("document_id", rows)
        | {"document_id": (ids := _ids(stack, texts, rows)), "kind": _kinds(stack, texts, rows)}
        | {k: v for k, v in columns_read(stack, "Documents", rows).items() if k != "document_id"}
    )
    links = _links(stack, criteria, texts, rows, ids)
    links += _claimed_links(stack, claims, frame, texts, rows)
    table = table_of(links, "Links", places=True)
    table = table.drop_duplicates(["unit_code", "file", "document_id", "item_code"])
    return table_of(frame, "Documents", places=True), table.reset_index(drop=True)


def _ids(stack: SheetRows, texts: Mapping[str, list[str]], rows: Sequence[int]) -> list[str]:
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


def _kinds(stack: SheetRows, texts: Mapping[str, list[str]], rows: Sequence[int]) -> list[str]:
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
    stack: SheetRows,
    criteria: CriteriaSet,
    texts: Mapping[str, list[str]],
    rows: Sequence[int],
    ids: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Return the links that the list of documents states."""
    # A single code may have become a number or a date; several stand in one text.
    single = CodeReader(node.code for node in criteria.nodes)
    read = single.read(stack, "item_codes")
    known = criteria.rules
    where = stack.placed("item_codes", rows)
    links = []
    for n, (at, document_id) in enumerate(zip(rows, ids, strict=True)):
        unit_code, *place = (where[key][n] for key in ("unit_code", "file", "sheet", "cell"))
        is_text = isinstance(stack.columns["item_codes"][at], str)
        text = texts["item_codes"][at] if is_text else read[at]
        for part in _BETWEEN.split(text):
            code = part.strip().rstrip(".")
            if not code:
                continue
            if code not in known:
                stack.report("document-item-unknown", at, "item_codes", code, value=document_id)
            links.append((unit_code, document_id, code, texts["place"][at], *place))
    return links


def _claimed_links(
    stack: SheetRows,
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
    stack: SheetRows, row: Mapping[Any, Any], part: str, by_name: Mapping[tuple[str, str], str]
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


def read_tasks(stack: SheetRows) -> pd.DataFrame:
    """Return the plan tasks that ledgers list; `due_on` is NaT where no plain date stands."""
    tasks, products = stack.texts("task"), stack.texts("products")
    rows = [at for at in range(len(stack)) if tasks[at] or products[at]]
    frame = pd.DataFrame(stack.placed("task", rows) | columns_read(stack, "LedgerTasks", rows))
    numbers = [str(stack.numbers[at]) for at in rows]
    frame["task_code"] = frame["task_code"].where(frame["task_code"] != "", numbers)
    return table_of(frame, "LedgerTasks", places=True)


def read_targets(stack: SheetRows, criteria: CriteriaSet) -> pd.DataFrame:
    """Return the table ``Targets`` of all ledgers; rows without points are left out."""
    maxima = {node.code: node.max_points for node in criteria.nodes}
    maxima[INDEX_CODE] = criteria.meta.total_points
    codes = CodeReader(maxima).read(stack, "code")
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
    own = {"code": [codes[at] for at in kept], "target_points": points}
    read = columns_read(stack, "Targets", kept)
    time = {key: stack.of_units(key, kept) for key in ("year", "period")}
    frame = pd.DataFrame(stack.placed("target_points", kept) | time | read | own)
    return table_of(frame, "Targets", places=True)


def read_appraisal(stack: SheetRows, criteria: CriteriaSet) -> pd.DataFrame:
    """Return the appraisal of every item that has any; points are NaN where not given."""
    reader = CodeReader(node.code for node in criteria.leaves)
    machine, shown = reader.read(stack, "item_code"), reader.read(stack, "code")
    codes = [own or other for own, other in zip(machine, shown, strict=True)]
    columns = [column for column in layout.columns(APPRAISAL) if column.table == "Appraisals"]
    texts = [stack.texts(column.key) for column in columns if column.reads == "text"]
    points: dict[str, list[float]] = {c.key: [] for c in columns if c.reads == "points"}
    kept = []
    for at, code in enumerate(codes):
        filled = any(stack.columns[key][at] is not None for key in points)
        if not (filled or any(column[at] for column in texts)):
            continue
        if code not in criteria.rules:
            if code:
                stack.report("unknown-item", at, "code", code, set_id=criteria.set_id)
            continue
        kept.append(at)
        maximum = criteria.node(code).max_points
        for key, column in points.items():
            column.append(points_in(stack, at, key, code, stack.columns[key][at], maximum))
    frame = pd.DataFrame(
        stack.placed("appraised_points", kept)
        | {key: stack.of_units(key, kept) for key in ("year", "period")}
        | {"item_code": [codes[at] for at in kept]}
        | columns_read(stack, "Appraisals", kept)
        | points
    )
    return table_of(frame, "Appraisals", places=True)
