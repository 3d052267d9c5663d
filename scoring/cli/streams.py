"""A program that was begun without some of its streams, as by a service, speaks to nobody."""

from __future__ import annotations

import os
import sys


def have_streams() -> None:
    """Put the empty device in the place of every stream that is missing.

    Nothing then needs to ask whether there is one, and no file that is opened later gets its number,
    which would let a message of another program into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
