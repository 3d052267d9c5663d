"""A folder is the old one or the new one, whenever the run is killed and whoever else is at work."""

import os
import signal
import sys
from pathlib import Path

import pytest

from scoring.base.errors import OutputError
from scoring.files import whole_folder as room
from scoring.files.overwriting import Overwriting, overwriting
from scoring.files.whole_folder import whole_folder

POSIX = pytest.mark.skipif(os.name != "posix", reason="processes are killed as POSIX has it")
OLD = {"a.csv": "cũ", "sub/b.csv": "cũ", "own/ghi chú.txt": "của tôi"}
NEW = {"a.csv": "mới", "sub/b.csv": "mới", "sub/c.csv": "mới"}
BOTH = {**OLD, **NEW}


def write(folder, content):
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def read(folder):
    if not folder.exists():
        return None
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in files}


def renew(folder, dropped=()):
    with whole_folder(folder, dropped) as new:
        write(new, NEW)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "kết quả", OLD)
    return tmp_path / "kết quả"


def refused(folder):
    with pytest.raises(OutputError) as caught:
        renew(folder)
    return caught.value.finding


def test_the_new_folder_takes_the_place_of_the_old_one_and_others_stay(folder):
    renew(folder)
    assert read(folder) == BOTH
    assert list(folder.parent.iterdir()) == [folder]


def test_a_missing_folder_is_made(tmp_path):
    renew(tmp_path / "x" / "y")
    assert read(tmp_path / "x" / "y") == NEW
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["y"]


def test_what_is_dropped_does_not_come_along(folder):
    renew(folder, ["own/ghi chú.txt"])
    assert read(folder) == NEW


@pytest.mark.parametrize("count", range(len(NEW) + 1))
def test_a_failure_half_way_leaves_the_old_folder_and_no_rubbish(folder, count):
    with pytest.raises(RuntimeError), whole_folder(folder) as new:
        write(new, dict([*NEW.items()][:count]))
        raise RuntimeError
    assert read(folder) == OLD and list(folder.parent.iterdir()) == [folder]


def killed_at(step, work):
    """Do `work` in a process that is killed at its `step`-th touch of a file; say whether it was."""
    child = os.fork()
    if child == 0:
        left = [step]

        def count(event, _):
            if event.startswith(("os.", "open", "shutil.", "ctypes.", "fcntl.")):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@POSIX
@pytest.mark.parametrize("is_exchanged", [True, False])
def test_killed_at_any_moment_it_is_the_old_folder_or_the_new_one(
    tmp_path, monkeypatch, is_exchanged
):
    if not is_exchanged:
        monkeypatch.setattr(room, "_exchanged", lambda one, other: False)
    seen, step, was_killed = [], 0, True
    while was_killed:
        step += 1
        folder = tmp_path / str(step) / "kq"
        write(folder, OLD)
        was_killed = killed_at(step, lambda folder=folder: renew(folder))
        seen.append(read(folder))
        if seen[-1] is None:
            # Only where names cannot be exchanged, and the next run puts the old one back.
            assert not is_exchanged
            with pytest.raises(RuntimeError), whole_folder(folder):
                raise RuntimeError
            assert read(folder) == OLD
        renew(folder)
        assert read(folder) == BOTH and list(folder.parent.iterdir()) == [folder]
    assert all(one in (OLD, BOTH, None) for one in seen)
    assert seen[0] == OLD and seen[-1] == BOTH and step > 30


@POSIX
def test_a_folder_in_use_names_the_run_that_has_it(folder):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with whole_folder(folder):
                os.write(writing, b"x")
                signal.pause()
        finally:
            os._exit(1)
    os.read(reading, 1)
    found = refused(folder)
    assert found.code == "output-folder-in-use" and found.values["process"] == str(child)
    assert str(child) in found.text("vi") and str(folder) in found.text("en")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    renew(folder)
    assert read(folder) == BOTH and list(folder.parent.iterdir()) == [folder]


def test_one_process_cannot_write_one_folder_twice_at_once(folder):
    with whole_folder(folder) as new:
        assert refused(folder).code == "output-folder-in-use"
        write(new, NEW)
    assert read(folder) == BOTH


def test_a_lock_that_nobody_holds_is_taken_over(folder):
    with whole_folder(folder):
        (lock,) = folder.parent.glob(".parindex-*.lock")
        words = lock.read_text("utf-8")
    assert str(os.getpid()) in words
    lock.write_text("99999999\tmáy khác\t07:00 01/01/2020", encoding="utf-8")
    renew(folder)
    assert read(folder) == BOTH


@POSIX
def test_planted_names_aside_lead_nowhere(folder, tmp_path):
    with whole_folder(folder) as new:
        (lock,) = folder.parent.glob(".parindex-*.lock")
    elsewhere = tmp_path / "nơi khác"
    write(elsewhere, {"x": "x"})
    for name in (new, lock.with_suffix(".old")):
        name.symlink_to(elsewhere)
    renew(folder)
    assert read(folder) == BOTH and read(elsewhere) == {"x": "x"}
    assert {*folder.parent.iterdir()} == {folder, elsewhere}
    lock.symlink_to(elsewhere / "x")
    assert refused(folder).code == "output-failed" and read(elsewhere) == {"x": "x"}


@POSIX
def test_what_a_killed_run_left_at_work_does_not_write_into_the_next(folder):
    with whole_folder(folder) as first:
        pass
    with whole_folder(folder) as second:
        write(first, {"charts/a.png": "của lần trước"})
        write(second, NEW)
    assert read(folder) == BOTH
    renew(folder)
    assert list(folder.parent.iterdir()) == [folder]


def test_the_folder_one_stands_in_is_filled_in_place_its_manifest_last(folder, monkeypatch):
    write(folder, {"manifest.json": "cũ"})
    monkeypatch.chdir(folder / "own")
    inode = folder.stat().st_ino
    with whole_folder(folder) as new:
        write(new, NEW | {"manifest.json": "mới"})
    assert read(folder) == BOTH | {"manifest.json": "mới"}
    assert folder.stat().st_ino == inode and Path.cwd().exists()


@POSIX
def test_a_link_to_a_folder_stays_a_link(folder, tmp_path):
    (tmp_path / "lối tắt").symlink_to(folder)
    renew(tmp_path / "lối tắt")
    assert (tmp_path / "lối tắt").is_symlink() and read(folder) == BOTH


@POSIX
def test_a_link_inside_is_not_written_through(folder, tmp_path):
    write(tmp_path / "nơi khác", {"b.csv": "của người khác"})
    (folder / "sub" / "b.csv").unlink()
    (folder / "sub").rmdir()
    (folder / "sub").symlink_to(tmp_path / "nơi khác")
    with overwriting(Overwriting(out=folder)):
        assert refused(folder).code == "output-exists"
    assert read(tmp_path / "nơi khác") == {"b.csv": "của người khác"}


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "tệp").write_text("x")
    assert refused(tmp_path / "tệp").code == "output-failed"
    assert (tmp_path / "tệp").read_text() == "x"


def test_disks_without_second_names_get_copies(folder, monkeypatch):
    def fail(*_, **__):
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", fail)
    renew(folder)
    assert read(folder) == BOTH


@pytest.mark.parametrize("name", ["a.csv", "sub/c.csv"])
def test_one_file_that_may_not_be_replaced_leaves_all_as_they_are(folder, name):
    write(folder, {"sub/c.csv": "của tôi"})
    before = read(folder)
    with overwriting(Overwriting([folder / name], folder, replace=True)):
        assert refused(folder).code == "output-is-input"
    assert read(folder) == before and list(folder.parent.iterdir()) == [folder]


def replace_whole(folder):
    with (
        overwriting(Overwriting(out=folder, replace=True)),
        whole_folder(folder, keep_others=False) as new,
    ):
        write(new, NEW)


@POSIX
def test_killed_at_any_moment_an_old_folder_that_is_to_be_kept_is_never_lost(tmp_path):
    step, was_killed = 0, True
    while was_killed:
        step += 1
        folder = tmp_path / str(step) / "kq"
        write(folder, OLD)
        was_killed = killed_at(step, lambda folder=folder: replace_whole(folder))
        replace_whole(folder)
        found = [read(path) for path in folder.parent.iterdir()]
        assert read(folder) == NEW and OLD in found and len(found) <= 3
        assert not [*folder.parent.glob(".*")]


@pytest.fixture
def ctrl_c():
    """Let it be heard: whoever starts tests in the background has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@POSIX
def test_who_asks_to_stop_while_names_change_is_heard_when_it_is_done(folder, monkeypatch, ctrl_c):
    real = room._exchanged

    def interrupted(one, other):
        os.kill(os.getpid(), signal.SIGINT)
        return real(one, other)

    monkeypatch.setattr(room, "_exchanged", interrupted)
    with pytest.raises(KeyboardInterrupt):
        renew(folder)
    assert read(folder) == BOTH and list(folder.parent.iterdir()) == [folder]
