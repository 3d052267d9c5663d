"""The pages made from the package are up to date; what they say comes from one place."""

import runpy
from pathlib import Path

import pytest

from scoring.base.catalogue import findings_page
from scoring.base.findings import finding_codes
from scoring.criteria.columns import RULE_WORDS, SHEETS
from scoring.criteria.reference import columns_reference, rules_reference, with_section
from scoring.rules import RULE_KINDS

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "make_reference.py"


@pytest.mark.parametrize("page", ["docs/findings.md", "criteria/README.md"])
def test_a_generated_page_is_up_to_date(page):
    expected = runpy.run_path(str(SCRIPT))["pages"]()[ROOT / page]
    assert (ROOT / page).read_text("utf-8") == expected, "run: python docs/make_reference.py"


@pytest.mark.parametrize("lang", ["vi", "en", ""])
def test_the_catalogue_lists_every_finding_once(lang):
    page = findings_page(lang)
    for code in finding_codes():
        assert page.count(f"### `{code}`\n") == 1


def test_the_reference_lists_every_column_and_rule_kind():
    columns, rules = columns_reference(), rules_reference()
    for sheet, entries in SHEETS.items():
        part = columns.split(f"### `{sheet}.csv`")[1].split("###")[0]
        assert [f"| `{entry.name}` |" in part for entry in entries] == [True] * len(entries)
    assert all(f"| `{word}` |" in rules for word in RULE_WORDS)
    assert set(RULE_WORDS) == {*RULE_KINDS, "best_of"}


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="no section 'x'"):
        with_section("text", "x", "new")
