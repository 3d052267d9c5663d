"""What one deadline of a plan is, whatever the words it was read from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from scoring.official.recurrence import Recurrence


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline of a task, as read from one clause of its text.

    Attributes
    ----------
    text : str
        The clause as written.
    what : str
        What is due, where the clause says so ("Ban hành Kế hoạch"); may be empty.
    kind : str
        ``date``; ``recurring``; ``ongoing`` ("Thường xuyên"); ``condition`` ("Sau khi ... ban
        hành"); ``by-rule`` (another document sets the time); ``unread`` (not understood).
    starts_on, due_on : date or None
        First day, if a span is given, and last day. For a condition `due_on` is the day expected.
    precision : str
        What the text names: ``day``, ``month``, ``quarter``, ``half-year`` or ``year``; empty
        when there is no date.
    exclusive : bool
        True after "trước": `due_on` is then the day before the one written.
    recurrence : Recurrence or None
    condition : str
        The event waited for; empty when there is none.
    assumed_year : bool
        True when the text names no year and the year of the plan was taken.
    """

    text: str
    kind: str
    what: str = ""
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    precision: str = ""
    exclusive: bool = False
    recurrence: Recurrence | None = None
    condition: str = ""
    assumed_year: bool = False

    def dates(self, year: int) -> tuple[dt.date, ...]:
        """Return every last day in the plan of `year`; empty when none can be told."""
        if self.recurrence is not None:
            return self.recurrence.dates(year)
        return (self.due_on,) if self.kind == "date" and self.due_on else ()
