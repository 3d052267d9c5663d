"""Names of files and folders made from codes that people chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scoring.base.text import without_marks
from scoring.base.units import UnitKey

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


def file_stems(keys: Iterable[UnitKey]) -> dict[UnitKey, str]:
    """Return a file name for each unit, no two alike; year and period tell those of one unit apart.

    >>> keys = [UnitKey("Sở A", 2026), UnitKey("so a", 2026), UnitKey("B", 2025), UnitKey("B", 2026, "Q1")]
    >>> list(file_stems(keys).values())
    ['so-a', 'so-a-2', 'b-2025', 'b-2026-q1']
    """
    known = list(keys)
    periods = Counter(key.unit_code for key in known)
    stems: dict[UnitKey, str] = {}
    taken: set[str] = set()
    for key in known:
        parts = key if periods[key.unit_code] > 1 else key[:1]
        base = stem = file_stem(" ".join(str(part) for part in parts))
        number = 1
        while stem in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem)
        stems[key] = stem
    return stems
