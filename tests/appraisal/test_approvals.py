"""Approvals lapse when what was approved changes; heads can be signed."""

import datetime as dt

import pandas as pd
import pytest

from scoring.appraisal import append_decisions, check_journal
from scoring.appraisal.approvals import (
    append_approval,
    approved_digests,
    lapsed_approvals,
    sign_journal,
    signature_findings,
)
from scoring.appraisal.journal import open_journal
from scoring.appraisal.journal_lines import sealed
from scoring.base.units import UnitKey

DAY = dt.date(2026, 12, 20)
UNIT = UnitKey("A", 2026)
POINTS = pd.DataFrame(
    {"unit_code": "A", "year": 2026, "period": "", "code": ["1", "INDEX"], "points": [0.5, 80.0]}
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "appraisal.jsonl"
    row = {"round": "1", "unit_code": "A", "year": 2026, "item_code": "1", "points": 0.5}
    append_decisions(path, pd.DataFrame([row | {"set_fingerprint": "ab"}]))
    return path


@pytest.mark.parametrize(
    ("fingerprint", "points", "ledger", "changed"),
    [
        ("ab", POINTS, "cd", None),
        ("ff", POINTS, "cd", "the criteria set"),
        ("ab", POINTS.assign(points=[0.25, 80.0]), "cd", "the table of points"),
        ("ab", POINTS, "ff", "ledger A/2026"),
        ("ab", POINTS.iloc[::-1], "cd", None),
    ],
)
def test_an_approval_lapses_when_set_points_or_ledger_change(
    path, fingerprint, points, ledger, changed
):
    approved = approved_digests("ab", POINTS, {UNIT: "cd"})
    append_approval(path, approved, approved_by="Chủ tịch", approved_on=DAY)
    assert check_journal(path) == []
    current = approved_digests(fingerprint, points, {UNIT: ledger})
    found = [(one.code, one.cell, one.problem("en")) for one in lapsed_approvals(path, current)]
    assert [one[:2] for one in found] == ([("approval-lapsed", "3")] if changed else [])
    assert all("-" not in one.problem("vi") for one in lapsed_approvals(path, current))
    assert all(f"Chủ tịch has lapsed: {changed} changed" in text for *_, text in found), found


def test_a_signature_vouches_for_the_head_it_was_made_of(path, tmp_path):
    (tmp_path / "khoa.p12").write_bytes(_key_file())
    before = open_journal(path).head
    head = sign_journal(path, tmp_path / "khoa.p12", b"bi mat")
    assert check_journal(path, before)[0].code == "journal-went-on"
    (found,) = signature_findings(path)
    assert (found.code, found.values["value"]) == ("journal-signed", "CN=Tran Binh")
    signed = open_journal(path).lines[-1]
    assert signed.hash == head
    forged = sealed(signed.said | {"head": "0" * 64}, signed.number, before)
    path.write_bytes(b"\n".join(line.text for line in (*open_journal(path).lines[:-1], forged)))
    assert [found.code for found in signature_findings(path)] == ["journal-signature-wrong"]


def _key_file():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tran Binh")])
    first, last = dt.datetime(2026, 1, 1), dt.datetime(2046, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    made = made.public_key(key.public_key()).not_valid_before(first).not_valid_after(last)
    sealing = serialization.BestAvailableEncryption(b"bi mat")
    return pkcs12.serialize_key_and_certificates(
        b"x", key, made.sign(key, hashes.SHA256()), None, sealing
    )
