"""Reading what was written, and orders that hold for any text."""

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from scoring.base.dates import date_from_serial, date_serial, format_date, read_date
from scoring.base.numbers import format_number, read_number
from scoring.base.rounding import round_points
from scoring.base.text import clean_text, code_key, shortened, vietnamese_key, without_marks

QUICK = settings(max_examples=150, derandomize=True)
# As many decimals as people write, in the range of counts and of money.
figure = st.integers(-(10**12), 10**12).flatmap(
    lambda whole: st.integers(0, 6).map(lambda places: whole / 10**places)
)
day = st.dates(dt.date(1955, 1, 1), dt.date(2118, 12, 31))
code = st.from_regex(r"[A-ZĐ0-9]{1,3}(\.[0-9]{1,3}){0,4}", fullmatch=True)


@QUICK
@given(figure, st.sampled_from(["vi", "en"]))
def test_a_number_comes_back_from_its_text_or_is_called_ambiguous(value, lang):
    reading = read_number(format_number(value, lang=lang))
    if reading.problem == "ambiguous-number":
        assert value in reading.candidates
    else:
        assert reading.value == value


@QUICK
@given(figure, st.integers(0, 4))
def test_rounding_agrees_with_decimal_half_up(value, decimals):
    if abs(value) >= 10_000:
        value = math.fmod(value, 10_000)
    exact = Decimal(str(round(value, 6)))
    expected = float(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
    assert round_points(round(value, 6), decimals) == expected


@QUICK
@given(st.lists(figure, max_size=8))
def test_rounding_twice_changes_nothing(values):
    once = round_points(np.array(values, dtype=float))
    np.testing.assert_array_equal(round_points(once), once)


@QUICK
@given(day, st.sampled_from(["vi"]))
def test_a_date_comes_back_from_its_text(value, lang):
    assert read_date(format_date(value, lang)).value == value


@QUICK
@given(day)
def test_a_date_comes_back_from_its_serial_number(value):
    assert date_from_serial(date_serial(value)) == value
    assert read_date(int(date_serial(value))).value == value


@QUICK
@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_no_cell_stops_the_readers(cell):
    read_date(cell)
    reading = read_number(str(cell))
    assert reading.value is None or math.isfinite(reading.value)


@QUICK
@given(st.lists(code, min_size=3, max_size=3))
def test_codes_stand_in_one_total_order(codes):
    a, b, c = map(code_key, codes)
    assert (a < b) + (a == b) + (a > b) == 1
    if a <= b <= c:
        assert a <= c


@QUICK
@given(code, st.integers(1, 99))
def test_a_parent_comes_before_its_children(parent, number):
    assert code_key(parent) < code_key(f"{parent}.{number}")


@QUICK
@given(st.text(), st.text())
def test_any_texts_have_an_order(one, other):
    sorted([one, other], key=code_key)
    sorted([one, other], key=vietnamese_key)
    assert clean_text(clean_text(one)) == clean_text(one)
    assert len(shortened(one)) <= 80 and "\n" not in shortened(one)
    assert without_marks(without_marks(one)) == without_marks(one)
