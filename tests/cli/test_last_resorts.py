"""What the command line does when things go wrong: valid JSON, the caller's words, no traceback."""

import argparse
import codecs
import json
import signal

import pytest

from scoring.cli import main as entry
from scoring.cli import stopping
from scoring.cli.commands import verify
from scoring.cli.console import Console
from scoring.cli.main import main
from scoring.cli.verbs import verbs
from scoring.files.shipped import shipped_folder

EXAMPLE = shipped_folder("evidence") / "phu-tho-2026"
LEDGER = EXAMPLE / "ledger.xlsx"
SET = "service-quality-766"


def refuse_constant(token):
    raise AssertionError(f"{token} is no JSON")


def one_json_value(text):
    return json.loads(text, parse_constant=refuse_constant)


@pytest.fixture
def blank_ledger(tmp_path):
    path = tmp_path / "sổ tự đánh giá.xlsx"
    arguments = ["--criteria", SET, "--unit", "so-noi-vu", "--year", "2026", "--out", str(path)]
    assert main(["ledger", "new", *arguments, "--quiet"]) == 0
    return path


def test_an_error_nobody_foresaw_is_a_message_with_its_kind(monkeypatch, capsys):
    monkeypatch.delenv("PARINDEX_DEBUG", raising=False)
    monkeypatch.setattr(verify, "run", lambda options, console: 1 / 0)
    assert main(["verify", "thư mục", "--format", "json"]) == 2
    streams = capsys.readouterr()
    assert "[unforeseen-error]" in streams.err and "ZeroDivisionError" in streams.err
    assert "Traceback" not in streams.err
    assert one_json_value(streams.out)["findings"][0]["code"] == "unforeseen-error"


def test_ctrl_c_while_a_text_is_decoded_ends_as_ctrl_c_does(monkeypatch, capsys):
    def pressed(problem):
        raise KeyboardInterrupt

    codecs.register_error("ctrl-c", pressed)
    monkeypatch.setattr(verify, "run", lambda *_: b"\xff".decode("utf-8-sig", "ctrl-c"))
    assert main(["verify", "x"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_library_that_drops_ctrl_c_and_complains_of_something_else_stops(
    name, monkeypatch, capsys
):
    def dropping(*_):
        try:
            stopping.stop(getattr(signal, name), None)
        except KeyboardInterrupt:
            raise TypeError("incompatible function arguments") from None

    monkeypatch.setattr(stopping, "_asked", [])
    monkeypatch.setattr(verify, "run", dropping)
    assert main(["verify", "x"]) == 128 + getattr(signal, name)
    assert capsys.readouterr().err == "Đã dừng theo yêu cầu.\n"


def test_a_python_that_asks_a_parser_when_it_is_added_gets_its_answer(monkeypatch, capsys):
    plain = argparse._SubParsersAction.add_parser

    def asking(self, *args, **kwargs):
        made = plain(self, *args, **kwargs)
        assert made._get_formatter().format_help() == ""
        return made

    monkeypatch.setattr(argparse._SubParsersAction, "add_parser", asking)
    assert main(["criteria", "list", "--quiet"]) == 0
    assert "department-sample" in capsys.readouterr().out


def test_an_error_nobody_foresaw_shows_its_place_when_debugging(monkeypatch):
    monkeypatch.setenv("PARINDEX_DEBUG", "1")
    monkeypatch.setattr(verify, "run", lambda options, console: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        entry.main(["verify", "thư mục"])


def test_points_that_are_missing_are_null_in_json(blank_ledger, tmp_path, capsys):
    main(["score", str(blank_ledger), "--out", str(tmp_path / "ra"), "--format", "json"])
    assert one_json_value(capsys.readouterr().out)["index"][0]["points"] is None
    main(["explain", "5.3", str(blank_ledger), "--format", "json"])
    why = one_json_value(capsys.readouterr().out)
    assert why["points"] is None and why["findings"] == []


def test_the_findings_of_an_item_stand_in_the_json_of_its_explanation(tmp_path, capsys):
    table = tmp_path / "so.csv"
    rows = [
        "unit_code,year,item_code,input,value,choice",
        "A,2026,2,on_time,9,",
        "A,2026,2,received,8,",
    ]
    table.write_text("\n".join(rows), encoding="utf-8")
    code = main(
        ["explain", "2", str(table), "--criteria", "service-quality-766", "--format", "json"]
    )
    why = one_json_value(capsys.readouterr().out)
    assert code == 1
    assert [found["item_code"] for found in why["findings"]] == ["2"]


def test_a_comparison_of_sets_is_json_without_nan(capsys):
    main(["criteria", "diff", "department-sample", "commune-sample", "--format", "json"])
    assert one_json_value(capsys.readouterr().out)["changes"]


@pytest.mark.parametrize(
    ("arguments", "finding"),
    [
        (["score", "không có.xlsx", "--out", "x"], "file-missing"),
        (["criteria", "show", "không-có"], "set-unknown"),
        (["explain", "9.9", str(LEDGER)], "unknown-item"),
        (["explain", "5.3", str(LEDGER), "--unit", "ai"], "unknown-unit"),
        (["criteria", "explain", SET, "99"], "unknown-item"),
        (["report", str(LEDGER), "--out", "x", "--formats", "gif"], "unknown-format"),
        (["report", str(LEDGER), "--out", "x", "--unit", "ai"], "unknown-unit"),
        (["criteria", "explain", SET, "--out", "sổ tay.abc"], "unknown-format"),
        (["ledger", "new", "--criteria", SET, "--unit", "a", "--year", "99999"], "year-unreadable"),
        (
            [
                "ledger",
                "new",
                "--criteria",
                SET,
                "--unit",
                "a",
                "--year",
                "2026",
                "--period",
                "quý 5",
            ],
            "period-impossible",
        ),
        (
            [
                "form",
                SET,
                "--unit",
                "a",
                "--year",
                "2026",
                "--period",
                "T3/2025",
                "--out",
                "x.html",
            ],
            "period-impossible",
        ),
    ],
)
def test_what_cannot_be_done_is_one_json_object_and_code_2(
    arguments, finding, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main([*arguments, "--format", "json"]) == 2
    streams = capsys.readouterr()
    assert [entry["code"] for entry in one_json_value(streams.out)["findings"]] == [finding]
    assert f"[{finding}]" in streams.err


def test_json_keeps_numbers_of_numpy_and_days_without_a_date(capsys):
    import numpy as np
    import pandas as pd

    Console(format="json").give({"n": np.int64(3), "x": np.float64("inf"), "day": pd.NaT})
    assert one_json_value(capsys.readouterr().out) == {"n": 3, "x": None, "day": None}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["score"], "còn thiếu FILE, --out"),
        (["criteria", "xx"], "VERB không nhận giá trị 'xx'; chọn một trong "),
        (["--format", "xml", "demo"], "--format không nhận giá trị 'xml'"),
        (["demo", "--aa"], "không có tham số --aa"),
        (["plan", "check", "p.txt", "--year", "hai"], "--year phải là số nguyên, không phải 'hai'"),
        (["demo", "--out"], "--out cần một giá trị đi kèm"),
    ],
)
def test_a_wrong_command_line_is_told_in_vietnamese(arguments, said, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("cách dùng: parindex") and said in told


def test_vietnamese_help_has_no_english_of_argparse(capsys):
    assert main(["score", "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("cách dùng: parindex score") and "in hướng dẫn này rồi thoát" in shown
    assert "show this" not in shown and "usage" not in shown


def test_every_verb_and_family_has_its_help_in_both_languages(capsys):
    families = {verb.name.partition(" ")[0] for verb in verbs()}
    for lang in ("vi", "en"):
        for name in sorted(families | {verb.name for verb in verbs()}):
            assert main(["--lang", lang, *name.split(), "--help"]) == 0
            assert name in capsys.readouterr().out


def test_a_new_ledger_never_writes_over_one_that_may_be_filled(blank_ledger, capsys):
    before = blank_ledger.read_bytes()
    arguments = ["ledger", "new", "--criteria", SET, "--unit", "khác", "--year", "2025"]
    assert main([*arguments, "--out", str(blank_ledger)]) == 2
    assert "[output-exists]" in capsys.readouterr().err
    assert blank_ledger.read_bytes() == before
    assert main([*arguments, "--out", str(blank_ledger), "--replace"]) == 0
    assert blank_ledger.read_bytes() != before


def test_a_unit_code_cannot_lead_a_new_ledger_out_of_the_folder(tmp_path, monkeypatch):
    (tmp_path / "nhà").mkdir()
    monkeypatch.chdir(tmp_path / "nhà")
    assert main(["ledger", "new", "--criteria", SET, "--unit", "../../x", "--year", "2026"]) == 0
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.xlsx")]
    assert [path.as_posix() for path in written] == ["nhà/evidence/x-2026/ledger.xlsx"]


def test_a_folder_that_cannot_be_written_does_not_take_the_result_with_it(tmp_path, capsys):
    (tmp_path / "tệp").write_text("đang có")
    assert main(["score", str(LEDGER), "--out", str(tmp_path / "tệp")]) == 2
    assert "61,89" in capsys.readouterr().out
