"""``parindex batch`` from ledgers to ranks, against the script that a good analyst writes.

::

    python benchmarks/batch.py [LEDGERS ...] [--small | --full]

Ledgers of 100 items by six kinds of rules, 300 documents, ten decisions and, in every fourth unit,
missing figures are made by code. The script reads each with openpyxl, takes sheets as pandas
tables, gives points by ``apply``, checks that required documents are there, rolls up with
``groupby``, ranks, and writes CSV and a workbook. Both run as processes of their own on the same
ledgers; points, supported points, index, ranks and decisions are asserted equal first. Then come
processor time, the clock and memory: of the largest process, and of all at one moment. The script
takes the same time for every ledger, so it is given a quarter of them and its time multiplied;
the batch is given all, then once more with nothing changed.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from measuring import OURS, Claim, Claims, alone, of_command, of_way

from scoring.criteria import CriteriaSet, open_set
from scoring.criteria.columns import SHEETS
from scoring.evidence.ledger import new_ledger
from scoring.points import inputs_table, score

SIZES = {"small": [8], "normal": [125, 250], "full": [500, 2_000, 4_000]}
SCRIPT = "script with openpyxl and pandas"
DOCUMENTS, DISTINCT, YEAR, DECIDED = 300, 40, 2026, 10
KINDS = ("ratio", "choice", "bands", "count", "deadline", "ratio", "deduction", "choice", "ratio", "bands")  # fmt: skip
META = f"""
id = "batch-benchmark"
version = "1"
name_vi = "Bộ mẫu đo tốc độ"
tier = "commune"
status = "sample"
total_points = 100
valid_from = {YEAR}-01-01
not_applicable = "not_allowed"
source = "Mẫu"
[rounding]
decimals = 2
stage = "index"
rank_on = "rounded"
[evidence]
no_evidence_percent = 0
late_percent = 0
evidence_invalid_percent = 0
"""
_RULES: dict[str, dict[str, object]] = {
    "ratio": {"rule": "ratio", "zero_denominator": "not_assessed"},
    "bands": {"rule": "bands", "zero_denominator": "not_assessed"},
    "choice": {"rule": "choice"},
    "count": {"rule": "count", "points_each": 0.25},
    "deduction": {"rule": "deduction", "points_each": 0.25, "floor_points": 0},
    "deadline": {"rule": "deadline", "never_points": 0, "due_on": "year-01-15"},
}
_RATE = (("done", "numerator", "count"), ("all", "denominator", "count"))
_INPUTS = {
    "ratio": _RATE,
    "bands": _RATE,
    "choice": (("met", "answer", "yes_no"),),
    "count": (("cases", "count", "count"),),
    "deduction": (("faults", "cases", "count"),),
    "deadline": (("issued_on", "done_on", "date"),),
}
# Lower end, upper end and points; an end that is closed belongs to the band.
_BANDS = {
    "bands": (("90", "yes", "", "no", 1), ("70", "yes", "90", "no", 0.5), ("", "no", "70", "no", 0)),
    "deadline": (("", "no", "0", "yes", 1), ("0", "no", "15", "yes", 0.5), ("15", "no", "", "no", 0)),
}  # fmt: skip


def make_set(folder: Path) -> CriteriaSet:
    """Write a set of 100 items in ten areas, forty of which ask for two reports by 30 November."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set.toml").write_text(META, encoding="utf-8")
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in ("items", "inputs", "bands", "evidence")}  # fmt: skip
    for area in range(1, 11):
        rows["items"].append({"code": area, "name_vi": f"Lĩnh vực {area}", "max_points": 10})
        for n, kind in enumerate(KINDS, start=1):
            code = f"{area}.{n}"
            item = {"code": code, "parent": area, "name_vi": f"Tiêu chí mẫu số {code}"}
            rows["items"].append(item | {"max_points": 1} | _RULES[kind])
            for name, role, value in _INPUTS[kind]:
                entry = {"item_code": code, "input": name, "role": role, "kind": value}
                entry["label_vi"] = f"Số liệu {name}"
                least = {} if value in ("yes_no", "date") else {"minimum": 0}
                rows["inputs"].append(entry | least)
            for low, is_from, high, is_to, points in _BANDS.get(kind, ()):
                ends = {"lower": low, "lower_closed": is_from, "upper": high, "upper_closed": is_to}
                rows["bands"].append(
                    {"item_code": code, **ends, "points": points, "as_share": "no"}
                )
            if n % 2 and kind != "deadline":
                asked = {"kind": "Báo cáo", "min_documents": 2, "issued_by": "year-11-30"}
                rows["evidence"].append({"item_code": code, **asked})
    for sheet, found in rows.items():
        common = {"source": "Mẫu"} | ({"kind": "normal"} if sheet == "items" else {})
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in SHEETS[sheet]], restval="")
            writer.writeheader()
            writer.writerows({**common, **row} for row in found)
    return open_set(folder)


def _figures(criteria: CriteriaSet, unit: int) -> list[dict[str, object]]:
    """Return the figures of a unit; every fourth leaves one in thirty out, but no date of a deadline.

    Where such a date is missing the batch takes that of a document, which no script does.
    """
    draw = np.random.default_rng(unit)
    rows = []
    for code, rule in criteria.rules.items():
        whole = int(draw.integers(20, 400))
        if unit % 4 == 3 and rule.spec.kind != "deadline" and draw.random() < 1 / 30:
            continue
        for entry in rule.spec.inputs:
            row: dict[str, object] = {"item_code": code, "input": entry.name}
            if entry.kind == "yes_no":
                row["choice"] = "yes" if draw.random() < 0.8 else "no"
            elif entry.kind == "date":
                day = np.datetime64(f"{YEAR}-01-01") + int(draw.integers(0, 40))
                row["happened_on"] = pd.Timestamp(day)
            elif entry.name == "all":
                row["value"] = whole
            elif entry.name == "done":
                row["value"] = int(whole * draw.uniform(0.5, 1.0))
            else:
                row["value"] = int(draw.integers(0, 6))
            rows.append(row)
    return rows


def _documents(unit: int) -> pd.DataFrame:
    """Return three documents for most items, in a store of the province; some do not fit."""
    n, codes = (
        np.arange(DOCUMENTS),
        [code for code in _codes() if KINDS[int(code.split(".")[1]) - 1] != "deadline"],
    )
    item = n % len(codes)
    is_plan = (item + unit) % 17 == 0
    day = np.datetime64(f"{YEAR}-01-05") + (n * 7 + unit) % 358
    return pd.DataFrame(
        {
            "document_id": [f"TL{k:03d}" for k in n],
            "document_number": [f"{k + 1}/{'KH' if p else 'BC'}-UBND" for k, p in zip(n, is_plan, strict=True)],
            "kind": np.where(is_plan, "Kế hoạch", "Báo cáo"),
            "issued_on": pd.to_datetime(day),
            "issuer": f"UBND đơn vị {unit}",
            "signer": "Nguyễn Văn A",
            "title": [f"Về kết quả việc số {k} năm {YEAR}" for k in n],
            "path": [f"https://kho.example.vn/don-vi-{unit:05d}/{k}.pdf" for k in n],
            "item_codes": [codes[k] for k in item],
        }
    )  # fmt: skip


def _codes() -> list[str]:
    return [f"{area}.{n}" for area in range(1, 11) for n in range(1, 11)]


def filled_ledger(criteria: CriteriaSet, unit: int) -> bytes:
    """Return the ledger of a unit with its figures, documents, and decisions on some items."""
    who = {"unit_code": f"don-vi-{unit:05d}", "unit_name": f"Đơn vị {unit:05d}", "year": YEAR}
    inputs = inputs_table(_figures(criteria, unit), **who)
    codes = [f"{k + 1}.{(k + unit) % 10 + 1}" for k in range(DECIDED)]
    decided = pd.DataFrame(
        {"item_code": codes, "appraised_points": [k % 3 / 2 for k in range(DECIDED)]}
    )
    decided["appraisal_note"] = "Theo hồ sơ kiểm chứng"
    return new_ledger(
        criteria, who["unit_code"], who["unit_name"], YEAR, inputs=inputs,
        scores=score(inputs, criteria).scores, documents=_documents(unit), appraisal=decided,
    )  # fmt: skip


def make_ledgers(criteria: CriteriaSet, folder: Path, count: int) -> None:
    """Write `count` ledgers of as many units; their figures are those of `DISTINCT` units."""
    if (folder / f"u{count - 1:05d}" / "ledger.xlsx").exists():
        return
    made = [zipfile.ZipFile(io.BytesIO(filled_ledger(criteria, unit))) for unit in range(DISTINCT)]
    parts = [[(entry, book.read(entry)) for entry in book.infolist()] for book in made]
    for unit in range(count):
        place = folder / f"u{unit:05d}" / "ledger.xlsx"
        if place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        old, new = f"{unit % DISTINCT:05d}".encode(), f"{unit:05d}".encode()
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as book:
            for entry, data in parts[unit % DISTINCT]:
                for before in (b"don-vi-", "Đơn vị ".encode()):
                    data = data.replace(before + old, before + new)
                book.writestr(entry.filename, data)


# The plain script.


def plain(folder: Path, criteria: Path, out: Path) -> None:
    """Score and rank all ledgers of a folder, as scripts do."""
    items = pd.read_csv(criteria / "items.csv", dtype={"code": str, "parent": str})
    asked = pd.read_csv(criteria / "evidence.csv", dtype={"item_code": str})
    units = [_of_one(path, items, asked) for path in sorted(folder.rglob("*.xlsx"))]
    scores = pd.concat(units, ignore_index=True)
    keys = ["unit_code", "unit_name"]
    areas = scores.groupby([*keys, "parent"], sort=False)["points"].agg(_all_or_nothing)
    index = areas.groupby(level=keys, sort=False).agg(_all_or_nothing).round(2).reset_index()
    index["rank"] = index["points"].rank(method="min", ascending=False)
    out.mkdir(parents=True)
    scores.to_csv(out / "scores.csv", index=False)
    with pd.ExcelWriter(out / "ranking.xlsx") as book:
        index.sort_values("rank").to_excel(book, sheet_name="Xếp hạng", index=False)
        areas.unstack("parent").to_excel(book, sheet_name="Lĩnh vực")  # noqa: PD010 (nothing to sum)
    index.to_csv(out / "ranking.csv", index=False)


def _all_or_nothing(points: pd.Series) -> float:
    return points.sum(skipna=False)


def _sheet(book: Any, name: str, header: int) -> pd.DataFrame:
    rows = list(book[name].iter_rows(min_row=header, values_only=True))
    return pd.DataFrame(rows[1:], columns=rows[0])


def _of_one(path: Path, items: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    from openpyxl import load_workbook

    book = load_workbook(path, data_only=True)
    info = {row[2]: row[1] for row in book["Thông tin"].iter_rows(values_only=True)}
    entries = _sheet(book, "Tự đánh giá", 6).rename(
        columns={"Mã mục (không sửa)": "code", "Mã số liệu (không sửa)": "input", "Số liệu kê khai": "value"}
    )  # fmt: skip
    entries = entries[entries["input"].notna()]
    wide = entries.pivot(index="code", columns="input", values="value")  # noqa: PD010 (nothing to sum)
    leaves = items[items["parent"].notna()]
    table = leaves[["code", "parent", "rule"]].join(wide, on="code")
    table["points"] = table.apply(_points, axis=1)
    documents = _sheet(book, "Tài liệu kiểm chứng", 3)
    documents = documents[documents["Mã tài liệu"].notna()]
    linked = documents.assign(code=documents["Mục chấm điểm"].str.split(r"[;,]\s*")).explode("code")
    proven = asked[asked.apply(_is_proven, axis=1, linked=linked)]["item_code"]
    table["is_proven"] = table["code"].isin(proven) | ~table["code"].isin(asked["item_code"])
    table["supported"] = table["points"].where(table["is_proven"] | table["points"].isna(), 0.0)
    decisions = _sheet(book, "Thẩm định", 3).set_index("Mã mục (không sửa)")["Điểm thẩm định"]
    table["decided"] = table["code"].map(decisions)
    table.insert(0, "unit_code", info["unit_code"])
    table.insert(1, "unit_name", info["unit_name"])
    return table[["unit_code", "unit_name", "parent", "code", "points", "supported", "decided"]]


def _points(item: pd.Series) -> float:
    """Return the points of one item by its rule; NaN where a figure is missing."""
    kind = item["rule"]
    if kind in ("ratio", "bands"):
        if pd.isna(item["done"]) or pd.isna(item["all"]) or not item["all"]:
            return np.nan
        percent = 100 * item["done"] / item["all"]
        return percent / 100 if kind == "ratio" else 1.0 if percent >= 90 else 0.5 * (percent >= 70)
    figure = item[{name: own[0][0] for name, own in _INPUTS.items()}[kind]]
    if pd.isna(figure):
        return np.nan
    if kind == "choice":
        return float(figure == "Có")
    if kind == "count":
        return min(0.25 * figure, 1.0)
    if kind == "deduction":
        return max(1 - 0.25 * figure, 0.0)
    late = (pd.Timestamp(figure) - pd.Timestamp(YEAR, 1, 15)).days
    return 1.0 if late <= 0 else 0.5 if late <= 15 else 0.0


def _is_proven(asked: pd.Series, linked: pd.DataFrame) -> bool:
    """Say whether enough documents of the kind asked for were issued by the day."""
    mine = linked[
        (linked["code"] == asked["item_code"]) & (linked["Loại văn bản"] == asked["kind"])
    ]
    return bool(
        (mine["Ngày ban hành"] <= pd.Timestamp(YEAR, 11, 30)).sum() >= asked["min_documents"]
    )


# Comparing and measuring.


def assert_equal(ours: Path, theirs: Path) -> str:
    """Assert that both give the same points, supported points, index, ranks and decisions."""
    mine = pd.read_csv(ours / "scores.csv", dtype={"code": str})
    mine = mine[mine["level"] == "item"].set_index(["unit_code", "code"])
    other = pd.read_csv(theirs / "scores.csv", dtype={"code": str}).set_index(["unit_code", "code"])
    other = other.loc[mine.index]
    for own, name in (("unrounded_points", "points"), ("supported_points", "supported")):
        pd.testing.assert_series_equal(mine[own], other[name], check_names=False, atol=0.0051)
    ranks = pd.read_csv(ours / "ranking.csv").set_index("unit_code").sort_index()
    known = pd.read_csv(theirs / "ranking.csv").set_index("unit_code").sort_index()
    assert ranks["rank"].notna().any()
    for name in ("points", "rank"):
        pd.testing.assert_series_equal(ranks[name], known[name], check_dtype=False, atol=1e-9)
    tracks = pd.read_csv(ours / "tracks.csv", dtype={"code": str})
    final = tracks[(tracks["track"] == "final") & tracks["round"].notna()]
    decided = final.set_index(["unit_code", "code"])["points"]
    told = other["decided"].astype(float).dropna()
    pd.testing.assert_series_equal(decided.loc[told.index], told, check_names=False, atol=1e-9)
    return f"{len(mine):,} points, {len(ranks):,} ranks, {len(told):,} decisions"


def _batch(folder: Path, criteria: Path, out: Path) -> list[str]:
    program = "import sys; from scoring.cli.main import main; sys.exit(main(sys.argv[1:]))"
    given = [str(folder), "--criteria", str(criteria), "--out", str(out)]
    return [sys.executable, "-c", program, "batch", *given]


def _some(folder: Path, count: int, made: Path) -> Path:
    """Return a folder of the first ledgers of `made`."""
    for place in sorted(made.iterdir())[:count]:
        (folder / place.name).mkdir(parents=True)
        os.link(place / "ledger.xlsx", folder / place.name / "ledger.xlsx")
    return folder


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that both ways agree, then measure; the script's time is that of some, multiplied."""
    by_plain = min(250, max(sizes) // 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        criteria = make_set(folder / "set")
        make_ledgers(criteria, folder / "made", max([*sizes, by_plain]))
        few = _some(folder / "few", by_plain, folder / "made")
        slow = of_way(__file__, SCRIPT, few, folder / "set", folder / "plain")
        of_command(_batch(few, folder / "set", folder / "few-out"))
        equal = assert_equal(folder / "few-out", folder / "plain")
        costs = {}
        for count in sizes:
            some = _some(folder / f"of-{count}", count, folder / "made")
            command = _batch(some, folder / "set", folder / f"out-{count}")
            first, again = of_command(command), of_command(command)
            costs[count] = {
                OURS: first,
                "again, nothing changed": again,
                SCRIPT: slow.times(count / by_plain),
            }
        yield Claim("batch", equal, costs)


if __name__ == "__main__":
    alone(claims, SIZES, {SCRIPT: plain})
