"""Long texts in a few fields of readers that are quick; `long_texts.py` puts them into every one."""

import long_texts
import pytest
from fuzz_targets import Reader
from long_places import places


def fields_of(name, data):
    return {place.name: place for place in places(name, data)}


def test_each_column_of_a_table_and_its_heading_are_fields():
    found = fields_of("a.csv", b"code,name\n1,\n2,An\n")
    assert list(found) == ["code (heading)", "code", "name (heading)", "name"]
    assert found["name"].having('"') == b'code,name\n1,\n2,""""\n'


def test_each_text_of_toml_json_and_lines_is_a_field():
    toml = fields_of("a.toml", b'id = "x"\nyear = 2026\n')
    assert toml["id"].having("ô") == 'id = "ô"\nyear = 2026\n'.encode()
    lines = fields_of("a.jsonl", b'{"a": {"b": "x"}, "c": 1}\n{}\n')
    assert lines["a/b"].having("y") == b'{"a": {"b": "y"}, "c": 1}\n{}\n'
    text = fields_of("a.txt", "KẾ HOẠCH\n1\tRà soát\n".encode())
    assert text["line 2.2"].having("z") == "KẾ HOẠCH\n1\tz\n".encode()


def test_a_cell_of_a_workbook_is_given_no_more_letters_than_it_holds():
    assert len(long_texts.text_of("phrase", "Kế hoạch", 32_767)) == 32_767
    assert long_texts.text_of("blanks", "", 5) == "x   x"


@pytest.mark.parametrize("reader", ["official-texts", "numbers-dates-paths"])
def test_a_long_text_is_read_in_step_with_its_length(reader, tmp_path):
    desk = tmp_path / "desk"
    desk.mkdir()
    known = long_texts.READERS[reader]
    for number, text in enumerate(known.texts[:1]):
        for filler in (*long_texts.FILLERS, "phrase"):
            long = long_texts.text_of(filler, text, long_texts.LONGEST)
            seconds, answer = long_texts.seconds_of(known, long.encode(), f"text {number}", desk)
            assert seconds < long_texts.MOST_SECONDS, (filler, text)
            assert not answer.startswith("FAULT")


@pytest.mark.parametrize(("power", "is_slow"), [(2, True), (1, False)])
def test_a_reader_that_tries_every_pair_of_places_is_named_slow(
    tmp_path, monkeypatch, power, is_slow
):
    # Times as they would be, not as a busy machine makes them.
    def told(known, data, name, desk):
        return 2.0 * (len(data) / 4_000) ** power, "read"

    monkeypatch.setattr(long_texts, "LONGEST", 4_000)
    monkeypatch.setattr(long_texts, "seconds_of", told)
    reader = Reader(calls=(str.strip,), texts=("thư",))
    ((name, _, (place,)),) = long_texts._fields(reader, tmp_path)
    outcome = long_texts._tried(reader, "slow", tmp_path, name, place, "letters", 0.0)
    assert outcome.exponent == pytest.approx(power, abs=0.1)
    assert outcome.is_slow == is_slow
