"""The page on installing keeps up with what the project declares."""

import re
import tomllib
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VIETNAMESE, ENGLISH = (
    (ROOT / "docs" / place / "install.md").read_text(encoding="utf-8") for place in (".", "en")
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("page", [VIETNAMESE, ENGLISH], ids=["vi", "en"])
def test_every_extra_is_on_the_page_and_no_other(page):
    listed = re.findall(r"^\| `([a-z]+)` \|", page, re.M)
    assert sorted(listed) == sorted(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("page", [VIETNAMESE, ENGLISH], ids=["vi", "en"])
def test_the_page_names_the_wheel_of_this_version_and_no_index(page):
    wheels = set(re.findall(r"par_index_scoring-[\w.]+-py3-none-any\.whl", page))
    assert wheels == {f"par_index_scoring-{PROJECT['version']}-py3-none-any.whl"}
    assert not re.search(r"https?://", page)


def test_the_wheel_carries_package_sets_and_examples_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["scoring"]
    examples = {path.name for path in (ROOT / "evidence").iterdir() if path.is_dir()}
    listed = {f"evidence/{name}" for name in (examples | {"README.md"}) - {"__pycache__"}}
    assert set(wheel["force-include"]) == {"criteria", *listed}, "a new example has to be listed"
    assert all(to == f"scoring/shipped/{name}" for name, to in wheel["force-include"].items())


def test_the_wheel_is_as_small_as_the_page_says():
    said = float(re.search(r"khoảng ([\d,]+) MB", VIETNAMESE)[1].replace(",", "."))
    assert f"about {said:g} MB" in ENGLISH
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    places = [
        ROOT / name for name in ("scoring", *wheel["build"]["targets"]["wheel"]["force-include"])
    ]
    files = {file for place in places for file in [place, *place.rglob("*")]
             if file.is_file() and "__pycache__" not in file.parts}  # fmt: skip
    packed = sum(len(zlib.compress(file.read_bytes(), 1)) for file in files)
    # Packed quickly it is a tenth larger than the wheel; what makes it larger has to be meant.
    assert 0.9 < packed / (said * 1_000_000) < 1.2
    assert {".js", ".j2", ".css", ".typ", ".toml", ".csv", ".lark"} <= {
        file.suffix for file in files
    }
