"""The registry of rule kinds. To add one: a module here, an entry in `RULE_KINDS`, its wording in
``messages/labels/rules.toml``, and ``tests/rules/test_rule_NAME.py`` with a maker of random items
and a reader of its sentence; the tests over the registry then hold its faces together.
"""

from dataclasses import fields

from scoring.rules.kinds.counts import COUNT, DEDUCTION
from scoring.rules.kinds.given_answers import ALL_OF, CHOICE, DIRECT, SHARE_OF
from scoring.rules.kinds.measures import BANDS, DEADLINE, GROWTH, PEER, RATIO
from scoring.rules.kinds.rule_kind import RuleKind
from scoring.rules.kinds.surveys import SURVEY_INDEX, SURVEY_OPTIONS
from scoring.rules.kinds.written import FORMULA
from scoring.rules.spec import RuleSpec

RULE_KINDS: dict[str, RuleKind] = {
    kind.name: kind
    for kind in (
        RATIO,
        BANDS,
        CHOICE,
        ALL_OF,
        SHARE_OF,
        DEADLINE,
        COUNT,
        DEDUCTION,
        GROWTH,
        PEER,
        SURVEY_OPTIONS,
        SURVEY_INDEX,
        DIRECT,
        FORMULA,
    )
}

PARAMETERS: tuple[str, ...] = tuple(
    field.name
    for field in fields(RuleSpec)
    if any(field.name in kind.parameters for kind in RULE_KINDS.values())
)
"""What the kinds take from an item besides its inputs: columns of ``items.csv``, and sheets."""

__all__ = ["PARAMETERS", "RULE_KINDS", "RuleKind"]
