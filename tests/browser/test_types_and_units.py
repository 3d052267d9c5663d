"""Our JavaScript fits its own types, and its own tests hold in Node."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def run(*command):
    done = subprocess.run(
        [*map(str, command)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert not done.returncode, done.stdout + done.stderr


@pytest.mark.type_checker
@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.scripts.json"])
def test_types_hold(type_checker, project):
    """The modules of pages, and the parts of a set's script, which share one function."""
    run(type_checker, "--project", ROOT / project, "--pretty", "false")


@pytest.mark.node
def test_tests_in_node_hold():
    run(shutil.which("node"), "--test", *sorted(ROOT.glob("tests/*/*.test.js")))
