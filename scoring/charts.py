"""The charts of the package: ``from scoring import charts``.

>>> from scoring import charts
>>> "area_bars" in dir(charts), charts.ChartContext(lang="en").say("points")
(True, 'Points')
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from scoring.outputs import charts as _room
from scoring.outputs import theme as _theme

_BESIDE = ("ChartContext", "ChartFigure", "alt_text", "figure_data")


@cache
def _charts() -> dict[str, Callable[..., _theme.ChartFigure]]:
    """Return every chart that a module of the room offers, by name."""
    modules = [
        import_module(found.name)
        for found in pkgutil.walk_packages(_room.__path__, f"{_room.__name__}.")
    ]
    return {name: getattr(one, name) for one in modules for name in getattr(one, "CHARTS", ())}


def __getattr__(name: str) -> Any:
    if name in _BESIDE:
        return getattr(_theme, name)
    if name == "__all__":
        return sorted((*_BESIDE, *_charts()))
    if name in _charts():
        return _charts()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__getattr__("__all__"))
