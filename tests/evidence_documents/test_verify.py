"""Verification: files are there and unchanged, signatures sound, claims consistent."""

import datetime as dt
import hashlib
import io
import os
import unicodedata

import pandas as pd
import pytest

from scoring.base.units import UnitKey
from scoring.evidence.proof import Look, keyed, opening, proof_of, with_hashes
from scoring.evidence.proof import files as files_module
from scoring.evidence.proof.judging import MOST_ITEMS
from scoring.evidence.proof.signatures import signatures_available

pyhanko_only = pytest.mark.skipif(not signatures_available(), reason="pyHanko is not installed")
TEXT_COLUMNS = ("document_number", "kind", "issuer", "signer", "title", "path", "address", "sha256")


def documents(*rows):
    """Return the table Documents from dicts; what a row leaves out is unremarkable."""
    usual = {
        "document_number": "12/KH-SNV", "kind": "KH", "issued_on": "2024-01-05",
        "issued_precision": "day", "issuer": "Sở Nội vụ", "signer": "", "title": "Kế hoạch",
        "path": "", "address": "", "valid_from": None, "valid_to": None, "secret": False,
        "sha256": "",
    }  # fmt: skip
    table = pd.DataFrame([{"document_id": "a"} | usual | row for row in rows])
    for column in ("issued_on", "valid_from", "valid_to"):
        table[column] = pd.to_datetime(table[column])
    return table.astype(dict.fromkeys(TEXT_COLUMNS, "str"))


def links(*pairs):
    return pd.DataFrame(pairs, columns=["document_id", "item_code"], dtype="str").assign(place="")


def requirements(*rows):
    table = pd.DataFrame(rows, columns=["item_code", "kind"], dtype="str")
    return table.assign(
        min_documents=1, due_on=pd.to_datetime(pd.Series(pd.NaT, table.index)), source="mẫu"
    )


def proof(root, rows, pairs, wanted=None, *, year, **look):
    unit = UnitKey("SNV", year)
    wanted = requirements() if wanted is None else wanted
    rows = keyed(rows, unit).assign(folder=str(root))
    return proof_of(keyed(wanted, unit), rows, keyed(pairs, unit), Look(**look))


def verify_documents(*tables, items=None, max_items=MOST_ITEMS, **how):
    return tuple(proof(*tables, **how).findings(items, max_items))


def invalid_documents(judged):
    return set(judged.documents.loc[judged.documents["is_disqualified"], "document_id"])


def codes(findings):
    findings = list(findings)
    # Rendering them too shows a value that a sentence names and nobody filled in.
    assert all(finding.text(lang) for finding in findings for lang in ("vi", "en"))
    # Every document here is a text file; that such files bear no signature has its own test.
    return [finding.code for finding in findings if finding.code != "documents-not-signed"]


@pytest.fixture
def root(tmp_path, plan_lines):
    (tmp_path / "documents").mkdir()
    text = "\n".join(plan_lines()).encode()
    (tmp_path / "documents" / "kh.txt").write_bytes(text)
    return tmp_path


@pytest.fixture
def recorded(root):
    digest = hashlib.sha256((root / "documents" / "kh.txt").read_bytes()).hexdigest()
    return {"path": "documents/kh.txt", "sha256": digest}


def test_a_sound_ledger_has_no_findings(root, recorded):
    found = verify_documents(
        root, documents(recorded), links(("a", "1.1")), requirements(("1.1", "KH")), year=2024
    )
    assert codes(found) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("documents/none.txt", "file-missing"),
        ("../kh.txt", "path-outside-folder"),
        ("/etc/passwd", "path-outside-folder"),
        ("C:\\kh.txt", "path-outside-folder"),
        ("\\\\server\\share\\kh.txt", "path-outside-folder"),
        ("documents", "not-a-regular-file"),
        ("documents/NUL.txt", "path-not-portable"),
    ],
)
def test_a_path_that_leads_astray_is_refused(root, path, code):
    judged = proof(root, documents({"path": path}), links(("a", "1.1")), year=2024)
    assert code in codes(judged.findings())
    assert invalid_documents(judged) == {"a"}


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("make", ["symlink_to", "hardlink_to"])
def test_a_link_out_of_the_folder_is_refused(root, tmp_path_factory, make):
    outside = tmp_path_factory.mktemp("outside") / "kh.txt"
    outside.write_text("Kế hoạch", encoding="utf-8")
    getattr(root / "documents" / "link.txt", make)(outside)
    rows = documents({"path": "documents/link.txt"})
    assert "path-is-link" in codes(verify_documents(root, rows, links(("a", "1.1")), year=2024))


def test_a_file_changed_by_one_byte_no_longer_has_the_recorded_hash(root, recorded):
    with (root / "documents" / "kh.txt").open("ab") as file:
        file.write(b" ")
    judged = proof(root, documents(recorded), links(("a", "1.1")), year=2024)
    assert codes(judged.findings()) == ["document-changed"]
    assert invalid_documents(judged) == {"a"}


def test_hashes_are_recorded_once_and_never_over_an_older_one(root, recorded):
    unhashed = documents({"path": "documents/kh.txt"})
    table, findings = with_hashes(root, unhashed)
    assert (table["sha256"].tolist(), findings) == ([recorded["sha256"]], ())
    assert unhashed["sha256"].tolist() == [""]
    old = documents({"path": "documents/kh.txt", "sha256": "ab" * 32})
    assert with_hashes(root, old)[0]["sha256"].tolist() == ["ab" * 32]
    assert with_hashes(root, old, again=True)[0]["sha256"].tolist() == [recorded["sha256"]]


def test_what_cannot_be_hashed_is_a_finding(root):
    _, findings = with_hashes(root, documents({"path": "../x"}))
    assert codes(findings) == ["path-outside-folder"]


def test_a_file_that_is_not_what_its_name_claims_is_an_error(root):
    (root / "documents" / "x.pdf").write_bytes(b"MZ program")
    found = verify_documents(
        root, documents({"path": "documents/x.pdf"}), links(("a", "1")), year=2024
    )
    assert "document-type-differs" in codes(found)


def of_file(root, lines, **row):
    """Return what is said of a document whose file holds `lines`, and whether it proves nothing."""
    data = "\n".join(lines).encode()
    (root / "documents" / "kh.txt").write_bytes(data)
    usual = {"path": "documents/kh.txt", "sha256": hashlib.sha256(data).hexdigest()}
    judged = proof(root, documents(usual | row), links(("a", "1.1")), year=2024)
    return codes(judged.findings()), bool(invalid_documents(judged))


@pytest.mark.parametrize(
    ("stated", "row", "differs"),
    [
        ({"day": "20"}, {}, True),
        ({"day": "20"}, {"issued_precision": "month", "issued_on": "2024-01-01"}, False),
        ({"day": "  "}, {}, False),
        ({"day": "  ", "month": "02"}, {}, True),
    ],
)
def test_the_date_entered_is_always_held_against_that_in_the_file(
    root, plan_lines, stated, row, differs
):
    told = ["document-date-differs"] if differs else []
    assert of_file(root, plan_lines(**stated), **row) == (told, differs)


def test_a_file_without_number_is_a_draft_whatever_the_ledger_says(root, plan_lines):
    found = of_file(root, plan_lines(number="    /KH-SNV"))
    assert found == (["document-number-blank"], True)


def test_a_number_cell_left_empty_is_said_and_proves_nothing(root, plan_lines):
    found = of_file(root, plan_lines(), document_number="")
    assert found == (["document-number-missing"], True)


@pytest.mark.parametrize(("signer", "said"), [("", True), ("Y Thông", False)])
def test_a_file_nobody_signed_is_a_draft_unless_the_ledger_names_the_signer(
    root, plan_lines, signer, said
):
    lines = plan_lines()[:-3]
    told = ["document-signer-missing"] if said else []
    assert of_file(root, lines, signer=signer) == (told, said)


def test_a_linked_program_proves_nothing(root):
    (root / "documents" / "kh.exe").write_bytes(b"MZ\x90\x00")
    rows = documents({"path": "documents/kh.exe"})
    judged = proof(root, rows, links(("a", "1.1")), year=2024)
    assert "document-is-none" in codes(judged.findings())
    assert invalid_documents(judged) == {"a"}


def test_files_that_cannot_bear_a_signature_are_counted_in_one_warning(root, recorded):
    found = verify_documents(root, documents(recorded), links(("a", "1.1")), year=2024)
    assert [(f.code, f.severity, f.values["count"]) for f in found] == [
        ("documents-not-signed", "warning", 1)
    ]
    quiet = verify_documents(
        root, documents(recorded), links(("a", "1.1")), year=2024, signatures=False
    )
    assert quiet == ()


def test_files_nobody_lists_are_named(root, recorded):
    (root / "documents" / "thừa.txt").write_text("x")
    found = verify_documents(root, documents(recorded), links(("a", "1.1")), year=2024)
    assert codes(found) == ["document-unlisted"]
    assert found[0].file == "documents/thừa.txt"


def test_a_listed_file_is_known_however_its_marks_are_composed(root, recorded):
    (root / "documents" / unicodedata.normalize("NFD", "kế hoạch.txt")).write_text("x")
    rows = documents(recorded, {"document_id": "b", "path": "documents/kế hoạch.txt"})
    found = verify_documents(root, rows, links(("a", "1"), ("b", "1")), year=2024)
    assert "document-unlisted" not in codes(found)
    assert "file-missing" not in codes(found)


def test_one_file_under_two_rows_is_opened_once(root, recorded, monkeypatch):
    opened = []
    run = files_module.answers_about_files
    monkeypatch.setattr(
        files_module, "answers_about_files", lambda *a, **k: opened.extend(a[1]) or run(*a, **k)
    )
    rows = documents(recorded, recorded | {"document_id": "b", "sha256": "ab" * 32})
    judged = proof(root, rows, links(("a", "1"), ("b", "1")), year=2024)
    assert len(opened) == 1
    assert invalid_documents(judged) == {"b"}


def test_a_checker_that_crashes_costs_one_document(root, recorded, monkeypatch):
    monkeypatch.setattr(files_module, "_OPEN", "isolation_targets:check_or_crash")
    (root / "documents" / "crash.txt").write_text("x")
    rows = documents(recorded, recorded | {"document_id": "b", "path": "documents/crash.txt"})
    judged = proof(root, rows, links(("a", "1"), ("b", "1")), year=2024, workers=1)
    assert invalid_documents(judged) == {"b"}
    assert "document-crashed" in codes(judged.findings())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"issued_on": "2023-12-26"}, "document-outside-year"),
        ({"issued_on": "2025-01-02"}, "document-outside-year"),
        ({"issued_on": None, "issued_precision": "none"}, "document-date-missing"),
        ({"issued_on": "2023-12-26", "valid_to": "2023-12-31"}, "document-not-valid-then"),
        ({"valid_from": "2024-05-01", "valid_to": "2024-01-01"}, "document-period-reversed"),
        ({"issued_on": "2023-12-26", "valid_from": "2024-01-01"}, None),
        ({"issued_on": "2021-10-29", "valid_to": "2025-12-31"}, None),
        ({"issued_on": "2024-01-01", "issued_precision": "year"}, None),
    ],
)
def test_a_document_counts_in_its_year_or_its_declared_period(tmp_path, row, code):
    rows = documents(row | {"address": "https://example.vn/kh"})
    found = verify_documents(tmp_path, rows, links(("a", "1.1")), year=2024)
    assert codes(found) == ["document-only-address", *([code] if code else [])]


def test_an_item_due_in_another_year_takes_a_document_of_that_year(tmp_path):
    rows = documents({"issued_on": "2023-12-20", "address": "x"})
    wanted = requirements(("3.1", "KH")).assign(due_on=pd.Timestamp("2023-12-30"))
    found = verify_documents(tmp_path, rows, links(("a", "3.1")), wanted, year=2024)
    assert codes(found) == ["document-only-address"]


@pytest.mark.parametrize(("title", "invalid"), [("Kế hoạch", {"a"}), ("Kế hoạch 2024", set())])
def test_a_plan_issued_early_counts_where_its_title_names_the_year(tmp_path, title, invalid):
    rows = documents({"issued_on": "2023-12-26", "address": "x", "title": title})
    judged = proof(tmp_path, rows, links(("a", "1.1")), year=2024)
    assert ("document-outside-year" in codes(judged.findings())) == bool(invalid)
    assert invalid_documents(judged) == invalid


def test_a_report_does_not_prove_an_item_that_asks_for_a_plan(tmp_path):
    rows = documents({"kind": "BC", "document_number": "1/BC-SNV", "address": "x"})
    wanted = requirements(("1.1", "KH|QĐ"), ("1.2", "BC"), ("1.3", ""))
    pairs = links(("a", "1.1"), ("a", "1.2"), ("a", "1.3"))
    judged = proof(tmp_path, rows, pairs, wanted, year=2024)
    found = list(judged.findings())
    wrong = [finding for finding in found if finding.code == "document-wrong-kind"]
    assert [finding.item_code for finding in wrong] == ["1.1"]
    assert "Báo cáo" in wrong[0].problem("vi")
    assert invalid_documents(judged) == set()  # it still proves 1.2


def test_verdicts_alone_are_those_of_the_whole_judgement(tmp_path):
    rows = documents(
        {"address": "x"},
        {"document_id": "b", "document_number": "/KH-SNV", "address": "x"},
        {"document_id": "c", "path": "not-there.pdf"},
        {"document_id": "d", "issued_on": "2022-03-01", "address": "x"},
        {"document_id": "e", "kind": "BC", "document_number": "9/BC-SNV", "address": "x"},
        {"document_id": "f", "valid_from": "2025-02-01", "valid_to": "2025-01-01", "address": "x"},
    )
    codes = [f"1.{n}" for n in range(1, 7)]
    wanted = requirements(*((code, "KH") for code in codes))
    pairs = links(*zip("abcdef", codes, strict=True))
    told, alone = (
        proof_of(*(keyed(table, UnitKey("SNV", 2024)) for table in (wanted, placed, pairs)), Look(), **how)
        for placed in [rows.assign(folder=str(tmp_path))]
        for how in ({}, {"verdicts_only": True})
    )  # fmt: skip
    pd.testing.assert_frame_equal(alone.verdicts, told.verdicts)
    assert sorted(told.verdicts["state"].unique()) == ["declared", "evidence-invalid"]
    assert invalid_documents(alone) == invalid_documents(told) == {"b", "c", "d", "f"}
    assert {"document-wrong-kind", "document-only-address"} <= {f.code for _, f in told.problems}
    assert not {"document-wrong-kind", "document-only-address"} & {
        f.code for _, f in alone.problems
    }


def test_one_file_stretched_over_many_items_is_suspicious_even_under_two_ids(tmp_path):
    same = {"sha256": "ab" * 32, "address": "x"}
    rows = documents(same, same | {"document_id": "b"})
    pairs = links(*((("a", "b")[n % 2], f"1.{n}") for n in range(9)))
    found = verify_documents(tmp_path, rows, pairs, year=2024, max_items=8)
    assert codes(found).count("document-stretched") == 1
    assert "document-stretched" not in codes(
        verify_documents(tmp_path, rows, pairs, year=2024, max_items=9)
    )


def test_documents_without_items_and_items_without_documents_are_listed(tmp_path):
    items = pd.DataFrame({"code": ["1.1", "1.2"]})
    rows = documents({"address": "x"}, {"document_id": "b"})
    found = verify_documents(
        tmp_path,
        rows,
        links(("a", "1.1"), ("a", "9.9"), ("ghost", "1.1")),
        requirements(("1.1", "KH"), ("1.2", "KH")),
        year=2024,
        items=items,
    )
    told = {(finding.code, finding.item_code) for finding in found}
    assert {
        ("document-without-file", ""),
        ("document-without-link", ""),
        ("item-without-document", "1.2"),
        ("link-unknown-item", "9.9"),
        ("link-unknown-document", "1.1"),
    } <= told


def test_a_number_misspelt_in_the_ledger_is_reported_with_the_likely_form(tmp_path):
    rows = documents({"document_number": "12/KH-SNVV", "issuer": "Sở Nội vụ", "address": "x"},
                     {"document_id": "b", "document_number": "7/QD-UBND", "address": "x"})  # fmt: skip
    found = verify_documents(tmp_path, rows, links(("a", "1"), ("b", "1")), year=2024)
    letters = next(finding for finding in found if finding.code == "document-number-letters")
    assert "7/QĐ-UBND" in letters.remedy("vi")
    assert letters.values["document_id"] == "b"


# Signatures, with a certificate made here.


@pytest.fixture(scope="module")
def signer_and_certificate():
    pytest.importorskip("pyhanko")
    from asn1crypto import keys, x509
    from cryptography import x509 as make
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = ec.generate_private_key(ec.SECP256R1())
    name = make.Name([make.NameAttribute(NameOID.COMMON_NAME, "Nguyễn Văn An")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        make.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=9))
        .add_extension(make.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(make.KeyUsage(True, True, False, False, False, True, True, False, False),
                       critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    der = certificate.public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(der),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    return signer, der


@pytest.fixture
def signed_pdf(signer_and_certificate, make_pdf):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    signer, _ = signer_and_certificate
    meta = signers.PdfSignatureMetadata(field_name="KySo")
    unsigned = io.BytesIO(make_pdf(["Số: 12/KH-SNV", "KẾ HOẠCH"], compress=False))
    out = signers.sign_pdf(IncrementalPdfFileWriter(unsigned), meta, signer=signer)
    return out.getvalue()


def verified(root, data, roots=(), **row):
    (root / "documents" / "kh.pdf").write_bytes(data)
    rows = documents({"path": "documents/kh.pdf", "sha256": hashlib.sha256(data).hexdigest()} | row)
    found = verify_documents(root, rows, links(("a", "1")), year=2024, trust_roots=roots)
    return {finding.code: finding for finding in found if finding.code != "document-unlisted"}


@pyhanko_only
def test_a_sound_signature_names_signer_and_day(root, signed_pdf, signer_and_certificate):
    found = verified(root, signed_pdf, [signer_and_certificate[1]], signer="Nguyễn Văn An")
    assert list(found) == ["signature-sound"]
    assert found["signature-sound"].values["signer"] == "Nguyễn Văn An"
    assert found["signature-sound"].values["signed_on"] == dt.date.today().isoformat()


@pyhanko_only
def test_without_roots_identity_is_said_to_be_unproven(root, signed_pdf):
    assert set(verified(root, signed_pdf, signer="Nguyễn Văn An")) == {
        "signature-sound",
        "signature-roots-missing",
    }


@pyhanko_only
def test_a_certificate_of_nobody_trusted_is_a_warning(root, signed_pdf, tmp_path_factory):
    other = _another_root()
    assert "signature-untrusted" in verified(root, signed_pdf, [other], signer="Nguyễn Văn An")


@pyhanko_only
def test_one_byte_changed_after_signing_breaks_the_signature(root, signed_pdf):
    at = signed_pdf.index(b"BT /F 12")
    changed = signed_pdf[:at] + b"BT /F 13" + signed_pdf[at + 8 :]
    found = verified(root, changed)
    assert "signature-broken" in found
    assert found["signature-broken"].severity == "error"


@pyhanko_only
def test_text_added_after_signing_is_not_covered(root, signed_pdf, make_pdf):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(io.BytesIO(signed_pdf), incremental=True)
    writer.add_page(PdfReader(io.BytesIO(make_pdf(["Trang thêm"]))).pages[0])
    buffer = io.BytesIO()
    writer.write(buffer)
    assert {"signature-not-whole-file", "signature-broken"} & set(verified(root, buffer.getvalue()))


@pyhanko_only
def test_an_unsigned_pdf_is_a_warning(root, make_pdf):
    found = verified(root, make_pdf(["KẾ HOẠCH"]))
    assert found["document-unsigned"].severity == "warning"


@pyhanko_only
def test_a_signature_by_someone_else_is_noticed(root, signed_pdf):
    found = verified(root, signed_pdf, signer="Trần Thị Bình", issuer="Sở Tài chính",
                     document_number="12/KH-STC")  # fmt: skip
    assert "Trần Thị Bình" in found["signature-by-another"].problem("vi")


def test_without_pyhanko_the_reader_is_told_what_was_not_checked(root, make_pdf, monkeypatch):
    monkeypatch.setattr(files_module, "signatures_available", lambda: False)
    found = verified(root, make_pdf(["KẾ HOẠCH"]))
    assert set(found) == {"signatures-not-checked"}


def _another_root():
    from cryptography import x509 as make
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = make.Name([make.NameAttribute(NameOID.COMMON_NAME, "Other root")])
    now = dt.datetime.now(dt.UTC)
    return (
        make.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(8)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=9))
        .add_extension(make.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip


def _mistaken(*_):
    # What code of ours would raise, were it mistaken: the name of its module is one of ours.
    exec("raise KeyError('issued')", {"__name__": "scoring.evidence.proof.signatures"})


def _broken(*_):
    raise ValueError("not a signature")


def _lacking(*_):
    raise MemoryError


def test_a_signature_that_its_library_cannot_read_is_told_as_unsound(monkeypatch):
    monkeypatch.setattr(opening, "pdf_signatures", _broken)
    assert opening._signatures(b"/ByteRange", []) == {"signature_failure": "ValueError"}


@pytest.mark.parametrize(("raising", "kind"), [(_mistaken, KeyError), (_lacking, MemoryError)])
def test_neither_a_mistake_of_ours_nor_a_lack_of_memory_makes_a_signature_unsound(
    raising, kind, monkeypatch
):
    monkeypatch.setattr(opening, "pdf_signatures", raising)
    with pytest.raises(kind):
        opening._signatures(b"/ByteRange", [])
