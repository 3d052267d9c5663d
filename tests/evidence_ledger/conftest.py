"""The set that the tests of ledgers share."""

import pytest
from ledger_helpers import without_results, write_set


@pytest.fixture(scope="session")
def small_set(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("sets") / "mau-thu")


@pytest.fixture
def computed_by_libreoffice(tmp_path, recalculate):
    """A function that lets LibreOffice compute a workbook whose results were taken out."""

    def run(data):
        path = tmp_path / "ledger.xlsx"
        path.write_bytes(without_results(data))
        return recalculate(path).read_bytes()

    return run
