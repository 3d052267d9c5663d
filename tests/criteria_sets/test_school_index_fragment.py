"""A fragment of a decision whose maxima do not add up is told so and cannot pass for a whole set."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from set_builder import checked


@pytest.mark.needs_shared
def test_the_school_index_adds_up_to_90_of_100_in_its_second_group(shared_folder: Path) -> None:
    name = "dti_truonghoc_4725-QD-BGDDT_partial.csv"
    path = shared_folder / "domain" / "real_rubrics" / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[table["max_points"].astype(float) > 0]
    items = [
        {"code": row["code"], "parent": row["parent"], "max_points": row["max_points"]}
        | {"name_vi": row["name"], "rule": "direct" if row["parent"] else ""}
        for row in table.to_dict("records")
    ]
    inputs = [
        {"item_code": row["code"], "role": "points", "kind": "number", "minimum": "0"}
        | {"maximum": row["max_points"]}
        for row in items
        if row["parent"]
    ]
    found = checked({"total_points": 100}, items=items, inputs=inputs).findings
    told = [(finding.code, finding.item_code, finding.values["sum"]) for finding in found]
    assert told == [("areas-do-not-add-up", "", 200.0), ("children-do-not-add-up", "2", 90.0)]
