"""A small plan with its record."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from plan_record_samples import progress_of, tasks_of, units_of

from scoring.plan.feeding.record import PlanRecord


@pytest.fixture
def record() -> PlanRecord:
    """Four tasks: one met in time, one late, one missed, one without a day."""
    reports = pd.DataFrame(
        {
            "name": ["Báo cáo quý I", "Báo cáo 6 tháng"],
            "period": ["Q1", "H1"],
            "recipient": "above",
            "due_on": pd.to_datetime(["2025-03-14", "2025-06-14"]),
        }
    )
    return replace(
        PlanRecord(),
        tasks=tasks_of(
            ("I.1", "Văn phòng", "10/01/2025; 15/03/2025", "1.1"),
            ("I.2", "Thanh tra", "Tháng 02/2025", "1.3.1"),
            ("I.3", "Văn phòng", "Tháng 04/2025", "1.4"),
            ("I.4", "Các phòng, đơn vị", "Thường xuyên", "1.4"),
        ),
        progress=progress_of(
            ("I.1", "2025-01-08"),
            ("I.1", "2025-03-15"),
            ("I.2", "2025-03-05"),
            ("I.4", "2025-05-20"),
            ("report:Q1", "2025-03-10"),
            ("report:H1", "2025-06-20"),
        ),
        reports=reports,
        units=units_of(
            ("VP", "Văn phòng", "", "", "2025-05-06"), ("TTr", "Thanh tra", "Thanh tra Sở")
        ),
    )
