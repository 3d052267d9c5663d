"""Reading the scoring text of a decision into rules, sure or left to review."""

from scoring.criteria.appendix.scoring_text.reading import read_scoring
from scoring.criteria.appendix.scoring_text.result import ItemFacts, Reason, RuleReading

__all__ = ["ItemFacts", "Reason", "RuleReading", "read_scoring"]
