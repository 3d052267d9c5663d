"""Where a verb spends its time: the entries that take most, by the profiler of Python."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from recording import Record, write_json

from scoring.files.shipped import shipped_folder

TOP = 10
_EXAMPLE = shipped_folder("evidence") / "phu-tho-2026"
_INPUTS, _LEDGER = str(_EXAMPLE / "inputs.csv"), str(_EXAMPLE / "ledger.xlsx")
_766 = ["--criteria", "service-quality-766"]
VERBS = {
    "score": ["score", _INPUTS, *_766, "--out", "OUT"],
    "report": ["report", _INPUTS, *_766, "--out", "OUT"],
    "ledger-check": ["ledger", "check", _LEDGER],
    "explain": ["explain", "5.3", _LEDGER],
    "demo": ["demo", "--out", "OUT"],
    "form": ["form", "department-sample", "--year", "2026", "--out", "OUT"],
}


def profile_verb(verb: str, out: Path) -> dict[str, Any]:
    """Run a verb in a process of its own under the profiler; record what took most."""
    with tempfile.TemporaryDirectory() as folder:
        given = [one.replace("OUT", f"{folder}/out") for one in VERBS[verb]]
        kept = Path(folder, "kept")
        command = [sys.executable, __file__, str(kept), *given]
        subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
        stats = pstats.Stats(str(kept))
    record = Record(f"profile-{verb}", "normal", out)
    record.told |= {"command": f"python -m benchmarks profile {verb}", **_told(stats)}
    write_json(record.path, record.told)
    return record.told


def _told(stats: pstats.Stats) -> dict[str, Any]:
    """Return all seconds, those of loading, and the entries of most seconds of their own."""
    own = sorted(stats.stats.items(), key=lambda entry: -entry[1][2])  # type: ignore[attr-defined]
    loading = max((s[3] for (_, _, name), s in own if name == "_find_and_load"), default=0.0)
    return {
        "seconds": round(stats.total_tt, 3),  # type: ignore[attr-defined]
        "loading": round(loading, 3),
        "top": [
            {
                "entry": _named(*key),
                "own": round(s[2], 3),
                "with_called": round(s[3], 3),
                "calls": s[1],
            }
            for key, s in own[:TOP]
        ],
    }


def _named(path: str, line: int, name: str) -> str:
    """Return an entry without where the checkout or a library lies."""
    parts = Path(path).parts
    for root in ("site-packages", "scoring"):
        if root in parts:
            at = len(parts) - 1 - parts[::-1].index(root)
            parts = parts[at + (root == "site-packages") :]
            break
    else:
        parts = parts[-1:]
    return name if path == "~" else f"{'/'.join(parts)}: {name}"


def _main(kept: str, given: list[str]) -> None:
    profiler = cProfile.Profile()
    sys.argv[1:] = given

    def work() -> int:
        from scoring.cli.entry import main

        return main()

    with redirect_stdout(io.StringIO()):
        code = profiler.runcall(work)
    profiler.dump_stats(kept)
    assert code in (0, 1, 2), code


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
