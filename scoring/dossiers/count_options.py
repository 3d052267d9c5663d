"""The open questions of counting as options, each with its choices, status and source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import source_words
from scoring.files.toml_files import read_toml

Options = Mapping[str, str]
# What these answer is settled when figures are written, without counting again.
OF_FIGURES = ("services", "fee_procedures", "unknown", "zero_denominator")


@dataclass(frozen=True, slots=True)
class Question:
    """An open question: its choices, the default, and where that stands written.

    `status` is ``official``, ``observed`` or ``sample`` (ours); `source` is empty for the latter.
    """

    name: str
    choices: tuple[str, ...]
    default: str
    status: str
    source: str
    vi: str
    en: str


@cache
def questions() -> dict[str, Question]:
    """Return all questions by name.

    >>> questions()["month_by"].choices
    ('received', 'returned', 'due')
    """
    told = resources.files("scoring.dossiers").joinpath("options.toml").read_text("utf-8")
    return {
        name: Question(name, **{**entry, "choices": tuple(entry["choices"])})
        for name, entry in tomllib.loads(told).items()
    }


def read_options(path: Path | None) -> dict[str, str]:
    """Return the choice for each question: that of the user's file, or the default.

    Raises
    ------
    UnreadableError
        ``dossiers-option-unknown`` for a question or a choice that there is not, or why the file
        cannot be read.
    """
    chosen = read_toml(path) if path else {}
    for name, choice in chosen.items():
        known = questions()[name].choices if name in questions() else ()
        if choice not in known:
            values = {"value": f"{name} = {choice}", "known": [*(known or questions())]}
            found = Finding("dossiers-option-unknown", str(path), values=values)
            raise UnreadableError(found)
    return {name: chosen.get(name, question.default) for name, question in questions().items()}


def other_choices(options: Options) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield each question, another choice for it, and the options with that one alone changed."""
    for name, question in questions().items():
        for choice in question.choices:
            if choice != options[name]:
                yield name, choice, {**options, name: choice}


def _source(question: Question, choice: str, lang: str) -> str:
    known = question.source if choice == question.default else ""
    return source_words(known, "", lang) if known else ""


def options_table(options: Options, lang: str = "vi") -> pd.DataFrame:
    """Return the table ``DossierOptions``: what was chosen, its standing, and what else there is."""
    rows = [
        {
            "option": name,
            "choice": options[name],
            "status": question.status if options[name] == question.default else "sample",
            "source": _source(question, options[name], lang),
            "choices": ", ".join(question.choices),
            "question": question.en if lang == "en" else question.vi,
        }
        for name, question in questions().items()
    ]
    return pd.DataFrame(rows, dtype="str")
