"""The public names of a room, each loaded from its module when it is first used.

A verb that reads a ledger then loads nothing that writes one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def names_on_first_use(room: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return what a package calls ``__getattr__``.

    Parameters
    ----------
    room : str
        The package, by its ``__name__``.
    homes : mapping of str to str
        Its public names, each with the module of the package that has it.

    Raises
    ------
    ValueError
        If a name is that of a module: loading the module would put it in the name's place.

    Examples
    --------
    >>> find = names_on_first_use("scoring.base", {"format_date": "dates"})
    >>> find("format_date").__module__
    'scoring.base.dates'
    """

    hidden = sorted(set(homes) & set(homes.values()))
    if hidden:
        raise ValueError(f"{room}: a module hides the name {', '.join(hidden)}")

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{room}.{homes[name]}"), name)
        setattr(sys.modules[room], name, value)
        return value

    return find
