"""Everything one run computed: what all outputs are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.units import UnitKey
from scoring.points import ScoreSheet


@dataclass(frozen=True)
class Result:
    """Everything one run computed.

    Attributes
    ----------
    findings : tuple of Finding
        Those of intake, scoring and targets.
    data_days : mapping of UnitKey to date
        The day of the figures of each unit, where one is known.

    Examples
    --------
    >>> import scoring
    >>> from scoring.tables import empty
    >>> inputs = scoring.shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(inputs), "service-quality-766")
    >>> result = Result(sheet, scoring.gap_table(sheet), empty("Targets"), sheet.findings)
    >>> result.gaps["lost_points"].sum().round(2).item(), len(result.targets), result.data_days
    (38.11, 0, {})
    """

    sheet: ScoreSheet
    gaps: pd.DataFrame
    targets: pd.DataFrame
    findings: tuple[Finding, ...]
    data_days: Mapping[UnitKey, dt.date] = field(default_factory=dict)
