"""What is done around the loading of a library's module, without loading it for that."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Load = Callable[[ModuleType], object]


class _Finder(MetaPathFinder):
    """Stands in the way of a module once, when it is first asked for."""

    def __init__(self, name: str, loaded: Callable[[Load, ModuleType], None]) -> None:
        self.name, self._loaded = name, loaded

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where the module is, and let it be loaded as was asked."""
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(name)
        if found is not None and found.loader is not None:
            load, loaded = found.loader.exec_module, self._loaded
            found.loader.exec_module = lambda module: loaded(load, module)  # type: ignore[method-assign]
        return found


def when_loaded(name: str, loaded: Callable[[Load, ModuleType], None]) -> None:
    """Let `loaded` load a module once somebody asks for it; nothing where it is loaded already.

    Parameters
    ----------
    name : str
        The module, such as ``matplotlib.artist``. What was asked for it first stands.
    loaded : callable
        Called with what loads the module, and the module still empty.

    Examples
    --------
    >>> def loaded(load, module):
    ...     load(module)
    ...     module.said = "loaded by us"
    >>> when_loaded("this_library_is_not_there", loaded)
    >>> sys.meta_path.pop(0).name
    'this_library_is_not_there'
    """
    asked = {one.name for one in sys.meta_path if isinstance(one, _Finder)}
    if name not in sys.modules and name not in asked:
        sys.meta_path.insert(0, _Finder(name, loaded))
