"""Taking in ledgers, against bare calamine and pandas with openpyxl; writing one, against XlsxWriter.

Makes ledgers of 100 items and 300 documents, reads all of them in three ways and asserts that the
figures and documents agree. Ledgers are read in a child process under limits; what that costs is
shown by reading them once more without it. Pandas is given a tenth of them and its time multiplied.
Memory of ours is that of a process that does nothing but the intake. The blank ledger is compared
with a bare template of the same cells, rules and colours.

    python benchmarks/ledger_intake.py [LEDGERS ...] [--small | --full]
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import xlsxwriter
from made_ledgers import DISTINCT, DOCUMENTS, make_set, write_ledgers
from measuring import OURS, Claim, Claims, Cost, alone, in_turns, of_way, timed
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.ledger import Ledger, new_ledger, read_ledgers
from scoring.files.children import guarded

SIZES = {"small": [10], "normal": [125, 250, 500], "full": [500, 1_000, 2_000]}


def by_calamine(paths: Sequence[Path]) -> list[list[list[list[object]]]]:
    """Read every cell by calamine alone, trusting the files; keep nothing."""
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        last = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return [last]


def by_pandas(paths: Sequence[Path]) -> dict[str, pd.DataFrame]:
    """Read every cell by pandas with openpyxl, as most scripts do; keep nothing."""
    for path in paths:
        last = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
    return last


def check_equal(ledger: Ledger, path: Path, position: int) -> None:
    """Assert that the last ledger's figures and documents are those that pandas sees."""
    sheets = by_pandas([path])
    grid = sheets["Tự đánh giá"]
    keys = grid.iloc[6:, :].reset_index(drop=True)
    header = grid.iloc[5].tolist()
    entry, code = header.index("Số liệu kê khai"), header.index("Mã mục (không sửa)")
    name = header.index("Mã số liệu (không sửa)")
    seen = keys[[code, name, entry]].dropna()
    numbers = seen[pd.to_numeric(seen[entry], errors="coerce").notna()]
    theirs = {(str(c), n): float(v) for c, n, v in numbers.itertuples(index=False)}
    width = len(ledger.inputs) // len(ledger.infos)
    mine = ledger.inputs.iloc[position * width : (position + 1) * width]
    mine = mine[mine["value"].notna()]
    ours = dict(zip(zip(mine["item_code"], mine["input"], strict=True), mine["value"], strict=True))
    assert ours == theirs, "pandas sees other figures"
    assert len(ledger.documents) == DOCUMENTS * len(ledger.infos)
    assert not ledger.findings, ledger.findings[:3]


def bare_template(data: bytes) -> Callable[[], bytes]:
    """Return a function that writes the cells of a ledger by XlsxWriter, without any thought."""
    cells = []
    for sheet in load_workbook(io.BytesIO(data)):
        found = [(c.row - 1, c.column - 1, c.value) for row in sheet for c in row if c.has_style]
        rules = list(sheet.data_validations.dataValidation)
        colours = [
            (str(box.sqref), rule.formula[0])
            for box in sheet.conditional_formatting
            for rule in box.rules
        ]
        cells.append((sheet.title, found, rules, colours))

    def write() -> bytes:
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        look = book.add_format({"border": 1, "text_wrap": True})
        for title, found, rules, colours in cells:
            sheet = book.add_worksheet(title)
            for row, column, value in found:
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(row, column, value, look, 0)
                else:
                    sheet.write(row, column, value, look)
            for rule in rules:
                check = {"validate": "custom", "value": f"={rule.formula1 or 1}"}
                texts = {"input_title": rule.promptTitle, "input_message": rule.prompt}
                sheet.data_validation(str(rule.sqref).split()[0], {**check, **texts})
            for box, formula in colours:
                condition = {"type": "formula", "criteria": f"={formula}", "format": look}
                sheet.conditional_format(box.split()[0], condition)
        book.close()
        return stream.getvalue()

    return write


def take_in(folder: Path, count: Path) -> None:
    """Take in the first ledgers of a folder and do nothing else."""
    paths = sorted(folder.glob("*.xlsx"))[: int(str(count))]
    read_ledgers(paths, open_set(folder / "set"))
    guarded.end_child()


def claims(sizes: Sequence[int]) -> Claims:
    """Make the files, assert that all ways agree, then yield what they cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        criteria = make_set(folder / "set")
        paths = [folder / f"{n:04d}.xlsx" for n in range(max(*sizes, DISTINCT))]
        write_ledgers(criteria, paths)
        check_equal(read_ledgers(paths[:DISTINCT], criteria), paths[3], 3)
        costs = {count: intake_costs(folder, paths[:count], criteria) for count in sizes}
        yield Claim("ledger-intake", f"figures and documents of {DISTINCT} ledgers", costs)
    blank = lambda: new_ledger(criteria, "H1", "Đơn vị", 2026)  # noqa: E731
    bare = bare_template(blank())
    titles = [load_workbook(io.BytesIO(made)).sheetnames for made in (bare(), blank())]
    assert titles[0] == titles[1]
    ways = {OURS: blank, "bare template, XlsxWriter": bare}
    copied = "the sheets; the template's cells are copied from the ledger and not compared again"
    yield Claim("ledger-blank", copied, {1: in_turns(ways, 5)})


def intake_costs(folder: Path, paths: Sequence[Path], criteria: CriteriaSet) -> dict[str, Cost]:
    """Read the ledgers in every way, pandas a tenth of them."""

    def without_child() -> None:
        with guarded.unguarded():
            read_ledgers(paths, criteria)

    ways = {
        "calamine alone": lambda: by_calamine(paths),
        OURS: lambda: read_ledgers(paths, criteria),
        "without the child": without_child,
    }
    costs = in_turns(ways, 2)
    own = of_way(__file__, OURS, folder, len(paths))
    costs[OURS] = replace(costs[OURS], megabytes=own.megabytes, together=own.together)
    some = max(len(paths) // 10, 2)
    slow = timed(lambda: by_pandas(paths[:some]))[0].times(len(paths) / some)
    return {**costs, "pandas with openpyxl": slow}


if __name__ == "__main__":
    alone(claims, SIZES, {OURS: take_in})
