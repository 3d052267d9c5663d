"""Criteria, evidence and scores for Vietnam's PAR Index (chỉ số cải cách hành chính).

Open a criteria set, read what a unit reports, score it, and ask why:

>>> import scoring
>>> criteria = scoring.open_set("service-quality-766")
>>> figures = scoring.inputs_table([
...     {"item_code": "5.3", "input": "satisfied", "value": 810},
...     {"item_code": "5.3", "input": "dossiers", "value": 1000},
... ], unit_code="so-noi-vu", year=2026)
>>> sheet = scoring.score(figures, criteria)
>>> scoring.explain(sheet, "5.3", lang="en").shown_points
'5.40'

The public names are loaded when they are first used, so that importing the package is instant.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from scoring.base.displayed import show_with

__version__ = "1.0.0"

_HOMES = {
    "CriteriaSet": "scoring.criteria",
    "Finding": "scoring.base.findings",
    "ScoreSheet": "scoring.points",
    "ScoringError": "scoring.base.errors",
    "best_within": "scoring.whatif.cheapest",
    "chart_context": "scoring.outputs.content.set_identity",
    "check_set": "scoring.criteria",
    "check_targets": "scoring.analysis",
    "diff_sets": "scoring.criteria.diff",
    "explain": "scoring.points.item_explanation",
    "explanations_needed": "scoring.points.proof",
    "export_workbook": "scoring.criteria.set_workbook",
    "findings_frame": "scoring.base.findings",
    "gap_table": "scoring.analysis",
    "inputs_table": "scoring.points",
    "list_sets": "scoring.criteria",
    "open_set": "scoring.criteria",
    "plan_status": "scoring.plan",
    "price_curve": "scoring.whatif.cheapest",
    "rank": "scoring.analysis",
    "reach": "scoring.whatif.reach",
    "read_goal": "scoring.whatif.goals",
    "read_files": "scoring.batch.submissions",
    "read_long_table": "scoring.evidence.long_table",
    "read_targets": "scoring.evidence.targets_table",
    "readable_table": "scoring.display.tables",
    "round_points": "scoring.base.rounding",
    "score": "scoring.points",
    "shipped_folder": "scoring.files.shipped",
    "target_gaps": "scoring.analysis",
    "what_if": "scoring.whatif.scenarios",
    "with_proof": "scoring.points.proof",
}

__all__ = [
    "CriteriaSet",
    "Finding",
    "ScoreSheet",
    "ScoringError",
    "__version__",
    "best_within",
    "chart_context",
    "check_set",
    "check_targets",
    "diff_sets",
    "explain",
    "explanations_needed",
    "export_workbook",
    "findings_frame",
    "gap_table",
    "inputs_table",
    "list_sets",
    "open_set",
    "plan_status",
    "price_curve",
    "rank",
    "reach",
    "read_files",
    "read_goal",
    "read_long_table",
    "read_targets",
    "readable_table",
    "round_points",
    "score",
    "shipped_folder",
    "target_gaps",
    "what_if",
    "with_proof",
]

if TYPE_CHECKING:
    from scoring.analysis import check_targets, gap_table, rank, target_gaps
    from scoring.base.errors import ScoringError
    from scoring.base.findings import Finding, findings_frame
    from scoring.base.rounding import round_points
    from scoring.batch.submissions import read_files
    from scoring.criteria import CriteriaSet, check_set, list_sets, open_set
    from scoring.criteria.diff import diff_sets
    from scoring.criteria.set_workbook import export_workbook
    from scoring.display.tables import readable_table
    from scoring.evidence.long_table import read_long_table
    from scoring.evidence.targets_table import read_targets
    from scoring.files.shipped import shipped_folder
    from scoring.outputs.content.set_identity import chart_context
    from scoring.plan import plan_status
    from scoring.points import ScoreSheet, inputs_table, score
    from scoring.points.item_explanation import explain
    from scoring.points.proof import explanations_needed, with_proof
    from scoring.whatif.cheapest import best_within, price_curve
    from scoring.whatif.goals import read_goal
    from scoring.whatif.reach import reach
    from scoring.whatif.scenarios import what_if


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'scoring' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


show_with(
    ChartFigure="scoring.outputs.images:figure_html",
    CheckedSet="scoring.display.sets:checked_set_html",
    CriteriaSet="scoring.display.sets:criteria_set_html",
    Draw="scoring.display.surveys:draw_html",
    Estimated="scoring.display.surveys:estimated_html",
    Explanation="scoring.display.scores:explanation_html",
    Instrument="scoring.display.questionnaires:instrument_html",
    Responses="scoring.display.surveys:responses_html",
    ScoreSheet="scoring.display.scores:score_sheet_html",
)
