"""Items of which some figures are reported and others are not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.base.findings import Finding
from scoring.base.labels import Named
from scoring.base.values import NOT_APPLICABLE
from scoring.points.sheet import ScoreSheet
from scoring.tables.places import MAX_FINDINGS_PER_KIND


def half_filled(sheet: ScoreSheet) -> Iterator[Finding]:
    """Yield a finding at the first missing figure of each item that has others.

    Such an item stays open, so the index is a range until somebody remembers the rest.
    """
    figures = sheet.figures
    for code, rule in sheet.criteria.rules.items():
        # Figures that only grades read leave the points of the item as they are.
        asked = [entry for entry in rule.spec.inputs if entry.name in rule.names]
        names = [entry.name for entry in asked]
        known = ~np.isnan(np.array([figures.values[code, name] for name in names]))
        # What does not apply lacks nothing, also where a figure was left beside the mark.
        applies = sheet.status[sheet.row(code)] != NOT_APPLICABLE
        is_part = known.any(axis=0) & ~known.all(axis=0) & applies
        units = np.flatnonzero(is_part)[:MAX_FINDINGS_PER_KIND]
        for unit in units:
            missing = [e for e, is_known in zip(asked, known[:, unit], strict=True) if not is_known]
            said = {"input": [Named.of(entry) for entry in missing]}
            yield from figures.findings_at(
                "item-half-filled", np.array([unit]), code, missing[0].name, [said]
            )
