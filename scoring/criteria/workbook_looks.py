"""How the workbook of a set looks, as ``workbook_looks.toml`` has it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def _layout() -> dict[str, dict[str, Any]]:
    file = resources.files("scoring.criteria").joinpath("workbook_looks.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def looks() -> dict[str, dict[str, object]]:
    """Return the looks of cells by name, as properties of XlsxWriter."""
    return _layout()["looks"]


def column_width(name: str) -> int:
    """Return the width of a column in characters; its name stands in it on one line.

    >>> column_width("kind"), column_width("zero_denominator")
    (14, 19)
    """
    return max(int(_layout()["widths"].get(name, 13)), len(name) + 3)
