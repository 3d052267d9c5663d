"""The largest share of units that may have a grade, and who is left out in the declared order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Named, label
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet, GradeRule, SetMeta
from scoring.criteria.set_policies import listed_codes
from scoring.points.figure_arrays import Figures
from scoring.points.places import ordering_figure, places_within
from scoring.rules.evaluate import BoolArray, FloatArray

Codes = npt.NDArray[np.object_]
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class GradeReason:
    """What one rule did to the grade of one unit.

    Attributes
    ----------
    unit : int
        Column of the unit.
    verdict : str
        Code of the finding that says the same.
    before, after : str
        Grades; empty for none.
    """

    unit: int
    verdict: str
    before: str
    after: str
    rule: GradeRule


def grades_in_order(meta: SetMeta) -> list[str]:
    """Return the codes of the grades, the lowest first."""
    return [grade.code for grade in sorted(meta.grades, key=lambda grade: grade.lower)]


def kept_within(
    rule: GradeRule,
    codes: Codes,
    scored: tuple[FloatArray, FloatArray],
    criteria: CriteriaSet,
    figures: Figures,
) -> tuple[Codes, list[GradeReason], list[Finding]]:
    """Return the grades after a quota, who lost theirs by it, and what it calls for.

    Parameters
    ----------
    rule : GradeRule
        Of kind ``quota``. Without an `order` nobody loses a grade: the authority chooses.
    codes : object array, shape (n_units,)
    scored : pair of float array, shape (n_nodes + 1, n_units)
        Points and maxima.
    """
    codes = codes.copy()
    reasons, findings = list[GradeReason](), list[Finding]()
    scope = ["year", "period", *(["block"] if rule.within == "block" else [])]
    for place in figures.units.groupby(scope, sort=False).indices.values():
        places = np.asarray(place, dtype=np.intp)
        quota = _Quota(rule, codes[places], criteria)
        if not quota.holders.any():
            continue
        units = figures.units.iloc[places]
        if len(places) == 1 or not quota.is_exceeded or not rule.order:
            findings += quota.warned(units)
            continue
        parts = [array[:, places] for array in scored]
        out, undecided = quota.left_out(parts[0], parts[1])
        codes[places[out]], codes[places[undecided]] = rule.instead, ""
        for verdict, who in (("grade-quota-applied", out), ("grade-quota-tied", undecided)):
            after = rule.instead if verdict == "grade-quota-applied" else ""
            reasons += [
                GradeReason(int(unit), verdict, rule.grade, after, rule) for unit in places[who]
            ]
            if who.any():
                findings.append(quota.finding(verdict, units, who))
    return codes, reasons, findings


def clause(rule: GradeRule) -> Named:
    """Return what a rule says as a part of a sentence, without a full stop of its own."""
    return Named(*(rule.label(lang).rstrip(".") for lang in LANGUAGES))


class _Quota:
    """One quota among the units it is counted over."""

    def __init__(self, rule: GradeRule, codes: Codes, criteria: CriteriaSet) -> None:
        self.rule, self.codes, self.criteria = rule, codes, criteria
        self.holders: BoolArray = codes == rule.grade
        count = int(self.holders.sum())
        kept = np.arange(count + 1)
        # Whoever is left out may add to what the share is taken of.
        self.bases = self._base(kept, count)
        limits = np.floor(rule.percent * self.bases / 100.0 + _SAME)
        self.limit = int(np.flatnonzero(kept <= limits).max(initial=0)) if rule.order else 0
        if not rule.order:
            self.limit = int(limits[-1])
        self.is_exceeded = count > self.limit

    def _base(self, kept: npt.NDArray[np.intp], count: int) -> FloatArray:
        """Return what the share is of, for each number of units that keep the grade."""
        counted = set(listed_codes(self.rule.of)) or set(self.codes) | {self.rule.instead}
        counted -= {""}
        others = np.isin(self.codes[~self.holders].astype(str), list(counted)).sum()
        own, instead = self.rule.grade in counted, self.rule.instead in counted
        return np.asarray(others + own * kept + instead * (count - kept), dtype=float)

    def left_out(self, points: FloatArray, maxima: FloatArray) -> tuple[BoolArray, BoolArray]:
        """Return who loses the grade, and whom the declared order does not part at the limit."""
        order = listed_codes(self.rule.order)
        figures = [
            (code, ordering_figure(self.criteria, points, maxima, code)[self.holders])
            for code in order
        ]
        alike = pd.DataFrame({"all": np.zeros(int(self.holders.sum()))})
        first = places_within(figures[0][1], alike, "min", figures[1:]).ranks
        last = places_within(figures[0][1], alike, "max", figures[1:]).ranks
        out, undecided = np.zeros((2, len(self.codes)), dtype=bool)
        out[self.holders] = first > self.limit
        undecided[self.holders] = (first == 0) | ((first <= self.limit) & (last > self.limit))
        return out, undecided

    def warned(self, units: pd.DataFrame) -> Iterator[Finding]:
        # One unit's own ledger says nothing about the others that the quota is a share of.
        if len(units) == 1:
            place = {"unit_code": units["unit_code"].iloc[0]}
            yield self.finding("grade-quota-to-confirm", units, self.holders).at(**place)
        elif self.is_exceeded:
            yield self.finding("grade-quota-exceeded", units, self.holders)

    def finding(self, code: str, units: pd.DataFrame, who: BoolArray) -> Finding:
        labels = {grade.code: Named.of(grade) for grade in self.criteria.meta.grades}
        first, rule = units.iloc[0], self.rule
        said: dict[str, Any] = {
            "grade": labels[rule.grade],
            "instead": labels.get(rule.instead, "–"),
            "order": [self._named(listed) for listed in listed_codes(rule.order)],
            "count": int(self.holders.sum()),
            "limit": self.limit,
            "base": int(self.bases[min(self.limit, len(self.bases) - 1)]),
            "percent": rule.percent,
            "quota": [clause(rule)],  # a list is shown whole, one text alone is cut short
            "units": units.loc[who, "unit_code"].tolist(),
            "open": int((self.codes == "").sum()),
        }
        place = {"year": str(first["year"]), "period": str(first["period"])}
        return Finding(code, values=said, **place)

    def _named(self, code: str) -> object:
        node = self.criteria.by_code.get(code)
        if code == INDEX_CODE:
            return Named(*(label("index", lang).lower() for lang in LANGUAGES))
        return code if node is None else Named(*map(node.name, LANGUAGES))
