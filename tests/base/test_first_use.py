"""Rooms load their public names on first use, whatever was loaded before."""

import importlib
import types

import pytest

from scoring.base.on_first_use import names_on_first_use

ROOMS = ("scoring.analysis", "scoring.evidence.ledger", "scoring.evidence.proof")


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_what_its_module_holds(room):
    package = importlib.import_module(room)
    for module in set(package._HOMES.values()):
        importlib.import_module(f"{room}.{module}")
    for name, module in package._HOMES.items():
        found = getattr(package, name)
        assert not isinstance(found, types.ModuleType), name
        assert found is getattr(importlib.import_module(f"{room}.{module}"), name)
    assert set(package.__all__) <= set(package._HOMES)


def test_a_name_that_its_module_would_hide_is_refused():
    with pytest.raises(ValueError, match="hides the name ranking"):
        names_on_first_use("scoring.analysis", {"ranking": "ranking"})
