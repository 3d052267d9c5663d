"""Points that need proof: documents among what can be done, exact and confirmed by the engine."""

import datetime as dt
import random

import numpy as np
import pandas as pd
import pytest
from small_reach import actions_of

import scoring
from scoring.advice import options
from scoring.cli.main import main
from scoring.outputs.action_plan import ActionPlan
from scoring.whatif.actions import priced
from scoring.whatif.frontier import Answer
from scoring.whatif.goals import Goal, read_goal
from scoring.whatif.plans import moves
from scoring.whatif.reach import checked_plan, reach, scored_with, stands_at

SAMPLE = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
DAY = dt.date(2025, 6, 1)
STATES = {"1.1.1": ("no-evidence", 0.0), "5.1.2": ("evidence-invalid", 0.0), "6.2": ("late", 0.5),
          "7.2": ("no-evidence", 0.0), "1.1.2": ("proven", 1.0), "3.3.1": ("late", 0.5)}  # fmt: skip


@pytest.fixture(scope="module")
def sheet():
    figures = pd.read_csv(SAMPLE).query("unit_code == 'SM-A'")
    plain = scoring.score(figures, "department-sample")
    told = plain.units[["unit_code", "year", "period"]]
    rows = [told.assign(item_code=code, state=state, share=share)
            for code, (state, share) in STATES.items()]  # fmt: skip
    return scoring.with_proof(plain, pd.concat(rows, ignore_index=True)).on_track("supported")


@pytest.fixture(scope="module")
def able(sheet):
    found = options(sheet, DAY)
    return moves(sheet, 0, found, priced(found, None, DAY), Goal())


def test_every_plan_with_documents_has_the_points_that_the_engine_gives(able):
    rng, before = random.Random(7), able.sheet.proof.copy()
    for _ in range(8):
        plan = [rng.randrange(len(rows)) if rng.random() < 0.5 else 0 for rows in able.rows]
        promised = able.tree.group.total(
            [one.points[at] for one, at in zip(able.items, plan, strict=True)]
        )
        assert scored_with(able, plan).points_low[-1, 0] == pytest.approx(promised)
    # What was tried leaves the sheet as it was.
    assert (able.sheet.proof == before).all()


def test_a_document_that_is_missing_can_be_added_and_one_that_was_late_cannot(able):
    proven = {able.sheet.criteria.nodes[row].code
              for row, proves in zip(able.tree.rows, able.proves, strict=True) if proves.any()}  # fmt: skip
    assert proven == {"1.1.1", "5.1.2", "7.2"}


def test_a_plan_keeps_points_by_documents_and_calls_them_unsure(sheet):
    most = reach(sheet, read_goal(sheet, ["1"])[0], on=DAY).most
    goal, _ = read_goal(sheet, [str(round(most - 0.6, 2))])
    result = reach(sheet, goal, on=DAY, others=0)
    assert result.now == pytest.approx(float(sheet.points_low[-1, 0]))
    assert any(step.proves for step in result.plan.steps)
    assert result.plan.points >= goal.total
    text = ActionPlan(sheet, result, "vi").summary(result.plan)
    assert "chỉ có được khi tài liệu bổ sung được chấp nhận" in text


def priced_by(sheet, *rows):
    found = options(sheet, DAY)
    return moves(sheet, 0, found, priced(found, actions_of(*rows), DAY), Goal())


def choices_of(able, code):
    return able.items[able.tree.rows.index(able.sheet.row(code))]


def test_a_step_and_its_document_cost_both_but_for_what_one_action_brings_about(sheet):
    document = {"item_code": "5.1.2", "action": "Nộp lại", "cost": 3.0, "points_to": 1.0}
    work = {"item_code": "5.1.2", "action": "Làm thêm", "cost": 5.0}
    # As it stands, the work alone, the document alone, and both.
    apart = priced_by(sheet, document, work)
    assert choices_of(apart, "5.1.2").costs.tolist() == [0.0, 5.0, 3.0, 8.0]
    assert choices_of(priced_by(sheet, work), "5.1.2").costs.tolist() == [0.0, 5.0, 5.0, 5.0]
    # The document took one unit of effort, the work 0.2: 3 and 25, and others cost the middle of them.
    assert choices_of(apart, "7.2").costs.max() == pytest.approx(14 * 1.3)


def test_a_document_for_an_item_without_points_has_the_usual_cost_and_is_nobodys_action(sheet):
    verdict = sheet.units[["unit_code", "year", "period"]].assign(
        item_code="1.5.2.1", state="no-evidence", share=0.0)  # fmt: skip
    nothing = scoring.with_proof(sheet.origin or sheet, verdict).on_track("supported")
    last = {"item_code": "10.1", "action": "Việc khác", "owner": "An", "cost": 2.2}
    able = priced_by(nothing, last)
    # 2.2 for the 1.1 of a count: 2 for a unit of effort, of which a document is one.
    assert choices_of(able, "1.5.2.1").costs.tolist() == [0.0, 2.2, 2.0, 4.2]
    plan = np.zeros(len(able.items), dtype=int)
    plan[able.tree.rows.index(nothing.row("1.5.2.1"))] = 2
    [step] = checked_plan(able, Answer(plan, stands_at(able), 2.0, 0.0), Goal()).steps
    assert (step.proves, step.action, step.owner, step.is_default) == (True, "", "", True)


def test_late_proof_is_told_as_what_blocks(sheet):
    goal, _ = read_goal(sheet, ["99.99"])
    blocked = reach(sheet, goal, on=DAY).blocked
    assert dict(zip(blocked["item_code"], blocked["reason"], strict=True))["6.2"] == "proof"


def test_documents_that_nobody_looked_at_are_said_to_be_unknown(capsys):
    command = ["whatif", "reach", str(SAMPLE), "--criteria", "department-sample", "--unit", "SM-A",
               "--goal", "85", "--with-proof", "--lang", "en"]  # fmt: skip
    assert main(command) != 0
    assert "reach-without-proof" in capsys.readouterr().err
