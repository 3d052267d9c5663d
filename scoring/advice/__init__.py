"""Concrete advice from the rules themselves: what would earn how much, and until when."""

from scoring.advice.changes import Change, applied
from scoring.advice.options import KINDS, Options, options
from scoring.advice.terms import TERMS

__all__ = ["KINDS", "TERMS", "Change", "Options", "applied", "options"]
