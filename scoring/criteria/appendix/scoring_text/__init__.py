"""Reading the scoring text of a decision into rules, sure or left to review."""

from scoring.criteria.appendix.scoring_text.item_rule import read_scoring
from scoring.criteria.appendix.scoring_text.rule_reading import (
    ItemFacts,
    ReadStep,
    Reason,
    RuleReading,
)

__all__ = ["ItemFacts", "ReadStep", "Reason", "RuleReading", "read_scoring"]
