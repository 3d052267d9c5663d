"""What the scripts of this folder share: what a run costs, what a claim is, how both are told.

A script has ``SIZES``, how large a small, a normal and a full run is, and ``claims(sizes)``, which
asserts that ours and every peer give the same and only then yields what they cost. It runs alone
(``python benchmarks/NAME.py [SIZE ...] [--small | --full]``) or by ``python -m benchmarks``. Where a
way needs a process of its own, for its memory or its children, the script gives it to `alone`
by its name and starts it with `of_way`.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
FORMS = ("small", "normal", "full")
OURS = "ours"
LEAST = 0.005  # seconds: less is not told apart from a tick of the system
Sizes = Mapping[str, Sequence[int]]
Work = Callable[[], Any]


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor, seconds by the clock, and peak megabytes; None is not measured.

    `megabytes` is the highest of one process, `together` of all processes at one moment.
    """

    processor: float | None = None
    clock: float | None = None
    megabytes: float | None = None
    together: float | None = None

    def times(self, factor: float) -> Cost:
        """Return the cost of `factor` times as much of the same work, one piece after another."""
        more = [None if one is None else one * factor for one in (self.processor, self.clock)]
        return Cost(*more, self.megabytes, self.together)


@dataclass(frozen=True)
class Claim:
    """What was asserted to be equal, and what each way costs, by size of the work."""

    name: str
    equal: str
    costs: dict[int, dict[str, Cost]] = field(default_factory=dict)


@dataclass(frozen=True)
class NotRun:
    """A claim, or one peer of it, that could not be measured here, and why."""

    name: str
    why: str


Claims = Iterator[Claim | NotRun]


def lacking(name: str, *modules: str, programs: Sequence[str] = ()) -> NotRun | None:
    """Return which of the libraries and programs that a claim needs are not installed, if any."""
    gone = [one for one in modules if importlib.util.find_spec(one) is None]
    gone += [one for one in programs if shutil.which(one) is None]
    return NotRun(name, f"not installed: {', '.join(gone)}") if gone else None


# What work costs.


def processor_seconds() -> float:
    """Return what this process and all below it have used, those that still run included."""
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    alive = sum(_ticks(child) for child in _children(os.getpid())) / os.sysconf("SC_CLK_TCK")
    return sum(one.ru_utime + one.ru_stime for one in used) + alive


def _ticks(pid: int) -> int:
    """Return the ticks of a process and of those it waited for; 0 where it is gone (Linux)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return sum(map(int, stat.rpartition(")")[2].split()[11:15]))


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except OSError:
        return []


def tree_megabytes(pid: int) -> Iterator[tuple[float, float]]:
    """Yield the memory of a process and of all below it, now and at its highest (Linux)."""
    if (found := memory_of(pid)) is None:
        return
    yield found
    for child in _children(pid):
        yield from tree_megabytes(child)


def memory_of(pid: int | str = "self") -> tuple[float, float] | None:
    """Return the memory of a process now, and its highest since that was last forgotten (Linux)."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
        now, highest = (told.split(name)[1].split()[0] for name in ("VmRSS:", "VmHWM:"))
    except (OSError, IndexError):  # Not Linux, or a process that has ended.
        return None
    return int(now) / 1000, int(highest) / 1000


def _peak() -> float | None:
    return found[1] if (found := memory_of()) else None


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # Then the highest of the whole process is told, which is never too low.
        return


def timed(work: Work) -> tuple[Cost, Any]:
    """Return what `work` costs in this process and its children, and what it gives."""
    _forget_peak()
    processor, clock = processor_seconds(), time.perf_counter()
    result = work()
    clock, processor = time.perf_counter() - clock, processor_seconds() - processor
    return Cost(processor, clock, _peak()), result


def in_turns(ways: Mapping[str, Work], times: int = 5) -> dict[str, Cost]:
    """Return the least that each way costs, each in its turn so that other work meets all alike."""
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(times):
        for name, work in ways.items():
            found[name].append(timed(work)[0])
    return {name: least(costs) for name, costs in found.items()}


def least(costs: Sequence[Cost]) -> Cost:
    """Return the least time, and the highest memory, of several runs of one work."""

    def of(name: str, choose: Callable[..., float]) -> float | None:
        return choose((getattr(cost, name) for cost in costs), default=None)

    if any(cost.processor is None for cost in costs):
        return min(costs, key=lambda cost: cost.clock or 0.0)
    return Cost(of("processor", min), of("clock", min), of("megabytes", max), costs[0].together)


def of_command(command: Sequence[str]) -> Cost:
    """Run a command line and return what it costs; exit codes up to 2 tell of findings."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    highest, done = [0.0, 0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            found = list(tree_megabytes(process.pid))
            sizes, peaks = [size for size, _ in found], [peak for _, peak in found]
            highest[:] = max(highest[0], *peaks, 0), max(highest[1], sum(sizes))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.communicate()[1]
    done.set()
    watcher.join()
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode in (0, 1, 2), said.decode()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(used, clock, *highest)


def of_way(script: str, way: str, *given: object) -> Cost:
    """Run one way of a script in a process of its own and return what it costs."""
    return of_command([sys.executable, script, "--way", way, *map(str, given)])


def parindex(*given: object) -> list[str]:
    """Return the command line of a verb, as a user starts it."""
    return [sys.executable, "-m", "scoring", *map(str, given)]


# What a claim promises, and whether it holds.


def promises() -> dict[str, dict[str, Any]]:
    """Return what ``claims.toml`` says of every claim."""
    return tomllib.loads((FOLDER / "claims.toml").read_text(encoding="utf-8"))["claims"]


def figure(aim: Mapping[str, Any], by_size: Mapping[int, Mapping[str, Cost]]) -> float | None:
    """Return the figure that an aim is about, at the largest size: a ratio, seconds, megabytes.

    `way` names the way that an aim is about where it is not ours; below the size `since` an aim says
    nothing, for what it is about is hidden by what starting costs. A ``growth`` is by how much
    work grows as its size doubles, of the way that grows most where there is none of ours.
    """
    if max(by_size) < aim.get("since", 0):
        return None
    of, way, costs = str(aim.get("of", "processor")), aim.get("way", OURS), by_size[max(by_size)]
    if of == "growth":
        grown = [growth(by_size, one) for one in ([way] if way in costs else costs)]
        return max((one for one in grown if one is not None), default=None)
    mine = getattr(costs.get(way, Cost()), of)
    theirs = getattr(costs.get(str(aim.get("to")), Cost()), of)
    if "at_most" in aim and "to" not in aim:
        return mine
    if not mine or not theirs:
        return None
    return mine / theirs if "at_most" in aim else theirs / mine


def growth(by_size: Mapping[int, Mapping[str, Cost]], way: str) -> float | None:
    """Return by how much the time of a way grows as the size doubles, on the whole curve.

    Less than some ticks of the system's clock cannot be told from them, and does not count.
    """
    spent = {size: _time(ways[way]) for size, ways in by_size.items() if way in ways}
    known = {size: max(seconds, LEAST) for size, seconds in spent.items() if seconds}
    if len(known) < 2:
        return None
    least, most = min(known), max(known)
    return (known[most] / known[least]) ** (1 / math.log2(most / least))


def _time(cost: Cost) -> float | None:
    return cost.clock if cost.processor is None else cost.processor


def holds(aim: Mapping[str, Any], value: float) -> bool:
    """Say whether a figure keeps what the aim asks."""
    return value <= aim.get("at_most", math.inf) and value >= aim.get("at_least", -math.inf)


def told(claim: Claim | NotRun) -> str:
    """Return a claim as lines of text."""
    if isinstance(claim, NotRun):
        return f"{claim.name}: not run, {claim.why}"
    lines = [f"{claim.name}: equal: {claim.equal}"]
    for size, costs in claim.costs.items():
        for way, cost in costs.items():
            lines.append(f"{size:>12,} {way:36}{_told(cost)}")
    for aim in promises().get(claim.name, {}).get("aims", ()):
        value = figure(aim, claim.costs)
        if value is not None:
            said = "reached" if holds(aim, value) else "NOT reached"
            lines.append(f"{'':13}{value:.2f} {aim}: {said}")
    return "\n".join(lines)


def _told(cost: Cost) -> str:
    parts = [(cost.processor, "s processor"), (cost.clock, "s clock")]
    texts = ["" if one is None else f"{one:9.3f} {name}" for one, name in parts]
    parts = [(cost.megabytes, "MB"), (cost.together, "MB together")]
    return "".join(texts + ["" if one is None else f"{one:8.0f} {name}" for one, name in parts])


def alone(
    claims: Callable[[Sequence[int]], Claims],
    sizes: Sizes,
    ways: Mapping[str, Callable[..., object]] | None = None,
) -> None:
    """Run one script by itself and print what it finds, or run one of its ways and end."""
    if ways and sys.argv[1:2] == ["--way"]:
        ways[sys.argv[2]](*map(Path, sys.argv[3:]))
        return
    parser = argparse.ArgumentParser(
        description=(sys.modules["__main__"].__doc__ or "").split("\n")[0]
    )
    parser.add_argument("sizes", metavar="SIZE", type=int, nargs="*")
    add_forms(parser)
    asked = parser.parse_args()
    for claim in claims(asked.sizes or sizes[asked.form]):
        print(told(claim), flush=True)


def add_forms(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose between a small, a normal and a full run."""
    parser.set_defaults(form="normal")
    for form in ("small", "full"):
        parser.add_argument(f"--{form}", dest="form", action="store_const", const=form)
