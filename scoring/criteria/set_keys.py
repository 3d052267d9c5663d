"""The keys of ``set.toml``, declared once as `scoring.criteria.columns` declares the sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.criteria.columns import Column


@dataclass(frozen=True, slots=True)
class SetKey:
    """One key: its dotted name, what it holds, and what people read about it.

    `holds` is ``text``, ``number``, ``date``, ``flag`` or ``word`` (one of `words`).
    """

    name: str
    holds: str
    required: bool
    vi: str
    en: str
    words: tuple[str, ...] = ()


NOT_APPLICABLE_WORDS = ("not_allowed", "drop", "full", "zero", "redistribute")

SET_KEYS: tuple[SetKey, ...] = (
    SetKey(
        "id",
        "text",
        True,
        "Mã của bộ, cũng là tên thư mục: chữ thường không dấu, số, gạch nối",
        "Identifier and folder name: a-z, 0-9, hyphens",
    ),
    SetKey("version", "text", True, "Phiên bản của bộ, ví dụ 2026.1", "Version, such as 2026.1"),
    SetKey("name_vi", "text", True, "Tên bộ tiêu chí tiếng Việt", "Name in Vietnamese"),
    SetKey("name_en", "text", False, "Tên bộ tiêu chí tiếng Anh", "Name in English"),
    SetKey(
        "tier",
        "text",
        True,
        "Cấp áp dụng: ministry, province, department, district, commune ...",
        "Tier it is for: ministry, province, department, district, commune ...",
    ),
    SetKey(
        "status",
        "word",
        True,
        "official: theo văn bản; observed: suy ra từ kết quả công bố; sample: mẫu",
        "official, observed (derived from published results) or sample",
        ("official", "observed", "sample"),
    ),
    SetKey("total_points", "number", True, "Tổng điểm của bộ", "Points of the whole set"),
    SetKey("valid_from", "date", True, "Áp dụng từ ngày", "First day it is valid"),
    SetKey(
        "valid_to",
        "date",
        False,
        "Áp dụng đến hết ngày; trống nếu còn hiệu lực",
        "Last day it is valid; empty while in force",
    ),
    SetKey(
        "not_applicable",
        "word",
        True,
        "Khi một mục không áp dụng (từng mục có thể khai khác)",
        "What not applicable means unless an item says otherwise",
        NOT_APPLICABLE_WORDS,
    ),
    SetKey(
        "areas_add_up",
        "flag",
        False,
        "no: điểm tối đa trong quyết định không cộng đúng tổng; trống là yes",
        "no where the decision's own maxima do not add up; empty means yes",
    ),
    SetKey("source", "text", True, "Nguồn của bộ tiêu chí", "Where the set comes from"),
    SetKey("decision.number", "text", False, "Số, ký hiệu quyết định", "Number of the decision"),
    SetKey("decision.issued_on", "date", False, "Ngày ban hành", "Day it was issued"),
    SetKey("decision.issuer", "text", False, "Cơ quan ban hành", "Who issued it"),
    SetKey("decision.title", "text", False, "Trích yếu", "Title of the decision"),
    SetKey("decision.clause", "text", False, "Điều, khoản, phụ lục", "Clause or appendix"),
    SetKey("decision.url", "text", False, "Địa chỉ tra cứu", "Where it can be read"),
    SetKey("rounding.decimals", "number", False, "Số chữ số thập phân", "Decimals shown"),
    SetKey(
        "rounding.stage",
        "word",
        True,
        "Làm tròn ở đâu: index, area hay item",
        "Where points are rounded",
        ("index", "area", "item"),
    ),
    SetKey(
        "rounding.rank_on",
        "word",
        True,
        "Xếp hạng theo điểm đã làm tròn hay chưa",
        "What ranks and grades compare",
        ("rounded", "unrounded"),
    ),
    SetKey(
        "outside_areas.bonus_cap_points",
        "number",
        False,
        "Điểm thưởng tối đa",
        "Cap of the bonus points",
    ),
    SetKey(
        "outside_areas.penalty_cap_points",
        "number",
        False,
        "Điểm phạt tối đa",
        "Cap of the penalty points",
    ),
    SetKey(
        "outside_areas.may_exceed_total",
        "flag",
        False,
        "Tổng điểm có được vượt tổng của bộ không",
        "May the sum exceed the set's total",
    ),
    SetKey(
        "evidence.no_evidence_percent",
        "number",
        False,
        "Còn lại bao nhiêu % điểm của mục khi thiếu tài liệu kiểm chứng; khai đủ ba dòng hoặc bỏ trống",
        "Percent of an item's points left without evidence; give all three lines or none",
    ),
    SetKey(
        "evidence.late_percent",
        "number",
        False,
        "Còn lại bao nhiêu % điểm khi tài liệu ban hành chậm",
        "Percent left when the document is late",
    ),
    SetKey(
        "evidence.evidence_invalid_percent",
        "number",
        False,
        "Còn lại bao nhiêu % điểm khi tài liệu không hợp lệ",
        "Percent left when the document is not valid",
    ),
)

LIST_KEYS: dict[str, tuple[Column, ...]] = {
    "grades": (
        Column("code", "code", True, "Mã mức xếp loại", "Code of the grade"),
        Column("label_vi", "text", False, "Tên mức tiếng Việt", "Vietnamese wording"),
        Column("label_en", "text", False, "Tên mức tiếng Anh", "English wording"),
        Column("lower", "number", False, "Cận dưới; trống: không giới hạn", "Lower end"),
        Column("upper", "number", False, "Cận trên; trống: không giới hạn", "Upper end"),
        Column(
            "lower_closed", "flag", True, "Có tính cả cận dưới không", "Is the lower end included"
        ),
        Column(
            "upper_closed", "flag", True, "Có tính cả cận trên không", "Is the upper end included"
        ),
    ),
    "caveats": (
        Column("vi", "text", True, "Điều cần biết, tiếng Việt", "What to know, in Vietnamese"),
        Column("en", "text", False, "Điều cần biết, tiếng Anh", "What to know, in English"),
    ),
}
"""The lists of ``set.toml``; in a workbook each is a sheet of that name."""

BY_NAME = {key.name: key for key in SET_KEYS}
FREE_TABLES = ("decision",)
"""Tables of ``set.toml`` that may hold further keys."""


def unknown_keys(meta: Mapping[str, object]) -> list[str]:
    """Return the dotted names of the keys of ``set.toml`` that mean nothing to the package.

    Examples
    --------
    >>> unknown_keys({"id": "a", "colour": "red", "rounding": {"mode": "up"}, "decision": {"x": 1}})
    ['colour', 'rounding.mode']
    """
    unknown = []
    tables = {key.name.partition(".")[0] for key in SET_KEYS if "." in key.name}
    for name, value in meta.items():
        if name in LIST_KEYS or name in FREE_TABLES:
            continue
        if name in tables and isinstance(value, Mapping):
            unknown += [f"{name}.{key}" for key in value if f"{name}.{key}" not in BY_NAME]
        elif name not in BY_NAME and name not in tables:
            unknown.append(name)
    return unknown
