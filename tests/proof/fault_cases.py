"""A call over a desk, where nothing stands and over earlier results, and what comes of it undisturbed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import harmed_runs as harmed
from harmed_runs import Call, Desk, Tree

Signs = frozenset[tuple[str, str]]


@dataclass
class Case:
    """A call over a desk, and what an undisturbed run makes of it.

    `vague` holds the names of files that differ from run to run.
    """

    call: Call
    source: Path
    home: Path
    start: Tree = field(default_factory=dict)
    end: Tree = field(default_factory=dict)
    code: int = 0
    touches: int = 0
    seconds: float = 0.0
    vague: set[str] = field(default_factory=set)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What is called."""
        is_over = bool(self.outputs & self.start.keys()) and not self.call.renews
        return (*self.call.arguments, *["--replace"] * is_over)

    outputs: set[str] = field(default_factory=set)
    # What stood there at each touch, by its `signs`, and one desk for each of them.
    moments: list[Signs] = field(default_factory=list)
    looks: dict[Signs, Tree] = field(default_factory=dict)
    # What the next run made of a desk, by its `signs`: the same desk need not be tried twice.
    seen: dict[Signs, str] = field(default_factory=dict)

    def desk(self) -> Desk:
        """Return a fresh copy of the desk."""
        return Desk.copied(self.source, self.home)

    def same(self, one: Tree, other: Tree) -> bool:
        """Say whether two desks hold the same."""
        names = {name for name in one.keys() | other.keys() if ".parts" not in name}
        return all(name in one and name in other for name in names) and all(
            name in self.vague or one[name] == other[name] for name in names
        )


def cases(call: Call, scratch: Path, bare: Path) -> Iterator[Case]:
    """Yield the call where nothing stands, and over the results of an earlier run."""
    first = measured(Case(call, bare, scratch / "nhà"))
    yield first
    over = scratch / "có sẵn"
    desk = Desk.copied(bare, over)
    desk.run((*call.arguments, "--lang", "en"))
    for name in tops(first.outputs):
        if (desk.desk / name).is_dir() and call.name not in ("evidence bundle (2)",):
            (desk.desk / name / "ghi chú.txt").write_text("của tôi", encoding="utf-8")
    yield measured(Case(call, desk.desk, scratch / "nhà", outputs=first.outputs))


def tops(names: Iterable[str]) -> set[str]:
    return {name.partition("/")[0] for name in names}


def measured(case: Case) -> Case:
    """Run undisturbed twice: once to have the result, once to look at what stands there meanwhile.

    What is not the same the second time is vague.
    """
    desk = case.desk()
    case.start = desk.files()
    began = time.monotonic()
    case.code = desk.run(case.arguments)
    case.seconds = time.monotonic() - began
    case.end = desk.files()

    def look(files: Tree) -> None:
        case.moments.append(harmed.signs(files))
        case.looks.setdefault(case.moments[-1], files)

    desk = case.desk()
    # Where nothing was done yet, the next run is this one.
    case.seen = {harmed.signs(case.start): ""}
    harmed.looked_at(desk, case.arguments, look)
    case.touches, again = len(case.moments), desk.files()
    case.vague = {name for name in case.end if case.end[name] != again.get(name)}
    names = case.end.keys() | case.start.keys()
    case.outputs |= {name for name in names if case.start.get(name) != case.end.get(name)}
    return case
