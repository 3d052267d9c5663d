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
def test_types_hold(type_checker):
    run(type_checker, "--project", ROOT / "tsconfig.json", "--pretty", "false")


@pytest.mark.node
def test_tests_in_node_hold():
    run(shutil.which("node"), "--test", *sorted(ROOT.glob("tests/*/*.test.js")))
