"""Write ``docs/data-dictionary.md`` from ``scoring/tables``, where every column is declared once.

Run ``python docs/make_dictionary.py`` after changing a table; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scoring.tables import Column, Table, declared, tables

HERE = Path(__file__).resolve().parent
# The columns of criteria sets are on their own page.
GROUPS = {
    "shared": "Bảng chung · Shared tables",
    "results": "Bảng kết quả · Tables of results",
    "plan": "Bảng của kế hoạch · Tables of plans",
    "ledger": "Bảng của sổ · Tables of ledgers",
    "survey": "Bảng của khảo sát · Tables of surveys",
    "dossiers": "Bảng đếm hồ sơ · Tables of counted dossiers",
    "season": "Bảng của mùa thẩm định · Tables of the appraisal season",
    "ahead": "Bảng của phần dự tính · Tables of what-if and uncertainty",
    "documents": "Bảng của lần quét tài liệu · Tables of scanned documents",
}
HOLDS = {
    "text": "text",
    "code": "code, text",
    "word": "word",
    "number": "number",
    "whole": "whole number",
    "flag": "true/false",
    "date": "date",
}


def pages() -> dict[Path, str]:
    """Return the page and what it should hold."""
    lines = [(HERE / "dictionary_intro.md").read_text(encoding="utf-8").rstrip("\n"), ""]
    for group, title in GROUPS.items():
        lines += [f"## {title}", ""]
        chosen = [table for table in tables().values() if table.group == group]
        lines += [line for table in chosen for line in _table(table)]
    return {HERE / "data-dictionary.md": "\n".join(lines).rstrip("\n") + "\n"}


def _table(table: Table) -> Iterator[str]:
    file = f" (`{table.file}`)" if table.file else ""
    yield from (f"### {table.name}", "", f"{table.vi}{file}", "", table.en, "")
    yield "| Column | Holds | May be | Meaning |"
    yield "|---|---|---|---|"
    for column in declared(table.name):
        holds = ", ".join(filter(None, (HOLDS[column.type], column.unit)))
        meaning = f"{column.vi} · {column.en}".replace("|", "\\|")
        yield f"| `{column.name}` | {holds} | {', '.join(_limits(column))} | {meaning} |"
    yield ""


def _limits(column: Column) -> Iterator[str]:
    """Yield what may stand in a column, in words."""
    if not column.required:
        yield "left out"
    if column.nullable:
        yield "empty"
    if column.key in ("unique", "key"):
        yield "unique" if column.key == "unique" else "part of the key"
    if column.values:
        yield f"one of `{', '.join(column.values)}`"
    if column.minimum is not None:
        yield f"≥ {column.minimum:g}"
    if column.maximum is not None:
        yield f"≤ {column.maximum:g}"


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8", newline="\n")
