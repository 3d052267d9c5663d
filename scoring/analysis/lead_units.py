"""Who can still win the lost points, and by when: gaps joined with the tasks that serve them."""

from __future__ import annotations

import pandas as pd

from scoring.base.units import KEY_COLUMNS
from scoring.tables import checked, days_of

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
        Table ``PlanTasks``. Where it and `links` carry the columns of `KEY_COLUMNS`, a task serves
        the gaps of its own unit and year alone.
    links : DataFrame
        `task_code`, `item_code` (see `scoring.plan.feeding.confirmed_links`); a link to a
        criterion or area serves every item below it.
    status : DataFrame, optional
        Table ``TaskStatus``: with it, `due_on` is the nearest day still open, and tasks that are
        done no longer name their unit while others are open. Without it, the tasks' own last day.

    Returns
    -------
    DataFrame
        The same rows. Several lead units stand in the order of the plan, separated by "; ".

    Examples
    --------
    >>> gaps = pd.DataFrame({"item_code": ["1.1.3", "2.1"], "lead_unit": "", "due_on": pd.NaT})
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "lead_unit": ["Văn phòng"],
    ...                       "due_on": [pd.Timestamp("2025-12-14")]})
    >>> links = pd.DataFrame({"task_code": ["I.1"], "item_code": ["1.1"]})
    >>> with_lead_units(gaps, tasks, links)["lead_unit"].tolist()
    ['Văn phòng', '']
    """
    checked(gaps, "Gaps", columns=("item_code", "lead_unit", "due_on"), by="with_lead_units")
    checked(tasks, "PlanTasks", columns=("task_code", "lead_unit"), by="with_lead_units")
    checked(links, "TaskLinks", by="with_lead_units")
    keys = [name for name in KEY_COLUMNS if name in tasks and name in links]
    serving = _serving(gaps[[*keys, "item_code"]].drop_duplicates(), links, keys)
    known = tasks[[*keys, "task_code", "lead_unit"]].assign(place=range(len(tasks)))
    if status is None:
        known = known.assign(day=tasks["due_on"], is_open=True)
    else:
        open_days = _open_days(status)
        day = open_days.reindex(tasks["task_code"]).to_numpy()
        known = known.assign(day=day, is_open=tasks["task_code"].isin(open_days.index))
    table = serving.merge(known, on=[*keys, "task_code"]).sort_values("place", kind="stable")
    named = _by_item(_still_open(table, [*keys, "item_code"]), [*keys, "item_code"])
    found = gaps[[*keys, "item_code"]].merge(named, on=[*keys, "item_code"], how="left")
    has_lead = gaps["lead_unit"].fillna("") != ""
    names = pd.Series(found["names"].fillna("").to_numpy(), gaps.index, dtype="str")
    days = pd.Series(found["day"].to_numpy(), gaps.index, dtype="datetime64[us]")
    return gaps.assign(
        lead_unit=gaps["lead_unit"].where(has_lead, names),
        due_on=days_of(gaps["due_on"]).fillna(days),
    )


def with_planned_leads(gaps: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Fill `lead_unit` and `due_on` of gaps from the plans that ledgers carry.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``.
    tasks : DataFrame
        Table ``PlanTasks`` of all ledgers, with the key of the unit and ``item_codes``.

    Examples
    --------
    >>> unit = {"unit_code": "H1", "year": 2026, "period": ""}
    >>> gaps = pd.DataFrame({"item_code": ["2.1"], "lead_unit": "", "due_on": pd.NaT})
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "lead_unit": ["Văn phòng"],
    ...                       "item_codes": ["2.1"], "due_on": [pd.Timestamp("2026-12-14")]})
    >>> with_planned_leads(gaps.assign(**unit), tasks.assign(**unit))["lead_unit"].tolist()
    ['Văn phòng']
    """
    if gaps.empty or tasks.empty:
        return gaps
    # People number tasks as they like, so a code may stand twice; the row makes it unique.
    owned = tasks.assign(task_code=pd.Series(range(len(tasks)), tasks.index).astype("str"))
    codes = owned["item_codes"].astype("str").str.split(";")
    links = owned[[*KEY_COLUMNS, "task_code"]].assign(item_code=codes).explode("item_code")
    links["item_code"] = links["item_code"].str.strip()
    # What is done has no day any more; a task without that column is not known to be done.
    status = owned.reindex(columns=["task_code", "due_on", "done_on"])
    return with_lead_units(gaps, owned, links[links["item_code"] != ""], status)


def _by_item(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the units that lead the tasks of each item, and the nearest day among them."""
    grouped = table.groupby(keys, sort=False)
    return grouped.agg(names=("lead_unit", _joined), day=("day", "min")).reset_index()


def _joined(names: pd.Series) -> str:
    return _NAME_MARK.join(dict.fromkeys(name for name in names if name))


def _serving(items: pd.DataFrame, links: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return which task serves which of `items`, directly or through a node above it."""
    codes = items["item_code"].drop_duplicates()
    pairs = [(item, above) for item in codes for above in _self_and_above(str(item))]
    above = pd.DataFrame(pairs, columns=["item_code", "linked_code"], dtype="str")
    renamed = links.rename(columns={"item_code": "linked_code"})
    served = items.merge(above, on="item_code").merge(renamed, on=[*keys, "linked_code"])
    return served[[*keys, "item_code", "task_code"]].drop_duplicates()


def _self_and_above(code: str) -> list[str]:
    parts = code.split(".")
    return [".".join(parts[:size]) for size in range(1, len(parts) + 1)]


def _open_days(status: pd.DataFrame) -> pd.Series:
    return status[status["done_on"].isna()].groupby("task_code")["due_on"].min()


def _still_open(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Leave finished tasks out where another task of the same item is open."""
    any_open = table.groupby(keys)["is_open"].transform("any")
    return table[table["is_open"] | ~any_open]
