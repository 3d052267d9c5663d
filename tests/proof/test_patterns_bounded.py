"""No regular expression can try a text in more ways than its length; `pattern_times.py` times them."""

import re

import patterns
import pytest


def overlapping(items):
    """Return why a parsed pattern may try one stretch of text in many ways, or nothing."""
    open_bodies = []
    for op, given in items:
        parts = patterns.parts_of(op, given)
        if patterns.is_endless(op, given):
            body = given[2]
            if any(_meet(body, inner) for inner in patterns.endless(body) if _is_free(body)):
                return "nested"
            if any(_meet(_opening(body), before) for before in open_bodies):
                return "adjacent"
            open_bodies = [*(open_bodies if given[0] == 0 else ()), body]
        elif not _may_be_empty([(op, given)]):
            open_bodies = []
        for part in parts:
            if why := overlapping(part):
                return why
    return ""


def _meet(one, other):
    return any(
        patterns.takes(one, letter) and patterns.takes(other, letter)
        for letter in patterns.ALPHABET
    )


def _opening(items):
    """Return the items of which one must take the first character."""
    opening = []
    for item in items:
        opening.append(item)
        if not _may_be_empty([item]):
            break
    return opening


def _is_free(items):
    """Return whether nothing but endless repeats must stand in each turn of a repeat."""
    return all(
        patterns.is_endless(op, given)
        or (
            patterns.parts_of(op, given)
            and all(_is_free(part) for part in patterns.parts_of(op, given))
        )
        or _may_be_empty([(op, given)])
        for op, given in items
    )


def _may_be_empty(items):
    return all(
        op in (patterns.sre.AT, patterns.sre.ASSERT, patterns.sre.ASSERT_NOT)
        or (op in patterns.REPEATS and given[0] == 0)
        or (bool(patterns.parts_of(op, given)) and op not in patterns.REPEATS
            and any(_may_be_empty(list(part)) for part in patterns.parts_of(op, given)))
        for op, given in items
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a+)+$", "nested"),
        (r"(?:\s*|x)*y", "nested"),
        (r"\s*\s+x", "adjacent"),
        (r"\w+-?\d+", "adjacent"),
        (r"(?:,\s*\w+)*", ""),
        (r"\w+-\d+", ""),
        (r"a{1,40}\w{1,40}", ""),
    ],
)
def test_a_pattern_that_tries_many_ways_is_seen(pattern, why):
    assert overlapping(patterns.parsed(re.compile(pattern))) == why


def test_no_pattern_tries_one_stretch_in_many_ways_but_those_explained():
    found = patterns.collected()
    assert len(found) > 400
    seen = {
        place.split("#")[0]
        for place, pattern in found.items()
        if overlapping(patterns.parsed(pattern))
    }
    assert seen == patterns.BOUNDED.keys()
