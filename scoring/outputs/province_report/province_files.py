"""The files of a province report, in the formats asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scoring.base.units import UnitKey
from scoring.files.atomic import write_atomically
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_page import province_page


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
        Some of ``html``, ``docx``, ``xlsx``, ``pdf`` and ``png``; a format that a province report
        does not have is passed over.
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
    # The makers are loaded where they are used: a page alone does without the others.
    for kind in formats:
        if kind == "html":
            path, made = folder / home, province_page(content, links)
        else:
            continue
        write_atomically(path, made)
        paths.append(path)
    return paths
