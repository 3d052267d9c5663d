"""Why an item has its points: from the cell that was filled in to the rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from scoring.base.dates import date_from_serial, format_date
from scoring.base.displayed import Displayed
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.base.numbers import FIGURE_DECIMALS, figure_text, format_number
from scoring.base.rounding import round_points
from scoring.base.same_unknown import SameUnknown
from scoring.base.text import shortened
from scoring.base.units import UnitKey
from scoring.base.values import INDEX_CODE, NOT_APPLICABLE, STATUSES
from scoring.criteria import CriteriaSet, Node
from scoring.criteria.roll_up_rules import index_sentence
from scoring.evidence.proof import Proof
from scoring.points.decision_words import decision_lines
from scoring.points.peers import best_of_peers
from scoring.points.sampling_words import sampling_lines
from scoring.points.sheet import ScoreSheet
from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.expression import YEAR
from scoring.rules.sentence_pen import FiguresPen
from scoring.rules.spec import InputSpec, RuleSpec


@dataclass(frozen=True, slots=True)
class InputTrace:
    """One figure of an explanation: its wording, value as people read it, and its cell."""

    name: str
    label: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class DocumentTrace:
    """One document that proves an item: where it lies, and the hash that vouches for it."""

    document_id: str
    number: str
    path: str
    place: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Explanation(SameUnknown, Displayed):
    """The trace of one item of one unit.

    Attributes
    ----------
    unit_code, year, period
        The key of the unit; `shown_unit` names it for people.
    points : float
        Unrounded; NaN while open.
    shown_points : str
        Rounded once, half up, as reports show it.
    claimed, supported : float
        Points that the unit claims and that its proof supports; NaN where that is not known.
    proof : str
        State of the proof; empty where none is needed or known.
    documents : tuple of DocumentTrace
        What was handed in for the item.
    reasons : tuple of str
        Why its proof stands so.
    sampling : tuple of str
        What the sampling of surveys leaves uncertain; empty without a survey figure.
    decimals : int
        Decimals that points are shown with.
    lang : str
        The language its texts are written in.
    kind : str
        ``normal``, ``bonus`` or ``penalty``: the points of a penalty are taken off.
    """

    unit_code: str
    year: int
    period: str
    shown_unit: str
    code: str
    name: str
    max_points: float
    status: str
    points: float
    shown_points: str
    inputs: tuple[InputTrace, ...]
    rule: str
    arithmetic: str
    rounding: str
    source: str
    note: str
    children: tuple[str, ...] = ()
    claimed: float = math.nan
    supported: float = math.nan
    proof: str = ""
    documents: tuple[DocumentTrace, ...] = ()
    reasons: tuple[str, ...] = ()
    sampling: tuple[str, ...] = ()
    appraised: tuple[str, ...] = ()
    decimals: int = 2
    lang: str = "vi"
    kind: str = "normal"

    def _tracks(self, lang: str) -> Iterator[str]:
        """Yield the three figures where there is more than the computed one."""
        if math.isnan(self.claimed) and math.isnan(self.supported):
            return
        claimed, supported = (
            format_number(points, self.decimals, lang) for points in (self.claimed, self.supported)
        )
        figures = {"claimed": claimed, "computed": self.shown_points, "supported": supported}
        yield "; ".join(f"{label('explain_' + name, lang)}: {figures[name]}" for name in figures)

    def lines(self, lang: str = "vi") -> Iterator[str]:
        """Yield the explanation line by line, for a terminal or a page."""
        maximum = format_number(self.max_points, lang=lang)
        yield f"{self.code}  {self.name}"
        yield f"{label('unit', lang)}: {self.shown_unit}"
        is_penalty = self.kind == "penalty"
        yield f"{label('explain_taken_off' if is_penalty else 'points', lang)}: {self.shown_points} / {maximum} ({label('status_' + self.status, lang)})"
        yield from self._tracks(lang)
        if self.inputs:
            yield f"{label('reported_figures', lang)}:"
        for entry in self.inputs:
            place = f"  [{entry.place}]" if entry.place else ""
            yield f"  - {entry.label}: {entry.value}{place}"
        # The rule of an item says itself that its points are taken off; the sum of items does not.
        key = "explain_rule_penalty" if is_penalty and self.children else "rule"
        yield f"{label(key, lang)}: {self.rule}"
        yield from (f"  {line}" for line in self.children)
        if self.arithmetic:
            yield f"{label('arithmetic', lang)}: {self.arithmetic}"
        yield f"{label('rounding', lang)}: {self.rounding}"
        if self.sampling:
            yield f"{label('explain_sampling', lang)}:"
        yield from (f"  {line}" for line in self.sampling)
        if self.appraised:
            yield f"{label('explain_appraised', lang)}:"
        yield from (f"  {line}" for line in self.appraised)
        if self.proof or self.documents:
            state = label(f"proof_state_{self.proof}", lang) if self.proof else "—"
            yield f"{label('explain_proof', lang)}: {state}"
            yield from (f"  {reason}" for reason in self.reasons)
        yield from (f"  * {_document_text(document)}" for document in self.documents)
        yield f"{label('source', lang)}: {self.source}"
        if self.note:
            yield f"{label('note', lang)}: {self.note}"


def _document_text(document: DocumentTrace) -> str:
    sha256 = f"SHA-256 {document.sha256}" if document.sha256 else ""
    parts = (document.document_id, document.number, document.place, document.path, sha256)
    return "; ".join(part for part in parts if part)


def explain(
    sheet: ScoreSheet,
    code: str,
    unit: UnitKey | str = "",
    lang: str = "vi",
    *,
    proof: Proof | None = None,
) -> Explanation:
    """Explain the points of one node of one unit.

    Parameters
    ----------
    sheet : ScoreSheet
    code : str
        Code of an item, criterion or area; ``INDEX`` for the index.
    unit : UnitKey or str
        The unit as `ScoreSheet.place` takes it: its code is enough where it stands for one year
        and period, and may be empty where there is one unit only.
    lang : str
    proof : Proof, optional
        The judgement of what was handed in, to name the documents of the item and the reasons.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        When the set has no such node, or no such unit reported, or one of several periods.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 2},
    ...     {"item_code": "2", "input": "received", "value": 3},
    ... ], unit_code="H1", year=2026)
    >>> why = explain(score(figures, open_set("service-quality-766")), "2", lang="en")
    >>> why.arithmetic, why.shown_points
    ('20 × 2 / 3 = 13.3333', '13.33')
    """
    if code not in sheet.criteria.by_code and code != INDEX_CODE:
        set_id = sheet.criteria.set_id
        raise UsageError(
            f"explain: the set {set_id} has no item {shortened(code)}",
            Finding("unknown-item", item_code=code, values={"set_id": set_id}),
        )
    place = sheet.place(unit)
    key, row = sheet.keys[place], sheet.row(code)
    node = sheet.criteria.by_code.get(code) or _index_node(sheet.criteria)
    points, meta = float(sheet.points[row, place]), sheet.criteria.meta
    inputs, rule, arithmetic = _worked_out(sheet, code, node.spec, place, lang)
    return Explanation(
        **key._asdict(),
        shown_unit=sheet.shown_key(place),
        code=code,
        name=node.name(lang),
        max_points=node.max_points,
        status=STATUSES[int(sheet.status[row, place])],
        points=points,
        shown_points=format_number(points, meta.decimals, lang),
        inputs=inputs,
        rule=rule,
        arithmetic=arithmetic,
        rounding=label(f"rounding_{meta.rounding_stage}", lang, decimals=meta.decimals),
        source=node.source,
        note=node.note(lang),
        children=tuple(_children(sheet, node, place, lang)),
        claimed=math.nan if sheet.claimed is None else float(sheet.claimed[row, place]),
        supported=math.nan if sheet.supported is None else float(sheet.supported[row, place]),
        proof="" if sheet.proof is None or code == INDEX_CODE else str(sheet.proof[row, place]),
        documents=_documents(code, key, proof),
        reasons=tuple(found.problem(lang) for found in proof.reasons(key, code)) if proof else (),
        sampling=tuple(sampling_lines(sheet, code, place, lang)),
        appraised=tuple(decision_lines(sheet, code, place, lang)),
        decimals=meta.decimals,
        lang=lang,
        kind=node.kind,
    )


def _worked_out(
    sheet: ScoreSheet, code: str, spec: RuleSpec | None, place: int, lang: str
) -> tuple[tuple[InputTrace, ...], str, str]:
    """Return the figures, the rule in words and the arithmetic of a node."""
    if spec is not None:
        inputs = tuple(_input_traces(sheet, spec, place, lang))
        rule = sheet.criteria.rules[code].sentence(lang)
        return inputs, rule, _arithmetic(sheet, spec, place, lang)
    if code == INDEX_CODE:
        rule = index_sentence(sheet.criteria, lang)
    else:
        rule = sheet.criteria.roll_up.sentence(code, lang)
    return (), rule, roll_up_steps(sheet, code, place, lang)


def _index_node(criteria: CriteriaSet) -> Node:
    """Return the index as a node above the areas."""
    vi, en = (label("index", lang) for lang in LANGUAGES)
    meta = criteria.meta
    return replace(
        criteria.nodes[0], code="", kind="normal", name_vi=vi, name_en=en, max_points=meta.total_points,
        spec=None, source=meta.source, note_vi="", note_en="",
    )  # fmt: skip


def roll_up_steps(sheet: ScoreSheet, code: str, unit: int, lang: str = "vi") -> str:
    """Write how the points of a parent, or the index, follow from the nodes below it.

    Every step is shown: what was left out, scaled up, capped, added and taken off. Empty while
    something is open.
    """
    points = float(sheet.points[sheet.row(code), unit])
    if math.isnan(points):
        return ""
    pen = FiguresPen(lang, partial(_figure, sheet, unit))
    return f"{pen.write(sheet.criteria.roll_up.points[code])} = {pen.number(points)}"


def _figure(sheet: ScoreSheet, unit: int, column: str, code: str) -> float:
    """Return what a roll-up reads of a node; see `scoring.criteria.roll_up_rules`."""
    row = sheet.row(code)
    is_na = sheet.status[row, unit] == NOT_APPLICABLE
    if column == ex.IS_NA:
        return float(is_na)
    if column == ex.GIVEN_UP:
        return sheet.criteria.node(code).max_points if is_na else 0.0
    return float((sheet.maxima if column == ex.APPLICABLE else sheet.points)[row, unit])


def _documents(code: str, unit: UnitKey, proof: Proof | None) -> tuple[DocumentTrace, ...]:
    if proof is None:
        return ()
    names = ["document_id", "document_number", "path", "address", "place", "sha256"]
    rows = proof.linked(unit, code)[names].itertuples(index=False)
    return tuple(
        DocumentTrace(document_id, number, path or address, place, sha256)
        for document_id, number, path, address, place, sha256 in rows
    )


def _input_traces(sheet: ScoreSheet, spec: RuleSpec, unit: int, lang: str) -> Iterator[InputTrace]:
    rule = sheet.criteria.rules[spec.code]
    bests = {best_name(name): name for name in rule.peer_inputs}
    for entry in rule.reported:
        values = sheet.figures.values[spec.code, entry.name]
        if entry.name in bests:
            values = best_of_peers(rule, sheet.figures, bests[entry.name])
        value = float(values[unit])
        row = sheet.figures.row_of(unit, spec.code, entry.name)
        shown = input_text(spec, entry, value, lang)
        yield InputTrace(entry.name, entry.label(lang), shown, sheet.figures.told_at(row))


def input_text(spec: RuleSpec, entry: InputSpec, value: float, lang: str = "vi") -> str:
    """Return the value of an input as people write it."""
    if math.isnan(value):
        return label("status_not_assessed", lang)
    if entry.kind == "yes_no":
        return label("yes" if value == 1 else "no", lang)
    if entry.kind == "choice":
        return spec.options_of(entry.name)[int(value)].label(lang)
    if entry.kind == "date":
        never = math.isinf(value)
        return label("never", lang) if never else format_date(date_from_serial(value), lang)
    unit = f" {entry.unit}" if entry.unit and entry.unit != "%" else entry.unit
    return figure_text(value, lang) + unit


def _arithmetic(sheet: ScoreSheet, spec: RuleSpec, unit: int, lang: str) -> str:
    """Write how figures become points; empty where some are missing or the item does not apply."""
    at = sheet.row(spec.code), unit
    if math.isnan((sheet.origin or sheet).points[at]) or sheet.status[at] == NOT_APPLICABLE:
        return ""
    rule = sheet.criteria.rules[spec.code]
    arrays = sheet.figures.of_item(spec)
    values = {name: float(array[unit]) for name, array in arrays.items()}
    values[YEAR] = float(sheet.units["year"].iloc[unit])
    for name in rule.peer_inputs:
        values[best_name(name)] = float(best_of_peers(rule, sheet.figures, name)[unit])
    written = rule.arithmetic(values, lang)
    outcome = rule.score({name: np.array([value]) for name, value in values.items()}, 1)
    unrounded = round_points(float(outcome.points[0]), FIGURE_DECIMALS)
    return f"{written} = {format_number(unrounded, lang=lang)}"


def _children(sheet: ScoreSheet, node: Node, unit: int, lang: str) -> Iterator[str]:
    for child in sheet.criteria.children(node.code):
        row = sheet.row(child.code)
        points = format_number(float(sheet.points[row, unit]), sheet.criteria.meta.decimals, lang)
        maximum = format_number(child.max_points, lang=lang)
        if child.kind == "penalty":
            said = label(
                "explain_child_penalty", lang, name=child.name(lang), points=points, maximum=maximum
            )
            yield f"{child.code}  {said}"
        else:
            yield f"{child.code}  {child.name(lang)}: {points} / {maximum}"
