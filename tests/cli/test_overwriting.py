"""One rule for every verb: what exists is refused, replaced only when told, never an input."""

import shutil
from pathlib import Path

import pytest
from writing_verbs import ELSEWHERE, FILES, FOLDERS, SET, lay_desk, write_ledgers

from scoring.cli.main import main
from scoring.cli.verbs import WRITTEN, verbs
from scoring.files.shipped import shipped_folder
from scoring.files.whole_folder import whole_folder


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The ledger and the workbook of the set, which every desk gets a copy of."""
    folder = tmp_path_factory.mktemp("written")
    write_ledgers(folder)
    return folder


@pytest.fixture
def desk(tmp_path, monkeypatch, written):
    """A folder to work in, with a ledger, a plan and an older ledger's copy."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    lay_desk()
    return tmp_path


def test_every_verb_that_writes_is_tried_here():
    writing = {verb.name for verb in verbs() if any(a.name in WRITTEN for a in verb.arguments)}
    assert writing == FILES.keys() | FOLDERS.keys() | ELSEWHERE


def refused(arguments, place, capsys):
    capsys.readouterr()
    before = place.read_bytes()
    code = main(["--quiet", *arguments])
    assert (code, place.read_bytes()) == (2, before)
    return capsys.readouterr().err


@pytest.mark.parametrize("verb", FILES)
def test_a_file_that_exists_is_refused_and_kept_beside_when_replaced(verb, desk, capsys):
    arguments = FILES[verb].format("cũ").split()
    place = Path(arguments[-1])
    place.write_bytes(b"my thesis")
    said = refused(arguments, place, capsys)
    if verb == "evidence bundle":  # replaces bundles only, whatever it is told
        assert "[bundle-would-overwrite]" in said
        return
    assert "[output-exists]" in said and "--replace" in said
    main(["--quiet", *arguments, "--replace"])
    assert place.read_bytes() != b"my thesis"
    assert Path(f"{place}.bak").read_bytes() == b"my thesis"


@pytest.mark.parametrize("verb", FOLDERS)
def test_a_file_in_the_folder_is_refused_and_kept_beside_when_replaced(verb, desk, capsys):
    command, name = FOLDERS[verb]
    place = Path("ra") / name
    place.parent.mkdir()
    place.write_bytes(b"my thesis")
    arguments = command.format("ra").split()
    assert "[output-exists]" in refused(arguments, place, capsys)
    main(["--quiet", *arguments, "--replace"])
    assert place.read_bytes() != b"my thesis"
    assert place.with_name(f"{name}.bak").read_bytes() == b"my thesis"


@pytest.mark.parametrize("command", [
    "ledger annotate so.xlsx --out so.xlsx", "ledger merge so.xlsx ban.xlsx --out ban.xlsx",
    "ledger carry-forward so.xlsx --criteria department-sample --out so.xlsx",
    "evidence scan so.xlsx --documents ke-hoach --write so.xlsx",
    "evidence explanations so.xlsx --out so.xlsx",
    "plan completion ke-hoach --on 2022-12-31 --out ke-hoach",
    "plan feed ke-hoach --criteria department-sample --on 2022-12-31 --out ke-hoach",
])  # fmt: skip
def test_what_a_verb_reads_is_never_written_over(command, desk, capsys):
    Path("ke-hoach/completion.csv").write_text("entered by hand", encoding="utf-8")
    before = {p: p.read_bytes() for p in desk.rglob("*") if p.is_file()}
    assert main([*command.split(), "--replace"]) in (1, 2)
    assert {p: p.read_bytes() for p in before} == before


@pytest.mark.parametrize("verb", ["score", "demo", "report"])
def test_results_are_made_anew_until_somebody_changed_them(verb, desk, capsys):
    command, name = FOLDERS[verb]
    arguments = command.format("ra").split()
    main(["--quiet", *arguments])
    place = Path("ra") / name
    made = place.read_bytes()
    text = Path("so-lieu.csv").read_text(encoding="utf-8")
    Path("so-lieu.csv").write_text(text.replace(",9,", ",8,"), encoding="utf-8")
    assert main(["--quiet", *arguments]) in (0, 1)
    place.write_bytes(made + b"edited")
    assert "[output-exists]" in refused(arguments, place, capsys)


WHOLE = {verb: command for verb, (command, _) in FOLDERS.items()} | {
    "evidence scan": "evidence scan ke-hoach --out {}",
    "evidence bundle": "evidence bundle so.xlsx --out {}",
    "criteria import-appendix": "criteria import-appendix pl.txt --id x --name x --tier department"
    " --valid-from 2026-01-01 --out {}",
}


@pytest.mark.parametrize("verb", WHOLE)
def test_a_folder_that_another_run_writes_is_left_to_it(verb, desk, capsys):
    text = "TT\tTiêu chí\tĐiểm tối đa\tCách chấm\n1\tChỉ đạo\t1\tCó: 1; không: 0\n"
    Path("pl.txt").write_text(text, encoding="utf-8")
    arguments = ["--quiet", *WHOLE[verb].format("ra").split()]
    with whole_folder(Path("ra")) as other:
        assert main(arguments) == 2
        assert not Path("ra").exists()
        (other / "a").touch()
    assert "[output-folder-in-use]" in capsys.readouterr().err
    assert [path.name for path in Path("ra").iterdir()] == ["a"]


def test_results_may_lie_beside_the_figures_they_were_made_from(desk):
    Path("ra").mkdir()
    shutil.copy("so-lieu.csv", "ra/inputs.csv")
    before = Path("ra/inputs.csv").read_bytes()
    arguments = ["--quiet", "score", "ra/inputs.csv", "--criteria", SET, "--out", "ra"]
    assert main(arguments) == main(arguments) in (0, 1)
    assert Path("ra/inputs.csv").read_bytes() == before


def test_sheets_of_a_set_are_kept_when_a_draft_has_none_of_them(desk):
    shutil.copytree(shipped_folder("criteria") / SET, "bo")
    bands = Path("bo/bands.csv").read_bytes()
    text = "TT\tTiêu chí\tĐiểm tối đa\tCách chấm\n1\tChỉ đạo\t1\tCó: 1; không: 0\n"
    Path("pl.txt").write_text(text, encoding="utf-8")
    command = ["criteria", "import-appendix", "pl.txt", "--id", "x", "--name", "x", "--tier",
               "department", "--valid-from", "2026-01-01", "--out", "bo"]  # fmt: skip
    assert main(command) == 2 and Path("bo/bands.csv").read_bytes() == bands
    main([*command, "--replace"])
    assert Path("bo/bands.csv.bak").read_bytes() == bands


def test_decisions_are_read_and_stay(desk):
    command = ["--quiet", "ledger", "merge", "so.xlsx", "ban.xlsx", "--out", "gộp.xlsx"]
    main(command)
    # The same copies give the same ledger: nothing is lost, nothing is refused.
    assert main(command) == 0 and not Path("gộp.xlsx.bak").exists()


def _from_python():
    from scoring.criteria import open_set
    from scoring.criteria.handbook import write_handbook
    from scoring.criteria.set_workbook import export_workbook
    from scoring.evidence.ledger import annotate_ledger, write_ledger

    criteria = open_set(SET)
    return {
        "ra.xlsx": lambda path, **asked: write_ledger(path, criteria, "a", "A", 2026, **asked),
        "dau.xlsx": lambda path, **asked: annotate_ledger(Path("so.xlsx"), [], path, **asked),
        "bo2.xlsx": lambda path, **asked: export_workbook(SET, path, **asked),
        "sach.html": lambda path, **asked: write_handbook(criteria, path, **asked),
    }


@pytest.mark.parametrize("name", _from_python())
def test_python_callers_have_the_same_rule(name, desk):
    from scoring.base.errors import OutputError

    write, place = _from_python()[name], Path(name)
    place.write_bytes(b"my thesis")
    with pytest.raises(OutputError, match="output-exists"):
        write(place)
    assert place.read_bytes() == b"my thesis"
    write(place, replace=True)
    assert Path(f"{name}.bak").read_bytes() == b"my thesis" != place.read_bytes()
    write(place)  # the same again: nothing is lost, nothing is refused


def test_a_ledger_is_never_annotated_over_itself_from_python(desk):
    from scoring.base.errors import OutputError
    from scoring.evidence.ledger import annotate_ledger

    with pytest.raises(OutputError, match="output-is-input"):
        annotate_ledger(Path("so.xlsx"), [], Path("so.xlsx"), replace=True)
