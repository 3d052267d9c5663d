"""Points, or the range they lie in, are written by one function."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import scoring
from scoring.outputs.amounts import count_amount, points_amount, points_or_range

ENDS = points_amount(5), points_amount(18)


@pytest.mark.parametrize(
    ("lang", "said"), [("", "5,00 – 18,00"), ("vi", "từ 5,00 đến 18,00"), ("en", "5,00 to 18,00")]
)
def test_open_points_read_as_a_range_and_known_ones_as_themselves(lang, said):
    assert points_or_range(points_amount(math.nan), *ENDS, lang) == said
    assert points_or_range(points_amount(7.125), *ENDS, lang) == "7,13"


def test_only_one_module_writes_a_range_of_points():
    root = Path(scoring.__file__).parent
    writers = {
        path.relative_to(root).as_posix()
        for folder in ("outputs", "display", "cli")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\blow\b.*–.*\bhigh\b|points_between", path.read_text(encoding="utf-8"))
    }
    assert writers == {"outputs/amounts.py"}


@pytest.mark.parametrize(("value", "text"), [(1250.0, "1.250"), (1234567.891, "1.234.567,89")])
def test_counts_keep_their_zeros_before_the_comma(value, text):
    assert count_amount(value).text == text
