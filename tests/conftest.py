"""What tests of several rooms share: the reference folder and LibreOffice."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from excel_tools import find_soffice, recalculated

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_folder():
    """The customer's reference folder, beside the checkout or where PARINDEX_SHARED points."""
    folder = Path(os.environ.get("PARINDEX_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the reference folder ../shared is absent; set PARINDEX_SHARED to it")
    return folder


@pytest.fixture(scope="session")
def recalculate(tmp_path_factory):
    """A function from a workbook's path to the path of the same, recalculated by LibreOffice."""
    if find_soffice() is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    profile = tmp_path_factory.mktemp("libreoffice-profile")
    return lambda path: recalculated(path, profile)
