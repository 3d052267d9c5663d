"""Sets, results, counts and scans as Frictionless Data Packages, judged by frictionless itself."""

import csv
import json
import runpy
import shutil
from pathlib import Path

import pytest
from frictionless import Package

from scoring.cli.main import main
from scoring.files.sealed.data_package import PACKAGE_NAME, write_data_package
from scoring.files.sealed.manifest_check import verify_manifest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "evidence" / "phu-tho-2026"
DOSSIERS = ROOT / "evidence" / "dossiers-example-2026"
SAMPLE = ROOT / "evidence" / "example-department-sample" / "inputs.csv"


def problems(folder):
    """What frictionless finds in a folder: kind, file and field of each problem."""
    report = Package(str(folder / PACKAGE_NAME)).validate()
    found = [(error.type, "", "") for error in report.errors]
    for task in report.tasks:
        found += [
            (error.type, task.name, getattr(error, "field_name", "")) for error in task.errors
        ]
    return found


def told(folder):
    return json.loads((folder / PACKAGE_NAME).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Results with semicolons and decimal commas, as Excel on a Vietnamese system wants them."""
    out = tmp_path_factory.mktemp("scored") / "kq"
    arguments = ["score", str(SAMPLE), "--criteria", "department-sample", "--out", str(out)]
    main([*arguments, "--csv-dialect", "vi", "--quiet"])
    return out


def test_every_shipped_set_is_a_sound_data_package_and_its_description_up_to_date(tmp_path):
    copy = shutil.copytree(ROOT / "criteria", tmp_path / "criteria")
    runpy.run_path(str(ROOT / "docs" / "make_packages.py"))["described"](copy)
    folders = sorted(path.parent for path in copy.glob("*/*.toml"))
    assert len(folders) == 14
    for folder in folders:
        committed = ROOT / "criteria" / folder.name / PACKAGE_NAME
        assert (folder / PACKAGE_NAME).read_bytes() == committed.read_bytes(), (
            "run python docs/make_packages.py"
        )
    assert {folder.name: problems(folder) for folder in folders if problems(folder)} == {}


def test_results_are_a_sound_data_package_that_the_manifest_lists(scored):
    assert problems(scored) == []
    assert verify_manifest(scored) == ()
    assert PACKAGE_NAME in (scored / "manifest.json").read_text(encoding="utf-8")
    package = told(scored)
    assert package["name"] == "department-sample-score"
    assert package["sources"] == [{"title": "inputs.csv"}]
    (scores,) = [one for one in package["resources"] if one["name"] == "scores"]
    fields = {field["name"]: field for field in scores["schema"]["fields"]}
    assert scores["dialect"] == {"delimiter": ";"}
    assert fields["points"]["decimalChar"] == ","
    assert fields["status"]["constraints"]["enum"]
    assert fields["unit_code"]["description_en"] == "code of the unit"
    assert scores["schema"]["primaryKey"] == ["unit_code", "year", "period", "code"]


def test_a_broken_cell_and_a_changed_file_are_found(scored, tmp_path):
    folder = shutil.copytree(scored, tmp_path / "kq")
    text = (folder / "scores.csv").read_text(encoding="utf-8-sig")
    broken = text.replace(";item;", ";mục;", 1).replace(";12,13;", ";mười hai;", 1)
    (folder / "scores.csv").write_text(broken, encoding="utf-8-sig")
    found = problems(folder)
    assert ("hash-count", "scores", "") in found
    write_data_package(folder, "x")
    assert {("constraint-error", "scores", "level"), ("type-error", "scores", "points")} <= {
        *problems(folder)
    }


def test_a_set_whose_rows_point_to_no_item_breaks_a_foreign_key(tmp_path):
    folder = shutil.copytree(ROOT / "criteria" / "commune-sample", tmp_path / "bo")
    with (folder / "options.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][0] = "9.9"
    with (folder / "options.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    write_data_package(folder, "bo")
    assert ("foreign-key", "options", "") in [
        (kind, name, "") for kind, name, _ in problems(folder)
    ]


def test_a_set_edited_by_hand_is_named_and_an_import_describes_it_again(tmp_path, capsys):
    copy = shutil.copytree(ROOT / "criteria" / "commune-sample", tmp_path / "bo")
    assert main(["--lang", "en", "verify", str(copy)]) == 0
    assert "every table is as datapackage.json states" in capsys.readouterr().out
    items = copy / "items.csv"
    items.write_text(
        items.read_text(encoding="utf-8").replace("1.1,", "1.1 ,", 1), encoding="utf-8"
    )
    (copy / "examples.csv").unlink()
    assert main(["verify", str(copy)]) == 1
    said = "".join(capsys.readouterr())
    assert "items.csv [data-package-stale]" in said and "--replace" in said
    assert "examples.csv [data-package-no-table]" in said
    main(["criteria", "export", str(copy), "--out", str(tmp_path / "bo.xlsx")])
    main(["criteria", "import", str(tmp_path / "bo.xlsx"), "--out", str(copy), "--replace"])
    assert main(["verify", str(copy)]) == 0


@pytest.mark.parametrize("text", ["", "[]", '{"resources": [{"path": 1}]}', "[" * 9999])
def test_a_description_that_is_none_is_said(tmp_path, capsys, text):
    (tmp_path / "set.toml").write_text("", encoding="utf-8")
    (tmp_path / PACKAGE_NAME).write_text(text, encoding="utf-8")
    assert main(["verify", str(tmp_path)]) == 1
    assert "data-package-unreadable" in "".join(capsys.readouterr())


def test_a_description_opens_no_file_outside_its_folder(tmp_path, capsys):
    row = {"path": "../../etc/passwd", "bytes": 1, "hash": "sha256:" + "0" * 64}
    (tmp_path / "set.toml").write_text("", encoding="utf-8")
    (tmp_path / PACKAGE_NAME).write_text(json.dumps({"resources": [row]}), encoding="utf-8")
    assert main(["verify", str(tmp_path)]) == 1
    assert "path-outside-folder" in "".join(capsys.readouterr())


def test_batch_dossiers_and_scan_folders_are_sound_packages(tmp_path, capsys):
    ledgers = tmp_path / "so"
    ledgers.mkdir()
    shutil.copy(EXAMPLE / "ledger.xlsx", ledgers)
    criteria = ["--criteria", "service-quality-766"]
    main(["batch", str(ledgers), *criteria, "--workers", "1", "--out", str(tmp_path / "b")])
    log = [str(DOSSIERS / "log" / "thang-04.csv"), "--year", "2026", "--on", "2026-03-31"]
    units = ["--units", str(DOSSIERS / "units.csv"), "--out", str(tmp_path / "d")]
    main(["dossiers", "count", *log, *criteria, *units])
    (ledgers / "so 9.txt").write_text("Kế hoạch số 9/KH-UBND ngày 05/01/2026", encoding="utf-8")
    main(
        [
            "evidence",
            "scan",
            str(ledgers),
            *criteria,
            "--year",
            "2026",
            "--out",
            str(tmp_path / "q"),
        ]
    )
    assert capsys.readouterr()
    for name in ("b", "d", "q"):
        assert problems(tmp_path / name) == [], name
    formats = {one["path"]: one["format"] for one in told(tmp_path / "b")["resources"]}
    assert {"csv", "parquet"} == set(formats.values())


def test_a_folder_without_tables_gets_no_description(tmp_path):
    (tmp_path / "report.html").write_text("<p>", encoding="utf-8")
    assert write_data_package(tmp_path, "x") is None
    assert not (tmp_path / PACKAGE_NAME).exists()
