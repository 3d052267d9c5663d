"""Check a plan: coverage, what each task must say, timely issue, targets, units, duplicates, links."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Label, Named, label
from scoring.base.text import shortened, without_marks
from scoring.official.deadlines import read_once
from scoring.plan.leading_units import leaders
from scoring.plan.plan_import import Plan
from scoring.plan.plan_reports import report_findings
from scoring.plan.plan_targets import read_targets
from scoring.tables import rows_of

# What a province's circular asks every plan to cover; impact is measured, not planned.
REQUIRED_AREAS = (
    "direction",
    "institutions",
    "procedures",
    "organisation",
    "civil-service",
    "public-finance",
    "digital",
)
_SAME_PERCENT = 96.0
_LITTLE = 4  # letters of words such as "của", "các,"
# Comparing every task with every other grows with the square; beyond this only equal texts count.
_MOST_COMPARED = 1_500
_AIMS = re.compile(r"^[a-zđ0-9.]{1,4}[.)]\s*(chỉ tiêu|mục tiêu)\s*:?$", re.IGNORECASE)
_GOES_ON = re.compile(r"^[^\W\d_]{2}")  # no heading such as "b) Nhiệm vụ" or "4. Cải cách"
_ISSUES = re.compile(r"^(?:xay dung(?:,| va) )?ban hanh ke hoach (?:cai cach hanh chinh|cchc)\b")
_BULLET = re.compile(r"^[-–+•]\s*")


def check_plan(
    plan: Plan,
    items: pd.DataFrame | None = None,
    units: Sequence[str] | None = None,
    *,
    required_areas: Sequence[str] = REQUIRED_AREAS,
    issued_on: dt.date | None = None,
    issue_due_on: dt.date | None = None,
) -> tuple[Finding, ...]:
    """Return everything that is wrong with a plan, in the order of the document where it has one.

    Parameters
    ----------
    plan : Plan
    items : DataFrame, optional
        Table ``Items`` of a criteria set; with it, links between tasks and items are checked.
    units : sequence of str, optional
        Names of the units that can lead; with it, unknown lead units are reported.
    required_areas : sequence of str
        Codes of the areas a plan must cover.
    issued_on : date, optional
        Day of issue, where the document leaves it open.
    issue_due_on : date, optional
        Day by which the plan had to be issued, where a circular sets it; by default the day the
        plan itself names.

    Returns
    -------
    tuple of Finding
        The findings of the import first.

    Examples
    --------
    >>> from scoring.plan import document_from_text, plan_from_document
    >>> text = '''STT|Nhiệm vụ|Sản phẩm|Chủ trì|Thời hạn
    ... 1|Rà soát||Văn phòng|Quý II/2026'''
    >>> plan = plan_from_document(document_from_text(text.replace("|", chr(9))), 2026)
    >>> [finding.code for finding in check_plan(plan, required_areas=())]
    ['plan-issue-date-missing', 'task-without-product', 'reports-missing']
    """
    tasks = plan.tasks
    # What the first page leaves open is open no more where it is given here.
    told = {"plan-issue-date-missing"} if issued_on else set[str]()
    found = [
        *(finding for finding in plan.findings if finding.code not in told),
        *_coverage(plan, required_areas),
        *_completeness(tasks),
        *_last_row(tasks),
        *_timely_issue(plan, issued_on, issue_due_on),
        *_aims_without_figures(plan),
        *report_findings(plan.reports),
        *_duplicates(tasks),
    ]
    if units is not None:
        found += _unknown_units(tasks, units)
    if items is not None:
        found += _links(tasks, items)
    return tuple(finding.at(file=plan.name) for finding in found)


def _coverage(plan: Plan, required: Sequence[str]) -> Iterator[Finding]:
    if plan.tasks.empty:
        return
    covered = set(plan.tasks["area_code"])
    if required and not covered & set(required) and not plan.tasks["area_name"].any():
        # Of a table without headings of areas nothing is known, least of all that each is left out.
        yield Finding("tasks-without-area")
        return
    for code in required:
        if code not in covered:
            yield Finding("area-not-covered", values={"area": Label(f"plan_area_{code}")})
    measured = set(plan.targets["area_code"])
    for code in required:
        if code in covered and code not in measured:
            yield Finding("target-not-measurable", values={"area": Label(f"plan_area_{code}")})


def _about(code: str, task: Any, **values: object) -> Finding:
    return Finding(code, cell=task.source_place, values={"task": task.task_code, **values})


def _completeness(tasks: pd.DataFrame) -> Iterator[Finding]:
    for task in rows_of(tasks):
        if not task.products:
            yield _about("task-without-product", task)
        if not task.lead_unit:
            yield _about("task-without-lead-unit", task)
        elif task.lead_inferred:
            yield _about("task-lead-inferred", task, unit=task.lead_unit)
        if not task.deadline_text:
            yield _about("task-without-deadline", task)
        elif set(task.deadline_kind.split(",")) <= {"ongoing", "by-rule"}:
            yield _about("task-deadline-open", task, text=task.deadline_text)


def _last_row(tasks: pd.DataFrame) -> Iterator[Finding]:
    """A last row that stops early, while the others are full, tells of a table cut short."""
    filled = (tasks[["lead_unit", "deadline_text"]] != "").any(axis=1)
    if len(tasks) > 1 and not filled.iloc[-1] and filled.iloc[:-1].mean() > 0.5:
        yield _about("plan-table-cut", tasks.iloc[-1])


def _timely_issue(
    plan: Plan, issued_on: dt.date | None, issue_due_on: dt.date | None
) -> Iterator[Finding]:
    issued = issued_on or plan.heading.issued_on or plan.heading.issued_from
    code, due = ("", issue_due_on) if issue_due_on else _own_issue_deadline(plan)
    if issued and due and issued > due:
        key = "plan_due_in_task" if code else "plan_due_from_above"
        where = Named(*(label(key, lang, task=code) for lang in LANGUAGES))
        values = {"issued": issued, "due": due, "where": where}
        yield Finding("plan-issued-late", cell=plan.heading.place, values=values)


def _own_issue_deadline(plan: Plan) -> tuple[str, dt.date | None]:
    """Return the task that issues this very plan, and by when."""
    for task in rows_of(plan.tasks):
        words = without_marks(task.task)
        names_plan = "ke hoach cai cach hanh chinh" in words or "ke hoach cchc" in words
        if not names_plan or f"nam {plan.year}" not in words:
            continue
        is_the_issue = _ISSUES.match(words) is not None
        for deadline in read_once(task.deadline_text, plan.year or None):
            what = without_marks(deadline.what)
            is_its_day = what.startswith("ban hanh") or (is_the_issue and not what)
            if deadline.kind == "date" and is_its_day:
                return task.task_code, deadline.due_on
    return "", None


def _aims_without_figures(plan: Plan) -> Iterator[Finding]:
    """Look at the bullets under "Chỉ tiêu" and "Mục tiêu", and at the tasks' own goals."""
    under_aims = False
    lines = plan.lines[plan.lines["role"] == "text"]
    for place, text in zip(lines["place"], lines["text"], strict=True):
        if _AIMS.match(text):
            under_aims = True
        elif not _BULLET.match(text):
            under_aims = under_aims and _GOES_ON.match(text) is not None
        elif under_aims and not read_targets(text, plan.year):
            yield Finding("target-without-figure", cell=place, values={"text": text})
    goals = plan.tasks[(plan.tasks["goal"] != "") & (plan.tasks["part"] == 1)]
    measured = set(plan.targets["task_code"])
    for task in rows_of(goals):
        if task.task_code not in measured:
            values = {"text": task.goal}
            yield Finding("target-without-figure", cell=task.source_place, values=values)


def _duplicates(tasks: pd.DataFrame) -> Iterator[Finding]:
    texts = (tasks["task"] + " " + tasks["activity"] + " " + tasks["products"]).map(without_marks)
    for first, second in _alike(texts):
        other = tasks["task_code"].iloc[first]
        yield _about("task-duplicate", tasks.iloc[second], other=other)


def _alike(texts: pd.Series) -> Iterable[tuple[int, int]]:
    """Yield pairs of positions whose texts are the same but for a few letters."""
    words = texts.tolist()
    if len(words) > _MOST_COMPARED:
        firsts: dict[str, int] = {}
        pairs = ((firsts.setdefault(text, at), at) for at, text in enumerate(words))
        return [(first, at) for first, at in pairs if first < at and words[at].strip()]
    scores = process.cdist(words, words, scorer=fuzz.ratio, score_cutoff=_SAME_PERCENT)
    near = ((int(i), int(j)) for i, j in zip(*scores.nonzero(), strict=True))
    return [
        (i, j)
        for i, j in near
        if i < j and words[i].strip() and _differ_in_little(words[i], words[j])
    ]


def _differ_in_little(one: str, other: str) -> bool:
    # "Chỉ số CCHC năm 2021" and "Chỉ số SIPAS năm 2022" are alike in letters and two tasks still.
    apart = set(one.split()) ^ set(other.split())
    return all(len(word) <= _LITTLE and not word.strip(".,;()").isdigit() for word in apart)


def _unknown_units(tasks: pd.DataFrame, units: Sequence[str]) -> Iterator[Finding]:
    known = {without_marks(unit): unit for unit in units}
    for task in rows_of(tasks):
        for unit in leaders(task.lead_unit, known).unknown:
            nearest = process.extractOne(without_marks(unit), list(known), scorer=fuzz.WRatio)
            near = known[nearest[0]] if nearest else ""
            yield _about("lead-unit-unknown", task, unit=unit, nearest=near)


def suggest_items(tasks: pd.DataFrame, items: pd.DataFrame, limit: int = 3) -> pd.DataFrame:
    """Propose the items of a criteria set that each task may serve.

    Parameters
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.
    items : DataFrame
        Table ``Items``; its leaves are proposed.
    limit : int
        Most proposals per task.

    Returns
    -------
    DataFrame
        `task_code`, `item_code`, `item_name`, `likeness` (0 to 100), best first within a task. A
        person decides; nothing is linked by this.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> tasks = pd.DataFrame({"task_code": ["I.1"], "task": ["Ban hành kế hoạch CCHC"],
    ...                       "activity": "", "products": "Kế hoạch"})
    >>> found = suggest_items(tasks, open_set("department-sample").items, limit=1)
    >>> found[["task_code", "item_code", "item_name"]].values.tolist()
    [['I.1', '1.1.1', 'Ban hành kế hoạch CCHC năm']]
    """
    leaves = items[items["is_item"]]
    names = leaves["name_vi"].map(without_marks).tolist()
    rows = []
    for task in rows_of(tasks):
        words = without_marks(f"{task.task} {task.activity}")
        for _, score, place in process.extract(
            words, names, scorer=fuzz.token_set_ratio, limit=limit
        ):
            item = leaves.iloc[place]
            rows.append((task.task_code, item["code"], item["name_vi"], float(score)))
    columns = ["task_code", "item_code", "item_name", "likeness"]
    return pd.DataFrame(rows, columns=columns)


def _links(tasks: pd.DataFrame, items: pd.DataFrame) -> list[Finding]:
    leaves = items[items["is_item"]]
    linked = linked_items(tasks)
    known = set(items["code"])
    findings = [
        Finding("task-link-unknown", item_code=code, values={"task": task})
        for task, code in linked
        if code not in known
    ]
    bare = tasks[tasks["item_codes"].str.strip() == ""]
    best = suggest_items(bare, items, limit=1).set_index("task_code")
    names = _item_names(leaves)
    for task in rows_of(bare):
        nearest = Named("–")
        if task.task_code in best.index:
            code = best.loc[task.task_code, "item_code"]
            said = (shortened(names[code].text(lang), 40) for lang in LANGUAGES)
            nearest = Named(*(f"{code} {name}" for name in said))
        findings.append(_about("task-without-item", task, nearest=nearest))
    served = {code for _, code in linked}
    for code, name in names.items():
        if not any(code == link or code.startswith(f"{link}.") for link in served):
            findings.append(Finding("item-without-task", item_code=code, values={"name": name}))
    return findings


def _item_names(items: pd.DataFrame) -> dict[str, Named]:
    """Return the names of items in both languages, by code."""
    names = (
        items.reindex(columns=["name_vi", "name_en"], fill_value="")
        .fillna("")
        .itertuples(index=False)
    )
    return {code: Named(*both) for code, both in zip(items["code"], names, strict=True)}


def linked_items(tasks: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of task code and item code that `item_codes` states.

    Examples
    --------
    >>> linked_items(pd.DataFrame({"task_code": ["I.1"], "item_codes": ["1.1.1; 1.2"]}))
    [('I.1', '1.1.1'), ('I.1', '1.2')]
    """
    return [
        (task, code)
        for task, codes in zip(tasks["task_code"], tasks["item_codes"], strict=True)
        for code in (part.strip() for part in str(codes).split(";"))
        if code
    ]


def area_counts(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return the number of tasks per area, in the order of the plan.

    Returns
    -------
    DataFrame
        `plan_number`, `area_number`, `area_code`, `area_name`, `tasks` (rows), `numbers` (tasks
        counted by their number, stacked rows taken together).

    Examples
    --------
    >>> tasks = pd.DataFrame({"task_code": ["I.1", "I.1.2", "II.2"], "plan_number": 1,
    ...                       "area_number": ["I", "I", "II"], "number": ["1", "1", "2"],
    ...                       "area_code": ["direction", "direction", "institutions"],
    ...                       "area_name": ["Chỉ đạo", "Chỉ đạo", "Thể chế"]})
    >>> area_counts(tasks)[["area_code", "tasks", "numbers"]].values.tolist()
    [['direction', 2, 1], ['institutions', 1, 1]]
    """
    keys = ["plan_number", "area_number", "area_code", "area_name"]
    grouped = tasks.groupby(keys, sort=False)
    return grouped.agg(tasks=("task_code", "size"), numbers=("number", _counted)).reset_index()


def _counted(numbers: pd.Series) -> int:
    """Return how many numbers there are; where none is written, each row is a task of its own."""
    is_blank = numbers == ""
    return int(numbers[~is_blank].nunique() + is_blank.sum())
