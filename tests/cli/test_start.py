"""What a verb loads: libraries that it has no use for are what makes short verbs slow."""

import json
import os
import subprocess
import sys
from pathlib import Path

from scoring.files.shipped import shipped_folder

LEDGER = str(shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx")
RUN = """
import json, sys
from scoring.cli.entry import main
said, sys.stdout = sys.stdout, sys.stderr
code = main()
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules}),
                  sorted(name for name in sys.modules if name.startswith("scoring."))]), file=said)
"""
READ = """
import json, sys
import scoring.files.children.worker
from dataclasses import asdict
from pathlib import Path
from scoring.files.children.guarded import call
from scoring.files.limits import Limits
data, options = Path(sys.argv[1]).read_bytes(), {"limits": asdict(Limits()), "file": "l.xlsx"}
book = call("scoring.files.excel.workbook:workbook_of", options | {"reader": "auto"}, data)
print(json.dumps([len(book.sheets), sorted({name.split(".")[0] for name in sys.modules})]))
"""
HEAVY = {"matplotlib", "docx", "pandera", "openpyxl", "xlsxwriter", "jinja2", "pypdf", "pdfplumber",
         "icalendar", "scipy", "PIL", "dask", "duckdb", "typst", "pptx"}  # fmt: skip


def _said(program: str, *command: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, *command], capture_output=True, text=True, check=True
    ).stdout


def loaded(*command: str) -> tuple[set[str], set[str]]:
    """Return the packages, and the modules of ours, that a command line loads."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command], capture_output=True, text=True, env=os.environ
    )
    code, packages, ours = json.loads(done.stdout)
    assert code == 0, done.stderr
    return set(packages), set(ours)


def test_help_loads_no_numbers():
    packages, ours = loaded("--help")
    assert not packages & (HEAVY | {"numpy", "pandas", "lark", "lxml"})
    assert not [name for name in ours if name.startswith("scoring.criteria")]


def test_checking_a_ledger_loads_nothing_that_writes_or_advises():
    packages, ours = loaded("ledger", "check", LEDGER)
    assert "pandas" in packages
    # Names of sheets that are those of the template are compared with nothing.
    assert "rapidfuzz" not in packages
    assert sorted(packages & HEAVY) == []
    rooms = {name.split(".")[1] for name in ours}
    assert not rooms & {"advice", "whatif", "uncertainty", "survey", "dossiers", "plan", "form"}
    assert "scoring.evidence.documents.identify" not in ours


def test_drawing_three_charts_loads_no_other_and_reads_no_plan(tmp_path):
    _, ours = loaded("demo", "--out", str(tmp_path))
    charts = {name.split(".")[3] for name in ours if name.startswith("scoring.outputs.charts.")}
    assert not charts & {"chances", "plans", "surveys"}
    assert "scoring.plan.plan_import" not in ours


def test_a_chart_is_drawn_without_the_help_texts_of_what_draws_it(tmp_path):
    """Composing them takes half of loading matplotlib; people who ask for help still find them."""
    inputs = str(Path(LEDGER).with_name("inputs.csv"))
    score = ["score", inputs, "--criteria", "service-quality-766", "--out", str(tmp_path)]
    ask = "from matplotlib.lines import Line2D; print(Line2D.set.__doc__, file=said)"
    kept = "import scoring.outputs.theme, sys; said = sys.stdout; " + ask
    assert _said(RUN.replace("print(", f"{ask}; print(", 1), *score).startswith("None\n")
    assert "linewidth" in _said(kept)


def test_explaining_an_item_loads_nothing_that_writes():
    packages, _ = loaded("explain", "5.3", LEDGER)
    assert sorted(packages & HEAVY) == []


def test_the_reading_child_loads_no_numbers():
    """The child starts for one ledger too; numpy alone would double its start."""
    done = subprocess.run([sys.executable, "-c", READ, LEDGER], capture_output=True, text=True)
    sheets, packages = json.loads(done.stdout)
    assert sheets > 3
    assert not set(packages) & (HEAVY | {"numpy", "pandas", "lark"})


def test_numbers_are_added_up_by_one_thread_unless_asked_otherwise(monkeypatch):
    """Starting one per processor costs a short verb a tenth; and sums differ by their number."""
    ask = "import os; print(os.environ['OPENBLAS_NUM_THREADS'], file=said)"
    program = RUN.replace("print(", f"{ask}; print(", 1)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert _said(program, "explain", "5.3", LEDGER).startswith("1\n")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert _said(program, "explain", "5.3", LEDGER).startswith("3\n")
