"""A set is bound by id, version and fingerprint: nobody's folder stands in for the set meant."""

import json
import shutil

import pytest
from openpyxl import load_workbook

from scoring.base.errors import CriteriaError, UnreadableError
from scoring.cli.main import main
from scoring.criteria import list_sets, open_named_set, open_set
from scoring.evidence.ledger import new_ledger, read_ledger

SET = "department-sample"
SHIPPED = open_set(SET)


def copied(target, version=SHIPPED.meta.version, altered=True):
    """Copy the shipped set to `target`, say one thing otherwise in it and name its version."""
    shutil.copytree(list_sets()[SET], target)
    meta = (target / "set.toml").read_text(encoding="utf-8")
    meta = meta.replace(f'version = "{SHIPPED.meta.version}"', f'version = "{version}"')
    if altered:
        meta = meta.replace('tier = "', 'tier = "khac-')
    (target / "set.toml").write_text(meta, encoding="utf-8")
    return target


@pytest.fixture
def work(tmp_path, monkeypatch):
    """The working folder that commands are run in."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def ledger(path, **info):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(new_ledger(SHIPPED, "so-a", "Sở A", 2026))
    if info:
        book = load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows():
                # The key stands left of the value on the hidden sheet, right of it on Thông tin.
                for key, value in ((row[0].value, 1), (row[-1].value, 1)):
                    if key in info:
                        row[value].value = info[key]
        book.save(path)
    return path


@pytest.mark.parametrize("name", [SET, "bo-khac"])
def test_a_set_of_ones_own_with_the_id_of_a_shipped_one_stops_the_run(work, name, capsys):
    copied(work / "criteria" / name)
    code = main(["score", str(ledger(work / "s.xlsx")), "--criteria", name, "--out", "out"])
    said = capsys.readouterr()
    assert code == 1 and not (work / "out").exists() and "[set-id-taken]" in said.err
    assert str(work / "criteria" / name) in said.err and str(list_sets()[SET]) in said.err


def test_a_copy_that_says_the_same_is_the_same_set(work):
    copied(work / "criteria" / SET, altered=False)
    assert list_sets()[SET].parent != work / "criteria"
    assert SHIPPED.fingerprint == open_set(work / "criteria" / SET).fingerprint


def test_a_set_given_by_its_path_may_be_another_version_but_not_another_content(tmp_path):
    with pytest.raises(CriteriaError) as caught:
        open_set(copied(tmp_path / "same"))
    assert [finding.code for finding in caught.value.findings][-1] == "set-id-taken"
    assert open_set(copied(tmp_path / "next", version="mau-9")).meta.version == "mau-9"


@pytest.mark.parametrize("named", ["./bo-la", "//attacker.example/share/set", "../x/bo-la", "."])
def test_what_a_ledger_names_is_an_id_and_never_a_path(work, named):
    copied(work / "bo-la")
    sent = ledger(work / "s.xlsx", **{"set_id": named, "Mã bộ tiêu chí": named})
    with pytest.raises(UnreadableError) as caught:
        read_ledger(sent)
    assert caught.value.finding.code == "set-unknown"
    with pytest.raises(UnreadableError):
        open_named_set(named)


def test_a_set_folder_beside_a_sent_ledger_is_not_looked_at(work, tmp_path):
    sent = ledger(tmp_path / "sent" / "ledger.xlsx")
    copied(tmp_path / "sent" / "criteria" / SET)
    copied(tmp_path / "sent" / "documents" / SET)
    assert main(["--quiet", "score", str(sent), "--out", "out"]) in (0, 1)
    stated = json.loads((work / "out" / "manifest.json").read_text(encoding="utf-8"))["about"]
    assert stated["set_fingerprint"] == SHIPPED.fingerprint


def test_a_ledger_of_another_content_is_an_error_that_names_both(work, capsys):
    sent = ledger(work / "s.xlsx", set_fingerprint="f" * 64)
    assert main(["score", str(sent), "--out", "out"]) == 1
    said = capsys.readouterr().err
    assert "[ledger-of-other-version]" in said
    assert "f" * 12 in said and SHIPPED.fingerprint[:12] in said


def test_the_fingerprint_stands_in_every_result(work, capsys):
    sent, stated = ledger(work / "s.xlsx"), SHIPPED.fingerprint[:16]
    main(["score", str(sent), "--out", "out"])
    assert stated in capsys.readouterr().out
    main(["explain", "1.1.1", str(sent)])
    assert stated in capsys.readouterr().out
    main(["score", str(sent), "--out", "out", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["set_fingerprint"][:16] == stated
    assert stated in (work / "out" / "report.html").read_text(encoding="utf-8")
    cells = [cell for row in load_workbook(work / "out" / "report.xlsx").worksheets[0].values
             for cell in row if isinstance(cell, str)]  # fmt: skip
    assert any(stated in cell for cell in cells)


def test_a_set_is_built_once_for_what_it_says_and_anew_when_it_changes(work):
    folder = copied(work / "bo", version="cua-toi", altered=False)
    first = open_set(folder)
    assert open_set(folder) is first
    meta = (folder / "set.toml").read_text(encoding="utf-8")
    (folder / "set.toml").write_text(meta.replace('tier = "', 'tier = "khac-'), encoding="utf-8")
    shutil.copytree(folder, work / "bo-hai")
    assert open_set(folder).meta.tier == f"khac-{first.meta.tier}"
    assert open_set(work / "bo-hai") is not open_set(folder)
