"""Two sets that differ in one thing differ in exactly that thing, and the mapping follows it."""

import pytest
from small_criteria import SET_TOML, SHEETS, small, write_folder

from scoring.base.values import CHANGE_KINDS
from scoring.criteria import open_set
from scoring.criteria.diff import diff_sets
from scoring.criteria.mapping import read_mapping
from scoring.files.table_files import write_csv


@pytest.fixture
def compared(tmp_path, small_set):
    def compare(**changes):
        return diff_sets(open_set(small_set), open_set(write_folder(tmp_path / "new", **changes)))

    return compare


def changes_of(diff, lang="vi"):
    columns = ["change", "old_code", "new_code", "before", "after"]
    return [tuple(row) for row in diff.changes(lang)[columns].to_numpy().tolist()]


def test_a_set_does_not_differ_from_itself(compared):
    diff = compared()
    assert diff.is_empty
    assert set(diff.mapping()["match"]) == {"code+name"}
    assert "không khác nhau" in diff.markdown() and "do not differ" in diff.html("en")


def test_a_name_that_changed_in_vietnamese_alone_is_said_to_have(compared):
    diff = compared(**small("items", "Ban hành kế hoạch", "Ban hành kế hoạch năm"))
    (told,) = changes_of(diff, "en")
    after = "Plan issued (changed in Vietnamese only)"
    assert told == ("renamed", "1.1", "1.1", "Plan issued", after)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            small("items", "Ban hành kế hoạch", "Ban hành kế hoạch năm"),
            [("renamed", "1.1", "1.1", "Ban hành kế hoạch", "Ban hành kế hoạch năm")],
        ),
        (
            {
                "items": SHEETS["items"]
                .replace("Plan issued,1.5", "Plan issued,2")
                .replace("Initiatives,2", "Initiatives,1.5")
            },
            [("reweighted", "1.1", "1.1", "1,5", "2"), ("reweighted", "1.10", "1.10", "2", "1,5")],
        ),
        (
            small("evidence", "Kế hoạch,1,year-01-15", "Kế hoạch,2,year-01-15"),
            [
                ("re-evidenced", "1.1", "1.1", "1 × Kế hoạch (year-01-15)",
                 "2 × Kế hoạch (year-01-15)")
            ],
        ),
        (
            small("items", "Initiatives,2,self", "Initiatives,2,appraisal"),
            [("reassessed", "1.10", "1.10", "đơn vị tự chấm", "cơ quan thẩm định chấm")],
        ),
        (
            {"set": SET_TOML.replace("decimals = 2", "decimals = 3")},
            [("policy", "", "", "2", "3")],
        ),
        (
            {"set": SET_TOML.replace("lower = 8", "lower = 7").replace("upper = 8", "upper = 7")},
            [
                ("policy", "", "", "Tốt: từ 8 trở lên; Chưa tốt: dưới 8",
                 "Tốt: từ 7 trở lên; Chưa tốt: dưới 7")
            ],
        ),
        (small("inputs", "Số nhiệm vụ hoàn thành", "Nhiệm vụ đã xong"), []),
        (small("items", "Sáng kiến", "SÁNG KIẾN"), []),
    ],
)  # fmt: skip
def test_one_change_is_told_as_exactly_that_change(compared, changes, expected):
    if "Plan issued,2" in changes.get("items", ""):
        changes["bands"] = SHEETS["bands"]
        changes["examples"] = SHEETS["examples"]
        changes["evidence"] = SHEETS["evidence"]
    assert changes_of(compared(**changes)) == expected


def test_another_rule_is_told_in_both_wordings(compared):
    (change,) = changes_of(
        compared(**small("items", "deadline,,,,,0,year-01-15", "deadline,,,,,0.5,year-01-31"))
    )
    assert change[:3] == ("reruled", "1.1", "1.1")
    assert "15/01" in change[3] and "31/01" in change[4] and "0,5" in change[4]


def renumbered(text):
    """Insert an item 1.2 and push the old 1.2 to 1.3."""
    return text.replace("1.2,", "1.3,")


def test_an_item_that_was_renumbered_is_found_by_its_name(compared):
    new = "1.2,1,normal,Kiểm tra công tác cải cách,Inspections,1,self,direct,,,,,,,,,,mẫu,,\n"
    items = renumbered(SHEETS["items"]).replace("1.3,1,", new + "1.3,1,", 1)
    items = items.replace("Initiatives,2", "Initiatives,1")
    others = {
        name: renumbered(SHEETS[name]) for name in ("inputs", "bands", "evidence", "examples")
    }
    others["inputs"] += "1.2,given,points,number,Điểm chấm,Points given,,0,1,,,,mẫu\n"
    diff = compared(
        items=items, examples=others.pop("examples").replace(",3,,1.5", ",2,,1"), **others
    )
    found = changes_of(diff)
    assert ("renumbered", "1.2", "1.3", "1.2", "1.3") in found
    assert [change[:3] for change in found if change[0] in ("added", "removed")] == [
        ("added", "", "1.2")
    ]
    mapping = diff.mapping().set_index("new_code")
    assert mapping.loc["1.3", ["old_code", "match", "confirmed"]].tolist() == ["1.2", "name", "no"]


def test_an_item_under_another_parent_has_moved(compared):
    items = SHEETS["items"].replace("1.10,1,", "2.1,2,").replace("Steering,6", "Steering,4")
    items = items.replace("Procedures,4,self,choice", "Procedures,6,,")
    choice = "2.2,2,normal,Công khai thủ tục,Published,4,self,choice,,,,,,,,,,mẫu,,\n"
    moved = {
        name: SHEETS[name].replace("\n2,", "\n2.2,").replace("1.10,", "2.1,")
        for name in ("inputs", "options", "evidence", "examples")
    }
    diff = compared(items=items + choice, **moved)
    assert ("moved", "1.10", "2.1", "1.10", "2.1") in changes_of(diff)


def test_names_in_the_pages_stay_text(compared):
    diff = compared(**small("items", "Ban hành kế hoạch", "Ban hành kế hoạch <script>|*x*"))
    assert "<script>" not in diff.html() and "&lt;script&gt;" in diff.html()
    assert "\\<script\\>\\|\\*x\\*" in diff.markdown()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_kind_of_change_has_a_heading(compared, lang):
    from scoring.base.labels import label

    assert all(label(f"change_{change}", lang) for change in CHANGE_KINDS)


def test_the_mapping_is_written_and_read_back(compared, tmp_path):
    diff = compared(**small("items", "Ban hành kế hoạch", "Ban hành kế hoạch năm"))
    path = tmp_path / "mapping.csv"
    write_csv(diff.mapping(), path)
    mapping, findings = read_mapping(path, diff.old, diff.new)
    assert findings == []
    assert mapping["old_code"].tolist() == ["1", "1.1", "1.2", "1.10", "2"]
    assert mapping["match"].tolist()[1] == "code" and not mapping["confirmed"].tolist()[1]
    sure = mapping[mapping["confirmed"]]
    assert sure["old_code"].tolist() == sure["new_code"].tolist() == ["1", "1.2", "1.10", "2"]


@pytest.mark.parametrize(
    ("text", "code", "cell"),
    [
        ("old_code,new_code\n1.1,1.1\n1.99,1.2\n", "mapping-code-unknown", "A3"),
        ("old_code,new_code\n1.1,1.2\n1.2,1.2\n", "mapping-code-twice", "B2"),
        ("old_code,new_code,match\n1.1,1.1,maybe\n", "mapping-match-unknown", "C2"),
        ("old_code\n1.1\n", "missing-column", ""),
    ],
)
def test_a_mapping_with_a_mistake_names_the_cell(small_set, tmp_path, text, code, cell):
    path = tmp_path / "mapping.csv"
    path.write_text(text, "utf-8")
    criteria = open_set(small_set)
    mapping, findings = read_mapping(path, criteria, criteria)
    assert (findings[0].code, findings[0].cell) == (code, cell)
    assert "1.99" not in set(mapping["old_code"])
