"""Plain text, web pages and e-mail, read with the standard library alone."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from html.parser import HTMLParser

from scoring.base.findings import Finding
from scoring.evidence.documents.reading.content import Content, ReadingLimits, Section, TextBudget

_SILENT = {"script", "style", "template", "noscript", "head"}
_BREAKS = {
    "p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr",
}  # fmt: skip
_MAX_PARTS = 200


def read_text(data: bytes, limits: ReadingLimits) -> Content:
    """Read UTF-8, or UTF-16 with its mark; any other encoding is reported, not guessed."""
    decoded = decoded_text(data)
    if decoded is None:
        return Content("txt", findings=(Finding("document-encoding"),))
    budget = TextBudget(limits.letters)
    return Content("txt", (Section("", budget.take(decoded)),), truncated=budget.cut)


def read_html(data: bytes, limits: ReadingLimits) -> Content:
    """Read the visible text of a web page; scripts and styles are left out."""
    decoded = decoded_text(data)
    if decoded is None:
        return Content("html", findings=(Finding("document-encoding"),))
    budget = TextBudget(limits.letters)
    text = budget.take(visible_text(decoded))
    return Content("html", (Section("", text),), truncated=budget.cut)


def read_mail(data: bytes, limits: ReadingLimits) -> Content:
    """Read subject and body of an e-mail; attachments are named, not opened."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    budget = TextBudget(limits.letters)
    sections = [Section("", budget.take(_mail_head(message)))]
    findings: list[Finding] = []
    for number, part in enumerate(message.walk()):
        if number >= _MAX_PARTS:
            findings.append(Finding("document-cut", values={"limit": _MAX_PARTS}))
            break
        if part.is_multipart():
            continue
        name = part.get_filename()
        if name:
            findings.append(Finding("mail-attachment", values={"name": name}))
        elif part.get_content_maintype() == "text":
            sections.append(Section("", budget.take(_mail_body(part))))
    return Content("eml", tuple(sections), tuple(findings), budget.cut)


def decoded_text(data: bytes) -> str | None:
    """Return `data` as text if it is UTF-8 or marked UTF-16, else None."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None


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


def _mail_head(message: EmailMessage) -> str:
    names = ("Subject", "From", "Date")
    return "\n".join(f"{name}: {message[name]}" for name in names if message[name])


def _mail_body(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True) or b""
    assert isinstance(payload, bytes)
    charset = part.get_content_charset() or "utf-8"
    try:
        text = payload.decode(charset)
    except (LookupError, UnicodeDecodeError):
        text = decoded_text(payload) or ""
    return visible_text(text) if part.get_content_subtype() == "html" else text
