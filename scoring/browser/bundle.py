"""Modules of JavaScript as one script, for pages that no build step and no server stands behind.

A module imports others by relative paths, which Node, browsers and the type checker follow too.
Here the modules that an entry needs stand one after the other in a single strict function, each
in a function of its own that gives out what it exports; so only exported names must differ.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"\n]+)";\n', re.MULTILINE)
_LOADED = re.compile(r'^import "([^"\n]+)";\n', re.MULTILINE)
_EXPORTED = re.compile(
    r"^export (?=(?:async )?(?:function\*?|const|class) ([A-Za-z_$][\w$]*))", re.MULTILINE
)
# What the patterns above do not take, what would fetch something while a page runs, and what
# would end the script that the page holds.
_ODD = re.compile(
    r"^(?:import|export)\b[^\n]*|\bimport\([^\n]*|</script[^\n]*|<!--[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)\n|/\*\* @type [^\n]*?\*/ ?",
    re.MULTILINE | re.DOTALL,
)
_EMPTY_LINES = re.compile(r"\n{2,}")


class BundleError(ValueError):
    """A module that cannot be put into a page: the message names it and says why.

    Examples
    --------
    >>> try:
    ...     bundled("no-such-module.js")
    ... except BundleError as error:
    ...     print(error)
    no-such-module.js: there is no such module
    """


@cache
def bundled(*entries: str, name: str = "") -> str:
    """Return the modules that `entries` need as one script.

    Parameters
    ----------
    *entries : str
        Paths below ``scoring/``, as ``form/app/main.js`` or ``browser/lib/numbers.js``; run in
        this order.
    name : str
        A constant by which other scripts of the page reach what the last entry exports.

    Returns
    -------
    str
        A strict function that is called at once. Comments on lines of their own are left out.

    Raises
    ------
    BundleError
        When a module is missing or imports what is not there, itself in a circle, or in a form
        that is not ours; and when two modules give one name.

    Examples
    --------
    >>> script = bundled("browser/lib/numbers.js")
    >>> script.index("function clean(") < script.index("function readNumber(")
    True
    >>> "import " in script, "export " in script
    (False, False)
    """
    order: dict[str, str] = {}
    for entry in entries:
        _add(posixpath.normpath(entry), (), order)
    _check_names(order)
    body = "".join(_enclosed(place, text) for place, text in order.items())
    given = _EXPORTED.findall(source(entries[-1])) if name else []
    return _function(f'"use strict";\n{body}', given, name)


def imported(place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the modules that the module at `place` imports, each with the names it takes.

    >>> [module for module, _ in imported("browser/lib/numbers.js")]
    ['browser/lib/text.js']
    """
    text, folder = source(place), posixpath.dirname(place)
    for names, path in _IMPORT.findall(text):
        yield (
            _module(folder, path),
            tuple(part.strip() for part in names.split(",") if part.strip()),
        )
    for path in _LOADED.findall(text):
        yield _module(folder, path), ()


@cache
def source(place: str) -> str:
    """Return the text of a module below ``scoring/``, whatever line ends a checkout gave it."""
    path = resources.files("scoring").joinpath(*place.split("/"))
    if place.startswith("..") or not place.endswith(".js") or not path.is_file():
        raise BundleError(f"{place}: there is no such module")
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _module(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _add(place: str, above: tuple[str, ...], order: dict[str, str]) -> None:
    """Put a module into `order`, behind all that it imports."""
    if place in above:
        raise BundleError(
            " -> ".join((*above[above.index(place) :], place)) + ": a circle of imports"
        )
    if place in order:
        return
    text = _plain(place)
    for module, names in imported(place):
        _add(module, (*above, place), order)
        if missing := sorted(set(names).difference(_EXPORTED.findall(source(module)))):
            raise BundleError(f"{place}: {module} does not export {', '.join(missing)}")
    order[place] = text


def without_remarks(text: str) -> str:
    """Return a script without comments on lines of their own and without the types of values.

    >>> without_remarks("// One.\\nconst one = /** @type {number} */ (1);\\n")
    'const one = (1);\\n'
    """
    return _COMMENT.sub("", text)


def _plain(place: str) -> str:
    """Return a module without imports, without the word export and without comments."""
    text = without_remarks(_LOADED.sub("", _IMPORT.sub("", source(place))))
    text = _EMPTY_LINES.sub("\n", _EXPORTED.sub("", text)).strip("\n") + "\n"
    if odd := _ODD.search(text):
        raise BundleError(f"{place}: a form that a page cannot take in: {odd.group().strip()}")
    return text


def _check_names(order: dict[str, str]) -> None:
    owners: dict[str, str] = {}
    for place in order:
        for name in _EXPORTED.findall(source(place)):
            if name in owners:
                raise BundleError(f"{name} stands in {owners[name]} and again in {place}")
            owners[name] = place


def _enclosed(place: str, text: str) -> str:
    names = _EXPORTED.findall(source(place))
    return f"// {place}\n" + _function(text, names, f"{{ {', '.join(names)} }}")


def _function(body: str, given: list[str], into: str) -> str:
    """Return a function that is called at once, and what it gives as constants."""
    if not given:
        return f"(function () {{\n{body}}})();\n"
    return f"const {into} = (function () {{\n{body}return {{ {', '.join(given)} }};\n}})();\n"
