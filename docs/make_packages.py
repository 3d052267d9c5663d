"""Describe every shipped set as a data package: ``python docs/make_packages.py``."""

from __future__ import annotations

import tomllib
from pathlib import Path

from scoring.criteria.writing import describe_set

CRITERIA = Path(__file__).resolve().parents[1] / "criteria"


def described(root: Path = CRITERIA) -> None:
    """Write ``datapackage.json`` into the folder of every set and questionnaire below `root`."""
    for about in sorted([*root.glob("*/set.toml"), *root.glob("*/instrument.toml")]):
        describe_set(about.parent, tomllib.loads(about.read_text(encoding="utf-8")))


if __name__ == "__main__":
    described()
