"""The visible text of a web page, read with the standard library alone."""

from __future__ import annotations

from html.parser import HTMLParser

from scoring.base.findings import Finding
from scoring.files.office.content import Content, ReadingLimits, plain_section
from scoring.files.office.plain_text import decoded_text

_SILENT = {"script", "style", "template", "noscript", "head"}
_BREAKS = {
    "p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr",
}  # fmt: skip


def read_web_page(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read the visible text of a web page; scripts and styles are left out."""
    decoded = decoded_text(data)
    if decoded is None:
        return Content("html", findings=(Finding("document-encoding", file),))
    return Content("html", (plain_section(visible_text(decoded)),))


def visible_text(page: str) -> str:
    """Return what a reader of an HTML page sees, with a line per block and tabs between cells.

    >>> visible_text("<p>Số: 1/KH-SNV</p><script>x()</script><p>Kế&nbsp;hoạch</p>").split()
    ['Số:', '1/KH-SNV', 'Kế', 'hoạch']
    """
    parser = _VisibleText()
    parser.feed(page)
    parser.close()
    return "".join(parser.parts)


class _VisibleText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
