"""The way to the five real plans."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scoring.plan import Plan, import_plan

SEEDS = {
    "sonla-dost-2022": "000_2e84672696d8d89b.txt",
    "quangngai-dost-2025": "001_67d120fd8a00921a.txt",
    "khanhhoa-dost-2024": "002_0213b0710b84e80c.txt",
    "sonla-2021": "003_78cc5b8dc42351dd.txt",
    "gialai-doet-2022": "004_72adce018a707e85.txt",
}


@pytest.fixture(scope="session")
def seed_folder() -> Path:
    """The customer's real plans, kept beside the checkout."""
    root = Path(__file__).resolve().parents[2]
    shared = Path(os.environ.get("PARINDEX_SHARED", root.parent / "shared"))
    if not (shared / "seeds").is_dir():
        pytest.skip("the customer's reference folder is not beside the checkout")
    return shared / "seeds"


@pytest.fixture(scope="session")
def seed_plans(seed_folder: Path) -> dict[str, Plan]:
    """The five real plans, imported."""
    return {name: import_plan(seed_folder / file) for name, file in SEEDS.items()}
