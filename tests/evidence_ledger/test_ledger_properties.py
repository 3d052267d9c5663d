"""What is written is what is read; an edit has its own consequence and no other."""

import datetime as dt
import math

import pandas as pd
import pytest
from broken_ledgers import Good, entry
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_helpers import GOOD, INPUTS, as_inputs, filled, random_figures

from scoring.evidence.ledger import read_ledger, read_ledgers
from scoring.points import inputs_table, score

KINDS = {(code, name): kind for code, name, _, kind, *_ in INPUTS}
COLUMNS = ["item_code", "input", "value", "choice", "happened_on", "not_applicable"]


@pytest.fixture(scope="module")
def good(small_set):
    return Good(small_set)


def as_read(inputs):
    table = inputs[
        inputs["value"].notna() | (inputs["choice"] != "") | inputs["happened_on"].notna()
    ]
    return table[COLUMNS].sort_values(["item_code", "input"]).reset_index(drop=True)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_a_filled_ledger_reads_back_as_it_was_filled(small_set, seed):
    figures, marked = random_figures(seed)
    for reader in ("calamine", "streaming"):
        ledger = read_ledger(
            filled(small_set, figures, marked), small_set, file="a.xlsx", reader=reader
        )
        # One percent is read as it stands, with the question whether a hundred was meant.
        assert {found.code for found in ledger.findings} <= {"percent-looks-like-share"}
        pd.testing.assert_frame_equal(
            as_read(ledger.inputs), as_read(as_inputs(figures, marked)), check_dtype=False
        )
        marks = ledger.inputs[ledger.inputs["not_applicable"]]
        assert set(marks["item_code"]) == marked


_VALUES = {
    "count": st.integers(0, 10**6).map(float),
    "number": st.floats(0, 1000, allow_nan=False),
    "percent": st.floats(1.01, 100),
    "yes_no": st.sampled_from(["Có", "Không"]),
    "choice": st.sampled_from(["Kịp thời", "Không kịp thời", "Không ban hành"]),
    "date": st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)).map(
        lambda day: day.strftime("%d/%m/%Y")
    ),
}
_JUNK = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30
)


@settings(max_examples=40)
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_proper_edit_of_one_cell_changes_that_figure_alone(good, small_set, key, data):
    value = data.draw(_VALUES[KINDS[key]])
    ledger = read_ledger(entry(*key, value)(good), small_set, file="a.xlsx")
    assert ledger.findings == ()
    before = read_ledger(good.data, small_set, file="a.xlsx").inputs
    changed = before.compare(ledger.inputs)
    row = ledger.inputs.index[
        (ledger.inputs["item_code"] == key[0]) & (ledger.inputs["input"] == key[1])
    ]
    assert set(changed.index) <= set(row)


@settings(max_examples=60)
@given(st.sampled_from(sorted(KINDS)), _JUNK)
def test_any_text_in_one_cell_yields_one_finding_there_or_none(good, small_set, key, text):
    ledger = read_ledger(entry(*key, text)(good), small_set, file="a.xlsx")
    assert len(ledger.findings) <= 1
    for found in ledger.findings:
        assert (found.sheet, found.cell, found.item_code) == (
            "Tự đánh giá",
            good.at("entry", *key),
            key[0],
        )
    score(inputs_table(ledger.inputs), small_set)


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 30_000), st.booleans())
def test_a_damaged_file_is_refused_or_read_but_never_crashes(good, small_set, junk, place, insert):
    from scoring.base.errors import UnreadableError

    place %= len(good.data)
    data = good.data[:place] + junk + good.data[place + (0 if insert else len(junk)) :]
    try:
        read_ledger(data, small_set, file="a.xlsx")
    except UnreadableError as error:
        assert error.finding.problem() and error.finding.remedy("en")


def test_many_ledgers_read_together_as_each_alone(small_set, tmp_path):
    paths, alone = [], []
    for seed in range(4):
        path = tmp_path / f"đơn vị {seed}" / "ledger.xlsx"
        path.parent.mkdir()
        figures, marked = random_figures(seed)
        path.write_bytes(filled(small_set, figures, marked))
        paths.append(path)
        alone.append(read_ledger(path, small_set))
    broken = tmp_path / "hỏng.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    together = read_ledgers([*paths, broken], small_set)
    assert [found.file for found in together.findings] == [str(broken)]
    assert len(together.infos) == 4
    names = [name for name in alone[0].inputs.columns if name != "file"]
    expected = pd.concat([one.inputs for one in alone], ignore_index=True)
    pd.testing.assert_frame_equal(together.inputs[names], expected[names])


def test_hundreds_of_ledgers_come_in_groups_without_a_seam(small_set, tmp_path, monkeypatch):
    from scoring.evidence.ledger import intake

    data = filled(small_set, GOOD)
    paths = []
    for n in range(5):
        paths.append(tmp_path / f"{n}.xlsx")
        paths[-1].write_bytes(data)
    whole = read_ledgers(paths, small_set)
    monkeypatch.setattr(intake, "_TOGETHER", 2)
    parts = read_ledgers(paths, small_set)
    for name in ("inputs", "claims", "documents", "links", "tasks", "targets", "appraisal"):
        pd.testing.assert_frame_equal(getattr(parts, name), getattr(whole, name))
    assert not math.isnan(parts.inputs["value"].sum())


def test_no_ledgers_give_empty_tables(small_set):
    ledger = read_ledgers([], small_set)
    assert len(ledger.inputs) == 0 and ledger.findings == ()
