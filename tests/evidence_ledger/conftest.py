"""The set that the tests of ledgers share, and LibreOffice."""

import shutil
import subprocess

import pytest
from ledger_helpers import without_results, write_set


@pytest.fixture(scope="session")
def small_set(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("sets") / "mau-thu")


@pytest.fixture
def recalculated(tmp_path):
    """Return a function that lets LibreOffice compute a workbook whose results were taken out."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")

    def run(books):
        for name, data in books.items():
            (tmp_path / f"{name}.xlsx").write_bytes(without_results(data))
        profile = f"-env:UserInstallation=file://{(tmp_path / 'profile').as_posix()}"
        command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
        files = [str(tmp_path / f"{name}.xlsx") for name in books]
        subprocess.run(
            [*command, "--outdir", str(tmp_path / "out"), *files],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return {name: (tmp_path / "out" / f"{name}.xlsx").read_bytes() for name in books}

    return run
