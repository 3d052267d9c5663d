"""The areas, criteria and items of a set, one node each."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.base.same_unknown import SameUnknown
from scoring.base.text import code_key, without_marks
from scoring.rules import RuleSpec

BEST_OF = "best_of"


@dataclass(frozen=True, slots=True, eq=False)
class Node(SameUnknown):
    """An area, criterion or sub-criterion; `spec` is there on the leaves, which earn points.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> node = open_set("service-quality-766").node("2")
    >>> node.name_en, node.max_points, node.rule, node.spec.kind
    ('Timeliness', 20.0, 'ratio', 'ratio')
    """

    code: str
    parent: str
    kind: str
    name_vi: str
    name_en: str
    max_points: float
    assessed_by: str
    rule: str
    source: str
    note_vi: str = ""
    note_en: str = ""
    spec: RuleSpec | None = None

    @property
    def is_item(self) -> bool:
        """True on a leaf."""
        return self.spec is not None

    @property
    def is_best_of(self) -> bool:
        """True where the best of the nodes below counts instead of their sum."""
        return self.rule == BEST_OF

    @property
    def level(self) -> str:
        """``area``, ``criterion`` or ``item``; a leaf without a parent is an area."""
        if not self.parent:
            return "area"
        return "item" if self.is_item else "criterion"

    def name(self, lang: str = "vi") -> str:
        """Return the node's name."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi

    def note(self, lang: str = "vi") -> str:
        """Return the node's caveat, empty where it has none."""
        return (self.note_en if lang == "en" else self.note_vi) or self.note_vi


def folded_name(node: Node) -> str:
    """Return a node's name for comparing only."""
    return without_marks(node.name_vi).strip(" .;:")


def in_order(nodes: list[Node]) -> tuple[Node, ...]:
    """Return `nodes` by their codes' numbers, which puts parents before children."""
    return tuple(sorted(nodes, key=lambda node: code_key(node.code)))
