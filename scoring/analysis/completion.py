"""Task completion of an institution's own units: counts, grade and rank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
from rapidfuzz import fuzz, process

from scoring.analysis.rank_table import rank
from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.criteria import CriteriaSet
from scoring.plan import plan_status
from scoring.plan.leading_units import Leaders, leaders
from scoring.plan.standing import task_standing
from scoring.points import ScoreSheet, inputs_table, score

Collective = Literal["each", "none"]
COUNTS = ("on_time", "late", "missed", "not_due", "undated")
_SHOWN_TASKS = 5
_COLLECTIVE_FINDINGS = {
    "each": "completion-collective-each",
    "none": "completion-collective-none",
}
_LIKE_PERCENT = 60.0  # below this a name is no likely misspelling of another


@dataclass(frozen=True)
class Completion:
    """Task completion on a day.

    Attributes
    ----------
    counts : DataFrame
        One row per unit: `unit_code`, `unit_name`, `tasks`, `due`, `on_time`, `late`, `missed`,
        `not_due`, `undated`.
    sheet : ScoreSheet
        Points of each unit on the criteria set.
    ranking : DataFrame
        One row per unit with `points`, `grade` and the columns of `scoring.analysis.rank`, best
        first.
    findings : tuple of Finding
        Units that cannot be placed, tasks given to all, units with nothing due.
    """

    counts: pd.DataFrame
    sheet: ScoreSheet = field(repr=False)
    ranking: pd.DataFrame
    findings: tuple[Finding, ...] = ()


def task_completion(
    criteria: CriteriaSet,
    tasks: pd.DataFrame,
    progress: pd.DataFrame | None,
    units: pd.DataFrame,
    on: dt.date,
    *,
    given: pd.DataFrame | None = None,
    collective: Collective = "each",
) -> Completion:
    """Grade and rank the internal units by how they kept the plan.

    A task counts once for each unit that leads it, whatever its number of due days, and only when
    a day of it has come. One given to "các phòng, đơn vị" counts for each unit of the list, or for
    none of them.

    Parameters
    ----------
    criteria : CriteriaSet
        Its inputs named ``due``, ``on_time``, ``late`` and ``missed`` are filled from the plan;
        ``late`` holds what was done late and what is overdue.
    tasks, progress : DataFrame
        Tables ``PlanTasks`` and ``Progress``.
    units : DataFrame
        Table ``InternalUnits``.
    on : date
        Day looked at.
    given : DataFrame, optional
        Table ``Inputs`` with what the plan does not know: quality, discipline. Rows of another
        year than that of the plan are left out.
    collective : str
        ``each`` or ``none``: what a task given to all units together counts for.

    Returns
    -------
    Completion

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.plan.tasks import tasks_from_frame
    >>> tasks = tasks_from_frame(pd.DataFrame({"task_code": ["1", "2"], "year": [2025, 2025],
    ...     "task": ["Kế hoạch", "Báo cáo"], "lead_unit": ["Văn phòng", "Thanh tra"],
    ...     "deadline_text": ["10/01/2025", "15/02/2025"]}))
    >>> done = pd.DataFrame({"task_code": ["1"], "done_on": [pd.Timestamp("2025-01-09")]})
    >>> units = pd.DataFrame({"unit_code": ["VP", "TT"], "unit_name": ["Văn phòng", "Thanh tra"],
    ...     "aliases": "", "block": "", "unranked": ""})
    >>> result = task_completion(open_set("task-completion-sample"), tasks, done, units,
    ...                          dt.date(2025, 6, 30))
    >>> result.counts[["unit_code", "due", "on_time", "missed"]].values.tolist()
    [['VP', 1, 1, 0], ['TT', 1, 0, 1]]
    """
    standing = task_standing(plan_status(tasks, progress, on))
    lead, findings = _by_unit(standing, units, collective)
    if units.empty:
        # Everybody would be unknown; what is missing is the list itself.
        findings = [Finding("completion-without-units")]
    counts = _counts(lead, units)
    year = int(tasks["year"].max()) if len(tasks) else on.year
    table = _inputs(criteria, counts, units, year)
    if given is not None:
        of_year = given["year"].isin([0, year])
        findings += _of_other_years(given[~of_year], year)
        table = _with_given(table, given[of_year])
    sheet = score(table, criteria)
    unranked = units.loc[units["unranked"].fillna("") != "", "unit_code"]
    ranking = rank(sheet.index, criteria.meta, unranked=list(unranked), figures=sheet.tie_figures)
    findings += [
        Finding("completion-nothing-due", unit_code=str(code))
        for code in counts.loc[counts["due"] == 0, "unit_code"]
    ]
    return Completion(counts, sheet, ranking, (*findings, *sheet.findings))


def _known_names(units: pd.DataFrame) -> dict[str, str]:
    """Map every name and alias of the units, without marks, to a code; the first unit keeps it."""
    known: dict[str, str] = {}
    for code, name, aliases in zip(
        units["unit_code"], units["unit_name"], units["aliases"], strict=True
    ):
        for text in (name, *str(aliases).split(";")):
            if text.strip():
                known.setdefault(without_marks(text.strip()), str(code))
    return known


def _by_unit(
    standing: pd.DataFrame, units: pd.DataFrame, collective: Collective
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return one row per task and unit that leads it, and what could not be placed."""
    known = _known_names(units)
    read = {text: leaders(text, known) for text in standing["lead_unit"].unique()}
    everyone = tuple(units["unit_code"]) if collective == "each" else ()
    codes = {
        text: list(dict.fromkeys((*who.known, *(everyone if who.collective else ()))))
        for text, who in read.items()
    }
    rows = standing.assign(unit_code=standing["lead_unit"].map(codes)).explode("unit_code")
    names = dict(zip(units["unit_code"], units["unit_name"], strict=True))
    findings = [
        *_unplaced(standing, read, {text: names[code] for text, code in known.items()}),
        *_without_lead(standing),
        *_together(standing, read, collective),
    ]
    return rows.dropna(subset=["unit_code"]), findings


def _unplaced(
    standing: pd.DataFrame, read: Mapping[str, Leaders], known: Mapping[str, str]
) -> Iterator[Finding]:
    tasks: dict[str, list[str]] = {}
    for text, task in zip(standing["lead_unit"], standing["task_code"], strict=True):
        for name in read[text].unknown:
            tasks.setdefault(name, []).append(task)
    for name, codes in tasks.items():
        nearest = process.extractOne(
            without_marks(name), list(known), scorer=fuzz.ratio, score_cutoff=_LIKE_PERCENT
        )
        values = {"unit": name, "nearest": known[nearest[0]] if nearest else "–"}
        yield Finding("completion-unit-unknown", values=values | _some(codes))


def _without_lead(standing: pd.DataFrame) -> Iterator[Finding]:
    bare = standing.loc[standing["lead_unit"].str.strip() == "", "task_code"].tolist()
    if bare:
        yield Finding("completion-task-without-lead", values=_some(bare))


def _together(
    standing: pd.DataFrame, read: Mapping[str, Leaders], collective: Collective
) -> Iterator[Finding]:
    shared = [
        task
        for text, task in zip(standing["lead_unit"], standing["task_code"], strict=True)
        if read[text].collective
    ]
    if shared:
        yield Finding(_COLLECTIVE_FINDINGS[collective], values=_some(shared))


def _some(codes: list[str]) -> dict[str, object]:
    more = " ..." if len(codes) > _SHOWN_TASKS else ""
    return {"count": len(codes), "tasks": ", ".join(codes[:_SHOWN_TASKS]) + more}


def _of_other_years(given: pd.DataFrame, year: int) -> Iterator[Finding]:
    if len(given):
        values = {"count": len(given), "years": sorted(given["year"].unique()), "year": year}
        yield Finding("completion-given-other-year", values=values)


def _counts(lead: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    names = lead["standing"].str.replace("-", "_")
    table = pd.crosstab(lead["unit_code"], names) if len(lead) else pd.DataFrame()
    table = table.reindex(index=list(units["unit_code"]), columns=list(COUNTS), fill_value=0)
    table = table.fillna(0).astype("int64")
    table.insert(0, "due", table["on_time"] + table["late"] + table["missed"])
    table.insert(0, "tasks", table[list(COUNTS)].sum(axis=1))
    table.insert(0, "unit_name", units["unit_name"].to_numpy())
    table.columns.name = None
    return table.rename_axis("unit_code").reset_index().astype({"unit_code": "str"})


def _inputs(
    criteria: CriteriaSet, counts: pd.DataFrame, units: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Fill every input of the set whose name is one of the counts."""
    figures = counts.assign(late=counts["late"] + counts["missed"])
    parts = [
        pd.DataFrame(
            {
                "unit_code": figures["unit_code"],
                "unit_name": figures["unit_name"],
                "block": units["block"].to_numpy(),
                "item_code": code,
                "input": entry.name,
                "value": figures[entry.name].astype("float64"),
            }
        )
        for code, rule in criteria.rules.items()
        for entry in rule.spec.inputs
        if entry.name in ("due", *COUNTS)
    ]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"unit_code": []})
    return inputs_table(rows, year=year, period="", file="", sheet="", cell="")


def _with_given(inputs: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Add what people gave; it carries the name, block and year that the units have."""
    own = inputs.drop_duplicates("unit_code").set_index("unit_code")
    known = given[given["unit_code"].isin(own.index)]
    filled = known.assign(
        **{name: known["unit_code"].map(own[name]) for name in ("unit_name", "block", "year")},
        period="",
    )
    strays = given[~given["unit_code"].isin(own.index)]
    parts = [part for part in (inputs, filled, strays) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else inputs
    places = ("file", "sheet", "cell")
    return table.assign(**{n: table[n].fillna("") if n in table else "" for n in places})
