"""``parindex whatif reach`` and ``whatif cheapest``: what a goal takes, and what points cost."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.findings import Finding, findings_frame
from scoring.base.numbers import read_number
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake
from scoring.cli.commands.given_files import day_of, intake_of, of_period
from scoring.cli.console import Console
from scoring.files.atomic import write_atomically
from scoring.files.declared_tables import read_typed
from scoring.outputs.action_plan import (
    ActionPlan,
    action_plan_word,
    action_plan_workbook,
    action_text,
    plan_tasks,
    steps_table,
)
from scoring.outputs.charts.chances.price_curve import price_curve as curve_chart
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.images import ChartJob, png_bytes, save_charts
from scoring.outputs.machine import write_table
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points import ScoreSheet
from scoring.tables import empty
from scoring.whatif.actions import sound_actions
from scoring.whatif.cheapest import best_within, price_curve
from scoring.whatif.goals import read_goal
from scoring.whatif.plans import Reach, Step
from scoring.whatif.provable import SUPPORTED
from scoring.whatif.reach import reach

_SHOWN, _DPI = 20, 150


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the cheapest plan of a unit for its goal, the next best ones and what is blocked."""
    asked = _Asked(options)
    if asked.intake.unreadable or asked.problems:
        return console.fail([*asked.findings, *asked.problems])
    goal, problems = read_goal(asked.sheet, options.goal or [], options.beat or [], asked.place)
    if not goal.told or any(found.severity == "error" for found in problems):
        return console.fail(
            problems or [Finding("reach-goal-unknown", values={"value": "—", "known": "—"})]
        )
    result = reach(asked.sheet, goal, asked.place, on=asked.on, actions=asked.actions,
                   people_days=asked.people_days, seconds=options.seconds)  # fmt: skip
    content = ActionPlan(asked.sheet, result, console.lang)
    _show(content, console)
    steps = steps_table(content)
    told = {"now": result.now, "most": result.most, "goal": dict(goal.at_least), "grade": goal.grade,
            "plans": [_of_plan(plan) for plan in content.plans], "steps": steps.to_dict("records"),
            "blocked": result.blocked.to_dict("records")}  # fmt: skip
    return console.close([*asked.findings, *problems, *result.findings], **told)


def cheapest(options: argparse.Namespace, console: Console) -> int:
    """Write the price curve of all units, and the action plan of one."""
    asked = _Asked(options)
    if asked.intake.unreadable or asked.problems:
        return console.fail([*asked.findings, *asked.problems])
    sheet = asked.sheet
    limits: dict[str, Any] = {"on": asked.on, "actions": asked.actions}
    goal, problems = read_goal(sheet, options.goal or [], [], asked.place)
    if any(found.severity == "error" for found in problems):
        return console.fail(problems)
    common = {"people_days": asked.people_days, "seconds": options.seconds, **limits}
    result = (
        reach(sheet, goal, asked.place, **common) if goal.told
        else best_within(sheet, asked.place, budget=asked.budget, **common)
    )  # fmt: skip
    curve = price_curve(sheet, **limits)
    found = [*asked.findings, *problems, *result.findings]
    _write(asked, result, curve, found, options, console)
    content = ActionPlan(sheet, result, console.lang)
    _show(content, console)
    console.wrote(options.out)
    steps, plans = steps_table(content), [_of_plan(plan) for plan in content.plans]
    console.give({"curve": curve.to_dict("records"), "plans": plans, "steps": steps.to_dict("records"),
                  "findings": console.findings_json(found)})  # fmt: skip
    return console.report(found, Path(options.out) / "findings.csv")


class _Asked:
    """What the command line gave, read and scored."""

    def __init__(self, options: argparse.Namespace) -> None:
        intake = of_period(intake_of(options, options.files), options)
        self.intake: Intake = intake
        self.findings, self.problems = list(intake.findings), list[Finding]()
        self.on = day_of(options.on) if options.on else dt.date.today()
        self.people_days = self._people(options.people_days or [])
        self.budget = self._amount(getattr(options, "budget", None), "--budget")
        if intake.unreadable or not len(intake.inputs):
            self.problems += [] if intake.unreadable else [Finding("rank-no-figures")]
            return
        self.sheet: ScoreSheet = scored(intake)[0]
        if options.with_proof:
            self.sheet = self._supported(options)
        self.findings += self.sheet.findings
        self.place = (
            self.sheet.place(options.unit) if options.unit or len(self.sheet.units) == 1 else 0
        )
        if not options.unit and len(self.sheet.units) > 1 and not hasattr(options, "budget"):
            self.sheet.place()
        self.actions = self._actions(options)
        self.problems += self._unknown_owners()
        self.findings += self._year_over()

    def _supported(self, options: argparse.Namespace) -> ScoreSheet:
        """Return the points that have proof, where somebody looked at the unit's."""
        sheet = self.sheet
        if SUPPORTED not in sheet.tracks:
            self.problems.append(Finding("reach-without-proof"))
            return sheet
        return sheet.on_track(SUPPORTED)

    def _people(self, texts: Sequence[str]) -> dict[str, float]:
        """Return days of work by owner, ``""`` for all, from ``40`` and ``Văn phòng=10``."""
        pairs = [text.rpartition("=") for text in texts]
        return {owner.strip(): self._amount(days, "--people-days") for owner, _, days in pairs}

    def _year_over(self) -> list[Finding]:
        """Say when nothing can be done for a year any more because it is over."""
        year = int(self.sheet.units["year"].iloc[self.place])
        if year >= self.on.year:
            return []
        return [Finding("reach-year-over", values={"year": str(year), "on": self.on})]

    def _unknown_owners(self) -> list[Finding]:
        owners = {str(name).strip() for name in self.actions["owner"]} - {""}
        known = {name.casefold() for name in owners}
        return [
            Finding("reach-owner-unknown", values={"value": owner, "known": "; ".join(sorted(owners)) or "—"})
            for owner in self.people_days if owner and owner.casefold() not in known
        ]  # fmt: skip

    def _amount(self, text: str | None, name: str) -> float:
        if not text:
            return math.inf
        value = read_number(text).value
        if value is None or value < 0:
            self.problems.append(Finding("limit-below-zero", values={"input": name, "value": text}))
            return 0.0
        return float(value)

    def _actions(self, options: argparse.Namespace) -> pd.DataFrame:
        """Return the actions of ``--actions`` and of the sheets ``Hành động``."""
        from scoring.evidence.ledger import read_ledger

        parts = [empty("Actions", places=True)]
        for path in (Path(name) for name in options.files):
            if path.suffix.lower() in (".xlsx", ".xlsm") and path.is_file():
                ledger = read_ledger(path, self.intake.criteria)
                parts.append(ledger.actions)
                self.findings += [one for one in ledger.findings if one.sheet == "Hành động"
                                  and one not in self.findings]  # fmt: skip
        if options.actions:
            table, findings = read_typed(Path(options.actions), "Actions")
            parts.append(table)
            self.findings += findings
        filled = [part for part in parts if len(part)] or parts[:1]
        table = pd.concat(filled, ignore_index=True)
        texts = [name for name in ("file", "sheet", "cell") if name in table]
        kept, problems = sound_actions(
            table.assign(**{n: table[n].fillna("") for n in texts}), self.sheet
        )
        self.findings += problems
        return kept


def _write(
    asked: _Asked, result: Reach, curve: pd.DataFrame, found: list[Finding],
    options: argparse.Namespace, console: Console,
) -> None:  # fmt: skip
    sheet, lang = asked.sheet, console.lang
    decimals, dialect = sheet.criteria.meta.decimals, options.csv_dialect
    files = [
        path
        for path in map(Path, [*options.files, *filter(None, [options.actions])])
        if path.is_file()
    ]
    context = chart_context(sheet, lang)
    figure = curve_chart(curve, unit_code=sheet.keys[asked.place], context=context)
    picture = (png_bytes(figure, dpi=_DPI), figure.alt_texts[lang])
    content = ActionPlan(sheet, result, lang, picture)
    with results_folder(Path(options.out), files, run_facts(sheet), "whatif cheapest") as folder:
        write_table(curve, "PriceCurve", folder, decimals, dialect)
        write_table(steps_table(content), "ReachSteps", folder, decimals, dialect)
        write_table(plan_tasks(content), "PlanTasks", folder, decimals, dialect)
        write_table(findings_frame(found, lang), "Findings", folder, decimals, dialect)
        write_atomically(folder / "action-plan.xlsx", action_plan_workbook(content))
        write_atomically(folder / "action-plan.docx", action_plan_word(content))
        about = {"unit_code": sheet.keys[asked.place], "context": context}
        save_charts([ChartJob(curve_chart, folder / "price-curve", (curve,), about)])


def _of_plan(plan: object) -> dict[str, object]:
    return {
        name: getattr(plan, name)
        for name in ("points", "cost", "at_least", "is_optimal", "without")
    }


def _show(content: ActionPlan, console: Console) -> None:
    """Print the plan, a line for each alternative, and what is blocked where there is no plan."""
    console.print(content.title)
    # Where the goal is met a finding says so, and "from 5 to 5" would say nothing.
    is_met = any(found.code == "reach-goal-met" for found in content.reach.findings)
    for plan in () if is_met else content.plans:
        console.print()
        console.print(content.summary(plan))
        if plan.steps and not plan.without:
            names = ("item", "action", "owner", "due", "more", "cost")
            console.table([content.say(f"head_{name}") for name in names],
                          [_line(content, step) for step in plan.steps], "    rr")  # fmt: skip
    blocked = content.reach.blocked.head(_SHOWN).to_dict("records")
    has_steps = content.reach.plan is not None and content.reach.plan.steps
    if blocked and not has_steps and not is_met:
        rows = [(str(row["item_code"]), content.say(f"reason_{row['reason']}"),
                 content.number(row["points"])) for row in blocked]  # fmt: skip
        console.print()
        heads = [content.say(f"head_{name}") for name in ("item", "reason", "lost")]
        console.table(heads, rows, "  r")


def _line(content: ActionPlan, step: Step) -> tuple[str, ...]:
    due = format_date(step.due_on, content.lang) if step.due_on else content.say("end_of_period")
    cost = content.number(step.cost) + (" *" if step.is_default else "")
    action = action_text(content.sheet, step, content.lang)
    return (step.item_code, action, step.owner or "—", due, content.number(step.more), cost)
