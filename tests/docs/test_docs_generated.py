"""The pages made from the package are up to date, and every public name says what it does."""

import inspect
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import scoring
from scoring.rules import RULE_KINDS

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("make_api", "make_architecture", "make_dictionary", "make_method", "make_trust")
PUBLIC = [name for name in scoring.__all__ if name != "__version__"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_generated_page_is_up_to_date(script):
    pages = runpy.run_path(str(ROOT / "docs" / f"{script}.py"))["pages"]()
    for path, expected in pages.items():
        assert path.read_text("utf-8") == expected, "run: python docs/make_pages.py"


def test_the_method_shows_every_rule_kind():
    page = (ROOT / "docs" / "method.md").read_text("utf-8")
    assert re.findall(r"^### `(\w+)`", page, re.MULTILINE) == list(RULE_KINDS)
    assert page.count("- Excel: `=") == len(RULE_KINDS)


def test_every_column_of_the_dictionary_has_a_meaning():
    page = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    empty = [line for line in page.splitlines() if line.endswith("|  |")]
    assert not empty


def test_every_table_of_the_dictionary_is_told_in_vietnamese():
    page = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert not re.findall(r"^### (\w+)\n\n\n", page, re.MULTILINE)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_whole_docstring(name):
    thing = getattr(scoring, name)
    doc = inspect.getdoc(thing)
    wanted = {"Examples"}
    if inspect.isfunction(thing):
        wanted |= {"Returns"}
        wanted |= {"Parameters"} if inspect.signature(thing).parameters else set()
    elif hasattr(thing, "__dataclass_fields__"):
        wanted |= {"Attributes"}
    missing = [section for section in wanted if f"\n{section}\n---" not in doc]
    assert not missing, f"{name} lacks {missing}"
    assert ">>> " in doc


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_tells_every_parameter(name):
    thing = getattr(scoring, name)
    if inspect.isfunction(thing):
        doc = inspect.getdoc(thing)
        for parameter in inspect.signature(thing).parameters:
            assert re.search(rf"^[*\w, ]*\b{parameter}\b", doc, re.MULTILINE), parameter


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_the_scripts_of_the_documentation_are_clean(command):
    scripts = [str(path) for path in sorted((ROOT / "docs").glob("*.py"))]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, *scripts],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
