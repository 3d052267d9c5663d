"""The small table that binds each target to where its result comes from: proposed, then confirmed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.base.values import INDEX_CODE
from scoring.base.vocabulary import yes_or_no
from scoring.criteria import CriteriaSet
from scoring.files.declared_tables import read_typed
from scoring.official.patterns import patterns
from scoring.plan.bindings_workbook import TO_LOOK_AT, read_bindings_workbook
from scoring.plan.plan_check import suggest_items
from scoring.plan.plan_targets import PART_UNIT, RANK_UNIT, before_part
from scoring.plan.target_lines import target_rows_of
from scoring.tables import columns_of, rows_of, table_of
from scoring.tables.declared import declared

_PATTERNS = patterns("target_bindings")
_PLACE = ("file", "sheet", "cell")
_COMPARATORS = {
    ">": "above", ">=": "at-least", "=": "at-least", "<=": "at-most", "<": "below",
    "between": "range", "increase": "grow-by", "decrease": "reduce-by",
}  # fmt: skip


def targets_from_text(text: str, year: int) -> pd.DataFrame:
    """Return the table ``PlanTargets`` of a text that is no whole plan.

    >>> targets_from_text("Hài lòng đạt trên 85%.", 2025)[["target_code", "value"]].values.tolist()
    [['CT-01', 85.0]]
    """
    return target_rows_of(text, year)


def comparator_of(row: Any) -> str:
    """Return how a target compares, from a row of ``PlanTargets``.

    A bare figure ("đạt 90%") is taken as at least that, which is ours: its binding says it and can
    say otherwise. Where no figure but none at all is asked for, it is exact.

    >>> [comparator_of(row) for row in rows_of(targets_from_text(
    ...     "Cắt giảm ít nhất 20% chi phí; hồ sơ trễ hạn không quá 2%; đạt 90% hồ sơ", 2025))]
    ['reduce-by', 'at-most', 'at-least']
    """
    if row.unit == RANK_UNIT:
        return "rank-within"
    if row.unit == "yoy":
        return "less-than-before" if row.comparison == "<" else "more-than-before"
    if row.comparison in (">", ">=", "=") and row.value:
        change = _PATTERNS["asks_for_change"].search(_before_figure(row))
        if change:
            down = without_marks(change["way"]).split()[0] in ("cat", "giam", "tinh", "rut")
            return "reduce-by" if down else "grow-by"
    if row.comparison == "=" and row.value == 0:
        return "equal"
    return _COMPARATORS[row.comparison]


def baseline_year_of(baseline: str, year: int) -> int | None:
    """Return the year that a target of `year` compares with; None where no year is meant.

    >>> baseline_year_of("năm 2021", 2025), baseline_year_of("năm trước", 2025)
    (2021, 2024)
    >>> baseline_year_of("quy định", 2025) is None
    True
    """
    if said := _PATTERNS["stated_year"].search(baseline):
        return int(said[1])
    return year - 1 if _PATTERNS["earlier_year"].search(baseline) else None


def _before_figure(row: Any) -> str:
    """Return the words of the clause that stand before its figure: "02" is 2, "2026" is not."""
    if row.unit == PART_UNIT:
        return before_part(row.sentence)
    figure = re.escape(f"{row.value:g}".replace(".", ","))
    found = re.search(rf"(?<![\d.,/])0*{figure}(?![\d/]|[.,]\d)", row.sentence)
    return str(row.sentence[: found.start()]) if found else ""


def propose_bindings(targets: pd.DataFrame, criteria: CriteriaSet | None = None) -> pd.DataFrame:
    """Propose for every target where its result may come from; nobody has confirmed anything yet.

    Parameters
    ----------
    targets : DataFrame
        Table ``PlanTargets``.
    criteria : CriteriaSet, optional
        The set whose items are proposed for what nothing else serves.

    Returns
    -------
    DataFrame
        Table ``TargetBindings``, a row a target, ``confirmed`` empty.
    """
    paths = _paths(targets)
    rows = [_proposed(row, paths[row.target_code], criteria) for row in rows_of(targets)]
    return table_of(rows, "TargetBindings")


def _proposed(row: Any, path: str, criteria: CriteriaSet | None) -> dict[str, object]:
    blank: dict[str, object] = {
        column.name: {"number": float("nan"), "whole": pd.NA, "date": pd.NaT}.get(column.type, "")
        for column in declared("TargetBindings")
        if column.key != "place"
    }
    source, code, part = _source(row, criteria)
    about = {"target_code": row.target_code, "indicator": row.indicator, "path": path}
    bound = {"comparator": comparator_of(row), "source": source, "code": code, "part": part}
    return {**blank, **about, **bound}


def _source(row: Any, criteria: CriteriaSet | None) -> tuple[str, str, str]:
    said = f"{row.indicator} {row.sentence}"
    if index := _PATTERNS["other_index"].search(said):
        return "external", index[0].upper(), "rank" if row.unit == RANK_UNIT else "value"
    if _PATTERNS["satisfaction"].search(row.indicator):
        return "estimate", INDEX_CODE, "index"
    # How many of a plan's tasks are done says nothing of the things a task counts.
    if _PATTERNS["own_plan"].search(row.indicator):
        return "progress", row.task_code, "percent" if row.unit == "%" else "count"
    if criteria is None or row.unit != "%":
        return "", "", ""
    asked = pd.DataFrame({"task_code": [""], "task": [row.indicator], "activity": [""]})
    best = suggest_items(asked, criteria.items, limit=1)
    item = str(best["item_code"].iloc[0]) if len(best) else ""
    inputs = criteria.rules[item].spec.inputs if item in criteria.rules else ()
    percents = [entry.name for entry in inputs if entry.kind == "percent"]
    return "item", item, percents[0] if len(percents) == 1 else ""


def _paths(targets: pd.DataFrame) -> dict[str, str]:
    """Return the path of each target: the code of the first of those that differ by year only."""
    said = targets["indicator"].map(lambda text: _PATTERNS["phase"].sub("", text))
    keys = [said.map(without_marks), targets["unit"], targets["area_code"], targets["task_code"]]
    groups = targets.groupby(keys, sort=False)
    paths = dict.fromkeys(targets["target_code"], "")
    for _, rows in groups:
        if len(rows["year"].unique()) > 1:
            paths |= dict.fromkeys(rows["target_code"], str(rows["target_code"].iloc[0]))
    return paths


def with_earlier(proposed: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return proposals in which everything a person confirmed or refused stands as it was.

    Rows of targets that the plan no longer has are kept at the end: nothing entered is dropped.
    """
    confirmed = earlier[earlier["confirmed"].ne("")]
    touched = earlier["target_code"].isin(confirmed["target_code"])
    kept = earlier[touched | ~earlier["target_code"].isin(proposed["target_code"])]
    rest = proposed[~proposed["target_code"].isin(kept["target_code"])]
    columns = columns_of("TargetBindings", places=True)
    blank = dict.fromkeys(_PLACE, "")
    parts = [
        part.assign(**{k: v for k, v in blank.items() if k not in part})[columns]
        for part in (kept, rest)
        if len(part)
    ]
    if not parts:
        return proposed
    order = {code: place for place, code in enumerate(proposed["target_code"])}
    table = pd.concat(parts, ignore_index=True)
    places = table["target_code"].map(order).fillna(len(order))
    return table.loc[places.sort_values(kind="stable").index].reset_index(drop=True)


def read_bindings(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``TargetBindings``, CSV, Parquet or workbook, with the place of each row."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return read_bindings_workbook(path)
    return read_typed(path, "TargetBindings")


def of_this_plan(
    bindings: pd.DataFrame, targets: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return bindings of which none is confirmed for another target than its code has now.

    A plan imported anew, or that of another year, gives the same codes to other targets. What was
    entered stays; ``confirmed`` is `TO_LOOK_AT`. Rows that do not say their target are as they are.
    """
    now = bindings["target_code"].map(dict(targets[["target_code", "indicator"]].values))
    said, wanted = (names.fillna("").map(_plain) for names in (bindings["indicator"], now))
    is_confirmed = bindings["confirmed"].map(yes_or_no).eq(True)
    other = is_confirmed & said.ne("") & now.notna() & said.ne(wanted)
    findings = [
        Finding(
            "plan-target-binding-other-target",
            **{name: str(getattr(row, name, "")) for name in _PLACE},
            values={"target": row.target_code, "text": row.indicator, "known": now[at]},
        )
        for at, row in zip(bindings.index[other], rows_of(bindings[other]), strict=True)
    ]
    return bindings.assign(
        indicator=now.where(other, bindings["indicator"]),
        confirmed=bindings["confirmed"].mask(other, TO_LOOK_AT),
    ), findings


def _plain(text: str) -> str:
    return " ".join(without_marks(text).split())


def read_waivers(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``TargetWaivers`` with the place of each row."""
    return read_typed(path, "TargetWaivers")


def read_targets_table(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read ``targets.csv`` of ``plan import``, corrected since; a code given twice is a finding."""
    table, findings = read_typed(path, "PlanTargets")
    if "target_code" in table and len(table) and not table["target_code"].ne("").all():
        codes = [f"CT-{place:02d}" for place in range(1, len(table) + 1)]
        table = table.assign(
            target_code=table["target_code"].where(table["target_code"] != "", codes)
        )
    twice = table["target_code"].duplicated()
    for code in table.loc[twice, "target_code"]:
        findings.append(Finding("plan-target-code-twice", path.name, values={"target": code}))
    return table[~twice].reset_index(drop=True), findings
