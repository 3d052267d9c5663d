"""What argparse says about a wrong command line, in the caller's language.

Its own messages are English only. Each known one is taken apart here and said again; a message
that a later Python words differently stays as it is, which is English but never wrong.
"""

from __future__ import annotations

import re

from scoring.base.labels import label

_SAYINGS = (
    (r"the following arguments are required: (?P<names>.+)", "cli_missing_arguments"),
    (r"unrecognized arguments: (?P<names>.+)", "cli_unknown_arguments"),
    (
        r"argument (?P<name>.+?): invalid choice: (?P<value>'.*') \(choose from (?P<choices>.+)\)",
        "cli_invalid_choice",
    ),
    (r"argument (?P<name>.+?): invalid int value: (?P<value>'.*')", "cli_invalid_number"),
    (r"argument (?P<name>.+?): expected one argument", "cli_missing_value"),
)


def usage_message(message: str, lang: str) -> str:
    """Return argparse's `message` in `lang`.

    Examples
    --------
    >>> usage_message("unrecognized arguments: --aa", "vi")
    'không có tham số --aa'
    """
    for pattern, key in _SAYINGS:
        if found := re.fullmatch(pattern, message, flags=re.DOTALL):
            return label(key, lang, **found.groupdict())
    return message
