"""A plan's own targets against their results on a day, with the waivers that stand beside them."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.values import TARGET_COMPARATORS, TARGET_SOURCES
from scoring.base.vocabulary import yes_or_no
from scoring.plan import target_judging as judging
from scoring.plan.target_bindings import baseline_year_of, comparator_of
from scoring.plan.target_sources import Found, ResultSources, results_of
from scoring.tables import checked, day_of, rows_of, table_of

_NOTHING: dict[str, object] = {
    "result": math.nan, "low": math.nan, "high": math.nan, "result_year": pd.NA, "gap": math.nan,
    "path_value": math.nan, "path_percent": math.nan,
}  # fmt: skip


class _Target(NamedTuple):
    """What of a target and its binding judging needs."""

    code: str
    comparator: str
    value: float
    upper_value: float
    unit: str
    year: int
    baseline: str
    path: str


@dataclass
class _Judge:
    """Judges target after target and collects what it finds."""

    sources: ResultSources
    on: dt.date
    starts: Mapping[str, tuple[int, float]]
    findings: list[Finding] = field(default_factory=list)

    def judged(self, target: _Target, binding: Any | None, several: bool) -> dict[str, object]:
        """Return what is told of one target; `several` rows bind it."""
        if not _is_year(target.year):
            self._note("plan-target-without-year", target, binding, [])
            return self._open("no-year")
        if several:
            self._note("plan-target-two-results", target, binding, [])
            return self._open("two-results")
        if binding is None or not binding.source:
            return self._open("not-bound")
        if yes_or_no(binding.confirmed) is not True:
            return self._open("not-confirmed")
        if why := self._broken(target, binding):
            return self._open(why)
        found = results_of(binding, self.sources, self.on)
        if found.why:
            code = (
                "plan-target-source-unknown"
                if found.why == "no-such-source"
                else "plan-target-two-results"
            )
            self._note(code, target, binding, found.known)
            return self._open(found.why)
        return self._measured(target, binding, found)

    def _open(self, why: str) -> dict[str, object]:
        return {**_NOTHING, "state": "not-measurable", "why": why}

    def _broken(self, target: _Target, binding: Any) -> str:
        if binding.source not in TARGET_SOURCES or binding.gives not in ("", "level", "change"):
            known = (*TARGET_SOURCES, "level", "change")
            self._note("plan-target-binding-word", target, binding, known)
            return "binding"
        if binding.source != "typed":
            return ""
        lacks = [name for name in ("value", "unit", "result_year", "told_by", "told_on")
                 if pd.isna(getattr(binding, name)) or not str(getattr(binding, name))]  # fmt: skip
        if lacks:
            self._note("plan-target-typed-incomplete", target, binding, lacks)
        return "binding" if lacks else ""

    def _measured(self, target: _Target, binding: Any, found: Found) -> dict[str, object]:
        due = self.on >= dt.date(target.year, 12, 31)
        rows = found.results
        known = rows[rows["year"] <= self.on.year]
        chosen = known[known["year"] == target.year] if due else known[known["year"] <= target.year]
        if chosen.empty:
            if len(rows) and due:
                years = [int(year) for year in rows["year"]]
                self._note("plan-target-result-other-year", target, binding, years)
            why = "other-year" if len(rows) else "no-result"
            open_ = self._open(why)
            return open_ if due else {**open_, "state": "not-yet-due", "why": ""}
        row = chosen.iloc[-1]
        return self._against(target, binding, found, row, due)

    def _against(
        self, target: _Target, binding: Any, found: Found, row: pd.Series, due: bool
    ) -> dict[str, object]:
        values = [float(row[name]) for name in ("value", "low", "high")]
        if not self._fits(target, binding, found.kind, values[0]):
            return self._open("unit")
        if judging.is_of_change(target.comparator) and binding.gives != "change":
            before = self._before(target, binding, found)
            if math.isnan(before):
                self._note("plan-target-no-baseline", target, binding, [])
                return self._open("no-baseline")
            way = judging.way_of(target.comparator)
            changes = [way * judging.change_of(value, before, target.unit) for value in values]
            values = [changes[0], *sorted(changes[1:])]
        gaps = judging.gaps_of(target, *values)
        state = judging.state_of(target.comparator, gaps) if due else "on-the-way"
        day = min(self.on, dt.date(int(row["year"]), 12, 31))
        start = self._start(target, binding)
        path = judging.pace(target, start, values[0], day) if not due else judging.Path()
        names = ("result", "low", "high")
        return {
            **dict(zip(names, values, strict=True)), "result_year": int(row["year"]),
            "gap": gaps.measured, "path_value": path.value, "path_percent": path.percent,
            "state": state, "why": "",
        }  # fmt: skip

    def _fits(self, target: _Target, binding: Any, kind: str, value: float) -> bool:
        unit = target.unit
        is_level = judging.is_of_change(target.comparator) and binding.gives != "change"
        # A percent of a percent may be meant in points or in parts: nobody can tell.
        is_doubtful = is_level and unit == "%" and judging.kind_of(kind) in ("percent", "fraction")
        if is_doubtful or (not (is_level and unit == "%") and not judging.fits(unit, kind)):
            self._note("plan-target-unit-differs", target, binding, [unit, kind])
            return False
        if unit == "%" and not is_level and 0 < value <= 1 and target.value >= 10:
            self._note("plan-target-looks-fraction", target, binding, [value])
        return True

    def _before(self, target: _Target, binding: Any, found: Found) -> float:
        if not math.isnan(binding.baseline_value):
            return float(binding.baseline_value)
        year = baseline_year_of(target.baseline, target.year)
        own = found.results.loc[found.results["year"] == year, "value"]
        return float(own.iloc[0]) if len(own) else math.nan

    def _start(self, target: _Target, binding: Any) -> tuple[int, float] | None:
        if not math.isnan(binding.baseline_value) and pd.notna(binding.baseline_year):
            return int(binding.baseline_year), float(binding.baseline_value)
        return self.starts.get(target.code)

    def _note(self, code: str, target: _Target, binding: Any, known: Any) -> None:
        names = ("source", "code", "part", "scope")
        told = {name: str(getattr(binding, name, "")) for name in names}
        bound = " ".join(text for text in (told["code"], told["part"], told["scope"]) if text)
        source = told["source"]
        what = Label(f"target_source_name_{source}") if source in TARGET_SOURCES else source
        values = {"target": target.code, "what": what, "bound": bound or "–", "year": target.year,
                  "known": ", ".join(map(str, known)) or "–"}  # fmt: skip
        self.findings.append(Finding(code, **_place(binding), values=values))


def target_results(
    targets: pd.DataFrame,
    bindings: pd.DataFrame,
    waivers: pd.DataFrame,
    on: dt.date,
    sources: ResultSources,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Judge every target of a plan by its result at the end of the day `on`.

    Parameters
    ----------
    targets : DataFrame
        Table ``PlanTargets``.
    bindings : DataFrame
        Table ``TargetBindings``. Only rows that a person confirmed count; two rows for one target
        leave it not measurable, since nobody said which counts.
    waivers : DataFrame
        Table ``TargetWaivers``. A waiver changes no state: it stands beside it, and lapses.
    on : date
    sources : ResultSources

    Returns
    -------
    DataFrame
        Table ``TargetResults``, in the order of `targets`.
    list of Finding

    Notes
    -----
    A target is due at the end of its year, and judged then by a result of that very year. Before,
    the last result up to the day says how far it is on the way. A bare figure ("đạt 90%") is held
    to be at least that, as its binding says; a survey's result is met or missed only where its
    interval shows it. Units are compared, never converted.

    Examples
    --------
    >>> from scoring.plan.target_bindings import propose_bindings, targets_from_text
    >>> targets = targets_from_text("Mức độ hài lòng đạt trên 85%.", 2025)
    >>> told = {"source": "typed", "value": 86.5, "unit": "%", "result_year": 2025,
    ...     "told_by": "Văn phòng", "told_on": pd.Timestamp("2026-01-10"), "confirmed": "x"}
    >>> bindings = propose_bindings(targets).assign(**told)
    >>> from scoring.tables import empty
    >>> table, findings = target_results(
    ...     targets, bindings, empty("TargetWaivers"), dt.date(2026, 1, 15), ResultSources())
    >>> table[["comparator", "result", "gap", "state"]].values.tolist(), findings
    ([['above', 86.5, 1.5, 'met']], [])
    """
    checked(targets, "PlanTargets", by="target_results")
    checked(bindings, "TargetBindings", by="target_results")
    checked(waivers, "TargetWaivers", by="target_results")
    bound = _bound(bindings)
    read = [_target(row, bound) for row in rows_of(targets)]
    findings = [*_unknown_targets(bindings, waivers, {target.code for target in read})]
    starts, problems = _starts(read, bound)
    judge = _Judge(sources, on, starts, [*findings, *problems])
    in_force, lapsed = _in_force(waivers, on)
    rows = []
    for own, target in zip(rows_of(targets), read, strict=True):
        mine = bound.get(target.code, [])
        told = judge.judged(target, mine[0] if mine else None, len(mine) > 1)
        rows.append(_row(own, target, mine[0] if mine else None, told, in_force.get(target.code)))
    return table_of(rows, "TargetResults"), [*judge.findings, *lapsed]


def _bound(bindings: pd.DataFrame) -> dict[str, list[Any]]:
    bound: dict[str, list[Any]] = {}
    for row in rows_of(bindings):
        bound.setdefault(row.target_code, []).append(row)
    return bound


def _place(row: Any) -> dict[str, str]:
    """Return where a row stands, as a finding names it."""
    return {name: str(getattr(row, name, "")) for name in ("file", "sheet", "cell")}


def _target(row: Any, bound: Mapping[str, list[Any]]) -> _Target:
    binding = next(iter(bound.get(row.target_code, [])), None)
    said = binding.comparator if binding is not None else ""
    comparator = said if said in TARGET_COMPARATORS else comparator_of(row)
    path = binding.path if binding is not None else ""
    about = row.value, row.upper_value, row.unit, int(row.year), row.baseline
    return _Target(row.target_code, comparator, *about, path)


def _unknown_targets(
    bindings: pd.DataFrame, waivers: pd.DataFrame, known: set[str]
) -> Iterator[Finding]:
    for table in (bindings, waivers):
        for row in rows_of(table[~table["target_code"].isin(known)]):
            place = _place(row)
            yield Finding("plan-target-unknown", **place, values={"target": row.target_code})
    for row in rows_of(bindings):
        if row.comparator and row.comparator not in TARGET_COMPARATORS:
            values = {"target": row.target_code, "bound": row.comparator,
                      "known": ", ".join(TARGET_COMPARATORS)}  # fmt: skip
            place = _place(row)
            yield Finding("plan-target-comparator-unknown", **place, values=values)


def _starts(
    read: list[_Target], bound: Mapping[str, list[Any]]
) -> tuple[dict[str, tuple[int, float]], list[Finding]]:
    """Return where the way to each phase starts: at the phase before it; contradictions start none."""
    paths: dict[str, list[_Target]] = {}
    for target in read:
        if target.path:
            paths.setdefault(target.path, []).append(target)
    starts: dict[str, tuple[int, float]] = {}
    findings = []
    for path, phases in paths.items():
        phases.sort(key=lambda target: target.year)
        pairs = list(itertools.pairwise(phases))
        if any(judging.contradicts(*pair) for pair in pairs):
            told = "; ".join(f"{one.code}: {one.year}, {one.comparator} {one.value:g} {one.unit}"
                             for one in phases)  # fmt: skip
            row = bound[phases[0].code][0]
            place = _place(row)
            values = {"path": path, "known": told}
            findings.append(Finding("plan-target-phases-contradict", **place, values=values))
            continue
        starts |= {late.code: (early.year, early.value) for early, late in pairs}
    return starts, findings


def _in_force(waivers: pd.DataFrame, on: dt.date) -> tuple[dict[str, Any], list[Finding]]:
    """Return the waivers that hold on the day, and why others do not."""
    counts = Counter(waivers["target_code"])
    held, findings = {}, []
    for row in rows_of(waivers):
        place = _place(row)
        values: dict[str, object] = {"target": row.target_code}
        if not row.reason or not row.decided_by or pd.isna(row.until):
            findings.append(Finding("plan-target-waiver-incomplete", **place, values=values))
        elif counts[row.target_code] > 1:
            findings.append(Finding("plan-target-waiver-twice", **place, values=values))
        elif row.until < day_of(on):
            values |= {"until": row.until.date(), "by": row.decided_by}
            findings.append(Finding("plan-target-waiver-lapsed", **place, values=values))
        else:
            held[row.target_code] = row
    return held, findings


def _is_year(year: int) -> bool:
    """Say whether a target names its year; a plan that names none leaves 0."""
    return dt.MINYEAR < year <= dt.MAXYEAR


def _row(
    own: Any, target: _Target, binding: Any | None, told: dict[str, object], waiver: Any | None
) -> dict[str, object]:
    bound = {name: getattr(binding, name, "") for name in ("source", "code", "part")}
    typed = binding if bound["source"] == "typed" else None
    return {
        "target_code": target.code, "path": target.path, "area_code": own.area_code,
        "indicator": own.indicator, "comparator": target.comparator, "value": target.value,
        "upper_value": target.upper_value, "unit": target.unit, "year": target.year,
        "due_on": day_of(dt.date(target.year, 12, 31)) if _is_year(target.year) else pd.NaT,
        **bound, **told,
        "told_by": typed.told_by if typed else "",
        "told_on": typed.told_on if typed else pd.NaT,
        "waived_until": waiver.until if waiver else pd.NaT,
        "waived_by": waiver.decided_by if waiver else "",
        "waiver_reason": waiver.reason if waiver else "",
        "sentence": own.sentence, "source_place": own.source_place,
    }  # fmt: skip
