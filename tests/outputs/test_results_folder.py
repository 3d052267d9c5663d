"""A folder of results belongs to the run that wrote it; its manifest vouches for nothing else."""

import json
import shutil

import pytest

from scoring.base.errors import OutputError
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.files.overwriting import Overwriting, made_earlier, overwriting
from scoring.files.sealed.manifest import MANIFEST_NAME
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.files.shipped import shipped_folder
from scoring.outputs.results_manifest import results_folder, write_manifest

SAMPLE = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
LEDGER = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"


@pytest.fixture
def desk(tmp_path):
    """Make a run: what of, of which kind, and with which files; returns what the person was told."""
    folder = tmp_path / "kq"

    def run(source, owner, *names):
        path = tmp_path / source
        path.write_text(source, encoding="utf-8")
        rule = Overwriting([path], folder, earlier=made_earlier(folder))
        with (
            overwriting(rule),
            results_folder(folder, [path], open_set("department-sample"), owner) as new,
        ):
            for name in names:
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_text(f"{source} {name}", encoding="utf-8")
        return [finding.code for finding in rule.findings]

    return folder, run


# Written beside tables, so that other programs know what they hold.
TOLD = "datapackage.json"


def there(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {
        MANIFEST_NAME
    }


def listed(folder):
    manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    return {entry["path"] for entry in manifest["files"]}


def codes(folder):
    return [(found.code, found.file) for found in verify_manifest(folder)]


def test_the_next_run_of_another_unit_leaves_nothing_of_the_first(desk):
    folder, run = desk
    assert run("a", "score", "scores.csv", "charts/a.png") == []
    assert run("b", "score", "scores.csv") == []
    assert there(folder) == listed(folder) == {"scores.csv", TOLD} and codes(folder) == []


def test_files_that_no_run_made_stay_and_are_named_then_and_on_verifying(desk):
    folder, run = desk
    run("a", "score", "scores.csv", "charts/a.png")
    (folder / "gài.html").write_text("điểm 100", encoding="utf-8")
    (folder / "charts" / "a.png").write_text("sửa", encoding="utf-8")
    assert run("b", "score", "scores.csv") == ["output-folder-shared"]
    assert listed(folder) == {"scores.csv", TOLD}
    assert codes(folder) == [("manifest-file-added", "charts/a.png"), ("manifest-file-added", "gài.html")]  # fmt: skip
    assert {found.severity for found in verify_manifest(folder)} == {"error"}


def test_report_and_scores_of_the_same_figures_share_a_folder(desk):
    folder, run = desk
    run("a", "score", "scores.csv", "report.html")
    # Whoever sent the folder may have written that manifest: what is kept by it is named.
    assert run("a", "report", "report.html", "report.docx") == ["output-folder-joined"]
    assert there(folder) == listed(folder) == {"scores.csv", "report.html", "report.docx", TOLD}
    run("a", "score", "scores.csv", "report.html")
    assert there(folder) == listed(folder) and codes(folder) == []
    run("b", "report", "report.html")
    assert there(folder) == listed(folder) == {"report.html"}


def test_what_older_versions_listed_is_not_taken_for_made(desk):
    folder, run = desk
    folder.mkdir()
    (folder / "so.xlsx").write_text("sổ của tôi", encoding="utf-8")
    write_manifest(folder, [], open_set("department-sample"))
    assert run("a", "score", "scores.csv") == ["output-folder-shared"]
    assert there(folder) == {"so.xlsx", "scores.csv", TOLD}


def test_figures_beside_their_results_are_no_strangers(desk, tmp_path):
    folder, run = desk
    folder.mkdir()
    assert run("kq/a", "score", "scores.csv") == run("kq/a", "score", "scores.csv") == []
    assert there(folder) == {"a", "scores.csv", TOLD} and codes(folder) == []


def test_a_failure_leaves_the_results_of_before(desk, tmp_path):
    folder, run = desk
    run("a", "score", "scores.csv")
    with (
        pytest.raises(RuntimeError),
        results_folder(folder, [], open_set("department-sample"), "score") as new,
    ):
        (new / "scores.csv").write_text("b", encoding="utf-8")
        raise RuntimeError
    assert (folder / "scores.csv").read_text("utf-8") == "a scores.csv" and codes(folder) == []


def test_outside_a_verb_files_of_others_are_refused_as_well(tmp_path):
    (tmp_path / "scores.csv").write_text("của tôi", encoding="utf-8")

    def run(**asked):
        with results_folder(tmp_path, [], open_set("department-sample"), "score", **asked) as new:
            (new / "scores.csv").write_text("mới", encoding="utf-8")

    with pytest.raises(OutputError, match="output-exists"):
        run()
    run(replace=True)
    assert (tmp_path / "scores.csv.bak").read_text("utf-8") == "của tôi"


def failing_at(monkeypatch, number):
    """Let the `number`-th file that is written fail."""
    from scoring.files import atomic

    left, take_place = [number], atomic._take_place

    def fail(temporary, path):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        take_place(temporary, path)

    monkeypatch.setattr(atomic, "_take_place", fail)
    return left


VERBS = {
    "plan import": ("plan import ke-hoach.txt --year 2022 --out ra", 4),
    "criteria import": ("criteria import bo.xlsx --out ra --replace", 5),
    "criteria diff": ("criteria diff department-sample commune-sample --out ra", 4),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_stopped_at_any_write_leaves_its_folder_as_it_was(
    verb, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    main(["--quiet", "criteria", "export", "department-sample", "--out", "bo.xlsx"])
    (tmp_path / "ke-hoach.txt").write_text("KẾ HOẠCH\nCải cách hành chính năm 2022\n", "utf-8")
    command, writes = VERBS[verb]
    shutil.copytree(shipped_folder("criteria") / "commune-sample", "ra")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for number in range(1, writes + 1):
        left = failing_at(monkeypatch, number)
        assert main(["--quiet", *command.split()]) == 130 and left == [0]
        monkeypatch.undo()
        monkeypatch.chdir(tmp_path)
        assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert main(["--quiet", *command.split()]) in (0, 1)
    assert not [*tmp_path.glob(".parindex-*")]


@pytest.mark.parametrize("verb", ["score", "report"])
def test_results_of_another_unit_never_mix(verb, tmp_path, monkeypatch, capsys):
    out = tmp_path / "kq"
    formats = ["--formats", "html"] * (verb == "report")
    small = tmp_path / "a.csv"
    lines = SAMPLE.read_text("utf-8").splitlines(keepends=True)
    small.write_text(
        "".join(line for line in lines if line.startswith(("unit_code", "SM-A"))), "utf-8"
    )
    command = ["--quiet", verb, str(small), "--criteria", "department-sample", "--out", str(out)]
    assert main([*command, *formats]) in (0, 1)
    (out / "gài.html").write_text("x", "utf-8")
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    other = ["--quiet", verb, str(LEDGER), "--out", str(out), *formats]
    for number in (1, 2):
        left = failing_at(monkeypatch, number)
        assert main(other) == 130 and left == [0]
        monkeypatch.undo()
        assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    capsys.readouterr()
    assert main(other) in (0, 1)
    assert "[output-folder-shared]" in capsys.readouterr().err
    assert there(out) - listed(out) == {"gài.html"}
    assert main(["--quiet", "verify", str(out)]) == 1
    (out / "gài.html").unlink()
    assert main(["--quiet", "verify", str(out)]) == 0


def test_a_refused_verb_leaves_no_first_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ke-hoach.txt").write_text("KẾ HOẠCH\nCải cách hành chính năm 2022\n", "utf-8")
    (tmp_path / "ra").mkdir()
    (tmp_path / "ra" / "lines.csv").write_text("của tôi", "utf-8")
    assert main(["plan", "import", "ke-hoach.txt", "--year", "2022", "--out", "ra"]) == 2
    assert "[output-exists]" in capsys.readouterr().err
    assert there(tmp_path) == {"ke-hoach.txt", "ra/lines.csv"}
