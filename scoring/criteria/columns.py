"""The sheets of a criteria set and their columns, declared once.

The reader, the workbook with its column guide, and ``criteria/README.md`` all come from here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, whether a row needs it, and what people read about it.

    `holds` is ``text``, ``code``, ``number``, ``flag`` (yes/no), ``due`` or ``word`` (one of
    `words`).
    """

    name: str
    holds: str
    required: bool
    vi: str
    en: str
    words: tuple[str, ...] = ()


RULE_WORDS = (
    "ratio",
    "bands",
    "choice",
    "all_of",
    "share_of",
    "deadline",
    "count",
    "deduction",
    "growth",
    "peer",
    "survey_options",
    "survey_index",
    "direct",
    "formula",
    "best_of",
)

SHEETS: dict[str, tuple[Column, ...]] = {
    "items": (
        Column("code", "code", True, "Mã mục, ghi dạng chữ", "Code of the node, as text"),
        Column(
            "parent",
            "code",
            False,
            "Mã mục cha; để trống nếu là lĩnh vực",
            "Code of the parent; empty for an area",
        ),
        Column(
            "kind",
            "word",
            True,
            "normal: thường; bonus: điểm thưởng; penalty: điểm phạt",
            "normal, bonus or penalty",
            ("normal", "bonus", "penalty"),
        ),
        Column("name_vi", "text", True, "Tên tiếng Việt", "Vietnamese name"),
        Column("name_en", "text", False, "Tên tiếng Anh", "English name"),
        Column("max_points", "number", True, "Điểm tối đa", "Maximum points"),
        Column(
            "assessed_by",
            "word",
            False,
            "Ai chấm: self, appraisal, survey, system",
            "Who assesses it",
            ("self", "appraisal", "survey", "system"),
        ),
        Column(
            "rule",
            "word",
            False,
            "Loại quy tắc của mục chấm điểm; best_of hoặc trống ở mục cha",
            "Rule kind of a leaf; best_of or empty on a parent",
            RULE_WORDS,
        ),
        Column(
            "full_at_percent",
            "number",
            False,
            "Tỷ lệ % đạt điểm tối đa (ratio)",
            "Percent that earns the maximum (ratio)",
        ),
        Column(
            "floor_percent",
            "number",
            False,
            "Dưới tỷ lệ % này được 0 điểm (ratio)",
            "Below this percent nothing is earned (ratio)",
        ),
        Column(
            "floor_points",
            "number",
            False,
            "Điểm thấp nhất sau khi trừ (deduction)",
            "Lowest points after deductions",
        ),
        Column(
            "points_each",
            "number",
            False,
            "Điểm mỗi trường hợp (count, deduction)",
            "Points per case (count, deduction)",
        ),
        Column(
            "never_points",
            "number",
            False,
            "Điểm khi không thực hiện (deadline)",
            "Points when never done (deadline)",
        ),
        Column(
            "due_on",
            "due",
            False,
            "Thời hạn: year-01-15, year-1-12-31, year+1-01-10",
            "Due date: year-01-15, year-1-12-31, year+1-01-10",
        ),
        Column("formula", "text", False, "Công thức (formula)", "Formula (formula)"),
        Column(
            "zero_denominator",
            "word",
            False,
            "Khi mẫu số bằng 0: full, zero, not_assessed, not_applicable, invalid",
            "What a zero denominator means",
            ("full", "zero", "not_assessed", "not_applicable", "invalid"),
        ),
        Column(
            "not_applicable",
            "word",
            False,
            "Khi không áp dụng: not_allowed, drop, full, zero, redistribute",
            "What not applicable means; empty follows set.toml",
            ("not_allowed", "drop", "full", "zero", "redistribute"),
        ),
        Column("source", "text", True, "Nguồn: văn bản, điều, khoản, mục", "Source of the row"),
        Column("note_vi", "text", False, "Lưu ý tiếng Việt", "Note in Vietnamese"),
        Column("note_en", "text", False, "Lưu ý tiếng Anh", "Note in English"),
    ),
    "inputs": (
        Column("item_code", "code", True, "Mã mục", "Code of the item"),
        Column(
            "input",
            "code",
            True,
            "Tên số liệu: chữ thường không dấu, số, gạch dưới",
            "Name of the input: a-z, 0-9, _",
        ),
        Column(
            "role",
            "word",
            False,
            "Vai trò trong quy tắc; trống nếu dùng công thức",
            "Role in the rule; empty in a formula",
            (
                "numerator",
                "denominator",
                "percent",
                "value",
                "previous",
                "answer",
                "condition",
                "count",
                "cases",
                "done_on",
                "due_on",
                "responses",
                "points",
            ),
        ),
        Column(
            "kind",
            "word",
            True,
            "Kiểu: count, number, percent, yes_no, choice, date",
            "Kind of the input",
            ("count", "number", "percent", "yes_no", "choice", "date"),
        ),
        Column("label_vi", "text", True, "Tên hiển thị tiếng Việt", "Vietnamese label"),
        Column("label_en", "text", False, "Tên hiển thị tiếng Anh", "English label"),
        Column("unit", "text", False, "Đơn vị tính", "Unit of measure"),
        Column("minimum", "number", False, "Giá trị thấp nhất cho phép", "Lowest valid value"),
        Column("maximum", "number", False, "Giá trị cao nhất cho phép", "Highest valid value"),
        Column(
            "at_most",
            "code",
            False,
            "Không được lớn hơn số liệu này của cùng mục",
            "May not exceed this input of the same item",
        ),
        Column("hint_vi", "text", False, "Hướng dẫn nhập tiếng Việt", "Hint in Vietnamese"),
        Column("hint_en", "text", False, "Hướng dẫn nhập tiếng Anh", "Hint in English"),
        Column("source", "text", True, "Nguồn", "Source of the row"),
    ),
    "bands": (
        Column("item_code", "code", True, "Mã mục", "Code of the item"),
        Column(
            "lower", "number", False, "Cận dưới; trống: không giới hạn", "Lower end; empty: none"
        ),
        Column(
            "lower_closed", "flag", True, "Có tính cả cận dưới không", "Is the lower end included"
        ),
        Column(
            "upper", "number", False, "Cận trên; trống: không giới hạn", "Upper end; empty: none"
        ),
        Column(
            "upper_closed", "flag", True, "Có tính cả cận trên không", "Is the upper end included"
        ),
        Column("points", "number", False, "Điểm của mức; trống nếu as_share", "Points of the band"),
        Column(
            "as_share",
            "flag",
            False,
            "yes: điểm = tỷ lệ đạt × điểm tối đa",
            "yes: points are the percent reached of the maximum",
        ),
        Column("source", "text", True, "Nguồn", "Source of the row"),
    ),
    "options": (
        Column("item_code", "code", True, "Mã mục", "Code of the item"),
        Column("input", "code", True, "Tên số liệu", "Name of the input"),
        Column("choice", "code", True, "Mã phương án", "Code of the option"),
        Column("label_vi", "text", True, "Phương án tiếng Việt", "Vietnamese wording"),
        Column("label_en", "text", False, "Phương án tiếng Anh", "English wording"),
        Column("points", "number", False, "Điểm của phương án", "Points of the option"),
        Column(
            "weight_percent",
            "number",
            False,
            "Trọng số % (survey_options)",
            "Weight in percent (survey_options)",
        ),
        Column("source", "text", True, "Nguồn", "Source of the row"),
    ),
    "evidence": (
        Column("item_code", "code", True, "Mã mục", "Code of the item"),
        Column(
            "kind",
            "text",
            True,
            "Loại tài liệu kiểm chứng cần có",
            "Kind of document that proves it",
        ),
        Column("min_documents", "number", True, "Số lượng tối thiểu", "How many at least"),
        Column(
            "issued_by",
            "due",
            False,
            "Phải ban hành chậm nhất vào ngày (dạng year-01-15)",
            "Issued at the latest on (year-01-15)",
        ),
        Column(
            "keywords",
            "text",
            False,
            "Từ khóa nhận biết, cách nhau bằng dấu ;",
            "Words to recognise it, separated by ;",
        ),
        Column("note_vi", "text", False, "Mô tả tiếng Việt", "Description in Vietnamese"),
        Column("note_en", "text", False, "Mô tả tiếng Anh", "Description in English"),
        Column("source", "text", True, "Nguồn", "Source of the row"),
    ),
    "examples": (
        Column("item_code", "code", True, "Mã mục", "Code of the item"),
        Column("example", "text", True, "Tên ví dụ", "Name of the example"),
        Column("input", "code", True, "Tên số liệu", "Name of the input"),
        Column(
            "value",
            "text",
            True,
            "Giá trị: số, yes/no, mã phương án, ngày yyyy-mm-dd, never",
            "Value: number, yes/no, option code, date yyyy-mm-dd, never",
        ),
        Column("year", "number", False, "Năm đánh giá của ví dụ", "Assessment year"),
        Column("points", "number", True, "Điểm phải ra (mọi dòng như nhau)", "Points it must give"),
        Column("source", "text", True, "Nguồn", "Source of the row"),
    ),
}

REQUIRED_SHEETS = ("items",)


def column_names(sheet: str) -> list[str]:
    """Return the column names of `sheet` in their order.

    >>> column_names("bands")[:3]
    ['item_code', 'lower', 'lower_closed']
    """
    return [column.name for column in SHEETS[sheet]]
