"""What the report of a province says, worked out once; page, workbook, Word and slides show it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.units import KEY_COLUMNS, UnitKey
from scoring.criteria import CriteriaSet
from scoring.outputs.content.block_standing import BlockRow
from scoring.outputs.content.first_sentence import league_sentence
from scoring.outputs.content.league import League, LeagueRow, league
from scoring.outputs.content.set_identity import AboutSet, about_set
from scoring.outputs.content.target_rows import PlanTargetRow, PlanTargets, plan_targets
from scoring.outputs.province_report.province_compared import changes_since, targets_met
from scoring.outputs.province_report.province_figures import (
    ProvinceView,
    distribution,
    grade_notes,
    item_figures,
    item_heads,
)
from scoring.outputs.province_report.province_help import declared_reasons, units_that_need_help
from scoring.outputs.province_report.province_losses import losses, named, wins
from scoring.outputs.province_report.province_rows import (
    Changes,
    Distribution,
    GradeNote,
    HelpRow,
    ItemFigures,
    ItemHead,
    Losses,
    Summary,
    TargetsMet,
    UnitItem,
    Wins,
)
from scoring.points import ScoreSheet
from scoring.tables import checked

# What is told of gaps; the other columns of thousands of units take several times the room.
_TOLD = [*KEY_COLUMNS, "item_code", "area_code", "kind", "cause", "lost_points", "next_step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceContent(AboutSet):
    """Everything the report of a province says of one period, in one language.

    Attributes
    ----------
    when : str
        The year, or the period with its year.
    first_sentence : str
        The finding: where the units stand, where they lose most, what would win most.
    grade_notes : tuple of GradeNote
        The units whose grade is not the one of their points alone.
    blocks : tuple of BlockRow
        The spread in every block.
    targets : TargetsMet or None
        None where no unit has a target of its index.
    changes : Changes or None
        None where nothing earlier was given.
    help : tuple of HelpRow
        Units that need help, most reasons first.
    help_reasons : tuple of str
        What counts as a reason, in words, with its threshold.
    plan_targets : tuple of PlanTargetRow
        The plan's own targets and their results; empty where no plan was given.
    plan_sentence : str
        How many of them are met.
    plan : PlanTargets or None
        The same with their table, for charts.
    league : League
        The table of units, of all periods of the run.
    items : tuple of ItemHead
        The items of the set in order; `items_of` gives those of a unit.
    findings : tuple of Finding
        What was wrong with what the units were compared with.
    """

    when: str
    title: str
    first_sentence: str
    summary: Summary
    distribution: Distribution
    grade_notes: tuple[GradeNote, ...]
    blocks: tuple[BlockRow, ...]
    targets: TargetsMet | None
    losses: Losses
    wins: Wins
    changes: Changes | None
    help: tuple[HelpRow, ...]
    help_reasons: tuple[str, ...]
    plan_targets: tuple[PlanTargetRow, ...]
    plan_sentence: str
    plan: PlanTargets | None
    league: League
    items: tuple[ItemHead, ...]
    figures: ItemFigures
    findings: tuple[Finding, ...]

    @property
    def period(self) -> str:
        """The year or period as a sentence has it: "năm 2026"."""
        return _in_words(self.when, self.lang)

    @property
    def units(self) -> tuple[LeagueRow, ...]:
        """The units of the period, best first, those still open last."""
        return self.league.latest

    def items_of(self, key: UnitKey) -> tuple[UnitItem, ...]:
        """Return the items of a unit, in the order of `items`."""
        return self.figures.items_of(key, self.items, self.lang)


def province_content(
    sheet: ScoreSheet,
    gaps: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    lang: str = "vi",
    last_scores: pd.DataFrame | None = None,
    last_set: CriteriaSet | None = None,
    mapping: pd.DataFrame | None = None,
    plan_results: pd.DataFrame | None = None,
) -> ProvinceContent:
    """Return what the report of all units of a sheet says.

    Parameters
    ----------
    sheet : ScoreSheet
        Of several periods, the report is about the one most units are of, else the last.
    gaps, targets : DataFrame
        Tables ``Gaps`` and accepted ``Targets``.
    lang : str
        ``vi`` or ``en``.
    last_scores : DataFrame, optional
        Table ``Scores`` of last year; without it the units are compared with the period before,
        where the run has one.
    last_set : CriteriaSet, optional
        The set of last year, where it is another one.
    mapping : DataFrame, optional
        Table ``ItemMapping``: which of its items go on, as for `rank_changes`.
    plan_results : DataFrame, optional
        Table ``TargetResults``, as ``plan results`` writes it.

    Examples
    --------
    >>> from scoring.analysis import gap_table
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"unit_code": unit, "item_code": "2", "input": "on_time", "value": 1}
    ...                         for unit in "AB"], year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> content = province_content(sheet, gap_table(sheet))
    >>> content.summary.units, content.summary.open, content.items_of(UnitKey("A", 2026))[0].status
    (2, 2, 'not_assessed')
    """
    checked(gaps, "Gaps", by="province_content")
    table = league(sheet, lang)
    view = ProvinceView(sheet, lang, [sheet.place(row.key) for row in table.latest])
    when = table.latest[0].key.when if table.latest else ""
    own_gaps, units = view.of_period(gaps[[*_TOLD, *({"term"} & set(gaps))]]), table.latest
    met = targets_met(view, units, targets)
    changes, findings = changes_since(view, units, last_scores, last_set, mapping)
    plan = plan_targets(plan_results, lang)
    lost, won = losses(view, own_gaps), wins(view, own_gaps)
    return ProvinceContent(
        **about_set(sheet, None, lang),
        when=when,
        title=label("province_title", lang, count=len(table.latest), when=_in_words(when, lang)),
        first_sentence=_first_sentence(table, lost, won),
        summary=_summary(table),
        distribution=distribution(view, units),
        grade_notes=grade_notes(view, units),
        blocks=tuple(row for row in table.spreads if row.when == when),
        targets=met,
        losses=lost,
        wins=won,
        changes=changes,
        help=units_that_need_help(view, units, own_gaps, met, changes),
        help_reasons=declared_reasons(lang),
        plan_targets=plan.rows if plan else (),
        plan_sentence=plan.sentence if plan else "",
        plan=plan,
        league=table,
        items=item_heads(view),
        figures=item_figures(view, own_gaps),
        findings=tuple(findings),
    )


def _in_words(when: str, lang: str) -> str:
    return label("chart_year", lang, year=when) if when.isdecimal() else when


def _first_sentence(table: League, lost: Losses, won: Wins) -> str:
    """Return where the units stand, what takes most of them, and what would win most."""
    parts = [league_sentence(table).rstrip(".")]
    if lost.items and lost.items[0].lost.value > 0:
        worst = lost.items[0]
        said = {"item": named(worst.code, worst.name), "points": worst.lost.text}
        parts.append(table.say("province_first_lost", units=worst.units, **said))
    if won.now:
        best = won.now[0]
        said = {"item": named(best.item_code, best.item_name), "points": best.points.text}
        parts.append(table.say("province_first_win", units=best.units, **said))
    return "; ".join(parts) + "."


def _summary(table: League) -> Summary:
    whole = table.whole
    ends = (whole.mean, whole.median, whole.least, whole.most)
    return Summary(whole.count, whole.ranked, whole.still_open, *ends)
