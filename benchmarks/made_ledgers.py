"""Ledgers of 100 items and 300 documents, made for the benchmarks that take ledgers in."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from scoring.criteria import CriteriaSet, open_set
from scoring.criteria.columns import SHEETS
from scoring.evidence.ledger import new_ledger
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


def write_ledgers(criteria: CriteriaSet, paths: list[Path]) -> None:
    """Write a ledger to every path, ten different ones in turn."""
    made = [filled_ledger(criteria, unit) for unit in range(DISTINCT)]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[number % DISTINCT])
