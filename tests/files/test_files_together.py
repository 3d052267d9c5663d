"""Two files that belong together are both old or both new, and what a killed run left is put there."""

import pytest

from scoring.base.errors import OutputError
from scoring.files import files_together as room
from scoring.files.files_together import finish_together, write_together


@pytest.fixture
def pair(tmp_path):
    """Two old files."""
    paths = [tmp_path / "sổ.csv", tmp_path / "hỏi.csv"]
    for path in paths:
        path.write_text("cũ", encoding="utf-8")
    return paths


def read(pair):
    return [path.read_text("utf-8") for path in pair]


def new(pair):
    return dict.fromkeys(pair, "mới".encode())


def stopped_before(name, pair, monkeypatch):
    """Write until a file is to take its place, as a killed run does."""

    class Killed(BaseException):
        pass

    put = room.Path.replace

    def replace(path, place):
        if place == name:
            raise Killed
        return put(path, place)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(room.Path, "replace", replace)
        write_together(new(pair))


def test_both_take_their_places_and_nothing_else_is_left(pair):
    write_together(new(pair))
    assert read(pair) == ["mới"] * 2
    assert sorted(pair[0].parent.iterdir()) == sorted(pair)


def test_where_the_second_is_held_by_another_program_the_first_goes_back(pair, monkeypatch):
    put = room.Path.replace

    def replace(path, place):
        if place == pair[1]:
            raise PermissionError(13, "The process cannot access the file")
        return put(path, place)

    monkeypatch.setattr(room.Path, "replace", replace)
    with pytest.raises(OutputError) as caught:
        write_together(new(pair))
    assert (caught.value.finding.code, caught.value.finding.file) == (
        "output-file-open", str(pair[1])
    )  # fmt: skip
    assert read(pair) == ["cũ"] * 2 and sorted(pair[0].parent.iterdir()) == sorted(pair)


def test_what_a_killed_run_had_not_put_yet_is_put_by_the_next(pair, monkeypatch):
    stopped_before(pair[1], pair, monkeypatch)
    assert read(pair) == ["mới", "cũ"]
    finish_together(pair)
    assert read(pair) == ["mới"] * 2 and sorted(pair[0].parent.iterdir()) == sorted(pair)


def test_what_somebody_changed_since_the_run_was_killed_stays(pair, monkeypatch):
    stopped_before(pair[1], pair, monkeypatch)
    pair[1].write_text("của tôi", encoding="utf-8")
    finish_together(pair)
    assert read(pair) == ["mới", "của tôi"] and sorted(pair[0].parent.iterdir()) == sorted(pair)
