"""``parindex evidence``: from a folder of documents to a bundle that another machine can check."""

import hashlib
import json
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger, read_ledger
from scoring.evidence.proof.document_dates import with_document_dates

PLAN = """ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI
SỞ NỘI VỤ
Số: 12/KH-SNV

Quảng Ngãi, ngày {day} tháng 01 năm 2026

KẾ HOẠCH
Cải cách hành chính năm 2026 của Sở Nội vụ

I. MỤC ĐÍCH
Kế hoạch này áp dụng cho năm 2026.

Nơi nhận:
- Lưu: VT.

GIÁM ĐỐC
Nguyễn Văn An
"""


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """The bytes of a blank ledger."""
    ledger = tmp_path_factory.mktemp("blank") / "sổ của sở" / "ledger.xlsx"
    main(["--quiet", "ledger", "new", "--criteria", "department-sample", "--unit", "so-nv",
          "--name", "Sở Nội vụ", "--year", "2026", "--out", str(ledger)])  # fmt: skip
    return ledger.read_bytes()


@pytest.fixture
def desk(tmp_path, blank):
    """A blank ledger with one plan beside it."""
    ledger = tmp_path / "sổ của sở" / "ledger.xlsx"
    (ledger.parent / "documents").mkdir(parents=True)
    ledger.write_bytes(blank)
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


def test_scan_says_in_words_which_files_are_the_same(desk, capsys):
    plan = desk.parent / "documents" / "kế hoạch.txt"
    (plan.parent / "bản sao.txt").write_bytes(plan.read_bytes())
    main(["evidence", "scan", str(desk)])
    said = capsys.readouterr().out
    assert "  = documents/bản sao.txt, documents/kế hoạch.txt: Trùng toàn bộ nội dung tệp" in said
    assert "same-bytes" not in said


def test_of_what_is_open_no_points_are_said_to_be_at_risk(desk, capsys):
    main(["--lang", "en", "evidence", "explanations", str(desk)])
    rows = [line for line in capsys.readouterr().out.splitlines() if "Not assessed" in line]
    assert rows and not any("0.00" in line for line in rows)


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
    # Nothing is explained yet in the blank ledger, which is an error.
    assert main(["evidence", "explanations", str(ledger), "--out", str(table)]) == 1
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


def test_a_plan_of_another_year_neither_dates_nor_proves_an_item(desk, tmp_path):
    plan = desk.parent / "documents" / "kế hoạch.txt"
    text = PLAN.format(day="08").replace("tháng 01 năm 2026", "tháng 12 năm 2020")
    plan.write_text(text.replace("2026", "2021"), encoding="utf-8")
    ledger = filled(desk)
    listed = read_ledger(ledger)
    assert len(listed.documents) == 1 and listed.links.empty  # nor is it suggested
    by_hand = listed.documents.assign(item_codes="1.1.1")
    data = new_ledger(open_set("department-sample"), "so-nv", "Sở Nội vụ", 2026, documents=by_hand)
    ledger.write_bytes(data)
    assert main(["score", str(ledger), "--out", str(tmp_path / "o"), "--quiet"]) == 0
    scores = pd.read_csv(tmp_path / "o" / "scores.csv", dtype={"code": str}).set_index("code")
    assert scores.loc["1.1.1", "status"] == "not_assessed"
    table = tmp_path / "giải trình.csv"
    main(["evidence", "explanations", str(ledger), "--out", str(table)])
    proof = pd.read_csv(table, dtype={"item_code": str}).set_index("item_code")["proof"]
    assert proof["1.1.1"] == "evidence-invalid"


def test_a_plan_issued_in_december_counts_for_the_year_its_title_names(desk, tmp_path):
    plan = desk.parent / "documents" / "kế hoạch.txt"
    text = PLAN.format(day="26").replace("tháng 01 năm 2026", "tháng 12 năm 2025")
    plan.write_text(text, encoding="utf-8")
    assert main(["score", str(filled(desk)), "--out", str(tmp_path / "o"), "--quiet"]) == 0
    scores = pd.read_csv(tmp_path / "o" / "scores.csv", dtype={"code": str}).set_index("code")
    assert scores.loc["1.1.1", ["points", "supported_points"]].tolist() == [1, 1]


def test_a_document_of_another_kind_never_gives_its_date_to_an_item(desk, tmp_path):
    plan = desk.parent / "documents" / "kế hoạch.txt"
    plan.write_text(PLAN.format(day="20"), encoding="utf-8")
    ledger = filled(desk)
    table = read_ledger(ledger)
    report = table.documents.assign(
        document_id="TL900", kind="BC", title="Báo cáo", document_number="1/BC-SNV", path="",
        issued_on=pd.Timestamp(2026, 1, 2),
    )  # fmt: skip
    criteria = open_set("department-sample")
    both = replace(
        table,
        documents=pd.concat([table.documents, report], ignore_index=True),
        links=pd.concat([table.links, table.links.assign(document_id="TL900")]),
    )
    inputs, _ = with_document_dates(criteria, both)
    day = inputs.loc[inputs["item_code"] == "1.1.1", "happened_on"].dropna()
    assert day.tolist() == [pd.Timestamp(2026, 1, 20)]


def test_a_date_taken_from_a_document_counts_in_the_list_of_explanations_too(desk):
    table = desk.with_name("giải trình.csv")
    main(["evidence", "explanations", str(filled(desk)), "--out", str(table)])
    assert "1.1.1" not in pd.read_csv(table, dtype=str)["item_code"].tolist()


def test_names_of_items_to_explain_come_in_the_language_asked_for(desk, capsys):
    main(["evidence", "explanations", str(desk), "--lang", "en"])
    assert "Annual reform plan" in capsys.readouterr().out


def test_link_says_how_many_hashes_it_keeps_without_reading(desk, capsys):
    made = filled(desk)  # its one document has a hash
    capsys.readouterr()
    main(["evidence", "link", str(made)])
    said = capsys.readouterr().out
    assert "0 mã băm mới" in said and "1 mã băm đã ghi từ trước được giữ" in said
    main(["evidence", "link", str(made), "--again"])
    assert "được giữ" not in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["scan", "verify", "link", "explanations"])
def test_json_of_every_verb_is_strict(desk, capsys, verb):
    (desk.parent / "documents" / "hỏng.pdf").write_bytes(b"%PDF-broken")
    main(["evidence", verb, str(desk), "--format", "json"])
    assert strict_json(capsys.readouterr().out)


def test_json_of_scores_with_open_items_is_strict(desk, tmp_path, capsys):
    main(["score", str(desk), "--out", str(tmp_path / "o"), "--format", "json"])
    assert strict_json(capsys.readouterr().out)["index"][0]["points"] is None


def test_scan_says_why_a_document_may_prove_an_item(desk, capsys):
    main(["evidence", "scan", str(desk), "--format", "json"])
    found = strict_json(capsys.readouterr().out)
    assert found["documents"][0]["issued_on"] == "2026-01-08"
    first = found["suggestions"][0]
    assert first["item_code"] == "1.1.1" and first["document_id"] == "TL001"
    assert 0.7 <= first["score"] <= 1 and "Kế hoạch" in first["reason"]
    main(["evidence", "scan", str(desk)])
    assert first["reason"] in capsys.readouterr().out


def test_a_date_known_to_the_month_stays_a_month_in_json(desk, capsys):
    (desk.parent / "documents" / "kế hoạch.txt").write_text(
        PLAN.format(day="").replace("ngày  tháng", "ngày tháng"), encoding="utf-8"
    )
    main(["evidence", "scan", str(desk), "--format", "json"])
    assert strict_json(capsys.readouterr().out)["documents"][0]["issued_on"] == "2026-01"


LATE_PLAN = PLAN.format(day="20").encode()


@pytest.fixture
def late_ledger(tmp_path):
    """A ledger with one plan issued ten days late, a claim, and a task that names its criterion."""
    criteria = open_set("department-sample")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "kh.txt").write_bytes(LATE_PLAN)
    plan = {
        "document_id": "TL001", "document_number": "12/KH-SNV", "kind": "KH",
        "issued_on": pd.Timestamp(2026, 1, 20), "title": "Kế hoạch CCHC năm 2026",
        "issuer": "Sở Nội vụ", "item_codes": "1.1.1", "place": "trang 2", "secret": False,
        "sha256": hashlib.sha256(LATE_PLAN).hexdigest(), "path": "documents/kh.txt",
    }  # fmt: skip
    task = {
        "task_code": "I.1", "task": "Ban hành kế hoạch", "lead_unit": "Văn phòng",
        "deadline_text": "10/01/2026", "item_codes": "1.1",
    }  # fmt: skip
    content = new_ledger(
        criteria, "so-nv", "Sở Nội vụ", 2026,
        documents=pd.DataFrame([plan]), tasks=pd.DataFrame([task]),
    )  # fmt: skip
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    _claim(path, "1.1.1", 1.0)
    return path


def _claim(path, code, points):
    """Type points over the formula that the template offers, as an evaluator may."""
    book = openpyxl.load_workbook(path)
    sheet = book["Tự đánh giá"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    row = next(cell.row for cell in cells if cell.value == code)
    column = next(cell.column for cell in cells if cell.value == "Điểm tự đánh giá")
    sheet.cell(row, column).value = points
    book.save(path)


def test_late_proof_is_scored_three_ways_and_put_at_risk_with_its_lead_unit(late_ledger, tmp_path):
    out = tmp_path / "kết quả"
    main(["--quiet", "score", str(late_ledger), "--out", str(out)])
    scores = pd.read_csv(out / "scores.csv", dtype={"code": str}).set_index("code")
    tracks = scores.loc["1.1.1", ["claimed_points", "points", "supported_points"]].tolist()
    # The rule of the deadline has taken its half; late proof takes nothing a second time.
    assert tracks == [1.0, 0.5, 0.5]
    gaps = pd.read_csv(out / "gaps.csv", dtype={"item_code": str})
    mine = gaps[gaps["item_code"] == "1.1.1"]
    assert set(mine["lead_unit"]) == {"Văn phòng"}
    assert set(mine["due_on"]) == {"2026-01-10"}
    assert mine["lost_points"].sum() == pytest.approx(1 - tracks[2])


def test_charts_of_proof_and_of_points_at_risk_are_drawn_for_a_ledger(late_ledger, tmp_path):
    main(["--quiet", "score", str(late_ledger), "--out", str(tmp_path / "o")])
    charts = {path.name for path in (tmp_path / "o" / "charts").glob("*.png")}
    assert {"proof-coverage.png", "points-at-risk.png"} <= charts


def test_explain_goes_from_points_to_the_document_and_its_hash(late_ledger, capsys):
    main(["explain", "1.1.1", str(late_ledger)])
    out = capsys.readouterr().out
    assert "Tự chấm: 1,00; Theo cách tính: 0,50; Có kiểm chứng:" in out
    assert (
        "12/KH-SNV" in out
        and "documents/kh.txt" in out
        and hashlib.sha256(LATE_PLAN).hexdigest() in out
    )
    main(["explain", "1.1.1", str(late_ledger), "--format", "json", "--lang", "en"])
    why = strict_json(capsys.readouterr().out)
    assert (why["claimed"], why["proof"]) == (1.0, "late")
    assert why["documents"][0]["place"] == "trang 2"


def strict_json(text):
    def refuse(constant):
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def test_scan_takes_a_folder_without_a_ledger_and_gives_csv_and_json(desk, tmp_path, capsys):
    folder, out = desk.parent / "documents", tmp_path / "bang"
    scan = ["evidence", "scan", str(folder)]
    assert main([*scan, "--criteria", "department-sample", "--out", str(out)]) == 0
    assert "12/KH-SNV" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        "datapackage.json",
        "documents.csv",
        "links.csv",
        "suggestions.csv",
    }
    listed = pd.read_csv(out / "documents.csv")
    assert listed["document_number"].tolist() == ["12/KH-SNV"]
    assert (
        pd.read_csv(out / "links.csv")["document_id"].tolist()[:1] == listed["document_id"].tolist()
    )
    main([*scan, "--format", "json"])
    found = strict_json(capsys.readouterr().out)
    assert found["documents"][0]["path"] == "kế hoạch.txt" and found["links"] == []


def test_scan_of_a_folder_has_no_ledger_to_write_into(desk, capsys):
    assert main(["evidence", "scan", str(desk.parent / "documents"), "--write", "a.xlsx"]) == 2
    assert "[scan-write-without-ledger]" in capsys.readouterr().err
