"""What changed between two sets, for people; and which item continues which, for programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import CHANGE_KINDS
from scoring.base.vocabulary import NO, YES
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.matching import Pair, match_nodes
from scoring.criteria.pages import environment, words
from scoring.criteria.readable_set import grade_lines, most_points
from scoring.criteria.set_nodes import Node, folded_name
from scoring.criteria.writing import rows_of
from scoring.rules import RuleSpec
from scoring.tables import table_of

_POLICIES = (
    "total_points",
    "status",
    "tier",
    "valid_from",
    "valid_to",
    "decimals",
    "rounding_stage",
    "rank_on",
    "ties",
    "tie_items",
    "not_applicable",
    "cut_off",
    "bonus_cap_points",
    "penalty_cap_points",
    "may_exceed_total",
)


class _Change(NamedTuple):
    change: str
    pair: Pair | None
    before: str
    after: str
    name: str = ""


@dataclass(frozen=True)
class SetDiff:
    """The comparison of two sets; made by `diff_sets`."""

    old: CriteriaSet
    new: CriteriaSet
    pairs: tuple[Pair, ...]

    def changes(self, lang: str = "vi") -> pd.DataFrame:
        """Return one row per change.

        Returns
        -------
        DataFrame
            ``change`` (one of `CHANGE_KINDS`), ``old_code``, ``new_code`` (empty for added and removed items),
            ``name``, ``before``, ``after`` (as people read them), ``match``, ``confidence`` (0 to
            1; NaN for a policy).
        """
        rows = [_row(change, lang) for change in self._changes(lang)]
        return table_of(rows, "SetChanges")

    @cached_property
    def is_empty(self) -> bool:
        """True when nothing that counts differs."""
        return self.changes().empty

    @cached_property
    def _wanted(self) -> tuple[dict[str, str], dict[str, str]]:
        return _evidence(self.old), _evidence(self.new)

    def mapping(self) -> pd.DataFrame:
        """Return the table ``mapping.csv`` holds (see `scoring.criteria.mapping`)."""
        rows = [
            pair.cells | {"confirmed": YES if pair.match == "code+name" else NO}
            for pair in self.pairs
        ]
        return pd.DataFrame(rows)

    def markdown(self, lang: str = "vi") -> str:
        """Return the changes as a Markdown page."""
        return _page("diff.md.j2", self, lang)

    def html(self, lang: str = "vi") -> str:
        """Return the changes as one self-contained HTML page; every text is escaped."""
        return _page("diff.html.j2", self, lang)

    def _changes(self, lang: str) -> Iterator[_Change]:
        yield from _policy_changes(self.old, self.new, lang)
        matched = {pair.old.code: pair.new.code for pair in self.pairs if pair.old and pair.new}
        for pair in self.pairs:
            if pair.old and pair.new:
                yield from self._pair_changes(pair, pair.old, pair.new, matched, lang)
            elif pair.node:
                text = _summary(pair.node, lang)
                yield _Change(pair.match, pair, *(("", text) if pair.new else (text, "")))

    def _pair_changes(
        self, pair: Pair, old: Node, new: Node, matched: Mapping[str, str], lang: str
    ) -> Iterator[_Change]:
        if old.code != new.code:
            stays = matched.get(old.parent, "") == new.parent
            yield _Change("renumbered" if stays else "moved", pair, old.code, new.code)
        if folded_name(old) != folded_name(new):
            after = new.name(lang)
            if old.name(lang) == after:
                after = label("renamed_in_vietnamese", lang, name=after)
            yield _Change("renamed", pair, old.name(lang), after)
        if old.max_points != new.max_points:
            points = [format_number(node.max_points, lang=lang) for node in (old, new)]
            yield _Change("reweighted", pair, *points)
        if _rule_key(old) != _rule_key(new):
            yield _Change("reruled", pair, _rule_text(old, self.old, lang),
                          _rule_text(new, self.new, lang))  # fmt: skip
        if old.assessed_by != new.assessed_by and old.is_item and new.is_item:
            who = [label(f"assessed_by_{node.assessed_by}", lang) for node in (old, new)]
            yield _Change("reassessed", pair, *who)
        before, after = (
            wanted.get(node.code, "—" if node.is_item else "")
            for node, wanted in zip((old, new), self._wanted, strict=True)
        )
        if before != after:
            yield _Change("re-evidenced", pair, before, after)


def diff_sets(old: CriteriaSet, new: CriteriaSet) -> SetDiff:
    """Compare two sets.

    Parameters
    ----------
    old, new : CriteriaSet

    Returns
    -------
    SetDiff
        With the changes as a table, Markdown or HTML, and the mapping between the codes.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> draft = "thanh-hoa-commune-council-draft-2026"
    >>> found = diff_sets(open_set(draft), open_set(f"{draft}-v2"))
    >>> found.changes("en")[["change", "old_code"]].values.tolist()
    [['policy', ''], ['reruled', 'IX.9']]
    """
    return SetDiff(old, new, tuple(match_nodes(old, new)))


def _row(change: _Change, lang: str) -> dict[str, object]:
    pair = change.pair
    name = pair.node.name(lang) if pair and pair.node else change.name
    row = {"change": change.change, "name": name, "before": change.before, "after": change.after}
    return {**row, **(pair.cells if pair else {"old_code": "", "new_code": "", "match": ""})}


def _policy_changes(old: CriteriaSet, new: CriteriaSet, lang: str) -> Iterator[_Change]:
    for policy in _POLICIES:
        before, after = (_policy_text(getattr(side.meta, policy), lang) for side in (old, new))
        if before != after:
            yield _Change("policy", None, before, after, label(f"policy_{policy}", lang))
    lines = [grade_lines(side.meta, lang) for side in (old, new)]
    before, after = (
        "; ".join(t for t in own if t not in other) or "—" for own, other in (lines, lines[::-1])
    )
    if lines[0] != lines[1]:
        yield _Change("policy", None, before, after, label("handbook_grades", lang))


def _policy_text(value: object, lang: str) -> str:
    if isinstance(value, bool):
        return label("yes" if value else "no", lang)
    if isinstance(value, int | float):
        return format_number(float(value), lang=lang)
    if isinstance(value, dt.date):
        return format_date(value, lang)
    return "—" if value is None else str(value)


def _summary(node: Node, lang: str) -> str:
    kind = f"; {label(f'rule_{node.rule}', lang)}" if node.rule else ""
    return most_points(node, lang) + kind


def _rule_key(node: Node) -> tuple[object, ...]:
    """Return what makes a rule: all of it but the code, the maximum and the wording."""
    if node.spec is None:
        return (node.rule,)
    spec = node.spec
    inputs = tuple(replace(entry, label_vi="", label_en="", unit="") for entry in spec.inputs)
    options = tuple(replace(option, label_vi="", label_en="") for option in spec.options)
    bare = replace(spec, code="", max_points=0.0, inputs=inputs, options=options)
    # NaN is unlike itself, its text is not.
    return (repr(bare),)


def _rule_text(node: Node, criteria: CriteriaSet, lang: str) -> str:
    if node.spec is not None:
        limits = "; ".join(_limits(node.spec, lang))
        sentence = criteria.rules[node.code].sentence(lang)
        policy = label(f"policy_{node.spec.not_applicable}", lang)
        return " ".join(part for part in (sentence, limits, policy) if part)
    return criteria.roll_up.sentence(node.code, lang)


def _limits(spec: RuleSpec, lang: str) -> Iterator[str]:
    for entry in spec.inputs:
        ends = [format_number(end, lang=lang) for end in (entry.minimum, entry.maximum)]
        if ends != ["—", "—"]:
            yield f"{entry.label(lang)}: {ends[0]} … {ends[1]}"


def _evidence(criteria: CriteriaSet) -> dict[str, str]:
    """Return the documents that each item asks for, as one text."""
    texts: dict[str, list[str]] = {}
    for row in rows_of(criteria.tables["evidence"]):
        told = ", ".join(filter(None, (row["issuer"], row["issued_by"])))
        text = f"{row['min_documents']} × {row['kind']}{f' ({told})' if told else ''}"
        texts.setdefault(row["item_code"], []).append(text)
    return {code: "; ".join(sorted(parts)) for code, parts in texts.items()}


def _page(template: str, diff: SetDiff, lang: str) -> str:
    rows = diff.changes(lang).to_dict("records")
    by_kind = {key: [row for row in rows if row["change"] == key] for key in CHANGE_KINDS}
    groups = [
        {"key": key, "rows": found, "count": len(found)} for key, found in by_kind.items() if found
    ]
    page = environment().get_template(template)
    return page.render(
        old=diff.old.meta, new=diff.new.meta, groups=groups, lang=lang, text=words(lang)
    )
