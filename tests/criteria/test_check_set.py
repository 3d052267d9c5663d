"""One sound set, one change, one finding: what reading and checking say about a broken set."""

import datetime as dt
import math

import pytest
from set_builder import META, checked

from scoring.base.errors import CriteriaError, UnreadableError
from scoring.base.findings import finding_codes
from scoring.criteria import check_set, open_set

ITEMS = [
    {"code": "1", "max_points": "6"},
    {"code": "1.1", "max_points": "4", "rule": "direct"},
    {"code": "1.2", "max_points": "2", "rule": "ratio", "zero_denominator": "zero"},
    {"code": "2", "max_points": "4", "rule": "direct"},
]
INPUTS = [
    {"item_code": "1.1", "role": "points", "kind": "number"},
    {"item_code": "1.2", "role": "numerator", "at_most": "denominator", "minimum": "0"},
    {"item_code": "1.2", "role": "denominator", "minimum": "0"},
    {"item_code": "2", "role": "points", "kind": "number"},
]
EXAMPLES = [
    {"item_code": "1.2", "example": "half", "input": "numerator", "value": "5", "points": "1"},
    {"item_code": "1.2", "example": "half", "input": "denominator", "value": "10", "points": "1"},
]
GRADES = [
    {"code": "B", "label_vi": "Khá", "upper": 8.0, "upper_closed": False},
    {"code": "A", "label_vi": "Tốt", "lower": 8.0, "lower_closed": True},
]
NEEDS = {
    "grade": "A",
    "kind": "needs",
    "item_code": "1.2",
    "test": "numerator = denominator",
    "vi": "x",
    "source": "x",
}


def changed(rows, place, **cells):
    return [row | cells if n == place else row for n, row in enumerate(rows)]


def broken(meta=None, items=ITEMS, inputs=INPUTS, examples=EXAMPLES, **sheets):
    return checked(meta, items=items, inputs=inputs, examples=examples, **sheets).findings


def nested(depth):
    codes = [".".join(["1"] * level) for level in range(1, depth + 1)]
    rows = [{"code": code, "max_points": "10"} for code in codes]
    return [*rows[:-1], rows[-1] | {"rule": "direct"}]


ROUNDING = META["rounding"]
BONUS = {"code": "T", "max_points": "2", "kind": "bonus"}
# code, what is changed, sheet and cell, words of the Vietnamese sentence
BROKEN = [
    ("set-cell-empty", {"items": changed(ITEMS, 1, name_vi="")}, "items!D3", "name_vi"),
    ("set-cell-empty", {"items": changed(ITEMS, 3, source="")}, "items!S5", "source"),
    ("set-not-a-number", {"items": changed(ITEMS, 1, max_points="4,0")}, "items!F3", "4,0"),
    ("set-not-a-number", {"items": changed(ITEMS, 1, max_points="1e9")}, "items!F3", "1e9"),
    ("set-not-a-number", {"items": changed(ITEMS, 1, max_points="9" * 400)}, "items!F3", "999"),
    (
        "set-not-a-flag",
        {"bands": [{"item_code": "1.1", "lower_closed": "có", "points": "1"}]},
        "bands!C2",
        "có",
    ),
    ("set-word-unknown", {"items": changed(ITEMS, 1, rule="điểm")}, "items!H3", "điểm"),
    ("set-word-unknown", {"items": changed(ITEMS, 1, kind="thường")}, "items!C3", "thường"),
    ("set-code-too-long", {"inputs": changed(INPUTS, 1, at_most="x" * 61)}, "inputs!J3", "xxx"),
    (
        "set-row-of-unknown-item",
        {"evidence": [{"item_code": "9", "kind": "KH"}]},
        "evidence!A2",
        "9",
    ),
    (
        "evidence-count-odd",
        {"evidence": [{"item_code": "1.1", "kind": "KH", "min_documents": "0"}]},
        "evidence!C2",
        "0",
    ),
    *(
        (
            "evidence-date-odd",
            {"evidence": [{"item_code": "1.1", "kind": "KH", "issued_by": text}]},
            "evidence!D2",
            text,
        )
        for text in ("15/01/2026", "year-02-29", "year-1-1", "year+2-01-15")
    ),
    *(
        (
            "evidence-issuer-odd",
            {"evidence": [{"item_code": "1.1", "kind": "KH", "issuer": text}]},
            "evidence!E2",
            text,
        )
        for text in ("year-01-15", "15/01/2026", "1")
    ),
    ("set-row-of-parent", {"evidence": [{"item_code": "1", "kind": "KH"}]}, "evidence!A2", "1"),
    ("set-value-wrong", {"meta": {"status": "chính thức"}}, "set", "chính thức"),
    ("set-value-wrong", {"meta": {"total_points": "một trăm"}}, "set", "một trăm"),
    ("set-value-wrong", {"meta": {"total_points": True}}, "set", "True"),
    ("set-value-wrong", {"meta": {"total_points": 0}}, "set", "total_points"),
    ("set-value-wrong", {"meta": {"total_points": -10}}, "set", "total_points"),
    ("set-value-wrong", {"meta": {"total_points": math.nan}}, "set", "total_points"),
    ("set-value-wrong", {"meta": {"total_points": 10**400}}, "set", "total_points"),
    ("set-value-wrong", {"meta": {"rounding": ROUNDING | {"decimals": 400}}}, "set", "400"),
    ("set-value-wrong", {"meta": {"rounding": ROUNDING | {"decimals": -1}}}, "set", "-1"),
    ("set-value-wrong", {"meta": {"rounding": ROUNDING | {"decimals": 1.5}}}, "set", "1,5"),
    (
        "set-value-wrong",
        {"meta": {"outside_areas": {"bonus_cap_points": -2}}},
        "set",
        "bonus_cap_points",
    ),
    ("set-value-wrong", {"meta": {"valid_from": "2024"}}, "set", "2024"),
    ("set-value-wrong", {"meta": {"rounding": "2"}}, "set", "rounding"),
    ("set-value-wrong", {"meta": {"grades": {"A": 80}}}, "set", "grades"),
    ("set-value-wrong", {"meta": {"id": ""}}, "set", "id"),
    ("set-empty", {"items": [], "inputs": [], "examples": []}, "items", "chưa có mục"),
    (
        "set-too-many-items",
        {"items": [{"code": str(n), "max_points": "1"} for n in range(2001)], "inputs": [],
         "examples": []},
        "items",
        "2000",
    ),
    ("code-duplicate", {"items": [*ITEMS, ITEMS[1]]}, "items!A6", "2 lần"),
    ("code-malformed", {"items": changed(ITEMS, 3, code="2/1")}, "items!A5", "2/1"),
    ("code-malformed", {"items": changed(ITEMS, 3, code="../x")}, "items!A5", "../x"),
    ("code-not-nested", {"items": changed(ITEMS, 2, parent="2")}, "items!A4", "1.2"),
    ("code-not-nested", {"items": changed(ITEMS, 0, parent="2")}, "items!A2", "2"),
    ("code-not-nested", {"items": changed(ITEMS, 0, parent="1")}, "items!A2", "1"),
    ("parent-unknown", {"items": changed(ITEMS, 2, parent="7")}, "items!B4", "7"),
    ("tree-too-deep", {"items": nested(10), "inputs": [], "examples": []}, "items!A11", "8"),
    ("areas-do-not-add-up", {"meta": {"total_points": 12.0}}, "items", "12"),
    ("children-do-not-add-up", {"items": changed(ITEMS, 1, max_points="3.5")}, "items!F2", "5,5"),
    ("kind-differs-from-parent", {"items": [*ITEMS, BONUS, BONUS | {
        "code": "T.1", "kind": "penalty", "rule": "direct"}],
        "inputs": [*INPUTS, {"item_code": "T.1", "role": "points", "kind": "number"}]},
     "items!C7", "penalty"),
    ("parent-with-rule", {"items": changed(ITEMS, 0, rule="direct")}, "items!H2", "direct"),
    ("leaf-without-rule", {"items": changed(ITEMS, 3, rule="")}, "items!H5", "2"),
    ("leaf-without-rule", {"items": changed(ITEMS, 3, rule="best_of")}, "items!H5", "2"),
    ("input-name-malformed", {"inputs": changed(INPUTS, 0, input="Điểm")}, "inputs", "Điểm"),
    ("grade-malformed", {"meta": {"grades": [{"code": "", "lower": 8.0}]}}, "set", "Xếp loại"),
    (
        "grades-do-not-meet",
        {"meta": {"grades": [GRADES[0], GRADES[1] | {"lower": 8.5}]}},
        "set",
        "B",
    ),
    (
        "grades-do-not-meet",
        {"meta": {"grades": [GRADES[0] | {"upper_closed": True}, GRADES[1]]}},
        "set",
        "A",
    ),
    (
        "grade-rule-of-unknown-grade",
        {"meta": {"grades": GRADES, "grade_rules": [NEEDS | {"grade": "C"}]}},
        "set",
        "“C”",
    ),
    (
        "grade-rule-refused",
        {"meta": {"grades": GRADES, "grade_rules": [NEEDS | {"test": "late = 0"}]}},
        "set",
        "late = 0",
    ),
    (
        "grade-order-unknown",
        {"meta": {"grades": GRADES, "grade_rules": [
            NEEDS | {"kind": "quota", "percent": 20, "order": "INDEX; 9"}
        ]}},
        "set",
        "9",
    ),
    ("tie-item-unknown", {"meta": {"ranking": {"tie_items": "2; 9"}}}, "set", "9"),
    (
        "grade-quota-odd",
        {"meta": {"grades": GRADES, "grade_rules": [NEEDS | {"kind": "quota"}]}},
        "set",
        "1",
    ),
    ("example-incomplete", {"examples": EXAMPLES[:1]}, "examples!A2", "denominator"),
    ("example-incomplete", {"examples": changed(EXAMPLES, 0, value="năm")}, "examples!A2",
     "numerator"),
    ("example-wrong-points", {"examples": changed(EXAMPLES, 0, points="2")}, "examples!A2", "2"),
]  # fmt: skip


def test_the_sound_set_has_no_findings():
    assert broken(meta={"grades": GRADES}) == ()


@pytest.mark.parametrize(
    ("code", "change", "place", "words"),
    BROKEN,
    ids=[f"{n}-{row[0]}" for n, row in enumerate(BROKEN)],
)
def test_one_change_gives_one_finding_at_its_place(code, change, place, words):
    findings = [finding for finding in broken(**change) if finding.code == code]
    assert findings, [finding.text("vi") for finding in broken(**change)]
    assert findings[0].severity == "error"
    assert findings[0].where == place
    assert words in findings[0].problem("vi") + findings[0].remedy("vi")
    assert findings[0].text("en")


def folder_with(tmp_path, **files):
    folder = tmp_path / "Bộ tiêu chí thử"
    folder.mkdir()
    good = {
        "set.toml": 'id = "x"\n',
        "items.csv": "code,parent,kind,name_vi,max_points,source\n1,,normal,Một,1,test\n",
    }
    for name, content in (good | files).items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name.replace("__", ".")).write_bytes(data)
    return folder


UNREADABLE = [
    ("set-file-missing", {"set.toml": None}),
    ("set-file-missing", {"items.csv": None}),
    ("set-file-too-large", {"items.csv": b"x" * 8_000_001}),
    ("set-file-not-utf8", {"items.csv": "code\nĐ".encode("utf-16")}),
    ("set-toml-broken", {"set.toml": "id = x"}),
    ("set-toml-broken", {"set.toml": "a = " + "[" * 100_000}),
    ("set-csv-broken", {"items.csv": 'code,parent\n"1,2\n'}),
    ("set-csv-broken", {"items.csv": "code\n" + "x" * 200_000}),
    ("set-too-many-rows", {"items.csv": "code\n" + "1\n" * 20_001}),
]


@pytest.mark.parametrize(("code", "files"), UNREADABLE)
def test_a_folder_that_cannot_be_read_is_one_finding(tmp_path, code, files):
    result = check_set(folder_with(tmp_path, **files))
    assert [finding.code for finding in result.findings] == [code]
    assert result.criteria is None and not result.is_sound
    assert result.findings[0].text("vi")


def test_an_unknown_set_is_one_finding_that_lists_the_known_ones():
    (finding,) = check_set("không-có").findings
    assert finding.code == "set-unknown" and "service-quality-766" in finding.remedy("vi")


def test_an_unknown_column_is_left_out_with_a_warning(tmp_path):
    items = "code,parent,kind,name_vi,max_points,source,màu\n1,,normal,Một,1,test,đỏ\n"
    findings = check_set(folder_with(tmp_path, **{"items.csv": items})).findings
    (warning,) = [finding for finding in findings if finding.code == "set-column-unknown"]
    assert warning.severity == "warning" and "màu" in warning.text("vi")


def test_a_missing_column_is_named(tmp_path):
    items = "code,parent,kind,name_vi,source\n1,,normal,Một,test\n"
    findings = check_set(folder_with(tmp_path, **{"items.csv": items})).findings
    assert "missing-column" in {finding.code for finding in findings}


def test_every_finding_about_sets_has_a_broken_set_above():
    listed = {code for code, table in finding_codes().items() if table["file"] == "criteria.toml"}
    tested = {row[0] for row in BROKEN} | {row[0] for row in UNREADABLE}
    tested |= {"set-unknown", "set-id-taken", "set-column-unknown", "max-points-missing"}
    assert listed == tested


@pytest.mark.parametrize("points", ["0", "-1"])
def test_an_item_without_points_is_named(points):
    items = [*ITEMS, {"code": "3", "max_points": points, "rule": "direct"}]
    inputs = [*INPUTS, {"item_code": "3", "role": "points", "kind": "number"}]
    codes = {finding.code for finding in broken(items=items, inputs=inputs)}
    assert "max-points-missing" in codes


def test_a_set_with_errors_does_not_open(tmp_path):
    with pytest.raises(CriteriaError) as caught:
        open_set(folder_with(tmp_path))
    assert caught.value.findings
    with pytest.raises(UnreadableError):
        open_set(tmp_path / "nowhere")


def test_a_thousand_items_and_fifty_levels_of_nonsense_are_refused():
    deep = [{"code": ".".join(["1"] * n), "max_points": "1"} for n in range(1, 51)]
    wide = [{"code": f"2.{n}", "max_points": "1", "rule": "formula", "formula": "(" * 900}
            for n in range(1000)]  # fmt: skip
    result = checked(items=[*deep, *wide])
    assert not result.is_sound


def test_the_defaults_of_the_tests_are_themselves_sound():
    assert META["valid_from"] <= dt.date(2026, 1, 1)
