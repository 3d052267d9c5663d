"""Write ``docs/performance.md`` from the records of the benchmarks: ``python docs/make_performance.py``."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from measuring import OURS, Cost, figure, growth, holds, promises  # noqa: E402

UNITS = {"processor": "s", "clock": "s (đồng hồ · clock)", "megabytes": "MB",
         "together": "MB mọi tiến trình · of all processes",
         "growth": "lần mỗi khi cỡ gấp đôi · times per doubling"}  # fmt: skip
WORDS = {
    "import pandas alone": "chỉ nạp pandas",
    "factorise and scatter": "đánh số hai khóa rồi rải giá trị",
    "script with openpyxl and pandas": "kịch bản openpyxl, pandas",
    "again, nothing changed": "chạy lại, không gì đổi",
    "one by one, unguarded": "lần lượt, không bảo vệ",
    "bare loop of hashlib": "vòng hashlib trần",
    "pyplot, one figure at a time": "pyplot, từng hình",
    "ours, one process": "công cụ này, một tiến trình",
    "pre-flight only": "chỉ xem trước gói",
    "calamine alone": "chỉ calamine",
    "without the child": "không có tiến trình con",
    "pandas with openpyxl": "pandas + openpyxl",
    "local engine": "tiến trình của máy",
    "local engine, all known": "tiến trình của máy, chạy lại",
    "ours, all known": "công cụ này, chạy lại",
    "a check by hand": "kiểm tra viết tay",
    "score of the same table": "chấm cùng bảng ấy",
    "the file as text": "chỉ đọc tệp thành chữ",
    "cell after cell": "từng ô một",
    "pandas.read_csv, nothing checked": "pandas chỉ đọc, không kiểm tra",
    "ours, with advice": "công cụ này, kèm lời nhắc",
    "ours, of the workbook": "công cụ này, từ tệp Excel",
    "milp, 12 goals": "milp, 12 đích",
    "10,000 simulated years": "10.000 năm giả lập",
    "COINr, published, not run here": "COINr, số đã công bố, không chạy ở đây",
    "what the index gains": "chỉ số được thêm bao nhiêu",
    "each option scored again": "chấm lại từng phương án",
    "bare template, XlsxWriter": "mẫu trần, XlsxWriter",
    "one by one": "từng biểu mẫu",
    "plain weighted sums": "chỉ cộng có trọng số",
    "over Dask, two processes": "qua Dask, hai tiến trình",
    "read whole": "đọc cả tệp",
    "bare DuckDB query": "câu lệnh DuckDB trần",
    "pandas, file by file": "pandas, từng tệp",
    "ours, with a state": "công cụ này, có trạng thái",
    "ours, with a state, again": "công cụ này, có trạng thái, chạy lại",
    "ours, every other choice too": "công cụ này, mọi lựa chọn khác",
    "bare page of fields": "trang trần chỉ có ô nhập",
    "the worst key": "phím lâu nhất",
    "score in Python": "chấm bằng Python",
    "the script's first run": "lần chạy đầu của mã trang",
    "crypto.subtle, the whole file": "crypto.subtle, cả tệp trong bộ nhớ",
    "tables in no order": "bảng xáo dòng",
    OURS: "**công cụ này**",
}


def vi(number: float | None, places: int | None = None) -> str:
    """Return a number as Vietnamese write it."""
    if number is None:
        return "–"
    if places is None:
        places = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 3
    return f"{number:,.{places}f}".translate(str.maketrans(",.", ".,"))


def records() -> list[dict[str, Any]]:
    """Return all records of normal and full runs."""
    paths = sorted((ROOT / "benchmarks" / "records").glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def row(size: str, way: str, cost: dict[str, float]) -> str:
    """Return what one way costs at one size."""
    name = f"{WORDS[way]} · {way}" if way in WORDS else way
    cells = [vi(cost.get(part)) for part in ("processor", "clock")]
    return f"| {vi(int(size), 0)} | {name} | {cells[0]} | {cells[1]} | {vi(cost.get('megabytes'), 0)} |"


def by_size(found: dict[str, Any]) -> dict[int, dict[str, Cost]]:
    """Return what a record keeps of a claim, as it was measured."""
    return {int(size): {way: Cost(**cost) for way, cost in ways.items()}
            for size, ways in found["costs"].items()}  # fmt: skip


def aims(name: str, found: dict[str, Any]) -> list[tuple[bool, str]]:
    """Return whether each aim of a claim is reached at its largest size, and how it is told."""
    costs, said = by_size(found), []
    for aim in promises()[name].get("aims", ()):
        value = figure(aim, costs)
        if value is None:
            continue
        part, way = aim.get("of", "processor"), f"`{aim['way']}`: " if "way" in aim else ""
        clock = " (đồng hồ · clock)" if part == "clock" else ""
        unit = f" lần · times `{aim['to']}`{clock}" if "to" in aim else f" {UNITS[part]}"
        sign, limit = ("≤", aim["at_most"]) if "at_most" in aim else ("≥", aim["at_least"])
        is_held = holds(aim, value)
        verdict = "đạt · reached" if is_held else "**chưa đạt · not reached**"
        faster = " nhanh hơn · faster" if "at_least" in aim else ""
        said.append(
            (
                is_held,
                f"{way}{vi(value)}{unit}{faster}; mục tiêu · aim {sign} {vi(limit, 1)}: {verdict}",
            )
        )
    return said


def curve(found: dict[str, Any]) -> list[str]:
    """Return by how much each way grows from size to size, where there are several sizes."""
    costs = by_size(found)
    sizes = sorted(costs)
    if len(sizes) < 2:
        return []
    told = []
    for way in costs[sizes[-1]]:
        steps = [growth({size: costs[size] for size in pair}, way) for pair in pairwise(sizes)]
        if None not in steps:
            told.append(f"{WORDS.get(way, way)} {', '.join(f'×{vi(step, 2)}' for step in steps)}")
    shown = " → ".join(vi(size, 0) for size in sizes)
    return [f"- tăng mỗi khi cỡ gấp đôi · growth per doubling ({shown}): {'; '.join(told)}"]


def section(record: dict[str, Any]) -> list[str]:
    """Return the claims of one record."""
    load = record["load"]
    if load is None:
        load = "máy không có việc khác · nothing else running"
    else:
        # Two processes of a run are the run itself; more is other work.
        busy = " (máy bận, hãy xem tỷ lệ · a busy machine, look at ratios)" if load[0] > 2 else ""
        load = " → ".join(map(vi, load)) + busy
    lines = [f"## `{record['name']}`", "",
             f"`{record['command']}`, {record['ran_on']}, tải · load: {load}.", ""]  # fmt: skip
    for name, found in record["claims"].items():
        promise = promises()[name]
        lines += [f"### {promise['vi']}", "", f"*{promise['en']}. Equal first: {found['equal']}.*", "",
                  "| Cỡ · Size | Cách · Way | Bộ xử lý · Processor, s | Đồng hồ · Clock, s | MB |",
                  "|---:|---|---:|---:|---:|"]  # fmt: skip
        lines += [row(size, way, cost) for size, ways in found["costs"].items()
                  for way, cost in ways.items()]  # fmt: skip
        lines += ["", *(f"- {said}" for _, said in aims(name, found)), *curve(found), ""]
    lines += [f"- không chạy · not run: {one['name']}, {one['why']}" for one in record["not_run"]]
    lines += [f"- **dừng · ended: {record['failed']}**"] if record["failed"] else []
    return [*lines, ""]


def profile(record: dict[str, Any]) -> list[str]:
    """Return where one verb spends its time."""
    head = f"### `{record['command']}`"
    loading = vi(record["loading"])
    lines = [head, "", f"{vi(record['seconds'])} s, nạp mã · loading {loading} s "
             "(kể cả phần đo · the profiler included).", "",
             "| Chỗ · Entry | Riêng · Own, s | Cả lời gọi · With called, s | Lần · Calls |",
             "|---|---:|---:|---:|"]  # fmt: skip
    lines += [f"| `{one['entry'].replace('|', ' ')}` | {vi(one['own'])} | {vi(one['with_called'])} | "
              f"{vi(one['calls'], 0)} |" for one in record["top"]]  # fmt: skip
    return [*lines, ""]


def summary(measured: list[dict[str, Any]]) -> list[str]:
    """Return what is not reached, and what has no record."""
    lines, seen = ["## Chưa đạt, chưa đo · Not reached, not measured", ""], set()
    for record in measured:
        for name, found in record["claims"].items():
            seen.add(name)
            lines += [f"- `{name}` ({record['form']}): {said}" for is_held, said in aims(name, found)
                      if not is_held]  # fmt: skip
    unseen = [name for name in promises() if name not in seen]
    if unseen:
        lines += ["", "Chưa có bản ghi · No record yet (các trang khác nói số đo trước đây · other pages tell earlier "
                  "figures): " + ", ".join(f"`{name}`" for name in unseen) + "."]  # fmt: skip
    return [*lines, ""]


def machine(measured: list[dict[str, Any]]) -> list[str]:
    """Return the machines of the records."""
    told = {
        json.dumps({k: v for k, v in one["machine"].items() if k != "libraries"})
        for one in measured
    }
    lines = []
    for one in map(json.loads, sorted(told)):
        lines.append(f"Máy · Machine: {one['processor']}, {one['cores']} nhân · cores, "
                     f"{one['memory_gigabytes']} GB, {one['system']}, Python {one['python']}.")  # fmt: skip
    return [*lines, ""]


def pages() -> dict[Path, str]:
    """Return the page."""
    every = records()
    measured = [one for one in every if not one["name"].startswith("profile-")]
    profiles = [one for one in every if one["name"].startswith("profile-")]
    lines = [(ROOT / "docs" / "performance_intro.md").read_text(encoding="utf-8")]
    lines += machine(every) + summary(measured)
    lines += [line for one in measured for line in section(one)]
    lines += ["## Thời gian của các lệnh đi đâu · Where verbs spend their time", ""]
    lines += [line for one in profiles for line in profile(one)]
    return {ROOT / "docs" / "performance.md": "\n".join(lines).rstrip() + "\n"}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
