"""This period and the next in words: "tháng này" where a set is scored by months."""

from __future__ import annotations

from scoring.base.labels import label
from scoring.base.periods import span_of


def span_words(period: str, lang: str = "vi") -> dict[str, str]:
    """Return what texts call the period assessed and the one after it, small and capital.

    >>> span_words(""), span_words("tháng 3", "en")["next"]
    ({'this': 'năm nay', 'next': 'năm tới', 'This': 'Năm nay', 'Next': 'Năm tới'}, 'next month')
    """
    span = span_of(period)
    said = {name: label(f"advice_{name}_{span}", lang) for name in ("this", "next")}
    return said | {name.capitalize(): text[0].upper() + text[1:] for name, text in said.items()}


def term_words(term: str, period: str, lang: str = "vi") -> str:
    """Return when advice can be followed, one of `ADVICE_TERMS`, as tables and lists head it.

    >>> term_words("next-year", "quý II"), term_words("past", "", "en")
    ('Chỉ quý tới', 'Too late this year')
    """
    return label(f"advice_term_{term}", lang, **span_words(period, lang))
