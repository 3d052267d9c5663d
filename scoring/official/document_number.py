"""Numbers of Vietnamese administrative documents: ``1528/KH-SKHCN``, ``43/2021/QĐ-UBND``.

A number near the right form is read as what it most likely means, and each departure from the
form is a finding with that likely form, so that nothing is mended behind the writer's back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.official.document_kinds import (
    D_LOOKALIKES,
    FOLDS,
    document_kinds,
    issuer_names,
    kind_written,
    party_issuers,
)
from scoring.official.patterns import patterns

_PATTERNS = patterns("numbers")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－_", "-"))
_SLASHES = str.maketrans(dict.fromkeys("∕⁄／\\", "/"))
# Longer than any honest number; keeps hostile text away from the patterns.
_MAX_LENGTH = 80
# Numbers run from 1 in every unit, so those of thousands of ledgers are few: 17/BC-UBND.
_KEPT = 8_192
_MAX_MISSPELLING = 2


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number in its parts.

    Attributes
    ----------
    number : str
        ``1528``; empty while the clerk has not entered it yet (``/KH-SKHCN``).
    year : int or None
        Only legal documents carry it: ``43/2021/QĐ-UBND``.
    kind : str
        Key of the kind (see `document_kinds`); ``CV`` for official letters, whose number has
        none; empty where the number cannot tell, as in ``55/2022/QH15``.
    issuer : str
        ``SKHCN``; of a letter, the part before its drafting unit.
    unit : str
        The drafting unit or field of a letter: ``CCHC`` of ``6459/BNV-CCHC``.
    form : str
        ``state``, ``party``, ``letter`` or ``assembly``.
    """

    number: str
    year: int | None
    kind: str
    issuer: str
    unit: str = ""
    form: str = "state"

    @property
    def is_blank(self) -> bool:
        """True while no number has been entered: the document is a draft."""
        return not self.number

    def __str__(self) -> str:
        year = f"/{self.year}" if self.year else ""
        tail = f"-{self.unit}" if self.unit else ""
        if self.form == "party":
            return f"{self.number}-{self.kind}/{self.issuer}{tail}"
        if self.form == "state":
            return f"{self.number}{year}/{self.kind}-{self.issuer}{tail}"
        return f"{self.number}{year}/{self.issuer}{tail}"


@dataclass(frozen=True, slots=True)
class NumberRead:
    """What a text says as a document number; `value` is the likely one where it is misspelt."""

    text: str
    value: DocumentNumber | None
    findings: tuple[Finding, ...] = ()

    @property
    def likely(self) -> str:
        """The number in the right form, empty when there is none."""
        return str(self.value) if self.value else ""


@dataclass(slots=True)
class _Draft:
    """A number on its way: the mistakes met so far are names of finding codes."""

    text: str
    mistakes: list[str] = field(default_factory=list)

    def changed(self, text: str, mistake: str) -> None:
        if text != self.text:
            self.mistakes.append(mistake)
        self.text = text


def read_document_number(text: str, *, issuer_name: str = "") -> NumberRead:
    """Read a document number, in the form of Nghị định 30/2020/NĐ-CP or near it.

    Parameters
    ----------
    text : str
        What stands after ``Số:`` or in the ledger's cell.
    issuer_name : str
        Full name of the issuer, when it is known; shows a misspelt abbreviation.

    Returns
    -------
    NumberRead
        An empty text gives no value and no finding.

    References
    ----------
    Nghị định 30/2020/NĐ-CP, Phụ lục I (number and symbol of a document) and Phụ lục III.

    Examples
    --------
    >>> read_document_number("43/2021/QĐ-UBND").value
    DocumentNumber(number='43', year=2021, kind='QĐ', issuer='UBND', unit='', form='state')
    >>> misspelt = read_document_number("268 /QD-BNV")
    >>> misspelt.likely, [finding.code for finding in misspelt.findings]
    ('268/QĐ-BNV', ['document-number-spaces', 'document-number-letters'])
    >>> read_document_number("/QĐ-SKHCHN", issuer_name="Sở Khoa học và Công nghệ").likely
    '/QĐ-SKHCN'
    """
    if not clean_text(text):
        return NumberRead(text, None)
    value, mistakes = _as_written(text) if len(text) <= _MAX_LENGTH else (None, ())
    if value is None:
        return _refused(text)
    draft = _Draft(text, [*mistakes])
    value = _with_issuer_spelt(draft, value, issuer_name)
    if value.is_blank:
        draft.mistakes.append("document-number-blank")
    if not draft.mistakes:
        return NumberRead(text, value)
    return NumberRead(text, value, _findings(text, str(value), draft.mistakes))


@lru_cache(maxsize=_KEPT)
def _as_written(text: str) -> tuple[DocumentNumber | None, tuple[str, ...]]:
    """Return the number that a text means, whoever issued it, and the mistakes in writing it."""
    draft = _with_plain_marks(text)
    number, year, tokens = _split(draft)
    if number is None or not tokens:
        return None, ()
    return _parsed(draft, number, year, tokens), tuple(draft.mistakes)


def cited_numbers(text: str) -> Iterator[NumberRead]:
    """Yield every document number that running text cites, in order, each once.

    Examples
    --------
    >>> text = "Căn cứ Nghị quyết số 04-NQ/TU và Công văn số 6459/BNV-CCHC ngày 07/12/2020"
    >>> [read.likely for read in cited_numbers(text)]
    ['04-NQ/TU', '6459/BNV-CCHC']
    """
    seen: set[str] = set()
    for match in _PATTERNS["cited"].finditer(text):
        read = read_document_number(match.group())
        if read.value and read.likely not in seen:
            seen.add(read.likely)
            yield read


@lru_cache(maxsize=1_024)
def acronym(name: str) -> str:
    """Return the abbreviation a name takes in document numbers: initials, without ``và``.

    Examples
    --------
    >>> acronym("Sở Khoa học và Công nghệ"), acronym("Sở Giáo dục và Đào tạo")
    ('SKHCN', 'SGDĐT')
    """
    words = re.findall(r"\w+", clean_text(name).translate(D_LOOKALIKES))
    initials = (_plain_capital(word[0]) for word in words if word.lower() not in {"và", "của"})
    return "".join(initials)


def _plain_capital(letter: str) -> str:
    """Return the capital without its marks, but keep Đ, which is a letter of its own."""
    capital = letter.upper()
    return capital if capital == "Đ" else unicodedata.normalize("NFD", capital)[0]


def _with_plain_marks(text: str) -> _Draft:
    """Strip ``Số:`` and undo spaces, lookalikes and decomposed letters, noting each."""
    draft = _Draft(text)
    draft.changed(unicodedata.normalize("NFC", text), "document-number-decomposed")
    draft.text = _PATTERNS["prefix"].sub("", clean_text(draft.text)).rstrip(" ,;.*")
    draft.text = _PATTERNS["blank"].sub("", draft.text.translate(_SLASHES))
    draft.changed(draft.text.translate(_HYPHENS), "document-number-dash")
    draft.changed(draft.text.translate(D_LOOKALIKES), "document-number-letters")
    draft.changed(_PATTERNS["around_marks"].sub(r"\1", draft.text), "document-number-spaces")
    return draft


def _split(draft: _Draft) -> tuple[str | None, int | None, list[tuple[str, str]]]:
    """Return the number, the year and the remaining ``(separator, token)`` pairs."""
    parts = re.split(r"([/-])", draft.text)
    if not re.fullmatch(r"\d{0,7}[a-zđ]?", parts[0]):
        return None, None, []
    pairs = list(zip(parts[1::2], parts[2::2], strict=True))
    year = None
    if pairs and re.fullmatch(r"\d{2}|(?:19|20)\d{2}", pairs[0][1]):
        year = int(pairs[0][1])
        if year < 100:
            draft.mistakes.append("document-number-year")
            year += 2000
        pairs = pairs[1:]
    if len(pairs) > 4 or not all(_PATTERNS["token"].fullmatch(token) for _, token in pairs):
        return None, None, []
    return parts[0], year, pairs


def _parsed(
    draft: _Draft, number: str, year: int | None, tokens: list[tuple[str, str]]
) -> DocumentNumber | None:
    """Read the tokens behind number and year as one of the four forms."""
    first = tokens[0][1]
    kinds = kind_written(first)
    if len(kinds) > 1:
        return None
    if kinds:
        return _with_kind(draft, number, year, kinds[0], tokens) if len(tokens) > 1 else None
    if year is not None:
        if len(tokens) > 1 or not _PATTERNS["assembly"].fullmatch(first.upper()):
            return None
        return DocumentNumber(number, year, "", first.upper(), form="assembly")
    return _letter(draft, number, tokens)


def _with_kind(
    draft: _Draft, number: str, year: int | None, kind: str, tokens: list[tuple[str, str]]
) -> DocumentNumber:
    written = tokens[0][1]
    if written != kind:
        same_letters = written.lower() == kind.lower()
        draft.mistakes.append(f"document-number-{'case' if same_letters else 'letters'}")
    issuer = _known_spelling(draft, tokens[1][1])
    rest = "-".join(_known_spelling(draft, token) for _, token in tokens[2:])
    marks = (tokens[0][0], tokens[1][0])
    form = _form(marks, issuer, year)
    if marks != (("-", "/") if form == "party" else ("/", "-")):
        draft.mistakes.append("document-number-separator")
    return DocumentNumber(number, year, kind, issuer, rest, form)


def _form(marks: tuple[str, str], issuer: str, year: int | None) -> str:
    """Tell the Party's form from the state's; mass organisations follow the Party's."""
    if year is not None:
        return "state"
    if issuer in party_issuers() or (issuer.endswith(("TU", "TW")) and len(issuer) > 2):
        return "party"
    is_state = issuer in issuer_names() or issuer.startswith(("UBND", "HĐND", "S"))
    return "party" if marks == ("-", "/") and not is_state else "state"


def _letter(draft: _Draft, number: str, tokens: list[tuple[str, str]]) -> DocumentNumber | None:
    if tokens[0][0] != "/":
        return None
    if any(mark != "-" for mark, _ in tokens[1:]):
        draft.mistakes.append("document-number-separator")
    issuer, *rest = (_known_spelling(draft, token) for _, token in tokens)
    return DocumentNumber(number, None, "CV", issuer, "-".join(rest), "letter")


def _known_spelling(draft: _Draft, token: str) -> str:
    """Return an issuer's abbreviation in its usual case and letters."""
    known = (*issuer_names(), *party_issuers())
    for slip, fold in FOLDS.items():
        meant = next((name for name in known if fold(name) == fold(token)), "")
        if meant:
            draft.mistakes += [f"document-number-{slip}"] if slip else []
            return meant
    if token.islower():
        draft.mistakes.append("document-number-case")
        return token.upper()
    return token


def _with_issuer_spelt(draft: _Draft, value: DocumentNumber, name: str) -> DocumentNumber:
    """Compare the abbreviation with the issuer's full name, where that is known.

    A name may run on with the place (``Sở Nội vụ tỉnh Sơn La``), so each of its openings counts.
    """
    if value.issuer in issuer_names():
        return value
    words = [word for word in clean_text(name).split() if word[0].isalpha()]
    openings = [acronym(" ".join(words[:end])) for end in range(2, len(words) + 1)]
    # A letter's unit is a real part; elsewhere a hyphen inside the issuer is a slip.
    written = value.issuer if value.form == "letter" else value.issuer + value.unit
    joined = "".join(letter for letter in written if letter.isalpha()).upper()
    is_split = written != value.issuer and joined in openings
    if value.issuer in openings and not is_split:
        return value
    # Few numbers name an issuer that no list has: the others need not wait for the library.
    from rapidfuzz.distance import Levenshtein

    # Names of three letters are too alike to judge: SNV and STC are one apart and both right.
    near = [
        a for a in openings if len(a) >= 4 and Levenshtein.distance(a, joined) <= _MAX_MISSPELLING
    ]
    if not near:
        return value
    draft.mistakes.append("document-number-issuer")
    issuer = min(near, key=lambda opening: Levenshtein.distance(opening, joined))
    return replace(value, issuer=issuer, unit=value.unit if value.form == "letter" else "")


def _findings(text: str, likely: str, mistakes: list[str]) -> tuple[Finding, ...]:
    values = {"value": clean_text(text), "likely": likely}
    return tuple(Finding(code, values=values) for code in dict.fromkeys(mistakes))


def _refused(text: str) -> NumberRead:
    kinds = ", ".join(list(document_kinds())[:6])
    finding = Finding("not-a-document-number", values={"value": text, "kinds": kinds})
    return NumberRead(text, None, (finding,))
