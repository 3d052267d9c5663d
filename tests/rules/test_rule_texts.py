"""Small rules as people read them, as a workbook and as a page get them: the text itself."""

import math
import re

import numpy as np
import pytest

from scoring.rules import RULE_KINDS, InputSpec, RuleSpec, compile_rule
from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.excel import ExcelInput, ExcelPen, excel_number
from scoring.rules.formula import parse_formula
from scoring.rules.javascript import JavaScriptPen, javascript_text
from scoring.rules.sentence_pen import FiguresPen, TextPen
from scoring.rules.span import Limits

INPUTS = (
    *(InputSpec(name, "number", label_vi=name.upper(), label_en=name.upper()) for name in "abc"),
    InputSpec("day", "date", label_vi="ngày", label_en="day"),
    InputSpec("plan", "choice", label_vi="kế hoạch", label_en="plan"),
)
SPEC = RuleSpec("1", "formula", 2.0, INPUTS)
FIGURES = {"a": 3.0, "b": 2.0, "c": 4.0, "day": 45306.0, "plan": 1.0, best_name("a"): 5.0,
           ex.YEAR: 2024.0}  # fmt: skip


def written(text, pen):
    return pen.write(parse_formula(text, max_points=2.0))


# -- as people read them -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("a + (b + c)", "[A] + [B] + [C]", "[A] + [B] + [C]"),
        ("a * (b * c)", "[A] × [B] × [C]", "[A] × [B] × [C]"),
        ("a * (b + c)", "[A] × ([B] + [C])", "[A] × ([B] + [C])"),
        ("(a - b) - c", "[A] − [B] − [C]", "[A] − [B] − [C]"),
        ("a - (b - c)", "[A] − ([B] − [C])", "[A] − ([B] − [C])"),
        ("a / (b / c)", "[A] / ([B] / [C])", "[A] / ([B] / [C])"),
        ("a * -2", "[A] × (-2)", "[A] × (-2)"),
        ("a / (0 - 2)", "[A] / (0 − 2)", "[A] / (0 − 2)"),
        ("round(a, 2)", "làm tròn([A]; 2)", "round([A], 2)"),
        (
            "if(a > b and not (b = c), 1, 0.5)",
            "nếu(và([A] > [B]; không([B] = [C])); 1; 0,5)",
            "if(and([A] > [B], not([B] = [C])), 1, 0.5)",
        ),
        (
            "if(a >= b or a <> c, min(1, a), 0)",
            "nếu(hoặc([A] ≥ [B]; [A] ≠ [C]); min(1; [A]); 0)",
            "if(or([A] ≥ [B], [A] ≠ [C]), min(1, [A]), 0)",
        ),
    ],
)
def test_a_rule_is_written_in_the_readers_words_with_no_more_brackets_than_it_needs(text, vi, en):
    assert (written(text, TextPen(SPEC, "vi")), written(text, TextPen(SPEC, "en"))) == (vi, en)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("if(a > b, 1, 0.5)", "1 (vì 3 > 2)"),
        ("if(a > b, 1, 0.5) + c", "(1 (vì 3 > 2)) + 4"),
        ("if(a > c, 1, 0.5)", "0,5 (vì 3 ≤ 4)"),
        ("if(a >= c, 1, 0)", "0 (vì 3 < 4)"),
        ("if(c < a, 1, 0)", "0 (vì 4 ≥ 3)"),
        ("if(c <= a, 1, 0)", "0 (vì 4 > 3)"),
        ("if(a = c, 1, 0)", "0 (vì 3 ≠ 4)"),
        ("if(a <> 3, 1, 0)", "0 (vì 3 = 3)"),
        ("if(a > c, 1, a / 2)", "3 / 2"),
        ("if(a > c or b > c, 1, 0)", "0"),
    ],
)
def test_a_choice_shows_what_the_figures_earn_and_why(text, words):
    assert written(text, TextPen(SPEC, "vi", FIGURES)) == words


@pytest.mark.parametrize(
    ("node", "words", "with_figures"),
    [
        (ex.Name("day"), "[ngày]", "15/01/2024"),
        (ex.YearDate(0, 1, 10), "10/01/năm đánh giá", "10/01/2024"),
        (ex.Choose("plan", (1.0, 0.5)), "[kế hoạch]", "0,5"),
        (ex.PeerBest("a"), "cao nhất trong khối của [A]", "5"),
        (ex.IsNever("day"), "[ngày] = Không thực hiện", "15/01/2024 = Không thực hiện"),
    ],
)
def test_days_choices_and_the_best_of_the_block_are_called_by_name_or_shown(
    node, words, with_figures
):
    assert TextPen(SPEC, "vi").write(node) == words
    assert TextPen(SPEC, "vi", FIGURES).write(node) == with_figures


def test_what_is_not_reported_is_a_dash_and_never_is_said():
    nothing = TextPen(SPEC, "vi", FIGURES | {"plan": math.nan, "day": math.nan})
    assert nothing.write(ex.Choose("plan", (1.0, 0.5))) == nothing.write(ex.Name("day")) == "—"
    assert TextPen(SPEC, "vi", {"day": math.inf}).write(ex.Name("day")) == "Không thực hiện"


ONE, BOTH = ("1.1",), ("1.1", "1.2")
CELLS_OF = {("points", "1.1"): 1.23456, ("points", "1.2"): 1200.5,
            ("applicable", "1.1"): 2.0, ("applicable", "1.2"): 0.0}  # fmt: skip
ROLLED_UP = [
    (ex.Total("points", BOTH), "[1.1] + [1.2]", 'total(r["points"],["1.1","1.2"])', "SUM(P1.1,P1.2)"),
    (ex.Best(BOTH), "max([1.1]; [1.2])", 'best(r["points"],r["applicable"],["1.1","1.2"])', "MAX(P1.1,P1.2)"),
    (ex.AnyApplies(ONE), "max([điểm tối đa áp dụng của 1.1]) > 0", 'applies(r["applicable"],["1.1"])', "MAX(A1.1)>0"),
    (ex.IsNotApplicable("1.1"), "[1.1 không áp dụng]", 'r["is_na"]["1.1"]', "I1.1"),
    (ex.Earned("1.1"), "[1.1]", 'r["earned"]["1.1"]', "E1.1"),
    (ex.IfAnyKnown(ONE, ex.Best(ONE)), "max([1.1])", 'best(r["points"],r["applicable"],["1.1"])', 'IF(COUNT(P1.1)=0,"",MAX(P1.1))'),
    (ex.OrOpen(ex.Earned("1.1")), "[1.1]", 'r["earned"]["1.1"]', 'IFERROR(E1.1,"")'),
    (ex.Dropped(), "—", "0", '""'),
    (ex.Near(ex.Total("points", ONE), ex.Earned("1.2")), "[1.1] = [1.2]", 'near(total(r["points"],["1.1"]),r["earned"]["1.2"])', "ABS(SUM(P1.1)-E1.2)<0.000000001"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "words", "script", "formula"), ROLLED_UP)
def test_a_roll_up_names_what_it_reads_of_each_node(node, words, script, formula):
    def place(column, codes):
        return ",".join(f"{column[0].upper()}{code}" for code in codes)

    assert TextPen(SPEC, "vi").write(node) == words
    assert JavaScriptPen().write(node) == script
    assert ExcelPen({}, place).write(node) == formula


@pytest.mark.parametrize(
    ("node", "vi", "en"),
    [
        (ex.Total("points", BOTH), "1,2346 + 1.200,5", "1.2346 + 1,200.5"),
        (ex.If(ex.AnyApplies(BOTH), ex.Total("points", ONE), ex.Number(0.5)), "1,2346", "1.2346"),
        (ex.If(ex.AnyApplies(("1.2",)), ex.Total("points", ONE), ex.Number(0.5)), "0,5", "0.5"),
    ],
)
def test_a_roll_up_with_figures_shows_the_branch_that_is_taken(node, vi, en):
    pens = [FiguresPen(lang, lambda *cell: CELLS_OF[cell]) for lang in ("vi", "en")]
    assert [pen.write(node) for pen in pens] == [vi, en]


# -- as a workbook gets them -------------------------------------------------------------------

CELLS = {
    "a": ExcelInput("B1", "number"),
    "b": ExcelInput("C1", "count"),
    "agreed": ExcelInput("D1", "yes_no", "L1:L2"),
    "plan": ExcelInput("E1", "choice", "M1:M3"),
    "day": ExcelInput("F1", "date", "N1"),
    "always": ExcelInput("G1", "date"),  # a day without "never"
    ex.YEAR: ExcelInput("H1", "count"),
    best_name("a"): ExcelInput("I1", "number"),
}


@pytest.mark.parametrize(
    ("node", "formula"),
    [
        (ex.Name("a"), "B1"),
        (ex.Name("agreed"), "(2-MATCH(D1,L1:L2,0))"),  # yes comes first and is one
        (ex.Name("day"), "INT(F1)"),
        (ex.Choose("plan", (1.0, 0.5, 0.0)), "CHOOSE(MATCH(E1,M1:M3,0),1,0.5,0)"),
        (ex.YearDate(0, 1, 15), "DATE(H1,1,15)"),
        (ex.YearDate(-1, 12, 31), "DATE(H1-1,12,31)"),
        (ex.YearDate(1, 1, 10), "DATE(H1+1,1,10)"),
        (ex.PeerBest("a"), "MAX(I1,B1)"),
        (ex.Divide(ex.Name("a"), ex.Name("b"), ex.Number(0.0)), "IF(C1=0,0,B1/C1)"),
        # INT of a count that a formula makes, 1500*29%, is 434 where the cell shows 435.
        (ex.IsWhole("a"), "ROUND(B1,0)=B1"),
        (ex.Near(ex.Name("a"), ex.Name("b")), "ABS(B1-C1)<0.000000001"),
        (ex.Missing(), '""'),
    ],
)
def test_a_workbook_reads_an_entry_as_its_kind_asks(node, formula):
    assert ExcelPen(CELLS).write(node) == formula


@pytest.mark.parametrize(
    ("names", "formula"),
    [
        (["a"], "COUNT(B1)=1"),
        (["a", "b"], "COUNT(B1,C1)=2"),
        (["agreed"], "ISNUMBER(MATCH(D1,L1:L2,0))"),
        (["day"], "OR(ISNUMBER(F1),ISNUMBER(MATCH(F1,N1,0)))"),
        (["always"], "ISNUMBER(G1)"),
        (["a", "plan", "b"], "AND(COUNT(B1,C1)=2,ISNUMBER(MATCH(E1,M1:M3,0)))"),
    ],
)
def test_a_workbook_waits_for_numbers_days_and_listed_words(names, formula):
    assert ExcelPen(CELLS).filled(names) == formula


@pytest.mark.parametrize(
    ("minimum", "when_zero", "text", "formula"),
    [
        (0, None, "if(a / b >= 0.7, 1, 0)", "IF(10*B1>=7*C1,1,0)"),
        (0, None, "if(100 * a / b > 99.9, 1, 0)", "IF(1000*B1>999*C1,1,0)"),
        (0, None, "if(0.7 <= a / b, 1, 0)", "IF(7*C1<=10*B1,1,0)"),
        (0, None, "if(a / b < 1, 1, 0)", "IF(B1<C1,1,0)"),
        (0, None, "if(a / b >= 0.1, 1, 0)", "IF(10*B1>=C1,1,0)"),
        (0, None, "if(a / b * 100 >= 70, 1, 0)", "IF(100*B1>=70*C1,1,0)"),
        (0, None, "if(100 * (a / b) >= 70, 1, 0)", "IF(100*B1>=70*C1,1,0)"),
        (0, None, "if((2 + a) / b >= 3, 1, 0)", "IF(2+B1>=3*C1,1,0)"),
        (0, None, "if(a * a / b >= 3, 1, 0)", "IF(B1*B1>=3*C1,1,0)"),
        (0, None, "if(a * (a / b) >= 3, 1, 0)", "IF(B1*B1/C1>=3,1,0)"),
        (0, None, "if(1 + a / b >= 3, 1, 0)", "IF(1+B1/C1>=3,1,0)"),
        (0, None, "if(a / b >= a, 1, 0)", "IF(B1/C1>=B1,1,0)"),
        (-1, None, "if(a / b >= 0.7, 1, 0)", "IF(B1/C1>=0.7,1,0)"),
        (0, ex.Number(2.0), "if(a / b >= 0.7, 1, 0)", "IF(IF(C1=0,2,B1/C1)>=0.7,1,0)"),
    ],
)
def test_a_border_is_multiplied_out_where_no_divisor_is_negative_or_answered(
    minimum, when_zero, text, formula
):
    inputs = (InputSpec("a", "count", minimum=0), InputSpec("b", "count", minimum=minimum))
    limits = Limits(RuleSpec("1", "formula", 2.0, inputs))
    node = parse_formula(text, max_points=2.0, when_zero=when_zero)
    assert ExcelPen(CELLS, limits=limits).write(node) == formula


def test_a_border_is_written_as_it_is_where_nothing_is_known_of_the_inputs():
    assert written("if(a / b >= 0.7, 1, 0)", ExcelPen(CELLS)) == "IF(B1/C1>=0.7,1,0)"


@pytest.mark.parametrize("function", ["SUM", "COUNT", "MAX"])
@pytest.mark.parametrize("count", [1, 255, 256, 700])
def test_a_function_of_many_cells_holds_each_once_and_no_more_than_excel_takes(function, count):
    cells = [f"A{row}" for row in range(count)]
    formula = ExcelPen({}, lambda _, codes: ",".join(codes)).over(function, "points", cells)
    assert re.findall(r"A\d+", formula) == cells
    assert all(text.count(",") < 255 for text in re.findall(r"\(([^()]*)\)", formula))
    nested = formula.count("(") > 1
    assert nested or count <= 255
    assert count > 1 or formula == f"{function}(A0)"
    assert formula.startswith("SUM(COUNT(" if nested and function == "COUNT" else function)


def test_a_formula_is_not_written_where_the_workbook_has_no_cell_for_what_it_reads():
    with pytest.raises(LookupError, match=r"points of 1\.1, 1\.2"):
        ExcelPen(CELLS).write(ex.Total("points", BOTH))


def test_a_number_that_numpy_computed_is_written_as_any_other():
    assert excel_number(np.float64(0.1)) == JavaScriptPen().number(np.float64(0.1)) == "0.1"


# -- as a page gets them -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("a - (b - c)", "v.a-(v.b-v.c)"),
        ("if(a > b, 1, 0.5) + c", '(compared(">",v.a,v.b)?1:0.5)+v.c'),
        ("if(a / b >= c, 1, 0)", '(compared(">=",div(v.a,v.b,NaN),v.c)?1:0)'),
        (
            "if(a / b >= 0.7, 1, 0)",
            '(compared(">=",div(v.a,v.b,NaN),0.7,10*v.a,7*v.b,v.b)?1:0)',
        ),
        (
            "if(a > b and not (b = c), 1, max(a, b))",
            '((compared(">",v.a,v.b) && !(compared("=",v.b,v.c)))?1:Math.max(v.a,v.b))',
        ),
        ("if(a > b or b > c, 1, 0)", '((compared(">",v.a,v.b) || compared(">",v.b,v.c))?1:0)'),
        ("round(a, 2)", "round(v.a,2)"),
    ],
)
def test_a_page_computes_a_formula_by_its_own_signs(text, script):
    assert written(text, JavaScriptPen()) == script


@pytest.mark.parametrize(
    ("value", "script"),
    [
        (3.0, "3"), (-2.0, "-2"), (0.1, "0.1"), (1e300, "1e+300"), (-0.25, "-0.25"),
        (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"),
    ],
)  # fmt: skip
def test_a_page_reads_back_the_same_number(value, script):
    assert JavaScriptPen().number(value) == script


def test_what_a_page_is_told_holds_no_number_that_its_reader_cannot_read():
    assert javascript_text({"tên": 0.5}) == '{"tên":0.5}'
    with pytest.raises(ValueError, match="JSON"):
        javascript_text({"points": math.nan})


@pytest.mark.parametrize(
    ("node", "script"),
    [
        (ex.PeerBest("a"), 'Math.max(v["@best:a"],v.a)'),
        (ex.YearDate(-1, 12, 31), 'day(v["@year"],-1,12,31)'),
        (ex.Choose("plan", (1.0, 0.5)), "chosen(v.plan,[1,0.5])"),
        (ex.Not(ex.IsNever("day")), "!((v.day===Infinity))"),
        (ex.Divide(ex.Name("a"), ex.Name("b"), ex.Number(0.0)), "div(v.a,v.b,0)"),
        (ex.Near(ex.Name("a"), ex.Name("b")), "near(v.a,v.b)"),
        (ex.Missing(), "NaN"),
    ],
)
def test_a_page_reads_an_entry_as_its_kind_asks(node, script):
    assert JavaScriptPen().write(node) == script


LIMITED = (
    InputSpec("a", "number", minimum=0, maximum=8), InputSpec("b", "count", at_most="a")
)  # fmt: skip


def test_a_page_is_told_what_a_figure_must_meet_and_what_it_is_held_against():
    spec = RuleSpec("1", "formula", 2.0, LIMITED, formula="a + b")
    deadline = compile_rule(RULE_KINDS["deadline"].example.spec)
    within = JavaScriptPen().check(deadline.checks[0])
    assert within.endswith(',first:(v)=>day(v["@year"],-1,10,1),last:(v)=>day(v["@year"],1,12,31)}')
    assert [JavaScriptPen().check(check) for check in compile_rule(spec).checks] == [
        '{code:"below-minimum",input:"a",holds:(v)=>compared(">=",v.a,0),limit:0}',
        '{code:"above-maximum",input:"a",holds:(v)=>compared("\\u003c=",v.a,8),limit:8}',
        '{code:"not-whole",input:"b",holds:(v)=>v.b===Math.floor(v.b)}',
        '{code:"numerator-above-denominator",input:"b",holds:(v)=>compared("\\u003c=",v.b,v.a),limitInput:"a"}',
    ]


def test_the_arithmetic_of_a_unit_is_that_of_its_rule():
    spec = RuleSpec("1", "formula", 2.0, INPUTS[:2], formula="a / b", zero_denominator="zero")
    assert compile_rule(spec).arithmetic(FIGURES, "vi") == "3 / 2"


# -- the formula of a whole item ---------------------------------------------------------------


def test_a_rule_without_figures_waits_for_no_cell():
    fixed = compile_rule(RuleSpec("1", "formula", 2.0, (), formula="2"))
    assert fixed.excel_formula({}) == 'IF(AND(2>=0,2<=2),2,"")'


@pytest.mark.parametrize(
    ("policy", "condition"),
    [
        ("zero", None),
        ("full", None),
        ("not_applicable", "IF(COUNT(B1,A1)=2,IF(AND(A1>=0,A1<=B1,B1>=0),B1=0,FALSE),FALSE)"),
    ],
)
def test_only_where_the_set_says_so_does_an_empty_denominator_set_the_item_aside(policy, condition):
    parts = (
        InputSpec("done", "number", role="numerator", minimum=0, at_most="all"),
        InputSpec("all", "number", role="denominator", minimum=0),
    )
    spec = RuleSpec("1", "ratio", 2.0, parts, full_at_percent=90.0, zero_denominator=policy)
    cells = {"done": ExcelInput("A1", "number"), "all": ExcelInput("B1", "number")}
    assert compile_rule(spec).excel_not_applicable(cells) == condition


def test_the_best_of_the_block_plays_no_part_of_its_own_in_the_rule():
    spec = RuleSpec("1", "peer", 2.0, (InputSpec("a", "number", role="value", minimum=0),))
    assert [(e.name, e.role) for e in compile_rule(spec).reported] == [
        ("a", "value"), (best_name("a"), "")
    ]  # fmt: skip
