"""The words by which entries of a ledger are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.base.labels import LANGUAGES, label
from scoring.base.text import clean_text
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.template import LedgerRow, ledger_rows
from scoring.rules import InputSpec

Key = tuple[str, str]
YES = ("yes", "x", "1", "true", "✓", "✔")
NO = ("no", "0", "false")


@dataclass(frozen=True)
class Vocabulary:
    """What the entries of one set may hold."""

    specs: Mapping[Key, InputSpec]
    words: Mapping[Key, Mapping[str, str]]
    rows: Sequence[LedgerRow]

    @classmethod
    def of(cls, criteria: CriteriaSet) -> Vocabulary:
        """Gather the inputs of a set and the words they are answered with."""
        specs, words = {}, {}
        for code, rule in criteria.rules.items():
            for entry in rule.spec.inputs:
                specs[code, entry.name] = entry
                words[code, entry.name] = _words(criteria, code, entry)
        return cls(specs, words, ledger_rows(criteria))


def fold(text: str) -> str:
    """Return a word for comparing: composed, in small letters, single blanks."""
    return clean_text(text).casefold()


def _words(criteria: CriteriaSet, code: str, entry: InputSpec) -> dict[str, str]:
    def spoken(key: str) -> list[str]:
        return [fold(label(key, lang)) for lang in LANGUAGES]

    if entry.kind == "yes_no":
        yes = dict.fromkeys((*YES, *spoken("yes")), "yes")
        return yes | dict.fromkeys((*NO, *spoken("no")), "no")
    if entry.kind == "date":
        return dict.fromkeys(("never", *spoken("never")), "never")
    if entry.kind == "choice":
        options = criteria.rules[code].spec.options_of(entry.name)
        return {
            fold(text): option.code
            for option in options
            for text in (option.code, option.label_vi, option.label_en)
            if text
        }
    return {}
