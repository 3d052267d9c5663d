"""Formats are told by their bytes; one that is added needs its reader and its entry alone."""

import json

import pytest

from scoring.files.office import formats
from scoring.files.office.content import Content, cut_to, plain_section
from scoring.files.office.formats import read_file


def test_a_format_added_to_the_list_is_recognised_and_read(monkeypatch):
    def read_letters(data, limits, file=""):
        return Content("abc", (plain_section(data[4:].decode()),))

    added = formats.Format("abc", (".abc",), lambda data: data.startswith(b"ABC1"), read_letters)
    monkeypatch.setattr(formats, "FORMATS", (added, *formats.FORMATS))
    monkeypatch.setitem(formats.READERS, "abc", read_letters)
    monkeypatch.setattr("scoring.files.office.formats.READABLE", ("abc",))
    assert read_file("thu.abc", "ABC1Kế hoạch".encode()).text == "Kế hoạch"


@pytest.mark.parametrize("known", formats.FORMATS, ids=lambda known: known.name)
def test_every_ending_names_one_format(known):
    assert [formats.type_of_name(f"a{ending}") for ending in known.endings] == [known.name] * len(
        known.endings
    )


def test_a_text_is_cut_at_the_limit_wherever_its_sections_end():
    content = Content("pdf", (plain_section("abcd", "1"), plain_section("efgh", "2")))
    cut = cut_to(content, 6)
    assert ([section.text for section in cut.sections], cut.truncated) == (["abcd", "ef"], True)
    assert cut_to(content, 8) == content


def test_lone_surrogates_are_dropped():
    assert cut_to(Content("pdf", (plain_section("a\ud800b"),)), 10).text == "ab"


def test_what_a_parser_raises_is_a_broken_document(monkeypatch):
    def read_by_parser(data, limits, file=""):
        return json.loads(data)

    monkeypatch.setitem(formats.READERS, "txt", read_by_parser)
    (found,) = read_file("thu.txt", b"{").findings
    assert (found.code, found.values["reason"]) == ("document-broken", "JSONDecodeError")


def test_a_mistake_of_our_own_is_not_taken_for_a_broken_document(monkeypatch):
    def mistaken(*_):
        raise KeyError("x")

    monkeypatch.setitem(mistaken.__globals__, "__name__", "scoring.files.office.thu")
    monkeypatch.setitem(formats.READERS, "txt", mistaken)
    with pytest.raises(KeyError):
        read_file("thu.txt", b"a")


def test_a_file_too_deep_for_a_reader_is_a_broken_document(monkeypatch):
    def too_deep(*_):
        raise RecursionError

    monkeypatch.setitem(too_deep.__globals__, "__name__", "scoring.files.office.thu")
    monkeypatch.setitem(formats.READERS, "txt", too_deep)
    (found,) = read_file("thu.txt", b"(").findings
    assert (found.code, found.values["reason"]) == ("document-broken", "RecursionError")


@pytest.mark.parametrize("charset", ["khong-co", "hex", "idna", '"utf-8\x00"'])
def test_a_mail_in_a_charset_that_is_none_is_read_as_far_as_it_can_be(charset):
    head = f"From: a@b\nSubject: c\nContent-Type: text/plain; charset={charset}\n\n"
    content = read_file("thu.eml", head.encode() + "Kế hoạch".encode())
    assert "Kế hoạch" in content.text, content.findings
