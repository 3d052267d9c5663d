"""What a verb costs before it does anything much: processor time of short command lines.

    python benchmarks/start.py [RUNS]

User and system time of the process and its children, the least of RUNS (five) fresh ones, warm
disk and bytecode; beside ``python -c "import pandas"``, run in turns with them: below that no
verb that scores can come. That the verbs did their work is checked by their exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from scoring.files.shipped import shipped_folder

RUNS = 5
LEDGER = str(shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx")
# What may be spent on each, in seconds.
AIMS = {"--help": 0.2, "ledger check": 0.6, "explain": 0.7, "demo": 1.5}


def commands(out: str) -> dict[str, list[str]]:
    """Return the command lines by what they are called here; what they write goes below `out`."""
    verb = [sys.executable, "-m", "scoring"]
    return {
        "import pandas": [sys.executable, "-c", "import pandas"],
        "--help": [*verb, "--help"],
        "ledger check": [*verb, "ledger", "check", LEDGER],
        "explain": [*verb, "explain", "5.3", LEDGER],
        "demo": [*verb, "demo", "--replace", "--out", f"{out}/demo"],
    }


def processor_seconds(command: list[str]) -> float:
    """Return the processor time of a process and of the children that it waited for."""
    before = os.times()
    subprocess.run(command, capture_output=True, check=True)
    after = os.times()
    mine = after.children_user + after.children_system
    return mine - before.children_user - before.children_system


def main(runs: int) -> None:
    """Print the least of `runs` of each command."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as out:
        lines = commands(out)
        spent = {name: processor_seconds(line) for name, line in lines.items()}
        for _ in range(runs):
            spent = {name: min(spent[name], processor_seconds(lines[name])) for name in lines}
    print(f"{'':16} {'cpu s':>6} {'aim':>5} {'beyond pandas':>14}")
    for name, seconds in spent.items():
        aim = f"{AIMS[name]:.1f}" if name in AIMS else ""
        print(f"{name:16} {seconds:6.2f} {aim:>5} {seconds - spent['import pandas']:14.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else RUNS)
