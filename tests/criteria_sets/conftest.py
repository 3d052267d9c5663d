"""Sets and the example that come with the package."""

from __future__ import annotations

import pandas as pd
import pytest

from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table

SHIPPED = sorted(path.parent.name for path in shipped_folder("criteria").glob("*/set.toml"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `set_id` on every shipped set."""
    if "set_id" in metafunc.fixturenames:
        metafunc.parametrize("set_id", SHIPPED)


@pytest.fixture
def shipped() -> list[str]:
    """Ids of all shipped sets."""
    return SHIPPED


@pytest.fixture(scope="session")
def example_inputs() -> pd.DataFrame:
    """The long table of the two sample departments."""
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    return inputs_table(pd.read_csv(path, dtype=str, keep_default_na=False))
