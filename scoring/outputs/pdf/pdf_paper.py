"""A report as blocks of text, tables and charts, set as tagged PDF/UA-1 by typst.

Texts travel as data: the template is a file of ours, and what a report says is never part of it.
So no name can become code, reach a file or load a package. Fonts are those of the charts.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl

from scoring.base.text import clean_text, shortened
from scoring.outputs.charts.chart_sheet import printable
from scoring.outputs.content.set_identity import AboutSet
from scoring.outputs.pdf.pdf_charts import BarChart
from scoring.outputs.slides.slide_text import Columns
from scoring.outputs.text_layout import drawable

_TEMPLATE = Path(__file__).with_name("report.typ")
# A longer word gets places where a line may break, which are no part of its letters.
_LONG_WORD = {True: re.compile(r"\S{14}(?=\S{4})"), False: re.compile(r"\S{70}(?=\S)")}
_BREAK = "\u200b"
# Rows with more letters than this may be torn by the end of a page.
_LONG_CELL = 700
# Head and foot of a page have room for two lines.
_MOST_IN_MARGIN = 150

Block = dict[str, Any]


class Paper:
    """The blocks of a report in their order.

    Parameters
    ----------
    content : AboutSet
        Whose set, status and language the report states.
    title : str
        Title of the document; it stands in the window and above every page.
    day : date, optional
        The day the report is read. With it the file is PDF/A-2a besides, which asks for a day.
    """

    def __init__(self, content: AboutSet, title: str, day: dt.date | None = None) -> None:
        self._about, self._title, self._day = content, title, day
        self._blocks: list[Block] = []

    def add(self, kind: str, **values: Any) -> None:
        """Add a block as the template knows it."""
        self._blocks.append({"kind": kind, **values})

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading; the headings are the bookmarks of the file."""
        self.add("heading", text=text, level=level)

    def text(self, text: str, style: str = "body") -> None:
        """Add a paragraph; nothing for an empty text."""
        if text:
            self.add("text", text=text, style=style)

    def bullets(self, texts: Sequence[str]) -> None:
        """Add a list; nothing for an empty one."""
        if texts:
            self.add("list", texts=list(texts))

    def table(
        self, columns: Columns, rows: Sequence[Sequence[str]], *, total: bool = False
    ) -> None:
        """Add a table, whose heads come again on every page; nothing for one without rows."""
        if not rows:
            return
        longest = max(len(cell) for row in rows for cell in row)
        self.add(
            "table", heads=list(columns.heads), shares=list(columns.shares),
            numbers=list(columns.numbers), rows=[list(row) for row in rows], total=total,
            breakable=longest > _LONG_CELL,
        )  # fmt: skip

    def chart(self, chart: BarChart) -> None:
        """Add a chart with its alternative text; nothing for one without bars."""
        if chart.rows:
            self._blocks.append(chart.block())

    @contextmanager
    def columns(self, *shares: float) -> Iterator[list[list[Block]]]:
        """Collect what is added between calls of `next_column` into columns of these shares."""
        outer, own = self._blocks, [list[Block]() for _ in shares]
        self._open = iter(own)
        self.next_column()
        yield own
        self._blocks = outer
        self.add("columns", shares=list(shares), columns=own)

    def next_column(self) -> None:
        """Go on in the next column."""
        self._blocks = next(self._open)

    def to_bytes(self) -> bytes:
        """Return the file; the same blocks give the same bytes."""
        about = self._about
        is_sample, of_set = about.criteria_set.is_sample, about.criteria_set
        badge = about.say("chart_sample_badge") if is_sample else ""
        set_line = about.say("chart_set_line", name=of_set.name, status=of_set.status_name)
        data = {
            "title": self._title,
            "subject": of_set.name,
            "lang": about.lang,
            "header": shortened(self._title, _MOST_IN_MARGIN),
            "badge": badge,
            "foot": shortened(set_line, _MOST_IN_MARGIN),
            "page_of": about.say("page_page_of", page="{page}", pages="{pages}"),
            "blocks": self._blocks,
        }
        day = self._day
        return _compiled(_drawable(data) | {"day": day and [day.year, day.month, day.day]})


def _drawable(value: Any, in_table: bool = False) -> Any:
    """Return data with every text as the font can draw it, in composed letters (NFC)."""
    if isinstance(value, str):
        return _said(value, in_table)
    if isinstance(value, list):
        return [_drawable(one, in_table) for one in value]
    if isinstance(value, dict):
        narrow = in_table or value.get("kind") in ("table", "columns", "chart")
        return {key: _drawable(one, narrow and key != "alt") for key, one in value.items()}
    return value


def _said(text: str, in_table: bool) -> str:
    lines = (printable(clean_text(line)) for line in text.split("\n"))
    shown = drawable(unicodedata.normalize("NFC", "\n".join(lines)))
    return _LONG_WORD[in_table].sub(rf"\g<0>{_BREAK}", shown)


def _compiled(data: dict[str, Any]) -> bytes:
    # Loaded here: typst is an extra.
    import typst

    day = data["day"]
    pdf: bytes = typst.compile(
        _TEMPLATE.read_bytes(),
        root=str(_TEMPLATE.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1", "a-2a"] if day else ["ua-1"],
        format="pdf",
        timestamp=0,
    )
    return pdf


@cache
def _fonts() -> Any:
    """Return the fonts that come with matplotlib, and no other of the machine."""
    import typst

    place = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(place)]
    )
