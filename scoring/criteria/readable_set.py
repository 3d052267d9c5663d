"""A criteria set as people read it: rules as sentences, evidence, worked examples, sources."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.base.dates import date_from_serial, format_date
from scoring.base.due_dates import read_due_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.criteria.building import Cells
from scoring.criteria.criteria_set import CriteriaSet, Node
from scoring.criteria.set_check import example_value
from scoring.rules import InputSpec, RuleSpec
from scoring.rules.expression import YEAR


@dataclass(frozen=True)
class FigureText:
    """A figure that units report: its wording, what it is, and how to fill it in."""

    label: str
    kind: str
    hint: str


@dataclass(frozen=True)
class ExampleText:
    """A worked example: figures and their values, the calculation, the points it comes to."""

    name: str
    figures: tuple[tuple[str, str], ...]
    arithmetic: str
    points: str
    source: str


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
    policy : str
        What happens when the node does not apply; empty where that is the usual.
    """

    code: str
    name: str
    depth: int
    is_item: bool
    max_points: str
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
    examples = _examples(criteria, lang)
    evidence = _evidence(criteria, lang)
    hints = _hints(criteria, lang)
    return [
        _node_text(node, criteria, lang, hints, evidence.get(node.code, []), examples)
        for node in criteria.nodes
    ]


def _node_text(
    node: Node,
    criteria: CriteriaSet,
    lang: str,
    hints: dict[tuple[str, str], str],
    evidence: list[str],
    examples: dict[str, list[ExampleText]],
) -> NodeText:
    spec = node.spec
    figures = tuple(_figure(spec, entry, hints, lang) for entry in spec.inputs) if spec else ()
    excused = spec is not None and spec.not_applicable != "not_allowed"
    return NodeText(
        code=node.code,
        name=node.name(lang),
        depth=_depth(node, criteria),
        is_item=node.is_item,
        max_points=format_number(node.max_points, lang=lang),
        assessed_by=label(f"assessed_by_{node.assessed_by}", lang) if node.is_item else "",
        rule=label(f"rule_{node.rule}", lang) if node.rule else "",
        sentence=_sentence(node, criteria, lang),
        figures=figures,
        evidence=tuple(evidence),
        examples=tuple(examples.get(node.code, ())),
        policy=label(f"policy_{spec.not_applicable}", lang) if spec and excused else "",
        note=node.note(lang),
        source=node.source,
    )


def _depth(node: Node, criteria: CriteriaSet) -> int:
    depth = 0
    while node.parent:
        node = criteria.node(node.parent)
        depth += 1
    return depth


def _sentence(node: Node, criteria: CriteriaSet, lang: str) -> str:
    if node.is_item:
        return criteria.rules[node.code].sentence(lang)
    return criteria.roll_up.sentence(node.code, lang)


def _hints(criteria: CriteriaSet, lang: str) -> dict[tuple[str, str], str]:
    table = criteria.tables["inputs"]
    texts = table["hint_vi"] if lang == "vi" else table["hint_en"].where(
        table["hint_en"] != "", table["hint_vi"]
    )  # fmt: skip
    return dict(zip(zip(table["item_code"], table["input"], strict=True), texts, strict=True))


def _figure(
    spec: RuleSpec, entry: InputSpec, hints: dict[tuple[str, str], str], lang: str
) -> FigureText:
    parts = [label(f"input_kind_{entry.kind}", lang)]
    if entry.kind == "choice":
        parts.append("; ".join(option.label(lang) for option in spec.options_of(entry.name)))
    if entry.unit:
        parts.append(label("figure_unit", lang, unit=entry.unit))
    if not math.isnan(entry.minimum):
        parts.append(label("figure_from", lang, limit=format_number(entry.minimum, lang=lang)))
    if not math.isnan(entry.maximum):
        parts.append(label("figure_to", lang, limit=format_number(entry.maximum, lang=lang)))
    if entry.at_most:
        parts.append(label("figure_at_most", lang, limit=spec.named(entry.at_most).label(lang)))
    hint = hints.get((spec.code, entry.name), "")
    return FigureText(entry.label(lang), ", ".join(parts), hint)


def due_words(due_on: str, lang: str = "vi") -> str:
    """Return a due date of a set in words; any other text comes back unchanged.

    >>> due_words("year-01-15"), due_words("year+1-01-10", "en")
    ('15/01/năm đánh giá', '10/01/the year after')
    """
    due = read_due_date(due_on)
    return due_on if due is None else due.sentence(lang)


def _evidence(criteria: CriteriaSet, lang: str) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for _, row in Cells("evidence", criteria.tables["evidence"]).rows:
        note = (row["note_en"] if lang == "en" else row["note_vi"]) or row["note_vi"]
        count = row["min_documents"]
        text = label(
            "evidence_wanted", lang, kind=row["kind"], count=format_number(count, lang=lang)
        )
        if row["issued_by"]:
            text += label("evidence_by", lang, due=due_words(row["issued_by"], lang))
        wanted.setdefault(row["item_code"], []).append(f"{text}: {note}" if note else text)
    return wanted


def _examples(criteria: CriteriaSet, lang: str) -> dict[str, list[ExampleText]]:
    groups: dict[tuple[str, str], list[dict[str, object]]] = {}
    for _, row in Cells("examples", criteria.tables["examples"]).rows:
        groups.setdefault((row["item_code"], row["example"]), []).append(row)
    texts: dict[str, list[ExampleText]] = {}
    for (code, name), rows in groups.items():
        node = criteria.by_code.get(code)
        if node is not None and node.spec is not None:
            texts.setdefault(code, []).append(_example(node, criteria, name, rows, lang))
    return texts


def _example(
    node: Node, criteria: CriteriaSet, name: str, rows: list[dict[str, object]], lang: str
) -> ExampleText:
    """Compute an example again; what is shown is what the rule gives, not what the set claims."""
    spec, rule = node.spec, criteria.rules[node.code]
    assert spec is not None
    values = {
        str(row["input"]): example_value(spec, str(row["input"]), str(row["value"])) for row in rows
    }
    year = rows[0]["year"]
    figures = [(_figure_label(spec, n, lang), _shown(spec, n, v, lang)) for n, v in values.items()]
    if isinstance(year, float) and not math.isnan(year):
        values[YEAR] = year
        figures.append((label("assessment_year", lang), str(int(year))))
    arrays = {key: np.array([value]) for key, value in ({YEAR: math.nan} | values).items()}
    points = float(rule.score(arrays, 1).points[0])
    return ExampleText(
        name=name,
        figures=tuple(figures),
        arithmetic=rule.arithmetic(values, lang),
        points=format_number(points, criteria.meta.decimals, lang),
        source=str(rows[0]["source"]),
    )


def _figure_label(spec: RuleSpec, name: str, lang: str) -> str:
    if name.startswith("@best:"):
        return label("best_of_block", lang, name=spec.named(name[6:]).label(lang))
    return spec.named(name).label(lang)


def _shown(spec: RuleSpec, name: str, value: float, lang: str) -> str:
    kind = "number" if name.startswith("@best:") else spec.named(name).kind
    if math.isnan(value):
        return "—"
    if kind == "yes_no":
        return label("yes" if value else "no", lang)
    if kind == "choice":
        return spec.options_of(name)[int(value)].label(lang)
    if kind == "date":
        return (
            label("never", lang)
            if math.isinf(value)
            else format_date(date_from_serial(value), lang)
        )
    return format_number(value, lang=lang)


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
        if item is None or node.code == item or _is_below(node.code, item, criteria):
            lines += [*_node_lines(node, lang), ""]
    return "\n".join(lines).rstrip()


def _is_below(code: str, ancestor: str, criteria: CriteriaSet) -> bool:
    node = criteria.node(code)
    while node.parent:
        if node.parent == ancestor:
            return True
        node = criteria.node(node.parent)
    return False


def set_facts(criteria: CriteriaSet, lang: str = "vi") -> list[tuple[str, str]]:
    """Return what identifies a set, as pairs of a heading and its text."""
    meta = criteria.meta
    decision = meta.decision
    issued = " ".join(
        str(decision.get(key, "")) for key in ("number", "issued_on", "issuer", "title")
    )
    ends = [format_date(day, lang) if day else "…" for day in (meta.valid_from, meta.valid_to)]
    facts = [
        (label("policy_status", lang), label(f"status_{meta.status}", lang)),
        (label("policy_total_points", lang), format_number(meta.total_points, lang=lang)),
        (label("fact_validity", lang), " – ".join(ends)),
        (label("fact_decision", lang), issued.strip()),
        (label("fact_version", lang), f"{meta.set_id} {meta.version}"),
        (label("source", lang), meta.source),
    ]
    return [(heading, text) for heading, text in facts if text]


def _heading(criteria: CriteriaSet, lang: str) -> Iterator[str]:
    yield criteria.meta.name(lang)
    if criteria.meta.status == "sample":
        yield label("sample_warning", lang)
    yield ""
    yield from (f"{heading}: {text}" for heading, text in set_facts(criteria, lang))
    for caveat in criteria.meta.caveats:
        yield f"! {caveat.get(lang) or caveat.get('vi', '')}"
    yield ""


def _node_lines(node: NodeText, lang: str) -> Iterator[str]:
    indent = "   " * node.depth
    points = label("points_up_to", lang, points=node.max_points)
    yield f"{indent}{node.code}. {node.name} ({points})"
    pairs = [(label("rule", lang), node.sentence)]
    if node.is_item:
        pairs += [(label("reported_figures", lang), f"{f.label} ({f.kind})" + (f" – {f.hint}" if f.hint else ""))
                  for f in node.figures]  # fmt: skip
        pairs += [(label("document", lang), text) for text in node.evidence]
        pairs += [(label("worked_example", lang), example_line(e, lang)) for e in node.examples]
        pairs.append((label("fact_assessed_by", lang), node.assessed_by))
    pairs += [(label("not_applicable", lang), node.policy), (label("note", lang), node.note)]
    if node.is_item:
        pairs.append((label("source", lang), node.source))
    yield from (f"{indent}   {heading}: {text}" for heading, text in pairs if text)


def example_line(example: ExampleText, lang: str = "vi") -> str:
    """Return a worked example on one line."""
    figures = "; ".join(f"{name} = {value}" for name, value in example.figures)
    result = label("example_result", lang, arithmetic=example.arithmetic, points=example.points)
    return f"{example.name}. {figures}. {result}"
