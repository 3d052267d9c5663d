"""What a forecast takes for granted, in sentences, and which goal to speak of first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from scoring.base.labels import label

_MOST_NAMED = 6


def assumption_lines(
    table: pd.DataFrame, names: Mapping[str, str], by: str, lang: str = "vi"
) -> list[str]:
    """Return a sentence for each way in which figures of one unit are carried on.

    Parameters
    ----------
    table : DataFrame
        Rows of one unit of ``ForecastAssumptions``.
    names : mapping of str to str
        Names of items by code.
    by : {"month", "quarter"}
    """
    lines = []
    for (method, has_chance), rows in table.groupby(["method", "has_chance"], sort=False):
        codes = list(dict.fromkeys("; ".join(rows["item_code"]).split("; ")))
        named = ", ".join(codes[:_MOST_NAMED]) + (", …" if len(codes) > _MOST_NAMED else "")
        if len(codes) == 1:
            named = f"{codes[0]} {names.get(codes[0], '')}".strip()
        periods = "; ".join(dict.fromkeys(filter(None, rows["periods"])))
        said = {
            "items": named, "periods": periods,
            "by": label(f"forecast_by_{by}", lang, count=1 if periods.isdigit() else 2), "count": int(rows["count"].max()),
            "kept": int(rows["kept"].max()),
        }  # fmt: skip
        # What was told once has not been seen to move.
        way = "level_once" if method == "level" and periods.isdigit() else method
        line = label(f"forecast_says_{way}", lang, **said)
        is_told = method in ("survey", "open", "distinct")
        if not (has_chance or is_told):
            line = f"{line.removesuffix('.')}{label('forecast_no_chance', lang)}."
        lines.append(line)
    return lines


def lines_of_units(lines: Mapping[str, Sequence[str]], lang: str = "vi") -> list[str]:
    """Return each sentence once, with the units that it is about where it is not about all.

    >>> lines_of_units({"Sở A": ["1: kept.", "2: open."], "Sở B": ["1: kept."]})
    ['1: kept.', 'Sở A · 2: open.']
    """
    told = dict[str, list[str]]()
    for unit, texts in lines.items():
        for text in texts:
            told.setdefault(text, []).append(unit)
    made = []
    for text, (first, *others) in told.items():
        who = label("first_and_more", lang, name=first, more=len(others)) if others else first
        made.append(text if len(others) + 1 == len(lines) else f"{who} · {text}")
    return made


def nearest_goal(goals: pd.DataFrame) -> pd.Series | None:
    """Return the goal of one unit that is most in doubt; None where there is none.

    >>> table = pd.DataFrame({"goal_points": [80, 90], "low_percent": [71, 1], "high_percent": [75, 2]})
    >>> float(nearest_goal(table)["goal_points"])
    80.0
    """
    if not len(goals):
        return None
    middle = (goals["low_percent"] + goals["high_percent"]) / 2
    return goals.iloc[int((middle - 50).abs().argmin())]
