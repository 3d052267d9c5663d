"""How often `find_anomalies` names something in clean provinces, and how long it takes.

Simulated provinces have good and bad units, easy and hard items, prefilled forms, common documents
and deadlines that draw dates, and nothing that a person did wrong. Printed are, for each kind, the
share of provinces in which anything is named and how many rows there are on average; then the time
for one province of the size of a large one. Thresholds were tuned on the seeds 0 to 299 of
`clean_province`; other seeds, and `rough_province` of another make, tell how far they hold.

    python benchmarks/anomalies.py [PROVINCES] [UNITS] [LARGE] [FIRST_SEED] [clean | rough]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from clean_province import clean_province, criteria_of  # noqa: E402
from rough_province import rough_province  # noqa: E402

from scoring.analysis.anomalies import find_anomalies  # noqa: E402
from scoring.base.values import ANOMALY_KINDS  # noqa: E402

_MAKES = {"clean": clean_province, "rough": rough_province}


def false_alarms(
    provinces: int, units: int, first: int = 0, make: str = "clean"
) -> tuple[Counter[str], Counter[str]]:
    """Return in how many clean provinces each kind names anything, and how many rows in all."""
    criteria, named, rows = criteria_of(), Counter(), Counter()
    for seed in range(first, first + provinces):
        table, _ = find_anomalies(*_MAKES[make](seed, units, criteria).told())
        counts = table["kind"].value_counts()
        named.update(counts.index)
        rows.update(counts.to_dict())
        named["any"] += bool(len(table))
    return named, rows


def main(
    provinces: int = 300, units: int = 30, large: int = 3000, first: int = 0, make: str = "clean"
) -> None:
    named, rows = false_alarms(provinces, units, first, make)
    print(f"{provinces} clean provinces of {units} units, 80 items")
    for kind in (*ANOMALY_KINDS, "any"):
        if not provinces:
            break
        print(f"{kind:18} {100 * named[kind] / provinces:5.1f}% of provinces, "
              f"{rows[kind] / provinces:.3f} rows each")  # fmt: skip
    if large:
        province = clean_province(0, large, criteria_of(10))
        start = time.process_time()
        table, _ = find_anomalies(*province.told())
        seconds = time.process_time() - start
        print(f"{large} units, 100 items: {seconds:.1f} s of processor time, {len(table)} rows")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]), *sys.argv[5:])
