"""The command line: results, messages and exit codes, for good input and bad."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

EXAMPLE = shipped_folder("evidence") / "phu-tho-2026"
INPUTS = EXAMPLE / "inputs.csv"
SET = "service-quality-766"


def parindex(*arguments, capsys=None):
    code = main([str(argument) for argument in arguments])
    streams = capsys.readouterr() if capsys else None
    return code, streams


def table_of(text, first):
    """Return the rows of the printed table whose heading begins with `first`, cut at its rules."""
    lines = text.splitlines()
    [at] = [n for n, line in enumerate(lines) if line.startswith(first)]
    rule = lines[at + 1]
    ends = [n for n, sign in enumerate(rule) if sign == "─" and rule[n - 1 : n] != "─"]
    body = [line for line in lines[at + 2 : lines.index("", at)] if line]
    return [
        [line[a:b].strip() for a, b in zip(ends, [*ends[1:], None], strict=True)] for line in body
    ]


def test_the_terminal_shows_each_target_met_or_missed_and_by_how_much(tmp_path, capsys):
    code, streams = parindex(
        "score", EXAMPLE / "ledger.xlsx", "--targets", EXAMPLE / "targets.csv",
        "--out", tmp_path / "kq", capsys=capsys,
    )  # fmt: skip
    assert code == 0
    rows = {row[0].split()[0]: row[1:] for row in table_of(streams.out, "Lĩnh vực")}
    assert rows["Chỉ"][2:] == ["70", "chưa đạt, còn thiếu 8,11 điểm"]
    assert rows["1"][2:] == ["12", "chưa đạt, còn thiếu 4,04 điểm"]
    assert rows["2"][2:] == ["", ""]


def test_ranks_within_several_blocks_name_the_block_beside_them(tmp_path, capsys):
    table = pd.read_csv(shipped_folder("evidence") / "example-department-sample" / "inputs.csv")
    path = tmp_path / "inputs.csv"
    told = ["score", path, "--criteria", "department-sample", "--out"]
    table.to_csv(path, index=False)
    _, streams = parindex(*told, tmp_path / "a", capsys=capsys)
    assert "Khối" not in streams.out
    blocks = {code: f"Khối {code}" for code in table["unit_code"].unique()}
    table.assign(block=table["unit_code"].map(blocks)).to_csv(path, index=False)
    _, streams = parindex(*told, tmp_path / "b", capsys=capsys)
    assert "Khối SM-A" in streams.out


def test_many_units_show_the_target_of_the_index_only_where_one_is_set(tmp_path, capsys):
    sample = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    (tmp_path / "t.csv").write_text("unit_code,code,target_points\nSM-A,INDEX,80\n", "utf-8")
    told = ["score", sample, "--criteria", "department-sample", "--out", tmp_path / "kq"]
    _, streams = parindex(*told, "--targets", tmp_path / "t.csv", capsys=capsys)
    rows = {row[1]: row[-2:] for row in table_of(streams.out + "\n\n", "Hạng")}
    assert rows["SM-A"] == ["80", "đã đạt, vượt 1,63 điểm"]
    assert rows["SM-B"] == ["", ""]
    _, streams = parindex(*told, capsys=capsys)
    assert "Chỉ tiêu" not in streams.out


def changed(tmp_path, change):
    """Write the example's long table with one change and return its path."""
    table = pd.read_csv(INPUTS, dtype=str)
    path = tmp_path / "inputs.csv"
    change(table).to_csv(path, index=False)
    return path


def with_value(item, name, value):
    def change(table):
        hit = (table["item_code"] == item) & (table["input"] == name)
        return table.assign(value=table["value"].where(~hit, value))

    return change


def test_checking_a_ledger_loads_no_charts():
    code = (
        "import sys; import scoring.cli.commands.ledger;"
        "sys.exit('matplotlib.figure' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_is_instant_it_imports_no_pandas():
    code = (
        "import sys; from scoring.cli.main import main; main(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('pandas', 'numpy', 'matplotlib')))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=root)
    assert done.returncode == 0


def test_the_demo_recomputes_the_published_index_to_the_hundredth(tmp_path, capsys):
    code, streams = parindex("demo", "--out", tmp_path / "kết quả", capsys=capsys)
    assert code == 0
    assert "61,89     61,89" in streams.out
    assert "Số dòng khác nhau: 0/20" in streams.out
    made = {path.name for path in (tmp_path / "kết quả").rglob("*") if path.is_file()}
    assert {"scores.csv", "gaps.csv", "findings.csv", "report.xlsx", "manifest.json"} <= made
    assert {"area-points.png", "area-points.svg", "lost-points.png", "lost-points.svg"} <= made


def test_the_demo_speaks_english_on_request(tmp_path, capsys):
    _, streams = parindex("--lang", "en", "demo", "--out", tmp_path, capsys=capsys)
    assert "Rows that differ: 0 of 20." in streams.out


def test_scores_have_the_promised_columns_and_close_with_the_index(tmp_path):
    assert main(["score", str(INPUTS), "--criteria", SET, "--out", str(tmp_path), "--quiet"]) == 0
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert list(scores.columns[:11]) == [
        "unit_code", "set_id", "year", "period", "code", "level", "max_points", "points",
        "attainment", "basis", "status",
    ]  # fmt: skip
    last = scores.iloc[-1]
    assert (last["code"], last["level"], last["points"], last["attainment"]) == (
        "INDEX",
        "index",
        61.89,
        61.89,
    )


def test_results_verify_until_a_file_is_changed(tmp_path, capsys):
    main(["score", str(INPUTS), "--criteria", SET, "--out", str(tmp_path), "--quiet"])
    assert main(["verify", str(tmp_path)]) == 0
    (tmp_path / "scores.csv").write_text("điểm khác", encoding="utf-8")
    code, streams = parindex("verify", tmp_path, capsys=capsys)
    assert code == 1
    assert "scores.csv" in streams.err


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        main(["score", str(INPUTS), "--criteria", SET, "--out", str(tmp_path / name), "--quiet"])
    one, two = (sorted((tmp_path / name).rglob("*.*")) for name in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_json_is_one_object_on_stdout(tmp_path, capsys):
    code, streams = parindex(
        "--format", "json", "score", INPUTS, "--criteria", SET, "--out", tmp_path, capsys=capsys
    )
    result = json.loads(streams.out)
    assert code == 0
    assert result["index"][0]["points"] == 61.89
    assert result["set_status"] == "observed"


def test_explain_of_a_unit_with_two_years_asks_which_and_shows_the_one_chosen(tmp_path, capsys):
    table = pd.read_csv(INPUTS, dtype=str)
    both = pd.concat([table, table.assign(year="2025")], ignore_index=True)
    both.to_csv(tmp_path / "two.csv", index=False)
    asked = ["explain", "5.3", tmp_path / "two.csv", "--criteria", SET, "--unit", "phu-tho"]
    code, streams = parindex(*asked, capsys=capsys)
    assert code == 2
    assert "2025" in streams.err and "2026" in streams.err and "--year" in streams.err
    _, streams = parindex(*asked, "--year", "2025", capsys=capsys)
    assert "2025" in streams.out.splitlines()[1]


def test_explain_names_cells_rule_arithmetic_rounding_and_source(capsys):
    _, streams = parindex("explain", "5.3", INPUTS, "--criteria", SET, capsys=capsys)
    for words in (
        "528.464",
        "inputs.csv!H",
        "min(6; 6 × 528.464 / 597.918 / 0,9)",
        "Làm tròn",
        "Nguồn",
    ):
        assert words in streams.out


def test_criteria_list_show_and_check(capsys):
    assert main(["criteria", "list"]) == 0
    assert main(["criteria", "check", SET]) == 0
    code, streams = parindex("criteria", "show", SET, capsys=capsys)
    assert code == 0
    assert "Thanh toán trực tuyến" in streams.out and "suy ra từ kết quả đã công bố" in streams.out


def test_criteria_show_tells_penalties_from_points(capsys):
    _, streams = parindex("criteria", "show", "khanh-hoa-11-qd-tu-2026-monthly", capsys=capsys)
    assert "III  Điểm trừ  [bị trừ tối đa 3,5]" in streams.out


# Bad input: a message, an exit code, and no loss.


def test_a_missing_file_is_named_and_the_exit_code_is_2(tmp_path, capsys):
    missing = tmp_path / "không có.csv"
    code, streams = parindex(
        "score", missing, "--criteria", SET, "--out", tmp_path / "o", capsys=capsys
    )
    assert code == 2
    assert "không có.csv" in streams.err and "Traceback" not in streams.err
    # A folder of empty tables would look like results.
    assert not (tmp_path / "o").exists()


def test_an_address_of_a_store_is_named_by_verbs_that_know_files_alone(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    given = ("s3://kho/so.csv", "ra"), (INPUTS, "s3://kho/ra")
    for source, out in given:
        code, streams = parindex("score", source, "--criteria", SET, "--out", out, capsys=capsys)
        named = next(text for text in (source, out) if "://" in str(text))
        assert code == 2 and f"{named} [address-only-for-batch]" in streams.err
    assert not list(tmp_path.iterdir())


def test_one_unreadable_file_does_not_stop_the_others(tmp_path, capsys):
    broken = tmp_path / "hỏng.csv"
    broken.write_bytes(b"\xff\xfe\x00")
    code, streams = parindex(
        "score", broken, INPUTS, "--criteria", SET, "--out", tmp_path / "o", capsys=capsys
    )
    assert code == 2
    assert pd.read_csv(tmp_path / "o" / "scores.csv")["points"].iloc[-1] == 61.89
    assert "hỏng.csv" in streams.err


def test_a_wrong_set_id_lists_the_sets_there_are(tmp_path, capsys):
    code, streams = parindex(
        "score", INPUTS, "--criteria", "bo-khac", "--out", tmp_path, capsys=capsys
    )
    assert code == 2
    assert "[set-unknown]" in streams.err and SET in streams.err


def test_a_table_without_a_set_says_how_to_name_one(tmp_path, capsys):
    code, streams = parindex("score", INPUTS, "--out", tmp_path, capsys=capsys)
    assert code == 2
    assert "--criteria" in streams.err


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (with_value("2", "on_time", "900000"), "numerator-above-denominator", "597.918"),
        (with_value("2", "on_time", "-5"), "below-minimum", "-5"),
        (with_value("2", "on_time", "nhiều"), "not-a-number", "nhiều"),
        (with_value("2", "on_time", "12,5"), "not-whole", "12,5"),
        (with_value("4.3", "rate_percent", "850"), "above-maximum", "850"),
        (with_value("4.3", "rate_percent", "1.250"), "ambiguous-number", "1.250"),
        (with_value("4.3", "rate_percent", "—"), "dash-for-number", "—"),
        (with_value("2", "on_time", "85%"), "unexpected-percent", "85%"),
        (lambda t: t.assign(item_code=t["item_code"].replace("2", "9.9")), "unknown-item", "9.9"),
        (lambda t: t.assign(input=t["input"].replace("paid_dossiers", "paid")), "unknown-input", "paid"),
        (lambda t: pd.concat([t, t.tail(1)]), "duplicate-input", "procedures_with_fee"),
    ],
)  # fmt: skip
def test_bad_figures_are_findings_and_the_rest_is_still_scored(
    tmp_path, capsys, change, code, words
):
    path = changed(tmp_path, change)
    before = path.read_bytes()
    status, streams = parindex(
        "score", path, "--criteria", SET, "--out", tmp_path / "o", capsys=capsys
    )
    assert status == 1
    assert f"[{code}]" in streams.err and words in streams.err
    scores = pd.read_csv(tmp_path / "o" / "scores.csv", dtype={"code": str}).set_index("code")
    assert scores.loc["5.3", "points"] == 5.89
    assert pd.isna(scores.loc["INDEX", "points"])
    assert scores.loc["INDEX", "points_low"] < scores.loc["INDEX", "points_high"]
    assert path.read_bytes() == before


def test_a_unit_with_nothing_filled_in_is_a_warning_and_a_full_range(tmp_path, capsys):
    path = changed(tmp_path, lambda table: table.assign(value=""))
    code, streams = parindex(
        "score", path, "--criteria", SET, "--out", tmp_path / "o", capsys=capsys
    )
    assert code == 0
    assert "[nothing-filled-in]" in streams.err
    index = pd.read_csv(tmp_path / "o" / "scores.csv").iloc[-1]
    assert (index["points_low"], index["points_high"]) == (0.0, 100.0)


def test_a_folder_that_cannot_be_written_is_a_message(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    code, streams = parindex(
        "score", INPUTS, "--criteria", SET, "--out", blocked / "o", capsys=capsys
    )
    assert code == 2
    assert "Traceback" not in streams.err and "[output-" in streams.err


def test_a_result_that_is_open_elsewhere_is_a_message(tmp_path, capsys, monkeypatch):
    def busy(*_):
        raise PermissionError(13, "being used by another process")

    monkeypatch.setattr(os, "replace", busy)
    code, streams = parindex("score", INPUTS, "--criteria", SET, "--out", tmp_path, capsys=capsys)
    assert code == 2
    assert "[output-" in streams.err


def test_wrong_usage_is_2_and_says_so(capsys):
    code, streams = parindex("score", capsys=capsys)
    assert code == 2
    assert "Lỗi" in streams.err


def test_text_that_looks_like_a_formula_stays_text_in_every_output(tmp_path):
    from openpyxl import load_workbook

    path = changed(tmp_path, lambda table: table.assign(unit_name="=HYPERLINK(0)", block="+1-@"))
    main(["score", str(path), "--criteria", SET, "--out", str(tmp_path / "o"), "--quiet"])
    text = (tmp_path / "o" / "scores.csv").read_text(encoding="utf-8")
    assert ",=HYPERLINK" not in text and ",+1" not in text
    for sheet in load_workbook(tmp_path / "o" / "report.xlsx"):
        for row in sheet.iter_rows():
            assert not [
                cell for cell in row if cell.data_type == "f" and "HYPERLINK" in str(cell.value)
            ]
