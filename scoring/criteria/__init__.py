"""Criteria sets: decisions as data, read, checked, compared and exported."""

from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.library import CheckedSet, check_set, list_sets, open_named_set, open_set
from scoring.criteria.set_nodes import Node
from scoring.criteria.set_policies import Grade, GradeRule, SetMeta

__all__ = [
    "CheckedSet",
    "CriteriaSet",
    "Grade",
    "GradeRule",
    "Node",
    "SetMeta",
    "check_set",
    "list_sets",
    "open_named_set",
    "open_set",
]
