"""Write ``docs/method.md``: every rule kind with its worked example, made from the registry.

Run ``python docs/make_method.py`` after adding or rewording a rule kind; a test compares.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from scoring.base.dates import date_from_serial, format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.rules import RULE_KINDS, InputSpec, RuleKind, RuleSpec, compile_rule
from scoring.rules.evaluate import best_name
from scoring.rules.excel import ExcelInput
from scoring.rules.expression import YEAR

HERE = Path(__file__).resolve().parent
EXAMPLE_YEAR = 2026.0


def pages() -> dict[Path, str]:
    """Return the page and what it should hold."""
    intro = (HERE / "method_intro.md").read_text(encoding="utf-8")
    lines = [line for kind in RULE_KINDS.values() for line in _kind(kind)]
    return {HERE / "method.md": intro.rstrip("\n") + "\n\n" + "\n".join(lines).rstrip("\n") + "\n"}


def _kind(kind: RuleKind) -> Iterator[str]:
    """Yield the section of one kind: sentence, example in figures, arithmetic, Excel formula."""
    spec = kind.example.spec
    rule = compile_rule(spec)
    values = dict(kind.example.values)
    figures = {YEAR: EXAMPLE_YEAR} | values
    figures |= {best_name(name): best for name, best in _bests(rule.peer_inputs, values)}
    yield f"### `{kind.name}`: {kind.title('vi')} · {kind.title('en')}"
    yield ""
    yield f"> {rule.sentence('vi')}"
    yield ">"
    yield f"> *{rule.sentence('en')}*"
    yield ""
    yield f"| {label('reported_figures')} · {label('reported_figures', 'en')} | Tên · Name | Giá trị · Value |"
    yield "|---|---|---:|"
    for entry in spec.inputs:
        if entry.name in values:
            shown = _value(spec, entry, values[entry.name])
            yield f"| {entry.label('vi')} · {entry.label('en')} | `{entry.name}` | {shown} |"
    for name, best in _bests(rule.peer_inputs, values):
        yield f"| cao nhất trong khối · best of the block | `{name}` | {format_number(best)} |"
    yield ""
    points = format_number(kind.example.points)
    maximum = format_number(spec.max_points)
    written = rule.arithmetic(figures, "vi")
    written = written if written == points else f"{written} = {points}"
    yield f"- Phép tính · Arithmetic: **{written}** (tối đa · of {maximum})"
    cells = {entry.name: _cell(entry, row) for row, entry in enumerate(spec.inputs, start=2)}
    cells[YEAR] = ExcelInput("$B$1", "count")
    cells |= {best_name(name): ExcelInput("$C$2", "number") for name in rule.peer_inputs}
    yield f"- Excel: `={rule.excel_formula(cells)}`"
    yield f"- Nguyên nhân khi mất điểm · Cause of a gap: `{kind.cause}`"
    yield ""


def _bests(names: tuple[str, ...], values: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Yield the best value of the block that the example's points imply."""
    for name in names:
        yield name, values.get(best_name(name), values[name])


def _cell(entry: InputSpec, row: int) -> ExcelInput:
    options = "" if entry.kind in ("count", "number", "percent") else f"$F${row}:$H${row}"
    return ExcelInput(f"$B${row}", entry.kind, options)


def _value(spec: RuleSpec, entry: InputSpec, value: float) -> str:
    if entry.kind == "yes_no":
        return (
            f"{label('yes')} · {label('yes', 'en')}"
            if value
            else f"{label('no')} · {label('no', 'en')}"
        )
    if entry.kind == "choice":
        option = spec.options_of(entry.name)[int(value)]
        return f"{option.label('vi')} · {option.label('en')}"
    if entry.kind == "date":
        return label("never") if math.isinf(value) else format_date(date_from_serial(value))
    return format_number(value) + entry.unit


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8", newline="\n")
