"""The rows that a criteria set asks for, and the digest by which a ledger is known again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scoring.base.labels import label
from scoring.criteria import CriteriaSet, Node
from scoring.rules import InputSpec
from scoring.rules import expression as ex

# Raised whenever sheets or columns change in a way that a reader must know of.
TEMPLATE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row of ``Tự đánh giá``: a node, an input beneath its item, or a peer's best value."""

    node: Node
    input: InputSpec | None = None
    is_node: bool = True

    @property
    def input_name(self) -> str:
        """Name in the machine column; empty where the row takes no entry."""
        return "" if self.input is None else self.input.name

    @property
    def key(self) -> str:
        """What the row is found by, wherever it stands: ``1.1``, and below it ``1.1/done``."""
        return row_key(self.node.code, "" if self.is_node else self.input_name)


def row_key(code: str, input_name: str) -> str:
    """Return the key of a row; a node's own row has no `input_name`."""
    return f"{code}/{input_name}" if input_name else code


def ledger_rows(criteria: CriteriaSet) -> list[LedgerRow]:
    """Return the rows a set asks for, every node followed by the rows below it.

    An item with one input takes its entry on its own row, others have one row per input.
    """
    return [row for node in criteria.nodes if not node.parent for row in _below(criteria, node)]


def _below(criteria: CriteriaSet, node: Node) -> Iterator[LedgerRow]:
    if node.spec is None:
        yield LedgerRow(node)
        for child in criteria.children(node.code):
            yield from _below(criteria, child)
        return
    reported = criteria.rules[node.code].reported
    if len(reported) == 1:
        yield LedgerRow(node, reported[0])
        return
    yield LedgerRow(node)
    for entry in reported:
        yield LedgerRow(node, entry, is_node=False)


def row_titles(criteria: CriteriaSet, lang: str) -> dict[tuple[str, str], str]:
    """Return how the row of every figure below its item is called, by item and input.

    What several figures of the set are called is followed by the item's number, so that no two
    rows can be taken for each other.
    """
    rows = [row for row in ledger_rows(criteria) if row.input is not None and not row.is_node]
    labels = {(row.node.code, row.input_name): row.input.label(lang) for row in rows if row.input}
    used = Counter(labels.values())
    return {
        (code, name): label("ledger_row_of_item", lang, name=text, code=code)
        if used[text] > 1
        else text
        for (code, name), text in labels.items()
    }


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
