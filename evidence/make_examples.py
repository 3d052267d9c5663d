"""Make the ledgers of the shipped examples from their long tables.

Run ``python evidence/make_examples.py`` after a change of the template or of an example; a test
holds the committed workbooks to what this makes.
"""

from __future__ import annotations

from pathlib import Path

from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.long_table import read_long_table
from scoring.files.atomic import write_atomically
from scoring.points import inputs_table, score

HERE = Path(__file__).resolve().parent
EXAMPLES = {"phu-tho-2026": "service-quality-766"}


def example_ledger(name: str) -> bytes:
    """Return the ledger of an example, filled with the figures of its ``inputs.csv``."""
    criteria = open_set(EXAMPLES[name])
    figures, _ = read_long_table(HERE / name / "inputs.csv", criteria)
    inputs = inputs_table(figures)
    unit = inputs.iloc[0]
    return new_ledger(
        criteria,
        unit["unit_code"],
        unit["unit_name"],
        int(unit["year"]),
        period=unit["period"],
        block=unit["block"],
        inputs=inputs,
        scores=score(inputs, criteria).scores,
    )


if __name__ == "__main__":
    for example in EXAMPLES:
        write_atomically(HERE / example / "ledger.xlsx", example_ledger(example))
