"""Scan a folder of documents and propose rows of the ledger. Never writes anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.evidence.documents.duplicates import duplicate_documents
from scoring.evidence.documents.suggest import suggest_items
from scoring.files.children.isolation import answers_about_files
from scoring.files.office.content import ReadingLimits
from scoring.files.paths import case_clashes, path_problem
from scoring.files.system_reasons import system_reason
from scoring.official.partial_date import read_partial_date
from scoring.tables import columns_of, days_of, empty

_INSPECT = f"{__package__}.inspection:inspect_file"
_MAX_FILES = 200_000
_MAX_DEPTH = 32
# Lock files and thumbnails that office programs and systems leave behind.
_LEFTOVERS = ("~$", ".~lock.", "Thumbs.db", "desktop.ini", ".DS_Store")

_RENAMED = {"number": "document_number", "number_confidence": "document_number_confidence"}


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds.

    Attributes
    ----------
    proposals : DataFrame
        One row per file, in the order of the paths: what the file is, each field with its
        ``_confidence`` (0 absent, 1 stated in two places), and ``problem``, the codes of its
        findings.
    duplicates : DataFrame
        ``group``, ``path``, ``reason`` (see `duplicate_documents`).
    suggestions : DataFrame
        ``path``, ``item_code``, ``score``, ``reason`` (see `suggest_items`).
    findings : tuple of Finding
        Everything met, each with its file.
    """

    proposals: pd.DataFrame
    duplicates: pd.DataFrame
    suggestions: pd.DataFrame
    findings: tuple[Finding, ...]


def scan_folder(
    root: Path,
    items: pd.DataFrame | None = None,
    evidence: pd.DataFrame | None = None,
    *,
    workers: int | None = None,
    limits: ReadingLimits | None = None,
    year: int | None = None,
    lang: str = "vi",
    progress: Callable[[int, int], None] | None = None,
) -> Scan:
    """Read every document below `root` and propose what the ledger should say of it.

    Files are read in child processes under `limits`; a file that crashes its reader or never ends
    costs that file alone. Links are not followed, and nothing is written.

    Parameters
    ----------
    root : Path
        The folder of the documents.
    items, evidence : DataFrame, optional
        Items of the criteria set (``code``, ``name_vi``) and what they ask for (``item_code``,
        ``kind``, ``keywords``); without them nothing is suggested.
    workers : int, optional
        Processes at work; by default one per processor.
    limits : ReadingLimits, optional
        How much of each file is read.
    year : int, optional
        The assessment year; what is about another year is then not suggested.
    lang : {"vi", "en"}
        Language of the reasons of suggestions.
    progress : callable, optional
        Called with files done and files in all.

    Raises
    ------
    UsageError
        `root` is not a folder.
    """
    root = Path(root)
    if not root.is_dir():
        finding = Finding("documents-folder-missing", values={"folder": str(root)})
        raise UsageError(f"scan_folder needs a folder; {root} is not one", finding)
    paths, findings = documents_below(root)
    tasks = [{"root": str(root), "path": path} for path in paths]
    limits = limits or ReadingLimits()
    answers = answers_about_files(_INSPECT, tasks, limits, workers=workers, progress=progress)
    found = [{"path": path} | answer for path, answer in zip(paths, answers, strict=True)]
    findings += [
        Finding(code, row["path"], values=values)
        for row in found
        for code, values in row["findings"]
    ]
    if left := sum(code == "document-left" for row in found for code, _ in row["findings"]):
        values = {"count": left, "total": len(found), "limit": limits.lost_seconds}
        findings.append(Finding("documents-left", values=values))
    proposals = _proposals(found)
    if items is None or proposals.empty:
        suggestions = empty("ItemDocuments")
    else:
        suggestions = suggest_items(proposals, items, evidence, year=year, lang=lang)
    return _assembled(proposals, suggestions, findings)


def proposed_documents(scan: Scan, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the proposals as rows of the table ``Documents``, without those already known.

    Parameters
    ----------
    scan : Scan
        What `scan_folder` returned.
    known : DataFrame, optional
        Documents the ledger lists already. A file listed there by path or by hash is left out,
        so that rows made or mended by hand are never proposed over. What by its content is no
        document, such as a program, is left out as well.

    Returns
    -------
    DataFrame
        Table ``Documents`` of `scoring.tables`.
    """
    new = scan.proposals[~scan.proposals["problem"].str.contains("document-is-none")]
    if known is not None and not known.empty:
        is_listed = new["path"].isin(known["path"])
        is_listed |= new["sha256"].isin(known["sha256"]) & (new["sha256"] != "")
        new = new[~is_listed]
    columns = ["document_id", "document_number", "kind", "issued_on", "issued_precision", "issuer"]
    columns += ["signer", "title", "path", "secret", "sha256"]
    never = pd.Series(pd.NaT, new.index, dtype=new["issued_on"].dtype)
    table = new[columns].assign(address="", valid_from=never, valid_to=never)
    return table.astype({"address": "str"}).reset_index(drop=True)


def proposed_links(scan: Scan, documents: pd.DataFrame, least_score: float = 0.7) -> pd.DataFrame:
    """Return the suggestions of at least `least_score` as rows of the table ``Links``."""
    sure = scan.suggestions[scan.suggestions["score"] >= least_score]
    linked = sure.merge(documents[["document_id", "path"]], on="path")
    return linked[["document_id", "item_code"]].assign(place="").astype("str")


def documents_below(root: Path) -> tuple[list[str], list[Finding]]:
    """Return the relative paths of all files below `root`, sorted, and what was passed over."""
    paths: list[str] = []
    findings: list[Finding] = []
    for path, status in _walk(Path(root), "", 0):
        if len(paths) >= _MAX_FILES:
            findings.append(Finding("too-many-documents", values={"limit": float(_MAX_FILES)}))
            break
        refusal = _refusal(path, status)
        if refusal:
            findings.append(refusal)
        else:
            paths.append(path)
    for names in case_clashes(paths):
        values = {"names": ", ".join(names)}
        findings.append(Finding("names-differ-only-in-case", names[0], values=values))
    return paths, findings


def _refusal(path: str, status: os.stat_result | OSError) -> Finding | None:
    """Say why an entry of the folder is passed over, or None for a file to read."""
    # A name that does not decode in the encoding of the system cannot be written out unchanged.
    shown = path.encode("utf-8", "replace").decode()
    if isinstance(status, OSError):
        return Finding("file-unreadable", shown, values=system_reason(status))
    if stat.S_ISLNK(status.st_mode):
        return Finding("path-is-link", shown, values={"path": shown})
    if not stat.S_ISREG(status.st_mode):
        return Finding("not-a-regular-file", shown, values={"path": shown})
    if problem := path_problem(path):
        return Finding(problem.code, shown, values={"path": shown, "part": shown})
    return None


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, os.stat_result | OSError]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as problem:
        yield prefix.rstrip("/") or str(folder), problem
        return
    for entry in entries:
        if entry.name.startswith((*_LEFTOVERS, ".")):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as problem:
            yield f"{prefix}{entry.name}", problem
            continue
        if stat.S_ISDIR(status.st_mode) and depth < _MAX_DEPTH:
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", depth + 1)
        else:
            yield f"{prefix}{entry.name}", status


def _proposals(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Lay out what the children found as the table of proposals."""
    table = pd.DataFrame(found).rename(columns=_RENAMED)
    table = table.reindex(columns=[*columns_of("Proposals"), "findings"])
    sure = [name for name in columns_of("Proposals") if name.endswith("_confidence")]
    table["problem"] = ["; ".join(dict.fromkeys(c for c, _ in row)) for row in table["findings"]]
    cited = [bases if isinstance(bases, list) else [] for bases in table["legal_bases"]]
    table["legal_bases"] = ["; ".join(b["number"] or b["text"] for b in bases) for bases in cited]
    dates = [read_partial_date(text) for text in table["issued_on"].astype("object").fillna("")]
    table["issued_precision"] = [date.precision if date else "none" for date in dates]
    first_days = pd.Series([date.first_day if date else None for date in dates], dtype="object")
    table["issued_on"] = days_of(first_days)
    table["secret"] = table["secret"].eq(True)
    table["bytes"] = table["bytes"].fillna(0).astype("int64")
    table[sure] = table[sure].fillna(0.0).astype("float64")
    words = table.columns.difference(["issued_on", "secret", "bytes", "findings", *sure])
    table[words] = table[words].astype("object").fillna("").astype("str")
    table["document_id"] = _identifiers(table["sha256"])
    return table.drop(columns="findings")


def _identifiers(hashes: pd.Series) -> pd.Series:
    """Return a key per file that stays the same from scan to scan: the start of its hash."""
    short = "TL-" + hashes.str[:8].where(hashes != "", "0")
    again = short.groupby(short, sort=False).cumcount()
    return short.where(again == 0, short + "-" + (again + 1).astype(str))


def _assembled(proposals: pd.DataFrame, suggestions: pd.DataFrame, findings: list[Finding]) -> Scan:
    if proposals.empty:
        return Scan(proposals, empty("Duplicates"), suggestions, tuple(findings))
    duplicates = duplicate_documents(proposals)
    for _, rows in duplicates.groupby("group", sort=False):
        values = {"paths": ", ".join(rows["path"])}
        code = f"document-{rows['reason'].iloc[0]}"
        findings.append(Finding(code, str(rows["path"].iloc[0]), values=values))
    return Scan(proposals, duplicates, suggestions, tuple(findings))
