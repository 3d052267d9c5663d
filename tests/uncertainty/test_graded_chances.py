"""Chances of grades with conditions, against every combination of outcomes graded by the engine."""

import numpy as np
import pytest
from random_doubts import given_doubts, sample_set

from scoring.points import inputs_table, score
from scoring.uncertainty import outlook

GRADES = [
    {"code": code, "label_vi": code, "lower_closed": True, "upper_closed": False} | ends
    for code, ends in (
        ("A", {"lower": 9.0}), ("B", {"lower": 7.0, "upper": 9.0}),
        ("C", {"lower": 5.0, "upper": 7.0}), ("D", {"upper": 5.0}),
    )
]  # fmt: skip
CAPS = (("caps", "C", "1", "percent < 40"), ("caps", "B", "2", "percent < 70"))
LOWERS = (("lowers", "", "1", "percent < 60"), ("lowers", "", "2", "percent < 60"))
NEEDS = (("needs", "A", "1", "percent >= 80"), ("caps", "C", "2", "percent < 70"))


def _sheet(rules, points):
    names = ("kind", "grade", "item_code", "test")
    rules = [
        {"vi": f"luật {n}", "source": "mẫu"} | {k: v for k, v in zip(names, r, strict=True) if v}
        for n, r in enumerate(rules)
    ]
    criteria = sample_set(6, grades=GRADES, grade_rules=rules)
    rows = [{"item_code": c, "input": "points", "value": v} for c, v in points.items()]
    return score(inputs_table(rows, unit_code="U", year=2026), criteria)


def _granted(sheet, doubts, chances):
    """Return the chance of each grade: every combination scored and graded as a unit of its own."""
    told, made = doubts.table(), {}
    cells = list(dict.fromkeys(told["item_code"]))
    ends = {code: sorted(told.loc[told["item_code"] == code, "points"]) for code in cells}
    base = dict(zip((n.code for n in sheet.criteria.nodes), sheet.points[:-1, 0], strict=True))
    rows, mass = [], []
    for number, picks in enumerate(np.ndindex(*(2,) * len(cells))):
        points = {n.code: base[n.code] for n in sheet.criteria.nodes if n.is_item}
        points |= {code: ends[code][pick] for code, pick in zip(cells, picks, strict=True)}
        rows += [{"unit_code": f"V{number}", "item_code": c, "input": "points", "value": v}
                 for c, v in points.items()]  # fmt: skip
        mass.append(
            np.prod(
                [chances[c] if p else 1 - chances[c] for c, p in zip(cells, picks, strict=True)]
            )
        )
    grades = score(inputs_table(rows, year=2026), sheet.criteria).graded.codes
    for grade, share in zip(grades, mass, strict=True):
        made[grade] = made.get(grade, 0.0) + 100 * share
    return made


@pytest.mark.parametrize("rules", [CAPS, LOWERS, NEEDS], ids=["caps", "lowers", "needs"])
@pytest.mark.parametrize("seed", range(4))
def test_a_band_of_a_grade_holds_what_the_engine_grants(rules, seed):
    rng = np.random.default_rng(seed)
    codes = [f"{a}.{b}" for a in (1, 2) for b in (1, 2, 3)]
    level = rng.uniform(0.1, 1.0) * 2
    sheet = _sheet(rules, {code: round(float(rng.uniform(level / 2, level)), 2) for code in codes})
    chances = {code: float(rng.random()) for code in rng.permutation(codes)[:4]}
    doubts = given_doubts(sheet, {code: (0.0, 2.0, share) for code, share in chances.items()})
    made = outlook(doubts).grades.set_index("grade")
    for grade, percent in _granted(sheet, doubts, chances).items():
        low, high = made.loc[grade, ["low_percent", "high_percent"]]
        assert low - 1e-6 <= percent <= high + 1e-6, grade


def test_the_lowest_grade_has_no_lower_end_and_keeps_its_chance():
    # 4 of 12 points for sure, 5 with a chance of one half: D or C, half each, by a cap that never acts.
    sheet = _sheet(CAPS[1:], {"1.1": 2, "1.2": 1, "1.3": 0, "2.1": 1, "2.2": 0, "2.3": 0})
    made = outlook(given_doubts(sheet, {"1.3": (0.0, 1.0, 0.5)})).grades.set_index("grade")
    assert made.loc["D"].tolist()[-2:] == pytest.approx([50, 50])
    assert made.loc["C"].tolist()[-2:] == pytest.approx([50, 50])


def test_a_grade_between_the_ends_of_two_conditions_has_a_chance():
    # Everything at its worst C is granted, at its best A; with only the second area low it is B.
    sheet = _sheet(CAPS, {"1.1": 2, "1.2": 2, "1.3": 2, "2.1": 2, "2.2": 2, "2.3": 2})
    doubts = given_doubts(sheet, {
        **dict.fromkeys(("1.1", "1.2", "1.3"), (0.0, 2.0, 0.9)), "2.1": (0.0, 2.0, 0.5),
    })  # fmt: skip
    assert outlook(doubts).grades.set_index("grade").loc["B", "high_percent"] > 36
