"""The choice of a year and period, for the verbs that read figures of several."""

from __future__ import annotations

import argparse
from dataclasses import replace

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.units import KEY_COLUMNS, unit_keys
from scoring.batch.submissions import Intake


def of_period(intake: Intake, options: argparse.Namespace) -> Intake:
    """Return what was read for ``--year`` and ``--period``; all of it without them.

    Raises
    ------
    UsageError
        When nothing was read for them; names the years and periods there are.
    """
    inputs, chosen = intake.inputs, intake.inputs
    for name in ("year", "period"):
        if (wanted := getattr(options, name)) is not None:
            chosen = chosen[chosen[name] == wanted]
    if len(chosen) or not len(inputs):
        return replace(intake, inputs=chosen.reset_index(drop=True))
    known = unit_keys(inputs[KEY_COLUMNS].drop_duplicates())
    shown = list(dict.fromkeys(key.when for key in known))
    asked = f"{options.year or ''} {options.period or ''}".strip()
    raise UsageError(
        f"there are no figures for {asked}; there are: {'; '.join(shown)}",
        Finding("unknown-period", values={"period": asked, "known": shown}),
    )
