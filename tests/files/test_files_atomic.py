"""Writing a file at once, or not at all."""

import errno
import os
import signal
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from scoring.base.errors import OutputError
from scoring.base.findings import Finding
from scoring.files import left_behind
from scoring.files.atomic import write_atomically
from scoring.files.system_reasons import system_reason


def leftovers(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(".parindex-")]


def raising(problem):
    def fail(*args, **kwargs):
        raise problem

    return fail


def code_of(path, content="mới"):
    with pytest.raises(OutputError) as caught:
        write_atomically(path, content)
    finding = caught.value.finding
    assert str(path) in finding.text("vi") + finding.text("en")
    return finding.code


@pytest.mark.parametrize(
    "content", ["Chỉ số\n", "Chỉ số\n".encode(), lambda file: file.write("Chỉ số\n".encode())]
)
def test_text_bytes_and_a_writing_function_give_the_same_file(tmp_path, content):
    path = tmp_path / "thư mục mới" / "tệp.txt"
    write_atomically(path, content)
    assert path.read_bytes() == "Chỉ số\n".encode()
    assert leftovers(path.parent) == []


def test_an_old_file_is_replaced_and_keeps_its_rights(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("cũ")
    path.chmod(0o640)
    write_atomically(path, "mới")
    assert path.read_text(encoding="utf-8") == "mới"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX systems")
def test_a_new_file_gets_the_rights_of_an_ordinary_file(tmp_path):
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_read_only_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.mkstemp", raising(PermissionError(errno.EACCES, "no")))
    assert code_of(tmp_path / "a.txt") == "output-folder-read-only"


def test_a_read_only_disk_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "mkdir", raising(OSError(errno.EROFS, "read-only file system")))
    assert code_of(tmp_path / "new" / "a.txt") == "output-folder-read-only"


def test_a_file_open_in_excel_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", raising(PermissionError(errno.EACCES, "in use")))
    assert code_of(path) == "output-file-open"
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


def test_a_full_disk_leaves_the_old_file_and_no_temporary_one(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")
    monkeypatch.setattr("os.fsync", raising(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OutputError) as refused:
        write_atomically(path, "new")
    assert refused.value.finding.code == "output-failed"
    said = "đĩa đã đầy (hệ điều hành báo: No space left on device)"
    assert said in refused.value.finding.text("vi")
    assert "the disk is full (the system says: " in refused.value.finding.text("en")
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENAMETOOLONG, "tên tệp hoặc đường dẫn quá dài"),
        (errno.EACCES, "không có quyền"),
        (errno.EBUSY, "tệp đang mở trong chương trình khác"),
        (errno.ENOTDIR, "không có thư mục chứa tệp"),
        (0, "hệ điều hành không cho"),
    ],
)
def test_usual_reasons_of_the_system_are_told_in_vietnamese_and_its_words_kept(number, said):
    values = system_reason(OSError(number, "words of the system"))
    text = Finding("output-failed", "a.txt", values=values).text("vi")
    assert said in text and "(hệ điều hành báo: words of the system)" in text


def test_a_folder_where_the_file_should_go_is_refused(tmp_path):
    assert code_of(tmp_path) == "output-failed"


def test_a_parent_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    assert code_of(tmp_path / "file" / "a.txt") == "output-failed"


def test_an_error_of_the_writing_function_passes_and_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "a.txt", lambda file: 1 / 0)
    assert list(tmp_path.iterdir()) == []


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path):
    path = tmp_path / ("d" * 255)
    write_atomically(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.skipif(os.name != "posix", reason="Windows removes no file that is open")
def test_what_a_killed_run_left_goes_and_what_another_one_holds_stays(tmp_path):
    from scoring.files.left_behind import hold

    held, left, other = (tmp_path / n for n in (".parindex-a.tmp", ".parindex-b.tmp", "c.tmp"))
    for path in (held, left, other):
        path.touch()
    with held.open() as file:
        assert hold(file.fileno())
        write_atomically(tmp_path / "x", "mới")
        assert {*tmp_path.iterdir()} == {held, other, tmp_path / "x"}


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is held there")
def test_a_scratch_folder_that_another_run_clears_at_once_is_made_anew(tmp_path, monkeypatch):
    hold, cleared = left_behind.hold, []

    def late(handle, *, wait=False):
        if not cleared:
            cleared.extend(tmp_path.iterdir())
            cleared[0].rmdir()
        return hold(handle, wait=wait)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(left_behind, "hold", late)
    # Nothing held lies there, so that looking around holds nothing.
    with left_behind.scratch_folder() as folder:
        assert Path(folder).is_dir() and len(cleared) == 1
    assert not list(tmp_path.iterdir())


def test_ctrl_c_while_a_scratch_folder_goes_leaves_none_of_its_files(
    tmp_path, monkeypatch, request
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # Whoever starts tests in the background has them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    remove, removed = os.unlink, []

    def stopped(path, **more):
        if not removed:
            signal.raise_signal(signal.SIGINT)
        removed.append(path)
        return remove(path, **more)

    with pytest.raises(KeyboardInterrupt):  # noqa: SIM117  the folder goes while it is asked
        with left_behind.scratch_folder() as folder:
            for name in ("một", "hai"):
                Path(folder, name).touch()
            monkeypatch.setattr(os, "unlink", stopped)
    assert len(removed) == 2 and not list(tmp_path.iterdir())
