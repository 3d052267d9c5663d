"""Concrete advice from the rules themselves: what would earn how much, and until when."""

from scoring.advice.advice_table import advice_table
from scoring.advice.changes import Change, applied
from scoring.advice.gains import index_gains
from scoring.advice.options import KINDS, Options, options
from scoring.advice.terms import TERMS
from scoring.advice.told import Told, told
from scoring.advice.ways import Advice, Way, ways

__all__ = [
    "KINDS",
    "TERMS",
    "Advice",
    "Change",
    "Options",
    "Told",
    "Way",
    "advice_table",
    "applied",
    "index_gains",
    "options",
    "told",
    "ways",
]
