"""Clean provinces of another make than those on which thresholds were tuned: nothing is wrong here.

Wards, lowland and small mountain communes in five former districts that resemble each other; changes
with heavy tails; counts that are often zero; figures that a shared system gives to all units of a
kind; some offices always close on the last day; forms prefilled item by item; some claim more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from clean_province import (
    _SYLLABLES,
    Province,
    _claims,
    _decided,
    _documents,
    _rows,
    criteria_of,
)

from scoring.base.dates import EXCEL_EPOCH
from scoring.criteria import CriteriaSet
from scoring.points import inputs_table, score
from scoring.points.proof import with_claims


def rough_province(seed: int, units: int = 30, criteria: CriteriaSet | None = None) -> Province:
    """Return a province without anything to find, of `criteria_of`."""
    criteria, rng = criteria or criteria_of(), np.random.default_rng([77, seed])
    codes = [node.code for node in criteria.nodes if node.is_item]
    figures = _Figures(rng, criteria, units)
    sheet, last = figures.of_year(seed, 0.0), figures.of_year(seed, -0.15)
    claims = _claims(rng, sheet, codes)
    rows = [sheet.row(code) for code in codes]
    points, most = sheet.points[rows], sheet.maxima[rows]
    more = 0.5 * (rng.random(points.shape) < rng.beta(1.2, 6, units))
    claims["self_points"] = np.minimum(points + more, most).reshape(-1)
    claims["explanation"] = _explanations(rng, claims, codes)
    tables = {"claims": claims} | _documents(rng, sheet, codes)
    sheet, _ = with_claims(sheet, claims)
    return Province(_decided(rng, sheet, claims), tables, last.scores.assign(year=2025))


class _Figures:
    """What stays the same from one year to the next."""

    def __init__(self, rng, criteria, n):
        self.criteria, self.n = criteria, n
        self.items = [node for node in criteria.nodes if node.is_item]
        count, areas = len(self.items), len(criteria.areas) + 1
        self.district, self.kind = rng.integers(0, 5, n), rng.choice(3, n, p=[0.25, 0.5, 0.25])
        self.skill = rng.standard_t(5, n) * 0.55 + rng.normal(0, 0.5, 5)[self.district]
        self.skill = self.skill + np.array([0.4, 0, -0.5])[self.kind]
        self.area = rng.normal(0, 0.35, (areas, n))
        self.ease = rng.choice([2.5, 0.8, -0.3], count, p=[0.5, 0.35, 0.15])
        self.ease = self.ease + rng.normal(0, 0.4, count)
        people = np.exp(np.array([9.6, 9.0, 7.8])[self.kind] + rng.normal(0, 0.35, n))
        self.whole = people * np.exp(rng.normal(-4.2, 1.6, count))[:, None]
        self.waits = rng.random(n) < 0.3
        self.zero = rng.choice([0, 0.05, 0.5], count, p=[0.5, 0.3, 0.2])
        self.shared = set(rng.choice(count, 10, False).tolist())

    def of_year(self, seed, shift):
        rng, rows = np.random.default_rng([seed, 9, int(abs(shift) * 100)]), []
        drift = rng.standard_t(4, self.n) * 0.25 + shift + rng.normal(0, 0.15, 5)[self.district]
        moved = rng.normal(0, 0.2, self.area.shape) + drift if shift else 0 * self.area
        for at, node in enumerate(self.items):
            area = int(node.code.split(".")[0])
            level = self.skill + self.ease[at] + self.area[area] + moved[area]
            share = 1 / (1 + np.exp(-(level + rng.normal(0, 0.7, self.n))))
            if node.rule == "direct":
                values = {"points": np.searchsorted([0.15, 0.3, 0.42, 0.6], share) / 2}
            elif node.rule == "ratio":
                values = self._counts(rng, at, share)
            else:
                values = {"done_on": self._days(rng, at, node, share)}
            rows += [_rows(node.code, name, numbers) for name, numbers in values.items()]
        return score(inputs_table(pd.concat(rows, ignore_index=True)), self.criteria)

    def _counts(self, rng, at, share):
        whole = rng.negative_binomial(3, 3 / (3 + self.whole[at]))
        whole = np.where(rng.random(self.n) < self.zero[at], 0, whole)
        if at in self.shared:
            whole = np.array([389, 371, 355])[self.kind]
        done = rng.binomial(whole, np.clip(0.6 + 0.4 * share, 0, 1))
        return {
            "numerator": np.where(rng.random(self.n) < 0.35, whole, done),
            "denominator": whole,
        }

    def _days(self, rng, at, node, share):
        last = pd.Timestamp(2026, int(node.spec.due_on[5:7]), 15) - pd.Timestamp(EXCEL_EPOCH)
        often = np.where(self.waits, 0.65, 0.2) + 0.15 * (self.ease[at] < 0)
        just = rng.random(self.n) < often
        early = np.where(just, rng.integers(0, 2, self.n), rng.integers(0, 40, self.n))
        late = rng.random(self.n) < 0.1 * (1.5 - share)
        return last.days - early + np.where(late, rng.integers(1, 60, self.n), 0)


def _explanations(rng, claims, codes):
    """Return nothing, the item's prefilled words with a figure, or these with words of one's own."""
    heads = {code: " ".join(rng.choice(_SYLLABLES, rng.integers(12, 22))) for code in codes}
    stock = [" ".join(rng.choice(_SYLLABLES, rng.integers(6, 12))) for _ in range(1500)]
    texts = []
    for unit, code in zip(claims["unit_code"], claims["item_code"], strict=True):
        drawn, own = rng.random(), ""
        for _ in range(rng.integers(1, 6)):
            number, day, month = rng.integers(1, [300, 28, 12])
            own += f" {stock[rng.integers(1500)]} {number}/BC-UBND ngày {day}/{month}"
        short = f"{heads[code]} đạt {rng.integers(60, 100)},{rng.integers(0, 9)}%"
        full = f"UBND xã {unit} {heads[code]}{own}"
        texts.append("" if drawn < 0.35 else short if drawn < 0.55 else full)
    return texts
