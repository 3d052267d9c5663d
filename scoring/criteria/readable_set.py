"""A criteria set as people read it: rules as sentences, evidence, worked examples, sources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.base.dates import date_from_serial, format_date, read_date
from scoring.base.due_dates import read_due_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.criteria.building import Cells
from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.roll_up_rules import index_sentence
from scoring.criteria.set_nodes import Node
from scoring.criteria.set_policies import Grade, SetMeta
from scoring.criteria.worked_examples import SetExample, worked_examples
from scoring.official.document_kinds import kind_words
from scoring.rules import Band, InputSpec, RuleSpec
from scoring.rules.expression import YEAR
from scoring.rules.kinds.rule_kind import range_words


@dataclass(frozen=True)
class FigureText:
    """A figure that units report: its wording, what it is, and how to fill it in."""

    label: str
    kind: str
    hint: str

    def __str__(self) -> str:
        return f"{self.label} ({self.kind})" + (f" – {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class ExampleText:
    """A worked example: figures and their values, the calculation, the points it comes to."""

    name: str
    figures: tuple[tuple[str, str], ...]
    arithmetic: str
    points: str
    is_taken_off: bool = False

    def result(self, lang: str = "vi") -> str:
        """Return the calculation and what it comes to as a sentence."""
        key = "example_result_off" if self.is_taken_off else "example_result"
        return label(key, lang, arithmetic=self.arithmetic, points=self.points)


@dataclass(frozen=True)
class NodeText:
    """A node of a set in words.

    Attributes
    ----------
    depth : int
        0 for an area.
    rule, sentence : str
        Short name of the rule kind, and the rule as a sentence.
    figures, evidence, examples : tuple
        Empty on a node that only adds up its children.
    most, in_structure : str
        The maximum in words, and as lists have it; of a penalty, how much is taken off at most.
    policy : str
        What happens when the node does not apply; empty where that is the usual.
    """

    code: str
    name: str
    depth: int
    is_item: bool
    max_points: str
    most: str
    in_structure: str
    assessed_by: str
    rule: str
    sentence: str
    figures: tuple[FigureText, ...]
    evidence: tuple[str, ...]
    examples: tuple[ExampleText, ...]
    policy: str
    note: str
    source: str


def explain_nodes(criteria: CriteriaSet, lang: str = "vi") -> list[NodeText]:
    """Return every node of a set in words, in order.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> nodes = explain_nodes(open_set("service-quality-766"), "en")
    >>> nodes[1].sentence[:12], nodes[3].examples[0].points
    ('Points = 6 ×', '1.96')
    """
    reader = _Reader(criteria, lang)
    return [reader.node(node) for node in criteria.nodes]


def most_points(node: Node, lang: str = "vi") -> str:
    """Return the maximum of a node in words; of a penalty, how much is taken off at most."""
    key = "points_off_up_to" if node.kind == "penalty" else "points_up_to"
    return label(key, lang, points=format_number(node.max_points, lang=lang))


def structure_points(node: Node, lang: str = "vi") -> str:
    """Return the maximum of a node as lists of nodes have it: a number, what a penalty takes off.

    >>> from scoring.criteria import open_set
    >>> nodes = open_set("khanh-hoa-11-qd-tu-2026-monthly").by_code
    >>> structure_points(nodes["I"]), structure_points(nodes["III"])
    ('20', 'bị trừ tối đa 3,5')
    """
    points = format_number(node.max_points, lang=lang)
    return label("structure_off", lang, points=points) if node.kind == "penalty" else points


def due_words(due_on: str, lang: str = "vi") -> str:
    """Return a due date of a set in words; any other text comes back unchanged.

    >>> due_words("year-01-15"), due_words("year+1-01-10", "en")
    ('15/01/năm đánh giá', '10 Jan of the year after')
    """
    due = read_due_date(due_on)
    return due_on if due is None else due.sentence(lang)


class _Reader:
    """Puts the nodes of one set into the words of one language."""

    def __init__(self, criteria: CriteriaSet, lang: str) -> None:
        self.criteria, self.lang = criteria, lang
        self.inputs = Cells("inputs", criteria.tables["inputs"]).by("item_code", "input")
        self.documents = Cells("evidence", criteria.tables["evidence"]).by("item_code")
        self.examples: dict[str, list[ExampleText]] = {}
        for example in worked_examples(criteria):
            self.examples.setdefault(example.spec.code, []).append(self._example(example))

    def node(self, node: Node) -> NodeText:
        lang, spec, code = self.lang, node.spec, node.code
        is_excused = spec is not None and spec.not_applicable != "not_allowed"
        rules = self.criteria.rules[code] if node.is_item else None
        return NodeText(
            code=code,
            name=node.name(lang),
            depth=len(self.criteria.lineage(code)) - 1,
            is_item=node.is_item,
            max_points=self._number(node.max_points),
            most=most_points(node, lang),
            in_structure=structure_points(node, lang),
            assessed_by=self._word(f"assessed_by_{node.assessed_by}") if node.is_item else "",
            rule=self._word(f"rule_{node.rule}") if node.rule else "",
            sentence=rules.sentence(lang) if rules else self.criteria.roll_up.sentence(code, lang),
            figures=tuple(self._figure(spec, entry) for entry in spec.inputs) if spec else (),
            evidence=tuple(map(self._document, self.documents.get((code,), ()))),
            examples=tuple(self.examples.get(code, ())),
            policy=self._word(f"policy_{spec.not_applicable}") if spec and is_excused else "",
            note=node.note(lang),
            source=node.source,
        )

    def _word(self, key: str, **values: object) -> str:
        return label(key, self.lang, **values)

    def _number(self, value: float) -> str:
        return format_number(value, lang=self.lang)

    def _text(self, row: Mapping[str, Any], name: str) -> str:
        """Return a text that a row holds in both languages, in Vietnamese where it must."""
        return (row[f"{name}_en"] if self.lang == "en" else "") or row[f"{name}_vi"]

    def _figure(self, spec: RuleSpec, entry: InputSpec) -> FigureText:
        parts = [self._word(f"input_kind_{entry.kind}")]
        if entry.kind == "choice":
            options = spec.options_of(entry.name)
            parts.append("; ".join(option.label(self.lang) for option in options))
        if entry.unit:
            parts.append(self._word("figure_unit", unit=entry.unit))
        for key, limit in (("figure_from", entry.minimum), ("figure_to", entry.maximum)):
            if not math.isnan(limit):
                parts.append(self._word(key, limit=self._number(limit)))
        if entry.at_most:
            limiting = spec.named(entry.at_most).label(self.lang)
            parts.append(self._word("figure_at_most", limit=limiting))
        rows = self.inputs.get((spec.code, entry.name))
        hint = self._text(rows[-1], "hint") if rows else ""
        return FigureText(entry.label(self.lang), ", ".join(parts), hint)

    def _document(self, row: Mapping[str, Any]) -> str:
        count = self._number(row["min_documents"])
        text = self._word("evidence_wanted", kind=kind_words(row["kind"], self.lang), count=count)
        if row["issuer"]:
            text += self._word("evidence_from", issuer=row["issuer"])
        if row["issued_by"]:
            text += self._word("evidence_by", due=due_words(row["issued_by"], self.lang))
        note = self._text(row, "note")
        return f"{text}: {note}" if note else text

    def _example(self, example: SetExample) -> ExampleText:
        """Compute an example again; what is shown is what the rule gives, not what the set claims."""
        values = dict(example.values)
        figures = [self._reported(example.spec, name, value) for name, value in values.items()]
        if not math.isnan(example.year):
            values[YEAR] = example.year
            figures.append((self._word("assessment_year"), str(int(example.year))))
        decimals = self.criteria.meta.decimals
        return ExampleText(
            name=example.name,
            figures=tuple(figures),
            arithmetic=example.rule.arithmetic(values, self.lang),
            points=format_number(example.points, decimals, self.lang),
            is_taken_off=self.criteria.by_code[example.spec.code].kind == "penalty",
        )

    def _reported(self, spec: RuleSpec, name: str, value: float) -> tuple[str, str]:
        """Return the wording and the value of a figure."""
        if name.startswith("@best:"):
            best = self._word("best_of_block", name=spec.named(name[6:]).label(self.lang))
            return best, self._number(value)
        entry = spec.named(name)
        if math.isnan(value):
            shown = "—"
        elif entry.kind == "yes_no":
            shown = self._word("yes" if value else "no")
        elif entry.kind == "choice":
            shown = spec.options_of(name)[int(value)].label(self.lang)
        elif entry.kind == "date":
            is_never = math.isinf(value)
            shown = (
                self._word("never") if is_never else format_date(date_from_serial(value), self.lang)
            )
        else:
            shown = self._number(value)
        return entry.label(self.lang), shown


def explain_set(criteria: CriteriaSet, item: str | None = None, lang: str = "vi") -> str:
    """Return a set, or one node and all below it, as plain text.

    Parameters
    ----------
    criteria : CriteriaSet
    item : str, optional
        Code of an area, criterion or item; the whole set without it.
    lang : {"vi", "en"}

    Returns
    -------
    str
        Each rule as a sentence, the figures and evidence it asks for, its worked examples
        computed, its source and note.

    Raises
    ------
    UsageError
        When the set has no node of that code.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> print(explain_set(open_set("service-quality-766"), "2", "en").splitlines()[-1].strip()[:7])
    Source:
    """
    if item is not None and item not in criteria.by_code:
        raise UsageError(
            f"explain_set: the set {criteria.set_id} has no item {item!r}",
            Finding("unknown-item", item_code=item, values={"set_id": criteria.set_id}),
        )
    lines = [] if item else list(_heading(criteria, lang))
    if item and criteria.meta.status == "sample":
        lines = [label("sample_warning", lang), ""]
    for node in explain_nodes(criteria, lang):
        if item is None or criteria.by_code[item] in criteria.lineage(node.code):
            lines += [*_node_lines(node, lang), ""]
    return "\n".join(lines).rstrip()


def set_facts(criteria: CriteriaSet, lang: str = "vi") -> list[tuple[str, str]]:
    """Return what identifies a set, as pairs of a heading and its text."""
    meta = criteria.meta
    issued = ", ".join(_decision_parts(meta.decision, lang))
    ends = [format_date(day, lang) if day else "…" for day in (meta.valid_from, meta.valid_to)]
    facts = [
        (label("policy_status", lang), label(f"status_{meta.status}", lang)),
        (label("policy_total_points", lang), format_number(meta.total_points, lang=lang)),
        (label("fact_validity", lang), " – ".join(ends)),
        (label("fact_decision", lang), issued),
        (label("fact_index", lang), index_sentence(criteria, lang)),
        (label("fact_version", lang), f"{meta.set_id} {meta.version}"),
        (label("source", lang), meta.source),
    ]
    return [(heading, text) for heading, text in facts if text]


def _decision_parts(decision: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Yield number and day, issuer and title, as far as the set names them."""
    day = read_date(decision.get("issued_on", "")).value
    dated = label("fact_decision_of", lang, day=format_date(day, lang)) if day else ""
    number = " ".join(part for part in (decision.get("number", ""), dated) if part)
    yield from filter(None, (number, decision.get("issuer", ""), decision.get("title", "")))


def _heading(criteria: CriteriaSet, lang: str) -> Iterator[str]:
    yield criteria.meta.name(lang)
    if criteria.meta.status == "sample":
        yield label("sample_warning", lang)
    yield ""
    yield from (f"{heading}: {text}" for heading, text in set_facts(criteria, lang))
    yield from (f"! {caveat}" for caveat in criteria.meta.warnings(lang))
    if grades := grade_lines(criteria.meta, lang):
        yield from ("", f"{label('handbook_grades', lang)}:", *(f"- {line}" for line in grades))
    yield ""


def _node_lines(node: NodeText, lang: str) -> Iterator[str]:
    indent = "   " * node.depth
    yield f"{indent}{node.code}. {node.name} ({node.most})"
    pairs = [(label("rule", lang), node.sentence)]
    if node.is_item:
        pairs += [(label("reported_figures", lang), str(figure)) for figure in node.figures]
        pairs += [(label("document", lang), text) for text in node.evidence]
        pairs += [(label("worked_example", lang), _line(e, lang)) for e in node.examples]
        pairs.append((label("fact_assessed_by", lang), node.assessed_by))
    pairs += [(label("not_applicable", lang), node.policy), (label("note", lang), node.note)]
    if node.is_item:
        pairs.append((label("source", lang), node.source))
    yield from (f"{indent}   {heading}: {text}" for heading, text in pairs if text)


def _line(example: ExampleText, lang: str) -> str:
    figures = "; ".join(f"{name} = {value}" for name, value in example.figures)
    return f"{example.name}. {figures}. {example.result(lang)}"


def grade_words(grade: Grade, lang: str = "vi") -> str:
    """Return a grade with its ends in words.

    >>> grade_words(Grade("A", "Tốt", "Good", 80.0, float("inf"), True, False))
    'Tốt: từ 80 trở lên'
    """
    ends = (grade.lower, grade.upper, grade.lower_closed, grade.upper_closed)
    return f"{grade.label(lang)}: {range_words(Band(*ends, points=0.0), '', lang)}"


def grade_lines(meta: SetMeta, lang: str = "vi") -> list[str]:
    """Return the grades of a set in words, then what their conditions and quotas say."""
    names = {grade.code: grade.label(lang) for grade in meta.grades}
    names[""] = label("handbook_grade_any", lang)
    rules = [f"{names[rule.grade]}: {rule.label(lang)}" for rule in meta.grade_rules]
    return [*(grade_words(grade, lang) for grade in meta.grades), *rules]
