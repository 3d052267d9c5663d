"""A bundle recomputes its scores when it is packed and again on the receiver's machine."""

import shutil
import zipfile

import pandas as pd
import pytest

from scoring.batch.run import compute
from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.files.sealed.manifest import (
    MANIFEST_NAME,
    Manifest,
    entry_of,
    files_below,
    read_manifest,
)
from scoring.outputs.machine import write_tables

SET = "department-sample"
SHIPPED = open_set(SET)
TEXT = "KẾ HOẠCH cải cách hành chính năm 2026".encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A unit's folder: a ledger with one plan, and its scores beside it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "kh.txt").write_bytes(TEXT)
    plan = {
        "document_id": "TL001", "document_number": "12/KH-SNV", "kind": "KH",
        "issued_on": pd.Timestamp(2026, 1, 8), "issued_precision": "day", "place": "",
        "title": "Kế hoạch CCHC năm 2026", "issuer": "Sở Nội vụ", "item_codes": "1.1.1",
        "secret": False, "path": "documents/kh.txt", "sha256": "",
    }  # fmt: skip
    data = new_ledger(SHIPPED, "so-nv", "Sở Nội vụ", 2026, documents=pd.DataFrame([plan]))
    (folder / "ledger.xlsx").write_bytes(data)
    result = compute(read_files([folder / "ledger.xlsx"]))
    write_tables(result.sheet.scores, result.gaps, result.findings, folder / "results")
    return folder


@pytest.fixture
def unit(made, tmp_path):
    shutil.copytree(made, tmp_path / "unit")
    return tmp_path / "unit"


def altered(scores):
    """Let the index of a table of scores read 99."""
    table = pd.read_csv(scores, dtype=str, keep_default_na=False)
    table.loc[table["code"] == "1.1.1", "points"] = "0.99"
    table.to_csv(scores, index=False)


def bundle(unit, target, scores="results"):
    return main(["--quiet", "evidence", "bundle", str(unit / "ledger.xlsx"), "--scores",
                 str(unit / scores), "--out", str(target)])  # fmt: skip


def with_new_manifest(folder):
    """Make the manifest anew, as whoever changes a bundle can."""
    old, _ = read_manifest((folder / MANIFEST_NAME).read_bytes())
    files = tuple(entry_of(folder, name) for name in files_below(folder))
    new = Manifest(old.kind, files, old.inputs, old.withheld, old.about)
    (folder / MANIFEST_NAME).write_bytes(new.to_bytes())


@pytest.mark.parametrize("name", ["gói", "gói.zip"])
def test_scores_of_the_ledger_agree_when_packed_and_when_verified(unit, tmp_path, name, capsys):
    assert bundle(unit, tmp_path / name) == 0
    capsys.readouterr()
    assert main(["verify", str(tmp_path / name)]) == 0
    said = capsys.readouterr().out
    assert "khớp" in said and SHIPPED.stated in said


@pytest.mark.parametrize("given", ["results", "results/scores.csv"])
def test_altered_scores_are_named_when_packed(unit, tmp_path, given, capsys):
    altered(unit / "results" / "scores.csv")
    assert bundle(unit, tmp_path / "gói", given) == 1
    said = capsys.readouterr().err
    assert "[bundle-scores-differ]" in said and "1.1.1 points: 0.99 ≠ 1.0" in said


def test_scores_without_their_columns_are_named(unit, tmp_path, capsys):
    (unit / "results" / "scores.csv").write_text("code;điểm\n1.1.1;99\n", encoding="utf-8")
    assert bundle(unit, tmp_path / "gói") == 1
    assert "[bundle-scores-differ]" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_altered_scores_under_a_new_manifest_are_named_when_verified(unit, tmp_path, form, capsys):
    bundle(unit, tmp_path / "gói")
    altered(tmp_path / "gói" / "scores" / "scores.csv")
    with_new_manifest(tmp_path / "gói")
    sent = tmp_path / "gói"
    if form == "zip":
        sent = tmp_path / "gói.zip"
        with zipfile.ZipFile(sent, "w") as package:
            for name in [*files_below(tmp_path / "gói"), MANIFEST_NAME]:
                package.write(tmp_path / "gói" / name, name)
    assert main(["verify", str(sent)]) == 1
    assert "1.1.1 points: 0.99 ≠ 1.0" in capsys.readouterr().err


@pytest.mark.parametrize(("lang", "column"), [("vi", "lost_points"), ("en", "cause")])
def test_altered_gaps_are_named_when_packed_and_when_verified(unit, tmp_path, lang, column, capsys):
    gaps = unit / "results" / "gaps.csv"
    result = compute(read_files([unit / "ledger.xlsx"]), lang=lang)
    write_tables(result.sheet.scores, result.gaps, result.findings, unit / "results")
    assert bundle(unit, tmp_path / "sound") == 0
    table = pd.read_csv(gaps, dtype=str, keep_default_na=False)
    table.loc[0, column] = "0.01" if column == "lost_points" else "deduction"
    table.to_csv(gaps, index=False)
    assert bundle(unit, tmp_path / "gói") == 1
    for arguments in ([], ["verify", str(tmp_path / "gói")]):
        assert not arguments or main(arguments) == 1
        said = capsys.readouterr().err
        assert "[bundle-scores-differ]" in said and "gaps.csv" in said and f" {column}: " in said


def test_what_is_only_sealed_is_named_when_verified(unit, tmp_path, capsys):
    (unit / "results" / "charts").mkdir()
    for name in ("report.xlsx", "report.html", "charts/a.svg"):
        (unit / "results" / name).write_text("x", encoding="utf-8")
    bundle(unit, tmp_path / "gói")
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "gói")]) == 0
    assert (
        "không tính lại: charts/, findings.csv, report.html, report.xlsx."
        in capsys.readouterr().out
    )


def test_only_what_was_sent_is_said_to_agree(unit, tmp_path, capsys):
    bundle(unit, tmp_path / "gói")
    bundle(unit, tmp_path / "điểm", "results/scores.csv")
    main(
        ["--quiet", "evidence", "bundle", str(unit / "ledger.xlsx"), "--out", str(tmp_path / "sổ")]
    )
    told = []
    for name in ("gói", "điểm", "sổ"):
        capsys.readouterr()
        assert main(["verify", str(tmp_path / name)]) == 0
        told.append(capsys.readouterr().out.splitlines()[0].rpartition(": ")[2])
    verdicts = "kết luận về tài liệu."
    assert told == [f"điểm, khoảng cách, {verdicts}", f"điểm, {verdicts}", verdicts]


def test_an_altered_verdict_on_the_proof_is_named_when_verified(unit, tmp_path, capsys):
    bundle(unit, tmp_path / "gói")
    proof = tmp_path / "gói" / "proof.csv"
    proof.write_text(proof.read_text("utf-8").replace("no-evidence", "proven", 1), "utf-8")
    with_new_manifest(tmp_path / "gói")
    assert main(["verify", str(tmp_path / "gói")]) == 1
    assert "state: proven ≠ no-evidence" in capsys.readouterr().err


def test_a_set_in_a_bundle_that_is_not_the_one_of_its_id_is_named(unit, tmp_path, capsys):
    for version in (SHIPPED.meta.version, "mau-9"):
        sent = tmp_path / version
        bundle(unit, sent)
        meta = sent / "criteria" / SET / "set.toml"
        text = meta.read_text("utf-8").replace('tier = "', 'tier = "khac-')
        meta.write_text(text.replace(SHIPPED.meta.version, version), "utf-8")
        with_new_manifest(sent)
        capsys.readouterr()
        assert main(["verify", str(sent)]) == 1
        said = capsys.readouterr().err
        assert SHIPPED.fingerprint[:12] in said
        assert "[set-id-taken]" in said or "[bundle-set-differs]" in said
