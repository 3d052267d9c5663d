"""Proof of an item: enough documents of the right kind, valid and in time."""

import pandas as pd
import pytest

from scoring.base.errors import UsageError
from scoring.base.values import CAUSES
from scoring.criteria import list_sets, open_set
from scoring.evidence.proof import STATES, SUFFICIENT, requirements_for, requirements_of, verdicts
from scoring.evidence.proof.declared_proof import declared_problems
from scoring.evidence.proof.requirements import due_day
from scoring.evidence.proof.sufficiency import state_finding
from scoring.tables import checked

UNIT = {"unit_code": "SNV", "year": 2024, "period": ""}


def requirements(*rows):
    table = pd.DataFrame(rows, columns=["item_code", "kind", "min_documents", "due_on"])
    due = pd.to_datetime(table["due_on"])
    return checked(table.assign(due_on=due, source="mẫu", **UNIT), "Requirements")


def documents(*rows):
    table = pd.DataFrame(rows, columns=["document_id", "kind", "issued_on", "issued_precision"])
    table = table.astype({"document_id": "str", "kind": "str", "issued_precision": "str"})
    blank = dict.fromkeys(
        ["document_number", "issuer", "signer", "title", "path", "address", "sha256"], ""
    )
    table = table.assign(issued_on=pd.to_datetime(table["issued_on"]), secret=False, **blank)
    table = table.astype({**dict.fromkeys(blank, "str"), "secret": "bool"})
    nat = pd.Series(pd.NaT, table.index, dtype="datetime64[ns]")
    table["issued_on"] = table["issued_on"].astype("datetime64[ns]")
    return checked(table.assign(valid_from=nat, valid_to=nat, is_seen=True, **UNIT), "Documents")


def links(*pairs):
    table = pd.DataFrame(pairs, columns=["document_id", "item_code"])
    return checked(table.assign(place="").astype("str").assign(**UNIT), "Links")


PLAN_DUE = ("1.1", "KH", 1, "2024-01-15")


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (("a", "KH", "2024-01-15", "day"), "proven"),
        (("a", "KH", "2024-01-16", "day"), "late"),
        (("a", "BC", "2024-01-02", "day"), "evidence-invalid"),
        (("a", "KH", None, "none"), "evidence-invalid"),
        (("a", "KH", "2023-12-01", "month"), "proven"),
        (("a", "KH", "2024-02-01", "month"), "late"),
        (("a", "KH", "2024-01-01", "month"), "evidence-invalid"),  # some day of January
    ],
)
def test_one_plan_against_its_deadline(document, state):
    found = verdicts(requirements(PLAN_DUE), documents(document), links(("a", "1.1")))
    assert found["state"].tolist() == [state]


def test_every_state_that_is_not_enough_is_a_cause_of_a_gap():
    assert set(STATES) - set(SUFFICIENT) <= set(CAUSES)


def test_nothing_linked_is_no_evidence_and_keeps_what_the_set_says():
    found = verdicts(requirements(PLAN_DUE), documents(), links(), {"no-evidence": 25.0})
    assert found[["state", "share"]].to_numpy().tolist() == [["no-evidence", 0.25]]


def test_a_document_whose_file_nobody_looked_at_is_declared_and_not_proven():
    table = documents(("a", "KH", "2024-01-02", "day")).assign(is_seen=False)
    found = verdicts(requirements(PLAN_DUE), table, links(("a", "1.1")), {"late": 0.0})
    assert found[["state", "share", "unseen"]].to_numpy().tolist() == [["declared", 1.0, 1]]
    assert "chưa xem tệp" in state_finding(found.iloc[0].to_dict()).problem("vi")


def test_units_and_years_of_one_unit_are_judged_apart():
    table = documents(("a", "KH", "2024-01-02", "day"))
    units = pd.DataFrame([UNIT, UNIT | {"year": 2025}, UNIT | {"unit_code": "STC"}])
    sheet = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": ["1"],
                          "issued_by": ["year-01-15"], "source": ["mẫu"]})  # fmt: skip
    found = verdicts(requirements_of(sheet, units), table, links(("a", "1.1")))
    states = found.set_index(["unit_code", "year"])["state"].to_dict()
    assert states == {
        ("SNV", 2024): "proven", ("SNV", 2025): "no-evidence", ("STC", 2024): "no-evidence"
    }  # fmt: skip


def test_a_document_that_verification_disqualified_proves_nothing():
    table = documents(("a", "KH", "2024-01-02", "day")).assign(is_disqualified=True)
    found = verdicts(requirements(PLAN_DUE), table, links(("a", "1.1")))
    assert found["state"].tolist() == ["evidence-invalid"]


def test_a_decision_that_issues_a_plan_counts_as_a_plan():
    table = documents(("a", "QĐ", "2024-01-02", "day"))
    table["title"] = "Về việc ban hành Kế hoạch cải cách hành chính năm 2024"
    assert verdicts(requirements(PLAN_DUE), table, links(("a", "1.1")))["state"][0] == "proven"


@pytest.mark.parametrize(
    ("title", "keywords", "state"),
    [
        ("CCHC quý I năm 2024", "báo cáo; quý I", "proven"),
        ("CCHC quý I năm 2024", "báo cáo; 6 tháng", "evidence-invalid"),
        ("CCHC quý III năm 2024", "báo cáo; năm", "evidence-invalid"),
        ("CCHC 9 tháng đầu năm 2024", "báo cáo; quý III", "proven"),
        ("CCHC năm 2024 và phương hướng năm 2025", "báo cáo; năm", "proven"),
        ("CCHC năm 2023", "báo cáo; năm", "evidence-invalid"),
        ("CCHC quý IV và năm 2024", "báo cáo; năm", "proven"),
        ("CCHC", "báo cáo; năm", "proven"),
        ("CCHC quý I năm 2024", "báo cáo; cải cách hành chính", "proven"),
    ],
)
def test_a_report_proves_an_item_of_its_own_period_only(title, keywords, state):
    table = documents(("a", "BC", "2024-06-10", "day")).assign(title=title)
    sheet = pd.DataFrame({"item_code": ["1.2"], "kind": ["Báo cáo"], "min_documents": ["1"],
                          "issued_by": [""], "keywords": [keywords], "source": ["mẫu"]})  # fmt: skip
    asked, pairs = requirements_for(sheet, 2024).assign(**UNIT), links(("a", "1.2"))
    assert verdicts(asked, table, pairs)["state"].tolist() == [state]
    found = [finding for _, finding in declared_problems(table, pairs, asked)]
    told = [one for one in found if one.code == "document-wrong-period"]
    assert len(told) == (state != "proven")
    assert all(title in one.text("vi") and "2024" in one.text("en") for one in told)


def test_the_same_document_linked_twice_counts_once():
    table = documents(("a", "BC", "2024-03-01", "day"))
    needed = requirements(("1.2", "BC", 2, None))
    found = verdicts(needed, table, links(("a", "1.2"), ("a", "1.2")))
    assert found[["state", "on_time"]].to_numpy().tolist() == [["no-evidence", 1]]


def test_an_item_is_in_the_worst_state_of_its_requirements():
    table = documents(("a", "KH", "2024-01-02", "day"), ("b", "BC", "2025-01-02", "day"))
    needed = requirements(PLAN_DUE, ("1.1", "BC", 1, "2024-12-15"), ("1.2", "", 1, None))
    found = verdicts(needed, table, links(("a", "1.1"), ("b", "1.1"), ("b", "1.2")))
    assert found[["item_code", "state"]].to_numpy().tolist() == [["1.1", "late"], ["1.2", "proven"]]


def test_the_reason_counts_what_is_missing_in_either_language():
    needed = requirements(("1.2", "BC", 4, None))
    table = documents(("a", "BC", "2024-03-01", "day"))
    found = state_finding(verdicts(needed, table, links(("a", "1.2"))).iloc[0].to_dict())
    vi, en = (found.problem(lang) for lang in ("vi", "en"))
    assert "Cần 4 Báo cáo, còn thiếu 3" in vi
    assert "4 needed (Report), 3 missing" in en


def test_a_link_to_a_document_that_is_not_listed_proves_nothing():
    found = verdicts(requirements(PLAN_DUE), documents(), links(("ghost", "1.1")))
    assert found["state"].tolist() == ["evidence-invalid"]


def test_an_issuer_asked_for_must_match():
    needed = requirements(PLAN_DUE).assign(issuer="Sở Nội vụ")
    table = documents(("a", "KH", "2024-01-02", "day"))
    assert verdicts(needed, table, links(("a", "1.1")))["state"][0] == "evidence-invalid"
    table["issuer"] = "Sở Nội vụ"
    assert verdicts(needed, table, links(("a", "1.1")))["state"][0] == "proven"


@pytest.mark.parametrize(
    ("issuer", "state"),
    [
        ("Ủy ban nhân dân tỉnh Phú Thọ", "proven"),
        ("UBND TỈNH", "proven"),
        ("Sở Nội vụ", "proven"),
        ("UBND xã A", "evidence-invalid"),
        ("", "evidence-invalid"),
    ],
)
def test_the_organ_that_a_set_names_is_known_by_name_and_abbreviation(issuer, state):
    sheet = pd.DataFrame({"item_code": ["1.1"], "kind": ["KH"], "min_documents": ["1"],
        "issued_by": [""], "issuer": ["UBND tỉnh; Sở Nội vụ"], "source": ["mẫu"]})  # fmt: skip
    needed = requirements_for(sheet, 2024).assign(**UNIT)
    table = documents(("a", "KH", "2024-01-02", "day")).assign(issuer=issuer)
    assert verdicts(needed, table, links(("a", "1.1")))["state"].tolist() == [state]


def test_every_shipped_set_gives_valid_requirements():
    for name in list_sets():
        evidence = open_set(name).tables["evidence"]
        wanted = checked(requirements_for(evidence, 2025), "Requirements")
        assert len(wanted) == len(evidence)
        assert (wanted["kind"] != "").all()


@pytest.mark.parametrize("text", ["10/01", "year-02-30", "2024-01-10"])
def test_a_deadline_of_another_form_is_refused(text):
    with pytest.raises(UsageError, match="deadline"):
        due_day(text, 2025)
