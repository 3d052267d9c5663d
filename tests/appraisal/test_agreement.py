"""Two appraisers of the same items: how far they agree, and what is left to settle."""

import numpy as np
import pandas as pd
import pytest

from scoring.appraisal.agreement import agreement, moderation_list, weighted_kappa


def decided(*rows):
    names = ["round", "unit_code", "item_code", "decided_by", "points"]
    return pd.DataFrame(rows, columns=names).assign(year=2026, period="")


TABLE = decided(
    ("1", "A", "1", "An", 1.0), ("1", "A", "1", "Bình", 1.0),
    ("1", "A", "2", "An", 0.5), ("1", "A", "2", "Bình", 0.25),
    ("1", "A", "3", "An", 2.0), ("1", "A", "3", "Bình", 0.0),
    ("1", "A", "4", "An", 1.0),
    ("final", "A", "2", "Chủ tịch", 0.5),
)  # fmt: skip


def test_only_items_that_both_decided_in_the_same_round_are_compared():
    (row,) = agreement(TABLE).to_dict("records")
    assert (row["round"], row["one"], row["other"], row["items"]) == ("1", "An", "Bình", 3)
    assert row["agree_percent"] == pytest.approx(100 / 3)
    assert row["mean_difference"] == pytest.approx(0.75) and row["largest_difference"] == 2.0


def test_the_widest_gap_is_settled_first_and_a_final_decision_settles():
    (row,) = moderation_list(TABLE).to_dict("records")
    assert (row["item_code"], row["spread"]) == ("3", 2.0)
    assert row["who"] == "An: 2; Bình: 0"


def test_what_a_later_round_decided_is_settled():
    settled = decided(("2", "A", "3", "An", 1.0), ("2", "A", "3", "Bình", 1.0))
    assert moderation_list(pd.concat([TABLE, settled])).empty


def test_kappa_weighs_by_the_square_of_the_distance():
    one, other = [0.0, 0.5, 1.0, 1.0], [0.0, 1.0, 1.0, 0.5]
    gaps = [(a - b) ** 2 for a in one for b in other]
    met = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) / len(one)
    assert weighted_kappa(one, other) == pytest.approx(1 - met / (sum(gaps) / len(gaps)))
    assert weighted_kappa([1.0, 1.0], [1.0, 1.0]) != weighted_kappa([1.0, 1.0], [1.0, 1.0])


def test_where_all_is_settled_or_nothing_decided_there_is_nothing_to_moderate():
    final = TABLE.assign(round="final")
    assert moderation_list(final).empty and moderation_list(TABLE.iloc[:0]).empty
    nobody = TABLE.iloc[:1].assign(decided_by=np.nan)
    assert moderation_list(nobody).empty
