"""A published result: whoever holds the folder recomputes it, and finds what somebody changed."""

import csv
import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package

from scoring.cli.commands import verify
from scoring.cli.main import main
from scoring.files.sealed.manifest import manifest_in
from scoring.outputs.results_manifest import write_manifest

ROOT = Path(__file__).resolve().parents[2]
SET = "service-quality-766"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    desk = tmp_path_factory.mktemp("desk")
    table = pd.read_csv(ROOT / "evidence" / "phu-tho-2026" / "inputs.csv", dtype=str)
    table = table.assign(reason="bà Nguyễn Thị A nghỉ")
    table.to_csv(desk / "so-lieu.csv", index=False)
    line = ["publish", str(desk / "so-lieu.csv"), "--criteria", SET, "--out", str(desk / "cb")]
    assert main([*line, "--publisher", "Sở Nội vụ mẫu"]) == 0
    return desk / "cb"


@pytest.fixture
def copy(published, tmp_path):
    return shutil.copytree(published, tmp_path / "cb")


def verified(folder, capsys):
    """Exit code and findings of ``parindex verify``."""
    code = main(["--format", "json", "--lang", "en", "verify", str(folder)])
    told = json.loads(capsys.readouterr().out)
    # The first of a kind: scores come before the ranking.
    return code, {found["code"]: found for found in reversed(told["findings"])}


def zipped(folder, target):
    """Zip a folder as the file manager of a system does, with compression and times."""
    return Path(shutil.make_archive(str(target), "zip", folder))


def resealed(folder, **changed):
    """Write a fresh manifest, as somebody does who wants a change to pass."""
    facts = dict(manifest_in(folder).about)
    owner, _ = changed.pop("made_by", facts.pop("made_by")), facts.pop("package")
    write_manifest(folder, [], facts | changed, owner)


def replaced(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_published_result_is_recomputed_from_its_own_folder(published, capsys):
    assert main(["--lang", "en", "verify", str(published)]) == 0
    said = capsys.readouterr().out
    assert "points, ranks and statuses agree" in said and "par-index-scoring" in said
    assert Package(str(published / "datapackage.json")).validate().valid


def test_it_holds_no_reasons_and_no_names_of_people(published):
    for path in published.rglob("*"):
        assert not path.is_file() or "Nguyễn" not in path.read_text(encoding="utf-8"), path
    assert "reason" not in (published / "inputs.csv").read_text(encoding="utf-8").split("\n")[0]


def test_a_changed_result_is_named_with_what_stands_and_what_comes_out(copy, capsys):
    replaced(copy / "scores.csv", ",INDEX,index,100.0,61.89,", ",INDEX,index,100.0,91.89,")
    code, found = verified(copy, capsys)
    assert code == 1 and {"manifest-file-changed", "published-differs"} == set(found)
    resealed(copy)
    code, found = verified(copy, capsys)
    assert code == 1 and set(found) == {"published-differs"}
    assert "INDEX points: 91.89 ≠ 61.89" in found["published-differs"]["problem"]
    assert found["published-differs"]["unit_code"] == "phu-tho"


def test_a_changed_figure_under_a_fresh_manifest_comes_to_other_points(copy, capsys):
    rows = list(csv.reader((copy / "inputs.csv").open(encoding="utf-8")))
    item, value = rows[0].index("item_code"), rows[0].index("value")
    row = next(row for row in rows if row[item] == "1.1" and row[value])
    row[value] = str(float(row[value]) + 1)
    with (copy / "inputs.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    resealed(copy)
    code, found = verified(copy, capsys)
    assert code == 1 and "1.1 points" in found["published-differs"]["problem"]


def test_a_set_with_other_points_is_named(copy, capsys):
    items = copy / "criteria" / SET / "items.csv"
    text = items.read_text(encoding="utf-8")
    items.write_text(text.replace("hạn", "kỳ", 1), encoding="utf-8")
    resealed(copy)
    code, found = verified(copy, capsys)
    assert code == 1 and "set-id-taken" in found  # this machine has the set of that name
    shutil.rmtree(copy / "criteria" / SET)
    shutil.copytree(ROOT / "criteria" / "commune-sample", copy / "criteria" / "commune-sample")
    resealed(copy)
    _, found = verified(copy, capsys)
    assert "commune-sample" in found["published-set-differs"]["problem"]


def test_a_set_other_than_the_one_that_scored_is_named_by_its_fingerprint(copy, capsys):
    resealed(copy, set_fingerprint="0" * 16)
    code, found = verified(copy, capsys)
    assert code == 1 and set(found) == {"published-set-differs"}


def test_a_zip_is_published_and_recomputed_as_a_folder_is(published, tmp_path, capsys):
    figures = str(ROOT / "evidence" / "phu-tho-2026" / "inputs.csv")
    out = tmp_path / "cb.zip"
    assert main(["publish", figures, "--criteria", SET, "--out", str(out)]) == 0
    first = out.read_bytes()
    assert main(["--lang", "en", "verify", str(out)]) == 0
    said = capsys.readouterr().out
    assert "points, ranks and statuses agree" in said and "cb.zip" in said
    out.unlink()
    main(["publish", figures, "--criteria", SET, "--out", str(out)])
    assert out.read_bytes() == first
    out.write_bytes(b"of somebody else")
    assert main(["publish", figures, "--criteria", SET, "--out", str(out)]) == 2
    assert "output-exists" in "".join(capsys.readouterr()) and len(out.read_bytes()) == 16


def test_a_change_in_a_zip_is_named_whoever_zipped_it(copy, tmp_path, capsys, monkeypatch):
    replaced(copy / "scores.csv", ",INDEX,index,100.0,61.89,", ",INDEX,index,100.0,91.89,")
    resealed(copy)
    code, found = verified(zipped(copy, tmp_path / "gui"), capsys)
    assert code == 1 and set(found) == {"bundle-zip-remade", "published-differs"}
    monkeypatch.setattr(verify, "MOST_BYTES", 100)
    assert "published-too-large" in verified(tmp_path / "gui.zip", capsys)[1]


@pytest.mark.parametrize("owner", ["publish + score", "score"])
def test_another_maker_in_the_manifest_does_not_get_round_the_recomputing(copy, capsys, owner):
    replaced(copy / "scores.csv", ",INDEX,index,100.0,61.89,", ",INDEX,index,100.0,91.89,")
    resealed(copy, made_by=owner)
    assert "published-differs" in verified(copy, capsys)[1]


def test_a_missing_and_an_extra_file_are_named(copy, capsys):
    (copy / "ranking.csv").unlink()
    (copy / "ghi chú.txt").write_text("của ai?", encoding="utf-8")
    code, found = verified(copy, capsys)
    assert code == 1
    assert found["manifest-file-missing"]["file"] == "ranking.csv"
    assert found["manifest-file-added"]["file"] == "ghi chú.txt"


def test_a_table_sorted_and_saved_by_excel_is_changed_and_still_agrees(copy, capsys):
    scores = pd.read_csv(copy / "scores.csv", dtype={"code": str}).iloc[::-1]
    scores.to_csv(copy / "scores.csv", sep=";", decimal=",", index=False, encoding="utf-8-sig")
    code, found = verified(copy, capsys)
    assert code == 1 and set(found) == {"manifest-file-changed"}
    assert found["manifest-file-changed"]["file"] == "scores.csv"


def test_the_record_is_dcat_and_states_nothing_that_nobody_gave(published):
    record = json.loads((published / "dcat.jsonld").read_text(encoding="utf-8"))
    assert record["@type"] == "dcat:Dataset"
    assert {text["@language"] for text in record["dct:title"]} == {"vi", "en"}
    assert {text["@language"] for text in record["dct:description"]} == {"vi", "en"}
    assert record["dct:publisher"]["foaf:name"] == "Sở Nội vụ mẫu"
    assert not {"dct:license", "dct:spatial", "dct:issued"} & set(record)
    (year,) = record["dct:temporal"]
    assert year["dcat:startDate"]["@value"] == "2026-01-01"
    names = [one["dct:title"] for one in record["dcat:distribution"]]
    assert {"inputs.csv", "scores.csv", "ranking.csv", f"criteria/{SET}/set.toml"} <= set(names)
    for one in record["dcat:distribution"]:
        assert one["dcat:accessURL"] and one["dcat:mediaType"]["@id"].startswith("https://")
        size = (published / one["dct:title"]).stat().st_size
        assert int(one["dcat:byteSize"]["@value"]) == size
    assert record["dct:conformsTo"]["@id"].endswith("/data-package/")


def test_quarters_of_one_unit_are_one_unit(tmp_path, capsys):
    table = pd.read_csv(ROOT / "evidence" / "phu-tho-2026" / "inputs.csv", dtype=str)
    both = pd.concat([table.assign(period=period) for period in ("quý I", "quý II")])
    both.to_csv(tmp_path / "a.csv", index=False)
    line = ["publish", str(tmp_path / "a.csv"), "--criteria", SET, "--out", str(tmp_path / "cb")]
    assert main(line) == 0
    assert "kết quả của 1 đơn vị" in capsys.readouterr().out


def test_figures_that_are_not_there_are_not_published(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("unit_code,year,item_code,input,value\n", encoding="utf-8")
    out = tmp_path / "cb"
    assert main(["publish", str(tmp_path / "a.csv"), "--criteria", SET, "--out", str(out)]) == 1
    assert "publish-no-figures" in "".join(capsys.readouterr()) and not out.exists()


def test_points_that_the_figures_alone_do_not_give_are_not_published(monkeypatch, tmp_path, capsys):
    from scoring.batch import publishing

    other = publishing.scored

    def taken_wrongly(intake):
        sheet, findings = other(intake)
        sheet.index["points"] += 1 if intake.inputs["file"].eq("inputs.csv").all() else 0
        return sheet, findings

    shutil.copy(ROOT / "evidence" / "phu-tho-2026" / "inputs.csv", tmp_path / "so.csv")
    monkeypatch.setattr(publishing, "scored", taken_wrongly)
    out = tmp_path / "cb"
    assert main(["publish", str(tmp_path / "so.csv"), "--criteria", SET, "--out", str(out)]) == 1
    assert "publish-differs" in "".join(capsys.readouterr()) and not out.exists()


def test_a_batch_without_pyarrow_says_which_extra_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "scoring.batch.batch_run", None)
    asked = ["batch", str(tmp_path), "--criteria", SET, "--out", str(tmp_path / "kq")]
    assert main(asked) == 2
    said = "".join(capsys.readouterr())
    assert "batch-needs-pyarrow" in said and "par-index-scoring[parquet]" in said
