"""The fixture that most tests of this room start from."""

from pathlib import Path

import pytest
from small_criteria import write_folder


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    """Return the folder of a small sound set."""
    return write_folder(tmp_path / "bo-mau-nho")
