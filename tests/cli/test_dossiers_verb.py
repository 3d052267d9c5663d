"""``parindex dossiers count``: from logs to figures that ``score`` takes, with the effect of every choice."""

import json
from pathlib import Path

import pandas as pd
import pytest

from scoring.base.errors import UnreadableError
from scoring.cli.commands import dossiers
from scoring.cli.console import Console
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.dossiers.counts_files import read_counts
from scoring.evidence.long_table import read_long_table
from scoring.files.children.guarded import unguarded
from scoring.files.shipped import shipped_folder
from scoring.points import score

pytest.importorskip("duckdb")
EXAMPLE = shipped_folder("evidence") / "dossiers-example-2026"
SET = "service-quality-766"


@pytest.fixture(scope="module")
def march(tmp_path_factory):
    """What the example says of dossiers of March alone: one month to count for every choice."""
    head, *rows = (EXAMPLE / "log" / "thang-03.csv").read_text("utf-8-sig").splitlines()
    received = head.split(";").index("Ngày tiếp nhận")
    kept = [row for row in rows if "/03/2026" in row.split(";")[received]]
    log = tmp_path_factory.mktemp("march") / "thang-03.csv"
    log.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return log


def counted(log, out, *more):
    with unguarded():
        return main(["--lang", "en", "dossiers", "count", str(log), "--criteria", SET, "--year", "2026",
                     "--on", "2026-03-31", "--units", str(EXAMPLE / "units.csv"),
                     "--procedures", str(EXAMPLE / "procedures.csv"), "--out", str(out), *more])  # fmt: skip


@pytest.fixture(scope="module")
def results(march, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "counted"
    assert counted(march, folder, "--by", "quarter") == 0
    return folder


def test_score_takes_the_figures_and_gives_the_points_worked_out_by_hand(results):
    criteria = open_set(SET)
    inputs, findings = read_long_table(results / "inputs.csv", criteria)
    scores = (
        score(inputs, criteria).scores.query("unit_code == 'XA-03'").set_index("code")["points"]
    )
    counts = (
        pd.read_csv(results / "counts.csv")
        .query("unit_code == 'XA-03'")
        .set_index("count")["value"]
    )
    share = counts / counts["dossiers"]
    assert findings == []
    assert scores["2"] == pytest.approx(20 * share["on_time"], abs=0.0051)
    assert scores["4.4"] == pytest.approx(min(2, 2 * share["reused"] / 0.8), abs=0.0051)
    online = (
        2 * (8 / 12) / 0.8 + 4 * counts["services_with_dossiers"] / 8 + min(6, 12 * share["online"])
    )
    assert scores["3"] == pytest.approx(online, abs=0.0051)
    assert scores["6"] == pytest.approx(6 * counts["paid"] / counts["payable"] + 2 + 2.5, abs=0.011)


@pytest.mark.parametrize(("lang", "shown"), [("vi", "quý II"), ("en", "quarter 2")])
def test_quarters_are_shown_as_the_tables_write_them(lang, shown):
    counts = pd.DataFrame({"period": ["quý I", "quý II"], "count": "dossiers", "value": [3.0, 4.0]})
    periods = [one["period"] for one in dossiers._shown(counts, "quarter", Console(lang=lang))]
    assert periods[1] == shown


def test_figures_that_the_log_does_not_give_stay_not_reported(results):
    inputs = pd.read_csv(results / "inputs.csv", dtype={"item_code": str})
    assert not inputs["item_code"].isin(["1.1", "1.2", "1.3", "4.3", "4.7", "5.1", "5.2"]).any()
    said = (
        pd.read_csv(results / "findings.csv")
        .set_index("code")
        .loc["dossiers-figures-absent", "problem"]
    )
    assert "5.1 petitions" in said
    assert list(inputs["period"].unique()) == ["quý I"]


def test_every_choice_shows_its_effect_on_figures_and_points(results):
    effects = pd.read_csv(results / "effects.csv", dtype={"item_code": str})
    assert {"month_by", "withdrawn", "open", "repeated", "payments", "digitised"} <= {
        *effects["option"]
    }
    of_open = effects.query(
        "option == 'open' and choice == 'late' and item_code == '2' and unit_code == 'XA-03'"
    )
    row = of_open.iloc[0]
    counts = (
        pd.read_csv(results / "counts.csv")
        .query("unit_code == 'XA-03'")
        .set_index("count")["value"]
    )
    assert (row["value"], row["other_value"]) == (
        counts["on_time"],
        counts["on_time"] + row["change"],
    )
    assert row["points_change"] == pytest.approx(20 * row["change"] / counts["dossiers"], abs=0.011)
    options = pd.read_csv(results / "options.csv", keep_default_na=False).set_index("option")
    assert options.loc["open", "status"] == "observed"
    assert options.loc["month_by", ["status", "source"]].tolist() == ["sample", ""]


def test_alerts_stand_beside_the_counts_and_the_worst_are_shown(results, march, tmp_path, capsys):
    alerts = pd.read_csv(results / "alerts.csv", keep_default_na=False)
    assert {"overdue", "due_soon"} <= {*alerts["alert"]}
    stricter, limits = tmp_path / "out", tmp_path / "thresholds.toml"
    limits.write_text("on_time_share = 99.9\nfewest_dossiers = 5\ndue_many = 1000000\n")
    assert counted(march, stricter, "--no-effects", "--alerts", str(limits)) == 0
    shown = capsys.readouterr().out
    told = pd.read_csv(stricter / "alerts.csv", keep_default_na=False)
    assert {*told["alert"]} == {"on_time_low", "overdue"}
    first = told["sentence"].iloc[0]
    assert "only" in first and f"  {first}" in shown.splitlines()
    assert f"Alerts on 31 Mar 2026: {len(told)}" in shown


def test_counts_are_read_back_by_period_and_not_from_another_schema(results, tmp_path):
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    counts = read_counts(results, 2026, 1)
    told = pd.read_csv(results / "counts.csv")
    pd.testing.assert_frame_equal(counts, told, check_dtype=False)
    path = results / "counts" / "year=2026" / "period=01" / "counts.parquet"
    other = tmp_path / path.relative_to(results)
    other.parent.mkdir(parents=True)
    table = parquet.read_table(path, partitioning=None)
    parquet.write_table(table.replace_schema_metadata({"schema_version": "0"}), other)
    with pytest.raises(UnreadableError, match="dossiers-schema-other"):
        read_counts(tmp_path, 2026)
    with pytest.raises(UnreadableError, match="file-missing"):
        read_counts(tmp_path, 2026, 4)


def test_without_catalogue_and_with_open_cells_nothing_becomes_zero(tmp_path, capsys):
    log, options = tmp_path / "log.csv", tmp_path / "options.toml"
    log.write_text(
        "dossier,procedure,unit,received,channel\n1,a,X,02/03/2026,online\n2,b,X,03/03/2026,\n"
    )
    options.write_text('unknown = "missing"\nzero_denominator = "missing"\n')
    with unguarded():
        main(["--format", "json", "dossiers", "count", str(log), "--criteria", SET, "--year", "2026",
              "--on", "31/03/2026", "--options", str(options), "--no-effects", "--out", f"{tmp_path}/out"])  # fmt: skip
    given = json.loads(capsys.readouterr().out)
    assert [one["dossiers"] for one in given["periods"]] == [None, None, 2]
    empty = {one["code"]: one for one in given["findings"]}["dossiers-period-empty"]
    assert "tháng 1; tháng 2" in empty["problem"]
    given = given["periods"]
    assert given[2]["on_time"] is given[2]["online"] is None
    inputs = pd.read_csv(tmp_path / "out" / "inputs.csv")
    assert {*inputs["input"]} == {"dossiers", "received"}
    assert {*inputs["period"]} == {"tháng 3"}


def test_wrong_usage_is_told_and_the_folder_of_state_serves_again(march, tmp_path, capsys):
    assert counted(march, tmp_path / "one", "--state", str(tmp_path / "state"), "--no-effects") == 0
    first = sorted(Path(tmp_path / "state").rglob("*.parquet"))
    assert counted(march, tmp_path / "two", "--state", str(tmp_path / "state"), "--no-effects") == 0
    assert sorted(Path(tmp_path / "state").rglob("*.parquet")) == first
    assert (tmp_path / "one" / "counts.csv").read_bytes() == (
        tmp_path / "two" / "counts.csv"
    ).read_bytes()
    capsys.readouterr()
    assert main(["dossiers", "count", str(tmp_path), "--criteria", "department-sample", "--year", "2026",
                 "--on", "2026-03-31", "--out", f"{tmp_path}/no"]) == 2  # fmt: skip
    assert main(["dossiers", "count", str(tmp_path / "none"), "--criteria", SET, "--year", "2026",
                 "--on", "soon", "--out", f"{tmp_path}/no"]) == 2  # fmt: skip
    assert not (tmp_path / "no").exists()


def test_logs_of_which_no_row_can_be_counted_end_with_why(tmp_path, capsys):
    log = tmp_path / "log.csv"
    log.write_text("dossier,procedure,unit,received\n1.00E+11,a,X,02/03/2026\n")
    with unguarded():
        main(["--format", "json", "dossiers", "count", str(log), "--criteria", SET, "--year", "2026",
              "--on", "2026-03-31", "--out", f"{tmp_path}/out"])  # fmt: skip
    given = json.loads(capsys.readouterr().out)
    codes = {one["code"] for one in given["findings"]}
    assert {"dossiers-number-rounded", "dossiers-none-counted"} <= codes
    assert given["periods"] == given["alerts"] == []


def test_codes_of_one_unit_written_in_two_ways_are_named_without_a_list(tmp_path, capsys):
    log = tmp_path / "log.csv"
    rows = [f"{n},a,{unit},02/03/2026" for n, unit in enumerate(["XA-01", "xa 01", "XA-02"])]
    log.write_text("\n".join(["dossier,procedure,unit,received", *rows]))
    with unguarded():
        main(["--format", "json", "dossiers", "count", str(log), "--criteria", SET, "--year", "2026",
              "--on", "2026-03-31", "--no-effects", "--out", f"{tmp_path}/out"])  # fmt: skip
    found = {one["code"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert "XA-01" in found["dossiers-units-alike"]["problem"]
    assert "xa 01" in found["dossiers-units-alike"]["problem"]
