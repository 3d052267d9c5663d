"""How long it takes to read, check, advise on, export and compare a set of 100 items.

Beside it pandas reads the same sheets and checks nothing, as a floor; both must read the same text.

    python benchmarks/criteria_check.py [ITEMS ...] [--small | --full]
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd
from measuring import OURS, Claim, Claims, Cost, alone, in_turns

from scoring.criteria import check_set, open_set
from scoring.criteria.columns import SHEETS, column_names
from scoring.criteria.diff import diff_sets
from scoring.criteria.handbook import handbook_html
from scoring.criteria.readable_set import explain_set
from scoring.criteria.set_workbook import export_workbook

SIZES = {"small": [10], "normal": [50, 100, 200], "full": [100, 200, 400]}
SET = """id = "benchmark"
version = "1"
name_vi = "Bộ mẫu để đo"
tier = "department"
status = "sample"
total_points = {total}
valid_from = 2026-01-01
not_applicable = "drop"
source = "mẫu"
[rounding]
decimals = 2
stage = "index"
rank_on = "rounded"
"""


def make_set(folder: Path, items: int) -> Path:
    """Write a sound set of `items` items, ten to an area, each of bands with an example."""
    rows: dict[str, list[dict[str, object]]] = {sheet: [] for sheet in SHEETS}
    for number in range(items):
        area, code = str(number // 10 + 1), f"{number // 10 + 1}.{number % 10 + 1}"
        base = {"item_code": code, "source": "mẫu"}
        if number % 10 == 0:
            node = {"code": area, "kind": "normal", "name_vi": f"Lĩnh vực {area}", "source": "mẫu"}
            rows["items"].append(node | {"max_points": min(10, items - number)})
        rows["items"].append(
            {"code": code, "parent": area, "kind": "normal", "name_vi": f"Nhiệm vụ số {number}",
             "max_points": 1, "assessed_by": "self", "rule": "bands",
             "zero_denominator": "not_assessed", "source": "mẫu"}
        )  # fmt: skip
        for name, role in (("done", "numerator"), ("planned", "denominator")):
            limit = "planned" if name == "done" else ""
            rows["inputs"].append(
                base | {"input": name, "role": role, "kind": "count", "label_vi": name,
                        "minimum": 0, "at_most": limit}
            )  # fmt: skip
            rows["examples"].append(
                base | {"example": "Ví dụ", "input": name, "value": 9 if name == "done" else 10,
                        "points": 1}
            )  # fmt: skip
        ends = ("", 50, 70, 90, "")
        for step, (lower, upper) in enumerate(pairwise(ends)):
            rows["bands"].append(
                base | {"lower": lower, "lower_closed": "yes" if lower else "no", "upper": upper,
                        "upper_closed": "no", "points": f"{round(step / 3, 4):g}"}
            )  # fmt: skip
        rows["evidence"].append(base | {"kind": "Báo cáo", "min_documents": 1})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set.toml").write_text(SET.format(total=items), encoding="utf-8")
    for sheet, entries in rows.items():
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, column_names(sheet), lineterminator="\n")
            writer.writeheader()
            writer.writerows(entries)
    return folder


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that pandas reads the same text, then yield what each work with a set costs."""
    costs = {items: costs_of(items) for items in sizes}
    yield Claim("criteria-check", f"every cell of the sheets of {max(sizes)} items", costs)


def costs_of(items: int) -> dict[str, Cost]:
    """Write a set, compare what is read, and measure."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = make_set(Path(temporary) / "benchmark", items)
        checked = check_set(folder, lint=True)
        assert checked.criteria is not None and checked.is_sound, checked.findings[:3]
        criteria = open_set(folder)

        def read_by_pandas() -> dict[str, pd.DataFrame]:
            paths = {sheet: folder / f"{sheet}.csv" for sheet in SHEETS if sheet != "options"}
            return {s: pd.read_csv(p, dtype="str", keep_default_na=False) for s, p in paths.items()}

        for sheet, table in read_by_pandas().items():
            assert table.to_numpy().tolist() == criteria.tables[sheet].to_numpy().tolist(), sheet
        out = Path(temporary) / "out.xlsx"
        export_workbook(criteria, out)
        works: dict[str, Callable[[], object]] = {
            "pandas.read_csv, nothing checked": read_by_pandas,
            OURS: lambda: check_set(folder),
            "ours, with advice": lambda: check_set(folder, lint=True),
            "ours, of the workbook": lambda: check_set(out),
            "export_workbook": lambda: export_workbook(criteria, out),
            "diff_sets and its table": lambda: diff_sets(criteria, criteria).changes(),
            "explain_set": lambda: explain_set(criteria),
            "handbook_html": lambda: handbook_html(criteria),
        }
        return in_turns(works, 1 if items <= max(SIZES["small"]) else 3)


if __name__ == "__main__":
    alone(claims, SIZES)
