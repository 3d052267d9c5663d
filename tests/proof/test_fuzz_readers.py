"""A few spoilt files and texts for readers that are quick; `fuzz.py` gives all of them thousands."""

import random
import time

import pytest
from fuzz import fuzzed, tried
from guards import TooSlow, watched
from hostile_bytes import spoilt

TEXTS = ("official-texts", "numbers-dates-paths", "formulas")


@pytest.mark.parametrize("reader", TEXTS)
def test_no_spoilt_text_raises_anything_but_a_refusal(reader, tmp_path):
    answers = fuzzed(reader, tmp_path, 1, 60, time.monotonic() + 600, None)
    assert answers.total() == 60
    assert not [answer for answer in answers if answer.startswith("FAULT")]


def test_a_seed_spoils_alike_every_time():
    twice = [spoilt(b"1,2;3\n4,5;6\n" * 9, random.Random("hạt 7")) for _ in range(2)]
    assert twice[0] == twice[1] != b"1,2;3\n4,5;6\n" * 9


def test_a_file_outside_the_folder_is_seen_and_one_within_is_not(tmp_path):
    inside, outside = tmp_path / "trong", tmp_path / "ngoài.txt"
    inside.mkdir()
    with watched(inside, 60) as seen:
        (inside / "a.txt").write_text("a", encoding="utf-8")
        assert seen == []
        outside.write_text("a", encoding="utf-8")
    assert seen == [f"writes {outside}"]


def test_what_a_reader_raises_is_a_fault(tmp_path, monkeypatch):
    def broken(*_):
        raise KeyError("x")

    monkeypatch.setattr("fuzz.ask", broken)
    assert tried("formulas", b"1", "text", tmp_path).startswith("FAULT KeyError")


def test_a_reader_out_of_time_is_a_fault(tmp_path, monkeypatch):
    def slow(*_):
        raise TooSlow

    monkeypatch.setattr("fuzz.ask", slow)
    assert tried("formulas", b"1", "text", tmp_path) == "FAULT too slow"
