"""Where the sets and examples that come with the package lie."""

from __future__ import annotations

from pathlib import Path

import scoring


def shipped_folder(name: str) -> Path:
    """Return the folder ``criteria`` or ``evidence`` that came with the package.

    In a checkout it stands beside the package; a wheel carries it inside.

    Parameters
    ----------
    name : {"criteria", "evidence"}

    Returns
    -------
    Path
        The folder; its files are read-only examples and sets.

    Examples
    --------
    >>> shipped_folder("criteria").name
    'criteria'
    """
    package = Path(scoring.__file__).parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name
