"""Paths named by ledgers stay inside their folder."""

import os
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.base.errors import UnreadableError
from scoring.files import paths
from scoring.files.paths import (
    case_clashes,
    open_under,
    path_problem,
    read_bytes,
    resolve_under,
    safe_relative,
)


def refusal(function, *arguments, **options):
    with pytest.raises(UnreadableError) as caught:
        function(*arguments, **options)
    finding = caught.value.finding
    assert finding.text("vi") and finding.text("en")
    return finding.code


OUTSIDE = [
    "/etc/passwd", "\\windows\\a.txt", "//server/share/a.txt", "\\\\server\\share\\a.txt",
    "\\\\?\\C:\\a.txt", "C:\\a.txt", "c:/a.txt", "C:a.txt", "../a.txt", "a/../../b.txt",
    "a\\..\\..\\b.txt", "..", ".. /a.txt", ".../a.txt", "~/a.txt", "~root/a.txt",
]  # fmt: skip

NOT_PORTABLE = [
    "", ".", "./", "a\x00.pdf", "a\n.pdf", "a.pdf:hidden", "ab.txt::$DATA", "CON", "nul.txt",
    "docs/COM1.txt", "lpt9", "COM¹.txt", "aux .txt", "CONIN$", "a.pdf.", "a.pdf ", "docs./a.pdf",
    " a.pdf", "a?.pdf", "a*.pdf", 'a".pdf', "a|b", "a<b", "exe.\u202efdp", "a\u200b.pdf",
    "d" * 256, "ế" * 90, "a/" * 600 + "b", "a\ud800.pdf",
]  # fmt: skip


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_path_that_leads_outside_is_refused(text):
    assert refusal(safe_relative, text) == "path-outside-folder"


@pytest.mark.parametrize("text", NOT_PORTABLE)
def test_a_name_that_some_system_cannot_hold_is_refused(text):
    assert refusal(safe_relative, text) == "path-not-portable"


@pytest.mark.parametrize(
    "text", ["kế hoạch.pdf", "documents/KH 01.pdf", ".hidden", "a..b.pdf", "concept.docx",
             "console.txt", "com10.txt", "documents/./a.pdf", "a//b.pdf", "C/a.pdf"],
)  # fmt: skip
def test_ordinary_names_are_accepted(text):
    assert path_problem(text) is None


def test_both_slashes_separate_folders():
    assert safe_relative("documents\\năm 2025/a.pdf") == PurePosixPath("documents/năm 2025/a.pdf")


@given(st.text(max_size=40))
def test_no_accepted_path_ever_climbs_or_starts_elsewhere(text):
    if path_problem(text) is None:
        parts = safe_relative(text).parts
        assert parts and ".." not in parts and not safe_relative(text).is_absolute()
        assert not any(character in part for part in parts for character in "\\:\x00/")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "hồ sơ"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "a.pdf").write_bytes(b"proof")
    (tmp_path / "hồ sơ mật").mkdir()
    (tmp_path / "hồ sơ mật" / "secret.txt").write_bytes(b"secret")
    return folder


def test_a_file_under_the_folder_is_found_and_opened(root):
    assert resolve_under(root, "documents/a.pdf") == root / "documents" / "a.pdf"
    with open_under(root, "documents/a.pdf", allow_hard_links=False) as file:
        assert file.read() == b"proof"


def test_a_sibling_folder_with_the_same_beginning_is_outside(root):
    assert refusal(resolve_under, root, "../hồ sơ mật/secret.txt") == "path-outside-folder"


@pytest.mark.parametrize("function", [resolve_under, open_under])
def test_a_missing_file_and_a_folder_are_told_apart(root, function):
    assert refusal(function, root, "documents/b.pdf") == "file-missing"
    assert refusal(function, root, "documents/a.pdf/b.pdf") == "file-missing"
    assert refusal(function, root, "documents") == "not-a-regular-file"


def test_a_missing_root_is_a_missing_file(tmp_path):
    assert refusal(resolve_under, tmp_path / "none", "a.pdf") == "file-missing"


@pytest.mark.parametrize("function", [resolve_under, open_under])
@pytest.mark.parametrize("place", ["link.pdf", "linked/secret.txt"])
def test_a_symbolic_link_anywhere_in_the_chain_is_refused(root, function, place):
    (root / "link.pdf").symlink_to(root / "documents" / "a.pdf")
    (root / "linked").symlink_to(root.parent / "hồ sơ mật", target_is_directory=True)
    assert refusal(function, root, place) == "path-is-link"


def test_a_dangling_link_is_a_link_not_a_missing_file(root):
    (root / "gone.pdf").symlink_to(root / "nothing")
    assert refusal(resolve_under, root, "gone.pdf") == "path-is-link"


def test_the_folder_itself_may_be_reached_through_a_link(root, tmp_path):
    (tmp_path / "shortcut").symlink_to(root, target_is_directory=True)
    assert open_under(tmp_path / "shortcut", "documents/a.pdf").read() == b"proof"


@pytest.mark.parametrize("function", [resolve_under, open_under])
def test_a_hard_link_is_refused_when_asked(root, function):
    os.link(root.parent / "hồ sơ mật" / "secret.txt", root / "hard.txt")
    assert refusal(function, root, "hard.txt", allow_hard_links=False) == "path-is-link"
    function(root, "hard.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders on this system")
def test_a_pipe_is_refused_without_waiting(root):
    os.mkfifo(root / "pipe")
    assert refusal(open_under, root, "pipe") == "not-a-regular-file"
    assert refusal(read_bytes, root / "pipe") == "not-a-regular-file"


def test_a_file_swapped_for_a_link_after_the_look_is_refused(root, monkeypatch):
    true_open = os.open

    def swap_then_open(path, flags, *more):
        if str(path).endswith("a.pdf"):
            path.unlink()
            path.symlink_to(root.parent / "hồ sơ mật" / "secret.txt")
        return true_open(path, flags, *more)

    monkeypatch.setattr(paths.os, "open", swap_then_open)
    assert refusal(open_under, root, "documents/a.pdf") == "path-is-link"


def test_a_folder_swapped_for_a_link_after_the_look_is_refused(root, monkeypatch):
    true_open = os.open
    (root.parent / "hồ sơ mật" / "a.pdf").write_bytes(b"other")

    def swap_then_open(path, flags, *more):
        if str(path).endswith("a.pdf"):
            (root / "documents").rename(root / "moved")
            (root / "documents").symlink_to(root.parent / "hồ sơ mật", target_is_directory=True)
        return true_open(path, flags, *more)

    monkeypatch.setattr(paths.os, "open", swap_then_open)
    assert refusal(open_under, root, "documents/a.pdf") == "path-is-link"


@pytest.mark.parametrize(("stored", "asked"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_name_is_found_whichever_way_its_marks_are_composed(tmp_path, stored, asked):
    folder = tmp_path / unicodedata.normalize(stored, "kế hoạch")
    folder.mkdir()
    (folder / unicodedata.normalize(stored, "tiến độ.pdf")).write_bytes(b"x")
    text = unicodedata.normalize(asked, "kế hoạch/tiến độ.pdf")
    assert open_under(tmp_path, text).read() == b"x"


def test_names_that_differ_in_case_or_composition_clash():
    decomposed = unicodedata.normalize("NFD", "Kế hoạch.pdf")
    assert case_clashes(["Kế hoạch.pdf", decomposed, "KẾ HOẠCH.PDF", "khác.pdf"]) == [
        tuple(sorted(["Kế hoạch.pdf", decomposed, "KẾ HOẠCH.PDF"]))
    ]
    assert case_clashes(["a", "a", "b"]) == []


def test_reading_says_what_is_wrong(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a") == b"12345"
    assert len(read_bytes(tmp_path / "a", limit=3)) == 4
    assert refusal(read_bytes, tmp_path / "b") == "file-missing"
    assert refusal(read_bytes, tmp_path) == "not-a-regular-file"
    assert refusal(read_bytes, tmp_path / "a\x00b") == "file-missing"


def test_a_file_the_system_locks_is_a_finding(root, monkeypatch):
    def locked(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(paths.os, "open", locked)
    assert refusal(open_under, root, "documents/a.pdf") == "file-unreadable"
