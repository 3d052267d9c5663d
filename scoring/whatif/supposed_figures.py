"""The long table with the figures, and the proof and decisions, that scenarios suppose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.units import KEY_COLUMNS, unit_rows
from scoring.base.values import NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.points.proof import looked_at, with_proof
from scoring.points.rollup import roll_up
from scoring.points.sampling import with_sampling
from scoring.points.tracks import with_decisions
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import rows_of
from scoring.tables.places import MAX_FINDINGS_PER_KIND
from scoring.whatif.scenario_table import NOT_APPLICABLE_INPUT
from scoring.whatif.supposed_cells import row_finding

_TOLD = ["value", "choice", "happened_on"]
_PLACE = ["file", "sheet", "cell"]
_STATES = {"accepted": "proven", "added": "proven", "refused": "evidence-invalid"}
_NONE_THERE = "no-evidence"
# Points of two calls that differ by less are the same points.
SAME = 1e-9


def with_figures(sheet: ScoreSheet, cells: pd.DataFrame) -> tuple[pd.DataFrame, BoolArray]:
    """Return the long table in which the cells are typed, and which of them say something new.

    The rows of the base keep their order, so that the units do; a figure that no row had is a new
    row. Rows that a scenario has set stand where it stands, so that what is wrong with them is
    said of the scenario.
    """
    figures, source = sheet.figures, sheet.figures.source.reset_index(drop=True)
    is_mark = (cells["input"] == NOT_APPLICABLE_INPUT).to_numpy(bool)
    table = source.assign(**{name: source.get(name, "") for name in _PLACE})
    changed = np.zeros(len(cells), dtype=bool)
    keys = pd.MultiIndex.from_arrays([figures.unit_of, table["item_code"], table["input"]])
    first = pd.Series(range(len(table)), index=keys).groupby(level=[0, 1, 2]).first()
    typed = cells[~is_mark].reset_index(drop=True)
    wanted = pd.MultiIndex.from_frame(typed[["place", "item_code", "input"]])
    at = first.reindex(wanted).fillna(-1).to_numpy(np.intp)
    before = np.array([
        figures.values[row.item_code, row.input][row.place] for row in rows_of(typed)
    ])  # fmt: skip
    after = typed["number"].to_numpy(float)
    changed[~is_mark] = ~np.isclose(before, after, rtol=0, atol=0, equal_nan=True)
    again = keys.isin(wanted) & ~np.isin(np.arange(len(table)), at)
    there = at >= 0
    for name in (*_TOLD, *_PLACE):
        cells_of = table[name].to_numpy(dtype=object, copy=True)
        cells_of[at[there]] = typed.loc[there, name].to_numpy(dtype=object)
        table[name] = pd.Series(cells_of, index=table.index).astype(table[name].dtype)
    new = _new_rows(sheet, typed[~there])
    kept = pd.concat([table[~again], new], ignore_index=True) if len(new) else table[~again]
    spoken = set(zip(typed["item_code"], typed["place"], strict=True))
    marked, changed[is_mark] = _with_marks(sheet, kept, cells[is_mark], spoken)
    return marked.reset_index(drop=True), changed


def _new_rows(sheet: ScoreSheet, typed: pd.DataFrame) -> pd.DataFrame:
    units = sheet.units.iloc[typed["place"].to_numpy(np.intp)].reset_index(drop=True)
    told = typed[["item_code", "input", *_TOLD, *_PLACE]].reset_index(drop=True)
    return units.join(told).assign(not_applicable=False, reason="")


def _with_marks(
    sheet: ScoreSheet, table: pd.DataFrame, marks: pd.DataFrame, spoken: set[tuple[str, int]]
) -> tuple[pd.DataFrame, BoolArray]:
    """Say of whole items whether they apply, an item and an answer at a time.

    What a unit told of an item that does not apply is taken out with it; what the scenario itself
    says of the item (`spoken`: item and place) stays, for it contradicts the mark.
    """
    changed = np.zeros(len(marks), dtype=bool)
    numbered = marks.assign(number=marks["number"] > 0, at=np.arange(len(marks)))
    for (code, is_on), cells in numbered.groupby(["item_code", "number"], sort=False):
        places = cells["place"].to_numpy(np.intp)
        before = sheet.figures.not_applicable.get(str(code), np.zeros(len(sheet.units), bool))
        is_new = before[places] != is_on
        changed[cells["at"]] = is_new
        cells, places = cells[is_new], places[is_new]
        is_item = (table["item_code"] == code).to_numpy()
        there = np.unique(unit_rows(table[is_item], sheet.units))
        lacking = cells[~np.isin(places, there)]
        if len(lacking):
            name = sheet.criteria.rules[str(code)].spec.inputs[0].name
            blank = _new_rows(sheet, lacking.assign(input=name, value=np.nan))
            table = pd.concat([table, blank], ignore_index=True)
            is_item = (table["item_code"] == code).to_numpy()
        units_of = unit_rows(table, sheet.units)
        is_row = is_item & np.isin(units_of, places)
        if is_on:
            told = [place for place in places if (code, int(place)) not in spoken]
            table = _without_figures(table, is_item & np.isin(units_of, told))
        notes = [note for note in cells["note"] if note]
        reason = (notes[0] if notes else label("scenario_supposed")) if is_on else ""
        table = table.assign(
            not_applicable=table["not_applicable"].mask(is_row, bool(is_on)).astype(bool),
            reason=table["reason"].mask(is_row, reason),
        )
    return table, changed


def _without_figures(table: pd.DataFrame, rows: BoolArray) -> pd.DataFrame:
    nothing = {"value": np.nan, "choice": "", "happened_on": pd.NaT}
    return table.assign(**{name: table[name].mask(rows, none) for name, none in nothing.items()})


def with_same_tracks(sheet: ScoreSheet, base: ScoreSheet) -> ScoreSheet:
    """Give a sheet that was scored anew the claims and survey intervals of its base."""
    if base.claimed is not None:
        leaves = base.claimed.copy()
        claimed = roll_up(sheet.criteria, leaves, sheet.status == NOT_APPLICABLE).points
        sheet = replace(sheet, claimed=claimed)
    if base.sampling is not None:
        figures = base.sampling.figures.drop(columns="place")
        sheet, _ = with_sampling(sheet, figures)
    return replace(sheet, journal_head=base.journal_head)


def proof_states(base: ScoreSheet, cells: pd.DataFrame) -> tuple[np.ndarray, list[Finding]]:
    """Return the state of the proof of each item as things are, shape (n_nodes, n_units).

    Of units whose evidence nobody looked at, items that a scenario speaks of count as proven.
    """
    states = np.full(base.points[:-1].shape, "", dtype=object)
    if base.proof is not None:
        states[:] = base.proof
    unseen = ~looked_at(base)
    rows = base.leaf_rows(cells["item_code"])
    needing = cells["item_code"].isin(base.criteria.tables["evidence"]["item_code"]).to_numpy()
    for row in np.unique(rows[needing]):
        states[row, unseen] = "proven"
    touched = unseen[cells["place"].to_numpy(np.intp)]
    said = [row_finding("scenario-proof-unseen", row)
            for row in list(rows_of(cells[touched].drop_duplicates("item_code")))[:1]]  # fmt: skip
    return states, said


def with_states(sheet: ScoreSheet, states: np.ndarray) -> ScoreSheet:
    """Return a sheet with the points that its proof, in these states, supports."""
    rows, places = np.nonzero(states != "")
    told = sheet.units[KEY_COLUMNS].iloc[places].reset_index(drop=True)
    state = pd.Series(states[rows, places], dtype="str")
    share = state.map(sheet.criteria.meta.proof_percent).fillna(100.0).astype(float) / 100
    codes = np.array([node.code for node in sheet.criteria.nodes], dtype=object)
    verdicts = told.assign(item_code=pd.Series(codes[rows], dtype="str"), state=state, share=share)
    return with_proof(sheet, verdicts)


def supposed_states(
    base: ScoreSheet, states: np.ndarray, cells: pd.DataFrame
) -> tuple[np.ndarray, BoolArray, list[Finding]]:
    """Return the states after documents are accepted, refused and added; which cells change one."""
    needing = set(base.criteria.tables["evidence"]["item_code"])
    made, changed, findings = states.copy(), np.zeros(len(cells), dtype=bool), list[Finding]()
    rows = base.leaf_rows(cells["item_code"])
    for number, (row, cell) in enumerate(zip(rows, rows_of(cells), strict=True)):
        before = states[row, cell.place]
        if not base.criteria.meta.proof_percent:
            findings.append(row_finding("scenario-proof-no-policy", cell))
        elif before == "" and cell.item_code not in needing:
            findings.append(row_finding("scenario-proof-not-needed", cell))
        elif before == _NONE_THERE and cell.text != "added":
            findings.append(row_finding("scenario-proof-none-there", cell, value=cell.text))
        else:
            made[row, cell.place] = _STATES[cell.text]
            changed[number] = before != made[row, cell.place] and (before, cell.text) != (
                "declared", "accepted")  # fmt: skip
    return made, changed, findings[:MAX_FINDINGS_PER_KIND]


def with_supposed_decisions(
    sheet: ScoreSheet, base: ScoreSheet, cells: pd.DataFrame
) -> tuple[ScoreSheet, list[Finding]]:
    """Return a sheet with the decisions of its base and those that scenarios suppose."""
    assert base.decided is not None
    known = base.decided.decisions.drop(columns=["row", "place"])
    answers = _answers(base)
    if len(cells):
        told = base.units[KEY_COLUMNS].iloc[cells["place"].to_numpy(np.intp)].reset_index(drop=True)
        new = told.assign(
            round=cells["input"].to_numpy(), item_code=cells["item_code"].to_numpy(),
            points=cells["number"].to_numpy(float), reason=label("scenario_supposed"), entry="",
            **{name: cells[name].to_numpy() for name in _PLACE},
        )  # fmt: skip
        same = ["round", *KEY_COLUMNS, "item_code"]
        is_old = pd.MultiIndex.from_frame(known[same]).isin(pd.MultiIndex.from_frame(new[same]))
        known = pd.concat([known[~is_old], new], ignore_index=True)
        texts = known.select_dtypes(exclude=["number", "datetime"]).columns
        known = known.assign(**{name: known[name].fillna("") for name in texts})
    return with_decisions(sheet, known, answers)


def _answers(base: ScoreSheet) -> pd.DataFrame:
    assert base.decided is not None
    rows, places = np.nonzero(base.decided.answered)
    codes = [base.criteria.nodes[row].code for row in rows]
    told = base.units[KEY_COLUMNS].iloc[places].reset_index(drop=True)
    return told.assign(item_code=pd.Series(codes, dtype="str"), response="x")


def decided_before(base: ScoreSheet, cells: pd.DataFrame) -> FloatArray:
    """Return what was decided in the round of each cell; NaN where nothing was."""
    if base.decided is None:
        return np.full(len(cells), np.nan)
    known = base.decided.decisions.set_index(["round", "item_code", "place"])["points"]
    wanted = pd.MultiIndex.from_frame(cells[["input", "item_code", "place"]])
    return known.reindex(wanted).to_numpy(float)
