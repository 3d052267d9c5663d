"""What the index gains by an option: a parent may swallow what its item gains."""

from __future__ import annotations

import numpy as np

from scoring.advice.item_case import IntArray
from scoring.advice.moves import PROOF
from scoring.advice.options import KINDS, Options
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE
from scoring.points import ScoreSheet
from scoring.points.rollup import roll_up
from scoring.rules import expression as ex
from scoring.rules.evaluate import FloatArray, Numbers, Rows, Run


def index_gains(options: Options) -> FloatArray:
    """Return what each option alone adds to the index of its unit.

    Returns
    -------
    array, shape (n_options,)
        In points of the index. While something else is open it counts for nothing, before and
        after. For proof what it saves of the supported points.

    Examples
    --------
    >>> from scoring.advice import options
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"item_code": "2", "input": "on_time", "value": 90},
    ...                         {"item_code": "2", "input": "received", "value": 100}],
    ...                        unit_code="H1", year=2026)
    >>> ahead = options(score(figures, "service-quality-766"))
    >>> index_gains(ahead)[ahead.of("2", 0)].round(9).tolist()
    [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]
    """
    sheet, gains = options.sheet, np.zeros(len(options))
    is_proof = options.kind == KINDS.index(PROOF)
    tracks = [(counted(sheet), ~is_proof)]
    if sheet.supported is not None:
        tracks.append((sheet.supported, is_proof))
    for base, among in tracks:
        for row in np.unique(options.row[among]):
            at = np.flatnonzero(among & (options.row == row))
            above = _index_with(sheet, base, int(row), options.place[at], options.points[at])
            gains[at] = above - base[-1, options.place[at]]
    return gains


def counted(sheet: ScoreSheet) -> FloatArray:
    """Return the points of all nodes where what is open counts for nothing."""
    if not np.isnan(sheet.points[-1]).any():
        return sheet.points
    is_na = sheet.status == NOT_APPLICABLE
    known = np.where(is_na, np.nan, np.nan_to_num(sheet.points))
    return roll_up(sheet.criteria, known, is_na).points


def _index_with(
    sheet: ScoreSheet, base: FloatArray, row: int, places: IntArray, points: FloatArray
) -> FloatArray:
    """Return the index with other points of one item, rolled up along its path alone."""
    criteria = sheet.criteria
    path: dict[str, Numbers] = {criteria.nodes[row].code: points}

    def cells(column: str, codes: tuple[str, ...]) -> Rows:
        rows = [sheet.row(code) for code in codes]
        if column == ex.APPLICABLE:
            return [sheet.maxima[at, places] for at in rows]
        if column in (ex.IS_NA, ex.GIVEN_UP):
            marks = [sheet.status[at, places] == NOT_APPLICABLE for at in rows]
            if column == ex.IS_NA:
                return marks
            whole = [criteria.nodes[at].max_points for at in rows]
            return [np.where(mark, most, 0.0) for mark, most in zip(marks, whole, strict=True)]
        return [
            path[code] if code in path else base[at, places]
            for code, at in zip(codes, rows, strict=True)
        ]

    run = Run({}, cells)
    for node in criteria.lineage(criteria.nodes[row].code)[1:]:
        path[node.code] = criteria.roll_up.points[node.code].numbers(run)
    index = criteria.roll_up.points[INDEX_CODE].numbers(Run({}, cells))
    return np.broadcast_to(index, np.shape(points))
