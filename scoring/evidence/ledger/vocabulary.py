"""The words by which entries of a ledger are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.base.vocabulary import answers
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.template import LedgerRow, ledger_rows
from scoring.rules import InputSpec

Key = tuple[str, str]


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
                options = rule.spec.options_of(entry.name)
                words[code, entry.name] = answers(entry.kind, options)
        return cls(specs, words, ledger_rows(criteria))
