"""The tables of message files, each read when it is first looked up.

There are thousands of messages, and a verb says a few dozen: reading all of them takes longer than
much of what is done with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

Table = dict[str, Any]


class MessageTables(Mapping[str, Table]):
    """All tables of the files of a folder of messages, by key, with the name of their ``file``.

    A header stands alone on its line, a bare key in brackets at its beginning; what is above the
    first one is a comment.

    Raises
    ------
    ValueError
        When a key stands twice.

    Examples
    --------
    >>> tables = MessageTables({"a.toml": '[one]\\nvi = "một"\\nen = "one"\\n'})
    >>> list(tables), tables["one"]
    (['one'], {'vi': 'một', 'en': 'one', 'file': 'a.toml'})
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._unread: dict[str, tuple[str, str]] = {}
        self._read: dict[str, Table] = {}
        for file, text in files.items():
            for part in _parts(text):
                key, _, lines = part.partition("]\n")
                if key in self._unread:
                    raise ValueError(f"message {key!r} stands twice, again in {file}")
                self._unread[key] = (file, lines)

    def __getitem__(self, key: str) -> Table:
        if key not in self._read:
            import tomllib

            file, lines = self._unread[key]
            self._read[key] = tomllib.loads(lines) | {"file": file}
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return key in self._unread

    def __iter__(self) -> Iterator[str]:
        return iter(self._unread)

    def __len__(self) -> int:
        return len(self._unread)


def _parts(text: str) -> Iterator[str]:
    """Yield each header, without its opening bracket, and the lines that belong to it."""
    part = ""
    for lines in f"\n{text}".split("\n[")[1:]:
        part = f"{part}\n[{lines}" if part else lines
        # A text of several lines may hold what looks like a header.
        if part.count('"""') % 2 == part.count("'''") % 2 == 0:
            yield part
            part = ""


@cache
def message_tables(folder: str) -> MessageTables:
    """Return all tables of ``messages/<folder>/*.toml`` as one, refusing a repeated key."""
    # Asked for here: a child that reads one file says nothing.
    from importlib import resources

    root = resources.files("scoring.base").joinpath("messages", folder)
    entries = sorted(root.iterdir(), key=lambda item: item.name)
    return MessageTables(
        {one.name: one.read_text("utf-8") for one in entries if one.name.endswith(".toml")}
    )
