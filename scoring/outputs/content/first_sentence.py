"""The one sentence on a first screen: where we are, why, and what next.

Every figure of it stands in a table of the same report.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.base.text import shortened
from scoring.outputs.amounts import points_or_range
from scoring.outputs.content.league import League, LeagueRow
from scoring.outputs.content.unit_content import ReportContent
from scoring.outputs.content.unit_rows import ItemRow, StepRow

# Codes of equal losses that are named before the rest is counted.
_MOST_NAMED = 3


def unit_sentence(content: ReportContent) -> str:
    """Return the finding on one unit: index, rank and target; the largest loss; the next thing to do.

    An open index is said as its range, without a rank.

    Examples
    --------
    >>> from scoring.analysis import gap_table
    >>> from scoring.criteria import open_set
    >>> from scoring.outputs.content import report_content
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", unit_name="Sở A", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> import pandas as pd
    >>> nothing = pd.DataFrame({"unit_code": [], "code": [], "target_points": []})
    >>> unit_sentence(report_content(sheet, gap_table(sheet), nothing)).split("; ")[1]
    'mất nhiều điểm nhất ở mục 2 “Tiến độ giải quyết hồ sơ” (2,00 điểm, kết quả chưa đạt mức tối đa)'
    """
    return "; ".join(filter(None, (_where(content), _why(content), _next(content)))) + "."


def _where(c: ReportContent) -> str:
    head = c.headline
    figures = {"unit": c.unit_name, "maximum": head.maximum.text}
    ends = points_or_range(head.index, head.low, head.high, c.lang)
    if not head.items_applicable:
        return c.say("first_nothing_applies", **figures)
    if head.is_open:
        done = {"scored": head.items_scored, "items": head.items_applicable}
        parts = [c.say("first_open", index=ends, **done, **figures)]
    else:
        parts = [c.say("first_index", index=ends, **figures)]
    if c.standing and c.standing.rank:
        group = c.standing.block.block or c.say("standing_all")
        ranked = c.standing.block.ranked
        parts.append(c.say("first_rank", rank=c.standing.rank, ranked=ranked, group=group))
    if head.target:
        parts.append(c.say("first_target", target=head.target.text, said=head.target.said))
    return ", ".join(parts)


def _why(c: ReportContent) -> str:
    """Name the largest loss; what is merely open is not lost."""
    lost = [item for item in c.items_by_loss if not item.is_open]
    if not lost:
        return "" if c.headline.is_open else c.say("first_full")
    largest = [item for item in lost if item.lost.text == lost[0].lost.text]
    if len(largest) == 1:
        return c.say(
            "first_lost",
            item=_name(lost[0]),
            lost=lost[0].lost.text,
            cause=_inside(lost[0].cause_name),
        )
    codes = ", ".join(item.code for item in largest[:_MOST_NAMED])
    key = "first_lost_more" if len(largest) > _MOST_NAMED else "first_lost_each"
    return c.say(key, items=codes, more=len(largest) - _MOST_NAMED, lost=lost[0].lost.text)


def _next(c: ReportContent) -> str:
    """Name the nearest deadline, else the largest step for now, else the one that takes the least."""
    if dated := _nearest(c):
        is_late = c.read_on is not None and dated.due_day is not None and dated.due_day < c.read_on
        return c.say(
            "first_overdue" if is_late else "first_due", item=_name(dated), day=dated.due_on
        )
    if not c.steps:
        return ""
    step = next((step for step in c.steps if step.is_for_now), None) or _cheapest(c)
    words = _inside(step.step.rstrip("."))
    if not step.is_for_now:
        return c.say("first_later", item=_name(step.item), step=words)
    return c.say("first_now", item=_name(step.item), points=step.points.text, step=words)


def _cheapest(c: ReportContent) -> StepRow:
    """Return the step that takes the least for a point by the rule of its item, else the largest."""
    told = [(step.item.ahead.effort, step) for step in c.steps if step.item.ahead]
    return min(told, key=lambda pair: pair[0])[1] if told else c.steps[0]


def _nearest(c: ReportContent) -> ItemRow | None:
    """Return the item whose deadline comes first after the day of reading, else the first of all."""
    dated = [item for item in c.items_to_explain if item.due_day is not None]
    ahead = [item for item in dated if c.read_on and item.due_day and item.due_day >= c.read_on]
    return min(ahead or dated, key=lambda item: str(item.due_day), default=None)


def _inside(words: str) -> str:
    """Return one of our own labels as part of a sentence."""
    return words[:1].lower() + words[1:]


def _name(item: ItemRow) -> str:
    return f"{item.code} “{shortened(item.name)}”"


def league_sentence(table: League) -> str:
    """Return the finding on many units: mean and ends, the weakest area, what is still open.

    Of several periods it is about the usual one, else the last one, and names it.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.outputs.content import league
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"unit_code": unit, "item_code": "2", "input": "on_time", "value": 1}
    ...                         for unit in "AB"], year=2026)
    >>> league_sentence(league(score(figures, open_set("service-quality-766"))))
    'Chưa đơn vị nào trong 2 đơn vị được chấm đủ; 2 đơn vị chưa chấm đủ, trung bình của cả 2 đơn vị từ 0,00 đến 100,00 điểm.'
    """
    say, whole = table.say, table.whole
    known = [row for row in table.latest if row.index.is_known]
    mean = {"count": whole.assessable, "ranked": whole.ranked, "mean": whole.mean.text}
    parts = [say("first_league_none", **mean)] if whole.assessable else []
    if known:
        best, worst = known[0], known[-1]
        ends = {"best": _with_equals(table, best, known), "most": best.range_text}
        ends |= {"worst": _with_equals(table, worst, known), "least": worst.range_text}
        # Of equal units none is the best, and one alone has no mean.
        is_equal = best.range_text == worst.range_text
        key = "first_league_equal" if is_equal else "first_league"
        parts = [say(key if known[1:] else "first_league_one", **mean, **ends)]
    if area := table.weakest_area:
        parts.append(
            say("first_area", area=area.name, mean=area.mean.text, maximum=area.mean_maximum.text)
        )
    if whole.has_open:
        low, high = whole.mean_low.text, whole.mean_high.text
        parts.append(say("first_open_units", open=whole.still_open, low=low, high=high, **mean))
    if none := whole.count - whole.assessable:
        parts.append(say("first_none_apply", count=none))
    said = "; ".join(parts) + "."
    said = said[:1].upper() + said[1:]
    # The table below it has rows of other periods as well.
    when = table.latest[0].when if table.has_times else ""
    return f"{when[:1].upper()}{when[1:]}: {_inside(said)}" if when else said


def _with_equals(table: League, end: LeagueRow, known: Sequence[LeagueRow]) -> str:
    """Return the name of a unit at an end; of equal ones none alone is the first or the last."""
    more = sum(row.range_text == end.range_text for row in known) - 1
    return table.say("first_and_more", name=end.unit_name, more=more) if more else end.unit_name
