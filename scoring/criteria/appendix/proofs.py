"""The evidence a decision asks for, separated from the scoring text it shares a cell with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.base.text import clean_text
from scoring.criteria.appendix.scoring_text.side_sentences import is_evidence
from scoring.official.patterns import patterns
from scoring.official.wording import capital, folded, word_lists

_NOUNS = word_lists()["steps"]["documents"]
_PATTERNS = patterns("proofs")
_NOUN = re.compile("|".join(re.escape(noun.lower()) for noun in _NOUNS))
MAX_PROOFS = 30
_MAX_LETTERS = 400


@dataclass(frozen=True, slots=True)
class Proof:
    """One document a decision asks for: its kind and its description as written."""

    kind: str
    wording: str


def split_proofs(text: str) -> tuple[str, str]:
    """Split a cell into scoring text and evidence text.

    >>> split_proofs("Kịp thời: 1; chậm: 0. Tài liệu kiểm chứng: Kế hoạch, báo cáo")
    ('Kịp thời: 1; chậm: 0', 'Kế hoạch, báo cáo')
    """
    match = _PATTERNS["mark"].search(text)
    if not match:
        return text, ""
    before, after = text[: match.start()], text[match.end() :]
    again = _PATTERNS["scoring_mark"].search(after)
    if again:
        before, after = f"{before}\n{after[again.end() :]}", after[: again.start()]
    return before.strip(), after.strip()


def read_proofs(text: str) -> tuple[Proof, ...]:
    """Read evidence text into the documents it names.

    Parts end at lines, semicolons and bullets; at commas only where what follows is the name of
    another kind of document.

    >>> [proof.kind for proof in read_proofs("Kế hoạch CCHC, Báo cáo năm; ảnh chụp màn hình")]
    ['Kế hoạch', 'Báo cáo', 'Ảnh']
    """
    parts: list[str] = []
    for piece in _PATTERNS["split"].split(text):
        parts += _at_documents(clean_text(piece or ""))
    proofs = []
    for part in parts:
        wording = part.strip(" .,;:-+")[:_MAX_LETTERS]
        if wording:
            proofs.append(Proof(_kind(wording), capital(wording)))
    return tuple(dict.fromkeys(proofs))[:MAX_PROOFS]


def names_documents(note: str) -> bool:
    """Say whether a remark begins with the name of a document and is nothing but a list of them."""
    parts = [part for part in _PATTERNS["split"].split(note) if part and part.strip()]
    return bool(_NOUN.match(folded(note))) and all(map(is_evidence, parts))


def _at_documents(piece: str) -> list[str]:
    """Cut at commas that are followed by the name of a kind of document."""
    parts: list[str] = []
    for part in piece.split(","):
        if parts and not _NOUN.match(folded(part)):
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    return parts


def _kind(wording: str) -> str:
    match = _NOUN.match(folded(wording))
    if match is None:
        return "Văn bản"
    return next(noun for noun in _NOUNS if noun.lower() == match[0])
