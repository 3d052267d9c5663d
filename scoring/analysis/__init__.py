"""What the points mean: gaps, targets, ranks, lead units.

`scoring.analysis.completion` is imported from its own module: it brings in the reading of plans,
which scoring alone does without.
"""

from scoring.analysis.gaps import gap_table, target_gaps
from scoring.analysis.lead_units import with_lead_units, with_planned_leads
from scoring.analysis.ranking import rank, ranking
from scoring.analysis.targets import check_targets

__all__ = [
    "check_targets",
    "gap_table",
    "rank",
    "ranking",
    "target_gaps",
    "with_lead_units",
    "with_planned_leads",
]
