"""A corpus of invented scoring texts, and the short form in which rules are compared."""

import csv
import math
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

DATA = Path(__file__).parent / "data"


class ScoringText(NamedTuple):
    """One row of the corpus; the text is invented for tests and stands in no decision."""

    number: int
    part: str
    name: str
    max_points: float
    text: str
    expected: str
    key: str


def short(value):
    return "-inf" if value == -math.inf else f"{value:g}"


def bands_key(bands):
    parts = []
    for band in sorted(bands, key=lambda band: (band.lower, band.upper)):
        ends = ("[" if band.lower_closed else "(", "]" if band.upper_closed else ")")
        points = "share" if band.as_share else short(band.points)
        parts.append(f"{ends[0]}{short(band.lower)},{short(band.upper)}{ends[1]}={points}")
    return parts


def given(name, value):
    return [] if math.isnan(value) else [f"{name}={short(value)}"]


def rule_key(spec):
    """Return kind and key parameters of a rule as one line of text."""
    parts = []
    if spec.kind == "deadline":
        parts.append(f"due={spec.due_on or 'input'}")
    parts += bands_key(spec.bands)
    if spec.kind == "choice":
        parts += [short(option.points) for option in spec.options]
    if spec.kind in ("all_of", "share_of"):
        parts.append(str(len(spec.inputs)))
    parts += given("each", spec.points_each)
    parts += given("full", spec.full_at_percent)
    parts += given("floor", spec.floor_percent) + given("floor", spec.floor_points)
    parts += given("never", spec.never_points)
    if spec.with_role("numerator"):
        parts.append("pair")
    return " ".join([spec.kind, *parts])


def verdict(reading, entry):
    """Say ``right``, ``review`` or ``wrong``: sure of something else than expected."""
    if not reading.is_sure:
        return "right" if entry.expected == "review" else "review"
    return "right" if rule_key(reading.spec) == f"{entry.expected} {entry.key}".strip() else "wrong"


class Corpus:
    """What the tests of the corpus work with."""

    folder = DATA
    rule_key = staticmethod(rule_key)
    verdict = staticmethod(verdict)
    count = staticmethod(Counter)

    @staticmethod
    def entries(part):
        with (DATA / "scoring_texts.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            if row["part"] == part:
                values = row | {
                    "number": int(row["number"]),
                    "max_points": float(row["max_points"]),
                    "text": row["text"].replace("¶", "\n"),
                }
                yield ScoringText(**values)


@pytest.fixture
def corpus():
    return Corpus


@pytest.fixture
def shared_folder():
    """The customer's reference folder, beside the checkout or where PARINDEX_SHARED points."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    folder = Path(os.environ.get("PARINDEX_SHARED", beside))
    if not (folder / "domain").is_dir():
        pytest.skip("the reference folder ../shared is absent; set PARINDEX_SHARED to it")
    return folder
