"""Draw the house from its imports: the picture and the tables of ``docs/architecture.md``."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import grimp
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from PIL import Image

from scoring.tables import tables

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.png"
# The forms a figure takes between the cell of a ledger and the bar of a chart, in order.
FORMS = (
    ("bytes", "scoring.files.excel.package", "the file as it was sent"),
    ("PackageReport", "scoring.files.excel.package", "its parts, inspected before any is read"),
    ("Sheet", "scoring.files.excel.workbook", "a grid of plain values, whichever program wrote it"),
    (
        "SheetRows",
        "scoring.evidence.ledger.reading.sheet_rows",
        "the same sheet of many ledgers, by column",
    ),
    (
        "Inputs",
        "scoring.evidence.ledger.reading.assessment_reading",
        "the long table: a row a figure",
    ),
    ("Figures", "scoring.points.figure_arrays", "an array a figure, a place a unit"),
    ("ScoreSheet", "scoring.points.sheet", "points and bounds as arrays; its table is `Scores`"),
    ("area_table", "scoring.outputs.charts.score_tables", "the rows that the chart draws"),
    ("ChartFigure", "scoring.outputs.theme", "the picture, which carries that table"),
)
INK, PAPER, ROOM, CHIP = "#1a1a1a", "#ffffff", "#12436d", "#dbe7f1"


@dataclass(frozen=True)
class House:
    """Layers from high to low, each a tuple of rooms; imports counted from room to room."""

    layers: tuple[tuple[str, ...], ...]
    parts: dict[str, list[str]]
    lines: dict[str, int]
    imports: Counter[tuple[str, str]]


def house() -> House:
    """Measure the package as it stands."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    layers = tuple(
        tuple(part.strip().removeprefix("scoring.") for part in layer.split(":"))
        for layer in declared
    )
    graph = grimp.build_graph("scoring", exclude_type_checking_imports=True, cache_dir=None)
    rooms = {name for layer in layers for name in layer}
    return House(
        layers, _parts(rooms), {room: _lines(room) for room in rooms}, _imports(graph, rooms)
    )


def _parts(rooms: set[str]) -> dict[str, list[str]]:
    def names(room: str) -> list[str]:
        here = ROOT / "scoring" / room
        inside = {path.stem for path in here.iterdir() if (path / "__init__.py").exists()}
        modules = {path.stem for path in here.glob("*.py") if path.stem != "__init__"}
        return sorted(inside | modules)

    return {room: names(room) for room in rooms}


def _lines(room: str) -> int:
    files = (ROOT / "scoring" / room).rglob("*.py")
    return sum(len(path.read_text("utf-8").splitlines()) for path in files)


def _imports(graph: grimp.ImportGraph, rooms: set[str]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            high, low = (name.split(".")[1:2] for name in (importer, imported))
            if high != low and {*high, *low} <= rooms and high and low:
                counts[high[0], low[0]] += 1
    return counts


def picture(measured: House) -> Figure:
    """Draw a floor a layer, a room a box, its parts inside; arcs are imports between rooms."""
    floors = len(measured.layers)
    figure = Figure(figsize=(11, 0.92 * floors + 0.8), dpi=60, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.93))
    axes.set(xlim=(0, 100), ylim=(0, floors))
    axes.axis("off")
    heights: dict[str, float] = {}
    for floor, layer in enumerate(measured.layers):
        width = (76 - 2 * (len(layer) - 1)) / len(layer)
        for place, room in enumerate(layer):
            heights[room] = floors - floor - 0.5
            _draw_room(axes, measured, room, place * (width + 2), heights[room], width)
    for (high, low), count in measured.imports.items():
        _draw_import(axes, heights[high], heights[low], count)
    title = (
        "Rooms and their lines of code. A layer imports only layers below it;\n"
        "arcs are imports, thicker where there are more"
    )
    axes.set_title(title, loc="left", color=INK, fontsize=11)
    return figure


def _draw_room(axes, measured: House, room: str, left: float, middle: float, width: float) -> None:
    box = FancyBboxPatch((left + 0.5, middle - 0.4), width - 1, 0.8, boxstyle="round,pad=0.02,"
                         "rounding_size=0.1", facecolor=CHIP, edgecolor=ROOM)  # fmt: skip
    axes.add_patch(box)
    lines = f"{measured.lines[room]:,}".replace(",", " ")
    axes.text(left + 1.5, middle + 0.24, room, color=ROOM, fontsize=10, weight="bold", va="center")
    axes.text(
        left + width - 1.5, middle + 0.24, lines, color=ROOM, fontsize=8, va="center", ha="right"
    )
    for row, text in enumerate(_wrapped(measured.parts[room], int(width * 1.85))[:3]):
        axes.text(
            left + 1.5, middle + 0.03 - 0.17 * row, text, color=INK, fontsize=7.5, va="center"
        )


def _wrapped(names: list[str], letters: int) -> list[str]:
    lines = [""]
    for name in names:
        if lines[-1] and len(lines[-1]) + len(name) + 3 > letters:
            lines.append("")
        lines[-1] += (" · " if lines[-1] else "") + name
    return lines


def _draw_import(axes, high: float, low: float, count: int) -> None:
    if high == low:
        return
    axes.add_patch(
        FancyArrowPatch(
            (76.5, high), (76.5, low), connectionstyle="arc3,rad=-0.38",
            arrowstyle="-|>", mutation_scale=7, color=ROOM, alpha=0.45,
            linewidth=0.5 + 0.25 * count**0.5,
        )
    )  # fmt: skip


def pages() -> dict[Path, str]:
    """Return the page with its table of rooms filled in."""
    measured = house()
    intro = (ROOT / "docs" / "architecture_intro.md").read_text("utf-8")
    rows = ["| Room | Imports from |", "|---|---|"]
    for layer in measured.layers:
        for room in layer:
            below = sorted({low for high, low in measured.imports if high == room})
            rows.append(f"| `{room}` | {', '.join(below) or '–'} |")
    filled = intro.replace("{{rooms}}", "\n".join(rows)).replace("{{forms}}", "\n".join(_forms()))
    return {ROOT / "docs" / "architecture.md": filled}


def _forms() -> Iterator[str]:
    """Yield the rows of the table of forms; a module that does not know its form is an error."""
    yield from ("| | Form | Module | What it is |", "|---|---|---|---|")
    tables_and_types = {"bytes", *tables()}
    for number, (name, module, meaning) in enumerate(FORMS, 1):
        if name not in tables_and_types and not hasattr(import_module(module), name):
            raise ValueError(f"{module} has no {name}: mend the list of forms")
        yield f"| {number} | `{name}` | `{module}` | {meaning} |"


if __name__ == "__main__":
    picture(house()).savefig(PICTURE, metadata={"Software": None})
    with Image.open(PICTURE) as drawn:
        drawn.convert("RGB").quantize(64).save(PICTURE, optimize=True)
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8", newline="\n")
