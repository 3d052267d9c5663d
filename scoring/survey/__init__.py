"""SIPAS: questionnaires as data, responses, estimates with their errors, and the way into points.

The public names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Estimated": "satisfaction",
    "Responses": "responses",
    "SizeRequest": "planning.sample_sizes",
    "Stage": "planning.sample_draw",
    "Survey": "survey_file",
    "allocate": "planning.allocation",
    "compare_surveys": "comparison",
    "compare_units": "comparison",
    "draw_sample": "planning.sample_draw",
    "estimate_survey": "satisfaction",
    "figures_from_survey": "feeding",
    "open_instrument": "instrument.instruments",
    "propose_survey_items": "bindings",
    "read_responses": "responses",
    "read_survey": "survey_file",
    "size_table": "planning.sample_sizes",
    "survey_estimates": "satisfaction",
}

__all__ = [
    "Estimated",
    "Responses",
    "SizeRequest",
    "Stage",
    "Survey",
    "allocate",
    "compare_surveys",
    "compare_units",
    "draw_sample",
    "estimate_survey",
    "figures_from_survey",
    "open_instrument",
    "propose_survey_items",
    "read_responses",
    "read_survey",
    "size_table",
    "survey_estimates",
]

if TYPE_CHECKING:
    from scoring.survey.bindings import propose_survey_items
    from scoring.survey.comparison import compare_surveys, compare_units
    from scoring.survey.feeding import figures_from_survey
    from scoring.survey.instrument.instruments import open_instrument
    from scoring.survey.planning.allocation import allocate
    from scoring.survey.planning.sample_draw import Stage, draw_sample
    from scoring.survey.planning.sample_sizes import SizeRequest, size_table
    from scoring.survey.responses import Responses, read_responses
    from scoring.survey.satisfaction import Estimated, estimate_survey, survey_estimates
    from scoring.survey.survey_file import Survey, read_survey


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'scoring.survey' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"scoring.survey.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
