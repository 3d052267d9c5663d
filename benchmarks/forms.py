"""How long the forms of a province take: ``python benchmarks/forms.py [UNITS]``."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

from scoring.cli.main import main

UNITS, SECONDS = 3400, 120.0


def run(units: int = UNITS) -> float:
    """Write a form for each of many units with one process; return the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "units.csv")
        rows = "".join(f"U{n:05},UBND xã mẫu {n},Khối xã\n" for n in range(units))
        listed.write_text(f"unit_code,unit_name,block\n{rows}", encoding="utf-8")
        out = Path(folder, "forms")
        argv = ["--quiet", "form", "department-sample", "--year", "2026", "--units", str(listed)]
        begun = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            main([*argv, "--out", str(out)])
        took = time.perf_counter() - begun
        size = next(out.iterdir()).stat().st_size
    print(f"{units} forms of {size / 1000:.0f} kB: {took:.1f} s, one process")
    return took


if __name__ == "__main__":
    took = run(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS)
    sys.exit(took > SECONDS)
