"""The parts of a province report that Word and slides share: a finding and the table behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_rows import CauseShare, LossRow, WinRow
from scoring.outputs.slides.slide_text import Columns

_Row = TypeVar("_Row")

MOST_WINS = 5
_MOST_CAUSES, _MOST_NAMED_BLOCKS, _MOST_GRADE_NOTES = 2, 4, 5
_STATUS = {
    "official": "province_doc_method_official",
    "observed": "province_doc_method_observed",
    "sample": "province_doc_method_sample",
}


@dataclass(frozen=True)
class Part:
    """One finding with the table it rests on.

    Attributes
    ----------
    key : str
        ``year``, ``spread``, ``grades``, ``targets``, ``areas``, ``items``, ``wins``, ``changes``,
        ``help``, ``plan`` or ``method``.
    title : str
        The finding.
    columns, rows
        The table, as texts; a part may have no row.
    notes : tuple of str
        How it was found and what must be known to read it.
    """

    key: str
    title: str
    columns: Columns
    rows: Sequence[tuple[str, ...]]
    notes: tuple[str, ...] = ()


def province_parts(content: ProvinceContent) -> list[Part]:
    """Return what there is to say of a province, in the order of the report."""
    return [part for make in _MAKERS if (part := make(content)) is not None]


def both_ends(rows: Sequence[_Row], half: int) -> list[_Row]:
    """Return the first and the last rows of an order, `half` of each; all where there are no more.

    >>> both_ends("abcdefg", 2), both_ends("abcd", 2)
    (['a', 'b', 'f', 'g'], ['a', 'b', 'c', 'd'])
    """
    return list(rows) if len(rows) <= 2 * half else [*rows[:half], *rows[-half:]]


def _part(
    c: ProvinceContent,
    key: str,
    title: str,
    heads: str,
    shares: Sequence[float],
    rows: Sequence[tuple[str, ...]],
    *notes: str,
    numbers: Sequence[int] = (),
) -> Part:
    """Return a part; `heads` are keys of labels between spaces."""
    columns = Columns([c.say(head) for head in heads.split()], shares, numbers)
    return Part(key, title, columns, rows, (c.say(f"province_doc_note_{key}"), *notes))


def _year(c: ProvinceContent) -> Part:
    s = c.summary
    counts = {"when": c.when, "assessed": s.assessed, "units": s.units, "mean": s.mean.text}
    title = c.say(
        "province_doc_year_title" if s.assessed else "province_doc_year_title_open", **counts
    )
    heads = "report_units page_assessed province_doc_open_units page_mean_head page_median page_least page_most"
    figures = (s.mean, s.median, s.least, s.most)
    row = (*map(str, (s.units, s.assessed, s.open)), *(figure.text for figure in figures))
    return _part(c, "year", title, heads, [1] * 7, [row], numbers=range(7))


def _spread(c: ProvinceContent) -> Part:
    s, known = c.summary, bool(c.summary.assessed)
    ends = {"least": s.least.text, "most": s.most.text, "median": s.median.text}
    title = c.say(
        "province_doc_spread_title" if known else "province_doc_spread_title_open", **ends
    )
    if known and s.least.text == s.most.text:
        key = "equal" if s.assessed > 1 else "one"
        title = c.say(f"province_doc_spread_title_{key}", **ends)
    elif known and 1 < len(c.blocks) <= _MOST_NAMED_BLOCKS:
        told = (f"{row.block or c.say('standing_all')} {row.median.text}" for row in c.blocks)
        title = c.say("province_doc_spread_title_blocks", medians="; ".join(told), **ends)
    heads = "page_block report_units page_assessed page_median page_mean_head page_least page_most"
    rows = [
        (
            row.block or c.say("standing_all"),
            str(row.count),
            str(row.ranked),
            *(figure.text for figure in (row.median, row.mean, row.least, row.most)),
        )
        for row in c.blocks
    ]
    return _part(
        c, "spread", title, heads, [3, 1.1, 1.1, 1.2, 1.2, 1.2, 1.2], rows, numbers=range(1, 7)
    )


def _grades(c: ProvinceContent) -> Part | None:
    grades = c.distribution.grades
    if not grades:
        return None
    named = [(row.grade or c.say("province_doc_no_grade"), row) for row in grades]
    told = (
        c.say("province_doc_grade_count", grade=name, count=row.count)
        for name, row in named
        if row.count
    )
    title = c.say("province_doc_grades_title", grades="; ".join(told))
    blocks = [block or c.say("report_units") for block in c.distribution.blocks]
    total = len(blocks) > 1
    columns = Columns(
        [c.say("grade"), *blocks, *[c.say("report_units")] * total],
        [2.0, *[1.0] * (len(blocks) + total)],
        range(1, len(blocks) + total + 1),
    )
    rows = [(name, *map(str, (*row.counts, *[row.count] * total))) for name, row in named]
    notes = [c.say("province_graded", unit=g.unit_name, grade=g.grade, reason=g.reason)
             for g in c.grade_notes[:_MOST_GRADE_NOTES]]  # fmt: skip
    if left := len(c.grade_notes) - len(notes):
        notes.append(c.say("province_doc_more_rows", count=left))
    return Part("grades", title, columns, rows, (c.say("province_doc_note_grades"), *notes))


def _targets(c: ProvinceContent) -> Part | None:
    if c.targets is None:
        return None
    counts = {verdict: c.targets.count(verdict) for verdict in ("met", "missed", "open")}
    rows = [
        (row.unit_name, row.points_text, row.target.text, row.target.said) for row in c.targets.rows
    ]
    without = c.targets.without
    notes = [c.say("province_doc_targets_without", count=without)] if without else []
    heads = "unit pack_index target column_against_target"
    title = c.say("province_doc_targets_title", **counts)
    return _part(c, "targets", title, heads, [3, 1.8, 1, 2.6], rows, *notes, numbers=(1, 2))


def _areas(c: ProvinceContent) -> Part:
    losing = [row for row in c.losses.areas if row.lost.value > 0]
    title = c.say("province_doc_areas_title_none")
    if losing:
        first, lost = losing[0], c.losses.lost.text
        title = c.say(
            "province_doc_areas_title", lost=lost, area=first.name, share=first.share.text
        )
    heads = "area lost_points province_doc_head_share province_doc_head_per_unit province_doc_head_lost_units column_cause"
    rows = [(row.name, row.lost.text, row.share.text, *_loss(c, row)) for row in losing]
    shares = [2.8, 1.25, 1.0, 1.1, 1.2, 2.6]
    return _part(c, "areas", title, heads, shares, rows, *_open_loss(c), numbers=range(1, 5))


def _items(c: ProvinceContent) -> Part | None:
    losing = [row for row in c.losses.items if row.lost.value > 0]
    if not losing:
        return None
    first = losing[0]
    said = {"code": first.code, "name": first.name, "lost": first.lost.text, "units": first.units}
    heads = "column_item area lost_points province_doc_head_per_unit province_doc_head_lost_units column_cause"
    rows = [
        (f"{row.code} {row.name}", row.area_name, row.lost.text, *_loss(c, row)) for row in losing
    ]
    shares = [3.1, 1.9, 1.25, 1.1, 1.2, 2.4]
    title = c.say("province_doc_items_title", **said)
    return _part(c, "items", title, heads, shares, rows, numbers=range(2, 5))


def _loss(c: ProvinceContent, row: LossRow) -> tuple[str, str, str]:
    """Return what a unit loses here, how many lose, and the causes, largest first."""
    return row.per_unit.text, str(row.units), _causes(c, row.causes)


def _causes(c: ProvinceContent, causes: Sequence[CauseShare]) -> str:
    told = [
        c.say("province_doc_cause_row", cause=row.name, lost=row.lost.text)
        for row in causes[:_MOST_CAUSES]
    ]
    return "; ".join([*told, *["…"] * (len(causes) > _MOST_CAUSES)])


def _open_loss(c: ProvinceContent) -> Iterator[str]:
    for key, figure in (("open", c.losses.open_points), ("risk", c.losses.at_risk)):
        if figure.value > 0:
            yield c.say(f"province_doc_areas_{key}", points=figure.text)


def _wins(c: ProvinceContent) -> Part:
    now, later = c.wins.now[:MOST_WINS], c.wins.later[:MOST_WINS]
    rows = (*now, *later)
    none = "province_doc_wins_none" if rows else "province_doc_wins_title_none"
    told = [_best(c, "now", now) or c.say(none), _best(c, "later", later)]
    title = "; ".join(filter(None, told))
    heads = "column_number province_doc_head_when column_next_step province_doc_head_points report_units"
    shown = [_win(c, row) for row in rows]
    sums = {"now": c.wins.now_points, "later": c.wins.later_points}
    said = {name: sum_.text for name, sum_ in sums.items() if sum_ is not None}
    notes = [c.say("province_wins_sums", **said)] if rows and len(said) == len(sums) else []
    widths = [0.65, 1.4, 6.3, 1.2, 1.2]
    return _part(c, "wins", title, heads, widths, shown, *notes, numbers=(3, 4))


def _best(c: ProvinceContent, when: str, rows: Sequence[WinRow]) -> str:
    """Say what would win most, now or later; nothing where nothing would."""
    if not rows:
        return ""
    said = {"code": rows[0].item_code, "name": rows[0].item_name, "points": rows[0].points.text}
    return c.say(f"province_doc_wins_{when}", **said)


def _win(c: ProvinceContent, row: WinRow) -> tuple[str, ...]:
    when = c.say("pack_for_now" if row.is_for_now else "pack_for_later")
    return str(row.rank), when, row.action, row.points.text, str(row.units)


def _changes(c: ProvinceContent) -> Part | None:
    if c.changes is None:
        return None
    counts = {name: getattr(c.changes, name) for name in ("since", "rose", "fell", "same")}
    heads = "unit province_last_percent province_this_percent province_change"
    rows = [(row.unit_name, row.last.text, row.now.text, row.change.text) for row in c.changes.rows]
    title = c.say("province_doc_changes_title", **counts)
    without = c.changes.without
    notes = [c.say("province_doc_changes_without", count=without)] if without else []
    return _part(c, "changes", title, heads, [3, 1, 1, 1], rows, *notes, numbers=(1, 2, 3))


def _help(c: ProvinceContent) -> Part:
    title = c.say("province_doc_help_title_none")
    if c.help:
        key = "province_doc_help_title" if len(c.help) > 1 else "province_doc_help_title_one"
        title = c.say(key, count=len(c.help), name=c.help[0].unit_name)
    rows = [
        (row.unit_name, row.points_text, "; ".join(reason.text for reason in row.reasons))
        for row in c.help
    ]
    heads = "unit pack_index column_reason"
    return _part(c, "help", title, heads, [2.4, 1.4, 5], rows, *c.help_reasons, numbers=(1,))


def _plan(c: ProvinceContent) -> Part | None:
    if not c.plan_targets:
        return None
    states = Counter(row.state_name for row in c.plan_targets)
    told = (
        c.say("province_doc_plan_state", count=n, state=state) for state, n in states.most_common()
    )
    title = c.say("province_doc_plan_title", states="; ".join(told))
    heads = (
        "target year province_doc_head_wanted province_doc_head_result province_doc_head_verdict"
    )
    rows = [
        (row.name, str(row.year), row.wanted, row.result.text, row.verdict)
        for row in c.plan_targets
    ]
    return _part(c, "plan", title, heads, [3, 0.7, 1.6, 1.4, 2.4], rows)


def _method(c: ProvinceContent) -> Part:
    s = c.criteria_set
    title = c.say("province_doc_method_title", name=s.name, status=s.status_name)
    version = {"id": s.set_id, "version": s.version, "fingerprint": s.fingerprint}
    head = c.journal_head
    journal = f"{c.say('journal_head')}: {head}. {c.say('journal_head_use')}"
    lines = [
        c.say(_STATUS[s.status]),
        *([c.say("province_doc_method_decision", decision=s.decision)] if s.decision else []),
        c.say("province_doc_method_version", **version),
        c.say("province_doc_method_figures", source=c.figures_from),
        c.say("province_doc_method_open"),
        journal if head else c.say("province_doc_method_no_journal"),
        *_absent(c),
        *c.caveats,
    ]
    columns = Columns([], [])
    return Part("method", title, columns, [], (c.say("province_doc_note_method"), *lines))


def _absent(c: ProvinceContent) -> Iterator[str]:
    """Say of each part that is left out why it is."""
    given = {"targets": c.targets, "changes": c.changes, "plan": c.plan_targets}
    for key, what in given.items():
        if not what:
            yield c.say(f"province_doc_{key}_none")


_MAKERS: Sequence[Callable[[ProvinceContent], Part | None]] = (
    _year,
    _spread,
    _grades,
    _targets,
    _areas,
    _items,
    _wins,
    _changes,
    _help,
    _plan,
    _method,
)
