"""Slides that people go on editing: native titles, tables, text boxes and charts.

Needs the extra ``slides`` (python-pptx).
"""

from importlib.util import find_spec

__all__ = ["slides_available"]


def slides_available() -> bool:
    """Say whether python-pptx, of the extra ``slides``, is installed.

    Examples
    --------
    >>> from importlib.util import find_spec
    >>> slides_available() == (find_spec("pptx") is not None)
    True
    """
    return find_spec("pptx") is not None
