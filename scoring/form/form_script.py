"""The script of the form: its modules, and those of the library that they need."""

from __future__ import annotations

import re

from scoring.browser import bundled

# A page of 400 kB has no room for blanks that no reader needs; none of our texts spans lines.
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def app_script() -> str:
    """Return a script that defines ``FORM``, whose function ``start`` begins."""
    return _INDENT.sub("", bundled("form/app/main.js", name="FORM"))
