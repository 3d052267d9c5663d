"""A change of one figure, and a long table with changes in it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.dates import date_from_serial
from scoring.base.units import KEY_COLUMNS, UnitKey
from scoring.points.input_frames import full_table
from scoring.rules import RuleSpec

_CELLS = ("value", "choice", "happened_on")


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of a unit, before and after.

    Attributes
    ----------
    item_code, input : str
    before, value : float
        As scoring knows them (see `scoring.rules.evaluate.evaluate`); `before` NaN: not reported.
    unit : UnitKey
    kind : str
        Of the input: a number, ``yes_no``, ``choice`` or ``date``.
    choice : str
        The word that a long table holds; empty for numbers and days.

    Examples
    --------
    >>> more = Change("2", "on_time", before=90.0, value=95.0, unit=UnitKey("H1", 2026))
    >>> more.value - more.before, more.unit.unit_code, more.kind
    (5.0, 'H1', 'number')
    """

    item_code: str
    input: str
    before: float
    value: float
    unit: UnitKey
    kind: str = "number"
    choice: str = ""

    @property
    def cells(self) -> dict[str, Any]:
        """The cells ``value``, ``choice`` and ``happened_on`` of the table ``Inputs``."""
        is_day = self.kind == "date" and not self.choice
        day = pd.Timestamp(date_from_serial(self.value)) if is_day else pd.NaT
        value = math.nan if is_day or self.choice else self.value
        return {"value": value, "choice": self.choice, "happened_on": day}


def change_of(spec: RuleSpec, name: str, before: float, value: float, unit: UnitKey) -> Change:
    """Return a change of an input of an item, with the word that a table holds for it."""
    entry, choice = spec.named(name), ""
    if entry.kind == "yes_no":
        choice = "yes" if value == 1 else "no"
    elif entry.kind == "choice":
        choice = spec.options_of(name)[int(value)].code
    elif entry.kind == "date" and math.isinf(value):
        choice = "never"
    return Change(spec.code, name, before, value, unit, entry.kind, choice)


def applied(inputs: pd.DataFrame, changes: Iterable[Change]) -> pd.DataFrame:
    """Return a long table with changes in it; scoring it gives the points that were promised.

    Parameters
    ----------
    inputs : DataFrame
        The table ``Inputs``; it stays as it is.
    changes : iterable of Change
        Of any units and items; the last of several changes of one figure counts.

    Returns
    -------
    DataFrame
        The same rows with other figures, then a row for each figure that was not there; items with
        changes are no longer marked as not applicable.

    Examples
    --------
    >>> from scoring.points import inputs_table
    >>> table = inputs_table([{"item_code": "2", "input": "on_time", "value": 90}],
    ...                      unit_code="H1", year=2026)
    >>> more = Change("2", "on_time", 90.0, 95.0, UnitKey("H1", 2026))
    >>> applied(table, [more])["value"].tolist(), table["value"].tolist()
    ([95.0], [90.0])
    """
    table = full_table(inputs).reset_index(drop=True)
    wanted = {(*change.unit, change.item_code, change.input): change for change in changes}
    on = [*KEY_COLUMNS, "item_code", "input"]
    keys = list(table[on].itertuples(index=False, name=None))
    hits = [row for row, key in enumerate(keys) if key in wanted]
    for name in _CELLS:
        cells = [wanted[keys[row]].cells[name] for row in hits]
        table.loc[hits, name] = pd.Series(cells, index=hits, dtype=table[name].dtype)
    # Who reports a figure says that the item applies: a mark that the set refuses keeps it open.
    spoken = {key[:-1] for key in wanted}
    table.loc[[key[:-1] in spoken for key in keys], "not_applicable"] = False
    missing = [change for key, change in wanted.items() if key not in set(keys)]
    if not missing:
        return table
    heads = {
        tuple(row[name] for name in KEY_COLUMNS): {
            name: row[name] for name in ("unit_name", "block")
        }
        for row in table.drop_duplicates(KEY_COLUMNS).to_dict("records")
    }
    rows = [
        dict(zip(on, (*change.unit, change.item_code, change.input), strict=True))
        | change.cells
        | heads.get(tuple(change.unit), {})
        for change in missing
    ]
    new = full_table(pd.DataFrame(rows))
    # Of a table that was read from files: a figure that nobody wrote stands nowhere.
    places = {str(name): "" for name in table if name not in new}
    return pd.concat([table, new.assign(**places)], ignore_index=True)
