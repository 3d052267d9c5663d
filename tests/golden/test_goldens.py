"""Nothing that the main verbs write changes unnoticed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from goldens import RUNS, digests, frozen, made


@pytest.mark.parametrize("name", RUNS)
def test_a_run_writes_what_is_frozen(name, tmp_path):
    made(name, tmp_path)
    assert digests(tmp_path / name) == frozen()[name], (
        "see tests/golden/goldens.py; freeze anew only in a commit that says why"
    )
