"""Taking in folders and files: what stands for what, and units that come twice."""

import shutil

from scoring.batch.reading import read_files
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

LEDGER = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"


def test_a_unit_in_two_ledgers_is_named_with_both_files(tmp_path):
    for name in ("bản 1", "bản 2"):
        (tmp_path / name).mkdir()
        shutil.copy(LEDGER, tmp_path / name / "ledger.xlsx")
    first = read_files([tmp_path]).findings[0]
    assert first.code == "unit-in-several-ledgers"
    assert "phu-tho năm 2026 nằm trong 2 sổ: bản 1/ledger.xlsx; bản 2/ledger.xlsx" in first.text()


def test_a_folder_stands_for_the_ledgers_in_it_whatever_their_depth(tmp_path):
    (tmp_path / "Sở A" / "sâu hơn").mkdir(parents=True)
    shutil.copy(LEDGER, tmp_path / "Sở A" / "sâu hơn" / "sổ.xlsx")
    (tmp_path / "Sở A" / "~$sổ.xlsx").write_bytes(b"held by Excel")
    intake = read_files([tmp_path])
    assert intake.inputs["unit_code"].unique().tolist() == ["phu-tho"]
    assert intake.findings == ()


def test_an_empty_folder_is_named_and_stops_nothing_else(tmp_path, capsys):
    (tmp_path / "rỗng").mkdir()
    intake = read_files([tmp_path / "rỗng", LEDGER])
    assert [finding.code for finding in intake.findings] == ["no-ledgers-in-folder"]
    assert intake.unreadable == ("rỗng",) and len(intake.inputs)
    assert main(["score", str(tmp_path / "rỗng"), "--out", str(tmp_path)]) == 2
    assert "[no-ledgers-in-folder]" in capsys.readouterr().err
