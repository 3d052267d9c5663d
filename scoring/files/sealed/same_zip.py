"""Office files whose bytes repeat: every part of the package carries the same moment."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection

_DAY = (1980, 1, 1, 0, 0, 0)


def same_zip(data: bytes, without: Collection[str] = ()) -> bytes:
    """Return a package as it is, without the time of each part and without the parts named.

    Examples
    --------
    >>> made = io.BytesIO()
    >>> with zipfile.ZipFile(made, "w") as package:
    ...     package.writestr("a.xml", "<a/>")
    >>> with zipfile.ZipFile(io.BytesIO(same_zip(made.getvalue()))) as package:
    ...     package.infolist()[0].date_time
    (1980, 1, 1, 0, 0, 0)
    """
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as parts,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for name in parts.namelist():
            if name not in without:
                entry = zipfile.ZipInfo(name, _DAY)
                entry.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(entry, parts.read(name))
    return made.getvalue()
