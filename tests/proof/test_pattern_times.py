"""Long texts take patterns time in step with their length; `pattern_times.py` times all of them."""

import re
import time

import pytest
from pattern_times import MOST_SECONDS, Attack, Growth, attacks, seconds_for

from scoring.base.errors import UnreadableError
from scoring.evidence.ledger.reading import headings, other_tables
from scoring.files import table_files
from scoring.official.patterns import patterns
from scoring.survey import personal_data

LONG = 200_000


@pytest.mark.parametrize(
    ("pattern", "attack"),
    [
        (headings._IN_BRACKETS, Attack("", "(", "")),
        (headings._IN_BRACKETS, Attack("(", "(a)", "")),
        (other_tables._WITH_PLACE, Attack("", "\t", "")),
        (other_tables._WITH_PLACE, Attack("", "a ", "(")),
        (re.compile(personal_data._PATTERNS["email"]), Attack("", "a", "")),
        (patterns("letterhead")["date"], Attack("ngày 9 tháng", ".", "")),
    ],
)
def test_a_cell_of_brackets_or_tabs_is_no_more_than_its_letters(pattern, attack):
    assert seconds_for(pattern, attack.text(LONG)) < MOST_SECONDS


def test_a_pattern_that_tries_every_pair_of_places_runs_out_of_time():
    pattern, worst = re.compile(r"\([^)]*\)"), Attack("", "(", "")
    assert worst in attacks(pattern)
    assert seconds_for(pattern, worst.text(LONG), 0.1) == 0.1


def test_growth_is_told_by_the_power_of_the_length():
    some = Attack("", "a", "")
    assert Growth(some, (0.01, 0.02, 0.04, 0.08, 0.16)).exponent == pytest.approx(1)
    assert Growth(some, (0.01, 0.04, 0.16, 0.64)).exponent == pytest.approx(2)
    assert not Growth(some, (0.01, 0.04, 0.16, 0.64)).is_in_step


def test_a_header_of_a_hundred_thousand_names_is_counted_in_one_pass():
    began = time.process_time()
    with pytest.raises(UnreadableError):
        table_files._refuse_repeated([*map(str, range(100_000)), "1"], "a.csv")
    assert time.process_time() - began < 5


def test_a_remark_within_a_remark_is_no_part_of_a_heading():
    assert headings.folded("Điểm tối đa (theo bộ (mới))") == headings.folded("Điểm tối đa")
