"""The set that the tests of ledgers share."""

import pytest
from excel_tools import recalculated_all
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


@pytest.fixture
def all_computed_by_libreoffice(tmp_path, tmp_path_factory):
    """The same for several workbooks, by one start of LibreOffice."""

    def run(books):
        paths = [tmp_path / f"ledger-{number}.xlsx" for number in range(len(books))]
        for path, data in zip(paths, books, strict=True):
            path.write_bytes(without_results(data))
        profile = tmp_path_factory.mktemp("libreoffice-profile")
        return [path.read_bytes() for path in recalculated_all(paths, profile)]

    return run
