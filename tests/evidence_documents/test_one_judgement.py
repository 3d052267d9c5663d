"""Every verb shows one judgement of a unit's proof, files looked at."""

import functools
import hashlib
import json

import pandas as pd
import pytest

from scoring.batch.run import compute
from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger, read_ledger

SET, ITEM = "department-sample", "1.1.1"
TEXT = "KẾ HOẠCH cải cách hành chính năm 2026".encode()


def ledger(folder, path="documents/kh.txt", sha256=None):
    """Write a ledger whose one plan, in time, proves an item; return its path."""
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "kh.txt").write_bytes(TEXT)
    plan = {
        "document_id": "TL001", "document_number": "12/KH-SNV", "kind": "KH",
        "issued_on": pd.Timestamp(2026, 1, 8), "issued_precision": "day",
        "title": "Kế hoạch CCHC năm 2026", "issuer": "Sở Nội vụ", "item_codes": ITEM, "place": "",
        "secret": False, "path": path,
        "sha256": hashlib.sha256(TEXT).hexdigest() if sha256 is None else sha256,
    }  # fmt: skip
    target = folder / "ledger.xlsx"
    target.write_bytes(ledger_of(tuple(plan.items())))
    return target


@functools.cache
def ledger_of(plan):
    """The bytes of the ledger that lists this document; made once for all tests."""
    documents = pd.DataFrame([dict(plan)])
    return new_ledger(open_set(SET), "so-nv", "Sở Nội vụ", 2026, documents=documents)


def sound(folder):
    return ledger(folder)


def missing(folder):
    """The ledger names a file that is not there."""
    path = ledger(folder)
    (folder / "documents" / "kh.txt").unlink()
    return path


def on_a_server(folder):
    return ledger(folder, path="\\\\server\\share\\kh.txt")


def changed(folder):
    """The file was changed after its hash was recorded."""
    path = ledger(folder)
    (folder / "documents" / "kh.txt").write_bytes(TEXT + b" ")
    return path


def broken(folder):
    """The file cannot be opened, though it is there and unchanged."""
    data = b"%PDF-1.7 broken"
    path = ledger(folder, path="documents/kh.pdf", sha256=hashlib.sha256(data).hexdigest())
    (folder / "documents" / "kh.pdf").write_bytes(data)
    return path


def elsewhere(folder):
    """The document is a page on the web, which nobody looked at."""
    return ledger(folder, path="https://example.vn/kh", sha256="")


CASES = [
    (sound, "proven", None, 1.0),
    (missing, "evidence-invalid", "file-missing", 0.0),
    (on_a_server, "evidence-invalid", "path-outside-folder", 0.0),
    (changed, "evidence-invalid", "document-changed", 0.0),
    (broken, "evidence-invalid", "document-broken", 0.0),
    (elsewhere, "declared", None, 1.0),
]


def said(capsys, *arguments):
    """Return what a verb prints as JSON."""
    capsys.readouterr()
    main([*map(str, arguments), "--format", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("make", "state", "reason", "supported"), CASES)
def test_score_and_report_keep_the_points_the_judgement_supports(
    tmp_path, make, state, reason, supported
):
    path, out = make(tmp_path / "unit"), tmp_path / "o"
    main(["--quiet", "score", str(path), "--out", str(out)])
    scores = pd.read_csv(out / "scores.csv", dtype={"code": str}).set_index("code")
    assert scores.loc[ITEM, ["points", "supported_points"]].tolist() == [1.0, supported]
    gaps = pd.read_csv(out / "gaps.csv", dtype=str)
    causes = gaps.loc[gaps["item_code"] == ITEM, "cause"].tolist()
    assert causes == ([] if supported else [state])


@pytest.mark.parametrize(("make", "state", "reason", "supported"), CASES)
def test_explain_verify_and_explanations_give_the_same_judgement(
    tmp_path, capsys, make, state, reason, supported
):
    path = make(tmp_path / "unit")
    why = said(capsys, "explain", ITEM, path)
    assert (why["proof"], why["supported"]) == (state, supported)
    verified = said(capsys, "evidence", "verify", path)
    states = {row["item_code"]: row["state"] for row in verified["items"]}
    assert states[ITEM] == state
    errors = [row["code"] for row in verified["findings"] if row["severity"] == "error"]
    assert errors == ([reason] if reason else [])
    listed = said(capsys, "evidence", "explanations", path)["items"]
    mine = [row for row in listed if row["item_code"] == ITEM]
    assert [row["proof"] for row in mine] == ([] if supported else [state])
    assert len(why["reasons"]) == (2 if reason else 1)
    assert all(row["reason"] == " ".join(why["reasons"]) for row in mine)


def test_what_was_not_looked_at_is_said_so(tmp_path, capsys):
    main(["explain", ITEM, str(elsewhere(tmp_path / "unit"))])
    out = capsys.readouterr().out
    assert "Đủ theo khai báo, chưa xem tệp" in out
    assert "1 tài liệu chưa xem tệp" in out


def test_two_years_of_a_unit_are_judged_each_by_its_own_documents(tmp_path):
    sound(tmp_path / "2026")
    other = new_ledger(open_set(SET), "so-nv", "Sở Nội vụ", 2025)
    (tmp_path / "2025.xlsx").write_bytes(other)
    verdicts = read_files([tmp_path]).proof.verdicts
    mine = verdicts[verdicts["item_code"] == ITEM].set_index("year")["state"]
    assert mine.to_dict() == {2025: "no-evidence", 2026: "proven"}


@pytest.mark.parametrize(("make", "state", "reason", "supported"), CASES)
def test_a_bundle_tells_the_same_judgement(tmp_path, make, state, reason, supported):
    path, bundle = make(tmp_path / "unit"), tmp_path / "bundle"
    main(["--quiet", "evidence", "bundle", str(path), "--out", str(bundle)])
    verdicts = pd.read_csv(bundle / "proof.csv", dtype={"item_code": str}).set_index("item_code")
    assert verdicts.loc[ITEM, ["state", "share"]].tolist() == [state, supported]


def test_a_document_that_several_units_hand_in_is_named_in_their_scores(tmp_path):
    for unit in ("so-a", "so-b"):
        path = ledger(tmp_path / unit)
        data = new_ledger(open_set(SET), unit, unit, 2026, documents=read_ledger(path).documents)
        path.write_bytes(data)
    result = compute(read_files([tmp_path]))
    (finding,) = [one for one in result.findings if one.code == "document-of-many-units"]
    assert "so-a; so-b" in finding.problem() and "12/KH-SNV" in finding.problem()


def test_a_secret_document_is_entered_by_its_number_alone(tmp_path, capsys):
    """The guide in the ledger says so; without the mark, a row without a file is an error."""
    path = ledger(tmp_path / "unit", path="", sha256="")
    for secret, found in ((True, []), (False, ["document-without-file"])):
        rows = read_ledger(path).documents.assign(secret=secret, item_codes=ITEM)
        other = tmp_path / f"{secret}.xlsx"
        other.write_bytes(new_ledger(open_set(SET), "a", "A", 2026, documents=rows))
        said = said_by_verify(capsys, other)
        assert said == found


def said_by_verify(capsys, path):
    findings = said(capsys, "evidence", "verify", path)["findings"]
    return [one["code"] for one in findings if one["severity"] == "error"]


def test_a_missing_explanation_is_a_finding_with_exit_code_1(tmp_path, capsys):
    path = missing(tmp_path / "unit")
    assert main(["evidence", "explanations", str(path)]) == 1
    assert "[explanation-missing]" in capsys.readouterr().err


def test_a_draft_whose_number_is_not_entered_yet_does_not_support_in_full(tmp_path, capsys):
    path = ledger(tmp_path / "unit")
    rows = read_ledger(path).documents.assign(document_number="/KH-SNV", item_codes=ITEM)
    path.write_bytes(new_ledger(open_set(SET), "so-nv", "Sở Nội vụ", 2026, documents=rows))
    why = said(capsys, "explain", ITEM, path)
    assert (why["proof"], why["supported"]) == ("evidence-invalid", 0.0)
    assert any("bản dự thảo" in reason for reason in why["reasons"])
