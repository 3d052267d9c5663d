"""Rule kinds: how an item of a criteria set turns reported figures into points.

Each kind is written once, as an expression over the item's inputs. From that one expression come
its three faces: the points, the Excel formula and, with the kind's own wording, the sentence and
the arithmetic that people read. Rules know no files and no criteria sets.
"""

from scoring.rules.compiled import CompiledRule, Outcome, compile_rule
from scoring.rules.kinds import RULE_KINDS, RuleKind
from scoring.rules.spec import Band, InputSpec, Option, RuleSpec

__all__ = [
    "RULE_KINDS",
    "Band",
    "CompiledRule",
    "InputSpec",
    "Option",
    "Outcome",
    "RuleKind",
    "RuleSpec",
    "compile_rule",
]
