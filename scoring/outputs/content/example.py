"""A report at hand, for trying out what renders one."""

from __future__ import annotations

from functools import cache

from scoring.analysis import gap_table
from scoring.outputs.content.unit_content import ReportContent
from scoring.outputs.content.unit_report import report_content
from scoring.points import inputs_table, score
from scoring.tables import empty


@cache
def example_content(lang: str = "vi") -> ReportContent:
    """Return the report of a made-up unit that reported one item of Decision 766 and nothing else.

    Parameters
    ----------
    lang : str
        ``vi`` or ``en``.

    Returns
    -------
    ReportContent
        Item 2 reached 90 of 100; every other item is open.

    Examples
    --------
    >>> content = example_content()
    >>> content.unit_name, content.headline.is_open
    ('Sở Mẫu', True)
    """
    done = {"on_time": 90, "received": 100}
    rows = [{"item_code": "2", "input": name, "value": value} for name, value in done.items()]
    inputs = inputs_table(rows, unit_code="H1", unit_name="Sở Mẫu", year=2026)
    sheet = score(inputs, "service-quality-766")
    return report_content(sheet, gap_table(sheet), empty("Targets"), lang=lang)
