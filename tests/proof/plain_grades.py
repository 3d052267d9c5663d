"""Grades, quotas and places of units whose points are known, as docs/decisions/0006 says them."""

from __future__ import annotations

import math
from fractions import Fraction

from plain_rules import computed, in_span, names_in, parsed

INDEX = "INDEX"


class PlainGrades:
    """Gives every unit its grade: by points, then conditions, then quotas."""

    def __init__(self, plain, units):
        self.plain, self.units = plain, units
        for unit in units:
            self._grade(unit)
        for rule in plain.meta.get("grade_rules", ()):
            if rule["kind"] == "quota":
                self._keep_within(rule)

    def _grade(self, unit):
        meta, points = self.plain.meta, self.plain.compared(unit.points[INDEX])
        grades = sorted(meta.get("grades", ()), key=lambda g: g.get("lower", -math.inf))
        order = [grade["code"] for grade in grades]
        unit.by_points = unit.grade = ""
        if points is not None:
            held = (grade["code"] for grade in grades if in_span(_ends(grade), points))
            unit.by_points = unit.grade = next(held, "")
        rules = [rule for rule in meta.get("grade_rules", ()) if rule["kind"] != "quota"]
        if not rules or not unit.grade:
            return
        level, forced, is_held = order.index(unit.grade), "", False
        for stage in (("caps", "lowers"), ("needs",), ("forces",)):
            for rule in (rule for rule in rules if rule["kind"] in stage):
                named = rule.get("grade", "")
                if not _concerns(rule["kind"], named, level, order):
                    continue
                answer = self._answer(unit, rule)
                is_held |= answer is None or (rule["kind"] == "needs" and not answer)
                if answer and rule["kind"] == "caps":
                    level = order.index(named)
                level -= bool(answer) and rule["kind"] == "lowers"
                forced = named if answer and rule["kind"] == "forces" else forced
        unit.grade = forced or ("" if is_held else order[level])

    def _answer(self, unit, rule):
        """Return whether a condition holds; None where nobody can know."""
        code, tree = rule["item_code"], parsed(rule["test"])
        known = {name: value for (of, name), value in unit.figures.items() if of == code}
        names, own = names_in(tree), set()
        if code in self.plain.items:
            item = self.plain.items[code]
            own = {entry["input"] for entry in item.inputs}
            for entry in item.inputs:
                if item.is_faulty(entry, dict.fromkeys(own) | known, int(unit.key[1])):
                    known[entry["input"]] = None
        if not names <= own and unit.maxima[code] == 0:
            return rule["kind"] == "needs"
        if unit.points[code] is not None and unit.maxima[code] > 0:
            percent = 100 * unit.points[code] / unit.maxima[code]
            known = {"points": unit.points[code], "percent": percent} | known
        if any(known.get(name) is None for name in names):
            return None
        return computed(tree, known)

    def _keep_within(self, rule):
        """Let a quota take grades, in the run of one period or in each block of it."""
        groups = {}
        for unit in self.units:
            block = unit.block if rule.get("within") == "block" else ""
            groups.setdefault((unit.key[1:], block), []).append(unit)
        for group in groups.values():
            holders = [unit for unit in group if unit.grade == rule["grade"]]
            order, instead = listed(rule.get("order", "")), rule.get("instead", "")
            if len(group) < 2 or not holders or not order:
                continue
            others = [unit.grade for unit in group if unit not in holders]
            limit = _limit(rule, others, len(holders), instead)
            keys = {
                unit.key: [figure_of(self.plain, unit, code) for code in order] for unit in holders
            }
            first, last = (placed(keys, ties) for ties in ("min", "max"))
            for unit in holders:
                if not first[unit.key] or first[unit.key] <= limit < last[unit.key]:
                    unit.grade = ""
                elif first[unit.key] > limit:
                    unit.grade = instead


def figure_of(plain, unit, code):
    """Return what orders units: points of a node; a penalty counts against a unit."""
    if not unit.maxima[code] > 0:
        return None
    points = plain.compared(unit.points[code])
    is_penalty = code != INDEX and plain.nodes[code]["kind"] == "penalty"
    return -points if is_penalty and points is not None else points


def places_of(plain, units):
    """Return the place of each unit within its block, year and period; 0 for none."""
    ranking = plain.meta.get("ranking", {})
    codes = [INDEX, *listed(ranking.get("tie_items", ""))]
    groups, found = {}, {}
    for unit in units:
        keys = groups.setdefault((unit.block, *unit.key[1:]), {})
        keys[unit.key] = [figure_of(plain, unit, code) for code in codes]
    for keys in groups.values():
        found |= placed(keys, ranking.get("ties", "min"))
    return found


def placed(keys, ties):
    """Return places by a list of figures each, the first of them deciding."""
    groups = [[key for key, figures in keys.items() if figures[0] is not None]]
    for at in range(len(next(iter(keys.values()), ()))):
        parted = []
        for group in groups:
            figures = {key: keys[key][at] for key in group}
            # A figure that one of them lacks parts none of them.
            if None in figures.values():
                parted.append(group)
                continue
            for value in sorted(set(figures.values()), reverse=True):
                parted.append([key for key in group if figures[key] == value])
        groups = parted
    places, before = dict.fromkeys(keys, 0), 0
    for dense, group in enumerate(filter(None, groups), start=1):
        place = {"min": before + 1, "dense": dense, "max": before + len(group)}[ties]
        before += len(group)
        places |= dict.fromkeys(group, place)
    return places


def _ends(grade):
    """Return the ends of a grade as the cells of a band."""
    ends = {name: grade.get(name) for name in ("lower", "upper")}
    closed = {
        f"{end}_closed": "yes" if grade.get(f"{end}_closed") else "no" for end in ("lower", "upper")
    }
    return ends | closed


def _concerns(kind, named, level, order):
    """Say whether a condition is about a unit at `level`."""
    if kind == "caps":
        return level > order.index(named)
    if kind == "forces":
        return order[level] != named
    return (not named or order[level] == named) and (kind == "needs" or level > 0)


def _limit(rule, others, count, instead):
    """Return how many may keep a grade: the most that still fit once the rest has another one."""
    counted = set(listed(rule.get("of", ""))) or {*others, rule["grade"], instead}
    counted.discard("")
    most = 0
    for kept in range(count + 1):
        grades = [*others, *[rule["grade"]] * kept, *[instead] * (count - kept)]
        base = sum(grade in counted for grade in grades)
        if kept <= math.floor(Fraction(rule["percent"]) * base / 100):
            most = kept
    return most


def listed(text):
    return [code.strip() for code in text.split(";") if code.strip()]
