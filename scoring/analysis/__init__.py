"""What the points mean: gaps, targets, ranks, lead units.

The public names are loaded when they are first used: checking a ledger asks for no gaps.
`scoring.analysis.completion` is imported from its own module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.base.on_first_use import names_on_first_use

_HOMES = {
    "check_targets": "targets",
    "gap_table": "gaps",
    "rank": "rank_table",
    "ranking": "rank_table",
    "target_gaps": "gaps",
    "with_lead_units": "lead_units",
    "with_planned_leads": "lead_units",
}

__all__ = [
    "check_targets",
    "gap_table",
    "rank",
    "ranking",
    "target_gaps",
    "with_lead_units",
    "with_planned_leads",
]

if TYPE_CHECKING:
    from scoring.analysis.gaps import gap_table, target_gaps
    from scoring.analysis.lead_units import with_lead_units, with_planned_leads
    from scoring.analysis.rank_table import rank, ranking
    from scoring.analysis.targets import check_targets

__getattr__ = names_on_first_use(__name__, _HOMES)
