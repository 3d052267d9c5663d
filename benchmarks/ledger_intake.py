"""Taking in ledgers, against bare calamine and pandas with openpyxl; writing one, against XlsxWriter.

Makes ledgers of 100 items and 300 documents, reads all of them in three ways in one process, and
asserts that the figures and documents agree. Ledgers are read in a child process under limits
(`scoring.files.children.guarded`); what that costs is shown by reading them once more without it. Times
are processor time of the process and its child together, where the system tells that of the child
(Linux), so that other work on the machine does not count. Memory is the peak of a process that
does nothing but the intake. The blank ledger is compared with a bare template of the same cells.

    python benchmarks/ledger_intake.py [number of ledgers, default 500] [of them by pandas, 50]
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from scoring.criteria import CriteriaSet, open_set
from scoring.criteria.columns import SHEETS
from scoring.evidence.ledger import Ledger, new_ledger, read_ledgers
from scoring.files.children import guarded
from scoring.points import inputs_table, score

ITEMS, DOCUMENTS, DISTINCT = 100, 300, 10
META = """
id = "hundred-items"
version = "1"
name_vi = "Bộ đo tốc độ"
tier = "department"
status = "sample"
total_points = 100
valid_from = 2026-01-01
not_applicable = "drop"
source = "Mẫu"
[rounding]
decimals = 2
stage = "index"
rank_on = "rounded"
"""


def make_set(folder: Path) -> CriteriaSet:
    """Write a set of 100 items in ten areas: rates, answers and counts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set.toml").write_text(META, encoding="utf-8")
    items, inputs = [], []
    for area in range(1, 11):
        items.append({"code": str(area), "name_vi": f"Lĩnh vực {area}", "max_points": 10})
        for n in range(1, 11):
            code = f"{area}.{n}"
            item = {"code": code, "parent": str(area), "name_vi": f"Tiêu chí mẫu số {code}"}
            item |= {"max_points": 1}
            base = {"item_code": code}
            if n % 2:
                item |= {"rule": "ratio", "zero_denominator": "not_applicable"}
                done = {"input": "done", "role": "numerator", "kind": "count", "at_most": "all"}
                inputs.append({**base, **done, "label_vi": "Số hoàn thành", "minimum": 0})
                every = {"input": "all", "role": "denominator", "kind": "count", "minimum": 0}
                inputs.append({**base, **every, "label_vi": "Tổng số"})
            elif n % 4:
                item |= {"rule": "choice"}
                answer = {"input": "met", "role": "answer", "kind": "yes_no"}
                inputs.append({**base, **answer, "label_vi": "Đạt yêu cầu"})
            else:
                item |= {"rule": "count", "points_each": 0.25}
                count = {"input": "cases", "role": "count", "kind": "count", "minimum": 0}
                inputs.append({**base, **count, "label_vi": "Số sáng kiến"})
            items.append(item)
    for sheet, rows in (("items", items), ("inputs", inputs)):
        common = {"source": "Mẫu"} | ({"kind": "normal"} if sheet == "items" else {})
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in SHEETS[sheet]], restval="")
            writer.writeheader()
            writer.writerows({**common, **row} for row in rows)
    return open_set(folder)


def filled_ledger(criteria: CriteriaSet, unit: int) -> bytes:
    """Return a full ledger of one unit."""
    rows = []
    for code, rule in criteria.rules.items():
        whole = 50 + unit
        for entry in rule.spec.inputs:
            row = {"item_code": code, "input": entry.name}
            if entry.kind == "yes_no":
                row["choice"] = "yes" if (unit + len(rows)) % 3 else "no"
            else:
                row["value"] = whole if entry.name == "all" else (unit * len(rows)) % whole
            rows.append(row)
    who = {"unit_code": f"don-vi-{unit:03d}", "unit_name": f"Đơn vị {unit}", "year": 2026}
    inputs = inputs_table(rows, **who)
    documents = pd.DataFrame(
        {
            "document_id": [f"TL{n:03d}" for n in range(DOCUMENTS)],
            "document_number": [f"{n + 1}/BC-UBND" for n in range(DOCUMENTS)],
            "kind": "Báo cáo",
            "issued_on": pd.date_range("2026-01-01", periods=DOCUMENTS, freq="D"),
            "issuer": f"UBND đơn vị {unit}",
            "signer": "Nguyễn Văn A",
            "title": [f"Về việc số {n} năm 2026" for n in range(DOCUMENTS)],
            "path": [f"documents/{n}.pdf" for n in range(DOCUMENTS)],
            "item_codes": [f"{n % 10 + 1}.{n % 7 + 1}" for n in range(DOCUMENTS)],
        }
    )
    scores = score(inputs, criteria).scores
    return new_ledger(
        criteria, who["unit_code"], who["unit_name"], 2026, inputs=inputs, scores=scores,
        documents=documents,
    )  # fmt: skip


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


def processor_seconds() -> float:
    """Return the processor time that this process and its reading child have used."""
    child = guarded._children.get(os.getpid())
    stat = Path(f"/proc/{child._process.pid}/stat") if child else Path()
    if not stat.is_file():
        return time.process_time()
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return the processor seconds that `work` takes, and what it gives."""
    start = processor_seconds()
    result = work()
    return processor_seconds() - start, result


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


def peak_megabytes(folder: Path, count: int) -> float:
    """Return the peak memory of a process that only takes in the ledgers."""
    program = (
        "import sys, resource\n"
        "from pathlib import Path\n"
        "from scoring.criteria import open_set\n"
        "from scoring.evidence.ledger import read_ledgers\n"
        "folder = Path(sys.argv[1])\n"
        "paths = sorted(folder.glob('*.xlsx'))[: int(sys.argv[2])]\n"
        "ledger = read_ledgers(paths, open_set(folder / 'set'))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    command = [sys.executable, "-c", program, str(folder), str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(count: int, by_slowest: int) -> None:
    """Make the files, assert that all ways agree, then time them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        criteria = make_set(folder / "set")
        made = [filled_ledger(criteria, unit) for unit in range(DISTINCT)]
        paths = [folder / f"{n:04d}.xlsx" for n in range(count)]
        for n, path in enumerate(paths):
            path.write_bytes(made[n % DISTINCT])
        size = np.mean([len(data) for data in made]) / 1000
        print(f"{count} ledgers of {ITEMS} items and {DOCUMENTS} documents, {size:.0f} kB each")
        check_equal(read_ledgers(paths[:DISTINCT], criteria), paths[3], 3)
        bare, _ = timed(lambda: by_calamine(paths))
        ours, _ = timed(lambda: read_ledgers(paths, criteria))
        with guarded.unguarded():
            alone, _ = timed(lambda: read_ledgers(paths, criteria))
        slow, _ = timed(lambda: by_pandas(paths[:by_slowest]))
        for label, seconds, of in (
            ("bare calamine", bare, count),
            ("read_ledgers (pre-flight, read, check, tidy)", ours, count),
            ("the same without the guarded child", alone, count),
            ("pandas with openpyxl, merely reading", slow, by_slowest),
        ):
            print(f"{label:46} {seconds / of * 1000:8.2f} ms per ledger")
        print(f"read_ledgers takes {ours / bare:.1f} times bare calamine")
        print(f"the child costs {(ours - alone) / count * 1000:.2f} ms per ledger")
        print(f"pandas takes {slow / by_slowest / (ours / count):.1f} times read_ledgers")
        print(f"peak memory of the intake: {peak_megabytes(folder, count):.0f} MB")
        blank = lambda: new_ledger(criteria, "H1", "Đơn vị", 2026)  # noqa: E731
        bare_write = bare_template(blank())
        writes = min(timed(blank)[0] for _ in range(5))
        plain = min(timed(bare_write)[0] for _ in range(5))
        print(f"blank ledger {writes * 1000:.0f} ms, bare template {plain * 1000:.0f} ms")
        print(f"writing takes {writes / plain:.1f} times XlsxWriter's bare template")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers + [500, 50][len(numbers) :]))
