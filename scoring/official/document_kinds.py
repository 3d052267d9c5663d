"""Kinds of administrative documents: their names, abbreviations and where those come from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from scoring.base.text import clean_text
from scoring.official.patterns import patterns
from scoring.official.wording import table_beside

# Eth and the African D look like the Vietnamese Đ and come out of old fonts and keyboards.
D_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})
# Ways to compare what was written with what is known, the strictest first, by the slip of each.
FOLDS: dict[str, Callable[[str], str]] = {
    "": str,
    "case": str.lower,
    "letters": lambda text: text.lower().replace("đ", "d"),
}
# A comma may stand within the name of an organ.
_ORGANS = re.compile(r"[|;]|\bhoặc\b|\bor\b")
_ALTERNATIVES = re.compile(r"[|;,/]|\bhoặc\b|\bor\b")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document; `key` is its abbreviation (``CV`` for official letters)."""

    key: str
    vi: str
    en: str
    status: str
    unwritten: bool = False

    def name(self, lang: str = "vi") -> str:
        """Return its name in `lang`."""
        return self.vi if lang == "vi" else self.en


@cache
def document_kinds() -> dict[str, Kind]:
    """Return every known kind by key.

    References
    ----------
    Nghị định 30/2020/NĐ-CP, Phụ lục III, for the kinds of status ``official``; the rest is
    observed in numbers that plans of provinces cite.

    Examples
    --------
    >>> document_kinds()["KH"].vi, document_kinds()["CV"].unwritten
    ('Kế hoạch', True)
    """
    return {
        key: Kind(key, row["vi"], row["en"], row["status"], bool(row.get("unwritten", False)))
        for key, row in table_beside("document_kinds.toml")["kinds"].items()
    }


@cache
def issuer_names() -> dict[str, str]:
    """Return the issuers whose abbreviation holds nationwide, by abbreviation."""
    return dict(table_beside("document_kinds.toml")["issuers"])


@cache
def organ_names() -> tuple[str, ...]:
    """Return common organs as they are written in small letters, longest first."""
    return tuple(
        sorted(table_beside("document_kinds.toml")["names"]["organs"], key=len, reverse=True)
    )


@cache
def issuer_wordings(asked: str) -> tuple[str, ...]:
    """Return the ways to write the organs that `asked` names, with and without abbreviations.

    >>> issuer_wordings("UBND tỉnh; Sở Nội vụ")
    ('UBND tỉnh', 'Ủy ban nhân dân tỉnh', 'Sở Nội vụ')
    """
    found: list[str] = []
    for organ in filter(None, map(clean_text, _ORGANS.split(asked))):
        found.append(organ)
        for short, full in issuer_names().items():
            for old, new in ((short, full), (full, short)):
                pattern = rf"(?<!\w){re.escape(old)}(?!\w)"
                found += [
                    swapped
                    for swapped in [re.sub(pattern, new, organ, flags=re.IGNORECASE)]
                    if swapped != organ
                ]
    return tuple(dict.fromkeys(found))


def is_issued_by(issuer: str, asked: str) -> bool:
    """Say whether one of the organs that `asked` names stands in the issuer of a document.

    >>> is_issued_by("Ủy ban nhân dân tỉnh Phú Thọ", "UBND tỉnh"), is_issued_by("UBND xã A", "UBND tỉnh")
    (True, False)
    >>> is_issued_by("", "UBND tỉnh"), is_issued_by("Sở A", "")
    (False, True)
    """
    wordings, stated = issuer_wordings(asked), clean_text(issuer).casefold()
    return not wordings or any(wording.casefold() in stated for wording in wordings)


def party_issuers() -> frozenset[str]:
    """Return the abbreviations of issuers of the Party, whose numbers read ``04-NQ/TU``."""
    return frozenset(table_beside("document_kinds.toml")["party"]["issuers"])


def kind_of(text: str) -> str:
    """Return the key of the kind that `text` names, or an empty text.

    Takes an abbreviation, a Vietnamese or an English name, in any case.

    Examples
    --------
    >>> kind_of("Kế hoạch"), kind_of("qđ"), kind_of("report"), kind_of("bài thơ")
    ('KH', 'QĐ', 'BC', '')
    """
    wanted = clean_text(text).translate(D_LOOKALIKES)
    return wanted if wanted in document_kinds() else _by_any_name().get(wanted.lower(), "")


def kinds_of(text: str) -> frozenset[str]:
    """Return the keys of all kinds that `text` allows, as in ``KH|QĐ`` or ``Kế hoạch hoặc QĐ``.

    Examples
    --------
    >>> sorted(kinds_of("Kế hoạch hoặc QĐ"))
    ['KH', 'QĐ']
    """
    found = (kind_of(part) for part in _ALTERNATIVES.split(clean_text(text)))
    return frozenset(key for key in found if key)


def kind_words(text: str, lang: str = "vi") -> str:
    """Return the kinds that `text` names as `lang` calls them; Vietnamese as it is written.

    >>> kind_words("Kế hoạch|QĐ", "en"), kind_words("Kế hoạch hoặc QĐ"), kind_words("bài thơ", "en")
    ('Plan or Decision', 'Kế hoạch hoặc QĐ', 'bài thơ')
    """
    keys = map(kind_of, _ALTERNATIVES.split(clean_text(text)))
    names = [document_kinds()[key].en for key in keys if key]
    return text if lang == "vi" else " or ".join(names) or text


@lru_cache(maxsize=1_024)
def kind_written(text: str) -> tuple[str, ...]:
    """Return the kinds whose abbreviation `text` can be: one when certain, several when torn.

    The exact abbreviation wins over one that differs in case, and that over one with D for Đ.

    Examples
    --------
    >>> kind_written("QD"), kind_written("TTR"), kind_written("DA"), kind_written("XYZ")
    (('QĐ',), ('TTr',), ('DA',), ())
    """
    written = [key for key, kind in document_kinds().items() if not kind.unwritten]
    for fold in FOLDS.values():
        found = tuple(key for key in written if fold(key) == fold(text))
        if found:
            return found
    return ()


@cache
def _by_any_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for key, kind in document_kinds().items():
        for name in (key, kind.vi, kind.en):
            names.setdefault(name.lower(), key)
    return names


def issued_kind(title: str) -> str:
    """Return the kind of what a decision issues along with it, or an empty text.

    >>> issued_kind("Về việc ban hành Kế hoạch cải cách hành chính năm 2024")
    'KH'
    """
    match = patterns("identity")["issued_kind"].search(title)
    if not match:
        return ""
    rest = match["rest"].lower()
    return next((key for key, k in document_kinds().items() if rest.startswith(k.vi.lower())), "")
