"""`parindex form`: one file that holds the set, whatever units are called."""

import html
import json
import re

import pytest

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.form.form_page import form_digest

SET = "department-sample"


def block(page, name):
    """A block of data of a page."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    return json.loads(found[1])


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "bieu-mau.html"
    unit = ["--unit", 'X"<b>', "--name", "Sở </script><script>alert(1)</script>", "--block", "Sở"]
    assert main(["--quiet", "form", SET, "--year", "2026", *unit, "--out", str(path)]) == 0
    return path.read_text(encoding="utf-8")


def test_form_holds_set_and_unit_and_nothing_that_ends_its_script(page):
    assert page.count("<script") == page.count("</script>") == 3
    assert block(page, "form-fill")["unit"]["name"] == "Sở </script><script>alert(1)</script>"
    told = block(page, "form-set")
    assert told["set"]["id"] == SET and told["set"]["status"] == "sample"
    assert [node["code"] for node in told["nodes"]] == [n.code for n in open_set(SET).nodes]


def test_form_allows_nothing_from_outside_and_is_small(page):
    policy = html.unescape(
        re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    )
    assert policy.startswith("default-src 'none'")
    assert "http:" not in policy and "unsafe" not in policy
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert len(page.encode()) < 400_000


def test_digest_follows_from_the_set_alone(page):
    digest = form_digest(open_set(SET))
    assert f'"{digest}"' in page
    assert form_digest(open_set(SET)) == digest != form_digest(open_set("service-quality-766"))
