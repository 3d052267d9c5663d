"""From reported figures to points: items, roll-up, index and grade."""

from scoring.points.figure_arrays import Figures, figures_of
from scoring.points.input_frames import inputs_table
from scoring.points.scoring import score, score_figures
from scoring.points.sheet import ScoreSheet

__all__ = [
    "Figures",
    "ScoreSheet",
    "figures_of",
    "inputs_table",
    "score",
    "score_figures",
]
