"""Every threat that the security page says is answered, and every promise, has a test that tests."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
HEADS = {"threats": "| Mối nguy", "promises": "| Trang · Page |"}
PAGES = ("README.md", "README.vi.md", "docs/exchange.md", "docs/form.md", "docs/dossiers.md",
         "docs/scale.md", "docs/security.md", "docs/tasks.md")  # fmt: skip
# Words that no page says of safety without a promise.
PROMISING = re.compile(
    r"không bao giờ|không cần mạng|không mạng|không mở kết nối|không theo liên kết|không tệp nào rời"
    r"|không công bố gì|không che được|hides nothing|nothing is published|\bnever\b|no network"
    r"|without network|from the network",
    re.IGNORECASE,
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(page, kind):
    """Return the rows of all tables of a kind, each as its cells."""
    found, is_inside = [], False
    for line in page.splitlines():
        if not line.startswith("|"):
            is_inside = False
        elif line.startswith(HEADS[kind]):
            is_inside = True
        elif is_inside and line.startswith("| "):
            found.append([cell.strip() for cell in line.strip("| ").split(" | ")])
    return found


@cache
def functions_in(path):
    """Return the functions of a test module by name; None where there is no such module."""
    if not (ROOT / path).is_file():
        return None
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def holds_anything(function, others):
    """Say whether a test asserts, expects a refusal, or calls a helper of its module that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            helper = others.get(called)
            if called == "pytest.raises" or (
                helper is not None and helper is not function and holds_anything(helper, {})
            ):
                return True
    return False


def is_left_out(function):
    """Say whether a test never runs, or may fail: what depends on the machine is another matter."""
    marks = [ast.unparse(one).partition("(")[0] for one in function.decorator_list]
    if {"pytest.mark.skip", "pytest.mark.xfail"} & set(marks):
        return True
    calls = [one.value for one in function.body if isinstance(one, ast.Expr)]
    return any(ast.unparse(call).startswith(("pytest.skip(", "pytest.xfail(")) for call in calls)


def faults_of_tests(cell):
    """Return what is wrong with the tests that a cell names."""
    named = NAMED.findall(cell)
    found = [] if named else ["names no test"]
    for path, name in named:
        functions = functions_in(path)
        if functions is None or name not in functions:
            found.append(f"{name} does not exist")
        elif is_left_out(functions[name]):
            found.append(f"{name} is left out")
        elif not holds_anything(functions[name], functions):
            found.append(f"{name} asserts nothing")
    return found


def faults_of_places(cell):
    """Return the places of a threat that do not exist."""
    folder, found = ROOT, []
    for place in re.findall(r"`([\w/.]+)`", cell):
        # A name alone lies in the folder of the one before it.
        path = ROOT / place if "/" in place else folder / place
        found += [] if path.exists() else [f"{place} does not exist"]
        folder = path if path.is_dir() else path.parent
    return found


def plain(text):
    """Return the running text of a page; what stands in threats is tested by their rows."""
    kept = (line for line in text.splitlines() if not re.match(r"\|.*::test_", line))
    return re.sub(r"\s+", " ", " ".join(kept))


def faults(page, texts):
    """Return everything that is wrong with a security page about pages of these texts."""
    found = []
    for threat, *_, where, tests in rows(page, "threats"):
        told = [*faults_of_tests(tests), *faults_of_places(where)]
        found += [f"{threat}: {one}" for one in told]
    quotes = {}
    for name, quote, tests in rows(page, "promises"):
        file = name.strip("`")
        quotes.setdefault(file, []).append(quote)
        found += [f"{file}, {quote}: {one}" for one in faults_of_tests(tests)]
        if quote not in texts.get(file, ""):
            found.append(f"{file} does not say: {quote}")
    for file, text in texts.items():
        rest = text
        for quote in quotes.get(file, []):
            rest = rest.replace(quote, "")
        found += [
            f"{file} promises without a test: …{rest[max(0, m.start() - 40) : m.end() + 40]}…"
            for m in PROMISING.finditer(rest)
        ]
    return found


@pytest.fixture(scope="module")
def texts():
    return {name: plain((ROOT / name).read_text(encoding="utf-8")) for name in PAGES}


def test_every_threat_and_every_promise_has_a_test_that_tests(texts):
    assert faults(PAGE, texts) == []


def test_the_page_knows_many_threats_and_promises():
    assert len(rows(PAGE, "threats")) > 35 and len(rows(PAGE, "promises")) > 25


ROW = "| Mối nguy | A | B | C |\n|---|---|---|---|\n| bom | đếm | `scoring/` | {} |\n"
SPOILT = (
    "import pytest\n@pytest.mark.skip\ndef test_never(): assert 1\n"
    "def test_hollow(): print(1)\ndef test_waits():\n    pytest.skip('x')\n    assert 1\n"
)


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("", "bom: names no test"),
        ("`tests/docs/test_none.py::test_a`", "bom: test_a does not exist"),
        ("`tests/docs/test_security_page.py::test_a`", "bom: test_a does not exist"),
        ("`tests/spoilt.py::test_never`", "bom: test_never is left out"),
        ("`tests/spoilt.py::test_waits`", "bom: test_waits is left out"),
        ("`tests/spoilt.py::test_hollow`", "bom: test_hollow asserts nothing"),
    ],
)
def test_a_hole_in_the_page_is_found(named, fault, tmp_path, monkeypatch):
    if "spoilt" in named:
        (tmp_path / "tests").mkdir()
        (tmp_path / "scoring").mkdir()
        (tmp_path / "tests" / "spoilt.py").write_text(SPOILT, encoding="utf-8")
        monkeypatch.setitem(globals(), "ROOT", tmp_path)
    functions_in.cache_clear()
    assert faults(ROW.format(named), {}) == [fault]
    functions_in.cache_clear()


def test_a_promise_that_no_row_quotes_or_no_page_says_is_found():
    own = "`tests/docs/test_security_page.py::test_a_hole_in_the_page_is_found`"
    page = (
        f"| Trang · Page | Lời | Kiểm thử |\n|---|---|---|\n| `README.md` | never run | {own} |\n"
    )
    assert faults(page, {"README.md": "macros never run"}) == []
    told = faults(page, {"README.md": "macros never run, links are never followed"})
    assert len(told) == 1 and "links are never followed" in told[0]
    assert faults(page, {"README.md": "macros"}) == ["README.md does not say: never run"]
