"""PDF with text; a scan without text is named as such and never guessed."""

from __future__ import annotations

import io
import logging
from typing import Any

from scoring.base.findings import Finding
from scoring.evidence.documents.reading.content import Content, ReadingLimits, Section, TextBudget


def read_pdf(data: bytes, limits: ReadingLimits) -> Content:
    """Read the text of each page, as far as the limits allow."""
    from pypdf import PdfReader

    # pypdf reports every oddity of a file as a log line; ours are findings.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return Content("pdf", findings=(Finding("document-encrypted"),))
    return _pages(reader, limits)


def _pages(reader: Any, limits: ReadingLimits) -> Content:
    budget = TextBudget(limits.letters)
    count = len(reader.pages)
    sections: list[Section] = []
    broken: list[int] = []
    for number in range(1, min(count, limits.pages) + 1):
        try:
            text = reader.pages[number - 1].extract_text()
        # One page of a broken file raises almost anything; the other pages still count.
        except Exception:
            broken.append(number)
            continue
        sections.append(Section(str(number), budget.take(text)))
        if budget.cut:
            break
    cut = budget.cut or count > limits.pages
    return Content("pdf", tuple(sections), _page_findings(sections, broken), cut)


def _page_findings(sections: list[Section], broken: list[int]) -> tuple[Finding, ...]:
    findings = []
    if broken:
        pages = ", ".join(str(page) for page in broken[:10])
        findings.append(Finding("document-pages-broken", values={"pages": pages}))
    bare = [section.name for section in sections if not section.text.strip()]
    if sections and len(bare) == len(sections):
        findings.append(Finding("document-scanned"))
    elif bare:
        findings.append(Finding("document-pages-scanned", values={"pages": ", ".join(bare[:10])}))
    return tuple(findings)
