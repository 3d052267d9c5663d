"""What reports show of the tracks: their names and a row for each node."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A node with its points, or their range, on each track; and what was decided on it."""

    code: str
    name: str
    is_item: bool
    points: tuple[str, ...]
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrackTable:
    """Names of the tracks that say anything of a unit, and a row per node, the index first."""

    heads: tuple[str, ...]
    rows: tuple[TrackRow, ...]
