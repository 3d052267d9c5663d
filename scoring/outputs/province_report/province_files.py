"""The files of a province report, in the formats asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scoring.base.findings import Finding
from scoring.base.units import UnitKey
from scoring.files.atomic import write_atomically
from scoring.files.overwriting import note
from scoring.outputs.pdf import pdf_available
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_page import province_page
from scoring.outputs.slides import slides_available


def write_province(
    content: ProvinceContent,
    folder: Path,
    formats: Sequence[str],
    links: Mapping[UnitKey, str],
    home: str = "index.html",
) -> list[Path]:
    """Write what a run says of all its units together; return the files.

    Parameters
    ----------
    content : ProvinceContent
    folder : Path
    formats : sequence of str
        Some of ``html``, ``docx``, ``xlsx``, ``pdf``, ``png`` and ``pptx``; a format that a
        province report does not have is passed over. Where the library that slides or a PDF need
        is missing, everything else is written; of slides the person is told here.
    links : mapping of UnitKey to str
        Relative addresses of the units' own pages.
    home : str
        Name of the page.

    Raises
    ------
    OutputError
        When the folder is read-only or a file is open elsewhere.
    """
    paths = []
    for kind in formats:
        path = folder / (home if kind == "html" else f"province.{kind}")
        made = province_page(content, links) if kind == "html" else _made(content, kind)
        if made is not None:
            write_atomically(path, made)
            paths.append(path)
    return paths


def _made(content: ProvinceContent, kind: str) -> bytes | None:
    """Return a file of a kind; None where a province report has none."""
    # The makers are loaded where they are used: a page alone does without the others.
    if kind == "xlsx":
        from scoring.outputs.province_report.province_workbook import province_workbook

        return province_workbook(content)
    if kind == "docx":
        from scoring.outputs.province_report.province_word import province_word

        return province_word(content)
    if kind == "pdf" and pdf_available():
        from scoring.outputs.province_report.province_pdf import province_pdf

        return province_pdf(content)
    if kind == "pptx" and slides_available():
        from scoring.outputs.province_report.province_slides import province_slides

        return province_slides(content)
    if kind == "pptx":
        note(Finding("slides-not-made"))
    return None
