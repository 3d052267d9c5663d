"""Criteria sets: decisions as data, read, checked, compared and exported."""

from scoring.criteria.criteria_set import CriteriaSet, Grade, GradeRule, Node, SetMeta
from scoring.criteria.library import CheckedSet, check_set, list_sets, open_named_set, open_set

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
