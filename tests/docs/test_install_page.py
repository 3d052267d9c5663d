"""The page on installing keeps up with what the project declares."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_extra_is_on_the_page_and_no_other():
    listed = re.findall(r"^\| `([a-z]+)` \|", PAGE, re.M)
    assert sorted(listed) == sorted(PROJECT["optional-dependencies"])


def test_the_page_names_the_wheel_of_this_version_and_no_index():
    wheels = set(re.findall(r"par_index_scoring-[\w.]+-py3-none-any\.whl", PAGE))
    assert wheels == {f"par_index_scoring-{PROJECT['version']}-py3-none-any.whl"}
    assert not re.search(r"https?://", PAGE)


def test_the_wheel_carries_package_sets_and_examples_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["scoring"]
    assert set(wheel["force-include"]) == {"criteria", "evidence"}
    shipped = [path for name in ("scoring", "criteria", "evidence")
               for path in (ROOT / name).rglob("*") if path.is_file()]  # fmt: skip
    sources = [path for path in shipped if "__pycache__" not in path.parts]
    # 7.7 MB make a wheel of 2.6 MB; what would make it large has to be meant.
    assert sum(path.stat().st_size for path in sources) < 9_000_000
