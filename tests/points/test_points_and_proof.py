"""What evidence supports, what a unit claims, and what must be explained."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from set_builder import direct_set, given, sound

from scoring.analysis import gap_table
from scoring.base.errors import TableError
from scoring.base.units import KEY_COLUMNS
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.proof import proof_of
from scoring.evidence.proof.document_dates import dates_from_documents
from scoring.points import inputs_table, score
from scoring.points.item_explanation import explain
from scoring.points.proof import (
    at_risk,
    explanations_needed,
    kept_points,
    missing_explanations,
    proof_table,
    supported_or_computed,
    with_claims,
    with_proof,
    with_tracks,
)
from scoring.points.tracks import tracks_table
from scoring.tables import empty

POLICY = {"no_evidence_percent": 0, "late_percent": 50, "evidence_invalid_percent": 0}


def sheet_of(points, policy=POLICY):
    meta = {"evidence": policy} if policy else {}
    criteria = direct_set({"1.1": 4, "1.2": 2, "2": 4}, [("1", 6)], meta)
    return score(given(points), criteria)


def states(**by_item):
    """The table Verdicts of unit A, with what `POLICY` leaves of the points."""
    share = {"proven": 1.0, "declared": 1.0, "late": 0.5, "no-evidence": 0.0}
    rows = [("A", 2026, "", code.replace("_", "."), state, share[state])
            for code, state in by_item.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=[*KEY_COLUMNS, "item_code", "state", "share"])


def test_an_item_without_evidence_keeps_what_the_set_says_and_the_rest_is_at_risk():
    sheet = with_proof(sheet_of({"1.1": 4, "1.2": 2, "2": 3}), states(**{"1_1": "proven"}))
    assert sheet.supported[-1, 0] == 9.0
    sheet = with_proof(sheet, states(**{"1_1": "no-evidence", "2": "late"}))
    assert sheet.supported[sheet.row("1.1"), 0] == 0.0
    assert sheet.supported[sheet.row("2"), 0] == 1.5
    assert sheet.supported[-1, 0] == pytest.approx(3.5)
    assert sheet.points[-1, 0] == 9.0


def test_an_explanation_tells_what_is_claimed_computed_and_supported_in_plain_numbers():
    sheet, _ = with_claims(sheet_of({"1.1": 4, "1.2": 2, "2": 3}), claims_of(**{"2": 4.0}))
    why = explain(with_proof(sheet, states(**{"2": "late"})), "2")
    assert (why.claimed, why.points, why.supported) == (4.0, 3.0, 1.5)
    (line,) = (line for line in why.lines() if "1,50" in line)
    assert [part.split(": ")[1] for part in line.split("; ")] == ["4,00", "3,00", "1,50"]
    assert "np." not in repr(why)


def test_nothing_is_at_risk_without_proof_nor_where_somebody_has_taken_it_off_already():
    sheet = sheet_of({"1.1": 4, "1.2": 2, "2": 3})
    assert not at_risk(sheet).any()
    judged = with_proof(sheet, states(**{"1_1": "no-evidence", "2": "late"}))
    assert at_risk(judged)[judged.is_leaf].sum() == 5.5
    taken_off = at_risk(judged.on_track("supported"))
    assert taken_off.shape == at_risk(sheet).shape == judged.proof.shape
    assert not taken_off.any()


def test_a_verdict_on_a_unit_of_another_run_takes_none_from_those_there_are():
    other = states(**{"1_1": "no-evidence"}).assign(unit_code="B")
    both = pd.concat([states(**{"2": "late"}), other], ignore_index=True)
    sheet = sheet_of({"1.1": 4, "1.2": 2, "2": 3})
    assert with_proof(sheet, both).supported[-1, 0] == 7.5
    assert with_proof(sheet, other) is sheet


def test_the_first_item_of_a_set_is_claimed_and_proven_as_any_other():
    sheet = score(given({"1": 8, "2": 1}), direct_set({"1": 9, "2": 1}, (), {"evidence": POLICY}))
    assert not sheet.row("1")
    claimed, findings = with_claims(sheet, claims_of(**{"1": 9.0, "2": 1.0}))
    assert claimed.claimed[-1, 0] == 10.0
    assert [(f.code, f.item_code) for f in findings] == [("claimed-differs", "1")]
    assert with_proof(sheet, states(**{"1": "late"})).supported[-1, 0] == 5.0


def test_a_claim_of_what_does_not_apply_is_not_held_against_the_rule():
    criteria = direct_set({"1": 4, "2": {"max_points": 6, "not_applicable": "drop"}})
    marked = given({"1": 4, "2": 6}).assign(not_applicable=[False, True])
    _, findings = with_claims(score(marked, criteria), claims_of(**{"1": 4.0, "2": 5.0}))
    assert [(f.code, f.item_code) for f in findings] == [("claimed-not-applicable", "2")]
    assert findings[0].problem("vi").endswith("nên điểm tự đánh giá 5 không được tính.")


def test_claims_without_the_points_claimed_are_refused_by_name():
    sheet, claims = sheet_of({"1.1": 4, "1.2": 2, "2": 3}), claims_of(**{"2": 3.0})
    with pytest.raises(
        TableError, match=r"with_claims needs the table Claims: it lacks .*self_points"
    ):
        with_claims(sheet, claims.drop(columns="self_points"))


def test_points_at_risk_become_gaps_with_the_state_of_the_proof_as_cause():
    sheet = with_proof(
        sheet_of({"1.1": 4, "1.2": 2, "2": 3}), states(**{"1_1": "no-evidence", "2": "late"})
    )
    gaps = gap_table(sheet)[["item_code", "lost_points", "cause"]].values.tolist()
    assert gaps == [["1.1", 4.0, "no-evidence"], ["2", 1.5, "late"], ["2", 1.0, "below-target"]]


def test_without_a_policy_in_the_set_no_supported_figure_is_made_up():
    sheet = with_proof(
        sheet_of({"1.1": 4, "1.2": 2, "2": 3}, policy=None), states(**{"1_1": "no-evidence"})
    )
    assert sheet.supported is None
    assert sheet.scores["supported_points"].isna().all()


def test_an_open_item_stays_open_whatever_its_proof():
    sheet = with_proof(sheet_of({"1.1": None, "1.2": 2, "2": 3}), states(**{"1_1": "no-evidence"}))
    assert np.isnan(sheet.supported[sheet.row("1.1"), 0])


def test_what_does_not_apply_to_a_unit_leaves_its_supported_points_as_the_others_earn_them():
    leaves = {"1.1": {"max_points": 4, "not_applicable": "drop"}, "1.2": 2, "2": 4}
    criteria = direct_set(leaves, [("1", 6)], {"evidence": POLICY})
    figures = given({"1.1": 0, "1.2": 2, "2": 3})
    figures["not_applicable"] = figures["item_code"] == "1.1"
    sheet = with_proof(score(figures, criteria), states(**{"1_2": "proven", "2": "late"}))
    # 2 proven and half of 3, of the 6 points that apply, on the total of 10.
    assert sheet.supported[-1, 0] == 5.83


@pytest.mark.parametrize("state", ["", "proven", "late", "no-evidence", "evidence-invalid"])
def test_points_that_are_only_imagined_keep_what_earned_ones_keep(state):
    penalty = {"max_points": 3, "kind": "penalty"}
    criteria = direct_set({"1": 10, "9": penalty}, (), {"evidence": POLICY})
    sheet = score(given({"1": 4, "9": 2}), criteria)
    kept = {"": 4.0, "proven": 4.0, "late": 2.0}.get(state, 0.0)
    assert kept_points(sheet, sheet.row("1"), state, np.array([4.0])).tolist() == [kept]
    assert kept_points(sheet, sheet.row("9"), state, np.array([2.0])).tolist() == [2.0]


def test_nothing_is_supported_before_anybody_looked_at_evidence():
    sheet = sheet_of({"1.1": 4, "1.2": 2, "2": 3})
    assert supported_or_computed(sheet) is None


def claims_of(**by_item):
    """The table Claims of unit A, with the cell of each."""
    rows = [("A", 2026, "", code.replace("_", "."), points, f"G{row}")
            for row, (code, points) in enumerate(by_item.items(), 9)]  # fmt: skip
    return pd.DataFrame(rows, columns=[*KEY_COLUMNS, "item_code", "self_points", "cell"])


def test_a_total_typed_over_its_formula_is_named_with_what_its_items_add_up_to():
    claimed = {"1_1": 4.0, "1_2": 2.0, "1": 7.0, "INDEX": 6.0}
    _, findings = with_claims(sheet_of({"1.1": 4, "1.2": 2, "2": 3}), claims_of(**claimed))
    # Item 2 is not claimed yet and counts as nothing so far: the index is no other than its items.
    assert [(f.code, f.item_code, f.cell, f.values) for f in findings] == [
        ("total-differs", "1", "G11", {"claimed": 7.0, "computed": 6.0})
    ]


def test_a_claim_that_differs_from_the_rule_is_a_finding_at_its_cell():
    claims = pd.DataFrame(
        {
            "unit_code": ["A", "A"],
            "year": 2026,
            "period": "",
            "item_code": ["1.1", "2"],
            "self_points": [3.5, 3.0],
            "sheet": "Tự đánh giá",
            "cell": ["G9", "G14"],
        }
    )
    sheet, findings = with_claims(sheet_of({"1.1": 4, "1.2": 2, "2": 3}), claims)
    assert [(f.code, f.cell) for f in findings] == [("claimed-differs", "G9")]
    assert "3,5" in findings[0].problem()
    assert sheet.claimed[sheet.row("1.1"), 0] == 3.5
    assert np.isnan(sheet.claimed[sheet.row("1"), 0])


def test_two_ledgers_of_one_unit_claim_each_their_own_points(tmp_path):
    """In one run, whichever year: nothing is doubled, and nothing differs that agrees."""
    criteria = open_set("service-quality-766")
    for year, satisfied in ((2025, 500), (2026, 810)):
        figures = inputs_table(
            [
                {"item_code": "5.3", "input": "satisfied", "value": satisfied},
                {"item_code": "5.3", "input": "dossiers", "value": 1000},
            ],
            unit_code="so-nv", year=year,
        )  # fmt: skip
        scores = score(figures, criteria).scores
        claims = scores.rename(columns={"code": "item_code"})
        claims = claims[claims["item_code"] == "5.3"].assign(self_points=lambda t: t["points"])
        data = new_ledger(
            criteria, "so-nv", "Sở Nội vụ", year, inputs=figures, scores=scores,
            claims=claims.assign(explanation="", documents=""),
        )  # fmt: skip
        (tmp_path / f"{year}.xlsx").write_bytes(data)
    assert main(["--quiet", "score", str(tmp_path), "--out", str(tmp_path / "o")]) == 0
    scores = pd.read_csv(tmp_path / "o" / "scores.csv", dtype={"code": str})
    mine = scores[scores["code"] == "5.3"]
    np.testing.assert_allclose(mine["claimed_points"], mine["points"])
    assert mine["year"].tolist() == [2025, 2026]
    findings = pd.read_csv(tmp_path / "o" / "findings.csv")
    assert "claimed-differs" not in findings["code"].tolist()


def test_the_proof_table_tells_what_was_looked_at_from_what_is_declared():
    sheet = sheet_of({"1.1": 4, "1.2": 2, "2": 3})
    table = proof_table(with_proof(sheet, states(**{"1_1": "proven", "2": "declared"})))
    assert dict(zip(table["item_code"], table["proof"], strict=True)) == {
        "1.1": "proven", "1.2": "not_needed", "2": "declared"
    }  # fmt: skip
    assert list(table) == ["unit_code", "year", "period", "item_code", "proof"]


def test_a_unit_of_a_long_table_beside_a_ledger_has_open_supported_points_and_no_proof():
    alone = sheet_of({"1.1": 4, "1.2": 2, "2": 3})
    rows = alone.figures.source
    both = score(pd.concat([rows, rows.assign(unit_code="B")], ignore_index=True), alone.criteria)
    sheet = with_proof(both, states(**{"1_1": "no-evidence"}))
    assert sheet.supported[-1, 0] == 5.0
    assert np.isnan(sheet.supported[:, 1]).all()
    assert set(proof_table(sheet)["unit_code"]) == {"A"}
    assert sheet.scores.set_index("unit_code").loc["B", "supported_points"].isna().all()
    supported = sheet.on_track("supported").index_bounds()
    assert supported.loc["A"].tolist() == [5.0, 5.0]
    assert supported.loc["B"].tolist() == [0.0, 10.0]
    tracks = tracks_table(sheet)
    assert set(tracks.loc[tracks["unit_code"] == "B", "track"]) == {"computed"}
    # Nothing is at risk where nothing was judged, and comparisons count such a unit as computed.
    assert set(gap_table(sheet).query("kind == 'at-risk'")["unit_code"]) == {"A"}
    assert supported_or_computed(sheet)[-1].tolist() == [5.0, 9.0]


def test_open_and_unproven_items_need_an_explanation_and_written_ones_are_matched():
    sheet = with_proof(
        sheet_of({"1.1": 4, "1.2": None, "2": 3}), states(**{"1_1": "no-evidence", "2": "proven"})
    )
    said = pd.DataFrame(
        {
            "unit_code": ["A"],
            "year": 2026,
            "period": "",
            "item_code": ["1.2"],
            "explanation": ["Chờ số liệu"],
        }
    )
    needed = explanations_needed(sheet, said)
    assert needed[["item_code", "status", "proof", "given"]].values.tolist() == [
        ["1.1", "scored", "no-evidence", False],
        ["1.2", "not_assessed", "", True],
    ]
    assert needed["explanation"].tolist() == ["", "Chờ số liệu"]


def test_what_others_have_is_not_the_units_to_explain():
    items = [{"code": "1", "max_points": 10, "rule": "peer", "zero_denominator": "zero"}]
    criteria = sound(items=items, inputs=[{"item_code": "1", "role": "value", "kind": "count"}])
    rows = [{"item_code": "1", "input": "value", "value": 7}]
    alone = score(inputs_table(rows, unit_code="A", year=2026), criteria)
    assert alone.index["points"].isna().all() and not len(explanations_needed(alone))
    nothing = [rows[0] | {"value": None}]
    open_one = score(inputs_table(nothing, unit_code="A", year=2026), criteria)
    assert explanations_needed(open_one)["item_code"].tolist() == ["1"]


def test_what_must_be_explained_says_why_its_proof_does_not_suffice():
    unit = {"unit_code": "A", "year": 2026, "period": ""}
    asked = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": [2],
                          "due_on": [pd.NaT], "source": ["mẫu"]}).assign(**unit)  # fmt: skip
    proof = proof_of(asked, *(empty(name).assign(**unit) for name in ("Documents", "Links")))
    sheet = with_proof(sheet_of({"1.1": 4, "1.2": 2, "2": 3}), proof.verdicts)
    (said,) = explanations_needed(sheet, proof=proof)["reason"]
    (reason,) = proof.reasons(sheet.keys[0], "1.1")
    assert said == reason.problem("vi") == "Cần 2 Kế hoạch, còn thiếu 2."
    bare = explanations_needed(sheet)
    assert bare[["reason", "explanation", "given"]].values.tolist() == [["", "", False]]
    assert with_tracks(sheet, empty("Claims"), proof)[0].proof[sheet.row("1.1"), 0] == "no-evidence"


def test_every_explanation_still_to_be_written_is_named_with_its_unit_and_item():
    sheet = with_proof(
        sheet_of({"1.1": 4, "1.2": None, "2": 3}), states(**{"1_1": "no-evidence", "2": "proven"})
    )
    said = claims_of(**{"1_2": 0.0}).assign(explanation="Chờ số liệu")
    (found,) = missing_explanations(explanations_needed(sheet, said))
    assert (found.code, found.unit_code, found.year) == ("explanation-missing", "A", "2026")
    assert (found.item_code, found.values) == ("1.1", {"name": "Mục 1.1"})


def deadline_set():
    return sound(
        items=[
            {
                "code": "1",
                "max_points": 10,
                "rule": "deadline",
                "due_on": "year-01-15",
                "never_points": 0,
            }
        ],
        inputs=[{"item_code": "1", "role": "done_on", "input": "issued_on", "kind": "date"}],
        bands=[
            {"item_code": "1", "upper": "0", "upper_closed": "yes", "points": "10"},
            {"item_code": "1", "lower": "0", "points": "5"},
        ],
    )


def documents(day):
    return (
        pd.DataFrame(
            {
                "document_id": ["d"],
                "issued_on": [pd.Timestamp(day)],
                "issued_precision": ["day"],
                "document_number": ["12/KH-SNV"],
            }
        ),
        pd.DataFrame({"document_id": ["d"], "item_code": ["1"], "place": [""]}),
    )


def issued(day):
    row = {"item_code": "1", "input": "issued_on", "happened_on": day, "cell": "D9"}
    return inputs_table([row], unit_code="A", year=2026)


def test_the_date_of_the_document_fills_an_empty_deadline_and_earns_its_points():
    inputs, findings = dates_from_documents(deadline_set(), issued(None), *documents("2026-01-20"))
    assert [f.code for f in findings] == ["date-taken-from-document"]
    assert score(inputs, deadline_set()).points[-1, 0] == 5.0


def test_a_date_that_contradicts_its_document_is_an_error_and_stays_as_entered():
    inputs, findings = dates_from_documents(
        deadline_set(), issued("2026-01-10"), *documents("2026-01-20")
    )
    assert [(f.code, f.severity, f.cell) for f in findings] == [
        ("date-differs-from-document", "error", "D9")
    ]
    assert "20/01/2026" in findings[0].problem()
    assert score(inputs, deadline_set()).points[-1, 0] == 10.0


def test_a_date_is_held_against_a_document_that_proves_nothing_too():
    """It fills no empty date, yet it shows that the date entered is not its own."""
    tables, nothing = documents("2025-12-20"), documents("2025-12-20")[1].iloc[:0]
    for day, told in ((None, []), ("2026-01-10", ["date-differs-from-document"])):
        entered = issued(day)
        inputs, findings = dates_from_documents(
            deadline_set(), entered, tables[0], nothing, compared=tables[1]
        )
        assert [finding.code for finding in findings] == told
        assert inputs is entered


def test_a_deduction_without_proof_stays_whole():
    sheet = sheet_of({"1.1": 4, "1.2": 2, "2": 3})
    nodes = tuple(
        replace(node, kind="penalty") if node.code == "2" else node for node in sheet.criteria.nodes
    )
    sheet = replace(sheet, criteria=replace(sheet.criteria, nodes=nodes))
    proven = with_proof(sheet, states(**{"1_1": "no-evidence", "2": "no-evidence"}))
    assert proven.supported[sheet.row("2"), 0] == 3.0
    assert proven.supported[sheet.row("1.1"), 0] == 0.0


@pytest.mark.parametrize(("day", "points", "supported"), [("20", 5.0, 5.0), ("10", 10.0, 5.0)])
def test_what_is_late_by_the_rule_is_not_charged_again_for_late_proof(day, points, supported):
    """A late day costs points by the rule; only a day in time that its proof belies costs here."""
    criteria = deadline_set()
    meta = replace(criteria.meta, proof_percent={"late": 50.0})
    sheet = score(issued(f"2026-01-{day}"), replace(criteria, meta=meta))
    judged = with_proof(sheet, states(**{"1": "late"}))
    assert (judged.points[-1, 0], judged.supported[-1, 0]) == (points, supported)
    assert kept_points(sheet, 0, "late", np.array([points])).tolist() == [supported]
