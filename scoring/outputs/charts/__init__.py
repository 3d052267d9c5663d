"""Charts as one family: functions that take tables and return a figure.

Every function takes a `ChartContext` as `context` (language, source, names, status of the set) and
returns a `ChartFigure` of the width of an A4 page. `unit_code`, where a chart takes it, is the code
of a unit or the `UnitKey` of one of its periods. `alt_text` says it in words; `figure_data` gives the
table beside it. A module of this folder or one below names its charts in ``CHARTS``; that is all it takes to be
offered here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module

from scoring.outputs.theme import ChartContext, ChartFigure, alt_text, figure_data

__all__ = ["ChartContext", "ChartFigure", "alt_text", "figure_data"]

_CHARTS: dict[str, Callable[..., ChartFigure]] = {}
for _found in pkgutil.walk_packages(__path__, f"{__name__}."):
    _module = import_module(_found.name)
    for _name in getattr(_module, "CHARTS", ()):
        _CHARTS[_name] = getattr(_module, _name)

# A chart has the name of its module, which importing it has put here.
globals().update(_CHARTS)
__all__ += sorted(_CHARTS)
