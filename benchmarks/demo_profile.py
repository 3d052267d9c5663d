"""Where the time of ``parindex demo`` goes: imports, computing, drawing, writing.

    python benchmarks/demo_profile.py [RUNS]

Every run is a fresh process; the medians over the runs are printed, in milliseconds of processor
time (what the machine does besides then counts little) and of the clock.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUNS = 5


def one_run(folder: Path) -> dict[str, tuple[float, float]]:
    """Do what the demo does, stage by stage; returns processor and clock seconds of each."""
    spent: dict[str, tuple[float, float]] = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        start = time.process_time(), time.perf_counter()
        result = work()
        spent[stage] = (time.process_time() - start[0], time.perf_counter() - start[1])
        return result

    def imports() -> None:
        for name in ("scoring.cli.commands.demo", "scoring.outputs.report_workbook"):
            importlib.import_module(name)

    timed("import", imports)
    from scoring.batch import run
    from scoring.batch.submissions import read_files
    from scoring.criteria import open_set
    from scoring.evidence.targets_table import read_targets
    from scoring.files.shipped import shipped_folder

    example = shipped_folder("evidence") / "phu-tho-2026"
    criteria = timed("open and check the set", lambda: open_set("service-quality-766"))
    intake = timed("read figures", lambda: read_files([example / "inputs.csv"], criteria))
    targets, _ = read_targets(example / "targets.csv")
    result = timed("score, gaps, targets", lambda: run.compute(intake, targets))
    # The stages of writing are timed inside, by standing in for the functions that do them.
    for name, stage in (
        ("write_tables", "write tables"),
        ("save_charts", "draw charts (2, PNG and SVG)"),
        ("_report_workbook", "write report.xlsx"),
        ("_pages", "write report.html"),
        ("write_manifest", "write manifest.json"),
    ):
        if hasattr(run, name):
            _stand_in(run, name, stage, timed)
    run.write_outputs(result, folder, [example / "inputs.csv"])
    return spent


def _stand_in(module: Any, name: str, stage: str, timed: Callable[..., Any]) -> None:
    real = getattr(module, name)
    setattr(module, name, lambda *args, **kw: timed(stage, lambda: real(*args, **kw)))


def main(runs: int) -> None:
    """Print the medians of `runs` fresh processes."""
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, __file__, "--once"], capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout))
    medians = {
        stage: [statistics.median(run[stage][kind] for run in found) for kind in (0, 1)]
        for stage in found[0]
    }
    total = [sum(times[kind] for times in medians.values()) for kind in (0, 1)]
    print(f"{'stage':32} {'cpu ms':>8} {'share':>7} {'clock ms':>9}")
    for stage, (cpu, clock) in (medians | {"together": total}).items():
        print(f"{stage:32} {1000 * cpu:8.0f} {cpu / total[0]:7.0%} {1000 * clock:9.0f}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--once"]:
        with tempfile.TemporaryDirectory() as place:
            print(json.dumps(one_run(Path(place))))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else RUNS)
