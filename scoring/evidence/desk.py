"""One ledger on the desk, with the documents beside it: scan them, judge them, list them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scoring.base.units import UnitKey
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.documents.scan import (
    Scan,
    proposed_documents,
    proposed_links,
    scan_folder,
)
from scoring.evidence.ledger import Ledger, new_ledger, read_ledger
from scoring.evidence.proof import Look, Proof, judge, keyed

DOCUMENTS_FOLDER = "documents"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Desk:
    """A ledger on the desk: its file, its set and what it says."""

    path: Path
    criteria: CriteriaSet
    ledger: Ledger

    @property
    def root(self) -> Path:
        """The folder that paths of documents start from."""
        return self.path.resolve().parent


def open_desk(path: Path, criteria: CriteriaSet | None = None) -> Desk:
    """Read a ledger and the set it names.

    Raises
    ------
    UnreadableError
        When the ledger or its set cannot be read.
    """
    ledger = read_ledger(path, criteria)
    return Desk(path, criteria or open_set(ledger.info.set_id), ledger)


def scan_desk(desk: Desk, folder: Path | None, lang: str, progress: Progress | None = None) -> Scan:
    """Read the documents beside the ledger; paths come out relative to the ledger."""
    below = desk.root / DOCUMENTS_FOLDER if folder is None else folder
    evidence = desk.criteria.tables["evidence"]
    scan = scan_folder(
        below,
        desk.criteria.items[desk.criteria.items["is_item"]],
        evidence,
        lang=lang,
        progress=progress,
    )
    prefix = _prefix(below, desk.root)
    moved = {
        name: table.assign(path=prefix + table["path"].astype("str"))
        for name, table in (
            ("proposals", scan.proposals),
            ("duplicates", scan.duplicates),
            ("suggestions", scan.suggestions),
        )
    }
    return Scan(moved["proposals"], moved["duplicates"], moved["suggestions"], scan.findings)


def _prefix(folder: Path, root: Path) -> str:
    """Return what to put before a path below `folder` to make it relative to `root`."""
    try:
        relative = folder.resolve().relative_to(root)
    except ValueError:
        return ""
    return "" if str(relative) == "." else relative.as_posix() + "/"


def new_rows(desk: Desk, scan: Scan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return documents and links the ledger does not list yet, with ids that are free in it."""
    documents = proposed_documents(scan, desk.ledger.documents)
    links = proposed_links(scan, documents)
    taken = set(desk.ledger.documents["document_id"]) if len(desk.ledger.documents) else set()
    fresh = _free_ids(len(documents), taken)
    renamed = dict(zip(documents["document_id"], fresh, strict=True))
    return (
        documents.assign(document_id=fresh),
        links.assign(document_id=links["document_id"].map(renamed)),
    )


def _free_ids(count: int, taken: set[str]) -> list[str]:
    ids: list[str] = []
    number = 0
    while len(ids) < count:
        number += 1
        name = f"TL{number:03d}"
        if name not in taken:
            ids.append(name)
    return ids


def ledger_with(
    desk: Desk, documents: pd.DataFrame, links: pd.DataFrame, lang: str, scores: pd.DataFrame
) -> bytes:
    """Return the ledger's content as a new workbook, with rows of documents added.

    What people typed in any sheet is carried over, hand-made rows of documents first and as they
    are. Formats and sheets of their own are not; the original file is left as it is. `scores` are
    those the ledger's inputs come to.
    """
    ledger, info = desk.ledger, desk.ledger.info
    rows = pd.concat(
        [_with_items(ledger.documents, ledger.links), _with_items(documents, links)],
        ignore_index=True,
    )
    return new_ledger(
        desk.criteria,
        info.unit_code,
        info.unit_name,
        info.year,
        period=info.period,
        block=info.block,
        inputs=ledger.inputs if len(ledger.inputs) else None,
        scores=scores if len(ledger.inputs) else None,
        claims=ledger.claims,
        documents=rows,
        tasks=ledger.tasks,
        targets=ledger.targets,
        appraisal=ledger.appraisal,
        lang=lang,
    )


def _with_items(documents: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Put the codes that a document proves, and where, into its row as the sheet shows them."""
    if documents.empty:
        return documents
    documents = documents.assign(issued_on=_as_precise_as_known(documents))
    if links.empty:
        return documents.assign(item_codes="", place="")
    grouped = links.groupby("document_id")
    codes = grouped["item_code"].agg(lambda column: "; ".join(dict.fromkeys(column)))
    places = grouped["place"].agg(
        lambda column: "; ".join(text for text in dict.fromkeys(column) if text)
    )
    ids = documents["document_id"]
    return documents.assign(
        item_codes=ids.map(codes).fillna("").astype("str"),
        place=ids.map(places).fillna("").astype("str"),
    )


def _as_precise_as_known(documents: pd.DataFrame) -> pd.Series:
    """Return dates for a sheet: a day as a date, a month or a year as text, never made a day."""
    forms = {"month": "%m/%Y", "year": "%Y"}
    written = [
        day if precision == "day" or pd.isna(day) else f"{day:{forms.get(precision, '%Y')}}"
        for day, precision in zip(
            documents["issued_on"], documents["issued_precision"], strict=True
        )
    ]
    return pd.Series(written, index=documents.index, dtype="object")


def judged(desk: Desk, look: Look) -> Proof:
    """Judge the ledger's documents and links by the files beside it."""
    ledger, info = desk.ledger, desk.ledger.info
    unit = UnitKey(info.unit_code, info.year, info.period)
    documents = keyed(ledger.documents, unit).assign(folder=str(desk.root))
    return judge(desk.criteria, pd.DataFrame([unit]), documents, keyed(ledger.links, unit), look)
