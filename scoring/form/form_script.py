"""The script of the form: its modules, and those of the library that they need."""

from __future__ import annotations

import re

from scoring.browser import bundled

# A page of 400 kB has no room for indents and remarks. None of our texts spans lines.
_NEEDLESS = re.compile(r"^(?:[ \t]+|// .*\n)", re.MULTILINE)


def app_script() -> str:
    """Return a script that defines ``FORM``, whose function ``start`` begins."""
    return _NEEDLESS.sub("", bundled("form/app/main.js", name="FORM"))
