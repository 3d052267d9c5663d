"""The table of a plan's targets: of its running text, its tables by year and its tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import without_marks
from scoring.official.recognising import area_code
from scoring.official.wording import word_lists
from scoring.plan.blocks import Block
from scoring.plan.plan_targets import (
    MAX_SENTENCE,
    Target,
    indicator_of,
    opening_in,
    read_alls,
    read_frequencies,
    read_targets,
    sentences_of,
)
from scoring.plan.target_phases import phases_in
from scoring.plan.targets_by_year import targets_by_year
from scoring.tables import rows_of, table_of

_SECTION_LENGTH = 160
_TASK_TEXTS = ("goal", "task", "activity", "products")
_LEVELS = ("roman", "number", "line")


def target_table(
    lines: pd.DataFrame, tasks: pd.DataFrame, year: int, blocks: Sequence[Block] = ()
) -> pd.DataFrame:
    """Return the table ``PlanTargets`` of running text, of tables by year and of the tasks' cells.

    Parameters
    ----------
    lines, tasks : DataFrame
        Tables ``PlanLines`` and ``PlanTasks``.
    year : int
        Year of the plan.
    blocks : sequence of Block
        The rows of the document with their cells, in which a column may be a year.
    """
    by_year = [*targets_by_year(blocks)]
    read = {block.place for block, _ in by_year}
    tables = [_row(target, area_code(target.sentence), "", block.place)
              for block, found in by_year for target in found]  # fmt: skip
    return _table([*_text_rows(lines, year, read), *tables, *_task_rows(tasks)])


def target_rows_of(text: str, year: int) -> pd.DataFrame:
    """Return the table ``PlanTargets`` of a text without places and tasks."""
    return _table(
        [_row(target, area_code(target.sentence), "", "") for target in read_targets(text, year)]
    )


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return the rows as a table, each with a code by its place."""
    coded = [{"target_code": f"CT-{place:02d}", **row} for place, row in enumerate(rows, start=1)]
    return table_of(coded, "PlanTargets")


def _text_rows(
    lines: pd.DataFrame, year: int, read_before: set[str]
) -> Iterator[dict[str, object]]:
    area, due = "other", _Due(year)
    rows = lines[lines["role"].isin(("text", "header")) & ~lines["place"].isin(read_before)]
    for place, text in _paragraphs(rows):
        opening = opening_in(text)
        is_section = opening is not None and opening.style in ("roman", "number")
        found = read_targets(text, year, due.year)
        if len(text) <= _SECTION_LENGTH and not found:
            if is_section:
                area = area_code(text)
            due.see(text, opening.style if opening and is_section else "line")
        for target in (*found, *read_alls(text, year)):
            own = area if area != "other" else area_code(target.sentence)
            yield _row(target, own, "", place)


class _Due:
    """The year that the headings above a line set: "II. Mục tiêu đến năm 2030"."""

    def __init__(self, year: int) -> None:
        self.plan_year, self._held = year, dict[str, int | None]()

    @property
    def year(self) -> int | None:
        """The year of the nearest heading that names one."""
        return next((held for level in reversed(_LEVELS) if (held := self._held.get(level))), None)

    def see(self, text: str, level: str) -> None:
        """Take a line in: a heading ends what headings of its level and below it set."""
        if level == "line" and not text.rstrip().endswith(":"):
            return
        for lower in _LEVELS[_LEVELS.index(level) :]:
            self._held.pop(lower, None)
        told = phases_in(text, self.plan_year)
        self._held[level] = told[0][1] if len(told) == 1 else None


def _paragraphs(lines: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield place and text of each paragraph, joining those that a page break cut in two."""
    held_place, held = "", ""
    for place, text in zip(lines["place"], lines["text"], strict=True):
        goes_on = not opening_in(text) and (text[:1].islower() or held.endswith(","))
        torn = held and held[-1] not in ".;:!?/)%”" and goes_on
        if torn and len(held) <= MAX_SENTENCE:
            held = f"{held} {text}"
            continue
        if held:
            yield held_place, held
        held_place, held = place, text
    if held:
        yield held_place, held


def _task_rows(tasks: pd.DataFrame) -> Iterator[dict[str, object]]:
    told: set[tuple[str, str, str]] = set()
    for task in rows_of(tasks):
        for column in _TASK_TEXTS:
            text = str(getattr(task, column))
            # Stacked rows repeat what their first row says.
            key = (f"{task.plan_number}/{task.area_number}", task.number, text)
            if not text or key in told:
                continue
            told.add(key)
            for target in _task_targets(text, int(task.year), column):
                yield _row(target, task.area_code, task.task_code, task.source_place)
        for target in _task_frequencies(task, told):
            yield _row(target, task.area_code, task.task_code, task.source_place)


def _task_frequencies(task: Any, told: set[tuple[str, str, str]]) -> list[Target]:
    """Return how often a task is wanted, from its own words, else from when it is due; once."""
    key = (f"{task.plan_number}/{task.area_number}", task.number, "frequency")
    texts = (task.task, task.activity, task.deadline_text)
    found = next(filter(None, (read_frequencies(str(t), int(task.year)) for t in texts)), [])
    if not found or key in told:
        return []
    told.add(key)
    name = found[0].indicator if found[0].sentence not in task.deadline_text else ""
    return [replace(found[0], indicator=name or task.task or task.activity)]


def _task_targets(text: str, year: int, column: str) -> list[Target]:
    targets = [*read_targets(text, year), *read_alls(text, year)]
    words = without_marks(text)
    if not targets and column == "goal" and words.startswith("co "):
        noun = next((n for n in word_lists()["count"]["nouns"] if without_marks(n) in words), "")
        if noun:  # "Có sáng kiến ..." as a goal asks for at least one
            targets = [replace(Target(indicator_of(text), ">=", 1.0, None, noun, text), year=year)]
    return targets


def _row(target: Target, area: str, task: str, place: str) -> dict[str, object]:
    place_of = {"area_code": area, "task_code": task, "source_place": place}
    return asdict(target) | place_of | {"confirmed": False}


def target_findings(targets: pd.DataFrame, lines: pd.DataFrame) -> list[Finding]:
    """Return targets that cannot be reached or measured as they are written, and what was cut."""
    above_all = targets.query("unit == '%' and comparison == '>' and value >= 100")
    findings = [
        Finding("target-above-all", cell=row.source_place, values={"text": row.sentence})
        for row in rows_of(above_all)
    ]
    for row in rows_of(targets[targets["unit"] == "yoy"]):
        values = {"text": row.sentence, "baseline": row.baseline}
        findings.append(Finding("target-without-baseline", cell=row.source_place, values=values))
    for row in rows_of(lines[lines["text"].str.len() > MAX_SENTENCE]):
        if any(len(sentence) > MAX_SENTENCE for sentence in sentences_of(row.text)):
            values = {"limit": MAX_SENTENCE}
            findings.append(Finding("plan-sentence-cut", cell=row.place, values=values))
    return findings
