"""Every library that the package needs may be used and handed on: its licence is on the list."""

import tomllib
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

from licences import is_allowed
from packaging.requirements import Requirement
from sbom import problems

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NO_PART_OF_IT = {"notebooks", "docs", "dev"}


def needed():
    """Return every library of the package and the extras of its verbs, as far as it is installed."""
    extras = PROJECT["optional-dependencies"]
    open_ = [*PROJECT["dependencies"], *(one for name in extras if name not in NO_PART_OF_IT
                                         for one in extras[name])]  # fmt: skip
    seen = {}
    while open_:
        requirement = Requirement(open_.pop())
        if requirement.name.lower() in seen or not _applies(requirement):
            continue
        try:
            seen[requirement.name.lower()] = metadata(requirement.name)
        except PackageNotFoundError:
            continue
        open_ += requires(requirement.name) or []
    return seen


def _applies(requirement):
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def licence(told):
    """Return what a library says of its licence: the expression, the classifiers, or the first line."""
    said = [told.get("License-Expression") or "", *(one.rpartition("::")[2].strip()
            for one in told.get_all("Classifier") or [] if one.startswith("License ::"))]  # fmt: skip
    return " ".join(filter(None, said)) or (told.get("License") or "").strip().partition("\n")[0]


def test_every_library_has_a_licence_that_is_allowed():
    libraries = needed()
    assert len(libraries) > 25
    wrong = {name: licence(told) for name, told in libraries.items()
             if not is_allowed(licence(told))}  # fmt: skip
    assert wrong == {}


def test_ours_is_in_the_package():
    assert PROJECT["license-files"] == ["LICENSE"] and PROJECT["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_a_list_of_what_is_installed_names_what_it_leaves_out_and_what_may_not_be_handed_on():
    def part(called, **said):
        return {"name": called, "version": "1", "licenses": [{"license": said}] if said else []}

    bom = {"metadata": {"component": part("ours", id="MIT")},
           "components": [part("a", name="BSD License"), part("b", id="AGPL-3.0"), part("c")]}  # fmt: skip
    assert problems(bom, {"ours 1", "a 1", "d 1"}) == [
        "d 1: not in the list", "b: AGPL-3.0", "c: no licence",
    ]  # fmt: skip
