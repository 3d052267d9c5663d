"""Reports as tagged PDF/UA: read aloud in order, searched, and the same bytes every time.

Needs the extra ``pdf`` (typst).
"""

from importlib.util import find_spec

__all__ = ["pdf_available"]


def pdf_available() -> bool:
    """Say whether typst, of the extra ``pdf``, is installed.

    Examples
    --------
    >>> from importlib.util import find_spec
    >>> pdf_available() == (find_spec("typst") is not None)
    True
    """
    return find_spec("typst") is not None
