"""The code is clean: style, types, layers, and no word of where it was made."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.mark.parametrize("command", [("ruff", "check"), ("ruff", "format", "--check")])
def test_style_is_clean(command):
    done = run(*command, "scoring", "tests", "benchmarks")
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_are_clean():
    done = run("mypy")
    assert done.returncode == 0, done.stdout


def test_no_layer_imports_one_above_it():
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_tracked_file_is_large():
    large = [
        path.name for path in tracked_files() if path.is_file() and path.stat().st_size > 500_000
    ]
    assert not large


def test_both_readmes_give_the_same_two_commands():
    def commands(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("python3 -m venv")]

    assert commands("README.md") == commands("README.vi.md")
    assert len(commands("README.md")) == 2
