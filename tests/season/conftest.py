"""A season played once for all tests of a file, with what other tests look at left out."""

import sys
from pathlib import Path

import pytest

import scoring.evidence.ledger as ledgers
from scoring.criteria import library
from scoring.files.shipped import shipped_folder

sys.path[:0] = [str(shipped_folder("evidence")), str(Path(__file__).parent)]


@pytest.fixture(scope="module")
def quick():
    """Leave out pictures, pages and the large workbook; read each set and ledger once."""
    kept = {}

    def once(function, key_of):
        def remembered(*given):
            key = (function, *key_of(*given))
            if key not in kept:
                kept[key] = function(*given)
            return kept[key]

        return remembered

    def version(path, criteria=None):
        return (Path(path).name, Path(path).read_bytes(), criteria and criteria.fingerprint)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledgers, "read_ledger", once(ledgers.read_ledger, version))
        patch.setattr(
            library, "check_set", once(library.check_set, lambda name: [str(name), Path.cwd()])
        )
        for verb in ("batch.run", "cli.commands.compare", "cli.commands.years"):
            patch.setattr(f"scoring.{verb}.save_charts", lambda jobs: [])
        patch.setattr("scoring.batch.run.write_report", lambda *args, **more: [])
        patch.setattr("scoring.batch.run._report_workbook", lambda result, folder, _: folder)
        yield
