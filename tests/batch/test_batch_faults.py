"""What may happen to a run: it is killed, the disk fills, two run at once, clocks and files change."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from ledgers_of_example import FIRST, SECOND, ledger
from stopped_run import CRITERIA, MOMENTS, lightly, run

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.batch.engines.engine import Outcome
from scoring.batch.parts import taking
from scoring.cli.main import main
from scoring.files import atomic
from scoring.files.children.wire import decoded, encoded
from scoring.files.limits import Limits
from scoring.files.overwriting import Overwriting, made_earlier, overwriting
from scoring.files.sealed.manifest import entry_of, manifest_in
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.files.sealed.own_seal import KEY_FILE

HERE = Path(__file__).parent


def contents(folder):
    """All files below a folder by name, but what killed runs leave aside."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix not in (".lock", ".tmp"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def told(folder):
    return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.xlsx")}


@pytest.fixture(scope="module", autouse=True)
def light():
    with lightly():
        yield


@pytest.fixture(scope="module")
def before(light, tmp_path_factory):
    """Results of one ledger, beside a folder to which a second one has come since."""
    desk = tmp_path_factory.mktemp("desk")
    for code, figures in (("so-a", FIRST), ("so-b", SECOND)):
        (desk / "sổ" / code).mkdir(parents=True)
        (desk / "sổ" / code / "ledger.xlsx").write_bytes(ledger(figures, code))
        if code == "so-a":
            run(desk / "sổ", desk / "ra")
    return desk


@pytest.fixture(scope="module")
def undisturbed(before):
    """What a run that nothing happens to makes of the folder."""
    out = before.parent / f"{before.name}-whole"
    run(before / "sổ", out)
    return contents(out)


@pytest.fixture
def desk(before, tmp_path):
    """A copy of it to do harm in; nothing that happens to a run may change the ledgers."""
    shutil.copytree(before, tmp_path / "bàn")
    ledgers = told(tmp_path / "bàn" / "sổ")
    yield tmp_path / "bàn"
    assert told(tmp_path / "bàn" / "sổ") == ledgers


def finishes(desk, undisturbed):
    """Run again, and say whether the results are those of a run that nothing happened to."""
    done = run(desk / "sổ", desk / "ra")
    assert contents(desk / "ra") == undisturbed and not doubts(desk)
    return done


def doubts(desk):
    return [one for one in verify_manifest(desk / "ra") if one.severity == "error"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children that it forks")
def test_a_killed_run_leaves_old_or_new_results_and_a_second_one_is_refused_meanwhile(
    desk, undisturbed
):
    old = contents(desk / "ra")
    child = subprocess.Popen(
        [sys.executable, str(HERE / "stopped_run.py"), str(desk / "sổ"), str(desk / "ra")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    for moment in MOMENTS:
        owner = child.stdout.readline().strip()
        with pytest.raises(OutputError) as refused:
            run(desk / "sổ", desk / "ra")
        finding = refused.value.finding
        assert (finding.code, finding.values["process"]) == ("output-folder-in-use", owner)
        os.kill(int(owner), signal.SIGKILL)
        found = contents(desk / "ra")
        assert found == (undisturbed if moment == "swap" else old), moment
        assert not doubts(desk)
    child.communicate()
    done = finishes(desk, undisturbed)
    assert done.known == 2


def test_a_killed_run_does_not_do_again_what_it_had_done(desk, undisturbed):
    def stop(*_):
        raise KeyboardInterrupt

    shutil.rmtree(desk / "ra.parts")
    with pytest.raises(KeyboardInterrupt):
        run(desk / "sổ", desk / "ra", stop)
    assert finishes(desk, undisturbed).known == 1


@pytest.mark.parametrize("write", [0, 1, 5])
def test_a_full_disk_ends_the_run_and_leaves_the_old_results(desk, undisturbed, monkeypatch, write):
    """The first write is that of a part, the others are those of results aside.

    There is room again at once: results must not come without the ledger whose part found none.
    """
    pour, writes, old = atomic._pour, iter(range(1000)), contents(desk / "ra")

    def fill(content, file):
        if next(writes) == write:
            file.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        pour(content, file)

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "_pour", fill)
        with pytest.raises(OutputError) as refused:
            run(desk / "sổ", desk / "ra")
    assert refused.value.finding.code == "output-failed"
    assert "No space left" in refused.value.finding.text("en")
    assert contents(desk / "ra") == old and not list(desk.rglob("*.tmp"))
    finishes(desk, undisturbed)


@pytest.mark.parametrize("closed", ["beside", "parts", "results"])
def test_a_read_only_folder_is_named_and_nothing_changes(desk, undisturbed, monkeypatch, closed):
    """Nothing may be made beside the results, or no part, or no results aside."""
    old = contents(desk / "ra")
    if closed == "beside":
        shutil.rmtree(desk / "ra.parts")

    def refusing(real, is_meant):
        def make(*given, **named):
            if is_meant(Path(named.get("dir") or given[0])):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))
            return real(*given, **named)

        return make

    with monkeypatch.context() as patch:
        names = {"beside": "ra.parts", "parts": "-", "results": ".new"}
        patch.setattr(Path, "mkdir", refusing(Path.mkdir, lambda p: p.name.endswith(names[closed])))
        if closed == "parts":
            made = refusing(tempfile.mkstemp, lambda p: p.name == "ra.parts")
            patch.setattr(tempfile, "mkstemp", made)
        with pytest.raises(OutputError) as refused:
            run(desk / "sổ", desk / "ra")
    finding = refused.value.finding
    assert finding.code == "output-folder-read-only" and str(desk) in finding.values["folder"]
    # A child that takes in ledgers must be able to tell it.
    assert decoded(encoded(finding)) == finding
    assert contents(desk / "ra") == old
    finishes(desk, undisturbed)


def told_by(desk):
    """A run as a verb does it, and the codes of what it tells of the place written to."""
    with overwriting(Overwriting(out=desk / "ra", earlier=made_earlier(desk / "ra"))) as rule:
        done = run(desk / "sổ", desk / "ra")
    return done, [one.code for one in rule.findings]


def test_results_that_somebody_planted_beside_true_parts_are_written_anew(desk, undisturbed):
    run(desk / "sổ", desk / "ra")
    scores = desk / "ra" / "scores.csv"
    scores.write_bytes(scores.read_bytes().replace(b",1", b",9"))
    manifest = manifest_in(desk / "ra")
    files = [entry_of(desk / "ra", entry.path) for entry in manifest.files]
    (desk / "ra" / "manifest.json").write_bytes(replace(manifest, files=tuple(files)).to_bytes())
    assert not doubts(desk) and contents(desk / "ra") != undisturbed
    done, codes = told_by(desk)
    assert done.known == 2 and codes == [] and contents(desk / "ra") == undisturbed
    assert run(desk / "sổ", desk / "ra").result is None


def test_parts_tables_and_results_that_somebody_else_sent_are_made_anew_and_named(
    desk, undisturbed, tmp_path, monkeypatch
):
    run(desk / "sổ", desk / "ra")
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "theirs.key"))
    mine = desk / "của tôi"
    mine.mkdir()
    (mine / "tệp.txt").write_bytes(b"1")
    if hasattr(os, "symlink"):
        shutil.rmtree(desk / "ra.parts" / "tables")
        (desk / "ra.parts" / "tables").symlink_to(mine)
    done, codes = told_by(desk)
    assert (done.known, codes) == (0, ["kept-not-ours"])
    assert contents(desk / "ra") == undisturbed and [*mine.iterdir()] == [mine / "tệp.txt"]
    tables = sorted((desk / "ra.parts" / "tables").glob("*.json"))
    times = [path.stat().st_mtime_ns for path in tables]
    shutil.rmtree(desk / "ra")
    assert told_by(desk)[0].known == 2
    assert [path.stat().st_mtime_ns for path in tables] == times
    told = json.loads(tables[0].read_bytes())
    tables[0].write_text(json.dumps(told | {"ends": [*told["ends"], 0]}))
    shutil.rmtree(desk / "ra")
    run(desk / "sổ", desk / "ra")
    assert json.loads(tables[0].read_bytes()) == told and contents(desk / "ra") == undisturbed


def test_a_set_that_workers_have_otherwise_ends_the_run_and_not_the_results(desk, monkeypatch):
    old = contents(desk / "ra")
    changed = Finding("batch-set-changed", "x", values={"value": "a", "expected": "b"})
    monkeypatch.setattr("stopped_run.do", lambda task: Outcome(task, finding=changed))
    with pytest.raises(UnreadableError):
        run(desk / "sổ", desk / "ra")
    assert contents(desk / "ra") == old


def test_a_clock_that_went_back_changes_nothing(before, undisturbed, tmp_path):
    desk = tmp_path / "bàn"
    shutil.copytree(before, desk)
    run(desk / "sổ", desk / "ra")
    changed = desk / "sổ" / "so-b" / "ledger.xlsx"
    shown = contents(desk / "ra")["scores.csv"]
    # All that was made lies in the future, and what somebody changed since in the past.
    for path in desk.rglob("*"):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    assert run(desk / "sổ", desk / "ra").result is None
    changed.write_bytes(ledger(FIRST, "so-b"))
    os.utime(changed, (1, 1))
    done = run(desk / "sổ", desk / "ra")
    assert done.known == 1 and contents(desk / "ra")["scores.csv"] != shown
    changed.write_bytes((before / "sổ" / "so-b" / "ledger.xlsx").read_bytes())
    os.utime(changed, (1, 1))
    finishes(desk, undisturbed)


def test_a_ledger_that_changes_while_it_is_read_counts_as_it_was_and_next_time_as_it_is(
    before, undisturbed, tmp_path, monkeypatch
):
    desk, read = tmp_path / "bàn", taking.ledger_read
    shutil.copytree(before, desk)
    place = desk / "sổ" / "so-b" / "ledger.xlsx"
    whole = place.read_bytes()
    # First only the half of it that had come over the network, then all of it while that is read.
    place.write_bytes(whole[: len(whole) // 2])

    def changes(*given, **named):
        place.write_bytes(whole)
        return read(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(taking, "ledger_read", changes)
        done = run(desk / "sổ", desk / "ra")
    assert done.unreadable == ("ledger.xlsx",) and not doubts(desk)
    assert "so-b" not in contents(desk / "ra")["scores.csv"].decode()
    assert finishes(desk, undisturbed).unreadable == ()


def test_one_huge_file_among_small_ones_is_named_and_the_rest_goes_on(before, tmp_path):
    desk = tmp_path / "bàn"
    shutil.copytree(before, desk)
    (desk / "sổ" / "so-c").mkdir()
    huge = desk / "sổ" / "so-c" / "nặng.xlsx"
    huge.write_bytes(b"PK\x03\x04")
    # It has no more than a few bytes on the disk.
    os.truncate(huge, max(100_000_000, Limits().file_bytes + 1))
    size = huge.stat().st_size
    done = run(desk / "sổ", desk / "ra")
    assert done.unreadable == ("nặng.xlsx",) and len(done.result.sheet.units) == 2
    (finding,) = [one for one in done.result.findings if one.file == "nặng.xlsx"]
    assert finding.code == "package-too-large"
    assert huge.stat().st_size == size and not doubts(desk)


def test_results_are_not_written_among_the_ledgers(before, capsys):
    ledgers = before / "sổ"
    held = sorted(ledgers.rglob("*"))
    asked = ["batch", str(ledgers), "--criteria", CRITERIA.set_id, "--out", str(ledgers)]
    assert main(asked) == 2
    assert "[output-is-input]" in capsys.readouterr().err
    assert sorted(ledgers.rglob("*")) == held
