"""The verbs of the command line, read from ``verbs.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_COMMANDS = "scoring.cli.commands"
_TYPES = {"int": int}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a verb: its flags, the label that says what it is for, and what argparse takes."""

    flags: tuple[str, ...]
    help_key: str
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: ``function`` is ``module:name``, called with the options and the console."""

    name: str
    function: str
    arguments: tuple[Argument, ...]

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
            tuple(known[name] for name in entry.get("arguments", ())),
        )
        for entry in declared["verbs"]
    )


def _argument(entry: dict[str, Any]) -> Argument:
    settings = {name: value for name, value in entry.items() if name not in ("flags", "help")}
    if "type" in settings:
        settings["type"] = _TYPES[settings["type"]]
    return Argument(tuple(entry["flags"]), entry["help"], settings)
