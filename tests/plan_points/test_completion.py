"""Internal units are graded and ranked by how they kept the plan."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest
from plan_record_samples import progress_of, tasks_of, units_of

from scoring.analysis.completion import Completion, task_completion
from scoring.criteria import open_set
from scoring.points import inputs_table

CRITERIA = open_set("task-completion-sample")
UNITS = units_of(("VP", "Văn phòng"), ("TTr", "Thanh tra", "Thanh tra Sở; Tổ Pháp chế"))


def completion_of(*tasks: tuple[str, str, str, str], done=(), **settings) -> Completion:
    units = settings.pop("units", UNITS)
    progress = progress_of(*done)
    day = dt.date(2025, 6, 30)
    return task_completion(CRITERIA, tasks_of(*tasks), progress, units, day, **settings)


def due_of(result: Completion) -> dict[str, int]:
    return dict(zip(result.counts["unit_code"], result.counts["due"], strict=True))


def codes_of(result: Completion) -> list[str]:
    return [finding.code for finding in result.findings]


def given_of(**points: tuple[float, float]) -> pd.DataFrame:
    rows = [
        {"unit_code": unit, "item_code": item, "input": name, "value": value}
        for unit, (quality, cases) in points.items()
        for item, name, value in (("2", "points", quality), ("3", "cases", cases))
    ]
    return inputs_table(rows, year=2025)


def test_late_work_loses_its_share_and_is_taken_off_once_more() -> None:
    # 60 × 1/2 on time + 25 quality + 15 discipline - 10 × 1/2 late = 65
    result = completion_of(
        ("1", "Văn phòng", "10/01/2025", ""),
        ("2", "Văn phòng", "10/02/2025", ""),
        done=[("1", "2025-01-10"), ("2", "2025-02-11")],
        given=given_of(VP=(25, 0)),
        units=UNITS.iloc[:1],
    )
    row = result.ranking.iloc[0]
    assert (row["points"], row["grade"], row["rank"]) == (65.0, "hoan-thanh", 1)


def test_missed_work_is_no_better_than_late_work() -> None:
    result = completion_of(("1", "Văn phòng", "10/01/2025", ""), given=given_of(VP=(25, 0)))
    assert result.counts.loc[0, ["late", "missed"]].tolist() == [0, 1]
    assert result.ranking.set_index("unit_code").loc["VP", "points"] == 30.0


@pytest.mark.parametrize(
    ("lead", "due"),
    [
        ("Văn phòng; Thanh tra Sở", {"VP": 1, "TTr": 1}),
        ("Thanh tra + Tổ Pháp chế", {"VP": 0, "TTr": 1}),  # both names are the same unit
        ("Văn phòng và Thanh tra", {"VP": 1, "TTr": 1}),
        ("Các phòng, đơn vị thuộc Sở", {"VP": 1, "TTr": 1}),
        ("Các phòng, đơn vị, Thanh tra", {"VP": 1, "TTr": 1}),
    ],
)
def test_a_task_counts_once_for_each_unit_that_leads_it(lead: str, due: dict[str, int]) -> None:
    assert due_of(completion_of(("1", lead, "10/01/2025", ""))) == due


def test_tasks_given_to_all_can_count_for_nobody_but_those_named() -> None:
    result = completion_of(
        ("1", "Các phòng, đơn vị, Thanh tra", "10/01/2025", ""), collective="none"
    )
    assert due_of(result) == {"VP": 0, "TTr": 1}
    assert "completion-collective-none" in codes_of(result)


def test_units_that_cannot_be_placed_are_named_with_their_tasks() -> None:
    result = completion_of(
        ("1", "Văn phòg", "10/01/2025", ""), ("2", "Sở Khoa học và Công nghệ", "10/01/2025", "")
    )
    unknown = [f.values for f in result.findings if f.code == "completion-unit-unknown"]
    assert [(v["unit"], v["nearest"], v["tasks"]) for v in unknown] == [
        ("Văn phòg", "Văn phòng", "1"),
        ("Sở Khoa học và Công nghệ", "–", "2"),
    ]


def test_a_task_without_a_lead_unit_is_named() -> None:
    assert "completion-task-without-lead" in codes_of(completion_of(("1", "", "10/01/2025", "")))


def test_a_unit_with_nothing_due_is_open_and_unranked() -> None:
    result = completion_of(("1", "Văn phòng", "10/01/2025", ""), given=given_of(VP=(20, 0)))
    states = result.ranking.set_index("unit_code")["rank_state"]
    assert states.to_dict() == {"VP": "ranked", "TTr": "open"}
    assert "completion-nothing-due" in codes_of(result)


def test_a_unit_with_a_reason_is_scored_and_unranked() -> None:
    units = UNITS.assign(unranked=["", "Mới thành lập"])
    tasks = (("1", "Văn phòng; Thanh tra", "10/01/2025", ""),)
    result = completion_of(*tasks, units=units, given=given_of(VP=(20, 0), TTr=(20, 0)))
    states = result.ranking.set_index("unit_code")["rank_state"]
    assert states.to_dict() == {"VP": "ranked", "TTr": "scored-unranked"}


def test_figures_for_a_unit_not_in_the_list_are_still_shown() -> None:
    result = completion_of(
        ("1", "Văn phòng", "10/01/2025", ""), given=given_of(VP=(20, 0), XX=(20, 0))
    )
    assert set(result.ranking["unit_code"]) == {"VP", "TTr", "XX"}


def test_an_empty_plan_leaves_everybody_open() -> None:
    result = completion_of()
    assert result.ranking["rank_state"].tolist() == ["open", "open"]


def test_grades_have_no_gap_between_them() -> None:
    grades = sorted(CRITERIA.meta.grades, key=lambda grade: grade.upper)
    for below, above in itertools.pairwise(grades):
        assert below.upper == above.lower
        assert below.upper_closed != above.lower_closed


def test_what_was_given_for_another_year_does_not_count_for_this_one() -> None:
    both = pd.concat([given_of(VP=(25, 0)), given_of(VP=(5, 3)).assign(year=2024)])
    result = completion_of(("1", "Văn phòng", "10/01/2025", ""), given=both)
    alone = completion_of(("1", "Văn phòng", "10/01/2025", ""), given=given_of(VP=(25, 0)))
    assert result.ranking.equals(alone.ranking)
    found = [f for f in result.findings if f.code == "completion-given-other-year"]
    assert ["2024" in finding.problem() for finding in found] == [True]
