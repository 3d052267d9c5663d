"""The catalogue of findings, made from the messages themselves, for ``docs/findings.md``."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from scoring.base.findings import SEVERITIES, finding_codes
from scoring.base.labels import label
from scoring.base.message_tables import message_tables


def findings_page(lang: str = "") -> str:
    """Return the catalogue of all findings as Markdown.

    Parameters
    ----------
    lang : {"", "vi", "en"}
        The language of the page; both side by side by default.

    Returns
    -------
    str
        One section per room, codes in alphabetical order, each with severity, problem and
        remedy. Words in braces stand for the values met.

    Examples
    --------
    >>> "### `unknown-item`" in findings_page("en")
    True
    """
    langs = (lang,) if lang else ("vi", "en")
    lines = [f"# {_both('catalogue_title', langs)}", ""]
    lines += [line for one in langs for line in (label("catalogue_intro", one), "")]
    by_file = sorted(finding_codes().items(), key=lambda entry: (entry[1]["file"], entry[0]))
    for file, entries in groupby(by_file, key=lambda entry: entry[1]["file"]):
        lines += [f"## {_room_title(file.removesuffix('.toml'), langs)}", ""]
        for code, table in entries:
            lines += _entry(code, table, langs)
    return "\n".join(lines).rstrip("\n") + "\n"


def _both(key: str, langs: tuple[str, ...]) -> str:
    return " / ".join(label(key, lang) for lang in langs)


def _room_title(room: str, langs: tuple[str, ...]) -> str:
    """Return a room's title; a room without one of its own is named by its file."""
    key = f"catalogue_{room}"
    return _both(key, langs) if key in message_tables("labels") else room


def _entry(code: str, table: dict[str, Any], langs: tuple[str, ...]) -> list[str]:
    severity = str(table["severity"])
    if severity not in SEVERITIES:
        raise ValueError(f"{code} has the severity {severity!r}")
    lines = [f"### `{code}`", "", f"*{_both(f'severity_{severity}', langs)}*", ""]
    lines += [f"- {_braces(table[lang])} **→** {_braces(table[lang + '_fix'])}" for lang in langs]
    return [*lines, ""]


def _braces(text: str) -> str:
    """Show the values of a message as code, so that Markdown leaves them as they are.

    Of words for one and for many those for many are shown.
    """
    text = re.sub(r"\{\w+:[^{}|]*\|([^{}]*)\}", r"\1", text)
    return text.replace("{", "`{").replace("}", "}`").replace("*", "\\*").replace("<", "&lt;")
