"""Libraries that draw, loaded as if nobody had laid a file of settings into the working folder.

matplotlib takes ``matplotlibrc`` of the working folder before any other. Whoever works in a folder
that a sender filled would get the sender's colours, letters and sizes, or wait for a pipe of that
name. The settings of the person and of the machine stay in force.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_LIBRARY, _SETTINGS = "matplotlib", "matplotlibrc"


class _Finder(MetaPathFinder):
    """Stands in the way of the library once, when it is first asked for."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where the library is, and let it be loaded without its look around."""
        if name != _LIBRARY:
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(name)
        if found is not None and found.loader is not None:
            load = found.loader.exec_module

            def loaded(module: ModuleType) -> None:
                with _unseen(_SETTINGS):
                    load(module)

            found.loader.exec_module = loaded  # type: ignore[method-assign]
        return found


@contextmanager
def _unseen(name: str) -> Iterator[None]:
    """Let a file of the working folder, asked for by its bare name, not be there."""
    exists = os.path.exists
    os.path.exists = lambda path: path != name and exists(path)
    try:
        yield
    finally:
        os.path.exists = exists


def leave_settings_unread() -> None:
    """Let settings in the working folder be left unread, where the library is not loaded yet."""
    if _LIBRARY not in sys.modules and not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
