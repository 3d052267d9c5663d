"""Two records are equal whichever NaN stands in them for an unknown figure, on every Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoring.base.same_unknown import SameUnknown
from scoring.criteria import GradeRule
from scoring.criteria.appendix.scoring_text.awards import Award
from scoring.criteria.appendix.scoring_text.clauses import Clauses
from scoring.rules.span import Span
from scoring.rules.spec import Band, InputSpec, Option, RuleSpec

SCORING = Path(__file__).resolve().parents[2] / "scoring"


def nan():
    """Another object each time, as each reading of a file gives one."""
    return float("nan")


MADE = {
    "grade rule": lambda: GradeRule("A", "caps", "1", "percent < 90", "luật", "", "", nan()),
    "input": lambda: InputSpec("x", "number", minimum=nan(), maximum=nan()),
    "band": lambda: Band(0.0, 1.0, True, False, nan(), as_share=True),
    "option": lambda: Option("a", "Có", "Yes", points=nan(), weight_percent=nan()),
    "award": lambda: Award(points=nan(), over_percent=nan()),
    "clauses": lambda: Clauses("", round_to=nan()),
    "span": lambda: Span(nan(), nan()),
    "within another": lambda: RuleSpec(
        "1", "options", nan(), options=(Option("a", "", "", nan()),)
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_one_unknown_figure_equals_another(name):
    one, other = MADE[name](), MADE[name]()
    assert one == other and hash(one) == hash(other)
    assert {one, other} == {one}


def test_a_known_figure_and_another_class_still_differ():
    assert Span(nan(), 1.0) != Span(nan(), 2.0)
    assert Span(nan(), nan()) != Span(0.0, nan())
    assert Span(1.0, 2.0) != (1.0, 2.0)


def test_every_record_with_an_unknown_figure_compares_so():
    written = r"^@dataclass\(frozen(?:.*)\n(?:class (.*):\n)(?:(?!^\S).*\n)*?    \w+: float = (?:math\.nan|float\()"
    lines = [line for path in SCORING.rglob("*.py") if "nan" in (text := path.read_text("utf-8"))
             for line in re.findall(written, text, re.M)]  # fmt: skip
    assert len(lines) >= 9
    assert [line for line in lines if SameUnknown.__name__ not in line] == []
