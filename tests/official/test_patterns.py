"""Every pattern of official texts compiles, has no mark left in it, and is used by its room."""

import re
import tomllib
from pathlib import Path

import pytest

import scoring
from scoring.official.patterns import patterns

ROOT = Path(scoring.__path__[0])
TABLES = tomllib.loads((ROOT / "official" / "patterns.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", TABLES)
def test_every_pattern_of_a_part_is_used_by_the_room_that_reads_it(part):
    rooms = ("official", "plan", "criteria/appendix", "evidence/documents")
    sources = [
        path.read_text(encoding="utf-8") for room in rooms for path in (ROOT / room).rglob("*.py")
    ]
    (own,) = [text for text in sources if f'patterns("{part}")\n' in text]
    for name, pattern in patterns(part).items():
        shared = f'patterns("{part}")["{name}"]'
        assert f'_PATTERNS["{name}"]' in own or any(shared in text for text in sources)
        assert not re.search("<[A-Z]+>", pattern.pattern)
