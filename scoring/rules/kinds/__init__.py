"""The registry of rule kinds. To add one: a module here, an entry in `RULE_KINDS`, its wording
in ``messages/labels/rules.toml``; the tests over the registry then hold its three faces together.
"""

from scoring.rules.kinds.answers import ALL_OF, CHOICE, DIRECT, SHARE_OF
from scoring.rules.kinds.base import RuleKind
from scoring.rules.kinds.counts import COUNT, DEDUCTION
from scoring.rules.kinds.measures import BANDS, DEADLINE, GROWTH, PEER, RATIO
from scoring.rules.kinds.surveys import SURVEY_INDEX, SURVEY_OPTIONS
from scoring.rules.kinds.written import FORMULA

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

__all__ = ["RULE_KINDS", "RuleKind"]
