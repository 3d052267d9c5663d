"""Who can still win the lost points, and by when: gaps joined with the tasks that serve them."""

from __future__ import annotations

import pandas as pd

_NAME_MARK = "; "


def with_lead_units(
    gaps: pd.DataFrame,
    tasks: pd.DataFrame,
    links: pd.DataFrame,
    status: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Fill `lead_unit` and `due_on` of gaps from the tasks that serve their items.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``; a lead unit or day that stands there already is kept.
    tasks : DataFrame
        Table ``PlanTasks``.
    links : DataFrame
        `task_code`, `item_code` (see `scoring.plan.feeding.confirmed_links`); a link to a
        criterion or area serves every item below it.
    status : DataFrame, optional
        Table ``TaskStatus``: with it, `due_on` is the nearest day still open, and tasks that are
        done no longer name their unit while others are open. Without it, the tasks' own last day.

    Returns
    -------
    DataFrame
        The same rows. Several lead units stand in the order of the plan, parted by "; ".

    Examples
    --------
    >>> gaps = pd.DataFrame({"item_code": ["1.1.3", "2.1"], "lead_unit": "", "due_on": pd.NaT})
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "lead_unit": ["Văn phòng"],
    ...                       "due_on": [pd.Timestamp("2025-12-14")]})
    >>> links = pd.DataFrame({"task_code": ["I.1"], "item_code": ["1.1"]})
    >>> with_lead_units(gaps, tasks, links)["lead_unit"].tolist()
    ['Văn phòng', '']
    """
    serving = _serving(gaps["item_code"].drop_duplicates(), links)
    known = _open_days(status) if status is not None else tasks.set_index("task_code")["due_on"]
    table = tasks[["task_code", "lead_unit"]].reset_index(names="place")
    table = serving.merge(table, on="task_code").sort_values("place", kind="stable")
    table["day"] = known.reindex(table["task_code"]).to_numpy()
    if status is not None:
        table = _still_open(table, status)
    named, dated = _by_item(table)
    items = gaps["item_code"]
    has_lead = gaps["lead_unit"].fillna("") != ""
    names = pd.Series([named.get(item, "") for item in items], gaps.index, dtype="str")
    days = pd.Series([dated.get(item, pd.NaT) for item in items], gaps.index, dtype="datetime64[s]")
    return gaps.assign(
        lead_unit=gaps["lead_unit"].where(has_lead, names),
        due_on=pd.to_datetime(gaps["due_on"]).fillna(days),
    )


def _by_item(table: pd.DataFrame) -> tuple[dict[str, str], dict[str, pd.Timestamp]]:
    """Return the units that lead the tasks of each item, and the nearest day among them."""
    named = {
        str(item): _NAME_MARK.join(dict.fromkeys(name for name in names if name))
        for item, names in table.groupby("item_code", sort=False)["lead_unit"]
    }
    days = {str(item): rows.min() for item, rows in table.groupby("item_code", sort=False)["day"]}
    return named, days


def _serving(items: pd.Series, links: pd.DataFrame) -> pd.DataFrame:
    """Return which task serves which of `items`, directly or through a node above it."""
    pairs = [(item, above) for item in items for above in _self_and_above(str(item))]
    above = pd.DataFrame(pairs, columns=["item_code", "linked_code"], dtype="str")
    renamed = links.rename(columns={"item_code": "linked_code"})
    served = above.merge(renamed, on="linked_code")
    return served[["item_code", "task_code"]].drop_duplicates()


def _self_and_above(code: str) -> list[str]:
    parts = code.split(".")
    return [".".join(parts[:size]) for size in range(1, len(parts) + 1)]


def _open_days(status: pd.DataFrame) -> pd.Series:
    return status[status["done_on"].isna()].groupby("task_code")["due_on"].min()


def _still_open(table: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    """Leave finished tasks out where another task of the same item is open."""
    pending = set(status.loc[status["done_on"].isna(), "task_code"])
    is_open = table["task_code"].isin(pending)
    any_open = is_open.groupby(table["item_code"]).transform("any")
    return table[is_open | ~any_open]
