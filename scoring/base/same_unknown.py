"""Records in which one unknown figure equals another, on every version of Python.

A NaN stands here for "the set gives none", and it equals nothing, not even itself. Up to Python 3.12
two records that hold the very same NaN compare equal, from 3.13 they do not, and two NaN read
from two files never do.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any, ClassVar


class SameUnknown:
    """Base of a ``dataclass(eq=False)``: equal where all fields are, an unknown figure to another.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, slots=True, eq=False)
    ... class Limit(SameUnknown):
    ...     most: float
    >>> Limit(float("nan")) == Limit(float("nan")), Limit(1.0) == Limit(2.0)
    (True, False)
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self is other or _held(self) == _held(other)

    def __hash__(self) -> int:
        return hash(_held(self))


def _held(record: Any) -> tuple[object, ...]:
    """Return what a record holds; one object for every unknown figure."""
    values = (getattr(record, name) for name in _names(record.__class__))
    return tuple(_UNKNOWN if isinstance(v, float) and v != v else v for v in values)


_UNKNOWN = object()


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.compare)
