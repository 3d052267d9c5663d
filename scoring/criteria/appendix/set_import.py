"""Bring in the table of a decision as a criteria set."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Named, label
from scoring.base.text import shortened
from scoring.criteria.appendix.decision_tables import Table, pasted_tables, tables_of
from scoring.criteria.appendix.import_result import AppendixAbout, AppendixImport, AppendixRow
from scoring.criteria.appendix.proofs import Proof, names_documents, read_proofs, split_proofs
from scoring.criteria.appendix.scoring_text import ItemFacts, Reason, read_scoring
from scoring.criteria.appendix.scoring_text.formulas import says_points
from scoring.criteria.appendix.scoring_text.rule_reading import direct_rule
from scoring.criteria.appendix.scoring_text.steps import MAX_LETTERS, read_steps
from scoring.criteria.appendix.set_rows import SheetRows
from scoring.criteria.appendix.table_entries import EntryList, gather
from scoring.criteria.appendix.tree import Branch, grow, text_of
from scoring.criteria.set_check import MAX_NODES
from scoring.files.limits import Limits
from scoring.files.paths import read_bytes
from scoring.official.figure_text import read_points

_SAID = ("version", "name_vi", "name_en", "tier", "status", "valid_from")
# A table of criteria does not say how to round or rank; a caveat of the set says who chose.
_ROUNDING = {"decimals": 2, "stage": "index", "rank_on": "unrounded"}


def import_appendix(
    path: Path, about: AppendixAbout, *, part: int = 1, lang: str = "vi"
) -> AppendixImport:
    """Read the table of a decision from a Word document, a workbook, a PDF or a text file.

    Parameters
    ----------
    path : Path
        A ``.docx``, ``.xlsx`` or PDF file, or a text with tabs, bars or one cell on each line;
        the content decides which.
    about : AppendixAbout
        Identity of the set to be made.
    part : int
        Which list of criteria to take, from 1, where the file holds several.
    lang : str
        Language of the places ("dòng 12").

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

    Examples
    --------
    >>> import tempfile
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> path = Path(tempfile.mkdtemp(), "phu-luc.txt")
    >>> _ = path.write_text(text.replace("|", chr(9)), "utf-8")
    >>> result = import_appendix(path, about)
    >>> [(row.code, row.is_understood) for row in result.entries]
    [('1', True), ('1.1', True)]
    """
    data = read_bytes(path, Limits().file_bytes)
    tables, findings = tables_of(data, str(path), lang)
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
        raise UnreadableError(Finding("appendix-no-table", file, values={"seen": _seen(tables)}))
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
    return replace(result, findings=(*findings, *result.checked.findings))


def _seen(tables: list[Table]) -> str:
    """Return the first row of each table that was read, for people to compare with."""
    rows = (next((row for row in table.rows if not row.is_blank), None) for table in tables)
    texts = [shortened(" | ".join(filter(None, row.cells))) for row in rows if row]
    return "; ".join(f"“{text}”" for text in texts[:3]) or "—"


def _read(branch: Branch) -> _Read:
    entry = branch.entry
    split = [split_proofs(text) for text in entry.text]
    entry.text = [text for text, _ in split if text]
    evidence = "\n".join([*entry.evidence, *(beside for _, beside in split if beside)])
    scoring = text_of(branch)
    doubts = {
        "nested-table": "nested" in entry.marks,
        "code-missing": "uncoded" in entry.marks,
        "name-missing": not entry.name,
        "note-beside": bool(entry.note and branch.children),
        "options-and-text": bool(entry.text and (entry.options or entry.small)),
        "text-on-parent": bool(branch.children and scoring),
    }
    said = {"note-beside": {"clause": shortened("; ".join(entry.note))}}
    met = (Reason(key, said.get(key, {})) for key, is_met in doubts.items() if is_met)
    reasons = [*branch.reasons, *met]
    row = AppendixRow(branch.code, entry.name, branch.max_points, scoring, entry.place)
    if branch.children:
        notes = [*entry.note, evidence] if evidence else entry.note
        row = replace(row, reasons=tuple(reasons), is_best_of=branch.is_best_of)
        return _Read(branch, row, (), "\n".join(notes))
    if math.isnan(branch.max_points) and _highest(scoring) > 0:
        branch.max_points = _highest(scoring)
        reasons.append(Reason("maximum-from-text"))
    item = ItemFacts(branch.code, entry.name, branch.max_points, branch.is_penalty)
    if not scoring and says_points(entry.name):
        reading = read_scoring(entry.name, item, entry.note).doubted("rule-in-name")
    else:
        reading = read_scoring(scoring, item, entry.note)
    row = replace(
        row,
        max_points=branch.max_points,
        spec=reading.spec or direct_rule(item),
        is_understood=reading.spec is not None,
        beside="\n".join(entry.note),
        reasons=(*reasons, *reading.reasons),
        reading=reading,
    )
    listed = [note for note in entry.note if names_documents(note)]
    return _Read(branch, row, read_proofs("\n".join([evidence, *listed])), "\n".join(entry.note))


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
        sheets.add_item(row, branch, source, entry.extra)
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
        **{key: getattr(about, key) for key in _SAID},
        "total_points": _total(read, chosen, about),
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
    areas = (branch for branch in (entry.branch for entry in read) if not branch.parent)
    points = [area.max_points for area in areas if area.kind == "normal"]
    return round(sum(value for value in points if math.isfinite(value)), 6)


def _row_findings(read: Iterable[_Read], file: str) -> list[Finding]:
    findings = []
    rows = [entry.row for entry in read]
    for row in rows:
        sheet, _, cell = row.place.rpartition("!")
        place = {"sheet": sheet, "cell": cell, "item_code": row.code}
        if row.reasons:
            # A list is shown whole, one text alone is cut short.
            said = {"reason": [Named(row.reason("vi"), row.reason("en"))]}
            findings.append(Finding("appendix-row-to-review", file, values=said, **place))
    quotients = [row.code for row in rows if row.spec and row.spec.zero_denominator]
    if quotients:
        values = {"count": len(quotients), "items": ", ".join(quotients)}
        # Decisions do not say what a zero denominator earns: said once, not on every row.
        findings.append(Finding("appendix-zero-denominator", file, values=values))
    graded = [row.code for row in rows if row.reading and row.reading.grades]
    if graded:
        values = {"count": len(graded), "items": ", ".join(graded)}
        findings.append(Finding("appendix-grade-sentences", file, values=values))
    return findings
