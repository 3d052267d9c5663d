"""The first lines of what verbs print: by which set."""

from __future__ import annotations

from scoring.cli.console import Console
from scoring.criteria import CriteriaSet


def headline(criteria: CriteriaSet, console: Console) -> None:
    """Print the set's name with its status, and the badge of a sample."""
    meta = criteria.meta
    status = console.text(f"status_{meta.status}")
    console.print(f"{meta.name(console.lang)} ({console.text('set_status')}: {status})")
    console.print(f"{console.text('pack_set_version')}: {criteria.stated}")
