"""What would be if: a base and the same units under scenarios, beside each other.

The scenario is never estimated from the base: figures are typed into the long table, documents and
decisions into theirs, rules into the set, and everything is scored anew by the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from scoring.analysis import gap_table, ranking
from scoring.base.dates import date_from_serial, format_date
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import FINAL, INDEX_CODE, STATUSES
from scoring.base.vocabulary import cell_word
from scoring.points import ScoreSheet, score
from scoring.points.sheet import COMPUTED
from scoring.rules.evaluate import FloatArray
from scoring.tables import columns_of, empty, rows_of, table_of, taken
from scoring.whatif.scenario_rules import rule_cell, supposed_set
from scoring.whatif.scenario_table import BLANK, NOT_APPLICABLE_INPUT, scenario_table
from scoring.whatif.supposed_cells import nothing_changed, supposed_cells
from scoring.whatif.supposed_figures import (
    SAME,
    decided_before,
    proof_states,
    supposed_states,
    with_figures,
    with_same_tracks,
    with_states,
    with_supposed_decisions,
)


@dataclass(frozen=True)
class WhatIf:
    """A base and the same units under scenarios, on one track.

    Attributes
    ----------
    base, sheet : ScoreSheet
        As things are, and as they would be; the same units in the same columns, the same nodes.
    scenario : DataFrame
        Full table ``Scenario`` as it was given, all scenarios one after the other.
    changes : DataFrame
        Table ``ScenarioChanges``: each cell that is set, with what it was.
    findings : tuple of Finding
        About the scenarios, and what is wrong under them that is not wrong in the base.
    """

    base: ScoreSheet
    sheet: ScoreSheet
    scenario: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    findings: tuple[Finding, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the scenarios, in order."""
        return [str(name) for name in self.scenario["scenario"].unique()]

    @property
    def is_official_set(self) -> bool:
        """Whether the rules are those of the set, none supposed."""
        return self.base.criteria is self.sheet.criteria

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Table ``ScenarioScores``: a row a unit and node, the index last."""
        base, other = self.base, self.sheet
        codes = [*(node.code for node in base.criteria.nodes), INDEX_CODE]
        levels = [*(node.level for node in base.criteria.nodes), "index"]
        unit_of = np.repeat(np.arange(len(base.units)), len(codes))
        node_of = np.tile(np.arange(len(codes)), len(base.units))
        table: dict[str, Any] = {name: taken(base.units[name], unit_of) for name in KEY_COLUMNS}
        table |= {"code": taken(codes, node_of), "level": taken(levels, node_of)}
        for begin, sheet in (("", base), ("other_", other)):
            table |= {f"{begin}{name}": array.T.ravel() for name, array in _told(sheet).items()}
        change = (other.points - base.points).T.ravel()
        return table_of(pd.DataFrame(table).assign(points_change=change), "ScenarioScores")

    @cached_property
    def units(self) -> pd.DataFrame:
        """Table ``ScenarioUnits``: index, grade and rank of each unit, as they are and would be."""
        parts = []
        for begin, sheet in (("", self.base), ("other_", self.sheet)):
            ranks, _ = ranking(sheet)
            placed = ranks.reindex(
                columns=[*KEY_COLUMNS, "rank", "rank_of", "rank_first", "rank_last"]
            )
            told = sheet.index.merge(placed, on=KEY_COLUMNS, how="left")
            names = ["points", "points_low", "points_high", "grade", "rank", "rank_of",
                     "rank_first", "rank_last"]  # fmt: skip
            parts.append(told[names].add_prefix(begin))
        heads = self.base.units[[*KEY_COLUMNS, "unit_name", "block"]]
        table = pd.concat([heads, *parts], axis=1)
        table["points_change"] = table["other_points"] - table["points"]
        # A better rank is a smaller number: what is won is positive.
        won = table["rank"].astype("Float64") - table["other_rank"].astype("Float64")
        ends = ("rank", "rank_of", "rank_first", "rank_last")
        whole = [f"{begin}{name}" for begin in ("", "other_") for name in ends]
        typed = {name: table[name].astype("Int64") for name in whole}
        table = table.assign(**typed, rank_change=won.astype("Int64"))
        return table_of(table, "ScenarioUnits")

    @cached_property
    def alone(self) -> pd.DataFrame:
        """Table ``ScenarioAlone``: what each scenario comes to by itself; the composed one aside."""
        parts = []
        for name in self.names:
            own = self.scenario[self.scenario["scenario"] == name]
            seen = what_if(self.base, own, track=self.base.track) if len(self.names) > 1 else self
            parts.append(seen.units.assign(scenario=name))
        if not parts:
            return empty("ScenarioAlone")
        table = pd.concat(parts, ignore_index=True)
        return table_of(table[columns_of("ScenarioAlone")], "ScenarioAlone")

    def gaps(self, lang: str = "vi") -> pd.DataFrame:
        """Return the table ``ScenarioGaps``: where points are lost, at risk or open, both ways."""
        same = [*KEY_COLUMNS, "item_code", "kind"]
        told = ["area_code", "item_name"]
        before, after = (
            gap_table(sheet, lang=lang)[[*same, *told, "cause", "lost_points"]]
            for sheet in (self.base, self.sheet)
        )
        both = before.merge(after, on=same, how="outer", suffixes=("", "_other"), sort=False)
        names = {name: both[name].fillna(both[f"{name}_other"]) for name in told}
        both = both.rename(
            columns={"cause_other": "other_cause", "lost_points_other": "other_lost_points"}
        ).assign(**names)
        texts = {name: both[name].fillna("") for name in ("cause", "other_cause")}
        points = {name: both[name].fillna(0.0) for name in ("lost_points", "other_lost_points")}
        both = both.assign(**texts, **points)
        both["points_change"] = both["other_lost_points"] - both["lost_points"]
        moved = both[(both["points_change"].abs() > SAME) | (both["cause"] != both["other_cause"])]
        return table_of(moved[columns_of("ScenarioGaps")].reset_index(drop=True), "ScenarioGaps")


def what_if(
    base: ScoreSheet,
    scenario: pd.DataFrame | Iterable[str] | Iterable[Mapping[str, object]],
    *,
    track: str | None = None,
) -> WhatIf:
    """Score the units of a sheet as scenarios suppose them, beside what they are.

    Parameters
    ----------
    base : ScoreSheet
        On any track; claims, proof, survey intervals and decisions are those of the base.
    scenario : DataFrame, or iterable of str or mappings
        Rows of the table ``Scenario``, or texts such as ``"2.on_time=95"`` for every unit. Of a
        cell that two scenarios set, the later says what it is.
    track : str, optional
        On which track to compare. Without it ``final`` where points of appraisers are supposed and
        the base has decisions, ``supported`` where proof is, otherwise that of the base.

    Returns
    -------
    WhatIf
        What could not be used is left as it is in the base, with a finding.

    Raises
    ------
    UsageError
        For a text that is no ``ITEM.input=VALUE``, and where base and scenario have no points on
        `track`.

    Notes
    -----
    Where nobody has decided anything yet, supposed points of appraisers stand in the place of
    the item's points, and all other items keep theirs.

    Examples
    --------
    >>> import scoring
    >>> figures = scoring.inputs_table(
    ...     [{"item_code": "2", "input": name, "value": value}
    ...      for name, value in (("on_time", 90), ("received", 100))], unit_code="H1", year=2026)
    >>> sheet = scoring.score(figures, "service-quality-766")
    >>> seen = scoring.what_if(sheet, ["2.on_time=95"])
    >>> seen.scores.loc[seen.scores["code"] == "2", ["points", "other_points"]].values.tolist()
    [[18.0, 19.0]]
    """
    table = scenario_table(scenario)
    origin = base.origin or base
    cells, findings = supposed_cells(origin, table)
    if not len(table):
        findings.append(Finding("scenario-empty"))
    made, parts, changed = _supposed(origin, cells, findings)
    findings += nothing_changed(cells, changed) if len(cells) else []
    chosen = track or _track(base, made, cells)
    before, after = parts[0].on_track(chosen), made.on_track(chosen)
    before, after = _with_points_instead(before, after, cells, findings)
    if changed.any() and not _differs(before, after):
        values = {"track": Label(f"track_{chosen}"), "known": _labels(made.tracks)}
        findings.append(Finding("scenario-no-effect", values=values))
    new = [found for found in made.findings if found not in origin.findings]
    return WhatIf(before, after, table, _changes(origin, cells[changed], parts[1]),
                  (*findings, *new))  # fmt: skip


def _supposed(
    base: ScoreSheet, cells: pd.DataFrame, findings: list[Finding]
) -> tuple[ScoreSheet, tuple[ScoreSheet, np.ndarray], np.ndarray]:
    """Return the sheet under the scenarios, the base to set it against, and which cells are new."""
    of = {kind: (cells["kind"] == kind).to_numpy(bool) for kind in
          ("input", "proof", "appraisal", "rule")}  # fmt: skip
    changed = np.zeros(len(cells), dtype=bool)
    criteria, changed[of["rule"]], found = supposed_set(base.criteria, cells[of["rule"]])
    findings += found
    inputs, changed[of["input"]] = with_figures(base, cells[of["input"]])
    sheet = with_same_tracks(score(inputs, criteria), base)
    states: np.ndarray = np.full(base.points[:-1].shape, "", dtype=object)
    shown = base
    if base.proof is not None or of["proof"].any():
        states, found = proof_states(base, cells[of["proof"]])
        supposed, changed[of["proof"]], refused = supposed_states(base, states, cells[of["proof"]])
        findings += [*refused, *(found if changed[of["proof"]].any() else [])]
        shown, sheet = with_states(base, states), with_states(sheet, supposed)
    appraised = cells[of["appraisal"]]
    before = decided_before(base, appraised)
    if base.decided is not None:
        sheet, found = with_supposed_decisions(sheet, base, appraised)
        known = {(one.code, one.unit_code, one.item_code) for one in base.findings}
        findings += [one for one in found if one.sheet or (one.file
                     and (one.code, one.unit_code, one.item_code) not in known)]  # fmt: skip
    else:
        rows = base.leaf_rows(appraised["item_code"])
        before = base.points[rows, appraised["place"].to_numpy(np.intp)]
    changed[of["appraisal"]] = ~(np.abs(appraised["number"].to_numpy(float) - before) <= SAME)
    return sheet, (shown, states), changed


def _track(base: ScoreSheet, made: ScoreSheet, cells: pd.DataFrame) -> str:
    kinds = set(cells["kind"]) if len(cells) else set()
    origin = base.origin or base
    if base.track != COMPUTED:
        return base.track
    if "appraisal" in kinds and origin.decided is not None:
        return FINAL
    return "supported" if "proof" in kinds and made.supported is not None else COMPUTED


def _with_points_instead(
    before: ScoreSheet, after: ScoreSheet, cells: pd.DataFrame, findings: list[Finding]
) -> tuple[ScoreSheet, ScoreSheet]:
    """Put supposed points of appraisers in the place of an item's own, where nobody decided yet."""
    origin = before.origin or before
    appraised = cells[cells["kind"] == "appraisal"] if len(cells) else cells
    if origin.decided is not None or not len(appraised):
        return before, after
    rows, places = after.leaf_rows(appraised["item_code"]), appraised["place"].to_numpy(np.intp)
    most = np.array([node.max_points for node in after.criteria.nodes])[rows]
    points = appraised["number"].to_numpy(float)
    fits = (points >= 0) & (points <= most + SAME)
    for at in np.flatnonzero(~fits)[:20]:
        row = appraised.iloc[at]
        place = {name: str(row[name]) for name in ("file", "sheet", "cell", "item_code")}
        values = {
            "value": float(points[at]),
            "limit": float(most[at]),
            "round": Label(f"round_{row['input']}"),
        }
        findings.append(Finding("decision-outside", values=values, **place))
    leaves = after.points[:-1].copy()
    leaves[rows[fits], places[fits]] = points[fits]
    place = {name: str(appraised[name].iloc[0]) for name in ("file", "sheet", "cell")}
    findings.append(
        Finding("scenario-points-instead", values={"track": Label(f"track_{after.track}")}, **place)
    )
    return before, after.with_points(leaves, after.track)


def _labels(tracks: Iterable[str]) -> list[Label]:
    return [Label(f"track_{track}") for track in tracks]


def _told(sheet: ScoreSheet) -> dict[str, FloatArray | np.ndarray]:
    return {
        "max_points": sheet.maxima,
        "points": sheet.points,
        "points_low": sheet.points_low,
        "points_high": sheet.points_high,
        "status": np.asarray(STATUSES, dtype=object)[sheet.status],
    }


def _differs(before: ScoreSheet, after: ScoreSheet) -> bool:
    return not all(
        np.allclose(getattr(before, name), getattr(after, name), rtol=0, atol=SAME, equal_nan=True)
        for name in ("points", "points_low", "points_high", "maxima")
    )


def _changes(base: ScoreSheet, cells: pd.DataFrame, states: np.ndarray) -> pd.DataFrame:
    """Return the table ``ScenarioChanges``."""
    rows = []
    for row in rows_of(cells):
        key = base.keys[row.place] if row.place >= 0 else ("", pd.NA, "")
        before = _before(base, row, states)
        rows.append(
            (row.scenario, row.kind, *key, row.item_code, row.input, before, row.text, row.note)
        )
    return table_of(rows, "ScenarioChanges")


def _before(base: ScoreSheet, row: object, states: np.ndarray) -> str:
    """Return what a cell says in the base, in the words that a scenario would set it with."""
    code, name, place = row.item_code, row.input, row.place  # type: ignore[attr-defined]
    kind = row.kind  # type: ignore[attr-defined]
    if kind == "rule":
        at = rule_cell(base.criteria, row)
        return "" if isinstance(at, Finding) else str(base.criteria.tables[at[0]].loc[at[1], at[2]])
    if kind == "proof":
        return str(states[base.row(code), place])
    if kind == "appraisal":
        number = decided_before(base, pd.DataFrame([row]))[0]
        return "" if np.isnan(number) else cell_word(float(number))
    if name == NOT_APPLICABLE_INPUT:
        mark = base.figures.not_applicable.get(code)
        return "yes" if mark is not None and mark[place] else "no"
    number = float(base.figures.values[code, name][place])
    spec = base.criteria.rules[code].spec
    kind = spec.named(name).kind
    if np.isnan(number):
        return BLANK
    if np.isinf(number):
        return "never"
    if kind == "date":
        return format_date(date_from_serial(number))
    if kind == "choice":
        return spec.options_of(name)[int(number)].code
    return ("yes" if number else "no") if kind == "yes_no" else cell_word(number)
