"""The notebooks run from top to bottom on the shipped examples, and read as stories."""

import ast
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import scoring

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BY_NAME = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
# A word of what each story must end up saying, so that an empty run does not pass.
TOLD = {
    "01-start-here": "61,89",
    "02-where-the-points-went": "items hold 80% of the loss",
    "03-evidence-at-risk": "có chứng minh 76,39",
    "04-plan-and-calendar": "Sắp đến hạn",
    "05-your-own-criteria-set": "chưa dùng được: 1 lỗi",
    "06-satisfaction-survey": "khác biệt thật",
    "07-the-season": "lãnh đạo bị kỷ luật trong năm",
}

# Parameters of stories that take long: the same conclusion from less.
SHORTER = {"07-the-season": (r"UNITS = \(.*?\)", 'UNITS = ("so-01", "so-04")')}


def read(path):
    # It takes two seconds to load, and every process collects this file.
    import nbformat

    return nbformat.read(path, 4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def test_every_notebook_has_its_conclusion_checked():
    assert [path.stem for path in NOTEBOOKS] == sorted(TOLD)


@pytest.fixture(scope="module")
def kernel():
    """One kernel for all notebooks, for imports cost seconds; it forgets its names between two."""
    from jupyter_client import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=os.environ | {"PYTHONPATH": str(ROOT)})
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.fixture
def run(kernel, tmp_path):
    """Execute a notebook in an empty folder and return what its cells show, as one text."""
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell

    forget = 'os.environ.pop("PARINDEX_LANG", None)'
    empty = f"%reset -f\nimport os; os.chdir({str(tmp_path)!r}); {forget}; del os"

    def shown(notebook):
        notebook.cells.insert(0, new_code_cell(empty))
        NotebookClient(notebook, kernel, timeout=120).execute()
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        return "\n".join(str(output.get("data", "")) for output in outputs)

    return shown


@BY_NAME
def test_a_notebook_runs_and_reaches_its_conclusion(path, run):
    notebook = read(path)
    if path.stem in SHORTER:
        parameters = next(cell for cell in notebook.cells if cell.cell_type == "code")
        parameters.source, count = re.subn(*SHORTER[path.stem], parameters.source)
        assert count == 1
    assert TOLD[path.stem] in run(notebook)
    noise = [out for cell in notebook.cells for out in cell.get("outputs", []) if "text" in out]
    assert not noise, "a notebook prints warnings"


def test_one_word_of_the_parameters_turns_a_notebook_english(run):
    notebook = read(NOTEBOOKS[0])
    parameters = next(cell for cell in notebook.cells if cell.cell_type == "code")
    parameters.source = parameters.source.replace('LANG = "vi"', 'LANG = "en"')
    shown = run(notebook)
    assert "Index: 61.89 of 100 points" in shown
    assert "Điểm tối đa" not in shown


@BY_NAME
def test_a_notebook_is_stripped_and_names_no_place_of_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(path))
    assert not re.search(r"[\"'](/|[A-Za-z]:\\\\|~)\w", text)


# What `docs/api_intro.md` offers; everything else is the inside of the house.
PUBLIC = {"scoring", "scoring.charts", "scoring.plan", "scoring.evidence.proof", "scoring.survey"}


def private_names(source):
    """Return the names of the package that a cell uses although nobody promised them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "scoring":
            offered = getattr(importlib.import_module(node.module), "__all__", ())
            for name in node.names:
                if node.module not in PUBLIC or name.name not in offered:
                    found.append(f"{node.module}.{name.name}")
        elif isinstance(node, ast.Import):
            found += [
                n.name for n in node.names if n.name.startswith("scoring.") and n.name not in PUBLIC
            ]
        elif isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", "")
            is_inside = owner == "scoring" and node.attr not in scoring.__all__
            if is_inside or re.match(r"_(?!repr_)", node.attr):
                found.append(f"{owner}.{node.attr}")
    return found


@BY_NAME
def test_a_notebook_uses_public_names_only(path):
    assert [name for cell in code_cells(path) for name in private_names(cell.source)] == []


def test_the_api_page_names_the_public_modules_and_a_private_name_is_found():
    page = (ROOT / "docs" / "api_intro.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page or name == "scoring" for name in PUBLIC)
    for source in ("from scoring.batch.run import compute", "import scoring.batch.run",
                   "from scoring.plan import _plan", "scoring.batch", "sheet._points"):  # fmt: skip
        assert private_names(source), source


@BY_NAME
def test_a_notebook_has_one_cell_of_parameters_and_no_long_function(path):
    cells = code_cells(path)
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == cells[:1]
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 5


@BY_NAME
def test_a_notebook_speaks_vietnamese_and_english_and_concludes(path):
    prose = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    assert "Kết luận dùng lại được" in prose[-1]
    assert re.search(r"^\*[A-Z].+\*$", prose[-1], re.MULTILINE | re.DOTALL)


def test_the_code_of_notebooks_is_clean():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "notebooks"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
