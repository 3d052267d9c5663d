"""Bring in the table of a decision as a criteria set."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Named, label
from scoring.criteria.appendix.decision_tables import Table, pasted_tables, tables_of
from scoring.criteria.appendix.import_result import AppendixAbout, AppendixImport, AppendixRow
from scoring.criteria.appendix.proofs import Proof, read_proofs, split_proofs
from scoring.criteria.appendix.scoring_text import ItemFacts, Reason, RuleReading, read_scoring
from scoring.criteria.appendix.scoring_text.rule_reading import direct_rule
from scoring.criteria.appendix.scoring_text.steps import MAX_LETTERS, read_steps
from scoring.criteria.appendix.set_rows import SheetRows
from scoring.criteria.appendix.table_entries import EntryList, gather
from scoring.criteria.appendix.tree import Branch, grow, text_of
from scoring.criteria.set_check import MAX_NODES
from scoring.files.limits import Limits
from scoring.files.paths import read_bytes
from scoring.official.figure_text import read_points

# A table of criteria does not say how to round or rank; a caveat of the set says who chose.
_ROUNDING = {"decimals": 2, "stage": "index", "rank_on": "unrounded"}


def import_appendix(path: Path, about: AppendixAbout, *, part: int = 1) -> AppendixImport:
    """Read the table of a decision from a Word document, a workbook or a text file.

    Parameters
    ----------
    path : Path
        A ``.docx`` or ``.xlsx`` file, or a text with tabs, bars or one cell on each line;
        the content decides which.
    about : AppendixAbout
        Identity of the set to be made.
    part : int
        Which list of criteria to take, from 1, where the file holds several.

    Returns
    -------
    AppendixImport
        A row it cannot read keeps its text in the notes and becomes an item whose points are
        given directly, to review. Problems of the file's content are findings.

    Raises
    ------
    UnreadableError
        When the file cannot be read, is not safe to open, or holds no table with columns for
        names and maxima.
    """
    data = read_bytes(path, Limits().file_bytes)
    tables, findings = tables_of(data, str(path))
    return _imported(tables, findings, about, Path(path).name, part)


def import_pasted_appendix(
    text: str, about: AppendixAbout, *, part: int = 1, file: str = ""
) -> AppendixImport:
    """Read the table of a decision from pasted text.

    Parameters
    ----------
    text : str
        Cells separated by tabs or bars, or one cell on each line, with the headings first.
    about : AppendixAbout
    part : int
        As `import_appendix`.
    file : str
        Name that the rows cite as their source where `about` names none.

    Returns
    -------
    AppendixImport

    Raises
    ------
    UnreadableError
        When there are no headings for names and maxima.

    Examples
    --------
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2024, 1, 1))
    >>> text = '''TT\\tTiêu chí\\tĐiểm tối đa\\tCách chấm
    ... 1\\tChỉ đạo điều hành\\t2\\t
    ... 1.1\\tTỷ lệ hoàn thành kế hoạch\\t2\\tTrên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text, about)
    >>> result.rows[["code", "rule", "confidence"]].to_numpy().tolist()
    [['1', '', 'sure'], ['1.1', 'bands', 'sure']]
    >>> result.checked.is_sound
    True
    """
    tables, findings = pasted_tables(text, file)
    return _imported(tables, findings, about, file or label("appendix_pasted"), part)


@dataclass
class _Read:
    """A branch with its row, its evidence and further text for its notes."""

    branch: Branch
    row: AppendixRow
    proofs: tuple[Proof, ...]
    extra: str


def _imported(
    tables: list[Table], findings: list[Finding], about: AppendixAbout, file: str, part: int
) -> AppendixImport:
    lists = gather(tables, file)
    if not lists:
        raise UnreadableError(Finding("appendix-no-table", file))
    if not 1 <= part <= len(lists):
        raise UnreadableError(Finding("appendix-no-such-part", file, values={"count": len(lists)}))
    chosen = lists[part - 1]
    findings = [*findings, *chosen.findings]
    if len(lists) > 1:
        values = {"count": len(lists), "part": part}
        findings.append(Finding("appendix-several-lists", file, values=values))
    if len(chosen.entries) > MAX_NODES:
        values = {"count": len(chosen.entries), "limit": MAX_NODES}
        raise UnreadableError(Finding("appendix-too-many-codes", file, values=values))
    read = [_read(branch) for branch in grow(chosen.entries)]
    raw = _raw(read, chosen, about, file)
    findings += _row_findings(read, file)
    result = AppendixImport(raw, tuple(entry.row for entry in read), (), len(lists))
    everything = (*findings, *result.checked.findings)
    return AppendixImport(raw, result.entries, everything, len(lists))


def _read(branch: Branch) -> _Read:
    entry = branch.entry
    split = [split_proofs(text) for text in entry.text]
    entry.text = [text for text, _ in split if text]
    evidence = "\n".join([*entry.evidence, *(beside for _, beside in split if beside)])
    scoring = text_of(branch)
    reasons = list(branch.reasons)
    if "nested" in entry.marks:
        reasons.append(Reason("nested-table"))
    if entry.note:
        reasons.append(Reason("note-beside"))
    if entry.text and (entry.options or entry.small):
        reasons.append(Reason("options-and-text"))
    extra = "\n".join(entry.note)
    if branch.children:
        return _parent(branch, scoring, evidence, extra, reasons)
    if math.isnan(branch.max_points) and _highest(scoring) > 0:
        branch.max_points = _highest(scoring)
        reasons.append(Reason("maximum-from-text"))
    item = ItemFacts(branch.code, entry.name, branch.max_points)
    reading = read_scoring(scoring, item)
    row = _leaf_row(branch, reading, scoring, reasons)
    return _Read(branch, row, read_proofs(evidence), extra)


def _parent(
    branch: Branch, scoring: str, evidence: str, extra: str, reasons: list[Reason]
) -> _Read:
    if scoring:
        reasons.append(Reason("text-on-parent"))
    extra = "\n".join(part for part in (extra, evidence) if part)
    row = AppendixRow(
        branch.code,
        branch.entry.name,
        branch.max_points,
        scoring,
        branch.entry.place,
        reasons=tuple(reasons),
    )
    return _Read(branch, row, (), extra)


def _leaf_row(
    branch: Branch, reading: RuleReading, scoring: str, reasons: list[Reason]
) -> AppendixRow:
    item = ItemFacts(branch.code, branch.entry.name, branch.max_points)
    return AppendixRow(
        branch.code,
        branch.entry.name,
        branch.max_points,
        scoring,
        branch.entry.place,
        spec=reading.spec or direct_rule(item),
        is_understood=reading.spec is not None,
        reasons=(*reasons, *reading.reasons),
    )


def _highest(scoring: str) -> float:
    if len(scoring) > MAX_LETTERS:
        return math.nan
    points = [step.award.points for step in read_steps(scoring, math.nan).steps]
    return max((value for value in points if math.isfinite(value)), default=math.nan)


def _raw(read: list[_Read], chosen: EntryList, about: AppendixAbout, file: str) -> Any:
    sheets = SheetRows()
    written: set[str] = set()
    for entry in read:
        row, branch = entry.row, entry.branch
        source = f"{about.source or file}, {row.place}"
        sheets.add_item(row, branch.parent, branch.kind, source, entry.extra)
        if row.spec is not None and row.code not in written:
            sheets.add_rule(row.spec, source)
            sheets.add_proofs(row.code, entry.proofs, source)
        written.add(row.code)
    return sheets.as_raw(_meta(read, chosen, about, file), file)


def _meta(
    read: list[_Read], chosen: EntryList, about: AppendixAbout, file: str
) -> dict[str, object]:
    to_review = sum(bool(entry.row.reasons) for entry in read)
    values = {"file": file, "count": to_review, "rows": len(read)}
    keys = ["appendix_caveat", "appendix_caveat_policies"]
    keys += ["appendix_caveat_excerpt"] if about.is_excerpt else []
    meta: dict[str, object] = {
        "id": about.set_id,
        "version": about.version,
        "name_vi": about.name_vi,
        "name_en": about.name_en,
        "tier": about.tier,
        "status": about.status,
        "total_points": _total(read, chosen, about),
        "valid_from": about.valid_from,
        "not_applicable": "not_allowed",
        "source": about.source or file,
        "rounding": dict(_ROUNDING),
        "decision": dict(about.decision),
        "caveats": [{lang: label(key, lang, **values) for lang in ("vi", "en")} for key in keys],
    }
    if about.is_excerpt:
        meta["areas_add_up"] = False
    return meta


def _total(read: list[_Read], chosen: EntryList, about: AppendixAbout) -> float:
    if math.isfinite(about.total_points):
        return about.total_points
    stated = read_points(chosen.total_text)
    if stated is not None:
        return stated
    areas = [b.max_points for b in (entry.branch for entry in read) if not b.parent]
    normal = [entry.branch.kind == "normal" for entry in read if not entry.branch.parent]
    kept = [value for value, counts in zip(areas, normal, strict=True) if counts]
    return round(sum(value for value in kept if math.isfinite(value)), 6)


def _row_findings(read: Iterable[_Read], file: str) -> list[Finding]:
    findings = []
    quotients = []
    for entry in read:
        row = entry.row
        sheet, _, cell = row.place.rpartition("!")
        place = {"sheet": sheet, "cell": cell, "item_code": row.code}
        for reason in row.reasons:
            said = {"reason": Named(reason.text("vi"), reason.text("en"))}
            findings.append(Finding("appendix-row-to-review", file, values=said, **place))
        if row.spec and row.spec.zero_denominator:
            quotients.append(row.code)
    if quotients:
        values = {"count": len(quotients), "items": ", ".join(quotients)}
        # Decisions do not say what a zero denominator earns: said once, not on every row.
        findings.append(Finding("appendix-zero-denominator", file, values=values))
    return findings
