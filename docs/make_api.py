"""Write ``docs/api.md`` from the docstrings of every public name of ``import scoring``.

Run ``python docs/make_api.py`` after changing a public docstring; a test compares.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import scoring

HERE = Path(__file__).resolve().parent
SECTIONS = ("Parameters", "Attributes", "Returns", "Raises", "Notes", "Examples", "References")
# The order of a tour: a set, figures, scores, questions about them, what is wrong.
TOUR = {
    "Bộ tiêu chí · Criteria sets": (
        "list_sets",
        "open_set",
        "check_set",
        "CriteriaSet",
        "diff_sets",
        "export_workbook",
    ),
    "Số liệu vào · Figures in": ("inputs_table", "read_long_table", "read_files", "read_targets"),
    "Điểm · Points": ("score", "ScoreSheet", "round_points", "rank", "explain"),
    "Khoảng cách và chỉ tiêu · Gaps and targets": ("gap_table", "check_targets", "target_gaps"),
    "Chứng cứ · Proof": ("with_proof", "explanations_needed"),
    "Biểu đồ, ví dụ · Charts, examples": ("chart_context", "shipped_folder"),
    "Kế hoạch · Plans": ("plan_status",),
    "Phát hiện và lỗi · Findings and errors": ("Finding", "findings_frame", "ScoringError"),
}


def pages() -> dict[Path, str]:
    """Return the page and what it should hold; a public name without a place goes to the end."""
    placed = {name for names in TOUR.values() for name in names}
    others = tuple(sorted(set(scoring.__all__) - placed - {"__version__"}))
    tour = TOUR | ({"Khác · More": others} if others else {})
    lines = [(HERE / "api_intro.md").read_text(encoding="utf-8").rstrip("\n"), ""]
    for title, names in tour.items():
        lines += [f"## {title}", ""]
        lines += [line for name in names for line in _entry(name, getattr(scoring, name))]
    return {HERE / "api.md": "\n".join(lines).rstrip("\n") + "\n"}


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield f"### `scoring.{name}`"
    yield ""
    if isinstance(thing, FunctionType):
        yield from ("```python", f"{name}{_signature(thing)}", "```", "")
    yield from _prose(inspect.getdoc(thing) or "")
    if inspect.isclass(thing):
        yield from _members(thing)
    home = getattr(thing, "__module__", "scoring")
    yield f"Nguồn · Defined in: `{home}`"
    yield ""


def _signature(function: FunctionType) -> str:
    """Return the signature over several lines where it is long."""
    text = str(inspect.signature(function)).replace("'", "")
    text = re.sub(r"\bpathlib\.(_local\.)?Path\b", "Path", text)
    if len(text) < 70:
        return text
    inside, _, result = text.rpartition(") -> ")
    parts = re.split(r", (?=\w+:|\*)", inside.removeprefix("("))
    return "(\n    " + ",\n    ".join(parts) + f",\n) -> {result}"


def _members(kind: type) -> Iterator[str]:
    """Yield what a class offers besides its attributes: properties and methods."""
    rows = []
    for name, member in vars(kind).items():
        said = (inspect.getdoc(member) or "").split("\n\n")[0]
        # The default of an attribute is no member, though its own type has something to say.
        is_default = isinstance(member, str)
        if name.startswith("_") or not said or is_default or name in getattr(kind, "__slots__", ()):
            continue
        shown = f"{name}{_call(member)}" if isinstance(member, FunctionType) else name
        rows.append(f"| `{shown}` | {_code(' '.join(said.split()))} |")
    if rows:
        yield from ("| | |", "|---|---|", *rows, "")


def _call(method: FunctionType) -> str:
    names = [name for name in inspect.signature(method).parameters if name != "self"]
    return f"({', '.join(names)})"


def _prose(doc: str) -> Iterator[str]:
    """Yield a numpy-style docstring as Markdown."""
    parts = re.split(rf"^({'|'.join(SECTIONS)})\n-+\n", doc, flags=re.MULTILINE)
    yield from (_code(parts[0].strip()), "")
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        yield from (f"**{title}**", "")
        if title == "Examples":
            yield from ("```python", body.strip(), "```", "")
        elif title in ("Notes", "References"):
            yield from (_code(body.strip()), "")
        else:
            yield from (*_fields(body), "")


def _fields(body: str) -> Iterator[str]:
    """Yield a section of names and indented texts as a list."""
    field, said = "", list[str]()
    for line in [*body.splitlines(), "end"]:
        if line and not line.startswith(" "):
            if field:
                yield f"- `{field}`" + (f": {_code(' '.join(said))}" if said else "")
            field, said = line.strip(), []
        elif line.strip():
            said.append(line.strip())


def _code(text: str) -> str:
    """Turn double and single backquotes of a docstring into Markdown's code."""
    return text.replace("``", "`").replace("<", "&lt;")


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8", newline="\n")
