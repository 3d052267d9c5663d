"""Every ledger of the corpus gets exactly its findings, whichever reader reads it."""

import datetime as dt
import io
import zipfile
from functools import lru_cache

import pandas as pd
import pytest
from broken_ledgers import CASES, Good
from ledger_helpers import GOOD

from scoring.base.errors import UnreadableError
from scoring.evidence.ledger import read_ledger
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score


@pytest.fixture(scope="module")
def good(small_set):
    return Good(small_set)


@lru_cache(maxsize=4)
def made(name, good):
    return next(case for case in CASES if case.name == name).make(good)


def answered(ledger):
    """Return what was read as (item, input) -> number, word or day."""
    found = {}
    for row in ledger.inputs.to_dict("records"):
        key = row["item_code"], row["input"]
        if row["choice"]:
            found[key] = row["choice"]
        elif row["happened_on"] == row["happened_on"]:
            found[key] = row["happened_on"].date()
        elif row["value"] == row["value"]:
            found[key] = row["value"]
    return found


def same(value):
    return value if isinstance(value, str | dt.date) else float(value)


def test_the_corpus_is_large_and_every_case_has_a_name_of_its_own():
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("reader", ["auto", "streaming"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_ledger_gets_exactly_its_findings(case, reader, good, small_set):
    data = made(case.name, good)
    if case.unreadable:
        with pytest.raises(UnreadableError) as caught:
            read_ledger(data, small_set, file="so.xlsx", reader=reader)
        found = [caught.value.finding]
        assert [finding.code for finding in found] == list(case.codes)
        assert case.words in found[0].problem() + found[0].remedy()
        return
    ledger = read_ledger(data, small_set, file="so.xlsx", reader=reader)
    assert [finding.code for finding in ledger.findings] == list(case.codes)
    if case.codes:
        first = ledger.findings[0]
        assert case.words in first.problem() + first.remedy()
        assert first.problem("en") and "{" not in first.text("en")
        if case.cell:
            assert first.cell == case.cell
    sheet = score(inputs_table(ledger.inputs), small_set)
    said = [found.code for found in sheet.findings]
    # Every ledger of the corpus is scored alone, by the best value of the block that it gives.
    if {("4.2", "speed"), ("4.2", "@best:speed")} <= answered(ledger).keys() and len(sheet.units):
        said.remove("peer-best-typed")
    assert tuple(said) == case.scoring
    expected = {key: same(value) for key, value in GOOD.items()}
    if "ledger-of-other-set" in case.codes:
        expected = {}
    got = answered(ledger)
    for key, value in case.inputs.items():
        if value is None:
            expected.pop(key)
        else:
            expected[key] = value
    if case.inputs or not case.codes:
        changed = {key for key in expected if got.get(key) != expected[key]}
        allowed = {("1.1", "done")} if case.scoring == ("numerator-above-denominator",) else set()
        assert changed <= allowed and got.keys() == expected.keys()


def test_a_sheet_named_like_one_that_is_only_computed_is_read_all_the_same():
    """Computed sheets are left unread, until something is not where the template has it."""
    path = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    names = parts["xl/workbook.xml"].decode()
    names = names.replace('name="Việc cần làm"', 'name="Cũ"')
    parts["xl/workbook.xml"] = names.replace(
        'name="Tự đánh giá"', 'name="Việc cần làm"'
    ).encode()  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    plain, renamed = read_ledger(path), read_ledger(stream.getvalue(), file=path.name)
    assert "sheet-renamed" in {found.code for found in renamed.findings}
    assert set(renamed.inputs["sheet"]) == {"Việc cần làm"} and plain.inputs["value"].any()
    both = (one.inputs.drop(columns="sheet") for one in (plain, renamed))
    pd.testing.assert_frame_equal(*both)
