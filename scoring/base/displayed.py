"""How objects show themselves in a notebook, without knowing who draws them.

The renderers stand in `scoring.display`, above everything they show. `scoring` says which one shows
which class, and a renderer is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module

_RENDERERS: dict[str, str] = {}


def show_with(**renderers: str) -> None:
    """Say how classes are shown.

    Parameters
    ----------
    **renderers
        The name of a class, and ``module:function`` of what turns such an object into HTML.
    """
    _RENDERERS.update(renderers)


def html_of(shown: object) -> str:
    """Return `shown` as HTML, in the language of the environment.

    Raises
    ------
    TypeError
        When nothing shows objects of its class.
    """
    for kind in type(shown).__mro__:
        if kind.__name__ in _RENDERERS:
            module, function = _RENDERERS[kind.__name__].split(":")
            return str(getattr(import_module(module), function)(shown))
    raise TypeError(f"nothing shows a {type(shown).__name__}")


class Displayed:
    """What a notebook shows as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return html_of(self)
