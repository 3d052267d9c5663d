"""What the points mean: gaps, targets, comparison."""

from scoring.analysis.gaps import gap_table, target_gaps
from scoring.analysis.targets import check_targets

__all__ = ["check_targets", "gap_table", "target_gaps"]
