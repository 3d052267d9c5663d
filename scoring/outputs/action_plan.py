"""The action plan of a unit: who does what by when for how many points; as tables, xlsx and Word."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from scoring.advice import Change
from scoring.base.dates import date_from_serial, format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.base.units import KEY_COLUMNS, is_whole_year, names_apart, time_text
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.section_sheets import Section, SectionLooks, write_section
from scoring.outputs.word import form
from scoring.outputs.word.form import CENTER, add_body, add_heading, add_text
from scoring.points import ScoreSheet
from scoring.tables import table_of
from scoring.whatif.plans import Plan, Reach, Step

_WIDTHS = (14.0, 38.0, 50.0, 24.0, 20.0, 15.0, 16.0, 14.0, 20.0)
_BLOCKED_WIDTHS = (16.0, 90.0, 40.0, 20.0)
_HEADS = ("item", "item_name", "action", "owner", "due", "more", "cost", "days", "basis")


@dataclass(frozen=True)
class ActionPlan:
    """What the documents say.

    Attributes
    ----------
    sheet : ScoreSheet
    reach : Reach
    lang : str
    chart : pair of PNG and its words, optional
    """

    sheet: ScoreSheet
    reach: Reach
    lang: str = "vi"
    chart: tuple[bytes, str] | None = None

    def say(self, key: str, **values: object) -> str:
        """Return a label."""
        return label(f"action_plan_{key}", self.lang, **values)

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The cheapest plan and the alternatives."""
        return (*filter(None, [self.reach.plan]), *self.reach.alternatives)

    @property
    def title(self) -> str:
        """The unit, and what its plan is for."""
        units, place = self.sheet.units, self.reach.place
        year, period = int(units["year"].iloc[place]), str(units["period"].iloc[place])
        key = "title" if is_whole_year(period) else "title_of_part"
        return self.say(key, unit=names_apart(units)[place], when=time_text(year, period))

    def summary(self, plan: Plan) -> str:
        """Say what a plan brings and costs, and whether a cheaper one is ruled out."""
        values = {"now": self.number(self.reach.now), "points": self.number(plan.points),
                  "cost": self.number(plan.cost), "count": len(plan.steps),
                  "limit": self.number(plan.at_least), "without": plan.without}  # fmt: skip
        if plan.without:
            return self.say("without", **values)
        key = "summary" if plan.is_optimal else "summary_bound"
        if plan.is_optimal and not plan.steps:
            key = "summary_met" if self.reach.goal.told else "summary_none"
        said = [self.say(key, **values)]
        if self.sheet.track == "supported":
            said.append(self.say("summary_proof"))
        if unsure := [step for step in plan.steps if step.proves]:
            points = self.number(math.fsum(step.more for step in unsure))
            said.append(self.say("unsure", points=points, codes="; ".join(
                step.item_code for step in unsure)))  # fmt: skip
        return " ".join(said)

    def number(self, value: float) -> str:
        """Return a figure as people read it; a dash where it is not known."""
        if math.isnan(value):
            return "—"
        decimals = self.sheet.criteria.meta.decimals
        return format_number(round_points(value, decimals), lang=self.lang)


def change_text(sheet: ScoreSheet, change: Change, lang: str = "vi") -> str:
    """Say what a figure is to become, by the name that its set gives it."""
    spec = sheet.criteria.rules[change.item_code].spec
    entry = spec.named(change.input)
    before, value = (_figure(sheet, change, at, lang) for at in (change.before, change.value))
    name = entry.label_en if lang == "en" and entry.label_en else entry.label_vi
    return label("action_plan_change", lang, name=name or change.input, before=before, value=value)


def _figure(sheet: ScoreSheet, change: Change, value: float, lang: str) -> str:
    if math.isnan(value):
        return label("action_plan_nothing", lang)
    if change.kind == "date":
        if math.isinf(value):
            return label("action_plan_not_done", lang)
        return format_date(date_from_serial(value), lang)
    if change.kind == "yes_no":
        return label("yes" if value == 1 else "no", lang)
    if change.kind == "choice":
        option = sheet.criteria.rules[change.item_code].spec.options_of(change.input)[int(value)]
        return (option.label_en if lang == "en" else option.label_vi) or option.code
    return format_number(round(value, 4), lang=lang)


def action_text(sheet: ScoreSheet, step: Step, lang: str = "vi") -> str:
    """Say what is to be done in a step: the unit's own words, and the figures behind them."""
    told = [change_text(sheet, change, lang) for change in step.changes]
    told += [label("action_plan_prove", lang)] if step.proves else []
    figures = "; ".join(told)
    return f"{step.action} ({figures})" if step.action else figures


def steps_table(content: ActionPlan) -> pd.DataFrame:
    """Return the table ``ReachSteps``: the steps of the plan, then those of the alternatives."""
    sheet, lang = content.sheet, content.lang
    unit = {name: sheet.units[name].iloc[content.reach.place] for name in KEY_COLUMNS}
    rows = [
        unit | {
            "plan": number, "item_code": step.item_code,
            "item_name": sheet.criteria.node(step.item_code).name(lang),
            "action": action_text(sheet, step, lang), "owner": step.owner, "due_on": step.due_on,
            "points_before": step.points_before, "points_after": step.points_after,
            "more": step.more, "cost": step.cost, "people_days": step.people_days,
            "basis": "default" if step.is_default else "given",
        }
        for number, plan in enumerate(content.plans) for step in plan.steps
    ]  # fmt: skip
    return table_of(rows, "ReachSteps")


def plan_tasks(content: ActionPlan) -> pd.DataFrame:
    """Return the steps as rows of the table ``PlanTasks``, to be added to those of a plan."""
    sheet, lang, plan = content.sheet, content.lang, content.reach.plan
    year = int(sheet.units["year"].iloc[content.reach.place])
    rows: list[dict[str, object]] = []
    for number, step in enumerate(plan.steps if plan else (), start=1):
        area = sheet.criteria.area_of(step.item_code)
        # What has no day of its own is due by the end of the year assessed, as the plan says.
        due_on = step.due_on or dt.date(year, 12, 31)
        due = format_date(due_on, "vi") if step.due_on else f"năm {year}"
        texts = {"area_number": area.code, "area_code": "other", "area_name": area.name(lang),
                 "number": str(number), "goal": content.title, "activity": "", "products": "",
                 "task": action_text(sheet, step, lang), "lead_unit": step.owner,
                 "supporting_units": "", "deadline_text": due, "recurrence": "", "condition": "",
                 "deadline_kind": "date", "due_precision": "day" if step.due_on else "year",
                 "budget": "" if step.is_default else content.number(step.cost),
                 "item_codes": step.item_code, "source_place": ""}  # fmt: skip
        rows.append(texts | {"task_code": f"HD.{number}", "plan_number": 1, "year": year, "part": 1,
                             "lead_inferred": False, "due_on": due_on})  # fmt: skip
    return table_of(rows, "PlanTasks")


def _sections(content: ActionPlan) -> list[Section]:
    heads = tuple(content.say(f"head_{name}") for name in _HEADS)
    made = []
    for number, plan in enumerate(content.plans):
        title = content.say("alternative", number=number) if number else content.say("plan")
        rows = [_row(content, step) for step in plan.steps]
        made.append(Section("plan", title, heads, rows, _WIDTHS, (content.summary(plan),)))
    blocked = content.reach.blocked
    if len(blocked):
        nodes = content.sheet.criteria
        lines = [(str(row["item_code"]), nodes.node(str(row["item_code"])).name(content.lang),
                  content.say(f"reason_{row['reason']}"), float(row["points"]))
                 for row in blocked.to_dict("records")]  # fmt: skip
        names = tuple(
            content.say(f"head_{name}") for name in ("item", "item_name", "reason", "lost")
        )
        made.append(Section("blocked", content.say("blocked"), names, lines, _BLOCKED_WIDTHS))
    return made


def _row(content: ActionPlan, step: Step) -> tuple[str | float, ...]:
    name = content.sheet.criteria.node(step.item_code).name(content.lang)
    due = format_date(step.due_on, content.lang) if step.due_on else content.say("end_of_period")
    days = "—" if math.isnan(step.people_days) else float(step.people_days)
    basis = content.say("basis_default" if step.is_default else "basis_given")
    owner = step.owner or "—"
    action = action_text(content.sheet, step, content.lang)
    figures = float(round(step.more, 4)), float(step.cost), days
    return (step.item_code, name, action, owner, due, *figures, basis)


def _notes(content: ActionPlan) -> tuple[str, ...]:
    steps = [step for plan in content.plans for step in plan.steps]
    return (content.say("default_note"),) if any(step.is_default for step in steps) else ()


def action_plan_workbook(content: ActionPlan) -> bytes:
    """Return the plan, the alternatives and what is blocked as a workbook, a sheet each."""
    criteria = content.sheet.criteria
    book = SafeWorkbook({"title": content.title, "subject": criteria.stated})
    looks = SectionLooks(content.title, criteria.introduced(content.lang), criteria.meta.decimals,
                         _notes(content), landscape=True, badge=criteria.badge(content.lang))  # fmt: skip
    for number, section in enumerate(_sections(content)):
        name = content.say("sheet_blocked") if section.key == "blocked" else (
            content.say("sheet_alternative", number=number) if number else content.say("sheet_plan"))  # fmt: skip
        write_section(book, book.add_sheet(name), section, looks)
    return book.to_bytes()


def action_plan_word(content: ActionPlan) -> bytes:
    """Return the plan as a ``.docx`` file in the form of Decree 30/2020/NĐ-CP."""
    meta = content.sheet.criteria.meta
    document = form.new_document(content.title, meta.name(content.lang), content.lang)
    add_text(document, content.title.upper(), bold=True, align=CENTER, after=6)
    add_text(document, content.sheet.criteria.stated, size=12, italic=True, align=CENTER, after=6)
    if meta.status == "sample":
        badge = f"{label('chart_sample_badge', content.lang)}. {label('chart_sample_line', content.lang)}"
        add_text(document, badge, size=13, bold=True, align=CENTER, after=6)
    for number, section in enumerate(_sections(content), start=1):
        add_heading(document, f"{number}. {section.title}")
        for note in section.notes:
            add_body(document, note)
        _table(document, content, section)
        if number == 1 and content.chart:
            form.add_chart(document, *content.chart)
    for note in _notes(content):
        add_text(document, note, size=11, italic=True, before=3)
    form.signature(document, lambda key: label(key, content.lang))
    return form.packed(document)


def _table(document: form.DocumentType, content: ActionPlan, section: Section) -> None:
    """Add the table of a section; names and days of work stand in the workbook only."""
    kept: Sequence[int] = range(len(section.heads))
    widths = section.widths
    if section.key == "plan":
        kept, widths = (0, 2, 3, 4, 5, 6, 8), (14.0, 52.0, 25.0, 22.0, 15.0, 16.0, 19.0)
    else:
        widths = (16.0, 82.0, 42.0, 23.0)
    rows = [[_shown(content, row[at]) for at in kept] for row in section.rows]
    numbers = (
        [at for at, place in enumerate(kept) if place in (5, 6)] if section.key == "plan" else [3]
    )
    form.add_table(document, [section.heads[at] for at in kept], rows, widths, numbers, size=11)


def _shown(content: ActionPlan, cell: object) -> str:
    return content.number(cell) if isinstance(cell, float) else str(cell)
