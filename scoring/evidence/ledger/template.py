"""What a ledger looks like: its sheets, their columns, and the rows that a criteria set asks for.

Writer and reader both work from here, so that what is written is what is looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from scoring.base.labels import LANGUAGES, label
from scoring.criteria import CriteriaSet, Node
from scoring.rules import InputSpec
from scoring.rules import expression as ex

# Raised whenever sheets or columns change in a way that a reader must know of.
TEMPLATE_VERSION = "1"

GUIDE, INFO, ASSESSMENT = "Hướng dẫn", "Thông tin", "Tự đánh giá"
DOCUMENTS, PLAN, TARGETS, APPRAISAL = "Tài liệu kiểm chứng", "Kế hoạch", "Chỉ tiêu", "Thẩm định"
SHEETS = (GUIDE, INFO, ASSESSMENT, DOCUMENTS, PLAN, TARGETS, APPRAISAL)
MACHINE_SHEET = "_ma"

MARK = "x"
PEER_PREFIX = "@best:"

MACHINE_KEYS = (
    "set_id",
    "set_version",
    "set_fingerprint",
    "template_version",
    "template_fingerprint",
    "unit_code",
    "year",
)
INFO_ENTRIES = ("unit_name", "block", "period", "prepared_by", "position", "prepared_on")
INFO_KEYS = (
    "unit_code",
    "unit_name",
    "block",
    "year",
    "period",
    "prepared_by",
    "position",
    "prepared_on",
    "set_id",
    "set_name",
    "set_version",
    "set_status",
    "decision",
    "set_fingerprint",
    "template_version",
    "template_fingerprint",
)


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column of a sheet: its key in tables, its heading's label, its width in characters."""

    key: str
    heading: str
    width: float
    hidden: bool = False

    def title(self, lang: str = "vi") -> str:
        """Return the heading people read."""
        return label(self.heading, lang)

    @property
    def titles(self) -> tuple[str, ...]:
        """The heading in every language."""
        return tuple(label(self.heading, lang) for lang in LANGUAGES)


def _columns(
    *entries: tuple[str, str, float] | tuple[str, str, float, bool],
) -> tuple[LedgerColumn, ...]:
    return tuple(LedgerColumn(*entry) for entry in entries)


COLUMNS: dict[str, tuple[LedgerColumn, ...]] = {
    ASSESSMENT: _columns(
        ("code", "ledger_code", 7),
        ("name", "ledger_name", 36),
        ("max_points", "ledger_max_points", 8),
        ("entry", "ledger_entry", 14),
        ("previous", "ledger_previous", 12),
        ("unit", "ledger_unit", 9),
        ("rule", "ledger_rule", 46),
        ("documents", "ledger_documents", 14),
        ("self_points", "ledger_self_points", 9),
        ("state", "ledger_state", 11),
        ("not_applicable", "ledger_not_applicable", 8),
        ("explanation", "ledger_explanation", 22),
        ("item_code", "ledger_item_code", 10, True),
        ("input", "ledger_input", 10, True),
        ("is_na", "ledger_is_na", 10, True),
        ("applicable", "ledger_applicable", 10, True),
        ("given_up", "ledger_given_up", 10, True),
        ("target", "ledger_target_here", 10, True),
    ),
    DOCUMENTS: _columns(
        ("document_id", "ledger_document_id", 9),
        ("document_number", "ledger_document_number", 18),
        ("kind", "ledger_kind", 12),
        ("issued_on", "ledger_issued_on", 12),
        ("issuer", "ledger_issuer", 20),
        ("signer", "ledger_signer", 16),
        ("title", "ledger_document_title", 38),
        ("path", "ledger_path", 26),
        ("item_codes", "ledger_item_codes", 14),
        ("place", "ledger_place", 14),
        ("valid_from", "ledger_valid_from", 12),
        ("valid_to", "ledger_valid_to", 12),
        ("secret", "ledger_secret", 6),
        ("sha256", "ledger_sha256", 14),
    ),
    PLAN: _columns(
        ("task_code", "ledger_task_code", 8),
        ("task", "ledger_task", 42),
        ("products", "ledger_products", 28),
        ("lead_unit", "ledger_lead_unit", 20),
        ("supporting_units", "ledger_supporting_units", 20),
        ("deadline_text", "ledger_deadline", 18),
        ("item_codes", "ledger_item_codes", 14),
        ("done_on", "ledger_done_on", 12),
        ("note", "ledger_note", 20),
    ),
    TARGETS: _columns(
        ("code", "ledger_target_code", 10),
        ("name", "ledger_target_name", 60),
        ("max_points", "ledger_max_points", 12),
        ("current_points", "ledger_current_points", 14),
        ("target_points", "ledger_target_points", 14),
        ("note", "ledger_note", 34),
    ),
    APPRAISAL: _columns(
        ("code", "ledger_code", 8),
        ("name", "ledger_name", 44),
        ("max_points", "ledger_max_points", 9),
        ("self_points", "ledger_self_points", 10),
        ("appraised_points", "ledger_appraised_points", 10),
        ("appraisal_note", "ledger_appraisal_note", 26),
        ("response", "ledger_response", 26),
        ("appraised_points_2", "ledger_appraised_points_2", 10),
        ("appraisal_note_2", "ledger_appraisal_note_2", 26),
        ("item_code", "ledger_item_code", 10, True),
    ),
}  # fmt: skip
"""Columns of the sheets with tables, in the order they are written."""

NEEDED_COLUMNS = {
    ASSESSMENT: ("entry",),
    DOCUMENTS: ("document_id", "item_codes"),
    PLAN: ("task",),
    TARGETS: ("code", "target_points"),
    APPRAISAL: ("code", "appraised_points"),
}
"""Columns without which nothing of a sheet can be told apart."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row of ``Tự đánh giá``: a node, an input beneath its item, or a peer's best value."""

    node: Node
    input: InputSpec | None = None
    is_node: bool = True
    is_peer: bool = False

    @property
    def input_name(self) -> str:
        """Name in the machine column; empty where the row takes no entry."""
        if self.input is None:
            return ""
        return f"{PEER_PREFIX}{self.input.name}" if self.is_peer else self.input.name


def ledger_rows(criteria: CriteriaSet) -> list[LedgerRow]:
    """Return the rows a set asks for, every node followed by what stands below it.

    An item with one input takes its entry on its own row, others have one row per input.
    """
    return [row for node in criteria.nodes if not node.parent for row in _below(criteria, node)]


def _below(criteria: CriteriaSet, node: Node) -> Iterator[LedgerRow]:
    if node.spec is None:
        yield LedgerRow(node)
        for child in criteria.children(node.code):
            yield from _below(criteria, child)
        return
    peers = criteria.rules[node.code].peer_inputs
    if len(node.spec.inputs) == 1 and not peers:
        yield LedgerRow(node, node.spec.inputs[0])
        return
    yield LedgerRow(node)
    for entry in node.spec.inputs:
        yield LedgerRow(node, entry, is_node=False)
        if entry.name in peers:
            yield LedgerRow(node, entry, is_node=False, is_peer=True)


def allows_not_applicable(node: Node) -> bool:
    """Say whether an evaluator may mark the item as not applicable."""
    return node.spec is not None and node.spec.not_applicable != "not_allowed"


def allows_never(criteria: CriteriaSet, code: str, entry: InputSpec) -> bool:
    """Say whether a date input may say that the work was never done."""
    parts = ex.walk(criteria.rules[code].points)
    return any(isinstance(part, ex.IsNever) and part.name == entry.name for part in parts)


def template_fingerprint(criteria: CriteriaSet) -> str:
    """Return a digest of what a blank ledger of the set asks for.

    >>> from scoring.criteria import open_set
    >>> len(template_fingerprint(open_set("service-quality-766")))
    16
    """
    keys = [(row.node.code, row.input_name) for row in ledger_rows(criteria)]
    return rows_fingerprint(keys, criteria.fingerprint, TEMPLATE_VERSION)


def rows_fingerprint(keys: list[tuple[str, str]], set_fingerprint: str, version: str) -> str:
    """Return the digest of machine columns in any order: sorted rows are the same template."""
    lines = [version, set_fingerprint, *sorted(f"{code}\x1f{name}" for code, name in keys)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
