"""Subject and body of an e-mail, read with the standard library alone."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from scoring.base.findings import Finding
from scoring.files.office.content import Content, ReadingLimits, Section, plain_section
from scoring.files.office.plain_text import decoded_text
from scoring.files.office.web_page import visible_text

_MAX_PARTS = 200


def read_mail(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read subject and body of an e-mail; attachments are named, not opened."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    sections: list[Section] = [plain_section(_head(message))]
    findings: list[Finding] = []
    for number, part in enumerate(message.walk()):
        if number >= _MAX_PARTS:
            findings.append(Finding("document-cut", file, values={"limit": _MAX_PARTS}))
            break
        if part.is_multipart():
            continue
        name = part.get_filename()
        if name:
            findings.append(Finding("mail-attachment", file, values={"name": name}))
        elif part.get_content_maintype() == "text":
            sections.append(plain_section(_body(part)))
    return Content("eml", tuple(sections), tuple(findings))


def _head(message: EmailMessage) -> str:
    names = ("Subject", "From", "Date")
    return "\n".join(f"{name}: {message[name]}" for name in names if message[name])


def _body(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True) or b""
    assert isinstance(payload, bytes)
    charset = part.get_content_charset() or "utf-8"
    try:
        text = payload.decode(charset)
    # A charset is what the sender says: an unknown one, one that is no encoding of text, a NUL in it.
    except (LookupError, ValueError):
        text = decoded_text(payload) or ""
    return visible_text(text) if part.get_content_subtype() == "html" else text
