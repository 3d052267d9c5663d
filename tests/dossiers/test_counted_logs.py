"""Counts against a plain count in pandas; in parts, in any order and over Dask as in one piece."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_desk import EXAMPLE, ON, ROW, count, events_from, make_dossiers, numbers, rows_file, same

from scoring.base.errors import UnreadableError
from scoring.dossiers.count_options import read_options
from scoring.dossiers.counted_logs import count_tasks, run_on_dask
from scoring.dossiers.duck import engine
from scoring.dossiers.month_counts import count_partition, merge

pytest.importorskip("duckdb")
AS_SAID = (
    "electronic_result",
    "reused",
    "shared",
    "population_data",
    "synchronised",
    "payable",
    "paid",
)


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """The shipped example, taken in by the reading child."""
    return events_from(tmp_path_factory.mktemp("example") / "state", EXAMPLE / "log")[0]


def plain_counts(log, on):
    """Return counts by unit and month, dossier by dossier, in plain pandas."""
    log = log[log["received"] <= on].sort_values("event_at", kind="stable")
    last = log.groupby("dossier").last().assign(
        returned=log.groupby("dossier")["returned"].nth(-1).set_axis(log.groupby("dossier")["dossier"].nth(-1)),
        paid=log.groupby("dossier")["paid"].any(), payable=log.groupby("dossier")["payable"].any(),
    )  # fmt: skip
    last = last[~last["withdrawn"] & (last["received"].dt.year == on.year)]
    done = last["returned"].where(last["returned"] <= on)
    on_time = done.fillna(on) <= last["due"]
    flags = last[list(AS_SAID)].assign(
        dossiers=True, on_time=on_time, online=last["channel"] == "online",
        digitised=last["digitised_parts"] > 0, paid=last["paid"] & last["payable"],
        satisfied=on_time & (last["rating"] != "dissatisfied") & ~last["petition"],
    )  # fmt: skip
    return flags.groupby([last["unit"], last["received"].dt.month.rename("part")]).sum()


def test_the_counts_of_the_example_are_those_of_a_plain_count(events):
    on = pd.Timestamp("2026-03-20")
    table, findings = count(events, "2026-03-20")
    wide = table[table["name"] == ""].pivot_table(
        index=["unit", "part"], columns="kind", values="yes", aggfunc="sum"
    )
    plain = plain_counts(make_dossiers.dossier_log(1_200), on)
    pd.testing.assert_frame_equal(
        wide.sort_index(axis=1), plain.sort_index(axis=1), check_dtype=False, check_names=False
    )
    assert findings == []
    assert (table["unknown"] == 0).all()


def test_a_typed_parquet_gives_what_the_exported_text_gives(events, tmp_path):
    make_dossiers.dossier_log(1_200).to_parquet(tmp_path / "log.parquet")
    typed, findings = events_from(tmp_path / "state", tmp_path / "log.parquet")
    assert same(count(typed)[0], count(events)[0])
    assert {one.code for one in findings} == {"dossiers-other-year"}


def test_distinct_procedures_of_a_quarter_are_not_the_sum_of_its_months(events):
    log = make_dossiers.dossier_log(1_200)
    found = []
    for months in (1, 3):
        table = count(events, months=months)[0].query("kind == 'any_channel' and unit == 'XA-01'")
        found.append(int(table.query("name == 'all'")["yes"].sum()))
    assert found[1] == log["procedure"].nunique() < found[0]


def test_over_dask_the_counts_are_equal_and_tasks_travel(tmp_path):
    dask = pytest.importorskip("dask")
    corrected = {"dossier": "H1", "received": "03/04/2026", "due": "", "event_at": "2026-05-01"}
    corrected |= {"returned": ""}
    logs = [rows_file(tmp_path / "1.csv", {}, {}), rows_file(tmp_path / "2.csv", corrected)]
    events, _ = events_from(tmp_path / "here", *logs)
    with dask.config.set(scheduler="sync"):
        other, _ = events_from(tmp_path / "state", *logs, run=run_on_dask)
        tasks = [
            pickle.loads(pickle.dumps(one)) for one in count_tasks(other, read_options(None), ON)
        ]
        assert max(len(pickle.dumps(one)) for one in tasks) < 3_000
        assert same(
            merge(run_on_dask(count_partition, tasks)).query("year == 2026"), count(events)[0]
        )


# A few events of few dossiers, which move between months, units and channels.
EVENTS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 2), st.sampled_from("AB"), st.sampled_from(["online", "counter"]),
              st.sampled_from(["0", "1", ""])),
    min_size=2, max_size=7,
)  # fmt: skip


@settings(max_examples=2)
@given(EVENTS, st.data())
def test_logs_that_come_in_any_order_and_parts_count_as_all_at_once(tmp_path_factory, rows, data):
    folder = tmp_path_factory.mktemp("parts")
    changes = [
        {"dossier": f"H{dossier}", "received": f"0{minute % 9 + 1}/0{month}/2026", "unit": unit, "channel": channel,
         "paid": paid, "due": "", "returned": "", "event_at": f"2026-04-01 08:{minute:02d}"}
        for minute, (dossier, month, unit, channel, paid) in enumerate(rows)
    ]  # fmt: skip
    whole, _ = events_from(folder / "whole", rows_file(folder / "whole.csv", *changes))
    order = data.draw(st.permutations(changes))
    cut = data.draw(st.integers(1, len(order) - 1))
    logs = [rows_file(folder / "1.csv", *order[:cut]), rows_file(folder / "2.csv", *order[cut:])]
    events_from(folder / "state", logs[0])
    both, _ = events_from(folder / "state", *logs)
    assert same(count(both, "2026-12-31")[0], count(whole, "2026-12-31")[0])


def test_a_late_file_recounts_only_the_months_its_events_touch(tmp_path):
    months = [
        {"received": f"02/{month:02d}/2026", "due": "", "returned": ""} for month in (1, 2, 3, 4)
    ]
    first = rows_file(tmp_path / "1.csv", *months)
    before, _ = events_from(tmp_path / "state", first)
    count(before, "2026-12-31")
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "state" / "partials").iterdir()}
    correction = {
        "dossier": "H2",
        "received": "03/03/2026",
        "due": "",
        "returned": "",
        "event_at": "2026-05-01",
    }
    late = rows_file(tmp_path / "2.csv", correction)
    after, _ = events_from(tmp_path / "state", first, late)
    table, _ = count(after, "2026-12-31")
    tasks = count_tasks(after, read_options(None), "2026-12-31")
    old = [task for task in tasks if type(first)(task.target) in made]
    assert [task.files[0].split("month=")[1][:7] for task in old] == ["2026-01", "2026-04"]
    assert all(path.stat().st_mtime_ns == when for path, when in made.items())
    assert [numbers(table, part=part).get("dossiers", 0) for part in (1, 2, 3, 4)] == [1, 0, 2, 1]


def test_a_file_of_another_schema_is_refused(tmp_path):
    path = tmp_path / "old.parquet"
    with engine([], [tmp_path]) as duck:
        duck.execute(
            f"COPY (SELECT 1 AS yes) TO '{path}' (FORMAT parquet, KV_METADATA {{schema_version: '0'}})"
        )
    with pytest.raises(UnreadableError, match=r"old.parquet \[dossiers-schema-other\]"):
        merge([path])


@pytest.mark.parametrize("statement", [
    "SELECT * FROM read_csv('{other}')", "COPY (SELECT 1) TO '{folder}/new.csv'", "INSTALL httpfs", "LOAD httpfs",
    "SET enable_external_access = true", "SET memory_limit = '9GB'", "SELECT * FROM read_csv('https://example.org/a.csv')",
])  # fmt: skip
def test_duckdb_reaches_no_other_file_no_network_and_no_extension(tmp_path, statement):
    import duckdb

    given_one, other = (rows_file(tmp_path / name, ROW) for name in ("given.csv", "other.csv"))
    with engine([given_one]) as duck:
        assert duck.execute(
            "SELECT count(*) FROM read_csv($path)", {"path": str(given_one)}
        ).fetchone() == (1,)
        with pytest.raises(duckdb.Error):
            duck.execute(statement.format(other=other, folder=tmp_path))


def test_numbers_of_the_text_never_reach_the_statement(tmp_path):
    evil = "x'); DROP TABLE raw; --"
    log = rows_file(tmp_path / "it's a log.csv", {"unit": evil}, {"channel": evil, "dossier": evil})
    log.write_text(log.read_text().replace("petition", f'"{evil}"', 1))
    events, _ = events_from(tmp_path / "sta'te", log)
    table, _ = count(events)
    assert np.array_equal(sorted(table["unit"].unique()), ["A", evil])
