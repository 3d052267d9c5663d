"""Libraries that draw, loaded as if nobody had laid a file of settings into the working folder.

matplotlib takes ``matplotlibrc`` of the working folder before any other. Whoever works in a folder
that a sender filled would get the sender's colours, letters and sizes, or wait for a pipe of that
name. The settings of the person and of the machine stay in force.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from scoring.base.when_loaded import Load, when_loaded

_LIBRARY, _SETTINGS = "matplotlib", "matplotlibrc"


def leave_settings_unread() -> None:
    """Let settings in the working folder be left unread, where the library is not loaded yet."""
    when_loaded(_LIBRARY, _loaded)


def _loaded(load: Load, module: ModuleType) -> None:
    with _unseen(_SETTINGS):
        load(module)


@contextmanager
def _unseen(name: str) -> Iterator[None]:
    """Let a file of the working folder, asked for by its bare name, not be there."""
    exists = os.path.exists
    os.path.exists = lambda path: path != name and exists(path)
    try:
        yield
    finally:
        os.path.exists = exists
