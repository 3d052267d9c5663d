"""Names of files and folders made from codes that people chose."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.base.text import without_marks

_LONGEST = 80
# Names that Windows keeps for devices, whatever their ending.
_RESERVED = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}


def file_stem(text: str) -> str:
    """Return `text` as a file name every system takes: letters, digits, dash and underscore.

    >>> file_stem("Sở KH&CN / 2026"), file_stem("con")
    ('so-kh-cn-2026', 'unit-con')
    """
    words = "".join(letter if letter.isalnum() else " " for letter in without_marks(text)).split()
    stem = "-".join(words)[:_LONGEST] or "unit"
    return f"unit-{stem}" if stem in _RESERVED else stem


def file_stems(codes: Iterable[str]) -> dict[str, str]:
    """Return a file name for each code, no two alike.

    >>> file_stems(["Sở A", "so a", "Sở B"])
    {'Sở A': 'so-a', 'so a': 'so-a-2', 'Sở B': 'so-b'}
    """
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes:
        base = stem = file_stem(code)
        number = 1
        while stem in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem)
        stems[code] = stem
    return stems
