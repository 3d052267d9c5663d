"""Counts against a plain count in pandas; in parts, in any order and over Dask as in one piece."""

import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_desk import EXAMPLE, ON, ROW, count, events_from, make_dossiers, numbers, rows_file, same

from scoring.base.errors import UnreadableError
from scoring.dossiers import duck, month_counts, repeated_dossiers
from scoring.dossiers.count_options import other_choices, read_options
from scoring.dossiers.counted_logs import count_tasks, counted_with_state
from scoring.dossiers.counts_asked import Asked
from scoring.dossiers.direct_counts import counted_directly
from scoring.dossiers.duck import engine
from scoring.dossiers.event_store import forget_others, log_tasks, reading
from scoring.dossiers.log_columns import shipped_columns
from scoring.dossiers.merged_counts import merge
from scoring.dossiers.said_cells import Lying, sound_rows
from scoring.files.children.guarded import unguarded
from scoring.files.overwriting import Overwriting, overwriting

pytest.importorskip("duckdb")
NOBODY = {"units": [], "procedures": []}
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


def test_counted_once_or_by_way_of_a_state_the_counts_are_equal_under_every_choice(tmp_path):
    chosen = read_options(None)
    options = [chosen, *(one for *_, one in other_choices(chosen))]
    log = make_dossiers.dossier_log(300)
    log[log["received"].dt.month == 3].to_parquet(tmp_path / "log.parquet")
    corrected = {"dossier": log["dossier"].iloc[-1], "event_at": "2026-03-30 10:00"}
    paths = [rows_file(tmp_path / "log.csv", {}, corrected, {}), tmp_path / "log.parquet"]
    tasks, _ = log_tasks(paths, shipped_columns(), NOBODY, 2026, "refuse")
    asked = Asked(options, ON, 2026, 3, {"services": ["M.001", "M.002"]})
    with unguarded():
        direct = counted_directly(tasks, tmp_path / "private", asked)
        by_state = counted_with_state(tasks, tmp_path / "state", asked)
    for one in options:
        assert same(direct.under(one)[0], by_state.under(one)[0])
    assert len(asked.choices()) == len(direct.tables) == 10
    pd.testing.assert_frame_equal(direct.open_dossiers, by_state.open_dossiers)
    assert [one.code for one in direct.findings] == [one.code for one in by_state.findings]


def test_typed_columns_are_counted_where_they_lie_without_the_rows_that_are_wrong(tmp_path):
    log = make_dossiers.dossier_log(300)
    log["dossier"] = " " + log["dossier"]
    log.loc[[3, 7], "due"] = log["received"] - pd.Timedelta(2, "D")
    log.loc[5, "dossier"] = "Tổng cộng"
    log.loc[9, "received"] = pd.Timestamp("1926-01-01")
    log["channel"] = log["channel"].map({"online": "Trực tuyến", "counter": "tại quầy"}).fillna("?")
    log.to_parquet(tmp_path / "log.parquet")
    tasks, _ = log_tasks([tmp_path / "log.parquet"], shipped_columns(), NOBODY, 2026, "refuse")
    asked = Asked([read_options(None)], ON, 2026)
    with unguarded():
        direct = counted_directly(tasks, tmp_path / "private", asked)
        by_state = counted_with_state(tasks, tmp_path / "state", asked)
    assert not list((tmp_path / "private").rglob("events.parquet"))
    assert same(direct.under(asked.options[0])[0], by_state.under(asked.options[0])[0])
    found = {(one.code, one.cell): one.values["count"] for one in direct.findings if one.cell}
    assert found == {
        (one.code, one.cell): one.values["count"] for one in by_state.findings if one.cell
    }
    assert found[("dossiers-due-before-received", "G5")] == 2
    assert {"dossiers-total-row", "dossiers-date-far"} <= {code for code, _ in found}


def test_logs_that_are_alike_are_read_together_each_without_its_wrong_rows(tmp_path):
    log = make_dossiers.dossier_log(300)
    log.loc[[3, 70], "due"] = log["received"] - pd.Timedelta(2, "D")
    log["channel"] = log["channel"].map({"online": "Trực tuyến", "counter": "tại quầy"}).fillna("?")
    for number, start in enumerate(range(0, 90, 30)):
        log.iloc[start : start + 30].to_parquet(tmp_path / f"{number}.parquet")
    # Another type and one more column: its moments must not be cut to what the first has.
    other = log.iloc[90:].assign(filename="x", event_at=log["event_at"].dt.date)
    other.to_parquet(tmp_path / "9.parquet")
    paths = sorted(tmp_path.glob("*.parquet"))
    tasks, _ = log_tasks(paths, shipped_columns(), NOBODY, 2026, "refuse")
    asked = Asked([read_options(None)], ON, 2026)
    with unguarded():
        direct = counted_directly(tasks, tmp_path / "private", asked)
        by_state = counted_with_state(tasks, tmp_path / "state", asked)
        lies = [
            Lying(**reading("look_at_log", one, tmp_path / f"l{at}")["lies"])
            for at, one in enumerate(tasks)
        ]
    assert same(direct.under(asked.options[0])[0], by_state.under(asked.options[0])[0])
    assert [len(one.left_out) for one in lies] == [1, 0, 1, 0]
    with duck.engine(paths) as connection:
        assert sound_rows(connection, lies).count("read_parquet") == 2


def test_damage_in_the_middle_of_a_parquet_file_is_a_finding_and_others_count(tmp_path):
    make_dossiers.dossier_log(300).to_parquet(tmp_path / "log.parquet")
    data = bytearray((tmp_path / "log.parquet").read_bytes())
    data[200:4_000] = b"\xff" * 3_800
    (tmp_path / "log.parquet").write_bytes(data)
    tasks, _ = log_tasks([tmp_path / "log.parquet", rows_file(tmp_path / "good.csv", {})],
                         shipped_columns(), NOBODY, 2026, "refuse")  # fmt: skip
    asked = Asked([read_options(None)], ON, 2026)
    with unguarded():
        found = counted_directly(tasks, tmp_path / "private", asked)
    assert ("table-damaged", "log.parquet") in [(one.code, one.file) for one in found.findings]
    assert numbers(found.under(asked.options[0])[0])["dossiers"] == 1


def test_dossiers_that_come_again_are_found_in_several_passes(monkeypatch, tmp_path):
    monkeypatch.setattr(repeated_dossiers, "_AT_ONCE", 4)
    rows = [{"dossier": one} for one in ("a", "b", "c", "a", "d", "e", "a", "f", "g", "e")]
    events, _ = events_from(tmp_path / "state", rows_file(tmp_path / "log.csv", *rows))
    assert numbers(count(events)[0])["dossiers"] == 7


def test_dossiers_that_come_again_are_resolved_in_several_pieces(monkeypatch, tmp_path):
    log = make_dossiers.dossier_log(60)
    corrected = log.sample(20, random_state=1).assign(channel="counter", paid=False)
    corrected["event_at"] += pd.Timedelta(1, "D")
    pd.concat([log, corrected]).to_parquet(tmp_path / "log.parquet")
    tasks, _ = log_tasks([tmp_path / "log.parquet"], shipped_columns(), NOBODY, 2026, "refuse")
    chosen = read_options(None)
    asked = Asked([chosen, {**chosen, "repeated": "first", "payments": "all"}], ON, 2026)
    found, sorts = [], []
    template = month_counts._RESOLVED

    class Noted(str):
        def format(self, **values):
            sorts.append(values["pieces"])
            return template.format(**values)

    monkeypatch.setattr(month_counts, "_RESOLVED", Noted(template))
    with unguarded():
        for at_once in (1_000, 10):
            monkeypatch.setattr(month_counts, "_DOSSIERS_A_PIECE", at_once)
            counts = counted_directly(tasks, tmp_path / str(at_once), asked)
            found.append([counts.under(one)[0] for one in asked.options])
    # Once for each row that may hold, whole and then in three pieces.
    assert sorts == [1, 1] + [3] * 6
    assert all(same(one, other) for one, other in zip(*found, strict=True))
    assert not same(*found[0])


def test_too_little_memory_is_no_broken_file(monkeypatch, tmp_path):
    log = make_dossiers.dossier_log(3_000)
    log.to_parquet(tmp_path / "log.parquet")
    tasks, _ = log_tasks([tmp_path / "log.parquet"], shipped_columns(), NOBODY, 2026, "refuse")
    monkeypatch.setattr(duck, "MEMORY", "1MB")
    with unguarded():
        found = counted_directly(tasks, tmp_path / "private", Asked([read_options(None)], ON, 2026))
    assert [one.code for one in found.findings] == ["dossiers-memory-short"]


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
    tasks = count_tasks(after, Asked([read_options(None)], "2026-12-31", 2026))
    old = [task for task in tasks if type(first)(task.wanted[0][1]) in made]
    assert [task.files[0].split("month=")[1][:7] for task in old] == ["2026-01", "2026-04"]
    assert all(path.stat().st_mtime_ns == when for path, when in made.items())
    assert [numbers(table, part=part).get("dossiers", 0) for part in (1, 2, 3, 4)] == [1, 0, 2, 1]


def test_what_somebody_else_put_into_a_state_is_made_anew_and_told(tmp_path):
    log = rows_file(tmp_path / "1.csv", {"received": "02/02/2026"}, *[{}] * 3)
    state, mine = tmp_path / "state", tmp_path / "của tôi"
    before, _ = events_from(state, log)
    true, _ = count(before, "2026-12-31")
    february, march = (before.months[month][0] for month in ("2026-02", "2026-03"))
    shutil.copy(march, february)
    counts = sorted((state / "partials").glob("*.parquet"))
    shutil.copy(counts[1], counts[0])
    with overwriting(Overwriting(out=tmp_path / "ra")) as rule:
        after, _ = events_from(state, log)
        assert after.foreign == 1 and same(count(after, "2026-12-31")[0], true)
        assert events_from(state, log)[0].foreign == 0
    (finding,) = rule.findings
    assert (finding.code, finding.values["count"]) == ("kept-not-ours", 2)
    # A link is let go of, and what it leads to stays.
    mine.mkdir()
    (mine / "tệp.txt").write_bytes(b"1")
    shutil.rmtree(state / "events")
    (state / "events").symlink_to(mine)
    again, _ = events_from(state, log)
    forget_others(state, [], [])
    assert len(again.months) == 2 and [path.name for path in mine.iterdir()] == ["tệp.txt"]


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
