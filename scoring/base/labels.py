"""Every text that people read, in Vietnamese and English, loaded from data.

``messages/labels/*.toml`` holds words and short sentences, one table per key with ``vi`` and
``en``; ``messages/findings/*.toml`` holds the findings (see `scoring.base.findings`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("vi", "en")


@cache
def message_tables(folder: str) -> dict[str, dict[str, Any]]:
    """Return all tables of ``messages/<folder>/*.toml`` as one, refusing a repeated key."""
    tables: dict[str, dict[str, Any]] = {}
    root = resources.files("scoring.base").joinpath("messages", folder)
    for entry in sorted(root.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        for key, table in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if key in tables:
                raise ValueError(f"message {key!r} stands twice, again in {entry.name}")
            tables[key] = table | {"file": entry.name}
    return tables


def label(key: str, lang: str = "vi", **values: object) -> str:
    """Return the text for `key` in `lang`, its ``{names}`` filled from `values`.

    Raises
    ------
    KeyError
        When no label has that key: a missing text is a bug, never shown as an empty cell.

    Examples
    --------
    >>> label("max_points"), label("max_points", "en")
    ('Điểm tối đa', 'Maximum points')
    """
    text = message_tables("labels")[key][lang]
    return str(text).format(**values) if values else str(text)
