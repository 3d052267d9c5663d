"""How often `find_anomalies` names something in provinces in which nothing is wrong.

Simulated provinces have good and bad units, easy and hard items, prefilled forms, common documents
and deadlines that draw dates, and nothing that a person did wrong. Printed are, for each kind, the
share of provinces in which anything is named and how many rows there are on average. Thresholds
were tuned on the seeds 0 to 299 of `clean_province`; other seeds, and `rough_province` of another
make, tell how far they hold. How long it takes is measured by ``python -m benchmarks anomalies``.

    python tests/proof/false_alarms.py [PROVINCES] [UNITS] [FIRST_SEED] [clean | rough]
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clean_province import clean_province, criteria_of
from rough_province import rough_province

from scoring.analysis.anomalies import find_anomalies
from scoring.base.values import ANOMALY_KINDS

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


def main(provinces: int = 300, units: int = 30, first: int = 0, make: str = "clean") -> None:
    """Print the share of each kind."""
    named, rows = false_alarms(provinces, units, first, make)
    print(f"{provinces} {make} provinces of {units} units, 80 items")
    for kind in (*ANOMALY_KINDS, "any"):
        print(f"{kind:18} {100 * named[kind] / provinces:5.1f}% of provinces, "
              f"{rows[kind] / provinces:.3f} rows each")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), *sys.argv[4:])
