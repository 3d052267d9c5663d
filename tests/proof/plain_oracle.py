"""An independent scorer: a set's folder and a long table in, exact points, grades and places out.

Written from docs/method.md, docs/decisions and criteria/README.md in plain fractions; it imports
nothing of the package, so that the two can only agree by being right.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from fractions import Fraction
from pathlib import Path

from plain_grades import INDEX, PlainGrades, places_of
from plain_rules import (
    INVALID,
    NEVER,
    NOT_APPLICABLE,
    OPEN,
    SCORED,
    PlainItem,
    half_up,
    number,
)

_YES, _NO = ("có", "yes", "x", "1", "true"), ("không", "no", "0", "false")
_NEVERS = ("không thực hiện", "never")
_KEY = ("unit_code", "year", "period")


def rows_of(path):
    """Return the rows of a CSV file, empty where there is none."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class PlainSet:
    """A criteria set as its folder says it."""

    def __init__(self, folder):
        folder = Path(folder)
        text = (folder / "set.toml").read_text("utf-8")
        self.meta = tomllib.loads(text, parse_float=Fraction)
        self.nodes = {row["code"]: row for row in rows_of(folder / "items.csv")}
        below = {name: rows_of(folder / f"{name}.csv") for name in ("inputs", "bands", "options")}
        self.below = {code: [] for code in ("", *self.nodes)}
        for code, row in self.nodes.items():
            self.below[row["parent"]].append(code)
        self.items = {}
        for code, row in self.nodes.items():
            row["round_to"] = row.get("round_to", "")
            if not self.below[code]:
                own = [[r for r in below[name] if r["item_code"] == code] for name in below]
                policy = row["not_applicable"] or self.meta["not_applicable"]
                self.items[code] = PlainItem(row, *own, policy)
        self.stage = self.meta["rounding"]["stage"]
        self.decimals = self.meta["rounding"].get("decimals", 2)
        self.total = Fraction(self.meta["total_points"])

    def most(self, code):
        return number(self.nodes[code]["max_points"])

    def rounded(self, code, points):
        at_item, at_area = code in self.items, not self.nodes[code]["parent"]
        rounds = {"item": at_item, "area": at_area}.get(self.stage, False)
        return half_up(points, self.decimals) if rounds else points

    def compared(self, points):
        """Return what ranks and grades go by: no noise, rounded where the set says so."""
        is_rounded = self.meta["rounding"]["rank_on"] == "rounded"
        return half_up(points, self.decimals if is_rounded else 9)


class PlainUnit:
    """One unit: its figures, and what it earns."""

    def __init__(self, key):
        self.key, self.block, self.told, self.marks, self.own = key, "", {}, set(), {}

    @property
    def figures(self):
        """The figures by item and input; one told twice is told by neither row."""
        return {key: told[0] for key, told in self.told.items() if len(told) == 1}


def units_of(plain, rows):
    """Return the units of a long table, in the order in which they first appear."""
    units = {}
    for row in rows:
        key = tuple(row[name] for name in _KEY)
        unit = units.setdefault(key, PlainUnit(key))
        unit.block = unit.block or row["block"]
        item = plain.items[row["item_code"]]
        if row["not_applicable"] == "yes":
            if item.policy != "not_allowed":
                unit.marks.add(row["item_code"])
            continue
        figure = _figure(item, row)
        if any(row[name] for name in ("value", "choice", "happened_on")):
            unit.told.setdefault((row["item_code"], row["input"]), []).append(figure)
    return list(units.values())


def _figure(item, row):
    """Return what a row says; None where it is nothing that its input can be."""
    name = row["input"].removeprefix("@best:")
    entry = next(entry for entry in item.inputs if entry["input"] == name)
    kind = entry["kind"]
    word = (row["choice"] or row["value"]).casefold()
    if kind == "date":
        # "Never" answers what was done, not when it was due.
        said = NEVER if word in _NEVERS and entry["role"] != "due_on" else None
        return dt.date.fromisoformat(row["happened_on"]) if row["happened_on"] else said
    if kind == "yes_no":
        return Fraction(word in _YES) if word in (*_YES, *_NO) else None
    if kind == "choice":
        for option in item.options:
            spoken = (option["choice"], option["label_vi"], option["label_en"])
            if option["input"] == name and word in [text.casefold() for text in spoken if text]:
                return option["choice"]
        return None
    return number(row["value"])


class RolledUp:
    """Points and maxima of all nodes of one unit, from the points of its items."""

    def __init__(self, plain, leaves, absent):
        self.plain, self.leaves, self.absent = plain, leaves, absent
        self.points, self.maxima = {}, {}
        for code in plain.below[""]:
            self._worth(code)
        self._index()

    def _worth(self, code):
        plain = self.plain
        if code in plain.items:
            points, most = self._item(code)
        elif plain.nodes[code]["rule"] == "best_of":
            points, most = self._best(code)
        else:
            points, most = self._sum(code)
        self.points[code], self.maxima[code] = plain.rounded(code, points), most
        return self.points[code], most

    def _item(self, code):
        most, policy = self.plain.most(code), self.plain.items[code].policy
        if code not in self.absent:
            return self.leaves[code], most
        if policy in ("drop", "redistribute"):
            return Fraction(0), Fraction(0)
        return (most if policy == "full" else Fraction(0)), most

    def _best(self, code):
        worth = {child: self._worth(child) for child in self.plain.below[code]}
        applying = {child for child, (_, most) in worth.items() if most > 0}
        if not applying:
            return Fraction(0), Fraction(0)
        reached = [worth[child][0] for child in applying if worth[child][0] is not None]
        return max(reached, default=None), self.plain.most(code)

    def _sum(self, code):
        below = self.plain.below[code]
        worth = [self._worth(child) for child in below]
        points, most = _added(p for p, _ in worth), sum(m for _, m in worth)
        items = self.plain.items
        given_up = sum(
            self.plain.most(child)
            for child in below
            if child in self.absent and items[child].policy == "redistribute"
        )
        factor = (most + given_up) / most if most > 0 else 1
        return (None if points is None else points * factor), most * factor

    def _index(self):
        plain, meta = self.plain, self.plain.meta
        areas = [c for c in plain.below[""] if plain.nodes[c]["kind"] == "normal"]
        points, most = _added(self.points[c] for c in areas), sum(self.maxima[c] for c in areas)
        self.maxima[INDEX] = plain.total if most > 0 else Fraction(0)
        if points is not None and most > 0:
            points = points / most * plain.total
        bonus, penalty = self._outside("bonus"), self._outside("penalty")
        if most == 0 or None in (points, bonus, penalty):
            self.points[INDEX] = None
            return
        if len(areas) < len(plain.below[""]):
            points = max(points + bonus - penalty, Fraction(0))
            if not meta.get("outside_areas", {}).get("may_exceed_total", False):
                points = min(points, plain.total)
        is_rounded = meta["rounding"]["rank_on"] == "rounded"
        self.points[INDEX] = half_up(points, plain.decimals) if is_rounded else points

    def _outside(self, kind):
        roots = [c for c in self.plain.below[""] if self.plain.nodes[c]["kind"] == kind]
        points = _added(self.points[code] for code in roots)
        cap = self.plain.meta.get("outside_areas", {}).get(f"{kind}_cap_points")
        if points is not None and cap is not None:
            points = min(points, Fraction(cap))
        return points


def _added(numbers):
    """Return the sum; None while one of them is open."""
    numbers = list(numbers)
    return None if None in numbers else sum(numbers, Fraction(0))


class PlainSheet:
    """All units of a long table under a set."""

    def __init__(self, folder, rows):
        self.plain = PlainSet(folder)
        self.units = units_of(self.plain, rows)
        for unit in self.units:
            self._score(unit)
        PlainGrades(self.plain, self.units)
        self.places = places_of(self.plain, self.units)

    def _bests(self, unit, code, item):
        """Return the best value of each input among the units of the same block and period."""
        group = [u for u in self.units if (u.block, *u.key[1:]) == (unit.block, *unit.key[1:])]
        bests = {}
        for entry in item.inputs:
            key = (code, entry["input"])
            counting = [u for u in group if self._counts(u, code, item, entry)]
            told = [u.figures[key] for u in counting]
            if unit.figures.get(key) is not None and not [u for u in counting if u is not unit]:
                typed = unit.figures.get((code, "@best:" + entry["input"]))
                told = [] if typed is None else [typed]
            bests[entry["input"]] = max(told, default=None) if item.kind == "peer" else None
        return bests

    def _counts(self, unit, code, item, entry):
        """Say whether a unit reports a figure that can be."""
        own = {each["input"]: unit.figures.get((code, each["input"])) for each in item.inputs}
        is_faulty = item.is_faulty(entry, own, int(unit.key[1]))
        return own[entry["input"]] is not None and not is_faulty

    def _score(self, unit):
        plain, status, leaves = self.plain, {}, {}
        figures, year = unit.figures, int(unit.key[1])
        for code, item in plain.items.items():
            own = {name: value for (of, name), value in figures.items() if of == code}
            best = self._bests(unit, code, item) if item.kind == "peer" else {}
            status[code], leaves[code] = item.judged(own, year, best)
            if code in unit.marks:
                status[code], leaves[code] = NOT_APPLICABLE, None
        unit.absent = {code for code, state in status.items() if state == NOT_APPLICABLE}
        rolled = RolledUp(plain, leaves, unit.absent)
        for code in (*plain.nodes, INDEX):
            state = OPEN if rolled.points[code] is None else SCORED
            if code not in plain.items:
                status[code] = state if rolled.maxima[code] > 0 else NOT_APPLICABLE
        is_open = {code for code in plain.items if status[code] in (OPEN, INVALID)}
        unit.status, unit.points, unit.maxima = status, rolled.points, rolled.maxima
        unit.low, unit.high = (
            self._bound(leaves, unit.absent, is_open, rolled.points, lowest=lowest)
            for lowest in (True, False)
        )
        so_far = {code: points or Fraction(0) for code, points in leaves.items()}
        unit.so_far = RolledUp(plain, so_far, unit.absent).points

    def _bound(self, leaves, absent, is_open, known, lowest):
        filled = dict(leaves)
        for code in is_open:
            takes_off = self.plain.nodes[code]["kind"] == "penalty"
            filled[code] = self.plain.most(code) if takes_off == lowest else Fraction(0)
            if self._is_idle(code, known):
                filled[code] = None
        return RolledUp(self.plain, filled, absent).points

    def _is_idle(self, code, known):
        """Say whether a node is, or lies in, an open alternative beside one that has points."""
        parent = self.plain.nodes[code]["parent"]
        if not parent:
            return False
        alternative = self.plain.nodes[parent]["rule"] == "best_of"
        beside = alternative and known[parent] is not None and known[code] is None
        return beside or self._is_idle(parent, known)

    def supported(self, unit, states):
        """Return the points that evidence supports; `states` are the verdicts by item."""
        kept = dict.fromkeys(self.plain.items)
        percents = self.plain.meta["evidence"]
        for code, item in self.plain.items.items():
            points, state = unit.points[code], states.get(code, "")
            percent = Fraction(percents.get(state.replace("-", "_") + "_percent", 100))
            has_day = any(entry["role"] == "done_on" for entry in item.inputs)
            if points is None or item.row["kind"] == "penalty":
                percent = 100
            elif state == "late" and has_day and points < item.most:
                percent = 100  # the rule has taken points for the same delay already
            kept[code] = None if points is None or not states else points * percent / 100
        return RolledUp(self.plain, kept, unit.absent).points
