"""Sets and the example that come with the package."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table

SHIPPED = sorted(path.parent.name for path in shipped_folder("criteria").glob("*/set.toml"))


def _status(name: str) -> str:
    # Read, not built: a broken set must fail its own tests, not the collection of all.
    path = shipped_folder("criteria") / name / "set.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8")).get("status", ""))


SAMPLES = [name for name in SHIPPED if _status(name) == "sample"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `set_id` on every shipped set, `sample_id` on every sample."""
    for name, ids in (("set_id", SHIPPED), ("sample_id", SAMPLES)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, ids)


@pytest.fixture
def shipped() -> list[str]:
    """Ids of all shipped sets."""
    return SHIPPED


@pytest.fixture(scope="session")
def example_inputs() -> pd.DataFrame:
    """The long table of the two sample departments."""
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    return inputs_table(pd.read_csv(path, dtype=str, keep_default_na=False))


@pytest.fixture
def shared_domain(shared_folder: Path) -> dict[str, pd.DataFrame]:
    """The reference tables beside the checkout, as text."""
    return {
        path.stem: pd.read_csv(path, dtype=str) for path in (shared_folder / "domain").glob("*.csv")
    }
