"""matplotlib loaded without composing the help texts of its classes, which no command ever shows.

While its classes are made, the library lists for each of them all properties and what these take,
out of thousands of docstrings. That is half of what loading it takes. What is drawn does not depend
on it. In a notebook, where people ask for help, nothing is left out.
"""

from __future__ import annotations

from typing import Any

from scoring.base.when_loaded import Load, when_loaded

# It has the base of all that is drawn; the classes derived from that are made after it is loaded.
_MODULE = "matplotlib.artist"


def leave_undescribed() -> None:
    """Let what draws be loaded without its help texts, where it is not loaded yet."""
    when_loaded(_MODULE, _loaded)


def _loaded(load: Load, module: Any) -> None:
    """Load the module and take from it, where this version has it, what makes those texts."""
    load(module)
    if hasattr(module.Artist, "_update_set_signature_and_docstring"):
        module.Artist._update_set_signature_and_docstring = classmethod(lambda _: None)
    if hasattr(module, "kwdoc"):
        module.kwdoc = lambda _: ""
