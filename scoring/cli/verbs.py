"""The verbs of the command line, read from ``verbs.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_COMMANDS = "scoring.cli.commands"
_TYPES = {"int": int}
# The options that name what a verb writes, and the metavars of what may be a file or folder.
WRITTEN = ("out", "write")
_PATHS = ("FILE", "DIR", "LEDGER", "SET", "DIR|FILE", "OLD", "NEW")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a verb: its flags, the label that says what it is for, and what argparse takes."""

    flags: tuple[str, ...]
    help_key: str
    settings: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the option that holds what was given."""
        return self.flags[0].lstrip("-").replace("-", "_")

    @property
    def is_path(self) -> bool:
        """Whether a file or folder that is read may be given."""
        return self.name not in WRITTEN and self.settings.get("metavar") in _PATHS


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: ``function`` is ``module:name``, called with the options and the console.

    One that `renews` makes the files of a folder of results anew.
    """

    name: str
    function: str
    arguments: tuple[Argument, ...]
    renews: bool = False

    @property
    def help_key(self) -> str:
        """Key of the label that says what the verb does."""
        return "cli_" + self.name.replace(" ", "_").replace("-", "_")


@cache
def verbs() -> tuple[Verb, ...]:
    """Return all verbs, in the order in which the help lists them."""
    text = resources.files("scoring.cli").joinpath("verbs.toml").read_text("utf-8")
    declared = tomllib.loads(text)
    known = {name: _argument(entry) for name, entry in declared["arguments"].items()}
    return tuple(
        Verb(
            entry["name"],
            f"{_COMMANDS}.{entry['calls']}",
            _arguments(known, entry.get("arguments", ())),
            entry.get("renews", False),
        )
        for entry in declared["verbs"]
    )


def _arguments(known: Mapping[str, Argument], names: Sequence[str]) -> tuple[Argument, ...]:
    """Return the arguments of a verb; one that writes can be told to replace what exists."""
    found = tuple(known[name] for name in names)
    writes = any(argument.name in WRITTEN for argument in found)
    return (*found, known["replace"]) if writes else found


def _argument(entry: dict[str, Any]) -> Argument:
    settings = {name: value for name, value in entry.items() if name not in ("flags", "help")}
    if "type" in settings:
        settings["type"] = _TYPES[settings["type"]]
    return Argument(tuple(entry["flags"]), entry["help"], settings)
