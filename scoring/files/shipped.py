"""Where the sets and examples that come with the package lie."""

from __future__ import annotations

from pathlib import Path

import scoring


def shipped_folder(name: str) -> Path:
    """Return the folder ``criteria`` or ``evidence`` that came with the package.

    In a checkout it stands beside the package; a wheel carries it inside.

    >>> shipped_folder("criteria").name
    'criteria'
    """
    package = Path(scoring.__file__).parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name
