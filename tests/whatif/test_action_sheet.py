"""The sheet Hành động of a ledger: read where it is there; a ledger without it stays valid."""

import io

import pytest
from openpyxl import load_workbook

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.criteria.diff import diff_sets
from scoring.evidence.ledger import annotate_ledger, carry_forward, layout, new_ledger, read_ledger
from scoring.points import score
from scoring.whatif.goals import read_goal
from scoring.whatif.reach import reach


@pytest.fixture(scope="module")
def blank():
    return new_ledger(open_set("service-quality-766"), "H1", "Đơn vị mẫu", 2026)


def with_sheet(data, *rows):
    book = load_workbook(io.BytesIO(data))
    sheet = book.create_sheet(layout.ACTIONS)
    sheet.append([column.title() for column in layout.columns(layout.ACTIONS)])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_ledger_without_the_sheet_has_no_actions_and_nothing_is_said(blank):
    ledger = read_ledger(blank, file="so.xlsx")
    assert len(ledger.actions) == 0
    assert not [found for found in ledger.findings if "Hành động" in found.text("vi")]


def test_actions_are_read_with_vietnamese_numbers_and_their_cells(blank):
    row = ["2", "Tăng người ở một cửa", "Văn phòng", "", "12,5", "8", 30, "mc", "mẫu"]
    ledger = read_ledger(with_sheet(blank, row, [None, None]), file="so.xlsx")
    (action,) = ledger.actions.to_dict("records")
    assert (action["item_code"], action["owner"], action["shared"]) == ("2", "Văn phòng", "mc")
    assert (action["cost"], action["people_days"], action["days_needed"]) == (12.5, 8.0, 30.0)
    assert action["points_to"] != action["points_to"]
    assert (action["unit_code"], action["sheet"], action["cell"]) == ("H1", "Hành động", "A2")


def test_a_cost_that_is_no_number_is_named_at_its_cell(blank):
    ledger = read_ledger(with_sheet(blank, ["2", "Việc", "", "", "nhiều"]), file="so.xlsx")
    found = [one for one in ledger.findings if one.sheet == "Hành động"]
    assert [(one.code, one.cell) for one in found] == [("not-a-number", "E2")]


@pytest.fixture(scope="module")
def ledger_file(tmp_path_factory):
    """A ledger as ``ledger new --actions`` writes it."""
    path = tmp_path_factory.mktemp("actions") / "ledger.xlsx"
    command = [
        "ledger",
        "new",
        "--criteria",
        "service-quality-766",
        "--unit",
        "H1",
        "--name",
        "Đơn vị mẫu",
    ]
    assert main([*command, "--year", "2026", "--actions", "--out", str(path)]) == 0
    return path


ROWS = [("2", "Tăng người", "Văn phòng", None, 12.5, 8, 30, None, "mẫu"),
        ("4.3", "Trả kết quả sớm", "Phòng A", None, 0.5, None, None, None, None)]  # fmt: skip


def filled(path, out, rows=ROWS):
    """Fill the sheet in as people do, below its heading."""
    book = load_workbook(path)
    sheet = book[layout.ACTIONS]
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Mục chấm điểm")
    for at, row in enumerate(rows, start=top + 1):
        for place, value in enumerate(row, start=1):
            sheet.cell(at, place).value = value
    book.save(out)
    return out


@pytest.fixture(scope="module")
def filled_file(ledger_file):
    return filled(ledger_file, ledger_file.with_name("filled.xlsx"))


def test_the_sheet_is_only_in_ledgers_that_ask_for_it(blank, ledger_file):
    plain, asked = (load_workbook(source) for source in (io.BytesIO(blank), ledger_file))
    assert layout.ACTIONS not in plain.sheetnames
    assert set(asked.sheetnames) - set(plain.sheetnames) == {layout.ACTIONS}
    assert not read_ledger(ledger_file).findings and not len(read_ledger(ledger_file).actions)


def test_items_come_from_a_list_and_amounts_are_numbers_from_nothing_on(ledger_file):
    book = load_workbook(ledger_file)
    rules = {
        str(rule.sqref)[0]: rule for rule in book[layout.ACTIONS].data_validations.dataValidation
    }
    sheet, cells = rules["A"].formula1.split("!")
    listed = [row[0].value for row in book[sheet.strip("='")][cells.replace("$", "")]]
    assert listed == [node.code for node in open_set("service-quality-766").leaves]
    for column in "DEFG":
        rule = rules[column]
        assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
        assert rule.error and rule.prompt


def test_what_is_filled_in_is_what_reach_takes(filled_file):
    ledger = read_ledger(filled_file)
    assert not ledger.findings and ledger.actions["cost"].tolist() == [12.5, 0.5]
    inputs = ledger.inputs.copy()
    inputs.loc[inputs["value"].isna(), "value"] = 0.0
    sheet = score(inputs, "service-quality-766")
    goal, _ = read_goal(sheet, [str(float(sheet.points_low[-1, 0]) + 1.0)])
    told = reach(sheet, goal, actions=ledger.actions).plan.steps
    assert any(step.action == "Trả kết quả sớm" and not step.is_default for step in told)


def test_marking_findings_keeps_the_sheet(filled_file):
    data = annotate_ledger(filled_file, read_ledger(filled_file).findings)
    again = read_ledger(data, file="so.xlsx").actions
    assert again["action"].tolist() == [row[1] for row in ROWS]


def test_next_year_has_the_actions_and_says_that_they_are_last_years(filled_file):
    criteria, ledger = open_set("service-quality-766"), read_ledger(filled_file)
    mapping = diff_sets(criteria, criteria).mapping().query("old_code != '4.3'")
    result = carry_forward(ledger, criteria, mapping)
    codes = {
        found.code: found for found in result.findings if found.code.startswith("carry-action")
    }
    assert codes["carry-actions"].values["count"] == 1
    assert (codes["carry-action-left"].item_code, codes["carry-action-left"].sheet) == (
        "4.3",
        layout.ACTIONS,
    )
    (action,) = read_ledger(result.data, file="sau.xlsx").actions.to_dict("records")
    assert (action["item_code"], action["owner"], action["cost"]) == ("2", "Văn phòng", 12.5)


def test_merging_keeps_the_first_copys_actions_and_names_the_others(
    filled_file, ledger_file, capsys
):
    folder = ledger_file.parent
    other = filled(ledger_file, folder / "other.xlsx", [("4", "Việc khác", "", None, 3)])
    out = folder / "merged.xlsx"
    main(["ledger", "merge", str(filled_file), str(other), "--out", str(out)])
    said = capsys.readouterr()
    assert (
        layout.ACTIONS in said.out + said.err
        and "Việc khác" not in read_ledger(out).actions["action"].tolist()
    )
    assert read_ledger(out).actions["action"].tolist() == [row[1] for row in ROWS]
