"""What to do about each gap: the next step by the rule of the item, else by the cause and why."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from scoring.advice import Advice, told
from scoring.advice.told import Told
from scoring.advice.told_once import ToldOnce
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.base.values import ADVICE_TERMS, FINAL, INVALID
from scoring.criteria import Node
from scoring.points import ScoreSheet
from scoring.points.tracks import APPRAISED
from scoring.rules.evaluate import FloatArray

IntArray = npt.NDArray[np.intp]
# Causes of which the rule of the item itself knows what to do.
BY_RULE = frozenset(
    {"below-target", "late", "not-done", "deduction", "survey-below-maximum", "not-assessed"}
)
# Causes that the unit can still mend for the period being assessed: figures, proof, answers.
MENDABLE_NOW = frozenset({"not-assessed", "no-evidence", "evidence-invalid", "appraised-lower"})
_OPEN, _NEXT_YEAR = ADVICE_TERMS.index("open"), ADVICE_TERMS.index("next-year")
_NOTHING = 5e-7
# So few units share no texts; the advice to all items at once is quicker.
_FEW = 20


def mendable_now(track: str) -> frozenset[str]:
    """Return the causes that can still be mended: final points stand, only what is open may win."""
    return MENDABLE_NOW & {"not-assessed"} if track == FINAL else MENDABLE_NOW


class GapSteps:
    """Says what to do about the gaps of a sheet, a text once for all rows that are told the same.

    Parameters
    ----------
    sheet : ScoreSheet
    on : date or None
        The day it is said; without it nothing is past.
    lang : str

    Attributes
    ----------
    texts : list of str
    """

    def __init__(self, sheet: ScoreSheet, on: dt.date | None, lang: str) -> None:
        self.sheet, self.on, self.lang = sheet, on, lang
        self.texts: list[str] = []
        is_small = len(sheet.units) <= _FEW
        self._advice = Advice(sheet, on) if is_small else None
        self._told = ToldOnce(sheet, on, lang)
        self._known: dict[str, int] = {}

    def of_item(
        self, row: int, places: IntArray, lost: FloatArray, causes: npt.NDArray[np.str_],
        is_proof: npt.NDArray[np.bool_],
    ) -> tuple[IntArray, IntArray]:  # fmt: skip
        """Return for each gap of one item its place in `texts` and in `ADVICE_TERMS`.

        Parameters
        ----------
        row : int
            The item.
        places, lost, causes, is_proof : array, shape (n,)
            Unit, points, cause, and whether they are points at risk.
        """
        code = self.sheet.criteria.nodes[row].code
        said = self._said(code)
        known = np.array([self._text(text) for text in said.texts], dtype=np.intp)
        which = np.where(is_proof, said.proof[places], said.step[places])
        term = np.where(is_proof, said.proof_term[places], said.step_term[places]).astype(np.intp)
        which[~(is_proof | self._is_by_rule(causes))] = 0
        texts = known[which]
        # Few are left, and they differ by points alone.
        for at in np.flatnonzero(which == 0):
            cause = str(causes[at])
            texts[at] = self._text(self._by_cause(row, int(places[at]), float(lost[at]), cause))
            term[at] = _OPEN if cause in mendable_now(self.sheet.track) else _NEXT_YEAR
        return texts, term

    def _said(self, code: str) -> Told:
        if self._advice is None:
            return self._told.of_item(code)
        return told(self.sheet, code, self.on, self.lang, self._advice)

    def _is_by_rule(self, causes: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
        # What appraisers left open is not for the unit to fill in.
        left = {"not-assessed"} if self.sheet.track in APPRAISED else set()
        return np.isin(causes, sorted(BY_RULE - left))

    def _text(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = len(self.texts)
            self.texts.append(text)
        return self._known[text]

    def _by_cause(self, row: int, place: int, lost: float, cause: str) -> str:
        """Return what to do where the rule offers nothing, and why it does not."""
        sheet, said = self.sheet, self._points(lost)
        step = label(f"next_{self._key(cause)}", self.lang)
        if cause == "appraised-lower" and sheet.track != FINAL:
            return label("advice_appraised", self.lang, lost=said)
        if cause not in BY_RULE or self._key(cause) != cause:
            return step
        if sheet.status[row, place] == INVALID:
            return label("advice_invalid", self.lang)
        node, points = sheet.criteria.nodes[row], sheet.points[row, place]
        best = 0.0 if node.kind == "penalty" else node.max_points
        if abs(points - best) < _NOTHING:
            others = self._better_alternatives(node, place)
            if others:
                return label("advice_other_way", self.lang, lost=said, codes="; ".join(others))
            return label("advice_by_parent", self.lang, lost=said)
        return f"{step} {label('advice_no_way', self.lang)}"

    def _better_alternatives(self, node: Node, place: int) -> list[str]:
        """Return the alternatives to an item that may bring more than it does."""
        above = self.sheet.criteria.by_code.get(node.parent)
        if above is None or not above.is_best_of or above.kind == "penalty":
            return []
        most = {
            one.code: float(self.sheet.maxima[self.sheet.row(one.code), place])
            for one in self.sheet.criteria.children(above.code)
        }
        return [code for code, full in most.items() if full > most[node.code] + _NOTHING]

    def _points(self, points: float) -> str:
        shown = round_points(points, self.sheet.criteria.meta.decimals)
        return format_number(float(shown if shown else round_points(points, 6)), lang=self.lang)

    def _key(self, cause: str) -> str:
        """Return by which of the fixed sentences a cause goes on the track that is shown."""
        track = self.sheet.track
        if cause == "not-assessed" and track in APPRAISED:
            return "undecided"
        is_decided = cause in ("no-evidence", "evidence-invalid", "appraised-lower")
        return "decided" if track == FINAL and is_decided else cause
