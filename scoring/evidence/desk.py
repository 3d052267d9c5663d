"""One ledger on the desk, with the documents beside it: scan them, judge them, list them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scoring.base.units import UnitKey
from scoring.criteria import CriteriaSet, open_named_set
from scoring.evidence.documents.scan import Scan, proposed_documents, proposed_links, scan_folder
from scoring.evidence.ledger import Ledger, read_ledger
from scoring.evidence.ledger.cell_changes import LedgerChanges
from scoring.evidence.ledger.layout import DOCUMENTS
from scoring.evidence.proof import Look, Proof, judge, keyed
from scoring.files.excel.cells import row_and_column

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
    return Desk(path, criteria or open_named_set(ledger.info.set_id), ledger)


def scan_desk(desk: Desk, folder: Path | None, lang: str, progress: Progress | None = None) -> Scan:
    """Read the documents beside the ledger; paths come out relative to the ledger."""
    below = desk.root / DOCUMENTS_FOLDER if folder is None else folder
    items, evidence = desk.criteria.items, desk.criteria.tables["evidence"]
    leaves, year = items[items["is_item"]], desk.ledger.info.year
    scan = scan_folder(below, leaves, evidence, year=year, lang=lang, progress=progress)
    prefix = _prefix(below, desk.root)
    tables = (scan.proposals, scan.duplicates, scan.suggestions)
    moved = [table.assign(path=prefix + table["path"].astype("str")) for table in tables]
    return Scan(moved[0], moved[1], moved[2], scan.findings)


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
    taken = set(desk.ledger.documents["document_id"])
    names = (f"TL{number:03d}" for number in itertools.count(1))
    free = (name for name in names if name not in taken)
    fresh = list(itertools.islice(free, len(documents)))
    renamed = dict(zip(documents["document_id"], fresh, strict=True))
    links = links.assign(document_id=links["document_id"].map(renamed))
    return documents.assign(document_id=fresh), links


def with_documents(desk: Desk, documents: pd.DataFrame, links: pd.DataFrame) -> LedgerChanges:
    """Return the ledger with rows of documents added below those it lists."""
    changes = LedgerChanges(desk.path)
    changes.add_rows(DOCUMENTS, _with_items(documents, links).to_dict("records"))
    return changes


def with_recorded_hashes(desk: Desk, documents: pd.DataFrame) -> LedgerChanges:
    """Return the ledger with the hashes of `documents`, its own rows, where they are new."""
    changes = LedgerChanges(desk.path)
    is_new = documents["sha256"] != desk.ledger.documents["sha256"]
    for cell, digest in documents.loc[is_new, ["cell", "sha256"]].itertuples(index=False):
        changes.put(DOCUMENTS, row_and_column(cell)[0], "sha256", digest)
    return changes


def _with_items(documents: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Put the codes that a document proves, and where, into its row as the sheet shows them."""
    if documents.empty:
        return documents
    documents = documents.assign(issued_on=_as_precise_as_known(documents))
    if links.empty:
        return documents.assign(item_codes="", place="")
    ids, grouped = documents["document_id"], links.groupby("document_id")
    joined = {
        name: grouped[column].agg(lambda texts: "; ".join(filter(None, dict.fromkeys(texts))))
        for name, column in (("item_codes", "item_code"), ("place", "place"))
    }
    shown = {name: ids.map(texts).fillna("").astype("str") for name, texts in joined.items()}
    return documents.assign(**shown)


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
