"""Write ``docs/data-dictionary.md`` from the table models, where columns are declared once.

Run ``python docs/make_dictionary.py`` after changing a table; a test compares.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
SOURCES = {
    "Bảng chung · Shared tables": "scoring.base.schemas",
    "Bảng của kế hoạch · Tables of plans": "scoring.plan.schemas",
}
HOLDS = {"str": "text", "float": "number", "int": "whole number", "bool": "true/false"}
SUFFIXES = {
    "_points": "points",
    "_percent": "percent, 0–100",
    "_share": "share, 0–1",
    "_on": "date",
    "_code": "code, text",
}
VIETNAMESE = {
    "Items": "Một nút của bộ tiêu chí: lĩnh vực, tiêu chí, tiêu chí thành phần; nút lá là mục chấm điểm.",
    "Inputs": "Một số liệu của một mục, một đơn vị, một kỳ: bảng dài mà phần chấm điểm nhận vào.",
    "Documents": "Một tài liệu kiểm chứng.",
    "Links": "Tài liệu nào chứng minh mục nào, ở trang, điều, khoản nào.",
    "Requirements": "Mục cần bao nhiêu tài liệu, loại gì, ban hành chậm nhất ngày nào.",
    "Scores": "Điểm của một nút, một đơn vị; dòng `INDEX` kết thúc mỗi đơn vị (`scores.csv`).",
    "Targets": "Chỉ tiêu cho chỉ số, lĩnh vực hay mục.",
    "Gaps": "Mục có điểm chưa đạt hoặc có nguy cơ bị trừ (`gaps.csv`).",
    "Findings": "Một vấn đề ở một chỗ, kèm cách sửa (`findings.csv`).",
    "Claims": "Điểm tự chấm, giải trình và các vòng thẩm định.",
    "PlanTasks": "Một nhiệm vụ của kế hoạch, hoặc một phần có đơn vị hay thời hạn riêng.",
    "PlanDeadlines": "Một thời hạn của một nhiệm vụ.",
    "PlanTargets": "Một chỉ tiêu bằng số mà kế hoạch nêu.",
    "PlanReports": "Một báo cáo mà kế hoạch yêu cầu.",
    "PlanCalendar": "Một ngày có việc đến hạn.",
    "Progress": "Việc đã làm.",
    "TaskStatus": "Tình trạng của một thời hạn vào một ngày.",
    "TaskLinks": "Nhiệm vụ nào phục vụ mục nào (`links.csv`).",
    "PlanFeeds": "Số liệu nào của mục lấy từ đâu trong kế hoạch (`feeds.csv`).",
    "InternalUnits": "Một phòng, đơn vị của cơ quan (`units.csv`).",
}


def pages() -> dict[Path, str]:
    """Return the page and what it should hold."""
    lines = [(HERE / "dictionary_intro.md").read_text(encoding="utf-8").rstrip("\n"), ""]
    for title, source in SOURCES.items():
        lines += [f"## {title}", ""]
        lines += [line for table in _tables(importlib.import_module(source)) for line in table]
    return {HERE / "data-dictionary.md": "\n".join(lines).rstrip("\n") + "\n"}


def _tables(module: ModuleType) -> Iterator[Iterator[str]]:
    text = inspect.getsource(module)
    comments = _comments(text)
    words = tomllib.loads((HERE / "dictionary_columns.toml").read_text(encoding="utf-8"))
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield _table(node, module, comments, words)


def _table(
    node: ast.ClassDef, module: ModuleType, comments: dict[int, str], words: dict[str, str]
) -> Iterator[str]:
    yield f"### {node.name}"
    yield ""
    yield f"{VIETNAMESE.get(node.name, '')}"
    yield ""
    yield " ".join((ast.get_docstring(node) or "").replace("``", "`").split())
    yield ""
    yield "| Column | Holds | May be | Meaning |"
    yield "|---|---|---|---|"
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            name = field.target.id
            limits = ", ".join(_limits(field.value, module))
            meaning = "; ".join(filter(None, (words.get(name), comments.get(field.lineno))))
            yield f"| `{name}` | {_holds(name, field)} | {limits} | {meaning} |"
    yield ""


def _holds(name: str, field: ast.AnnAssign) -> str:
    kind = ast.unparse(field.annotation).removeprefix("Series[").removesuffix("]")
    suffix = next((SUFFIXES[end] for end in SUFFIXES if name.endswith(end)), "")
    return suffix or HOLDS.get(kind, "date" if "Timestamp" in kind else kind)


def _limits(value: ast.expr | None, module: ModuleType) -> Iterator[str]:
    """Yield what `pa.Field` says of a column, in words."""
    words = {"ge": "≥ {}", "gt": "> {}", "le": "≤ {}", "isin": "one of `{}`"}
    for keyword in value.keywords if isinstance(value, ast.Call) else ():
        given = keyword.value
        known = getattr(module, given.id) if isinstance(given, ast.Name) else None
        shown = ", ".join(known) if known else ast.unparse(given).strip("()").replace("'", "")
        if keyword.arg == "nullable":
            yield "empty"
        elif keyword.arg == "unique":
            yield "unique"
        elif keyword.arg in words:
            yield words[keyword.arg].format(shown)


def _comments(text: str) -> dict[int, str]:
    """Return the comment of every line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]
    return {line: comment.lstrip("# ").replace("|", "\\|") for line, comment in found}


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8", newline="\n")
