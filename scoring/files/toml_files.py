"""TOML files of others: read under a limit, never through a link."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.limits import table_too_large
from scoring.files.paths import open_under

MAX_BYTES = 500_000
# A key of many parts takes time that grows with their square. A word begins where none goes on,
# which keeps the search itself in proportion to the text.
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){20}""")


def toml_of(text: str) -> dict[str, Any]:
    """Return what the text of a TOML file says.

    Raises
    ------
    ValueError
        Says in words what is wrong with it, and in which line.

    Examples
    --------
    >>> toml_of('id = "sipas"')
    {'id': 'sipas'}
    """
    if _LONG_KEY.search(text):
        raise ValueError("a key of more than 20 parts")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises
    ------
    UnreadableError
        With ``toml-broken``, ``toml-encoding``, ``table-too-large`` or what
        `scoring.files.paths.open_under` finds.
    """
    with open_under(path.parent, path.name) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise table_too_large(str(path), "file", MAX_BYTES)
    try:
        return toml_of(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableError(Finding("toml-encoding", str(path))) from None
    except ValueError as error:  # a number of 5,000 digits is one too
        found = Finding("toml-broken", str(path), values={"reason": str(error)})
        raise UnreadableError(found) from None
