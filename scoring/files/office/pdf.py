"""PDF with text; a scan without text is named as such and never guessed."""

from __future__ import annotations

import io
import logging
from typing import Any

from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.files.office.content import Content, ReadingLimits, plain_section


def read_pdf(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read the text of each page, as far as the limits allow."""
    from pypdf import PdfReader

    # pypdf reports every oddity of a file as a log line; ours are findings.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return Content("pdf", findings=(Finding("document-encrypted", file),))
    pages, broken = _pages(reader, limits)
    sections = tuple(plain_section(text, number) for number, text in pages.items())
    cut = len(reader.pages) > len(pages) + len(broken)
    return Content("pdf", sections, tuple(_page_findings(pages, broken, file)), truncated=cut)


def _pages(reader: Any, limits: ReadingLimits) -> tuple[dict[str, str], list[str]]:
    """Return the text of each page by its number, and the pages that cannot be read."""
    pages: dict[str, str] = {}
    broken: list[str] = []
    letters = 0
    for number in range(1, min(len(reader.pages), limits.pages) + 1):
        try:
            text = reader.pages[number - 1].extract_text()
        # One page of a broken file raises almost anything; the other pages still count.
        except Exception:
            broken.append(str(number))
            continue
        pages[str(number)] = text
        letters += len(text)
        if letters > limits.letters:
            break
    return pages, broken


def _page_findings(pages: dict[str, str], broken: list[str], file: str) -> list[Finding]:
    findings = []
    if broken:
        values = {"pages": ", ".join(first_few(broken, 10))}
        findings.append(Finding("document-pages-broken", file, values=values))
    bare = [number for number, text in pages.items() if not text.strip()]
    if pages and len(bare) == len(pages):
        findings.append(Finding("document-scanned", file))
    elif bare:
        values = {"pages": ", ".join(first_few(bare, 10))}
        findings.append(Finding("document-pages-scanned", file, values=values))
    return findings
