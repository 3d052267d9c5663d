"""From the sheets around ``Tự đánh giá`` to documents, links, tasks, targets and appraisals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.layout import APPRAISAL, DOCUMENTS
from scoring.evidence.ledger.reading.assessment_reading import points_in
from scoring.evidence.ledger.reading.code_columns import CodeReader
from scoring.evidence.ledger.reading.column_reading import table_read
from scoring.evidence.ledger.reading.sheet_rows import SheetRows, cached_map
from scoring.official.document_kinds import kind_of
from scoring.official.document_number import read_document_number
from scoring.tables import table_of

_BETWEEN = re.compile(r"[;,\n]+")
_WITH_PLACE = re.compile(r"^([^()]*)\(([^()]*)\)$")


# A document or a task is a row that holds any of these.
_TELLING = ("document_id", "document_number", "title", "path", "item_codes")


def read_documents(
    stack: SheetRows, criteria: CriteriaSet, claims: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``Documents`` and ``Links`` of all ledgers."""
    reader = _DocumentReader(stack)
    own = {"document_id": reader.ids, "kind": reader.kinds()}
    frame = table_read(stack, "Documents", "document_id", reader.rows, **own)
    links = table_of([*reader.links(criteria), *reader.claimed(claims)], "Links", places=True)
    links = links.drop_duplicates(["unit_code", "file", "document_id", "item_code"])
    return frame, links.reset_index(drop=True)


class _DocumentReader:
    """Reads the rows that list documents; holds what the steps share."""

    def __init__(self, stack: SheetRows) -> None:
        self.stack = stack
        columns = [
            column for column in layout.columns(DOCUMENTS) if column.reads not in ("", "date")
        ]
        self.texts = {column.key: stack.texts(column.key) for column in columns}
        telling = zip(*(self.texts[key] for key in _TELLING), strict=True)
        self.rows = [at for at, texts in enumerate(telling) if any(texts)]
        self.ids = self._ids()

    def _ids(self) -> list[str]:
        """Return an id for every document, unique within its ledger."""
        stack, seen, ids = self.stack, set[tuple[int, str]](), []
        for at in self.rows:
            own = self.texts["document_id"][at]
            name = own or f"dong-{stack.numbers[at]}"
            if not own:
                stack.report("document-without-id", at, "document_id", value=name)
            elif (stack.owners[at], own) in seen:
                name = f"{own}-dong-{stack.numbers[at]}"
                stack.report("document-id-twice", at, "document_id", value=own, expected=name)
            seen.add((stack.owners[at], name))
            ids.append(name)
        return ids

    def kinds(self) -> list[str]:
        """Return the key of every document's kind, from its own cell or from its number."""
        texts, numbers = self.texts["kind"], self.texts["document_number"]
        written = cached_map([texts[at] for at in self.rows], lambda text: text and kind_of(text))
        # The number is looked at only where the document's own cell names no kind.
        read = zip(self.rows, written, strict=True)
        numbered = cached_map(["" if key else numbers[at] for at, key in read], _kind_of_number)
        for at, key in zip(self.rows, written, strict=True):
            if texts[at] and not key:
                self.stack.report("document-kind-unknown", at, "kind", value=texts[at])
        return [key or other for key, other in zip(written, numbered, strict=True)]

    def links(self, criteria: CriteriaSet) -> Iterator[tuple[Any, ...]]:
        """Yield the links that the list of documents states."""
        stack, texts, places = self.stack, self.texts["item_codes"], self.texts["place"]
        # A single code may have become a number or a date; several stand in one text.
        single = CodeReader(node.code for node in criteria.nodes).read(stack, "item_codes")
        where = zip(*stack.placed("item_codes", self.rows).values(), strict=True)
        for at, document_id, place in zip(self.rows, self.ids, where, strict=True):
            is_text = isinstance(stack.columns["item_codes"][at], str)
            for part in _BETWEEN.split(texts[at] if is_text else single[at]):
                code = part.strip().rstrip(".")
                if not code:
                    continue
                if code not in criteria.rules:
                    stack.report("document-item-unknown", at, "item_codes", code, value=document_id)
                yield place[0], document_id, code, places[at], *place[1:]

    def claimed(self, claims: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        """Yield the links that items state, by the id or the number of a document."""
        numbers, own = self.texts["document_number"], self.texts["document_id"]
        units, files = (self.stack.of_units(key, self.rows) for key in ("unit_code", "file"))
        by_name = {
            (unit, file, name.casefold()): document_id
            for at, unit, file, document_id in zip(self.rows, units, files, self.ids, strict=True)
            for name in (numbers[at], document_id, own[at])
            if name
        }
        for row in claims[claims["documents"] != ""].to_dict("records"):
            for part in re.split(r"[;\n]+", row["documents"]):
                yield from _claimed_link(self.stack, row, part.strip(), by_name)


def _kind_of_number(text: str) -> str:
    read = read_document_number(text).value if text else None
    return read.kind if read else ""


def _claimed_link(
    stack: SheetRows, row: Mapping[Any, Any], part: str, by_name: Mapping[tuple[str, str, str], str]
) -> list[tuple[Any, ...]]:
    if not part:
        return []
    unit, file, item = (str(row[key]) for key in ("unit_code", "file", "item_code"))
    inside = _WITH_PLACE.match(part)
    name, place = (inside[1].rstrip(), inside[2]) if inside else (part, "")
    where = (row["file"], row["sheet"], row["documents_cell"])
    document_id = by_name.get((unit, file, name.casefold()))
    if document_id is None and "," in name:
        parts = [piece.strip() for piece in name.split(",")]
        return [link for piece in parts for link in _claimed_link(stack, row, piece, by_name)]
    if document_id is None:
        place_of = {"unit_code": unit, "item_code": item}
        found = Finding("unknown-document", *where, values={"value": name}, **place_of)
        stack.findings.append(found)
        return []
    return [(row["unit_code"], document_id, item, place, *where)]


def read_tasks(stack: SheetRows) -> pd.DataFrame:
    """Return the plan tasks that ledgers list; `due_on` is NaT where no plain date stands."""
    tasks, products, codes = (stack.texts(key) for key in ("task", "products", "task_code"))
    rows = [at for at in range(len(stack)) if tasks[at] or products[at]]
    numbered = [codes[at] or str(stack.numbers[at]) for at in rows]
    return table_read(stack, "LedgerTasks", "task", rows, task_code=numbered)


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
    return table_read(stack, "Targets", "target_points", kept, **own)


def read_appraisal(stack: SheetRows, criteria: CriteriaSet) -> pd.DataFrame:
    """Return the appraisal of every item that has any; points are NaN where not given."""
    reader = CodeReader(node.code for node in criteria.leaves)
    machine, shown = reader.read(stack, "item_code"), reader.read(stack, "code")
    columns = [column for column in layout.columns(APPRAISAL) if column.table == "Appraisals"]
    texts = [stack.texts(column.key) for column in columns if column.reads == "text"]
    points: dict[str, list[float]] = {c.key: [] for c in columns if c.reads == "points"}
    kept: dict[int, str] = {}
    for at, code in enumerate(own or other for own, other in zip(machine, shown, strict=True)):
        filled = any(stack.columns[key][at] is not None for key in points)
        if not (filled or any(column[at] for column in texts)):
            continue
        if code not in criteria.rules:
            if code:
                stack.report("unknown-item", at, "code", code, set_id=criteria.set_id)
            continue
        kept[at] = code
        maximum = criteria.node(code).max_points
        for key, column in points.items():
            column.append(points_in(stack, at, key, code, stack.columns[key][at], maximum))
    own = {"item_code": list(kept.values()), **points}
    return table_read(stack, "Appraisals", "appraised_points", list(kept), **own)


def read_surveys(stack: SheetRows) -> pd.DataFrame:
    """Return the table ``SurveyFigures`` of ledgers that a survey fed."""
    codes, surveys = stack.texts("item_code"), stack.texts("survey")
    rows = [at for at in range(len(stack)) if codes[at] and surveys[at]]
    return table_read(stack, "SurveyFigures", "value", rows)


def read_actions(stack: SheetRows, criteria: CriteriaSet) -> pd.DataFrame:
    """Return the table ``Actions`` of ledgers that say what can be done at what cost."""
    codes = CodeReader(node.code for node in criteria.nodes).read(stack, "item_code")
    actions = stack.texts("action")
    rows = [at for at in range(len(stack)) if codes[at] or actions[at]]
    own = {"item_code": [codes[at] for at in rows]}
    return table_read(stack, "Actions", "item_code", rows, **own)
