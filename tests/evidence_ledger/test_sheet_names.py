"""Which sheet of a workbook is meant: names that people gave are compared by their letters."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from scoring.evidence.ledger.reading import headings

NAMES = st.text("tu danhgi2()", max_size=20)


@given(NAMES, st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["", "x", "an"])), max_size=4))
def test_texts_with_too_few_letters_in_common_are_those_that_do_not_resemble(one, changes):
    other = one
    for place, letters in changes:
        other = other[:place] + letters + other[place + 1 :]
    least = headings._NAME_LIKENESS
    told, whole = headings._resemblance(one, other, least), float(fuzz.ratio(one, other))
    assert told == whole or (told == 0.0 and whole < least)
    # The name with something added keeps its place among others like it.
    assert headings._resemblance(f"{one}{other}", other, least) == fuzz.ratio(
        f"{one}{other}", other
    )
