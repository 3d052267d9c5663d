"""Ledgers of the example, small enough to be taken in by the dozen."""

from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.long_table import read_long_table
from scoring.files.shipped import shipped_folder
from scoring.points import score

CRITERIA = open_set("department-sample")
INPUTS, _ = read_long_table(
    shipped_folder("evidence") / "example-department-sample" / "inputs.csv", CRITERIA
)
FIRST, SECOND, *_ = dict.fromkeys(INPUTS["unit_code"])


def ledger(figures_of, code):
    """A ledger of the unit `code` with the figures of a unit of the example."""
    inputs = INPUTS[INPUTS["unit_code"] == figures_of].assign(unit_code=code)
    unit = inputs.iloc[0]
    scores = score(inputs, CRITERIA).scores
    return new_ledger(
        CRITERIA, code, f"Sở {code}", int(unit["year"]),
        block=unit["block"], inputs=inputs, scores=scores,
    )  # fmt: skip
