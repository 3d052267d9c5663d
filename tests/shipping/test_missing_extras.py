"""A computer without an extra is told which one a verb needs, with an exit code and no traceback."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import missing_extras
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Exit code and words of every command, all run in one process without the libraries."""
    folder = tmp_path_factory.mktemp("bare")
    done = subprocess.run([sys.executable, missing_extras.__file__, str(folder)],
                          capture_output=True, encoding="utf-8")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", missing_extras.SAID)
def test_a_missing_extra_is_named_with_its_remedy(name, said):
    _, expected, finding, extra = missing_extras.SAID[name]
    code, words = said[name]
    assert (code, "Traceback" in words) == (expected, False), words
    assert f"[{finding}]" in words and f'"par-index-scoring[{extra}]"' in words, words


def test_every_extra_that_a_verb_needs_is_tried():
    # Run notebooks, make these pages, develop: no verb asks for them.
    named = {extra for *_, extra in missing_extras.SAID.values()} | {"objects"}
    assert named == set(EXTRAS) - {"notebooks", "docs", "dev"}
