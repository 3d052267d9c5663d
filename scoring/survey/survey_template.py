"""A ``survey.toml`` to fill in, for people who have an entry workbook and no file to copy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from scoring.base.labels import label
from scoring.files.toml_files import read_toml
from scoring.survey.instrument.model import Instrument

DESIGN_FILE = "design.toml"


def survey_template(
    instrument: Instrument,
    responses: str,
    *,
    year: int | None = None,
    design: str = "",
    lang: str = "vi",
) -> str:
    """Return a ``survey.toml`` whose name, status, source and year are left to be filled in.

    Parameters
    ----------
    instrument : Instrument
    responses : str
        Name of the file of forms beside it.
    year : int, optional
        Without it the line waits to be filled in: no year is guessed.
    design : str
        The part ``[design]`` as a draw wrote it; without it the part is there as a comment.
    lang : {"vi", "en"}

    Examples
    --------
    >>> from scoring.survey import open_instrument
    >>> made = survey_template(open_instrument("officials-survey-sample"), "nhap.xlsx", year=2026)
    >>> [line for line in made.splitlines() if line.startswith(("year", "responses"))]
    ['year = 2026', 'responses = ["nhap.xlsx"]']
    """
    ways = " | ".join(way.code for way in instrument.weightings)
    return label(
        "survey_template",
        lang,
        year="# year = 2026" if year is None else f"year = {year}",
        instrument=instrument.instrument_id,
        responses=responses,
        design=design.strip() or label("survey_template_design", lang),
        ways=ways,
    )


def design_beside(sample: Path) -> str:
    """Return the part ``[design]`` that a draw wrote beside its sample; empty where it did not."""
    if not (sample.parent / DESIGN_FILE).is_file():
        return ""
    design = read_toml(sample.parent / DESIGN_FILE).get("design", {})
    return design_text(design) if isinstance(design, dict) else ""


def design_text(design: Mapping[str, object]) -> str:
    """Return the part ``[design]``; what has no value, such as an unknown population, is not stated.

    Examples
    --------
    >>> design_text({"strata": ["stratum"], "population": [], "weight": "weight"})
    '[design]\\nstrata = ["stratum"]\\nweight = "weight"\\n'
    """
    stated = {name: value for name, value in design.items() if value}
    # A list or a text of JSON is one of TOML as well.
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in stated.items())
    return "\n".join(["[design]", *lines, ""])
