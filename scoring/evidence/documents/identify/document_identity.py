"""Put the parts together, each with how sure the reading is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from scoring.base.dates import read_date
from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.evidence.documents.identify.issuer import issuer_candidates
from scoring.evidence.documents.identify.signer import portal_signer, read_signature
from scoring.official.document_kinds import document_kinds, issued_kind
from scoring.official.document_lines import HEAD_LINES, Line, document_lines
from scoring.official.document_number import (
    NumberRead,
    cited_numbers,
    read_document_number,
)
from scoring.official.letterhead import Header, read_header, read_stated_date
from scoring.official.partial_date import PartialDate
from scoring.official.patterns import patterns

_PATTERNS = patterns("identity")
# How sure a reading is: two places agree; one place, the one the form prescribes; somewhere else.
AGREED, IN_PLACE, ELSEWHERE, DISPUTED, ABSENT = 1.0, 0.9, 0.6, 0.4, 0.0
_MAX_BASES = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """One field of an identity; `confidence` runs from 0 (absent) to 1 (two places agree).

    Examples
    --------
    >>> letter = '''SỞ NỘI VỤ
    ... Số: 12/KH-SNV
    ... KẾ HOẠCH
    ... Cải cách hành chính năm 2026'''
    >>> known = identify(letter)
    >>> known.number.value, known.number.confidence > 0, known.signer == Stated()
    ('12/KH-SNV', True, True)
    """

    value: str = ""
    confidence: float = ABSENT


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A document that another one cites as its basis.

    Examples
    --------
    >>> letter = '''SỞ NỘI VỤ
    ... KẾ HOẠCH
    ... Cải cách hành chính năm 2026
    ... Căn cứ Quyết định số 766/QĐ-TTg ngày 23/6/2022 của Thủ tướng Chính phủ;'''
    >>> [(basis.number, basis.kind, basis.issued_on) for basis in identify(letter).legal_bases]
    [('766/QĐ-TTg', 'QĐ', '2022-06-23')]
    """

    text: str
    number: str = ""
    kind: str = ""
    issued_on: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document is, as far as its text says so.

    Attributes
    ----------
    number, kind, place, issued_on, issuer, title, signer, position : Stated
        `issued_on` is written as ``PartialDate`` writes it: ``2022-01`` has no day.
    signed_for : str
        ``KT. Giám đốc`` when a deputy signs.
    issues_kind : str
        Kind of the document that a decision issues along with it, as in "Ban hành Kế hoạch ...".
    legal_bases : tuple of LegalBasis
        What it cites under "Căn cứ".
    secret : bool
        The opening bears a mark of secrecy.

    Examples
    --------
    >>> letter = '''SỞ NỘI VỤ
    ... Số: 12/KH-SNV
    ... Sơn La, ngày 10 tháng 01 năm 2026
    ... KẾ HOẠCH
    ... Cải cách hành chính năm 2026'''
    >>> known = identify(letter)
    >>> known.number.value, known.kind.value, known.issued_on.value, known.secret
    ('12/KH-SNV', 'KH', '2026-01-10', False)
    """

    number: Stated = Stated()
    kind: Stated = Stated()
    place: Stated = Stated()
    issued_on: Stated = Stated()
    issuer: Stated = Stated()
    title: Stated = Stated()
    signer: Stated = Stated()
    position: Stated = Stated()
    signed_for: str = ""
    issues_kind: str = ""
    legal_bases: tuple[LegalBasis, ...] = ()
    secret: bool = False
    findings: tuple[Finding, ...] = field(default=())


def identify(text: str) -> Identity:
    """Tell what a document is from its text.

    Nothing is guessed: a field that the text does not state stays empty with confidence 0, and a
    date keeps the precision it is written with.

    References
    ----------
    Nghị định 30/2020/NĐ-CP, Phụ lục I, for where each part of a document stands.

    Examples
    --------
    >>> letter = '''SỞ NỘI VỤ
    ... Số: 12/KH-SNV
    ... Sơn La, ngày 05 tháng 01 năm 2024
    ... KẾ HOẠCH
    ... Tuyên truyền cải cách hành chính năm 2024
    ... Căn cứ Quyết định số 3162/QĐ-UBND ngày 20/12/2023;'''
    >>> known = identify(letter)
    >>> known.number.value, known.kind.value, known.issued_on.value, known.title.value
    ('12/KH-SNV', 'KH', '2024-01-05', 'Tuyên truyền cải cách hành chính năm 2024')
    """
    lines = document_lines(text)
    header = read_header(lines[:HEAD_LINES])
    issuer = _issuer(lines, header, text)
    number, findings = _number(header.number, issuer.value)
    kind, kind_findings = _kind(header)
    signer, position, signed_for = _signer(lines)
    issued_on, date_findings = _issued_on(header, text)
    return Identity(
        number=number,
        kind=kind,
        place=Stated(header.place, IN_PLACE) if header.place else Stated(),
        issued_on=issued_on,
        issuer=issuer,
        title=Stated(header.title, IN_PLACE) if header.title else Stated(),
        signer=signer,
        position=position,
        signed_for=signed_for,
        issues_kind=issued_kind(header.title),
        legal_bases=_legal_bases(lines),
        secret=header.secret,
        findings=(*findings, *kind_findings, *date_findings),
    )


def _number(read: NumberRead | None, issuer: str) -> tuple[Stated, tuple[Finding, ...]]:
    """Keep the number as written, mended only in form; the misspelt issuer stays for the person."""
    if read is None or read.value is None:
        return Stated(), (Finding("document-without-number"),)
    checked = read_document_number(read.text, issuer_name=issuer)
    plain = not checked.findings or (checked.value is not None and checked.value.is_blank)
    return Stated(read.likely, IN_PLACE if plain else ELSEWHERE), checked.findings


def _kind(header: Header) -> tuple[Stated, tuple[Finding, ...]]:
    from_number = header.number.value.kind if header.number and header.number.value else ""
    if header.kind and from_number and from_number != header.kind:
        kinds = document_kinds()
        values = {"stated": kinds[header.kind].vi, "number": kinds[from_number].vi}
        finding = Finding("document-kind-disagrees", values=values)
        return Stated(header.kind, DISPUTED), (finding,)
    if header.kind:
        return Stated(header.kind, AGREED if from_number else IN_PLACE), ()
    return (Stated(from_number, IN_PLACE), ()) if from_number else (Stated(), ())


def _issued_on(header: Header, text: str) -> tuple[Stated, tuple[Finding, ...]]:
    if header.impossible_date:
        finding = Finding("document-date-impossible", values={"value": header.impossible_date})
        return Stated(), (finding,)
    portal = _PATTERNS["portal_date"].search(text[-4000:])
    stated_by_portal = _as_partial(portal.group(1)) if portal else None
    if header.issued_on is None:
        if stated_by_portal is None:
            return Stated(), (Finding("document-without-date"),)
        return Stated(str(stated_by_portal), ELSEWHERE), ()
    findings: tuple[Finding, ...] = ()
    if header.issued_on.precision != "day":
        # As people write it: 01/2022, not 2022-01.
        values = {"value": "/".join(reversed(str(header.issued_on).split("-")))}
        findings = (Finding("document-date-incomplete", values=values),)
    agreed = stated_by_portal == header.issued_on
    return Stated(str(header.issued_on), AGREED if agreed else IN_PLACE), findings


def _issuer(lines: tuple[Line, ...], header: Header, text: str) -> Stated:
    number = header.number.value if header.number else None
    found = issuer_candidates(lines[:HEAD_LINES], header, number, text)
    if not found:
        return Stated()
    source, name = found[0]
    others = [other.lower() for _, other in found[1:]]
    if any(other.startswith(name.lower()) or name.lower().startswith(other) for other in others):
        return Stated(name, AGREED)
    return Stated(name, ELSEWHERE if source == "name-of-number" else IN_PLACE)


def _signer(lines: tuple[Line, ...]) -> tuple[Stated, Stated, str]:
    found = read_signature(lines)
    if not found.signer:
        return Stated(), Stated(), ""
    if found.source == "portal":
        return Stated(found.signer, ELSEWHERE), Stated(), ""
    agreed = portal_signer(lines) == found.signer
    sure = AGREED if agreed else IN_PLACE
    return Stated(found.signer, sure), Stated(found.position, IN_PLACE), found.signed_for


def _legal_bases(lines: tuple[Line, ...]) -> tuple[LegalBasis, ...]:
    """Collect the opening run of "Căn cứ ..." lines, one basis per number cited."""
    bases: list[LegalBasis] = []
    begun = False
    for line in lines:
        if line.text.lower().startswith("căn cứ"):
            begun = True
        elif begun and not _PATTERNS["basis"].match(line.text) and not line.text[:1].islower():
            break
        if begun:
            bases.extend(_bases_of(line.text))
    return tuple(bases[:_MAX_BASES])


def _bases_of(text: str) -> list[LegalBasis]:
    cited = list(cited_numbers(text))
    if not cited:
        return [LegalBasis(clean_text(text)[:300])] if text.lower().startswith("căn cứ") else []
    bases = []
    for read in cited:
        at = text.find(read.text)
        value = read.value
        day = _date_behind(text[at + len(read.text) :])
        bases.append(
            LegalBasis(clean_text(text)[:300], read.likely, value.kind if value else "", day)
        )
    return bases


def _date_behind(rest: str) -> str:
    """Return the date that follows a cited number directly."""
    near = rest[:60]
    slashed = _PATTERNS["slashed_date"].match(near.lstrip(" ,"))
    if slashed:
        found = _as_partial(slashed.group(1))
        return str(found) if found else ""
    stated, _ = read_stated_date(near)
    return str(stated) if stated and near.lstrip(" ,").lower().startswith("ngày") else ""


def _as_partial(text: str) -> PartialDate | None:
    day: dt.date | None = read_date(text).value
    return PartialDate(day.year, day.month, day.day) if day else None
