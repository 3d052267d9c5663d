"""What a forecast takes for granted, in sentences, and which goal to speak of first."""

from __future__ import annotations

from collections.abc import Mapping

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
        said = {
            "items": named, "periods": "; ".join(dict.fromkeys(filter(None, rows["periods"]))),
            "by": label(f"forecast_by_{by}", lang), "count": int(rows["count"].max()),
            "kept": int(rows["kept"].max()),
        }  # fmt: skip
        line = label(f"forecast_says_{method}", lang, **said)
        is_told = method in ("survey", "open", "distinct")
        lines.append(line if has_chance or is_told else line + label("forecast_no_chance", lang))
    return lines


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
