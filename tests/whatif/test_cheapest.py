"""What points cost: the curve of every unit, the best plan within budget and people, and its files."""

import io
import json
import math

import numpy as np
import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook
from set_builder import direct_set, given
from small_reach import actions_of, figures, small_set

from scoring import charts
from scoring.advice import options
from scoring.base.errors import UsageError
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder
from scoring.outputs.action_plan import (
    ActionPlan,
    action_plan_word,
    action_plan_workbook,
    plan_tasks,
    steps_table,
)
from scoring.plan.feeding.record import read_record
from scoring.points import score
from scoring.whatif import cheapest
from scoring.whatif.actions import priced
from scoring.whatif.cheapest import best_within, price_curve
from scoring.whatif.coupled import Coupled, most_points
from scoring.whatif.goals import read_goal
from scoring.whatif.plans import moves
from scoring.whatif.reach import reach

SAMPLE = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"


@pytest.fixture(scope="module")
def sheet():
    both = pd.concat([figures(3), figures(1, "H2")], ignore_index=True)
    return score(both, small_set())


def test_the_curve_of_every_unit_is_its_frontier_and_starts_as_it_stands(sheet):
    curve = price_curve(sheet)
    found = options(sheet, proof=False)
    for place, key in enumerate(sheet.keys):
        own = curve[curve["unit_code"] == key.unit_code]
        whole = moves(sheet, place, found, priced(found, None)).frontier()
        assert own[["points", "cost"]].iloc[0].tolist() == [sheet.points_low[-1, place], 0.0]
        assert own["points"].iloc[-1] == pytest.approx(whole.points[-1])
        assert own["more"].tolist() == pytest.approx(own["points"] - sheet.points_low[-1, place])
        assert (np.diff(own["points"]) > 0).all() and (np.diff(own["cost"]) >= 0).all()


def test_a_budget_buys_the_most_points_of_the_curve(sheet):
    curve = price_curve(sheet).query("unit_code == 'H1'")
    for budget in (0.0, 0.5, 1.7, math.inf):
        plan = best_within(sheet, sheet.place("H1"), budget=budget).plan
        wanted = curve.loc[curve["cost"] <= budget + 1e-9, "points"].max()
        assert plan.points == pytest.approx(wanted)
        assert plan.cost <= budget + 1e-9


def test_what_several_items_share_is_paid_for_once_out_of_a_budget(sheet):
    pytest.importorskip("highspy")
    rows = [{"item_code": code, "action": "Tập huấn", "cost": 5.0, "shared": "chung"}
            for code in ("1.1", "1.2", "2.2")]  # fmt: skip
    plan = best_within(sheet, sheet.place("H1"), budget=5.0, actions=actions_of(*rows)).plan
    assert [step.item_code for step in plan.steps] == ["1.1", "1.2", "2.2"]
    assert all(step.action == "Tập huấn" and not step.is_default for step in plan.steps)
    assert (plan.points, plan.cost) == (9.0, 5.0)


@pytest.mark.parametrize("limit", [{"budget": -1.0}, {"people_days": {"An": -1.0}}])
def test_a_limit_below_zero_is_refused_and_no_plan_is_made_of_it(sheet, limit):
    with pytest.raises(UsageError) as caught:
        best_within(sheet, **limit)
    assert caught.value.finding.code == "limit-below-zero"


def test_people_and_budget_together_are_kept_by_the_solver(sheet):
    pytest.importorskip("highspy")
    free = best_within(sheet, sheet.place("H1"), budget=1.7)
    same = best_within(sheet, sheet.place("H1"), budget=1.7, people_days=100.0)
    assert same.plan.points == pytest.approx(free.plan.points)
    assert same.plan.cost == pytest.approx(free.plan.cost)
    assert same.plan.is_optimal


def test_a_solver_that_stops_is_told_and_nothing_is_called_the_best(sheet):
    pytest.importorskip("highspy")
    stopped = best_within(sheet, sheet.place("H1"), budget=1.7, people_days=9.0, seconds=0.0)
    assert [found.code for found in stopped.findings] == ["cheapest-solver-limit"]
    assert stopped.plan.steps == ()


def test_the_best_that_a_stopped_solver_found_is_given_beside_the_most_there_may_be(
    sheet, monkeypatch
):
    pytest.importorskip("highspy")

    def stopped(*given, **more):
        return Coupled(most_points(*given, **more).answer, 9.5, is_settled=False)

    monkeypatch.setattr(cheapest, "most_points", stopped)
    found = best_within(sheet, sheet.place("H1"), budget=1.7, people_days=99.0)
    assert found.plan.points > found.now and not found.plan.is_optimal
    (told,) = [one for one in found.findings if one.code == "cheapest-solver-limit"]
    assert told.values == {"points": found.plan.points, "limit": 9.5}


@pytest.fixture(scope="module")
def content(sheet):
    place = sheet.place("H2")
    return ActionPlan(sheet, best_within(sheet, place, budget=2.0), "vi")


def test_the_plan_says_who_what_by_when_and_its_tasks_can_join_a_plan(content):
    steps, tasks = steps_table(content), plan_tasks(content)
    assert steps["more"].sum() > 0 and set(steps["basis"]) == {"default"}
    assert tasks["task_code"].tolist() == [f"HD.{n}" for n in range(1, len(steps) + 1)]
    assert tasks["item_codes"].tolist() == steps["item_code"].tolist()
    assert steps["action"].str.contains("từ .* thành ").all()


def test_the_reader_of_plans_takes_the_tasks_as_they_are_written(content, tmp_path):
    tasks = plan_tasks(content)
    tasks.to_csv(tmp_path / "tasks.csv", index=False)
    record, findings = read_record(tmp_path)
    assert findings == [] and len(tasks)
    pd.testing.assert_frame_equal(record.tasks, tasks, check_dtype=False)
    assert record.tasks["due_on"].notna().all()
    areas = {node.code: node.name("vi") for node in content.sheet.criteria.areas}
    told = record.tasks[["area_number", "area_name"]].itertuples(index=False)
    assert all(areas[number] == name for number, name in told)


def test_workbook_and_word_hold_every_step_and_call_defaults_by_their_name(content):
    book = load_workbook(io.BytesIO(action_plan_workbook(content)))
    cells = [str(cell.value) for row in book["Phương án"].iter_rows() for cell in row if cell.value]
    words = Document(io.BytesIO(action_plan_word(content)))
    told = [cell.text for table in words.tables for row in table.rows for cell in row.cells]
    for step in content.reach.plan.steps:
        assert step.item_code in cells and step.item_code in told
    assert any("mặc định" in cell for cell in cells)
    assert any("mặc định" in paragraph.text for paragraph in words.paragraphs)


def test_the_chart_says_what_half_of_the_points_cost(sheet):
    figure = charts.price_curve(price_curve(sheet), unit_code="H1")
    table = charts.figure_data(figure)
    assert table["unit_code"].unique().tolist() == ["H1"]
    assert "Thêm" in charts.alt_text(figure, "vi")
    assert "more points cost" in charts.alt_text(figure, "en")


def test_a_plan_without_a_step_says_that_nothing_is_to_be_done_or_can_be(sheet):
    none = best_within(sheet, 0, budget=0.0)
    goal, _ = read_goal(sheet, ["1"])
    met = reach(sheet, goal)
    assert none.plan.steps == met.plan.steps == ()
    for lang, words in (
        ("vi", "không việc nào làm tăng chỉ số"),
        ("en", "nothing raises the index"),
    ):
        assert words in ActionPlan(sheet, none, lang).summary(none.plan)
    for lang, words in (("vi", "Mục tiêu đã đạt"), ("en", "The goal is met")):
        assert words in ActionPlan(sheet, met, lang).summary(met.plan)


def test_where_no_step_is_left_it_is_told_what_stands_in_the_way(capsys, tmp_path):
    asked = ["whatif", "cheapest", str(SAMPLE), "--criteria", "department-sample", "--unit", "SM-A"]
    main([*asked, "--budget", "0", "--out", str(tmp_path / "ra")])
    told = capsys.readouterr().out
    assert "không việc nào làm tăng chỉ số" in told and "do khảo sát quyết định" in told


def test_a_step_without_a_day_of_its_own_is_due_at_the_end_of_the_period_wherever_it_is_told(
    capsys,
):
    main(["whatif", "reach", str(SAMPLE), "--criteria", "department-sample", "--unit", "SM-A",
          "--on", "2025-06-01", "--goal", "85"])  # fmt: skip
    assert "hết kỳ" in capsys.readouterr().out


def test_costs_of_the_curve_hold_no_noise_of_adding_up(sheet):
    told = price_curve(sheet)[["more", "cost"]]
    assert told.equals(told.round(9))


def reached(capsys, *more):
    code = main(["whatif", "reach", str(SAMPLE), "--criteria", "department-sample", "--unit", "SM-A",
                 "--on", "2025-06-01", "--format", "json", *more])  # fmt: skip
    return code, json.loads(capsys.readouterr().out)


def test_the_verb_gives_plan_and_alternatives(capsys):
    code, told = reached(capsys, "--goal", "85")
    assert code == 0
    assert told["plans"][0]["points"] >= 85 and told["plans"][0]["is_optimal"]
    assert len(told["plans"]) == 4
    assert {step["plan"] for step in told["steps"]} == {0, 1, 2, 3}


def test_a_goal_out_of_reach_fails_and_says_what_is_blocked(capsys):
    code, told = reached(capsys, "--goal", "99,9")
    assert code == 1
    assert told["plans"] == [] and told["blocked"][0]["reason"] == "survey"
    assert "reach-out-of-reach" in {found["code"] for found in told["findings"]}


@pytest.mark.parametrize(
    ("more", "code"),
    [(["--goal", "85", "--people-days", "-3"], "limit-below-zero"),
     (["--goal", "85", "--people-days", "40", "Văn phòng=3"], "reach-owner-unknown"),
     (["--goal", "rất tốt"], "reach-goal-unknown"), (["--beat", "SM-Z"], "reach-peer-unknown")],
)  # fmt: skip
def test_what_cannot_be_meant_is_named(capsys, more, code):
    _, told = reached(capsys, *more)
    assert code in {found["code"] for found in told["findings"]}


@pytest.mark.parametrize("verb", [["reach", "--goal", "85"], ["cheapest", "--out", "ra"]])
def test_of_a_year_that_is_over_it_is_said_that_nothing_counts_any_more(
    verb, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    asked = ["whatif", verb[0], str(SAMPLE), *verb[1:], "--criteria", "department-sample"]
    main([*asked, "--unit", "SM-A", "--on", "2026-01-02"])
    assert "Năm 2025 đã qua vào ngày 02/01/2026" in capsys.readouterr().err


def test_the_title_of_a_plan_tells_units_of_one_name_and_parts_of_a_year_apart():
    def titled(code, lang, **common):
        both = pd.concat(
            [given({"1": 4}, unit, unit_name="Sở A", **common) for unit in ("H1", "H2")]
        )
        sheet = score(both, direct_set({"1": 10}))
        return ActionPlan(sheet, best_within(sheet, sheet.place(code), budget=0.0), lang).title

    assert titled("H2", "en", period="quý I").endswith("Sở A (H2) for more points, quý I/2026")
    assert titled("H1", "vi").endswith("Sở A (H1), năm 2026")
