"""The templates of this room: HTML is escaped, and a name that is not given is an error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import jinja2

from scoring.base.labels import label

_MARKDOWN = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]<>|#"})


def markdown_cell(value: object) -> str:
    """Return text that Markdown shows as it is: no mark, no HTML, no new cell.

    >>> markdown_cell("a|b <i>")
    'a\\\\|b \\\\<i\\\\>'
    """
    return str(value).translate(_MARKDOWN)


@cache
def environment() -> jinja2.Environment:
    """Return the environment that the templates run in."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("scoring.criteria", "templates"),
        autoescape=jinja2.select_autoescape(("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    made.filters["cell"] = markdown_cell
    return made


def words(lang: str) -> Callable[..., str]:
    """Return the function by which a template asks for the words of a language."""
    return lambda key, **values: label(key, lang, **values)
