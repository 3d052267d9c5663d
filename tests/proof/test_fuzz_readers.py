"""A few spoilt files and texts for readers that are quick; `fuzz.py` gives all of them thousands."""

import json
import os
import random
import signal
import sys
import time
import zipfile
from io import BytesIO

import fuzz_guided
import pytest
from fuzz import fuzzed, tried
from fuzz_watch import watched_process
from guards import TooSlow, watched
from hostile_bytes import spoilt
from hostile_cells import by_its_form
from lxml import etree

TEXTS = ("official-texts", "numbers-dates-paths", "formulas")
SHEET = b'<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"/></row></sheetData></worksheet>'
FORMS = {
    "a sheet": SHEET,
    "JSON": b'{"a": [1, {"b": "x"}], "c": null}',
    "lines of JSON": b'{"a": 1}\n{"b": [2]}\n',
    "TOML": b'id = "x"\nyear = 2026\n[design]\ntake = [1, 2]\n',
    "a table": b"a;b;c\n1;2;3\n4;5;6\n",
}


@pytest.mark.parametrize("reader", TEXTS)
def test_no_spoilt_text_raises_anything_but_a_refusal(reader, tmp_path):
    answers = fuzzed(reader, tmp_path, 1, 60, time.monotonic() + 600, None)
    assert answers.total() == 60
    assert not [answer for answer in answers if answer.startswith("FAULT")]


def test_a_seed_spoils_alike_every_time():
    twice = [spoilt(b"1,2;3\n4,5;6\n" * 9, random.Random("hạt 7")) for _ in range(2)]
    assert twice[0] == twice[1] != b"1,2;3\n4,5;6\n" * 9


@pytest.mark.parametrize("name", FORMS)
def test_a_file_spoilt_by_its_form_says_many_things(name):
    said = {by_its_form(FORMS[name], random.Random(f"hạt {seed}")) for seed in range(40)}
    assert None not in said
    assert len(said) > 15


def test_a_sheet_spoilt_by_its_form_is_still_xml():
    for seed in range(40):
        etree.fromstring(by_its_form(SHEET, random.Random(f"hạt {seed}")))


def test_json_spoilt_by_its_form_is_still_json():
    for seed in range(40):
        json.loads(by_its_form(FORMS["JSON"], random.Random(f"hạt {seed}")))


def test_a_package_spoilt_by_its_form_can_still_be_opened():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/worksheets/sheet1.xml", SHEET)
    opened = 0
    for seed in range(20):
        made = spoilt(out.getvalue(), random.Random(f"hạt {seed}"))
        opened += zipfile.is_zipfile(BytesIO(made))
    assert opened > 12


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
    assert tried("formulas", [b"1"], "text", tmp_path).startswith("FAULT KeyError")


def test_a_reader_that_takes_too_much_of_the_processor_is_a_fault(tmp_path):
    with pytest.raises(TooSlow), watched(tmp_path, 0.05):
        while True:
            pass


def test_a_reader_that_waits_while_others_have_the_processor_is_not_too_slow(tmp_path):
    with watched(tmp_path, 0.05) as seen:
        time.sleep(0.2)
    assert seen == []


def test_a_reader_that_dies_is_told_with_the_case_it_died_of():
    def work(marks):
        marks.at(7)
        os.kill(os.getpid(), signal.SIGKILL)

    assert watched_process(work, 20) == (7, "killed by SIGKILL")


def test_a_reader_that_hears_no_alarm_is_ended():
    def work(marks):
        marks.at(3)
        while True:
            pass

    assert watched_process(work, -0.6) == (3, "hangs and hears no alarm")


def test_without_atheris_it_is_told_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "atheris", None)
    monkeypatch.setattr(sys, "argv", ["fuzz_guided.py"])
    assert fuzz_guided.main() == 2
    assert "atheris" in capsys.readouterr().err


def test_flags_of_libfuzzer_are_kept_apart_from_those_of_the_script(monkeypatch):
    monkeypatch.setattr(
        sys, "argv", ["fuzz_guided.py", "formulas", "--seconds", "5", "-handle_alrm=0"]
    )
    options, flags = fuzz_guided._arguments()
    assert (options.readers, options.seconds, flags) == (["formulas"], 5, ["-handle_alrm=0"])
