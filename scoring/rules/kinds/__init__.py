"""The registry of rule kinds. To add one: a module here that makes it with `rule_kind`, its table
in ``kinds.toml``, its wording in ``messages/labels/rules.toml``, and ``tests/rules/test_rule_NAME.py``
with a maker of random items and a reader of its sentence; the tests over the registry then hold its
faces together.
"""

import pkgutil
from dataclasses import fields
from importlib import import_module

from scoring.rules.kinds.rule_kind import RuleKind, declared_kinds
from scoring.rules.spec import RuleSpec

_FOUND: dict[str, RuleKind] = {
    kind.name: kind
    for module in pkgutil.iter_modules(__path__)
    for kind in vars(import_module(f"{__name__}.{module.name}")).values()
    if isinstance(kind, RuleKind)
}
RULE_KINDS: dict[str, RuleKind] = {name: _FOUND[name] for name in declared_kinds()}

PARAMETERS: tuple[str, ...] = tuple(
    field.name
    for field in fields(RuleSpec)
    if any(field.name in kind.parameters for kind in RULE_KINDS.values())
)
"""What the kinds take from an item besides its inputs: columns of ``items.csv``, and sheets."""

__all__ = ["PARAMETERS", "RULE_KINDS", "RuleKind"]
