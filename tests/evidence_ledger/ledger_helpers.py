"""A small set with every rule kind and every policy, and ledgers made of it."""

import csv
import datetime as dt
import io
import random
import re
import zipfile

from scoring.criteria import open_set
from scoring.criteria.columns import SHEETS
from scoring.evidence.ledger import new_ledger
from scoring.points import inputs_table, score

META = """
id = "mau-thu"
version = "1"
name_vi = "Bộ tiêu chí thử nghiệm"
name_en = "Set for tests"
tier = "department"
status = "sample"
total_points = 24
valid_from = 2026-01-01
not_applicable = "not_allowed"
source = "Mẫu, đặt ra để kiểm thử"

[rounding]
decimals = 2
stage = "{stage}"
rank_on = "{rank_on}"

[outside_areas]
bonus_cap_points = 1.5
penalty_cap_points = 2.5
"""

ITEMS = [
    {"code": "1", "name_vi": "Chỉ đạo, điều hành", "max_points": 8},
    {"code": "1.1", "parent": "1", "name_vi": "Tỷ lệ nhiệm vụ hoàn thành", "max_points": 3, "rule": "ratio", "full_at_percent": 90, "floor_percent": 20, "zero_denominator": "not_applicable", "not_applicable": "drop"},
    {"code": "1.2", "parent": "1", "name_vi": "Mức độ hoàn thành kế hoạch", "max_points": 2, "rule": "bands", "not_applicable": "redistribute"},
    {"code": "1.3", "parent": "1", "name_vi": "Ban hành kế hoạch", "max_points": 1, "rule": "choice", "not_applicable": "full"},
    {"code": "1.4", "parent": "1", "name_vi": "Thời hạn báo cáo", "max_points": 2, "rule": "deadline", "never_points": 0, "due_on": "year-01-15", "not_applicable": "zero"},
    {"code": "2", "name_vi": "Thể chế", "max_points": 6},
    {"code": "2.1", "parent": "2", "name_vi": "Chất lượng báo cáo", "max_points": 2},
    {"code": "2.1.1", "parent": "2.1", "name_vi": "Đủ số lượng, đúng hạn", "max_points": 1, "rule": "all_of"},
    {"code": "2.1.2", "parent": "2.1", "name_vi": "Nội dung báo cáo", "max_points": 1, "rule": "share_of", "not_applicable": "drop"},
    {"code": "2.2", "parent": "2", "name_vi": "Phương án cao nhất", "max_points": 2, "rule": "best_of"},
    {"code": "2.2.1", "parent": "2.2", "name_vi": "Phương án một", "max_points": 2, "rule": "direct", "not_applicable": "drop"},
    {"code": "2.2.2", "parent": "2.2", "name_vi": "Phương án hai", "max_points": 2, "rule": "count", "points_each": 0.5},
    {"code": "2.10", "parent": "2", "name_vi": "Vi phạm", "max_points": 2, "rule": "deduction", "points_each": 0.25, "floor_points": 0},
    {"code": "3", "name_vi": "Dịch vụ công trực tuyến", "max_points": 4, "rule": "formula", "formula": "min(max_points, 3 * a / b + if(c > 0, 1, 0))", "zero_denominator": "zero"},
    {"code": "4", "name_vi": "Kết quả", "max_points": 6},
    {"code": "4.1", "parent": "4", "name_vi": "So với năm trước", "max_points": 1, "rule": "growth", "zero_denominator": "not_assessed"},
    {"code": "4.2", "parent": "4", "name_vi": "So với khối", "max_points": 2, "rule": "peer", "zero_denominator": "zero"},
    {"code": "4.3", "parent": "4", "name_vi": "Khảo sát", "max_points": 2, "rule": "survey_options", "zero_denominator": "full"},
    {"code": "4.4", "parent": "4", "name_vi": "Chỉ số hài lòng", "max_points": 1, "rule": "survey_index"},
    {"code": "5", "kind": "bonus", "name_vi": "Điểm thưởng", "max_points": 2, "rule": "direct"},
    {"code": "6", "kind": "penalty", "name_vi": "Điểm phạt", "max_points": 3},
    {"code": "6.1", "parent": "6", "kind": "penalty", "name_vi": "Chậm khắc phục", "max_points": 3, "rule": "count", "points_each": 1},
]  # fmt: skip
INPUTS = [
    ("1.1", "done", "numerator", "count", "Số nhiệm vụ hoàn thành", "nhiệm vụ", 0, "", "planned"),
    ("1.1", "planned", "denominator", "count", "Số nhiệm vụ phải làm", "nhiệm vụ", 0, "", ""),
    ("1.2", "rate", "percent", "percent", "Tỷ lệ hoàn thành kế hoạch", "%", 0, 100, ""),
    ("1.3", "issued", "answer", "choice", "Việc ban hành kế hoạch", "", "", "", ""),
    ("1.4", "sent_on", "done_on", "date", "Ngày gửi báo cáo", "", "", "", ""),
    ("2.1.1", "enough", "condition", "yes_no", "Đủ số lượng báo cáo", "", "", "", ""),
    ("2.1.1", "punctual", "condition", "yes_no", "Đúng thời hạn", "", "", "", ""),
    ("2.1.2", "results", "condition", "yes_no", "Có phần kết quả", "", "", "", ""),
    ("2.1.2", "causes", "condition", "yes_no", "Có phần nguyên nhân", "", "", "", ""),
    ("2.2.1", "given", "points", "number", "Điểm chấm", "điểm", 0, 2, ""),
    ("2.2.2", "ideas", "count", "count", "Số sáng kiến", "sáng kiến", 0, "", ""),
    ("2.10", "cases", "cases", "count", "Số vụ vi phạm", "vụ", 0, "", ""),
    ("3", "a", "", "count", "Hồ sơ trực tuyến", "hồ sơ", 0, "", "b"),
    ("3", "b", "", "count", "Tổng số hồ sơ", "hồ sơ", 0, "", ""),
    ("3", "c", "", "number", "Dịch vụ mới", "dịch vụ", 0, "", ""),
    ("4.1", "now", "value", "count", "Hồ sơ năm nay", "hồ sơ", 0, "", ""),
    ("4.1", "before", "previous", "count", "Tổng số hồ sơ", "hồ sơ", 0, "", ""),
    ("4.2", "speed", "value", "number", "Băng thông", "Mbps", 0, "", ""),
    ("4.3", "good", "responses", "count", "Số phiếu tốt", "phiếu", 0, "", ""),
    ("4.3", "poor", "responses", "count", "Số phiếu yếu", "phiếu", 0, "", ""),
    ("4.4", "sipas", "percent", "percent", "Chỉ số SIPAS", "%", 0, 100, ""),
    ("5", "extra", "points", "number", "Điểm thưởng được duyệt", "điểm", 0, 2, ""),
    ("6.1", "late", "count", "count", "Số việc chậm khắc phục", "việc", 0, "", ""),
]  # fmt: skip
BANDS = [
    ("1.2", "", "no", 70, "no", 0, ""),
    ("1.2", 70, "yes", 90, "yes", 1, ""),
    ("1.2", 90, "no", "", "no", 2, ""),
    ("1.4", "", "no", 0, "yes", 2, ""),
    ("1.4", 0, "no", 10, "yes", 1, ""),
    ("1.4", 10, "no", "", "no", 0.5, ""),
    ("4.1", "", "no", 0, "yes", 0, ""),
    ("4.1", 0, "no", "", "no", 1, ""),
]
OPTIONS = [
    ("1.3", "issued", "on_time", "Kịp thời", 1, ""),
    ("1.3", "issued", "late", "Không kịp thời", 0.5, ""),
    ("1.3", "issued", "none", "Không ban hành", 0, ""),
    ("4.3", "good", "good", "Tốt", "", 100),
    ("4.3", "poor", "poor", "Yếu", "", 20),
]


def write_set(folder, stage="index", rank_on="rounded"):
    folder.mkdir(parents=True, exist_ok=True)
    meta = META.replace("{stage}", stage).replace("{rank_on}", rank_on)
    (folder / "set.toml").write_text(meta, encoding="utf-8")
    items = [{"kind": "normal", "source": "Mẫu", **row} for row in ITEMS]
    names = (
        "item_code",
        "input",
        "role",
        "kind",
        "label_vi",
        "unit",
        "minimum",
        "maximum",
        "at_most",
    )
    inputs = [dict(zip(names, row, strict=True), source="Mẫu") for row in INPUTS]
    names = ("item_code", "lower", "lower_closed", "upper", "upper_closed", "points", "as_share")
    bands = [dict(zip(names, row, strict=True), source="Mẫu") for row in BANDS]
    names = ("item_code", "input", "choice", "label_vi", "points", "weight_percent")
    options = [dict(zip(names, row, strict=True), source="Mẫu") for row in OPTIONS]
    for sheet, rows in (
        ("items", items),
        ("inputs", inputs),
        ("bands", bands),
        ("options", options),
    ):
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in SHEETS[sheet]], restval="")
            writer.writeheader()
            writer.writerows(rows)
    return open_set(folder)


GOOD = {
    ("1.1", "done"): 36, ("1.1", "planned"): 40, ("1.2", "rate"): 85.5, ("1.3", "issued"): "late",
    ("1.4", "sent_on"): dt.date(2026, 1, 20), ("2.1.1", "enough"): "yes",
    ("2.1.1", "punctual"): "yes", ("2.1.2", "results"): "yes", ("2.1.2", "causes"): "no",
    ("2.2.1", "given"): 1.25, ("2.2.2", "ideas"): 1, ("2.10", "cases"): 3, ("3", "a"): 30,
    ("3", "b"): 60, ("3", "c"): 2, ("4.1", "now"): 1200, ("4.1", "before"): 1000,
    ("4.2", "speed"): 30.5, ("4.2", "@best:speed"): 61, ("4.3", "good"): 50, ("4.3", "poor"): 50,
    ("4.4", "sipas"): 83.66,
    ("5", "extra"): 1, ("6.1", "late"): 1,
}  # fmt: skip


def as_inputs(figures, marked=(), unit="so-noi-vu", year=2026):
    rows = []
    for (code, name), value in figures.items():
        row = {"item_code": code, "input": name, "not_applicable": code in marked}
        if code in marked:
            row["reason"] = "Không phát sinh"
        elif isinstance(value, str):
            row["choice"] = value
        elif isinstance(value, dt.date):
            row["happened_on"] = value
        else:
            row["value"] = value
        rows.append(row)
    common = {
        "unit_code": unit,
        "unit_name": "Sở Nội vụ",
        "block": "sở",
        "year": year,
        "period": "năm",
    }
    return inputs_table(rows, **common)


def filled(criteria, figures=GOOD, marked=(), **options):
    inputs = as_inputs(figures, marked)
    scores = score(inputs, criteria).scores
    unit = {"period": "năm", "block": "sở", "inputs": inputs, "scores": scores}
    return new_ledger(criteria, "so-noi-vu", "Sở Nội vụ", 2026, **{**unit, **options})


def random_figures(seed):
    pick = random.Random(seed)
    figures = {}
    for code, name, _, kind, _, _, _, high, other in INPUTS:
        if kind == "yes_no":
            value = pick.choice(["yes", "no"])
        elif kind == "choice":
            value = pick.choice(["on_time", "late", "none"])
        elif kind == "date":
            late = dt.date(2026, 1, 5) + dt.timedelta(days=pick.randrange(60))
            value = pick.choice([late, "never"])
        elif kind == "count":
            value = pick.randrange(1 if other else 100)
        else:
            value = round(pick.uniform(0, high or 50), pick.randrange(4))
        figures[code, name] = value
    figures["4.2", "@best:speed"] = figures["4.2", "speed"] + pick.choice([0, 7.25])
    marked = {
        code for code in ("1.1", "1.2", "1.3", "1.4", "2.1.2", "2.2.1") if pick.random() < 0.25
    }
    if "2.2.1" not in marked and pick.random() < 0.3:
        figures.pop(("2.2.1", "given"))
    return figures, marked


def without_results(data):
    """Return a workbook whose formulas carry no saved result, so that a reader must compute."""

    def strip(name, content):
        if not name.startswith("xl/worksheets/"):
            return content
        text = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
        return re.sub(rb'(<c r="[A-Z]+\d+"(?: s="\d+")?) t="(?:str|b)"(>\s*<f>)', rb"\1\2", text)

    return rezipped(data, strip)


def rezipped(data, change):
    """Return a package with `change(name, content)` applied to every part."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry.filename)))
    return out.getvalue()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
