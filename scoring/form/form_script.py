"""The script of the form: its modules, and those of the library that they need."""

from __future__ import annotations

from scoring.browser import bundled


def app_script() -> str:
    """Return a script that defines ``FORM``, whose function ``start`` begins."""
    return bundled("form/app/main.js", name="FORM")
