"""How much of the real tables is read: right and sure, proposed right, or wrong.

``python tests/criteria_appendix/test_real_rules.py`` prints every leaf rule with its verdict.
"""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring

HERE = Path(__file__).parent
FILES = {
    "khanhhoa": "real_rubrics/khanhhoa_11-QD-TU_phuluc1_thang.csv",
    "thanhhoa": "real_rubrics/thanhhoa_HDND_xa_phuluc2_duthao2026.csv",
    "phutho": "real_rubrics/phutho_app_fragment.csv",
    "camau": "rubric_ca_mau_2013_partial.csv",
}
VERDICTS = ("right-sure", "wrong-sure", "proposed-right", "proposed-wrong", "unread")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verdict(reading, expected, key):
    """Compare with `expected`; a rule that does not decide itself is never rightly sure."""
    met = key(reading.spec) if reading.spec else ""
    met = "choice yes" if met == "choice" else met
    if not met:
        return "unread"
    is_right = met == expected["expected"]
    if reading.is_sure:
        return "right-sure" if is_right and expected["decides"] == "yes" else "wrong-sure"
    return "proposed-right" if is_right else "proposed-wrong"


def measured(folder, key):
    """Yield expected row, reading and verdict of every leaf rule of the real tables."""
    tables = {name: {r["code"]: r for r in rows_of(folder / at)} for name, at in FILES.items()}
    for expected in rows_of(HERE / "data" / "real_rules.csv"):
        row = tables[expected["file"]][expected["code"]]
        points = float(row["max_points"])
        # A penalty: its points are taken off, or stand in the part of the table for deductions.
        is_penalty = points < 0 or (expected["file"], row["code"][:4]) == ("khanhhoa", "III.")
        item = ItemFacts(row["code"], row["name"], abs(points), is_penalty)
        reading = read_scoring(row["rule_text"], item)
        yield expected, reading, verdict(reading, expected, key)


@pytest.mark.needs_shared
def test_real_tables_are_read_at_least_as_well_as_before(corpus, shared_folder):
    found = list(measured(shared_folder / "domain", corpus.rule_key))
    counts = Counter(met for _, _, met in found)
    wrong = [(e["file"], e["code"]) for e, _, met in found if met == "wrong-sure"]
    assert len(found) == 79
    assert wrong == []
    assert counts["right-sure"] >= LEAST_SURE
    assert counts["right-sure"] + counts["proposed-right"] >= LEAST_RIGHT


# Floors of the measure: raise them with the reading, never lower them.
LEAST_SURE, LEAST_RIGHT = 34, 71


def main():
    from conftest import rule_key

    folder = Path(os.environ.get("PARINDEX_SHARED", HERE.parents[2].parent / "shared")) / "domain"
    counts = Counter()
    for expected, reading, met in measured(folder, rule_key):
        counts[met] += 1
        rule = rule_key(reading.spec) if reading.spec else "-"
        why = "; ".join(reason.text("en") for reason in reading.reasons)
        where = f"{met:15} {expected['file']:9}{expected['code']:10}{expected['decides']:4}"
        print(f"{where} {expected['expected']} | {rule} | {why}")  # noqa: T201
    print(", ".join(f"{name}: {counts[name]}" for name in VERDICTS))  # noqa: T201


if __name__ == "__main__":
    main()
