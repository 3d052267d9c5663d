"""A set in memory: order, levels, areas and identity."""

from dataclasses import replace

import pytest
from set_builder import direct_set

from scoring.criteria.set_reading import read_folder
from scoring.criteria.worked_examples import example_value
from scoring.criteria.writing import set_files
from scoring.files.shipped import shipped_folder
from scoring.rules import RULE_KINDS

CRITERIA = direct_set({"1.10": 4, "1.2": 2, "2": 4}, [("1", 6)])


def test_nodes_stand_in_the_order_of_their_numbers():
    assert [node.code for node in CRITERIA.nodes] == ["1", "1.2", "1.10", "2"]


def test_leaves_stand_at_two_depths():
    assert {node.code: node.level for node in CRITERIA.leaves} == {
        "1.2": "item",
        "1.10": "item",
        "2": "area",
    }


def test_the_area_of_a_leaf_without_a_parent_is_itself():
    assert [CRITERIA.area_of(code).code for code in ("1.10", "2")] == ["1", "2"]


def test_the_fingerprint_follows_every_word():
    same = direct_set({"1.10": 4, "1.2": 2, "2": 4}, [("1", 6)])
    other = direct_set({"1.10": 4, "1.2": 2, "2": 4}, [("1", 6)], meta={"version": "2"})
    assert CRITERIA.fingerprint == same.fingerprint != other.fingerprint


def test_a_column_that_no_item_uses_leaves_the_fingerprint_as_it_was():
    asked = [{"item_code": "1.2", "kind": "KH"}]
    criteria = direct_set({"1.10": 4, "1.2": 2, "2": 4}, [("1", 6)], evidence=asked)
    for sheet, column, value in (("items", "round_to", "0.25"), ("evidence", "issuer", "Sở A")):
        table = criteria.tables[sheet]
        older = {**criteria.tables, sheet: table.drop(columns=column)}
        used = {**criteria.tables, sheet: table.assign(**{column: value})}
        assert replace(criteria, tables=older).fingerprint == criteria.fingerprint
        assert replace(criteria, tables=used).fingerprint != criteria.fingerprint


def test_a_set_from_before_a_column_opens_and_is_written_without_it():
    """Sheets of evidence had no issuer when sets were signed off."""
    raw = read_folder(shipped_folder("criteria") / "department-sample")
    assert "issuer" not in raw.headings["evidence"] and not raw.findings
    assert (raw.tables["evidence"]["issuer"] == "").all()
    assert b"issuer" not in set_files(raw)["evidence.csv"].partition(b"\n")[0]


def test_an_unknown_code_is_a_key_error():
    with pytest.raises(KeyError):
        CRITERIA.node("9.9")


@pytest.mark.parametrize(
    ("kind", "name", "text", "value"),
    [
        ("choice", "plan", "late", 1.0),
        ("choice", "plan", "Kịp thời", None),
        ("deadline", "issued_on", "2022-01-14", 44575.0),
        ("deadline", "issued_on", "never", float("inf")),
        ("deadline", "issued_on", "14/13/2022", None),
        ("all_of", "enough", "yes", 1.0),
        ("all_of", "enough", "có", None),
        ("ratio", "received", "1000", 1000.0),
        ("ratio", "received", "1.000,5", None),
        ("ratio", "unknown", "1", None),
    ],
)
def test_example_values_are_read_by_the_kind_of_their_input(kind, name, text, value):
    read = example_value(RULE_KINDS[kind].example.spec, name, text)
    assert read == value or (value is None and read != read)
