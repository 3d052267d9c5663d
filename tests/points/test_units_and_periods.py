"""One unit in several years, or twelve months, of one run: each stands for itself everywhere."""

import pandas as pd
import pytest
from set_builder import direct_set, given

import scoring
from scoring.analysis import check_targets, gap_table, rank, target_gaps, with_planned_leads
from scoring.base.errors import UsageError
from scoring.base.units import UnitKey
from scoring.batch.run import compute
from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.evidence.ledger import new_ledger
from scoring.evidence.proof import Proof
from scoring.evidence.targets_table import read_targets
from scoring.points import inputs_table, score
from scoring.points.item_explanation import explain
from scoring.tables import empty

CRITERIA = direct_set({"1.1": 4, "1.2": 2, "2": 4}, [("1", 6)])
MONTHS = [f"{month:02d}" for month in range(1, 13)]


def years(**points_by_unit):
    """Return one sheet of units such as ``A_2025``, each with its points for item 2."""
    parts = [
        given({"1.1": 4, "1.2": 2, "2": points}, unit.split("_")[0], year=int(unit.split("_")[1]))
        for unit, points in points_by_unit.items()
    ]
    return score(pd.concat(parts), CRITERIA)


def months():
    """Return the figures of Decision 766 for twelve months, a dossier more on time in each."""
    parts = [
        inputs_table(
            [
                {"item_code": "2", "input": "on_time", "value": 80 + number},
                {"item_code": "2", "input": "received", "value": 100},
            ],
            unit_code="phu-tho",
            year=2026,
            period=period,
        )
        for number, period in enumerate(MONTHS, start=1)
    ]
    return score(pd.concat(parts, ignore_index=True), scoring.open_set("service-quality-766"))


def test_a_place_is_found_by_key_and_by_the_code_of_a_unit_that_stands_once():
    sheet = years(A_2025=1, A_2026=3, B_2026=2)
    assert sheet.place(UnitKey("A", 2026)) == 1
    assert sheet.place("A", year=2025) == 0
    assert sheet.place("B") == 2
    assert len(set(sheet.keys)) == 3


@pytest.mark.parametrize("unit", ["A", ""])
def test_a_code_that_stands_for_two_years_is_refused_with_both(unit):
    with pytest.raises(UsageError, match="2025; 2026") as refused:
        years(A_2025=1, A_2026=3).place(unit)
    assert refused.value.finding.code == "unit-period-needed"
    assert "--year" in refused.value.finding.remedy()


@pytest.mark.parametrize(
    ("unit", "year", "named"),
    [("A", 2024, "2025; 2026"), ("Z", None, "A, B"), ("", None, "A, B"), ("", 2026, "A, B")],
)
def test_a_unit_that_is_none_or_several_is_refused_with_those_there_are(unit, year, named):
    with pytest.raises(UsageError, match=named) as refused:
        years(A_2025=1, A_2026=3, B_2026=2).place(unit, year)
    # Where none was named, the finding is about none.
    assert refused.value.finding.unit_code == unit


def test_an_explanation_is_of_the_year_that_was_asked_for_and_says_so():
    sheet = years(A_2025=1, A_2026=3)
    why = explain(sheet, "2", UnitKey("A", 2025))
    assert (why.points, why.year) == (1, 2025)
    assert "Đơn vị: A, 2025" in list(why.lines())
    with pytest.raises(UsageError, match="2025; 2026"):
        explain(sheet, "2", "A")


def test_twelve_months_are_explained_each_with_its_own_figures():
    sheet = months()
    shown = [explain(sheet, "2", UnitKey("phu-tho", 2026, month)) for month in MONTHS]
    assert [why.points for why in shown] == pytest.approx([16.2 + 0.2 * n for n in range(12)])
    assert shown[0].inputs[0].value == "81 hồ sơ"


def test_documents_prove_the_item_of_their_own_year():
    sheet = years(A_2025=1, A_2026=3)
    keys = {"unit_code": "A", "year": [2025, 2026], "period": ""}
    links = pd.DataFrame({**keys, "document_id": "D1", "item_code": "2", "place": ""})
    about = {"path": ["old.pdf", "new.pdf"], "document_number": "", "address": "", "sha256": ""}
    documents = pd.DataFrame({**keys, "document_id": "D1", **about})
    proof = Proof(empty("Requirements"), documents, links, empty("Verdicts"))
    why = explain(sheet, "2", UnitKey("A", 2025), proof=proof)
    assert [document.path for document in why.documents] == ["old.pdf"]


def test_index_and_bounds_have_year_and_period_where_a_code_does_not_suffice():
    assert years(A_2025=1, B_2025=3).index_value().to_dict() == {"A": 7, "B": 9}
    sheet = years(A_2025=1, A_2026=3)
    assert sheet.index_value().to_dict() == {("A", 2025, ""): 7, ("A", 2026, ""): 9}
    assert months().index_bounds().loc[("phu-tho", 2026, "12"), "points_low"] == pytest.approx(18.4)


@pytest.mark.parametrize(
    ("columns", "held_by"),
    [
        ({}, [2025, 2026]),
        ({"year": 0, "period": ""}, [2025, 2026]),
        ({"year": float("nan")}, [2025, 2026]),
        ({"year": 2026}, [2026]),
    ],
)
def test_a_target_holds_for_the_year_it_names_and_otherwise_for_all(columns, held_by):
    sheet = years(A_2025=1, A_2026=3)
    wanted = pd.DataFrame({"unit_code": ["A"], "code": ["2"], "target_points": [3.5], **columns})
    accepted, findings = check_targets(wanted, sheet)
    assert accepted["year"].tolist() == held_by and not findings
    gaps = gap_table(sheet, accepted)
    to_target = {2025: 2.5, 2026: 0.5}
    assert gaps["gap_to_target_points"].dropna().tolist() == [to_target[year] for year in held_by]
    assert target_gaps(sheet, accepted)["points"].tolist() == [
        {2025: 1, 2026: 3}[y] for y in held_by
    ]


def test_a_target_may_be_reached_in_one_year_and_not_in_the_other():
    wanted = pd.DataFrame({"unit_code": ["A"], "code": ["2"], "target_points": [2.0]})
    accepted, findings = check_targets(wanted, years(A_2025=1, A_2026=3))
    assert accepted["year"].tolist() == [2025, 2026] and not findings


def test_a_target_of_another_year_is_noted_and_not_counted():
    wanted = pd.DataFrame(
        {"unit_code": ["A"], "code": ["2"], "target_points": [3.5], "year": [2030]}
    )
    accepted, findings = check_targets(wanted, years(A_2025=1, A_2026=3))
    assert accepted.empty
    assert [(found.code, found.severity) for found in findings] == [
        ("target-of-other-period", "info")
    ]


def test_a_finding_about_a_row_names_unit_year_and_period():
    rows = [{"item_code": code, "input": "points", "value": 99, "period": "03"} for code in "29"]
    sheet = score(inputs_table(rows, unit_code="A", year=2026), CRITERIA)
    shown = scoring.findings_frame(sheet.findings)
    assert shown[["code", "unit_code", "year", "period"]].values.tolist() == [
        ["unknown-item", "A", "2026", "03"], ["above-maximum", "A", "2026", "03"],
    ]  # fmt: skip


def test_a_month_in_which_nothing_was_filled_in_is_named():
    january = given({"2": 3}, period="01")
    february = january.assign(value=float("nan"), period="02")
    (found,) = score(pd.concat([january, february]), CRITERIA).findings
    assert (found.code, found.year, found.period) == ("nothing-filled-in", "2026", "02")


def test_years_and_months_are_ranked_apart():
    ranks = rank(years(A_2025=1, B_2025=3, A_2026=4, B_2026=2).index, CRITERIA.meta)
    assert ranks[["unit_code", "year", "rank"]].values.tolist() == [
        ["B", 2025, 1], ["A", 2025, 2], ["A", 2026, 1], ["B", 2026, 2],
    ]  # fmt: skip


def test_a_table_of_nodes_is_not_ranked():
    with pytest.raises(UsageError, match=r"ScoreSheet\.index"):
        rank(years(A_2025=1, B_2025=3).scores, CRITERIA.meta)


@pytest.fixture
def year_of_months(tmp_path):
    """The figures of twelve months as a file."""
    path = tmp_path / "months.csv"
    months().figures.source.to_csv(path, index=False)
    return path


def parindex(capsys, *arguments):
    code = main([*map(str, arguments), "--lang", "en"])
    said = capsys.readouterr()
    return code, said.out, said.err


SET = ("--criteria", "service-quality-766")


def test_explain_needs_the_month_and_never_takes_the_last(year_of_months, capsys):
    code, _, err = parindex(capsys, "explain", "2", year_of_months, *SET)
    assert code == 2 and "01/2026; 02/2026" in err and "--period" in err
    code, out, _ = parindex(capsys, "explain", "2", year_of_months, *SET, "--period", "03")
    assert code == 0 and "phu-tho, 03/2026" in out and "20 × 83 / 100 = 16.6" in out


def test_score_lists_every_month_by_its_own_name_and_keeps_to_the_one_asked_for(
    year_of_months, tmp_path, capsys
):
    code, out, _ = parindex(capsys, "score", year_of_months, *SET, "--out", tmp_path / "all")
    assert code == 0 and all(f"phu-tho, {month}/2026" in out for month in MONTHS)
    scores = pd.read_csv(tmp_path / "all" / "scores.csv", dtype={"period": str})
    assert scores[scores["code"] == "2"].set_index("period")["points"].to_dict() == pytest.approx(
        {month: 16.2 + 0.2 * n for n, month in enumerate(MONTHS)}
    )
    assert not scores.duplicated(["unit_code", "year", "period", "code"]).any()
    wanted = (*SET, "--year", 2026, "--period", "05", "--out", tmp_path / "one")
    code, out, _ = parindex(capsys, "score", year_of_months, *wanted)
    assert code == 0 and "phu-tho, 05/2026" in out
    assert len(pd.read_csv(tmp_path / "one" / "scores.csv")) == len(scores) / 12


@pytest.mark.parametrize("verb", ["score", "report"])
def test_a_year_nothing_was_read_for_is_refused(verb, year_of_months, tmp_path, capsys):
    code, _, err = parindex(
        capsys, verb, year_of_months, *SET, "--year", 2024, "--out", tmp_path / "none"
    )
    assert code == 2 and "no figures for 2024" in err and "12/2026" in err


def test_a_report_has_a_page_for_every_month_that_loses_no_more_than_the_total(
    year_of_months, tmp_path, capsys
):
    code, _, _ = parindex(
        capsys, "report", year_of_months, *SET, "--formats", "html", "--out", tmp_path / "pack"
    )
    pages = list((tmp_path / "pack").rglob("report.html"))
    assert code == 0 and len(pages) == 12
    assert sum("03/2026" in page.read_text("utf-8")[:5000] for page in pages) == 1


@pytest.fixture
def two_ledgers(tmp_path):
    """Ledgers of one unit for 2025 and 2026; in the first year it did half as well on item 2."""
    for year, on_time in ((2025, 40), (2026, 80)):
        done = {"on_time": on_time, "received": 100}
        rows = [{"item_code": "2", "input": name, "value": done[name]} for name in done]
        inputs = inputs_table(rows, unit_code="phu-tho", unit_name="Phú Thọ", year=year)
        sheet = score(inputs, scoring.open_set(SET[1]))
        book = new_ledger(
            sheet.criteria, "phu-tho", "Phú Thọ", year, inputs=inputs, scores=sheet.scores
        )
        (tmp_path / f"{year}.xlsx").write_bytes(book)
    return [tmp_path / "2025.xlsx", tmp_path / "2026.xlsx"]


def test_claims_of_two_ledgers_of_one_unit_are_not_doubled(two_ledgers):
    result = compute(read_files(two_ledgers))
    sheet = result.sheet
    claimed = [sheet.claimed[sheet.row("2"), sheet.place("phu-tho", year)] for year in (2025, 2026)]
    assert claimed == [8, 16]
    assert "claimed-differs" not in [found.code for found in result.findings]
    assert explain(sheet, "2", sheet.keys[sheet.place("phu-tho", 2025)]).claimed == 8
    lost = result.gaps.groupby("year")["lost_points"].sum()
    assert (lost <= sheet.criteria.meta.total_points).all()


def test_targets_in_a_file_may_name_a_year(tmp_path):
    path = tmp_path / "targets.csv"
    path.write_text("code,year,target_points\nINDEX,,70\n2,2026,19\n1,năm 2026,5\n", "utf-8")
    targets, findings = read_targets(path)
    assert targets[["code", "year"]].values.tolist() == [["INDEX", 0], ["2", 2026]]
    assert [(found.code, found.cell) for found in findings] == [("year-unreadable", "C4")]


def test_tasks_of_a_ledger_name_the_lead_of_their_own_year():
    gaps = gap_table(years(A_2025=1, A_2026=3))
    keys = {"unit_code": "A", "year": [2025, 2026], "period": ""}
    about = {"lead_unit": ["Văn phòng", "Thanh tra"], "due_on": pd.NaT, "item_codes": "2"}
    tasks = pd.DataFrame({**keys, "task_code": "I.1", **about})
    led = with_planned_leads(gaps, tasks.astype({"due_on": "datetime64[us]"}))
    assert led.set_index("year")["lead_unit"].to_dict() == {2025: "Văn phòng", 2026: "Thanh tra"}


@pytest.mark.parametrize(("years", "named"), [([2019], ["2019"]), ([2022, 2021, 2026], ["2021"])])
def test_figures_of_a_year_in_which_the_set_was_not_in_force_are_named(years, named):
    rows = [
        {"item_code": "2", "input": "on_time", "value": 90},
        {"item_code": "2", "input": "received", "value": 100},
    ]
    tables = [scoring.inputs_table(rows, unit_code="H1", year=year) for year in years]
    sheet = scoring.score(pd.concat(tables), "service-quality-766")
    found = [finding for finding in sheet.findings if finding.code == "set-not-of-year"]
    assert [finding.year for finding in found] == named
    assert (
        "23/06/2022" in found[0].problem() and sheet.criteria.fingerprint[:12] in found[0].problem()
    )
