"""The journal of appraisal: nothing in it can change, go or come without being seen."""

import unicodedata

import pandas as pd
import pytest

from scoring.appraisal import append_decisions, check_journal, merge_journals, read_journal
from scoring.appraisal.journal import open_journal
from scoring.appraisal.journal_lines import read_line, sealed
from scoring.base.errors import FindingsError, OutputError
from scoring.files.folder_lock import folder_lock


def decided(item, points, who="An", **more):
    row = {"round": "1", "unit_code": "SNV", "year": 2026, "period": "", "item_code": item}
    row |= {"points": points, "decided_by": who, "set_fingerprint": "ab12", "reason": "thiếu số"}
    return row | more


def frame(*rows):
    return pd.DataFrame(list(rows))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "appraisal.jsonl"
    append_decisions(path, frame(*(decided(f"1.{n}", n / 4) for n in range(1, 5))))
    return path


def codes(findings):
    return [(found.code, found.cell) for found in findings]


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def test_the_same_decisions_give_the_same_bytes_and_come_back_as_they_were(path, tmp_path):
    other = tmp_path / "b.jsonl"
    append_decisions(other, frame(*(decided(f"1.{n}", n / 4) for n in range(1, 3))))
    append_decisions(other, frame(*(decided(f"1.{n}", n / 4) for n in range(3, 5))))
    assert other.read_bytes() == path.read_bytes()
    decisions, findings, head = read_journal(path)
    assert findings == [] and decisions["points"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert decisions["cell"].tolist() == ["2", "3", "4", "5"]
    assert read_line(lines(path)[-1].strip()).hash == head


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda rows: [*rows[:2], rows[2].replace(b'"0.5"', b'"0.9"'), *rows[3:]],
         [("journal-line-changed", "3")]),
        (lambda rows: [*rows[:2], b"?\n", *rows[3:]], [("journal-line-changed", "3")]),
        (lambda rows: [*rows[:2], *rows[3:]], [("journal-lines-dropped", "3")]),
        (lambda rows: rows[1:], [("journal-lines-dropped", "1")]),
        (lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]], [("journal-line-moved", "3")]),
        (lambda rows: [*rows[:3], rows[1], *rows[3:]], [("journal-line-inserted", "4")]),
        (lambda rows: [*rows, rows[-1]], [("journal-line-inserted", "6")]),
        (lambda rows: [*rows[:3], b"\n", *rows[3:]], [("journal-line-changed", "4")]),
        (lambda rows: [*rows, b'{"a":' + b"[" * 990 + b"]" * 990 + b"}\n"],
         [("journal-line-changed", "6")]),
        (lambda rows: [], [("journal-without-lines", "")]),
        (lambda rows: [b"\xef\xbb\xbf\r\n"], [("journal-without-lines", "")]),
        (lambda rows: [row.replace(b"\n", b"\r") for row in rows], [("journal-without-lines", "")]),
    ],
)  # fmt: skip
def test_each_way_of_spoiling_a_line_is_named_where_it_stands(path, spoil, told):
    path.write_bytes(b"".join(spoil(lines(path))))
    assert codes(check_journal(path)) == told
    with pytest.raises(FindingsError):
        append_decisions(path, frame(decided("2.1", 1.0)))


def test_a_line_sealed_anew_breaks_the_chain_after_it(path):
    rows = lines(path)
    old = read_line(rows[2].strip())
    forged = sealed(old.said | {"points": "9"}, old.number, old.body["previous"])
    path.write_bytes(b"".join([*rows[:2], forged.text + b"\n", *rows[3:]]))
    assert codes(check_journal(path)) == [("journal-line-changed", "3")]


def test_an_invented_line_is_followed_by_nothing(path):
    rows = lines(path)
    before = read_line(rows[2].strip())
    invented = sealed(before.said | {"item_code": "9"}, before.number + 1, before.hash)
    path.write_bytes(b"".join([*rows[:3], invented.text + b"\n", *rows[3:]]))
    assert codes(check_journal(path)) == [("journal-line-inserted", "4")]


def test_a_journal_cut_off_or_written_anew_shows_against_the_head_a_letter_holds(path):
    head = open_journal(path).head
    assert check_journal(path, head) == []
    append_decisions(path, frame(decided("2.1", 1.0)))
    assert codes(check_journal(path, head[:16])) == [("journal-went-on", "5")]
    assert "1 line was added" in check_journal(path, head)[0].problem("en")
    path.write_bytes(b"".join(lines(path)[:3]))
    assert [found.code for found in check_journal(path)] == []
    assert [found.code for found in check_journal(path, head)] == ["journal-head-missing"]
    assert [found.code for found in check_journal(path, head[:5])] == ["journal-head-short"]
    path.unlink()
    append_decisions(path, frame(*(decided(f"1.{n}", 1.0) for n in range(1, 5))))
    assert [found.code for found in check_journal(path, head)] == ["journal-head-missing"]


def test_a_line_broken_off_is_named_and_kept_apart_when_writing_goes_on(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    assert codes(read_journal(path)[1]) == [("journal-half-line", "5")]
    before = path.read_bytes()
    append_decisions(path, frame(decided("1.1", 0.25)))
    assert path.read_bytes() == before
    append_decisions(path, frame(decided("1.4", 1.0)))
    decisions, findings, _ = read_journal(path)
    assert findings == [] and decisions["item_code"].tolist() == ["1.1", "1.2", "1.3", "1.4"]
    assert [line.kind for line in open_journal(path).lines][-2:] == ["recovered", "decision"]


def test_a_last_line_that_only_lacks_its_end_counts_and_is_gone_on_from(path):
    path.write_bytes(path.read_bytes()[:-1])
    append_decisions(path, frame(decided("2.1", 1.0)))
    assert read_journal(path)[1] == [] and len(read_journal(path)[0]) == 5


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n", b"  \t"])
def test_line_ends_and_blank_lines_of_an_editor_do_no_harm(path, end):
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + end)
    assert check_journal(path) == []
    append_decisions(path, frame(decided("2.1", 1.0)))
    assert check_journal(path) == [] and len(read_journal(path)[0]) == 5


def test_a_write_broken_off_anywhere_is_made_good_by_writing_again(path):
    more, before = frame(decided("2.1", 0.5, reason="đủ"), decided("2.2", 1.0)), path.read_bytes()
    append_decisions(path, more)
    added = path.read_bytes()[len(before) :]
    for cut in range(0, len(added), 7):
        path.write_bytes(before + added[:cut])
        append_decisions(path, more)
        decisions, findings, _ = read_journal(path)
        assert findings == [] and sorted(decisions["item_code"])[-2:] == ["2.1", "2.2"], cut


@pytest.mark.parametrize("reason", ["một\n\u0303hai", "một\t\u0308hai", 'x"\u0301', "\u0301"])
def test_marks_without_a_letter_before_them_are_written_and_read(path, reason):
    append_decisions(path, frame(decided("2.1", 1.0, reason=reason)))
    decisions, findings, _ = read_journal(path)
    assert findings == [] and decisions["reason"].iloc[-1] == unicodedata.normalize("NFC", reason)


def test_a_decision_written_with_marks_apart_is_the_same_decision(path):
    append_decisions(path, frame(decided("2.1", 1.0, who="Bình")))
    apart = {
        "who": unicodedata.normalize("NFD", "Bình"),
        "reason": unicodedata.normalize("NFD", "thiếu số"),
    }
    assert append_decisions(path, frame(decided("2.1", 1.0, **apart)))[1] == []
    assert len(open_journal(path).lines) == 6


@pytest.mark.parametrize(
    "told",
    [{"year": None}, {"year": "x"}, {"points": "Infinity"}, {"points": {"a": 1}}, {"round": "7"},
     {"decided_on": "99/99"}, {"corrects": ["a"]}, {"reason": "\ud800"}],
)  # fmt: skip
def test_a_well_sealed_line_that_states_no_decision_is_named_and_does_not_count(path, told):
    last = open_journal(path).lines[-1]
    said = {name: one for name, one in {**last.said, "item_code": "9", **told}.items() if one}
    forged = sealed(said, last.number + 1, last.hash)
    path.write_bytes(path.read_bytes() + forged.text + b"\n")
    assert codes(check_journal(path)) == [("journal-decision-unread", "6")]
    assert len(read_journal(path)[0]) == 4


def test_nobody_takes_the_place_of_what_somebody_else_decided(path):
    last, entry = open_journal(path).lines[-1], read_journal(path)[0]["entry"].iloc[0]
    said = {**last.said, "item_code": "1.1", "points": "0", "decided_by": "Bình", "corrects": entry}
    forged = sealed(said, last.number + 1, last.hash)
    path.write_bytes(path.read_bytes() + forged.text + b"\n")
    decisions, findings, _ = read_journal(path)
    assert len(decisions) == 5 and [one.code for one in findings] == ["decisions-differ"]


def test_what_a_later_round_settled_is_no_longer_to_be_settled(path):
    append_decisions(path, frame(decided("1.1", 0.0, "Bình"), decided("2.1", 0.0, "Bình"),
                                 decided("2.1", 1.0)))  # fmt: skip
    _, findings, _ = read_journal(path)
    assert [found.item_code for found in findings] == ["1.1", "2.1"]
    append_decisions(path, frame(decided("1.1", 0.5, round="2")))
    assert [found.item_code for found in read_journal(path)[1]] == ["2.1"]


def test_a_link_to_a_journal_has_the_same_lock(path, tmp_path):
    (tmp_path / "khac").mkdir()
    link = tmp_path / "khac" / "nhat-ky.jsonl"
    link.symlink_to(path)
    with folder_lock(path.with_name(f".{path.name}.lock"), path), pytest.raises(OutputError):
        append_decisions(link, frame(decided("2.1", 1.0)))


def test_the_same_decision_again_is_nothing_and_another_must_be_a_correction(path):
    before = path.read_bytes()
    again = decided("1.1", 0.25, decided_on=pd.Timestamp("2026-12-01"))
    assert append_decisions(path, frame(again))[1] == [] and path.read_bytes() == before
    other = decided("1.1", 0.0, file="A.xlsx", sheet="s", cell="E5")
    (found,) = append_decisions(path, frame(other))[1]
    assert (found.code, found.file, found.cell) == ("decision-twice", "A.xlsx", "E5")
    assert "0,25" in found.problem() and path.read_bytes() == before
    entry = read_journal(path)[0]["entry"].iloc[0]
    assert append_decisions(path, frame(other | {"corrects": entry}))[1] == []
    decisions, findings, _ = read_journal(path)
    assert findings == [] and decisions["points"].tolist() == [0.5, 0.75, 1.0, 0.0]
    assert len(open_journal(path).lines) == 6
    (found,) = append_decisions(path, frame(decided("7", 1.0, corrects="abc")))[1]
    assert found.code == "decision-corrects-nothing"


def test_a_journal_is_of_one_set_and_year(path):
    with pytest.raises(FindingsError) as refused:
        append_decisions(path, frame(decided("1.1", 1.0, set_fingerprint="ff")))
    assert [found.code for found in refused.value.findings] == ["journal-other-season"]
    mixed = frame(decided("2.1", 1.0), decided("2.2", 1.0, year=2025))
    assert [found.code for found in append_decisions(path, mixed)[1]] == ["decision-other-season"]


def test_nobody_writes_while_another_does(path):
    with folder_lock(path.with_name(f".{path.name}.lock"), path), pytest.raises(OutputError):
        append_decisions(path, frame(decided("2.1", 1.0)))


def test_journals_of_two_people_merge_alike_whoever_merges_and_lose_nothing(path, tmp_path):
    mine, theirs = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for copy in (mine, theirs):
        copy.write_bytes(path.read_bytes())
    append_decisions(mine, frame(decided("2.1", 1.0), decided("2.2", 0.5)))
    append_decisions(theirs, frame(decided("2.1", 0.0, "Bình"), decided("2.2", 0.25)))
    head, findings = merge_journals(mine, theirs, tmp_path / "m.jsonl")
    assert merge_journals(theirs, mine, tmp_path / "n.jsonl")[0] == head
    assert (tmp_path / "m.jsonl").read_bytes() == (tmp_path / "n.jsonl").read_bytes()
    told = [(found.code, found.item_code) for found in findings]
    assert told == [("decisions-differ", "2.1"), ("decisions-conflict", "2.2")]
    assert len(read_journal(tmp_path / "m.jsonl")[0]) == 8
    for held in (open_journal(mine).head, open_journal(theirs).head):
        assert "journal-head-missing" not in dict(codes(check_journal(tmp_path / "m.jsonl", held)))
    append_decisions(tmp_path / "m.jsonl", frame(decided("3.1", 1.0)))
    ahead = merge_journals(tmp_path / "m.jsonl", theirs, tmp_path / "o.jsonl")[0]
    assert ahead == open_journal(tmp_path / "m.jsonl").head
    rows = lines(tmp_path / "m.jsonl")
    path.write_bytes(b"".join([*rows[:6], *rows[7:]]))
    assert ("journal-lines-dropped", "9") in codes(check_journal(path))


def test_journals_that_began_apart_do_not_merge(path, tmp_path):
    other = tmp_path / "b.jsonl"
    append_decisions(other, frame(decided("1.1", 1.0, year=2025)))
    with pytest.raises(FindingsError) as refused:
        merge_journals(path, other, tmp_path / "m.jsonl")
    assert [found.code for found in refused.value.findings] == ["journals-unrelated"]
