"""Whatever a room offers by name shows how it is used: an example in its docstring, which the tests run."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

WITHOUT = {
    "scoring.survey.comparison.compare_surveys": "every question of two surveys: over a second; see compare_units",
    "scoring.batch.run.write_outputs": "every file of a run: two seconds; tests/outputs_report reads them",
}
"""What has no example, and why."""


@cache
def text_of(module):
    """The text of a module or of a package's own file; empty where there is none."""
    path = ROOT.joinpath(*module.split("."))
    for place in (path / "__init__.py", path.with_suffix(".py")):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    return ""


@cache
def top(module):
    """The statements of a module, those that only type checkers read among them."""
    body = ast.parse(text_of(module)).body
    return body + [node for part in body if isinstance(part, ast.If) for node in part.body]


def modules():
    for path in sorted(ROOT.joinpath("scoring").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def said(module, name):
    """The texts that a module assigns to `name`: its ``__all__``, or the names of its charts."""
    if f"{name} = " not in text_of(module):
        return []
    given = [node for node in top(module) if isinstance(node, ast.Assign)]
    mine = [node for node in given if getattr(node.targets[0], "id", "") == name]
    texts = [part.value for node in mine for part in getattr(node.value, "elts", ())]
    return [text for text in texts if isinstance(text, str)]


@cache
def known(module):
    """What a module defines, and where it has its other names from."""
    names = {}
    for node in top(module):
        if isinstance(node, ast.ImportFrom):
            names |= {one.asname or one.name: (node.module, one.name) for one in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = node
    return names


def definition(module, name):
    """The module that defines a function or class, and its statement; None for anything else."""
    found = known(module).get(name)
    return definition(*found) if isinstance(found, tuple) else found and (module, found)


def without_example():
    missing = set()
    for module in modules():
        for name in said(module, "__all__") + said(module, "CHARTS"):
            found = definition(module, name)
            if found and ">>> " not in (ast.get_docstring(found[1]) or ""):
                missing.add(f"{found[0]}.{name}")
    return missing


def test_every_public_function_and_class_of_a_room_has_an_example():
    assert without_example() == set(WITHOUT)
