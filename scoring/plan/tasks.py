"""Turn the drafts of a reading into the table of tasks."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.vocabulary import yes_or_no
from scoring.official.deadlines import Deadline, read_once
from scoring.official.recognising import area_code
from scoring.official.wording import plain, without_bullet
from scoring.plan.drafts import Area, TaskDraft
from scoring.plan.leading_units import Assignment, clean_lines, joined, split_assignment, split_lead
from scoring.plan.task_rows import fill_shared
from scoring.tables import columns_of, days_of, declared, table_of

_NO_AREA = Area("", "", 1)


def task_table(
    drafts: Sequence[TaskDraft], year: int
) -> tuple[pd.DataFrame, list[Finding], list[str]]:
    """Return the table ``PlanTasks``, findings about numbering, and the code of each draft."""
    fill_shared(drafts)
    codes, findings = task_codes(drafts)
    rows = [_row(draft, code, year) for draft, code in zip(drafts, codes, strict=True)]
    return table_of(rows, "PlanTasks"), findings, codes


def task_codes(drafts: Sequence[TaskDraft]) -> tuple[list[str], list[Finding]]:
    """Return a unique code for each draft; a number given twice in an area is a finding."""
    groups = [_group(draft) for draft in drafts]
    # A part counts only where the number has several.
    starts = [i for i, draft in enumerate(drafts) if draft.part == 1]
    sizes = {start: end - start for start, end in itertools.pairwise([*starts, len(drafts)])}
    used: Counter[str] = Counter()
    codes: list[str] = []
    findings: list[Finding] = []
    stem, parted = "", False
    for index, draft in enumerate(drafts):
        if index in sizes:
            used[groups[index]] += 1
            count = used[groups[index]]
            stem = groups[index] if count == 1 else f"{groups[index]}-{count}"
            parted = sizes[index] > 1
            if count > 1:
                values = {"number": draft.number, "given": stem}
                place = draft.blocks[0].place
                findings.append(Finding("task-number-repeated", cell=place, values=values))
        codes.append(f"{stem}.{draft.part}" if parted else stem)
    return codes, findings


def _group(draft: TaskDraft) -> str:
    area = draft.area or _NO_AREA
    prefix = f"{area.plan_number}/" if area.plan_number > 1 else ""
    # Tasks 1.1, 1.2 of area 1 carry its number already.
    number = "" if draft.number.startswith(f"{area.number}.") else area.number
    return prefix + (".".join(part for part in (number, draft.number) if part) or "?")


def tasks_from_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``PlanTasks`` from a file that a person has edited.

    Parameters
    ----------
    frame : DataFrame
        At least `task_code`, `task` and `year`; other columns may be missing or hold texts.

    Returns
    -------
    DataFrame
        All columns of the table. What deadlines mean is read again from `deadline_text`, so that
        a corrected text corrects its dates.

    Examples
    --------
    >>> edited = pd.DataFrame({"task_code": ["I.1"], "task": ["Kế hoạch"], "year": ["2022"],
    ...                        "deadline_text": ["tháng 01/2022"]})
    >>> tasks_from_frame(edited)["due_on"].dt.strftime("%d/%m/%Y").tolist()
    ['31/01/2022']
    """
    tasks = frame.copy()
    columns = declared("PlanTasks")
    for name in columns_of("PlanTasks"):
        if name not in tasks.columns:
            tasks[name] = {"plan_number": 1, "part": 1, "lead_inferred": False}.get(name, "")
    for name in (column.name for column in columns if column.type == "whole"):
        tasks[name] = pd.to_numeric(tasks[name], errors="coerce").fillna(0).astype(int)
    tasks["lead_inferred"] = tasks["lead_inferred"].map(yes_or_no).eq(True)
    others = [c.name for c in columns if c.is_text and c.name not in _MEANING]
    tasks[others] = tasks[others].fillna("").astype(str)
    meanings = [
        _meaning(read_once(text, year or None))
        for text, year in zip(tasks["deadline_text"], tasks["year"], strict=True)
    ]
    tasks[list(_MEANING)] = pd.DataFrame(meanings, columns=list(_MEANING), index=tasks.index)
    tasks["due_on"] = days_of(tasks["due_on"])
    return tasks


_MEANING = ("deadline_kind", "due_on", "due_precision", "recurrence", "condition")


def _meaning(deadlines: Sequence[Deadline]) -> tuple[object, ...]:
    """Return what the deadlines of a task mean, as the columns of the table hold it."""
    last = max(
        (deadline for deadline in deadlines if deadline.kind == "date" and deadline.due_on),
        key=lambda deadline: (deadline.due_on, deadline.precision == "day"),
        default=None,
    )
    return (
        ",".join(dict.fromkeys(deadline.kind for deadline in deadlines)),
        last.due_on if last else None,
        last.precision if last else "",
        "; ".join(d.recurrence.code for d in deadlines if d.recurrence),
        "; ".join(deadline.condition for deadline in deadlines if deadline.condition),
    )


def _row(draft: TaskDraft, code: str, year: int) -> tuple[object, ...]:
    area = draft.area or _NO_AREA
    units = _assignment(draft)
    text = _deadline_text(draft, year)
    return (
        code,
        area.plan_number,
        year,
        area.number,
        area_code(area.title) if area.title else "other",
        plain(area.title),
        draft.number,
        draft.part,
        _sentence(draft.text("goal")),
        _sentence(draft.text("task")),
        _sentence(draft.text("activity")),
        joined(draft.text("product"), is_list=True),
        units.lead_unit,
        units.inferred,
        units.supporting_units,
        without_bullet(text),
        *_meaning(read_once(text, year or None)),
        plain(draft.text("budget")),
        "",
        place_of(draft),
    )


def _deadline_text(draft: TaskDraft, year: int) -> str:
    """Return what the deadline column says, with the first day where a column tells that too."""
    start, end = (clean_lines(draft.text(role)).strip() for role in ("start", "deadline"))
    until = read_once(end, year or None)
    if not start or (end and [each.kind for each in until] != ["date"]):
        return end
    begins = f"Từ {_small(start)}"
    span = f"{begins} đến {_small(end)}" if end else begins
    days = [(each.starts_on is not None, each.due_on) for each in read_once(span, year or None)]
    return span if days == [(True, until[0].due_on if until else None)] else end


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _sentence(text: str) -> str:
    return without_bullet(plain(text)).rstrip(" ;:.")


def _assignment(draft: TaskDraft) -> Assignment:
    if told := draft.text("assignment"):
        return split_assignment(told)
    return split_lead(draft.text("lead_unit"), draft.text("supporting_units"))


def place_of(draft: TaskDraft) -> str:
    """Return where the task stands, from its first block to its last."""
    first, last = draft.blocks[0], draft.blocks[-1]
    if first is last or "–" in first.place:
        return first.place
    tail = last.place.rsplit(" ", 1)[-1].rsplit("!", 1)[-1]
    return f"{first.place}–{tail}"
