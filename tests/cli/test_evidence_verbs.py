"""``parindex evidence``: from a folder of documents to a bundle that another machine can check."""

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.evidence.ledger import read_ledger

PLAN = """ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI
SỞ NỘI VỤ
Số: 12/KH-SNV

Quảng Ngãi, ngày {day} tháng 01 năm 2026

KẾ HOẠCH
Cải cách hành chính năm 2026 của Sở Nội vụ

I. MỤC ĐÍCH
Kế hoạch này áp dụng cho năm 2026.
"""


@pytest.fixture
def desk(tmp_path):
    """A blank ledger with one plan beside it."""
    ledger = tmp_path / "sổ của sở" / "ledger.xlsx"
    main(["--quiet", "ledger", "new", "--criteria", "department-sample", "--unit", "so-nv",
          "--name", "Sở Nội vụ", "--year", "2026", "--out", str(ledger)])  # fmt: skip
    (ledger.parent / "documents").mkdir()
    plan = ledger.parent / "documents" / "kế hoạch.txt"
    plan.write_text(PLAN.format(day="08"), encoding="utf-8")
    return ledger


def filled(desk):
    target = desk.with_name("ledger-moi.xlsx")
    assert main(["evidence", "scan", str(desk), "--write", str(target)]) == 0
    return target


def test_scan_proposes_a_plan_for_the_item_that_asks_for_one_and_writes_nothing(desk, capsys):
    before = desk.read_bytes()
    assert main(["evidence", "scan", str(desk)]) == 0
    out = capsys.readouterr().out
    assert "12/KH-SNV" in out and "08/01/2026" in out and "1.1.1" in out
    assert desk.read_bytes() == before
    assert [path.name for path in desk.parent.glob("*.xlsx")] == ["ledger.xlsx"]


def test_scan_writes_a_new_ledger_on_request_and_proposes_nothing_twice(desk, capsys):
    ledger = read_ledger(filled(desk))
    assert ledger.documents["document_number"].tolist() == ["12/KH-SNV"]
    assert ledger.links[["document_id", "item_code"]].values.tolist()[0] == ["TL001", "1.1.1"]
    capsys.readouterr()
    main(["evidence", "scan", str(desk.with_name("ledger-moi.xlsx"))])
    assert "0 tài liệu mới" in capsys.readouterr().out


def test_a_date_known_to_the_month_is_never_made_a_day(desk):
    (desk.parent / "documents" / "kế hoạch.txt").write_text(
        PLAN.format(day="").replace("ngày  tháng", "ngày tháng"), encoding="utf-8"
    )
    ledger = read_ledger(filled(desk))
    assert ledger.documents["issued_precision"].tolist() == ["month"]


def test_the_date_of_the_plan_scores_its_deadline_item(desk, tmp_path):
    assert main(["score", str(filled(desk)), "--out", str(tmp_path / "o"), "--quiet"]) == 0
    scores = pd.read_csv(tmp_path / "o" / "scores.csv", dtype={"code": str}).set_index("code")
    assert scores.loc["1.1.1", "points"] == 1
    assert scores.loc["1.1.1", "supported_points"] == 1


def test_verify_notices_a_changed_file_and_explanations_list_the_unproven(desk, capsys):
    ledger = filled(desk)
    main(["evidence", "verify", str(ledger)])
    assert "document-changed" not in capsys.readouterr().err
    plan = desk.parent / "documents" / "kế hoạch.txt"
    plan.write_text(plan.read_text(encoding="utf-8") + "thêm", encoding="utf-8")
    assert main(["evidence", "verify", str(ledger)]) == 1
    assert "kế hoạch.txt" in capsys.readouterr().err
    table = desk.with_name("giải trình.csv")
    assert main(["evidence", "explanations", str(ledger), "--out", str(table)]) == 0
    proof = pd.read_csv(table, dtype={"item_code": str}).set_index("item_code")["proof"]
    assert proof["1.1.1"] == "evidence-invalid"
    assert proof["1.1.3"] == "no-evidence"


def test_a_bundle_is_checked_on_another_machine_and_tampering_is_named(desk, tmp_path, capsys):
    ledger, bundle = filled(desk), tmp_path / "gói"
    assert main(["evidence", "bundle", str(ledger), "--out", str(bundle)]) == 0
    assert main(["verify", str(bundle)]) == 0
    inside = next(bundle.rglob("kế hoạch.txt"))
    inside.write_text("khác", encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(bundle)]) == 1
    assert "kế hoạch.txt" in capsys.readouterr().err


def test_the_same_desk_gives_the_same_bundle(desk, tmp_path):
    ledger = filled(desk)
    for name in ("một.zip", "hai.zip"):
        main(["--quiet", "evidence", "bundle", str(ledger), "--out", str(tmp_path / name)])
    assert (tmp_path / "một.zip").read_bytes() == (tmp_path / "hai.zip").read_bytes()


def test_a_missing_ledger_is_named(tmp_path, capsys):
    assert main(["evidence", "verify", str(tmp_path / "không có.xlsx")]) == 2
    assert "không có.xlsx" in capsys.readouterr().err
