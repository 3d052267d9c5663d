"""A season played once for all tests of a file, with what other tests look at left out."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

import scoring.evidence.ledger as ledgers
from scoring.criteria import library
from scoring.evidence.ledger import making
from scoring.files.shipped import shipped_folder

sys.path[:0] = [str(shipped_folder("evidence")), str(Path(__file__).parent)]


class _Copied:
    """Blank ledgers: the first is made by the package, the others are it with their own names.

    Which names stand where the first is asked: what is made for a unit is that of another with
    its code and its name in place of the other's.
    """

    def __init__(self, make):
        self.make, self.first = make, None

    def __call__(self, criteria, unit, name, year, **options):
        options = {key: value for key, value in options.items() if value}
        key = (criteria.fingerprint, year, options)
        if self.first is None or self.first[0] != key:
            self.first = (key, unit, name, self.make(criteria, unit, name, year, **options))
        _, old, old_name, data = self.first
        return _renamed(data, {old_name: name, old: unit})


def _renamed(data, words):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            for word, other in words.items():
                text = text.replace(word.encode(), other.encode())
            new.writestr(entry, text)
    return made.getvalue()


@pytest.fixture(scope="module")
def quick():
    """Leave out pictures, pages and the large workbook; make, read each set and ledger once."""
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
        patch.setattr(making, "new_ledger", _Copied(making.new_ledger))
        for verb in (
            "batch.run",
            "cli.commands.appraising.compare",
            "cli.commands.appraising.years",
        ):
            patch.setattr(f"scoring.{verb}.save_charts", lambda jobs: [])
        patch.setattr("scoring.batch.run.write_report", lambda *args, **more: [])
        patch.setattr("scoring.batch.run._report_workbook", lambda result, folder, _: folder)
        yield
