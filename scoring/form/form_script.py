"""The script of the form: its modules, and those of the library that they need."""

from __future__ import annotations

import re

from scoring.browser import bundled

# A page of 400 kB has no room for what no reader needs: blanks, names of modules, ends of lines
# behind a mark that goes on or ends a block. None of our texts spans lines or holds these marks.
_NEEDLESS = re.compile(r"^(?:[ \t]+|// .*\n)", re.MULTILINE)
_LINE_ENDS = re.compile(r"(?<=[;,{}(\[])\n|\n(?=[)\]}])|(?<=\)) (?=\{)")
_ROOM = re.compile(r" (=>|===|&&) ")


def app_script() -> str:
    """Return a script that defines ``FORM``, whose function ``start`` begins."""
    script = _NEEDLESS.sub("", bundled("form/app/main.js", name="FORM"))
    return _ROOM.sub(r"\1", _LINE_ENDS.sub("", script)) + "\n"
