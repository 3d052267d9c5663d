"""A province under 766 with its published group scores, and a synthetic field of 200 units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring.charts import ChartContext

SET_ID = "service-quality-766"

AREAS = [
    ("1", "Công khai, minh bạch", "Transparency", 18.0, 7.96, 12.0),
    ("2", "Tiến độ giải quyết", "Progress of handling", 20.0, 17.68, 19.0),
    ("3", "Cung cấp dịch vụ công trực tuyến", "Online public services", 12.0, 8.56, 10.0),
    ("4", "Số hóa hồ sơ, kết quả giải quyết", "Digitised dossiers and results", 22.0, 9.59, 15.0),
    ("5", "Mức độ hài lòng", "Satisfaction", 18.0, 11.43, 15.0),
    ("6", "Thanh toán trực tuyến", "Online payment", 10.0, 6.67, 9.0),
]
# Published figures of Phú Thọ, 2026; the names are the long wording of the portal.
ITEMS = [
    ("1.1", "Tỷ lệ TTHC công bố đúng hạn", "Procedures announced on time", 6.0, 0.0),
    ("1.2", "Tỷ lệ TTHC được cập nhật, công khai đúng hạn", "Updated on time", 4.0, 0.0),
    (
        "1.3",
        "Tỷ lệ TTHC được công khai có đầy đủ các nội dung quy định về các bộ phận tạo thành",
        "Published in full",
        2.0,
        1.96,
    ),
    (
        "1.4",
        "Tỷ lệ hồ sơ được đồng bộ trạng thái theo thời gian thực với Cổng DVCQG",
        "Dossiers synchronised",
        6.0,
        6.0,
    ),
    ("2.1", "Tỷ lệ hồ sơ xử lý đúng hạn (trước hạn, đúng hạn)", "On time", 20.0, 17.68),
    ("3.1", "Tỷ lệ cung cấp và phát sinh dịch vụ công trực tuyến", "Online", 12.0, 8.56),
    ("4.1", "Tỷ lệ hồ sơ TTHC có cấp kết quả giải quyết điện tử", "E-results", 6.0, 4.35),
    ("4.2", "Tỷ lệ hồ sơ TTHC thực hiện số hóa thành phần hồ sơ", "Digitised", 4.0, 0.97),
    (
        "4.3",
        "Tỷ lệ cung cấp dịch vụ chứng thực bản sao điện tử từ bản chính",
        "Electronic certified copies",
        2.0,
        2.0,
    ),
    (
        "4.4",
        "Tỷ lệ hồ sơ khai thác, sử dụng lại thông tin, dữ liệu số hóa",
        "Digitised data reused",
        2.0,
        0.57,
    ),
    (
        "4.5",
        "Tỷ lệ hồ sơ TTHC được số hóa có kết nối, chia sẻ dữ liệu phục vụ tái sử dụng",
        "Digitised dossiers shared",
        4.0,
        0.0,
    ),
    (
        "4.6",
        "Tỷ lệ hồ sơ TTHC có sử dụng thông tin, dữ liệu dân cư",
        "Dossiers using residence data",
        2.0,
        1.09,
    ),
    (
        "4.7",
        "Tỷ lệ TTHC triển khai kết nối, chia sẻ dữ liệu dân cư phục vụ giải quyết TTHC",
        "Procedures using residence data",
        2.0,
        0.61,
    ),
    ("5.1", "Tỷ lệ PAKN xử lý đúng hạn", "Petitions on time", 6.0, 3.12),
    ("5.2", "Tỷ lệ hài lòng trong xử lý PAKN", "Satisfied with petitions", 6.0, 2.42),
    (
        "5.3",
        "Tỷ lệ hài lòng trong tiếp nhận, giải quyết TTHC",
        "Satisfied with handling",
        6.0,
        5.89,
    ),
    ("6.1", "Tỷ lệ hồ sơ thanh toán trực tuyến", "Paid online", 10.0, 6.67),
]
CAUSE_OF = {
    "1.1": "no-evidence",
    "1.2": "late",
    "5.2": "survey-below-maximum",
    "5.3": "survey-below-maximum",
    "4.5": "evidence-invalid",
    "4.7": "appraised-lower",
    "6.1": "deduction",
}
SOURCE = "Cổng Dịch vụ công quốc gia, mục báo cáo đánh giá, số liệu ngày 26/09/2026"


def node(code, parent, level, vi, en, most):
    return {
        "code": code,
        "parent_code": parent,
        "level": level,
        "is_item": level == "item",
        "kind": "normal",
        "name_vi": vi,
        "name_en": en,
        "max_points": most,
        "assessed_by": "system",
        "rule": "ratio" if level == "item" else "",
        "source": SOURCE,
    }


def score(unit, code, level, most, points):
    known = np.isfinite(points)
    return {
        "unit_code": unit,
        "set_id": SET_ID,
        "year": 2026,
        "period": "year",
        "code": code,
        "level": level,
        "max_points": most,
        "points": points,
        "points_low": points if known else 0.0,
        "points_high": points if known else most,
        "attainment": 100 * points / most,
        "basis": "self",
        "status": "scored" if known else "not_assessed",
    }


@pytest.fixture(scope="session")
def items() -> pd.DataFrame:
    areas = [node(code, "", "area", vi, en, most) for code, vi, en, most, _, _ in AREAS]
    leaves = [node(code, code[0], "item", vi, en, most) for code, vi, en, most, _ in ITEMS]
    return pd.DataFrame(areas + leaves)


@pytest.fixture(scope="session")
def scores() -> pd.DataFrame:
    rows = [score("H44", code, "item", most, points) for code, _, _, most, points in ITEMS]
    rows += [score("H44", code, "area", most, points) for code, _, _, most, points, _ in AREAS]
    rows.append(score("H44", "INDEX", "index", 100.0, 61.89))
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def targets() -> pd.DataFrame:
    rows = [("H44", code, target) for code, *_, target in AREAS] + [("H44", "INDEX", 80.0)]
    return pd.DataFrame(rows, columns=["unit_code", "code", "target_points"])


@pytest.fixture(scope="session")
def gaps() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "unit_code": "H44",
                "set_id": SET_ID,
                "year": 2026,
                "period": "year",
                "item_code": code,
                "area_code": code[0],
                "item_name": name,
                "max_points": most,
                "points": points,
                "lost_points": most - points,
                "kind": "lost",
                "cause": CAUSE_OF.get(code, "below-target"),
                "target_points": np.nan,
                "gap_to_target_points": np.nan,
                "lead_unit": LEADS[code[0]],
                "due_on": DUE[code[0]],
                "next_step": "Rà soát và bổ sung tài liệu kiểm chứng",
            }
            for code, name, _, most, points in ITEMS
            if most - points > 1e-9
        ]
    )


LEADS = {
    "1": "Văn phòng UBND tỉnh",
    "2": "Trung tâm Phục vụ hành chính công tỉnh",
    "3": "Sở Khoa học và Công nghệ",
    "4": "Văn phòng UBND tỉnh",
    "5": "",
    "6": "Sở Tài chính",
}
DUE = {
    "1": pd.Timestamp("2026-06-30"),
    "2": pd.Timestamp("2026-12-15"),
    "3": pd.Timestamp("2026-11-30"),
    "4": pd.Timestamp("2026-10-31"),
    "5": pd.NaT,
    "6": pd.Timestamp("2026-12-31"),
}


@pytest.fixture(scope="session")
def proofs() -> pd.DataFrame:
    state = ["proven", "proven", "unproven", "not_needed", "proven"]
    rows = [("H44", code, state[i % 5]) for i, (code, *_) in enumerate(ITEMS)]
    return pd.DataFrame(rows, columns=["unit_code", "item_code", "proof"])


@pytest.fixture(scope="session")
def tasks() -> pd.DataFrame:
    rows = [
        ("Ban hành Kế hoạch cải cách hành chính năm 2026 của tỉnh", "Sở Nội vụ", "2026-01-02", "2026-01-20", "done"),
        ("Báo cáo cải cách hành chính quý I", "Sở Nội vụ", None, "2026-03-15", "done"),
        ("Rà soát, đơn giản hóa thủ tục hành chính thuộc phạm vi quản lý của các sở, ban, ngành và UBND cấp xã", "Văn phòng UBND tỉnh", "2026-02-01", "2026-06-30", "overdue"),
        ("Số hóa kết quả giải quyết thủ tục hành chính còn hiệu lực", "Sở Khoa học và Công nghệ", "2026-03-01", "2026-11-30", "ongoing"),
        ("Khảo sát mức độ hài lòng của người dân, tổ chức", "Sở Nội vụ", "2026-08-01", "2026-11-30", "upcoming"),
        ("Báo cáo cải cách hành chính năm", "Sở Nội vụ", None, "2026-12-15", "due-soon"),
        ("Kiểm tra công vụ đột xuất", "Sở Nội vụ", None, None, "no-date"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["task", "lead_unit", "starts_on", "due_on", "status"])
    return table.assign(
        starts_on=pd.to_datetime(table["starts_on"]), due_on=pd.to_datetime(table["due_on"])
    )


@pytest.fixture(scope="session")
def many_scores() -> pd.DataFrame:
    """200 units; every 17th has not been assessed in area 4."""
    random = np.random.default_rng(7)
    rows = []
    for number in range(200):
        unit, total = f"U{number:03d}", 0.0
        for code, _, _, most, _, _ in AREAS:
            points = most * random.beta(6, 3)
            if number % 17 == 0 and code == "4":
                points = np.nan
            rows.append(score(unit, code, "area", most, points))
            total += points
        rows.append(score(unit, "INDEX", "index", 100.0, total))
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def many_names() -> dict[str, str]:
    places = ["Chân Mộng", "Hạ Hòa", "Thanh Sơn", "Yên Lập", "Đoan Hùng", "Âu Cơ", "Phù Ninh"]
    return {
        f"U{number:03d}": f"UBND xã {places[number % 7]} {number // 7 + 1}" for number in range(200)
    }


@pytest.fixture(scope="session")
def context() -> ChartContext:
    return ChartContext(
        source=SOURCE,
        set_status="observed",
        set_name="Bộ chỉ số phục vụ người dân, doanh nghiệp theo Quyết định 766/QĐ-TTg",
        unit_names={"H44": "UBND tỉnh Phú Thọ"},
    )
