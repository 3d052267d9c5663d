"""Findings: one problem in one place, in the reader's language."""

from scoring.base.findings import Finding, findings_frame, has_errors
from scoring.tables import checked

ABOVE = Finding(
    "above-maximum",
    file="ledger.xlsx",
    sheet="Tự đánh giá",
    cell="E14",
    item_code="2.3.1",
    values={"input": "Tỷ lệ", "value": 850.5, "limit": 100.0},
)


def test_the_line_names_place_code_problem_and_remedy():
    line = ABOVE.text("vi")
    assert line.startswith("ledger.xlsx Tự đánh giá!E14 [above-maximum] ")
    assert "850,5" in line and "100" in line


def test_figures_are_written_as_the_reader_writes_them():
    assert "850,5" in ABOVE.problem("vi") and "850.5" in ABOVE.problem("en")


def test_years_keep_their_four_digits():
    finding = Finding("above-maximum", values={"input": "x", "value": 2026, "limit": 2025})
    assert "2026" in finding.problem("vi")


def test_a_hostile_value_stays_short_and_on_one_line():
    finding = Finding(
        "unknown-choice", values={"input": "x", "value": "dòng\n" * 1000, "expected": "có; không"}
    )
    assert "\n" not in finding.problem() and len(finding.problem()) < 300


def test_braces_in_a_value_are_text_and_not_names():
    finding = Finding(
        "unknown-choice", values={"input": "{value.__class__}", "value": "{0}", "expected": "{"}
    )
    assert "{value.__class__}" in finding.problem("en")


def test_a_table_of_findings_fits_its_schema_even_without_rows():
    checked(findings_frame([ABOVE]), "Findings")
    assert checked(findings_frame([]), "Findings").empty


def test_only_errors_are_errors():
    assert has_errors([ABOVE]) and not has_errors([Finding("nothing-filled-in")])


def test_a_finding_moves_to_another_place_without_changing():
    moved = ABOVE.at(cell="F2")
    assert (moved.where, ABOVE.where) == ("Tự đánh giá!F2", "Tự đánh giá!E14")
