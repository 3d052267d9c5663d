"""The patterns of ``patterns.toml``, by the part of an official text they belong to."""

from __future__ import annotations

import re
from functools import cache

from scoring.official.figure_text import FIGURE
from scoring.official.wording import UPPER, table_beside

_PARTS = {"<FIGURE>": FIGURE, "<UPPER>": UPPER}


@cache
def patterns(part: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of one part by their names.

    A pattern is one text, or several that are joined; ``<FIGURE>`` stands for a figure and
    ``<UPPER>`` for the capitals of Vietnamese.

    >>> bool(patterns("deadlines")["ongoing"].search("Thường xuyên"))
    True
    """
    return {name: _compiled(source) for name, source in table_beside("patterns.toml")[part].items()}


def _compiled(source: str | list[str]) -> re.Pattern[str]:
    text = source if isinstance(source, str) else "".join(source)
    for mark, part in _PARTS.items():
        text = text.replace(mark, part)
    return re.compile(text)
