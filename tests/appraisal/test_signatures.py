"""A signed head: in the journal, in a file that others hold, and what each still vouches for."""

import json

import pandas as pd
import pytest
from signing_tools import key_file

from scoring.appraisal import append_decisions, check_journal, signatures
from scoring.appraisal.journal import open_journal
from scoring.appraisal.journal_lines import sealed
from scoring.appraisal.signatures import sign_journal, signature_findings
from scoring.cli.main import main

ROW = {"round": "1", "unit_code": "A", "year": 2026, "item_code": "1", "set_fingerprint": "ab"}


@pytest.fixture(scope="module")
def key():
    return key_file(b"bi mat")


@pytest.fixture
def path(tmp_path, key, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "khoa.p12").write_bytes(key)
    (tmp_path / "mat-khau.txt").write_text("bi mat\n", encoding="utf-8")
    decide(tmp_path / "appraisal.jsonl", "1")
    return tmp_path / "appraisal.jsonl"


def decide(path, item):
    append_decisions(path, pd.DataFrame([ROW | {"item_code": item, "points": 0.5}]))


def run(capsys, line):
    capsys.readouterr()
    code = main(["--format", "json", "appraise", *line.split()])
    found = json.loads(capsys.readouterr().out)["findings"]
    return code, {one["code"]: one["problem"] for one in found}


SIGN = "sign appraisal.jsonl --key khoa.p12 --password-file mat-khau.txt --out chu-ky.json"
CHECK = "check appraisal.jsonl --signature chu-ky.json"


def test_a_signature_vouches_for_the_head_it_was_made_of(path, tmp_path):
    before = open_journal(path).head
    head = sign_journal(path, tmp_path / "khoa.p12", b"bi mat")
    assert check_journal(path, before)[0].code == "journal-went-on"
    (found,) = signature_findings(path)
    assert (found.code, found.values["value"]) == ("journal-signed", "CN=Tran Binh")
    signed = open_journal(path).lines[-1]
    assert signed.hash == head
    for forged in (signed.said | {"head": "0" * 64}, signed.said):
        # The second is a right signature, but of a line that stands elsewhere.
        last = sealed(forged, signed.number, "f" * 64)
        path.write_bytes(b"\n".join(line.text for line in (*open_journal(path).lines[:-1], last)))
        assert [found.code for found in signature_findings(path)] == ["journal-signature-wrong"]


def test_a_journal_that_grew_after_signing_is_good_up_to_the_signed_line(path, capsys):
    code, found = run(capsys, SIGN)
    assert code == 0 and set(found) == {"journal-signed"}
    code, found = run(capsys, CHECK)
    assert code == 0 and "Tran Binh" in found["journal-holds-signed-head"]
    assert "journal-grew-after-signing" not in found
    decide(path, "2")
    code, found = run(capsys, CHECK)
    assert code == 0 and "được ghi thêm 1 dòng" in found["journal-grew-after-signing"]
    assert found["journal-holds-signed-head"].endswith("từ đó: 1.")


def test_who_signs_again_signs_what_was_added_after_the_first_time(path, capsys):
    run(capsys, SIGN)
    decide(path, "2")
    assert "journal-grew-after-signing" in [one.code for one in signature_findings(path)]
    run(capsys, f"{SIGN} --replace")
    assert [one.code for one in signature_findings(path)] == ["journal-signed"] * 2


def test_a_password_file_that_is_no_text_opens_no_key(path, capsys):
    before = path.read_bytes()
    path.with_name("mat-khau.txt").write_bytes(b"\xd0\xe1\x00")
    code, found = run(capsys, SIGN)
    assert code == 2 and set(found) == {"signing-key-unusable"}
    assert path.read_bytes() == before


def test_a_held_signature_shows_a_journal_that_was_written_anew(path, capsys):
    run(capsys, SIGN)
    path.unlink()
    decide(path, "2")
    code, found = run(capsys, CHECK)
    assert code == 1 and set(found) == {"journal-head-missing"}


def test_where_nobody_can_type_a_password_the_key_is_told_to_need_one(path, capsys, monkeypatch):
    # As a service runs: there is no stdin at all.
    monkeypatch.setattr("sys.stdin", None)
    code, found = run(capsys, "sign appraisal.jsonl --key khoa.p12")
    assert code == 2 and set(found) == {"signing-key-unusable"}


def test_a_signature_file_that_was_changed_or_is_none_is_named(path, tmp_path, capsys):
    run(capsys, SIGN)
    file = tmp_path / "chu-ky.json"
    said = json.loads(file.read_text())
    file.write_text(json.dumps(said | {"head": "0" * 64}))
    assert "held-signature-wrong" in run(capsys, CHECK)[1]
    file.write_text("[1]")
    assert "signature-file-unknown" in run(capsys, CHECK)[1]


def test_a_certificate_that_did_not_sign_is_named(path, capsys):
    run(capsys, SIGN)
    code, found = run(capsys, "check appraisal.jsonl --signer 0123456789abcdef")
    assert code == 1 and "0123456789abcdef" in found["journal-not-signed-by"]
    digest = next(signature_findings(path)).values["expected"]
    assert run(capsys, f"check appraisal.jsonl --signer {digest[:20]}")[0] == 0


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda desk, patch: (desk / "mat-khau.txt").write_text("sai"), "signing-key-unusable"),
        (lambda desk, patch: (desk / "khoa.p12").write_text("x"), "signing-key-unusable"),
        (
            lambda desk, patch: patch.setattr(signatures, "can_sign", lambda: False),
            "signing-needs-extra",
        ),
    ],
)
def test_what_cannot_be_signed_leaves_the_journal_as_it_was(
    path, tmp_path, capsys, monkeypatch, spoil, code
):
    before = path.read_bytes()
    spoil(tmp_path, monkeypatch)
    assert main(["--quiet", "appraise", *SIGN.split()]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert path.read_bytes() == before and not (tmp_path / "chu-ky.json").exists()


def test_without_the_extra_signatures_are_not_checked_and_that_is_said(path, capsys, monkeypatch):
    run(capsys, SIGN)
    monkeypatch.setattr(signatures, "can_sign", lambda: False)
    assert "signatures-not-checked" in run(capsys, CHECK)[1]
