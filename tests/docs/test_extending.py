"""What the page on extending promises is carried out on a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")


def patch_of(heading):
    """The patch below a heading of the page."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.search(r"```diff\n(.*?)```", section, re.DOTALL)[1]


@pytest.fixture
def copy(tmp_path):
    for name in ("scoring", "tests", "criteria", "evidence", "docs"):
        # With what Python compiled of it, or every command would compile the tree anew.
        ignored = shutil.ignore_patterns("images")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    return tmp_path


def applied(patch, folder):
    """Apply `patch` below `folder` and return the files it touches."""
    done = subprocess.run(
        ["git", "apply", "--unidiff-zero", "-C1", "-"],
        cwd=folder, input=patch, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return re.findall(r"^\+\+\+ b/(.+)$", patch, re.MULTILINE)


def carried_out(copy, *command):
    """Run Python in the copy, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy, capture_output=True, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(copy), "PARINDEX_NO_SKIP": "", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def passing(copy, *what):
    """Run tests in the copy."""
    return carried_out(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *what)


def test_a_rule_kind_takes_four_files_and_has_all_its_faces(copy):
    touched = applied(patch_of("Một loại quy tắc · A rule kind"), copy)
    assert len(touched) <= 4
    # What is asked is that the new kind is tried like all others, not each of them once more at length.
    truth = copy / "tests" / "rules" / "test_excel_truth.py"
    text, count = re.subn(
        r"^(ITEMS_PER_KIND|FORMULA_ITEMS) = \d+", r"\1 = 20", truth.read_text("utf-8"), flags=re.M
    )
    assert count == 2
    truth.write_text(text, encoding="utf-8")
    passing(copy, "tests/rules", "-k", "rank")


def test_a_chart_takes_four_files_and_stands_in_the_gallery(copy):
    touched = applied(patch_of("Một biểu đồ · A chart"), copy)
    assert len(touched) <= 4
    passing(copy, "tests/outputs/test_chart_unit_bars.py")
    shown = "import make_gallery as m; print([one.name for one in m.drawn()])"
    assert "unit_bars" in carried_out(
        copy, "-c", f"import sys; sys.path.insert(0, 'docs'); {shown}"
    )


def test_a_column_takes_one_file_and_is_read_checked_and_described(copy):
    touched = applied(patch_of("Một cột · A column"), copy)
    assert touched == ["scoring/tables/columns.csv"]
    (copy / "progress.csv").write_text(
        "task_code,done_on,reported_on\nI.1,,05/02/2026\n", encoding="utf-8"
    )
    used = """
from pathlib import Path
from scoring.files.declared_tables import read_declared
from scoring.tables import empty, sound_rows
table, _ = read_declared(Path("progress.csv"), "Progress")
print(table["reported_on"].dt.strftime("%Y-%m-%d").tolist(), list(empty("Progress")))
wrong = table.assign(reported_on="soon")
try:
    print([finding.code for finding in sound_rows(wrong, "Progress")[1]])
except Exception as error:
    print(type(error).__name__, error)
import sys; sys.path.insert(0, "docs")
import make_dictionary
print("reported_on" in str(make_dictionary.pages()))
"""
    read, refused, described = carried_out(copy, "-c", used).splitlines()
    assert read == "['2026-02-05'] ['task_code', 'done_on', 'reported_on', 'note']"
    assert "reported_on" in refused
    assert described == "True"


def test_a_file_format_takes_two_files_and_is_read_from_its_bytes(copy):
    touched = applied(patch_of("Một định dạng tệp · A file format"), copy)
    assert len(touched) <= 2
    used = """
from scoring.files.office.formats import read_file
page = b"MIME-Version: 1.0\\nContent-Type: multipart/related; boundary=b\\n\\n--b\\n"
page += b"Content-Type: text/html; charset=utf-8\\n\\n<p>12/KH-SNV</p>\\n--b--\\n"
content = read_file("luu.mht", page)
print(content.type, content.text.strip())
"""
    assert carried_out(copy, "-c", used).split() == ["mht", "12/KH-SNV"]
    passing(copy, "--doctest-modules", "scoring/files/office")


def test_an_analysis_verb_takes_five_files_and_is_in_the_help(copy):
    touched = applied(patch_of("Một lệnh phân tích · An analysis verb"), copy)
    assert len(touched) <= 5
    passing(copy, "tests/cli/test_spread_verb.py")
    assert "spread" in carried_out(copy, "-m", "scoring", "--help")


@pytest.mark.node
def test_a_module_for_pages_takes_two_files_and_can_stand_in_a_page(copy):
    shutil.copy(ROOT / "package.json", copy)
    files = applied(patch_of("Một mô-đun cho trang · A module for pages"), copy)
    assert len(files) == 2
    subprocess.run(
        [shutil.which("node"), "--test", files[1]], cwd=copy, check=True, capture_output=True
    )
    passing(copy, "tests/browser/test_browser_bundle.py")
