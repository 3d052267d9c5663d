"""Questionnaires: found as sets are, read strictly, and known again by their fingerprint."""

import csv
import shutil

import pytest

from scoring.base.errors import CriteriaError, UnreadableError
from scoring.cli.main import main
from scoring.criteria import check_set, list_sets
from scoring.files.shipped import shipped_folder
from scoring.survey.instrument.instrument_reading import SHEETS
from scoring.survey.instrument.instruments import (
    check_instrument,
    list_instruments,
    open_instrument,
)

CITIZENS, OFFICIALS = "sipas-citizens-sample", "officials-survey-sample"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(shipped_folder("criteria") / CITIZENS, tmp_path / "own")


def edit(folder, sheet, row, **cells):
    """Change cells of one row (counted as Excel does) of a sheet."""
    path = folder / f"{sheet}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    if row == len(rows) + 2:
        rows.append(dict.fromkeys(rows[0], ""))
    rows[row - 2] |= cells
    write(path, rows)


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def found(folder):
    """Return code and place of every finding about a folder."""
    return [(f.code, f.file, f.cell) for f in check_instrument(folder).findings]


def row_of(instrument, code):
    return instrument.place_of[code] + 2


@pytest.mark.parametrize("name", [CITIZENS, OFFICIALS])
def test_the_shipped_questionnaires_are_sound_and_say_their_status_and_source_everywhere(name):
    checked = check_instrument(name)
    assert checked.findings == ()
    shown = checked.instrument
    assert shown.status == "sample" and len(shown.caveats) >= 2
    parts = [*shown.aspects, *shown.factors, *shown.questions, *shown.weightings]
    parts += [option for options in shown.scales.values() for option in options]
    assert all(part.status in ("observed", "sample") and part.source for part in parts)


def test_what_citizens_are_asked_is_worded_as_in_the_set_of_five_factors():
    citizens = open_instrument(CITIZENS)
    items = (shipped_folder("criteria") / "sipas-five-factors" / "items.csv").read_text("utf-8")
    rows = {f"B{row['code']}": row["name_vi"] for row in csv.DictReader(items.splitlines())}
    asked = {q.code: q.text_vi for q in citizens.questions if q.role == "quality"}
    assert len(asked) == 20 and asked.items() <= rows.items()


def test_answers_of_officials_have_the_codes_and_weights_of_the_items_they_feed():
    officials = open_instrument(OFFICIALS)
    weights = {o.code: o.weight_percent for o in officials.scales["rating"] if o.is_answer}
    for name in ("department-sample", "commune-sample"):
        text = (shipped_folder("criteria") / name / "options.csv").read_text("utf-8")
        rows = [r for r in csv.DictReader(text.splitlines()) if r["item_code"] == "8.2"]
        assert {row["choice"]: float(row["weight_percent"]) for row in rows} == weights


def test_the_caveats_tell_that_the_plain_mean_is_not_the_published_figure():
    text = " ".join(vi for vi, _ in open_instrument(CITIZENS).caveats)
    assert "82,66" in text and "82,888" in text and "87,16" in text and "80,08" in text


def test_a_questionnaire_shows_itself_in_a_notebook(monkeypatch):
    monkeypatch.setenv("PARINDEX_LANG", "en")
    shown = open_instrument(OFFICIALS)._repr_html_()
    assert "Online services are easy to use" in shown
    assert "Digital government" in shown and "option-weights" in shown and "mẫu" in shown


def test_sets_and_questionnaires_do_not_take_each_other_for_their_own():
    assert CITIZENS not in list_sets() and "department-sample" not in list_instruments()
    place = shipped_folder("criteria") / CITIZENS
    for name in (CITIZENS, place, place / "instrument.toml"):
        assert [f.code for f in check_set(name).findings] == ["set-is-instrument"]
    for name in ("department-sample", "no-such"):
        assert [f.code for f in check_instrument(name).findings] == ["instrument-unknown"]
    codes = [f.code for f in check_instrument(shipped_folder("criteria")).findings]
    assert codes == ["instrument-not-one"]


def test_ones_own_are_found_in_the_working_folder_and_never_stand_for_a_shipped_one(
    folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    library = tmp_path / "criteria"
    library.mkdir()
    shutil.move(folder, library / CITIZENS)
    assert open_instrument(CITIZENS).version
    edit(library / CITIZENS, "questions", 2, text_vi="Câu khác")
    assert [f.code for f in check_instrument(CITIZENS).findings] == ["instrument-id-taken"]
    with pytest.raises(CriteriaError):
        open_instrument(CITIZENS)
    assert open_instrument(library / CITIZENS).questions[0].text_vi == "Câu khác"


def test_a_fingerprint_tells_what_is_asked_and_not_how_it_is_counted(folder):
    before = open_instrument(folder).fingerprint
    assert before == open_instrument(CITIZENS).fingerprint
    edit(folder, "weightings", 2, note_vi="Khác")
    edit(folder, "scales", 4, is_satisfied="yes")
    assert open_instrument(folder).fingerprint == before
    edit(folder, "scales", 4, name_vi="Tạm được")
    assert open_instrument(folder).fingerprint != before


# Sheet, row (0: a new one), what is changed, the finding and its column.
BROKEN = [
    ("questions", "B1.2", {"code": "B1.1"}, "instrument-code-twice", "A"),
    ("scales", 3, {"code": "1"}, "instrument-code-twice", "B"),
    ("groups", 3, {"code": "citizen"}, "instrument-code-twice", "A"),
    ("questions", "B1.2", {"code": "1.10"}, "instrument-code-malformed", "A"),
    ("scales", 2, {"code": "= 1"}, "instrument-code-malformed", "B"),
    ("questions", "C1", {"code": "Weight"}, "instrument-code-reserved", "A"),
    ("questions", "B1.2", {"factor": "acess"}, "instrument-code-unknown", "B"),
    ("questions", "B1.2", {"scale": "five"}, "instrument-code-unknown", "F"),
    ("questions", "A1", {"aspect": "Z"}, "instrument-code-unknown", "C"),
    ("factors", 2, {"aspect": "Z"}, "instrument-code-unknown", "D"),
    ("questions", "B1.2", {"factor": ""}, "instrument-question-without-factor", "B"),
    ("questions", "B6", {"scale": "filing"}, "instrument-scale-unsatisfied", "F"),
    ("scales", 3, {"name_vi": "rất không  HÀI lòng"}, "instrument-answer-named-twice", "C"),
    ("scales", 7, {"is_satisfied": "yes"}, "instrument-refusal-counted", "F"),
    ("scales", 7, {"weight_percent": "0"}, "instrument-refusal-counted", "F"),
    ("scales", 4, {"weight_percent": ""}, "instrument-weights-missing", "B"),
    ("weightings", 2, {"combine": "weighted_factors"}, "instrument-weights-sum", "C"),
    ("questions", "B6", {"role": "other"}, "instrument-no-overall", "C"),
    ("questions", "A1", {"role": "main"}, "set-word-unknown", "G"),
    ("questions", "A1", {"source": ""}, "set-cell-empty", "I"),
    ("scales", 2, {"status": ""}, "set-cell-empty", "H"),
    ("scales", 2, {"status": "true"}, "set-word-unknown", "H"),
    ("scales", 2, {"is_satisfied": "có"}, "set-not-a-flag", "E"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "row", "cells", "code", "column"), BROKEN)
def test_each_broken_cell_is_named(folder, sheet, row, cells, code, column):
    edit(
        folder, sheet, row_of(open_instrument(CITIZENS), row) if type(row) is str else row, **cells
    )
    checked = check_instrument(folder)
    assert not checked.is_sound
    assert (code, column) in [(f.code, f.cell.rstrip("0123456789")) for f in checked.findings]


def test_factor_weights_make_a_hundred_over_all_factors_and_belong_to_a_way_that_uses_them(folder):
    heads = [column.name for column in SHEETS["factor_weights"]]
    factors = [factor.code for factor in open_instrument(CITIZENS).factors]
    rows = [dict(zip(heads, ("pooled", f, "20", "sample", "Mẫu"), strict=True)) for f in factors]
    write(folder / "factor_weights.csv", rows)
    assert found(folder) == [("instrument-weights-unused", "weightings.csv", "C2")]
    edit(folder, "weightings", 2, combine="weighted_factors")
    assert found(folder) == []
    edit(folder, "factor_weights", 2, weight_percent="25")
    finding = check_instrument(folder).findings[0]
    assert finding.code == "instrument-weights-sum" and "105" in finding.text("vi")
    write(folder / "factor_weights.csv", [rows[0] | {"weight_percent": "40"}, *rows[2:]])
    edit(folder, "factor_weights", 2, weighting="pooled")
    finding = check_instrument(folder).findings[0]
    assert finding.code == "instrument-weights-sum" and "procedure" in finding.text("vi")
    edit(folder, "factor_weights", 3, factor="x")
    codes = [code for code, *_ in found(folder)]
    assert codes == ["instrument-code-unknown", "instrument-weights-sum"]


def test_a_questionnaire_says_what_it_is(folder):
    meta = folder / "instrument.toml"
    text = meta.read_text("utf-8")
    meta.write_text(text.replace('id = "', 'id = "X ').replace("series", "serie"), "utf-8")
    place = ("instrument.toml", "")
    assert found(folder) == [
        ("set-key-unknown", *place), ("set-value-wrong", *place), ("set-value-wrong", *place),
    ]  # fmt: skip
    meta.write_text(text + "\n[[caveats]]\nen = 'x'\n", "utf-8")
    assert found(folder) == [("set-value-wrong", *place)]
    meta.write_text(text.replace("[[", "[["[:1]), "utf-8")
    with pytest.raises(UnreadableError, match="TOML"):
        open_instrument(folder)


def test_columns_are_declared_and_sheets_are_there(folder):
    path = folder / "groups.csv"
    path.write_text(path.read_text("utf-8").replace("name_en", "ten_en"), "utf-8")
    assert found(folder) == [("set-column-unknown", "groups.csv", "")]
    (folder / "scales.csv").unlink()
    assert found(folder)[0][0] == "set-file-missing"


def test_a_cell_is_named_as_the_file_has_it(folder):
    path = folder / "questions.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    write(path, [dict(reversed(row.items())) for row in rows])
    edit(folder, "questions", 9, factor="x")
    assert ("instrument-code-unknown", "questions.csv", "H9") in found(folder)


def test_a_sheet_of_questions_may_be_too_short_or_too_long(folder):
    path = folder / "questions.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text(head, "utf-8")
    assert ("instrument-question-count", "questions.csv", "") in found(folder)
    many = [rows[0].replace("A1,", f"A{n},", 1) for n in range(301)]
    path.write_text("\n".join([head, *rows[1:], *many]), "utf-8")
    assert ("instrument-question-count", "questions.csv", "") in found(folder)


def test_a_scale_may_be_too_long(folder):
    path = folder / "scales.csv"
    more = [f"long,{n},Mức {n},,no,yes,,sample,Mẫu" for n in range(101)]
    path.write_text(path.read_text("utf-8") + "\n".join(more), "utf-8")
    assert "instrument-scale-long" in [code for code, *_ in found(folder)]


def test_there_is_a_way_of_counting(folder):
    path = folder / "weightings.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0], "utf-8")
    assert found(folder) == [("instrument-weighting-none", "weightings.csv", "")]


def test_advice_tells_what_is_missing_and_harms_nothing(folder):
    meta = folder / "instrument.toml"
    meta.write_text(meta.read_text("utf-8").replace("Phiếu mẫu khảo", "Phiếu khảo"), "utf-8")
    edit(folder, "factors", 7, code="new", name_vi="Mới", status="sample", source="Mẫu")
    edit(folder, "questions", 2, text_en="")
    for row in (35, 36):
        edit(folder, "scales", row, is_answer="yes")
    checked = check_instrument(folder)
    codes = [finding.code for finding in checked.findings]
    assert checked.is_sound and codes == [
        "instrument-factor-unasked", "sample-not-named", "instrument-no-refusal", "english-missing",
    ]  # fmt: skip


def test_a_questionnaire_with_an_unknown_status_is_shown_with_its_finding(folder, capsys):
    edit(folder, "weightings", 2, status="zzz")
    assert main(["sipas", "show", str(folder)]) == 1
    said = capsys.readouterr()
    assert "zzz" in said.out and "set-word-unknown" in said.out + said.err
