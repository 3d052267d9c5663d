"""What the workbook of a run says: tables of all units with every text worked out.

The sheets only place these figures; the report of a single unit (`ReportContent`) says the same of
it, which tests hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.text import sorted_codes
from scoring.base.units import UnitKey, time_text, unit_keys, usual_time
from scoring.base.values import CAUSES, INDEX_CODE, LEVELS
from scoring.outputs.amounts import count_amount, target_amount
from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.bullet import bullet_table
from scoring.outputs.charts.lost_points import pareto_table
from scoring.outputs.content.actions import lost_note
from scoring.outputs.content.item_rows import unit_targets
from scoring.outputs.content.told_apart import ToldApart
from scoring.outputs.content.unit_rows import name_with_kind
from scoring.outputs.theme import ChartContext


@dataclass(frozen=True)
class RunTables:
    """The tables of a run, of one unit or many, as a workbook shows them.

    Attributes
    ----------
    scores, gaps, findings, items, targets : DataFrame
        Tables ``Scores``, ``Gaps``, ``Findings``, ``Items`` and ``Targets``.
    grades : mapping of str or UnitKey to str
        Grade by unit, where the set has grade bands.
    context : ChartContext
    apart : ToldApart
        Whom the sampling error of surveys does not tell apart.
    """

    scores: pd.DataFrame
    gaps: pd.DataFrame
    findings: pd.DataFrame
    items: pd.DataFrame
    targets: pd.DataFrame | None
    grades: Mapping[Any, str]
    context: ChartContext
    apart: ToldApart = field(default_factory=ToldApart)

    def say(self, key: str, **values: object) -> str:
        """Return the label `key` in the language of the workbook."""
        return self.context.say(key, **values)

    @cached_property
    def units(self) -> pd.DataFrame:
        """The units and periods, in the order of the scores."""
        return given.periods(self.scores)

    @property
    def has_many_units(self) -> bool:
        """True where the workbook is about more than one unit or period."""
        return len(self.units) > 1

    @cached_property
    def about(self) -> str:
        """Unit, year and set in one line, for the heading of a sheet."""
        names = [] if self.has_many_units else given.unit_names(self.units, self.context)
        parts = [*names, given.year_text(self.scores, self.context), self.context.set_name]
        if head := self.context.journal_head:
            parts.append(self.say("journal_head_short", head=head[:16]))
        return " · ".join(part for part in parts if part)

    @property
    def footer(self) -> str:
        """The line printed at the foot of every page."""
        return " · ".join(filter(None, [self.context.badge, self.context.source_line]))

    def places(self, table: pd.DataFrame) -> npt.NDArray[np.intp]:
        """Return which of `units` each row of `table` is about."""
        return given.places_among(table, self.units)

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """Every node of every unit, its index first; ``place`` is the place of the unit."""
        codes = {code: rank for rank, code in enumerate(sorted_codes(self.scores["code"].unique()))}
        rank, is_node = self.scores["code"].map(codes), self.scores["code"] != INDEX_CODE
        order = np.lexsort((rank, is_node, self.places(self.scores)))
        table = self.scores.take(order).reset_index(drop=True)
        # The index of a set need not be the PAR Index.
        levels = {level: self.say(level) for level in LEVELS} | {"index": self.say("chart_total")}
        statuses = {status: self.say(f"status_{status}") for status in table["status"].unique()}
        names = self._names_with_kinds(table["code"])
        table = table.assign(
            place=self.places(table),
            unit_name=given.unit_names(table, self.context),
            name=names.where(table["code"] != INDEX_CODE, self.say("chart_total")),
            level_name=table["level"].map(levels),
            status_name=table["status"].map(statuses),
        )
        bounds = {name: np.nan for name in ("points_low", "points_high") if name not in table}
        return self._with_targets(table.assign(**bounds))

    def _with_targets(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the nodes with ``target_points`` and ``against_target``: met or missed, by how much."""
        if self.targets is None or self.targets.empty:
            return table.assign(target_points=np.nan, against_target="")
        of = unit_targets(self.targets)
        units = self.units.itertuples(index=False, name=None)
        aims = [of(UnitKey(*(*unit, 0, "")[:3])) for unit in units]
        pairs = zip(table["place"], table["code"], strict=True)
        table = table.assign(target_points=[aims[at].get(code, np.nan) for at, code in pairs])
        rows = table.to_dict("records")
        return table.assign(against_target=[self._against(row) for row in rows])

    def _against(self, row: Mapping[Any, Any]) -> str:
        """Say how the points of a node stand to its target; nothing where there is none."""
        target, points = row["target_points"], row["points"]
        if not np.isfinite(target):
            return ""
        ends = [points if np.isfinite(points) else row[f"points_{end}"] for end in ("low", "high")]
        # At its lowest the index loses the most to a penalty.
        low, high = sorted(end - target for end in ends)
        # A penalty meets its target where it takes off no more.
        is_penalty = self._kinds.get(row["code"]) == "penalty"
        by = (-high, -low) if is_penalty else (low, high)
        above = [row.get(f"sampling_{end}", np.nan) - target for end in ("low", "high")]
        above = [-end for end in reversed(above)] if is_penalty else above
        sampling = (above[0], above[1]) if np.isfinite(above).all() else None
        lang, decimals = self.context.lang, self.context.decimals
        told = target_amount(target, *by, lang, decimals, sampling=sampling, is_penalty=is_penalty)
        return told.said

    def _names_with_kinds(self, codes: pd.Series) -> pd.Series:
        """Return the names of nodes; a bonus or penalty outside the areas is said to be one."""
        lang = self.context.lang
        names = given.names_of(codes, self.items, lang)
        outside = self.items[(self.items["kind"] != "normal") & (self.items["parent_code"] == "")]
        kinds = dict(zip(outside["code"], outside["kind"], strict=True))
        told = [
            name_with_kind(name, kinds.get(code, "normal"), lang)
            for code, name in zip(codes, names, strict=True)
        ]
        return pd.Series(told, index=codes.index, dtype=object)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return dict(zip(self.items["code"], self.items["kind"], strict=True))

    @cached_property
    def losses(self) -> pd.DataFrame:
        """What was lost, is open or at risk, largest first within each unit."""
        gaps = self.gaps[self.gaps["lost_points"] > given.EPSILON]
        known = self.items.set_index("code")[f"name_{self.context.lang}"].replace("", np.nan)
        causes = {cause: self.say(f"cause_{cause}") for cause in gaps["cause"].unique()}
        kinds = {kind: self.say(f"gap_kind_{kind}") for kind in gaps["kind"].unique()}
        kinds = kinds if "at-risk" in kinds else dict.fromkeys(kinds, "")
        return gaps.assign(
            place=self.places(gaps),
            unit_name=given.unit_names(gaps, self.context, self.units),
            cause_name=gaps["cause"].map(causes),
            kind_name=gaps["kind"].map(kinds),
            area_name=given.names_of(gaps["area_code"], self.items, self.context.lang),
            shown_name=gaps["item_code"].map(known).fillna(gaps["item_name"]),
        ).sort_values(["place", "lost_points"], ascending=[True, False], kind="stable")

    @cached_property
    def problems(self) -> pd.DataFrame:
        """What is to be mended, with its place in the file in one word."""
        found = self.findings
        places = found["sheet"].astype(str).str.cat(found["cell"].astype(str), sep="!")
        units = zip(found["unit_code"], found["year"], found["period"], strict=True)
        return found.assign(
            place=places.str.strip("!"),
            severity_name=[self.say(f"severity_{severity}") for severity in found["severity"]],
            unit_name=[self._unit_of(code, year, period) for code, year, period in units],
        )

    def _unit_of(self, code: str, year: str, period: str) -> str:
        name = self.context.unit_name(code)
        when = time_text(int(year), period) if year and len(self.units) else ""
        is_told = len(given.times_of(self.units)) > 1 and when != usual_time(self.units)
        return f"{name} · {when}" if when and is_told else name

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row per unit and period, best first, with its areas as ``area_<code>``."""
        lines = bullet_table(self.scores, self.items, self.targets, None, self.context)
        nodes = self.nodes[self.nodes["level"] == "area"]
        by_area = nodes.pivot_table(index="place", columns="code", values="points", dropna=False)
        said = self.nodes[self.nodes["code"] == INDEX_CODE].set_index("place")["against_target"]
        lines = lines.assign(
            against_target=said.reindex(self.places(lines)).fillna("").to_list(),
            number=range(1, len(lines) + 1),
            place=self.places(lines),
            grade=[self.grade(place) for place in self.places(lines)],
            **self._alike(self.places(lines)),
            status_name=[self.say(f"status_{status}") for status in lines["status"]],
        )
        return lines.join(by_area.add_prefix("area_"), on="place")

    def _alike(self, places: npt.NDArray[np.intp]) -> dict[str, list[str]]:
        """Return the columns of the units that others are not told apart from, where there are any."""
        if not self.apart.rows:
            return {}
        rows = [self.apart.rows.get(key) for key in unit_keys(self.units.iloc[places])]
        return {
            "rank_set": [row.ranks if row else "" for row in rows],
            "alike": [row.names if row else "" for row in rows],
        }

    def grade(self, place: int) -> str:
        """Return the grade of a unit; empty where there is none."""
        row = self.units.iloc[place]
        key = unit_keys(self.units.iloc[[place]])[0] if len(row) == 3 else None
        return self.grades.get(key, "") or self.grades.get(str(row["unit_code"]), "")

    @cached_property
    def areas(self) -> pd.DataFrame:
        """The areas of one unit, or the mean of many: figures, share and loss, in points.

        ``points_text`` says what is known of the points. A bonus or a penalty has no share, and a
        bonus loses nothing. The index stands last, with an empty code; it lost what its parts did.
        """
        lang = self.context.lang
        areas = given.area_table(self.scores, self.items, self.targets, lang=lang)
        kinds = self.items.set_index("code")["kind"]
        kind = areas["code"].map(kinds).fillna("normal")
        names = self._names_with_kinds(areas["code"])
        areas = areas.assign(kind=kind, is_part=kind == "normal", name=names)
        total = given.index_row(self.scores, self.targets, None)
        if total is not None:
            named = {"code": "", "name": self.say("chart_total"), "kind": "", "is_part": True}
            last = total.to_dict() | named
            areas = pd.concat([areas, pd.DataFrame([last])], ignore_index=True)
        maximum = areas["max_points"].where(areas["is_part"])
        lost = self.lost.groupby("area_code")["lost_points"].sum() / len(self.units)
        losses = areas["code"].map(lost).fillna(0.0).where(areas["kind"] != "bonus")
        return areas.assign(
            share=100 * areas["points"] / maximum.where(maximum != 0),
            lost=losses.where(areas["code"] != "", losses.sum()),
            target_points=areas["target_points"].where(areas["is_part"]),
            points_text=[given.points_text(row, self.context) for row in areas.to_dict("records")],
        )

    @property
    def lost(self) -> pd.DataFrame:
        """The gaps without the points that are only at risk."""
        return self.gaps[self.gaps["kind"] != "at-risk"]

    @property
    def mean_of(self) -> str:
        """Of how many units the areas are the mean."""
        return given.who_text(self.scores, self.context, None, "chart_mean_of_units")

    def facts(self) -> dict[str, str]:
        """Return what stands above the areas of one unit, by label, ``report_result`` the result."""
        context, total = self.context, given.index_row(self.scores, self.targets, None)
        facts = {
            "unit": ", ".join(given.unit_names(self.units, context)),
            "criteria_set": context.set_name,
            "pack_set_version": context.set_stated,
            "report_set_status": self.say(f"status_{context.set_status}"),
        }
        if context.journal_head:
            facts["journal_head"] = context.journal_head
        if total is None:
            return facts
        shown, most = given.points_text(total, context), context.number(total["max_points"])
        facts["report_result"] = self.say("report_points_of", points=shown, max_points=most)
        if not np.isfinite(total["points"]):
            ends = (context.number(total["points_low"]), context.number(total["points_high"]))
            facts["report_bounds"] = "–".join(ends)
        if grade := self.grade(0):
            facts["grade"] = grade
        if np.isfinite(total["target_points"]):
            aim = count_amount(total["target_points"], context.lang, context.decimals).text
            facts["target"] = f"{aim}: {self._against(total.to_dict() | {'code': INDEX_CODE})}"
        kinds = self.items.set_index("code")["kind"]
        note = lost_note(self.scores, self.lost, kinds, context.lang, context.decimals)
        facts |= {"lost_points": note} if note else {}
        return facts

    def largest_losses(self, most: int) -> pd.DataFrame:
        """Return the items that lost most or are open, with the causes met as columns."""
        table = pareto_table(self.lost, self.context, self.items).head(most)
        met = [cause for cause in CAUSES if table[cause].sum() > 0]
        return table[["label", *met]]
