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
    for name in ("scoring", "tests", "criteria"):
        ignored = shutil.ignore_patterns("__pycache__")
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


def test_a_rule_kind_takes_four_files_and_has_all_its_faces(copy):
    touched = applied(patch_of("Một loại quy tắc · A rule kind"), copy)
    assert len(touched) <= 4
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/rules",
         "-k", "rank"],
        cwd=copy, capture_output=True, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(copy), "PARINDEX_NO_SKIP": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
