"""Lines about single items and causes that Word, PDF and slide share."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.outputs.content.unit_content import ReportContent
from scoring.outputs.content.unit_rows import CauseRow, ItemRow, LossPart


def found_lines(c: ReportContent, item: ItemRow) -> Iterator[str]:
    """Yield why points are missing: cause, figures, arithmetic."""
    for part in item.losses:
        yield c.say("word_cause_lost", cause=part.name, lost=part.lost.text)
    if item.at_risk:
        yield c.say("word_at_risk", proof=item.proof_name, points=item.at_risk.text)
    if item.missing_inputs:
        yield f"{c.say('page_missing').capitalize()}: {'; '.join(item.missing_inputs)}."
        return
    for entry in item.explanation.inputs:
        yield f"{entry.label}: {entry.value}."
    if item.explanation.arithmetic:
        yield item.explanation.arithmetic
    yield from (f"{line}." for line in item.explanation.sampling)


def points_or_open(c: ReportContent, item: ItemRow) -> str:
    """Return the points of an item, or that it is not assessed."""
    return item.points.text if item.points.is_known else c.say("chart_not_assessed")


def steps_by_cause(c: ReportContent) -> Iterator[tuple[CauseRow, str]]:
    """Yield each cause, largest loss first, with the one step that serves all of its items."""
    # A figure of one item is no step for all of its cause.
    steps = {
        part.cause: _of_all(part, c) if part.ahead else part.next_step
        for item in reversed(c.items_by_loss)
        for part in item.losses
    }
    for cause in c.causes:
        yield cause, steps.get(cause.cause, cause.name)


def _of_all(part: LossPart, c: ReportContent) -> str:
    is_low = part.cause == "below-target"
    return c.say("next_for_all_below" if is_low else f"next_{part.cause}")
