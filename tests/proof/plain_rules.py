"""What one item earns, in exact fractions, as docs/method.md says it; nothing of the package is in it.

Figures are `Fraction`, a day, ``NEVER`` or the code of an option; None is a figure not reported.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from fractions import Fraction
from functools import cache

SCORED, OPEN, NOT_APPLICABLE, INVALID = "scored", "not_assessed", "not_applicable", "invalid"
NEVER = "never"
HAIR = Fraction(1, 10**12)
_SIGNS = ("<=", ">=", "<>", "=", "<", ">")
_TOKEN = re.compile(r"\s*(<=|>=|<>|[-+*/()<>=,]|[0-9]+(?:\.[0-9]+)?|[a-z][a-z0-9_]*)")


class ZeroBaseError(Exception):
    """A quotient without a base: what it means is the set's to say."""


def number(text):
    """Return the exact number of a cell; None where it is empty."""
    return Fraction(text) if text not in ("", None) else None


def is_met(sign, left, right, whole=False):
    """Compare exactly; of fractions those a millionth of a millionth apart are equal."""
    near = abs(left - right) <= HAIR * max(1, abs(right))
    if left == right or (near and not whole):
        return "=" in sign
    return {"<": left < right, ">": left > right, "=": False, "<>": True}.get(
        sign, left < right if sign == "<=" else left > right
    )


def half_up(value, decimals):
    """Round half up, away from zero; nine decimals more than kept are looked at."""
    if value is None:
        return None
    scale = 10**decimals
    near = Fraction(round(abs(value) * scale * 10**9), 10**9)
    rounded = Fraction(math.floor(near + Fraction(1, 2)), scale)
    return rounded if value >= 0 else -rounded


def in_span(span, value, whole=False):
    """Say whether a value lies between two ends, each of which counts or does not."""
    lower, upper = number(span["lower"]), number(span["upper"])
    low_sign = ">=" if span["lower_closed"] == "yes" else ">"
    high_sign = "<=" if span["upper_closed"] == "yes" else "<"
    above = lower is None or is_met(low_sign, value, lower, whole)
    return above and (upper is None or is_met(high_sign, value, upper, whole))


def day_of(text, year):
    """Return the day that ``year-1-12-31`` means in an assessment year."""
    shift, month, day = re.fullmatch(r"year([+-]\d+)?-(\d\d)-(\d\d)", text).groups()
    return dt.date(year + int(shift or 0), int(month), int(day))


@cache
def parsed(text):
    """Return a formula as nested tuples."""
    tokens = _TOKEN.findall(text)
    assert "".join(tokens) == re.sub(r"\s", "", text), text
    tree, rest = _either(tokens)
    assert not rest, text
    return tree


def _joined(word, part, tokens):
    tree, tokens = part(tokens)
    parts = [tree]
    while tokens and tokens[0] == word:
        tree, tokens = part(tokens[1:])
        parts.append(tree)
    return (parts[0] if len(parts) == 1 else (word, *parts)), tokens


def _either(tokens):
    return _joined("or", lambda rest: _joined("and", _negated, rest), tokens)


def _negated(tokens):
    if tokens[0] == "not":
        tree, tokens = _negated(tokens[1:])
        return ("not", tree), tokens
    left, tokens = _chain("+-", _product, tokens)
    if tokens and tokens[0] in _SIGNS:
        right, rest = _chain("+-", _product, tokens[1:])
        return (tokens[0], left, right), rest
    return left, tokens


def _product(tokens):
    return _chain("*/", _factor, tokens)


def _chain(signs, part, tokens):
    tree, tokens = part(tokens)
    while tokens and tokens[0] in signs:
        right, rest = part(tokens[1:])
        tree, tokens = (tokens[0], tree, right), rest
    return tree, tokens


def _factor(tokens):
    first, rest = tokens[0], tokens[1:]
    if first == "-":
        tree, rest = _factor(rest)
        return ("minus", tree), rest
    if first == "(":
        tree, rest = _either(rest)
        return tree, rest[1:]
    if first in ("min", "max", "round", "if"):
        arguments = []
        while rest[0] != ")":
            tree, rest = _either(rest[1:])
            arguments.append(tree)
        return (first, *arguments), rest[1:]
    return (Fraction(first) if first[0].isdigit() else first), rest


def names_in(tree):
    """Return the names that a formula reads."""
    if isinstance(tree, tuple):
        return {name for part in tree[1:] for name in names_in(part)}
    return {tree} - {"max_points"} if isinstance(tree, str) else set()


def computed(tree, known, whole=False, at_zero=None):
    """Return the value of a formula; every part of it is computed, taken or not."""
    if isinstance(tree, Fraction):
        return tree
    if isinstance(tree, str):
        return known[tree]
    word, parts = tree[0], [computed(part, known, whole, at_zero) for part in tree[1:]]
    if word in ("and", "or"):
        return all(parts) if word == "and" else any(parts)
    if word in ("not", "minus"):
        return not parts[0] if word == "not" else -parts[0]
    if word in ("min", "max"):
        return min(parts) if word == "min" else max(parts)
    if word == "if":
        return parts[1] if parts[0] else parts[2]
    if word == "round":
        return half_up(parts[0], int(parts[1]))
    if word == "/":
        return quotient(*parts, at_zero)
    if word in _SIGNS:
        return is_met(word, *parts, whole)
    return {"+": sum(parts), "-": parts[0] - parts[1], "*": parts[0] * parts[1]}[word]


def quotient(left, right, at_zero=None):
    """Divide; without a base it is `at_zero`, or the set has to say what it means."""
    if abs(right) > HAIR:
        return left / right
    if at_zero is None:
        raise ZeroBaseError
    return at_zero


class PlainItem:
    """An item of a set with the figures of one unit."""

    def __init__(self, row, inputs, bands, options, policy):
        self.row, self.inputs, self.bands, self.options = row, inputs, bands, options
        self.policy, self.most = policy, number(row["max_points"])
        self.kind = row["rule"]
        own = [entry for entry in inputs if entry["role"] != "grade"]
        if self.kind == "formula":
            own = [entry for entry in inputs if entry["input"] in names_in(parsed(row["formula"]))]
        self.read = own

    def judged(self, figures, year, best):
        """Return the status and the points of one unit; `best` are those of its block, by input."""
        own = {entry["input"]: figures.get(entry["input"]) for entry in self.inputs}
        if any(self.is_faulty(entry, own, year) for entry in self.read):
            return INVALID, None
        needed = [own[entry["input"]] for entry in self.read]
        if self.kind == "peer":
            needed.append(best[self.read[0]["input"]])
        if None in needed:
            return OPEN, None
        try:
            points = getattr(self, "_" + self.kind)(_Unit(self, own, year, best))
        except ZeroBaseError:
            policy = self.row["zero_denominator"]
            if policy in ("full", "zero"):
                return SCORED, self.most if policy == "full" else Fraction(0)
            return {"not_assessed": OPEN, "not_applicable": NOT_APPLICABLE}.get(
                policy, INVALID
            ), None
        if points is None or is_met(">", points, self.most) or is_met("<", points, 0):
            return INVALID, None
        return SCORED, min(max(points, Fraction(0)), self.most)

    def is_faulty(self, entry, own, year):
        """Say whether a figure cannot be: beyond its limits, no whole number, no day of the year."""
        value, kind = own[entry["input"]], entry["kind"]
        if value in (None, NEVER) or isinstance(value, str):
            return False
        if kind == "date":
            about = (self.row["due_on"] and day_of(self.row["due_on"], year).year) or year
            return not dt.date(about - 1, 10, 1) <= value <= dt.date(about + 1, 12, 31)
        least, most = number(entry["minimum"]), number(entry["maximum"])
        if kind == "rank":
            least = max(least or 1, 1)
        whole = own.get(entry["at_most"])
        return (
            (least is not None and not is_met(">=", value, least))
            or (most is not None and not is_met("<=", value, most))
            or (kind in ("count", "rank") and value.denominator != 1)
            or (whole is not None and not is_met("<=", value, whole))
        )

    def _scale(self, unit, measure):
        for band in self.bands:
            if in_span(band, measure, unit.whole):
                by_share = band["as_share"] == "yes"
                return self.most * measure / 100 if by_share else number(band["points"])
        return None

    def _ratio(self, unit):
        percent, row = unit.percent(), self.row
        points = self.most * percent / 100
        if row["full_at_percent"]:
            points = min(self.most, points * 100 / number(row["full_at_percent"]))
        if row["round_to"]:
            step = number(row["round_to"])
            points = min(self.most, half_up(points / step, 0) * step)
        floor = number(row["floor_percent"])
        too_low = floor is not None and is_met("<", percent, floor, unit.whole)
        return Fraction(0) if too_low else points

    def _bands(self, unit):
        value = unit.of("value")
        return self._scale(unit, unit.percent() if value is None else value)

    def _growth(self, unit):
        before = unit.of("previous")
        return self._scale(unit, quotient(100 * (unit.of("value") - before), before))

    def _deadline(self, unit):
        done = unit.of("done_on")
        if done == NEVER:
            return number(self.row["never_points"])
        due = unit.of("due_on") or day_of(self.row["due_on"], unit.year)
        return self._scale(unit, Fraction((done - due).days))

    def _choice(self, unit):
        answer = unit.of("answer")
        if isinstance(answer, Fraction):
            return self.most * answer
        return next(number(row["points"]) for row in self.options if row["choice"] == answer)

    def _all_of(self, unit):
        return self.most if all(unit.figures) else Fraction(0)

    def _share_of(self, unit):
        return self.most * sum(unit.figures) / len(unit.figures)

    def _count(self, unit):
        return min(self.most, number(self.row["points_each"]) * unit.of("count"))

    def _deduction(self, unit):
        taken = number(self.row["points_each"]) * unit.of("cases")
        return max(number(self.row["floor_points"]), self.most - taken)

    def _peer(self, unit):
        own = unit.of("value")
        return quotient(self.most * own, max(own, unit.best[self.read[0]["input"]]))

    def _survey_options(self, unit):
        weights = {row["input"]: number(row["weight_percent"]) for row in self.options}
        weighted = sum(weights[entry["input"]] * unit.own[entry["input"]] for entry in self.read)
        return quotient(self.most * weighted / 100, sum(unit.figures))

    def _survey_index(self, unit):
        return self.most * unit.of("percent") / 100

    def _direct(self, unit):
        return unit.of("points")

    def _formula(self, unit):
        by_part = Fraction(0) if self.row["zero_denominator"] == "zero" else None
        known = unit.own | {"max_points": self.most}
        return computed(parsed(self.row["formula"]), known, unit.whole, by_part)


class _Unit:
    """The figures of one unit that an item reads, none of them missing."""

    def __init__(self, item, own, year, best):
        self.item, self.own, self.year, self.best = item, own, year, best
        self.figures = [own[entry["input"]] for entry in item.read]
        self.whole = all(getattr(value, "denominator", 1) == 1 for value in self.figures)

    def of(self, role):
        named = (entry["input"] for entry in self.item.read if entry["role"] == role)
        return self.own.get(next(named, None))

    def percent(self):
        given = self.of("percent")
        if given is not None:
            return given
        return quotient(100 * self.of("numerator"), self.of("denominator"))
