"""Criteria sets: decisions as data, read, checked, compared and exported."""

from scoring.criteria.library import CheckedSet, check_set, list_sets, open_set
from scoring.criteria.model import CriteriaSet, Grade, Node, SetMeta

__all__ = [
    "CheckedSet",
    "CriteriaSet",
    "Grade",
    "Node",
    "SetMeta",
    "check_set",
    "list_sets",
    "open_set",
]
