"""From the cells of a block to the rule they state."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from scoring.base.findings import Finding
from scoring.base.labels import Named, label
from scoring.base.numbers import format_number
from scoring.base.text import clean_text
from scoring.base.vocabulary import yes_or_no
from scoring.criteria.appendix.review.review_blocks import is_untouched
from scoring.criteria.appendix.review.review_cells import (
    ANSWERS,
    AT,
    CONDITIONS,
    PARAMETERS_OF,
    RANGES,
    SHARE,
    SHEET,
    STEPS_OF,
    Block,
    Cells,
    applies_words,
    kind_words,
    measure_of,
    measure_words,
    measures,
    no_whole_words,
    parent_words,
)
from scoring.criteria.appendix.scoring_text import ItemFacts
from scoring.criteria.appendix.scoring_text.rule_reading import (
    direct_rule,
    measure_label,
    percent_input,
)
from scoring.criteria.columns import column_letters
from scoring.criteria.workbook_cells import Place, cell_text
from scoring.rules import Band, InputSpec, Option, RuleSpec
from scoring.rules.kinds import PARAMETERS
from scoring.rules.rule_check import check_rule


@dataclass
class RuleCells:
    """Reads the rule of one block; what cannot be told is a finding at its cell.

    Attributes
    ----------
    block : Block
        With the row number of each of its rows under ``at``, counted from 1.
    original : RuleSpec
        The rule that the set has for the item so far.
    """

    block: Block
    original: RuleSpec
    findings: list[Finding] = field(default_factory=list)

    def rule(self) -> RuleSpec:
        """Return the rule the cells state, or the original where they do not state one."""
        item = self.block.item
        word = str(item.get("kind") or "").strip()
        if is_untouched(self.block, self.original):
            return self.original
        is_same = word == label(f"rule_{self.original.kind}")
        kind = kind_words().get(word)
        if kind is None and not is_same:
            self.report("review-word-unknown" if word else "review-cell-empty", item, "kind")
            return self.original
        facts = ItemFacts(
            self.original.code, str(item.get("content") or ""), self.number(item, "points")
        )
        if math.isnan(facts.max_points):
            self.report("review-cell-empty", item, "points")
            return self.original
        if kind is None or (is_same and not self._is_held()):
            spec = self._as_read(facts.max_points)
        else:
            spec = self._made(kind, facts)
        problems = check_rule(spec) if not self.findings else []
        for problem in problems[:1]:
            self.report(
                "review-rule-unsound",
                item,
                "kind",
                problem=Named(problem.problem("vi"), problem.problem("en")),
            )
        return spec if not self.findings else self.original

    def _as_read(self, max_points: float) -> RuleSpec:
        """Return a rule that the sheet cannot hold, as it was read but for maximum and policies."""
        self._report_wordless()
        return self._with_policies(replace(self.original, max_points=max_points))

    def _report_wordless(self) -> None:
        """Name the steps that have points and no words."""
        for step in self.block.steps:
            if _is_empty(step, "content") and not _is_empty(step, "points"):
                self.report("review-cell-empty", step, "content")

    def _is_held(self) -> bool:
        """Say whether the sheet can hold the original rule; one it cannot is kept as it was read."""
        is_yes_or_no = self.original.kind == "choice" and not self.original.options
        return self.original.kind in STEPS_OF and not (is_yes_or_no and not self._worded())

    def parent_rule(self) -> None:
        """Note what is wrong with how a parent is said to count its parts."""
        word = str(self.block.item.get("kind") or "").strip()
        if word not in parent_words():
            self.report(
                "review-word-unknown" if word else "review-cell-empty", self.block.item, "kind"
            )

    def number(self, cells: Cells, name: str) -> float:
        """Read a number; NaN where the cell is empty or unclear, which is a finding."""
        text, finding = cell_text(cells.get(name), "number", self._place(cells, name))
        try:
            value = float(text) if text else math.nan
        except ValueError:
            value, finding = math.nan, finding or Finding("review-word-unknown")
        if finding is not None:
            self.report("review-word-unknown", cells, name)
        return value

    def percent(self, cells: Cells, name: str, known: Collection[float]) -> float:
        """Read a percentage, 85 for 85%; a share in its place, as a spreadsheet makes of a typed
        "85%", is a finding unless it is one of the `known` figures or says "%" itself."""
        cell = cells.get(name)
        if isinstance(cell, str) and clean_text(cell).endswith("%"):
            return self.number(cells | {name: clean_text(cell).removesuffix("%")}, name)
        value = self.number(cells, name)
        if 0 < value <= 1 and value not in known:
            shown = {"value": format_number(value), "percent": format_number(value * 100)}
            self.report("review-percent-as-share", cells, name, **shown)
        return value

    def report(self, code: str, cells: Cells, name: str, **values: object) -> None:
        """Note a finding about one cell."""
        title = Named(*(label(f"review_col_{name}", lang) for lang in ("vi", "en")))
        met = {"value": str(cells.get(name) or ""), "column": title}
        cell = self._place(cells, name).cell
        self.findings.append(
            Finding(code, sheet=SHEET, cell=cell, item_code=self.original.code, values=met | values)
        )

    def _place(self, cells: Cells, name: str) -> Place:
        return Place(SHEET, label(f"review_col_{name}"), f"{column_letters(AT[name])}{cells['at']}")

    def _made(self, kind: str, item: ItemFacts) -> RuleSpec:
        if kind == "direct":
            return self._with_policies(self._direct(item))
        parts = self._kept(kind) | {
            parameter: self._parameter(cell, parameter)
            for cell, parameter in PARAMETERS_OF.get(kind, {}).items()
        }
        if kind == "deadline":
            parts["due_on"] = str(self.block.item.get("due") or "").strip()
        if kind == "formula":
            parts["formula"] = str(self.block.item.get("formula") or "").strip()
        held = STEPS_OF[kind]
        if held == RANGES:
            parts["bands"] = tuple(self._bands(self._is_percent(kind)))
        if held == ANSWERS:
            parts["options"] = tuple(self._options())
        inputs = self._inputs(kind, item)
        quotient = any(entry.role == "denominator" for entry in inputs)
        if quotient or kind == "growth":
            said = self._policy("no_whole", no_whole_words())
            parts["zero_denominator"] = said or self.original.zero_denominator or "not_assessed"
        return self._with_policies(item.rule(kind, *inputs, **parts))

    def _direct(self, item: ItemFacts) -> RuleSpec:
        """Return points given directly; what else the item asks for stays."""
        made = direct_rule(item)
        if self.original.kind != "direct":
            return made
        (given,) = made.inputs
        inputs = (
            replace(entry, maximum=given.maximum) if entry.role == "points" else entry
            for entry in self.original.inputs
        )
        return replace(self.original, max_points=item.max_points, inputs=tuple(inputs))

    def _kept(self, kind: str) -> dict[str, Any]:
        """Return the parameters of the original rule, which no cell shows, while its kind stays."""
        if kind != self.original.kind:
            return {}
        plain = (name for name in PARAMETERS if name not in ("bands", "options"))
        return {name: getattr(self.original, name) for name in plain}

    def _with_policies(self, spec: RuleSpec) -> RuleSpec:
        applies = self._policy("applies", applies_words()) or self.original.not_applicable
        return replace(spec, not_applicable=applies, is_penalty=self.original.is_penalty)

    def _policy(self, name: str, words: dict[str, str]) -> str:
        """Return the policy that a cell names; empty where it is empty or names none."""
        word = str(self.block.item.get(name) or "").strip()
        if word and word not in words:
            self.report("review-word-unknown", self.block.item, name)
        return words.get(word, "")

    def _parameter(self, cell: str, parameter: str) -> float:
        item = self.block.item
        if parameter.endswith("_percent"):
            return self.percent(item, cell, (getattr(self.original, parameter),))
        return self.number(item, cell)

    def _is_percent(self, kind: str) -> bool:
        """Say whether the borders of the steps are percentages."""
        word = str(self.block.item.get("measure") or "").strip()
        measured = measure_words().get(word) if kind == "bands" else ""
        return kind == "growth" or measured in ("percent", "quotient")

    def _bands(self, is_percent: bool) -> Iterator[Band]:
        known = {border for band in self.original.bands for border in (band.lower, band.upper)}
        for step in self.block.steps:
            is_share = str(step.get("points") or "").strip().casefold() == SHARE
            low, high = (
                self.percent(step, name, known) if is_percent else self.number(step, name)
                for name in ("lower", "upper")
            )
            open_low, open_high = math.isnan(low), math.isnan(high)
            if _is_empty(step, "points"):
                if not (open_low and open_high):
                    self.report("review-cell-empty", step, "points")
                continue
            yield Band(
                -math.inf if open_low else low,
                math.inf if open_high else high,
                not open_low and self._closed(step, "lower_closed") is not False,
                not open_high and bool(self._closed(step, "upper_closed")),
                math.nan if is_share else self.number(step, "points"),
                is_share,
            )

    def _closed(self, step: Cells, name: str) -> bool | None:
        """Say whether a border belongs to its step; None where the cell is empty."""
        answer = yes_or_no(step.get(name))
        if answer is None and not _is_empty(step, name):
            self.report("review-word-unknown", step, name)
        return answer

    def _options(self) -> Iterator[Option]:
        known = {option.label_vi: option for option in self.original.options}
        for step in self.block.steps:
            if _is_empty(step, "content") and not _is_empty(step, "points"):
                self.report("review-cell-empty", step, "content")
        answers = self.original.with_role("answer") if self.original.kind == "choice" else ()
        answer = answers[0].name if answers else "answer"
        for number, step in enumerate(self._worded(), start=1):
            wording = str(step["content"]).strip()
            was = known.get(wording)
            code = was.code if was else f"p{number}"
            if math.isnan(points := self.number(step, "points")):
                self.report("review-cell-empty", step, "points")
            yield Option(code, wording, was.label_en if was else "", points, answer)

    def _worded(self) -> list[Cells]:
        return [step for step in self.block.steps if str(step.get("content") or "").strip()]

    def _inputs(self, kind: str, item: ItemFacts) -> tuple[InputSpec, ...]:
        measure = self._measure() if kind in ("bands", "ratio") else ""
        was = self.original
        is_same = was.kind == kind and measure == measure_of(was)
        if STEPS_OF[kind] == CONDITIONS:
            asked = [entry.label_vi for entry in was.with_role("condition")]
            is_same = is_same and asked == [str(s["content"]).strip() for s in self._worded()]
        if is_same:
            return was.inputs
        makers: dict[str, Callable[[], tuple[InputSpec, ...]]] = {
            "choice": lambda: (InputSpec("answer", "choice", "answer", item.title),),
            "deadline": lambda: (InputSpec("done_on", "date", "done_on", item.title),),
            "count": lambda: (InputSpec("count", "count", "count", item.title, minimum=0.0),),
            "deduction": lambda: (InputSpec("cases", "count", "cases", item.title, minimum=0.0),),
            "survey_index": lambda: (percent_input(item),),
            "growth": lambda: self._growth(item),
        }
        if kind in makers:
            return makers[kind]()
        if STEPS_OF[kind] == CONDITIONS:
            return tuple(
                InputSpec(f"c{number}", "yes_no", "condition", str(step["content"]).strip())
                for number, step in enumerate(self._worded(), start=1)
            )
        named = measure_label(item) if measure == "percent" else item.title
        inputs = measures()[measure].inputs if measure in measures() else ()
        return tuple(replace(e, label_vi=self._label(e, named)) for e in inputs)

    def _label(self, entry: InputSpec, name: str) -> str:
        part = {"numerator": "review_part", "denominator": "review_whole"}.get(entry.role)
        return f"{label(part)}: {name}" if part else name

    def _growth(self, item: ItemFacts) -> tuple[InputSpec, ...]:
        now = InputSpec("value", "number", "value", item.title, minimum=0.0)
        before = f"{item.title} ({label('review_previous')})"
        return now, InputSpec("previous", "number", "previous", before, minimum=0.0)

    def _measure(self) -> str:
        item = self.block.item
        word = str(item.get("measure") or "").strip()
        measure = measure_words().get(word, "")
        if not measure:
            self.report("review-word-unknown" if word else "review-cell-empty", item, "measure")
        return measure


def _is_empty(cells: Cells, name: str) -> bool:
    return not clean_text(str("" if cells.get(name) is None else cells[name]))
