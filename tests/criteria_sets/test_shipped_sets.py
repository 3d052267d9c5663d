"""What holds for every set that comes with the package."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pandas as pd

from scoring.base.due_dates import read_due_date
from scoring.base.text import code_key
from scoring.criteria import check_set, open_set
from scoring.criteria.columns import SHEETS, column_names, without_unused
from scoring.files.shipped import shipped_folder
from scoring.official.document_kinds import document_kinds
from scoring.rules.kinds import RULE_KINDS


def sheets_of(set_id: str) -> dict[str, list[dict[str, str]]]:
    folder = shipped_folder("criteria") / set_id
    found = {}
    for sheet in SHEETS:
        path = folder / f"{sheet}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                found[sheet] = list(csv.DictReader(file))
    return found


def csv_files(set_id: str) -> list[Path]:
    return sorted((shipped_folder("criteria") / set_id).glob("*.csv"))


def test_is_sound_without_any_finding(set_id: str) -> None:
    checked = check_set(set_id)
    assert checked.is_sound
    assert [finding.code for finding in checked.findings] == []


def test_id_is_the_name_of_its_folder(set_id: str) -> None:
    assert open_set(set_id).set_id == set_id


def test_area_maxima_add_up_to_the_total_unless_the_set_says_otherwise(set_id: str) -> None:
    criteria = open_set(set_id)
    total = sum(area.max_points for area in criteria.areas)
    adds_up = abs(total - criteria.meta.total_points) < 1e-9
    assert adds_up == criteria.meta.areas_add_up


def test_every_row_of_every_sheet_names_its_source(set_id: str) -> None:
    assert open_set(set_id).meta.source
    silent = [
        (sheet, number)
        for sheet, rows in sheets_of(set_id).items()
        for number, row in enumerate(rows, start=2)
        if not row["source"].strip()
    ]
    assert silent == []


def test_a_sample_says_mau_in_its_names_and_caveats(sample_id: str) -> None:
    meta = open_set(sample_id).meta
    assert "mẫu" in meta.name("vi")
    assert "mẫu" in meta.name("en")
    assert any("mẫu" in caveat["vi"] and "mẫu" in caveat["en"] for caveat in meta.caveats)


def test_every_node_of_a_sample_says_what_is_the_samples_own(sample_id: str) -> None:
    criteria = open_set(sample_id)
    assert [node.code for node in criteria.nodes if "bộ mẫu" not in node.source] == []


def test_every_set_warns_in_both_languages(set_id: str) -> None:
    caveats = open_set(set_id).meta.caveats
    assert caveats
    assert all(caveat["vi"] and caveat["en"] for caveat in caveats)


def test_every_node_and_input_is_named_in_both_languages(set_id: str) -> None:
    criteria = open_set(set_id)
    assert [node.code for node in criteria.nodes if not (node.name_vi and node.name_en)] == []
    inputs = [entry for leaf in criteria.leaves if leaf.spec for entry in leaf.spec.inputs]
    assert [entry.name for entry in inputs if not (entry.label_vi and entry.label_en)] == []


def test_no_two_nodes_share_a_name(set_id: str) -> None:
    for lang in ("vi", "en"):
        names = [node.name(lang) for node in open_set(set_id).nodes]
        assert sorted(names) == sorted(set(names))


def test_csv_files_are_tidy(set_id: str) -> None:
    for path in csv_files(set_id):
        data = path.read_bytes()
        assert b"\r" not in data, path
        assert data.endswith(b"\n"), path
        text = data.decode("utf-8")
        assert unicodedata.normalize("NFC", text) == text, path
        rows = list(csv.reader(text.splitlines()))
        # Columns that came later stand in a sheet only where a row fills them.
        table = pd.DataFrame(rows[1:], columns=rows[0], dtype="str")
        whole = table.reindex(columns=column_names(path.stem), fill_value="")
        assert rows[0] == list(without_unused(whole).columns), path
        assert all(cell == cell.strip() for row in rows for cell in row), path


def test_rows_are_sorted_by_code(set_id: str) -> None:
    for sheet, rows in sheets_of(set_id).items():
        codes = [row["code" if sheet == "items" else "item_code"] for row in rows]
        assert codes == sorted(codes, key=code_key), sheet


def test_evidence_names_a_known_kind_of_document_and_a_real_date(set_id: str) -> None:
    known = {kind.vi for kind in document_kinds().values()}
    for row in sheets_of(set_id).get("evidence", []):
        # Of alternatives each is a kind, as in "Báo cáo hoặc Quyết định".
        assert known.issuperset(row["kind"].split(" hoặc ")), row
        assert not row["issued_by"] or read_due_date(row["issued_by"]), row
        assert int(row["min_documents"]) >= 1, row


def test_every_rule_kind_is_used_and_shown_by_a_worked_example(shipped: list[str]) -> None:
    used, shown = set(), set()
    for name in shipped:
        rows = sheets_of(name)
        with_example = {row["item_code"] for row in rows.get("examples", [])}
        used |= {row["rule"] for row in rows["items"]}
        shown |= {row["rule"] for row in rows["items"] if row["code"] in with_example}
    assert set(RULE_KINDS) <= used
    assert set(RULE_KINDS) <= shown
    assert "best_of" in used
