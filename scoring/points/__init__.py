"""From reported figures to points: items, roll-up, index and grade."""

from scoring.points.arrange import Arranged, arrange
from scoring.points.scoring import score, score_arranged
from scoring.points.sheet import ScoreSheet
from scoring.points.tables import INPUT_COLUMNS, inputs_table

__all__ = [
    "INPUT_COLUMNS",
    "Arranged",
    "ScoreSheet",
    "arrange",
    "inputs_table",
    "score",
    "score_arranged",
]
