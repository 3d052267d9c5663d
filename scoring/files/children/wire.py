"""What a reading child answers, as JSON: values of cells, findings, and the forms a file is read into.

JSON can name no code to run, so a child taken over by a hostile file sends its parent nothing but
values: only the kinds listed here are built from it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

_KINDS = {
    "scoring.base.findings": ("Finding",),
    "scoring.base.labels": ("Named", "Label"),
    "scoring.base.numbers": ("Rounded",),
    "scoring.files.excel.cells": ("CellError", "FormulaWithoutValue"),
    "scoring.files.office.content": ("Content", "Section", "Paragraph", "Grid", "GridRow"),
    "scoring.files.excel.workbook": ("Workbook", "Sheet"),
}
_WHOLE = (dt.datetime, dt.date, dt.time)
_SPAN = ("days", "seconds", "microseconds")


def encoded(value: Any) -> bytes:
    """Return `value` as one line of JSON.

    >>> decoded(encoded(["Điểm", 1.0, None, dt.date(2026, 1, 5), dt.timedelta(hours=30)]))
    ['Điểm', 1.0, None, datetime.date(2026, 1, 5), datetime.timedelta(days=1, seconds=21600)]
    """
    # Half a pair of letters, which broken fonts yield, passes as it is.
    return json.dumps(value, default=_tagged, ensure_ascii=False).encode("utf-8", "surrogatepass")


def decoded(line: bytes) -> Any:
    """Return what `encoded` was given.

    Raises
    ------
    ValueError, TypeError, KeyError
        When the line is no answer.
    """
    return json.loads(line.decode("utf-8", "surrogatepass"), object_hook=_untagged)


def _tagged(value: Any) -> Any:
    kind = type(value)
    if kind in _WHOLE:
        return {"@" + kind.__name__: _parts(value)}
    if kind is dt.timedelta:
        return {"@span": [getattr(value, part) for part in _SPAN]}
    if kind is frozenset:
        return {"@set": sorted(value)}
    if is_dataclass(kind) and kind.__name__ in _known():
        return {"@" + kind.__name__: [_held(getattr(value, one.name)) for one in fields(kind)]}
    raise TypeError(f"{kind.__name__} is not sent between processes")


def _parts(moment: dt.date | dt.time) -> list[int]:
    """Return a day, a time or both as their figures, which nothing can read in another order."""
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return [getattr(moment, name) for name in names if hasattr(moment, name)]


def _whole(kind: Any) -> Callable[[list[int]], Any]:
    return lambda figures: kind(*figures)


def _held(value: Any) -> Any:
    """Return a mapping in a form that keeps keys which are numbers."""
    return {"@map": list(value.items())} if isinstance(value, Mapping) else value


def _untagged(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        return found
    ((tag, value),) = found.items()
    return _builders()[tag](value) if tag.startswith("@") else found


@cache
def _known() -> dict[str, type]:
    from importlib import import_module

    # Rooms above this module in its own layer are looked up when the first answer comes.
    homes = {name: home for home, names in _KINDS.items() for name in names}
    return {name: getattr(import_module(home), name) for name, home in homes.items()}


@cache
def _builders() -> dict[str, Callable[[Any], Any]]:
    plain: dict[str, Callable[[Any], Any]] = {
        "@span": lambda parts: dt.timedelta(**dict(zip(_SPAN, parts, strict=True))),
        "@set": frozenset,
        "@map": dict,
    }
    plain |= {"@" + kind.__name__: _whole(kind) for kind in _WHOLE}
    return plain | {"@" + name: _builder(kind) for name, kind in _known().items()}


def _builder(kind: Any) -> Callable[[list[Any]], Any]:
    frozen = [str(one.type).startswith("tuple") for one in fields(kind)]

    def build(values: list[Any]) -> Any:
        pairs = zip(values, frozen, strict=True)
        return kind(*(_frozen(value) if is_tuple else value for value, is_tuple in pairs))

    return build


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
