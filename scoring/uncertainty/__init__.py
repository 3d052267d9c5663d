"""How sure an index, a grade and a rank are: one model of what is in doubt, and what follows from it."""

from scoring.uncertainty.acceptance import Acceptance, acceptance
from scoring.uncertainty.doubts import Doubts, doubts_of
from scoring.uncertainty.forecast import Forecast, forecast
from scoring.uncertainty.month_figures import MonthFigures, month_figures
from scoring.uncertainty.outlook import Outlook, outlook
from scoring.uncertainty.robust_ranks import Robustness, robustness

__all__ = [
    "Acceptance",
    "Doubts",
    "Forecast",
    "MonthFigures",
    "Outlook",
    "Robustness",
    "acceptance",
    "doubts_of",
    "forecast",
    "month_figures",
    "outlook",
    "robustness",
]
