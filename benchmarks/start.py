"""What a verb costs before it does anything much: processor time of short command lines.

Each is a fresh process with its children, warm disk and bytecode; beside it stands importing pandas
alone, in turns with them: below that no verb that scores can come. That the verbs did their work
is checked by their exit code.

    python benchmarks/start.py [RUNS] [--small | --full]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence

from measuring import OURS, Claim, Claims, alone, least, of_command, parindex

from scoring.files.shipped import shipped_folder

SIZES = {"small": [1], "normal": [5], "full": [10]}
PANDAS = "import pandas alone"


def commands(out: str) -> dict[str, list[str]]:
    """Return the command lines by what they are called here; what they write goes below `out`."""
    example = shipped_folder("evidence") / "phu-tho-2026"
    ledger = example / "ledger.xlsx"
    return {
        PANDAS: [sys.executable, "-c", "import pandas"],
        "start-help": parindex("--help"),
        "start-ledger-check": parindex("ledger", "check", ledger),
        "start-explain": parindex("explain", "5.3", ledger),
        "start-demo": parindex("demo", "--replace", "--out", f"{out}/demo"),
    }


def claims(sizes: Sequence[int]) -> Claims:
    """Yield each verb beside importing pandas, the least of several runs."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as out:
        lines = commands(out)
        runs = [{name: of_command(line) for name, line in lines.items()}]
        for _ in range(max(sizes)):
            runs.append({name: of_command(line) for name, line in lines.items()})
    costs = {name: least([run[name] for run in runs]) for name in lines}
    for name in lines:
        if name != PANDAS:
            yield Claim(name, "its exit code is 0", {1: {OURS: costs[name], PANDAS: costs[PANDAS]}})


if __name__ == "__main__":
    alone(claims, SIZES)
