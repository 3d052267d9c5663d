"""Lines of extracted text: a line with tabs is a row, an empty line is a gap."""

from __future__ import annotations

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.plan.model import Block, PlanDocument

MAX_LINES = 200_000
MAX_CELLS = 60
MAX_CELL_LENGTH = 20_000
# A line that holds nothing but one of these is an empty cell, where an empty line is a gap.
_EMPTY_CELL = "\u00a0"


def document_from_text(text: str, name: str = "", lang: str = "vi") -> PlanDocument:
    """Return extracted text as a stream of blocks.

    Parameters
    ----------
    text : str
        The plan, cells of a row separated by tabs, or one cell per line.
    name : str
        Name of the file, for findings.
    lang : str
        Language of the places ("dòng 12").

    Returns
    -------
    PlanDocument
        Empty lines are left out; the block after one knows of the gap.

    Examples
    --------
    >>> document = document_from_text("I. MỤC TIÊU\\n\\n1\\tKế hoạch\\tQuý I")
    >>> [(block.place, block.is_row, block.gap_before) for block in document.blocks]
    [('dòng 1', False, False), ('dòng 3', True, True)]
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    findings: list[Finding] = []
    if len(lines) > MAX_LINES:
        findings.append(Finding("plan-too-long", file=name, values={"limit": MAX_LINES}))
    blocks: list[Block] = []
    gap = False
    for number, line in enumerate(lines[:MAX_LINES], start=1):
        if not line.strip() and _EMPTY_CELL not in line:
            gap = True
            continue
        blocks.append(_block(line, number, gap, lang))
        gap = False
    return PlanDocument(name, tuple(blocks), tuple(findings))


def _block(line: str, number: int, gap: bool, lang: str) -> Block:
    cells = [clean_text(cell[:MAX_CELL_LENGTH]) for cell in line.split("\t")]
    is_row = len(cells) > 1
    kept = tuple(cells[:MAX_CELLS])
    place = label("plan_place_line", lang, line=number)
    return Block(kept, is_row, number, place, gap, table=1 if is_row else 0)
