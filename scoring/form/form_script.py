"""The script of the form: its modules as one function, in the order of their imports."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_IMPORT = re.compile(r'^import \{[^}]*\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.MULTILINE)


@cache
def app_script() -> str:
    """Return a script that defines ``FORM`` with the function ``start``."""
    texts: dict[str, str] = {}
    _gather("form/app/main.js", texts)
    body = "".join(texts.values())
    return f'const FORM = (() => {{\n"use strict";\n{body}return {{ start }};\n}})();\n'


def _gather(path: str, texts: dict[str, str]) -> None:
    """Put the modules that one needs before it, each once."""
    text = _module(path).read_text("utf-8").replace("\r\n", "\n")
    for name in _IMPORT.findall(text):
        needed = _joined(path, name)
        if needed not in texts:
            _gather(needed, texts)
    texts[path] = _EXPORT.sub("", _IMPORT.sub("", text))


def _module(path: str) -> Traversable:
    return resources.files("scoring").joinpath(*path.split("/"))


def _joined(path: str, name: str) -> str:
    parts = path.split("/")[:-1]
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
