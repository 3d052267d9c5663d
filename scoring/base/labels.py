"""Every text that people read, in Vietnamese and English, loaded from data.

``messages/labels/*.toml`` holds words and short sentences, one table per key with ``vi`` and
``en``; ``messages/findings/*.toml`` holds the findings (see `scoring.base.findings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from scoring.base.message_tables import message_tables

LANGUAGES = ("vi", "en")


def label(key: str, lang: str = "vi", **values: object) -> str:
    """Return the text for `key` in `lang`, its ``{names}`` filled from `values`.

    Raises
    ------
    KeyError
        When no label has that key: a missing text is a bug, never shown as an empty cell.

    A text may choose by a number, as it is shown: ``{count} {count:task|tasks}``.

    Examples
    --------
    >>> label("max_points"), label("max_points", "en")
    ('Điểm tối đa', 'Maximum points')
    """
    text = str(message_tables("labels")[key][lang])
    return filled(text, values) if values else text


def source_words(source: str, english: str, lang: str) -> str:
    """Return a source; in English documents one that is Vietnamese says so.

    Examples
    --------
    >>> source_words("Sở Nội vụ", "", "en"), source_words("Sở Nội vụ", "", "vi")
    ('Sở Nội vụ (source in Vietnamese)', 'Sở Nội vụ')
    """
    if lang == "en" and english:
        return english
    return source if source.isascii() else label("source_in_vietnamese", lang, source=source)


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with its ``{names}`` filled, and words chosen for one or for many.

    >>> [filled("{n} {n:task is|tasks are} late", {"n": n}) for n in (1, "1", "1.00", 2)]
    ['1 task is late', '1 task is late', '1.00 tasks are late', '2 tasks are late']
    """
    return text.format_map({name: _Choosing(value) for name, value in values.items()})


class _Choosing:
    """A value that also chooses between the words for one and for many."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return format(self.value, spec)
        return one if str(self.value) == "1" else many


class _Worded(Protocol):
    def label(self, lang: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Named:
    """A name that a criteria set gives in both languages, shown in the reader's.

    Examples
    --------
    >>> Named("Số hồ sơ", "Dossiers").text("en"), Named("Số hồ sơ").text("en")
    ('Dossiers', 'Số hồ sơ')
    """

    vi: str
    en: str = ""

    @classmethod
    def of(cls, worded: _Worded) -> Named:
        """Return the wording of an input, an option or whatever else has a ``label(lang)``."""
        return cls(*(worded.label(lang) for lang in LANGUAGES))

    def text(self, lang: str = "vi") -> str:
        """Return the name in `lang`; in Vietnamese where it has no other."""
        return (self.en if lang == "en" else self.vi) or self.vi


@dataclass(frozen=True, slots=True)
class Label:
    """A label that is looked up once the reader's language is known.

    Examples
    --------
    >>> Label("max_points").text("en")
    'Maximum points'
    """

    key: str

    def text(self, lang: str = "vi") -> str:
        """Return the label in `lang`."""
        return label(self.key, lang)
