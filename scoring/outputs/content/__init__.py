"""What a report says, worked out once; every output only renders it."""

from scoring.outputs.amounts import Amount
from scoring.outputs.content.example import example_content
from scoring.outputs.content.first_sentence import league_sentence, unit_sentence
from scoring.outputs.content.league import League, LeagueRow, league
from scoring.outputs.content.set_identity import SetIdentity
from scoring.outputs.content.unit_content import Headline, ReportContent
from scoring.outputs.content.unit_report import report_content, report_contents
from scoring.outputs.content.unit_rows import (
    AreaRow,
    CauseRow,
    FindingRow,
    ItemRow,
    RiskRow,
    StepRow,
)

__all__ = [
    "Amount",
    "AreaRow",
    "CauseRow",
    "FindingRow",
    "Headline",
    "ItemRow",
    "League",
    "LeagueRow",
    "ReportContent",
    "RiskRow",
    "SetIdentity",
    "StepRow",
    "example_content",
    "league",
    "league_sentence",
    "report_content",
    "report_contents",
    "unit_sentence",
]
