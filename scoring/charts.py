"""The charts of the package: ``from scoring import charts``.

>>> from scoring import charts
>>> "area_bars" in dir(charts), charts.ChartContext(lang="en").say("points")
(True, 'Points')
"""

from __future__ import annotations

from typing import Any

from scoring.outputs import charts as _charts

__all__ = list(_charts.__all__)


def __getattr__(name: str) -> Any:
    return getattr(_charts, name)


def __dir__() -> list[str]:
    return __all__
