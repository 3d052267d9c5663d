"""The house stays liveable: small functions, small modules."""

import ast
import statistics
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "scoring"
MODULES = sorted(PACKAGE.rglob("*.py"))


def function_lengths(path):
    """Lines of the body of each function of a module, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node, clean=False) else node.body
            yield body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.fixture(scope="module")
def lengths():
    return sorted(length for path in MODULES for length in function_lengths(path))


def test_the_median_function_has_at_most_seven_lines(lengths):
    assert statistics.median(lengths) <= 7


def test_nine_functions_in_ten_stay_under_thirty_lines(lengths):
    assert lengths[len(lengths) * 9 // 10] < 30


def test_no_function_is_longer_than_the_limit(lengths):
    assert lengths[-1] <= 45


def test_no_module_has_more_than_four_hundred_lines():
    long = {path.relative_to(PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines())
            for path in MODULES}  # fmt: skip
    assert not {name: lines for name, lines in long.items() if lines > 400}
