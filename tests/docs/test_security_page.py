"""Every threat that the security page says is answered has a test of that name."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| (?!Mối nguy)", line)]


@cache
def names_in(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_threat_names_a_test_that_exists_and_a_place(row):
    *_, where, named, _ = row.split("|")
    tests = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", named)
    assert tests
    for path, name in tests:
        assert name in names_in(path)
    folder = ROOT
    for place in re.findall(r"`([\w/.]+)`", where):
        # A name alone lies in the folder of the one before it.
        path = ROOT / place if "/" in place else folder / place
        assert path.exists(), place
        folder = path if path.is_dir() else path.parent


def test_the_page_knows_many_threats():
    assert len(ROWS) > 20
