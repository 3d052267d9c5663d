"""Small HTML pieces for notebooks; every text is escaped, since names come from strangers' files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from html import escape

from scoring.base.labels import LANGUAGES, label

# Colours of the page are left alone, so that light and dark notebooks both read well.
_CELL = "padding:2px 10px;border-bottom:1px solid #8884;vertical-align:top;"
_BAR = "display:inline-block;height:0.7em;background:#12436d;"
_TRACK = "display:inline-block;width:8em;background:#8883;line-height:0.7em;"


def display_language() -> str:
    """Return the language of rich displays: PARINDEX_LANG, as for the command line, or ``vi``."""
    chosen = os.environ.get("PARINDEX_LANG", "vi")
    return chosen if chosen in LANGUAGES else "vi"


def labels(lang: str, *keys: str) -> list[str]:
    """Return the labels `keys` in a language."""
    return [label(key, lang) for key in keys]


def paragraph(text: str, *, strong: bool = False) -> str:
    """Return one line of text.

    >>> paragraph("Sở <A>")
    '<p style="margin:0.2em 0">Sở &lt;A&gt;</p>'
    """
    inside = f"<strong>{escape(text)}</strong>" if strong else escape(text)
    return f'<p style="margin:0.2em 0">{inside}</p>'


def bullets(texts: Iterable[str]) -> str:
    """Return a list of lines; nothing where there are none."""
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul style="margin:0.2em 0">{lines}</ul>' if lines else ""


def share_bar(percent: float) -> str:
    """Return a bar of `percent` (0 to 100) of its track; an empty cell where it is NaN."""
    if percent != percent:
        return ""
    width = min(100.0, max(0.0, percent))
    return f'<span style="{_TRACK}"><span style="{_BAR}width:{width:.1f}%">&nbsp;</span></span>'


def html_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], right: str = "", raw: Sequence[int] = ()
) -> str:
    """Return a table.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences of str
    right : str
        One character per column, ``r`` to put it on the right, as `Console.table` takes it.
    raw : sequence of int
        Columns that hold HTML made here already; all others are escaped.

    Examples
    --------
    >>> "<td" in html_table(["a"], [["1"]]), "&lt;b&gt;" in html_table(["a"], [["<b>"]])
    (True, True)
    """
    aligned = [
        "text-align:right" if place < len(right) and right[place] == "r" else "text-align:left"
        for place in range(len(header))
    ]
    head = "".join(
        f'<th scope="col" style="{_CELL}{align}">{escape(text)}</th>'
        for text, align in zip(header, aligned, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, aligned, raw)}</tr>" for row in rows)
    return (
        '<table style="border-collapse:collapse;margin:0.4em 0">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(row: Sequence[str], aligned: Sequence[str], raw: Sequence[int]) -> str:
    return "".join(
        f'<td style="{_CELL}{align}">{text if place in raw else escape(text)}</td>'
        for place, (text, align) in enumerate(zip(row, aligned, strict=True))
    )
