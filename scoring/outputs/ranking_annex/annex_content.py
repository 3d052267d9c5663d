"""What the ranking annex says, as sections of rows, for Word and the workbook alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.base.units import KEY_COLUMNS, names_apart, time_text, told_names, unit_keys
from scoring.outputs.content.set_identity import grade_name
from scoring.outputs.content.target_rows import PlanTargets
from scoring.outputs.section_sheets import Cell, Section
from scoring.points import ScoreSheet
from scoring.points.places import RANKED_WITHIN

_NAMED = 5  # more units that lead together are counted, not named


@dataclass(frozen=True, slots=True)
class Annex:
    """The annex of one run: the set, its year, its sections in order, and what to know of them."""

    lang: str
    set_name: str
    set_stated: str
    is_sample: bool
    when: str
    decimals: int
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    charts: tuple[tuple[bytes, str], ...] = ()

    def say(self, key: str, **values: object) -> str:
        """Return a label in the reader's language."""
        return label(key, self.lang, **values)

    def shown(self, cell: Cell) -> str:
        """Return a cell as people read it."""
        if isinstance(cell, float):
            return format_number(cell, lang=self.lang, decimals=self.decimals)
        return str(cell)


def annex_content(
    sheet: ScoreSheet,
    ranking: pd.DataFrame,
    reasons: pd.DataFrame,
    leaders: pd.DataFrame,
    changes: pd.DataFrame | None = None,
    lang: str = "vi",
    plan: PlanTargets | None = None,
) -> Annex:
    """Return what the annex says.

    Parameters
    ----------
    sheet : ScoreSheet
    ranking, reasons, leaders, changes : DataFrame
        Tables ``Ranking``, ``GradeReasons``, ``AreaLeaders`` and ``RankChanges``.
    lang : str
    plan : PlanTargets, optional
        The plan's targets against their results, with the waivers in force.
    """
    made = _Sections(sheet, lang)
    found = [*made.blocks(ranking)]
    if "alike" in ranking and (ranking["alike"].fillna("") != "").any():
        found.append(made.alike(ranking))
    if len(leaders):
        found.append(made.leaders(leaders))
    if changes is not None and len(changes):
        found.append(made.changes(changes))
    if sheet.criteria.meta.grades:
        found.append(made.reasons(reasons))
    if plan is not None:
        found.append(made.plan(plan))
    meta = sheet.criteria.meta
    years = "–".join(str(year) for year in sorted(set(ranking["year"])))
    return Annex(
        lang=lang,
        set_name=meta.name(lang),
        set_stated=sheet.criteria.stated,
        is_sample=meta.status == "sample",
        when=years,
        decimals=meta.decimals,
        sections=tuple(found),
        notes=tuple(made.notes(ranking)),
        charts=() if plan is None else tuple(plan.charts(lang)),
    )


class _Sections:
    """Makes the sections, with names in place of codes."""

    def __init__(self, sheet: ScoreSheet, lang: str) -> None:
        self.sheet, self.criteria, self.lang = sheet, sheet.criteria, lang
        self.decimals = sheet.criteria.meta.decimals
        self.names = dict(zip(sheet.units["unit_code"], names_apart(sheet.units), strict=True))
        self.told = told_names(sheet.units)

    def _say(self, key: str, **values: object) -> str:
        return label(f"annex_{key}", self.lang, **values)

    def _heads(self, *keys: str) -> tuple[str, ...]:
        return tuple(self._say(f"head_{key}") for key in keys)

    def _figure(self, value: float) -> Cell:
        return "—" if value != value else float(round_points(value, self.decimals))

    def _who(self, codes: str) -> str:
        return "; ".join(self.names[code] for code in codes.split("; ") if code)

    def _block(self, key: object) -> str:
        block, year, period = key if isinstance(key, tuple) else (key, "", "")
        when = time_text(int(year), str(period)) if year else ""
        return ", ".join(filter(None, (str(block or self._say("all_units")), when)))

    def blocks(self, ranking: pd.DataFrame) -> Iterator[Section]:
        """Yield the ranks of each block and period."""
        has_sets = "rank_first" in ranking
        keys = ["rank", "unit", "index", *(["grade"] if self.criteria.meta.grades else [])]
        keys += [*(["rank_set"] if has_sets else []), "note"]
        wide = {"rank": 16, "unit": 50, "index": 18, "grade": 26, "rank_set": 19}
        wide["note"] = 163 - sum(wide[key] for key in keys[:-1])
        for block, rows in ranking.groupby(RANKED_WITHIN, sort=False):
            cells = (self._ranked(row, keys) for row in rows.to_dict("records"))
            title = self._say("block", block=self._block(block))
            widths = tuple(float(wide[key]) for key in keys)
            notes = (self._say("rank_set_note"),) if has_sets else ()
            yield Section("ranks", title, self._heads(*keys), tuple(cells), widths, notes)

    def _ranked(self, row: Mapping[Hashable, Any], keys: list[str]) -> tuple[Cell, ...]:
        first = row.get("rank_first")
        cells: dict[str, Cell] = {
            "rank": "—" if pd.isna(row["rank"]) else int(row["rank"]),
            "unit": self.names[row["unit_code"]],
            "index": self._figure(row["points"]),
            "grade": grade_name(self.criteria, row["grade"], self.lang) or "—",
            "rank_set": "—" if pd.isna(first) else f"{first}–{row['rank_last']}",
            "note": self._note(row),
        }
        return tuple(cells[key] for key in keys)

    def _note(self, row: Mapping[Hashable, Any]) -> str:
        if row["rank_state"] == "open":
            return self._say("note_open" if row["items_applicable"] else "note_nothing_applies")
        if row["rank_state"] == "scored-unranked":
            reason = row["unranked_reason"]
            return self._say("note_unranked") + (f": {reason}" if reason else "")
        code = row["parted_by"]
        return self._say("note_parted", name=self._node(code)) if code else ""

    def _node(self, code: str) -> str:
        node = self.criteria.by_code.get(code)
        return f"{code} {node.name(self.lang)}" if node else code

    def alike(self, ranking: pd.DataFrame) -> Section:
        """Say which units surveys do not tell apart."""
        rows = tuple(
            (
                self.names[row["unit_code"]],
                f"{row['rank_first']}–{row['rank_last']}",
                self._who(row["alike"]),
            )
            for row in ranking[ranking["alike"].fillna("") != ""].to_dict("records")
        )
        heads = self._heads("unit", "rank_set", "alike")
        return Section(
            "alike", self._say("alike"), heads, rows, (50, 28, 85), (self._say("alike_note"),)
        )

    def leaders(self, leaders: pd.DataFrame) -> Section:
        """Say who leads each area; those of equal points stand together."""
        rows = []
        for (*block, code), group in leaders.groupby([*RANKED_WITHIN, "code"], sort=False):
            first, names = group.iloc[0], [self.names[unit] for unit in group["unit_code"]]
            who = "; ".join(names[:_NAMED])
            if len(names) > _NAMED:
                who = self._say("leaders_many", count=len(names))
            figures = (self._figure(first["points"]), self._figure(first["max_points"]))
            rows.append((self._node(str(code)), self._block(tuple(block)), who, *figures))
        heads = self._heads("area", "block", "unit", "points", "max_points")
        widths = (50.0, 28, 49, 18, 18)
        return Section("leaders", self._say("leaders"), heads, tuple(rows), widths)

    def changes(self, changes: pd.DataFrame) -> Section:
        """Say how places changed since last year."""
        rows = tuple(
            (
                self.names[row["unit_code"]],
                int(row["items"]),
                *(
                    self._figure(row[name])
                    for name in ("last_percent", "this_percent", "change_percent")
                ),
                *("—" if pd.isna(row[name]) else int(row[name]) for name in ("last_rank", "rank")),
            )
            for row in changes.to_dict("records")
        )
        heads = self._heads(
            "unit", "items", "last_percent", "this_percent", "change", "last_rank", "rank"
        )
        widths = (55.0, 18, 20, 20, 20, 15, 15)
        return Section(
            "changes", self._say("changes"), heads, rows, widths, (self._say("changes_note"),)
        )

    def reasons(self, reasons: pd.DataFrame) -> Section:
        """Say why each unit has its grade."""
        rows = []
        for _, steps in reasons.groupby(KEY_COLUMNS, sort=False):
            last = steps.iloc[-1]
            (key,) = unit_keys(steps.tail(1))
            code = self.sheet.graded.codes[
                self.sheet.place(last["unit_code"], last["year"], last["period"])
            ]
            grade = grade_name(self.criteria, code, self.lang) or label("no_grade", self.lang)
            rows.append(
                (
                    # The blocks above are of one time each; here all times stand together.
                    self.told.get(key) or self.names[last["unit_code"]],
                    grade,
                    "\n".join(f"{text}." for text in steps["reason"]),
                )
            )
        return Section(
            "reasons",
            self._say("reasons"),
            self._heads("unit", "grade", "reason"),
            tuple(rows),
            (48, 35, 80),
        )

    def plan(self, plan: PlanTargets) -> Section:
        """Say which of the plan's own targets are met."""
        rows = tuple((r.name, r.wanted, r.year, r.result.text, r.verdict) for r in plan.rows)
        names = ("name", "wanted", "year", "result", "verdict")
        heads = tuple(label(f"column_target_{name}", self.lang) for name in names)
        title, notes = label("plan_targets_title", self.lang), (f"{plan.sentence}.",)
        return Section("plan", title, heads, rows, (57, 27, 15, 24, 40), notes)

    def notes(self, ranking: pd.DataFrame) -> Iterator[str]:
        """Yield how ranks were made."""
        if self.sheet.shows_tracks:
            yield self._say("on_track", track=label(f"track_{self.sheet.track}", self.lang))
        meta = self.criteria.meta
        yield self._say(f"rank_on_{meta.rank_on}", decimals=meta.decimals)
        if meta.tie_codes:
            yield self._say("tie_items", names="; ".join(map(self._node, meta.tie_codes)))
        yield self._say(f"ties_{meta.ties}")
        if head := self.sheet.journal_head:
            yield f"{label('journal_head', self.lang)}: {head}. {label('journal_head_use', self.lang)}"
        is_open = (ranking["rank_state"] == "open") & (ranking["items_applicable"] > 0)
        if is_open.any():
            yield self._say("open_units", count=int(is_open.sum()))
