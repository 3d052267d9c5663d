"""Small changes of a module's code, one at a time: what a slip of the hand, or of thought, would leave.

A mutant changes one node of the syntax tree: a border of a comparison, a sign, `and` for `or`, a
number by one, a condition never asked, a named argument or a statement left out, `min` for `max`.
Texts, annotations, decorators, imports and what a ``raise`` says are left alone: a mutant of words
says nothing about numbers. Nor is a result replaced by None: that is always noticed, and would only
flatter the score.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_ORDER = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITE = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_PAIRS = (
    ("min", "max"), ("any", "all"), ("minimum", "maximum"), ("floor", "ceil"), ("left", "right"), ("first", "last"),
    ("fmin", "fmax"), ("nanmin", "nanmax"), ("cummin", "cummax"), ("cumsum", "cumprod"), ("idxmin", "idxmax"),
    ("argmin", "argmax"), ("isna", "notna"), ("lower", "upper"), ("union", "intersection"), ("ROUND_HALF_UP", "ROUND_HALF_EVEN"),
)  # fmt: skip
_TWIN = {one: two for pair in _PAIRS for one, two in (pair, pair[::-1])}


@dataclass(frozen=True)
class Mutant:
    """One change of one module; the key says which, whatever else of the module moves."""

    module: str
    function: str
    text: str
    change: str
    occurrence: int
    line: int = field(compare=False)
    index: int = field(compare=False)
    inside: bool = field(compare=False)  # in the body of a function: its code can be put in place

    @property
    def key(self) -> str:
        """The mutant as one line of text."""
        return " | ".join(
            (self.module, self.function, self.text, self.change, str(self.occurrence))
        )


@dataclass(frozen=True)
class _Site:
    """A node where it stands: `holder[place]` is the node."""

    holder: Any
    place: Any
    node: ast.AST
    scope: tuple[str, ...]
    function: str
    inside: bool


def mutants_of(module: str, source: str | None = None) -> list[Mutant]:
    """Every mutant of a module, in the order of its code."""
    source = (ROOT / module).read_text("utf-8") if source is None else source
    lines, found, met = source.splitlines(), [], Counter()
    for index, (site, new) in enumerate(_changes(ast.parse(source))):
        text = lines[site.node.lineno - 1].strip()
        change = _said(site.node, new)
        same = (site.function or ".".join(site.scope), text, change)
        met[same] += 1
        found.append(
            Mutant(
                module,
                *same,
                met[same],
                site.node.lineno,
                index,
                bool(site.function) and site.inside,
            )
        )
    return found


def mutated_tree(source: str, index: int) -> ast.Module:
    """The module's tree with one change made."""
    tree = ast.parse(source)
    for number, (site, new) in enumerate(_changes(tree)):
        if number == index:
            site.holder[site.place] = new
            return ast.fix_missing_locations(tree)
    raise IndexError(f"the module has no mutant {index}")


def _said(node: Any, new: Any) -> str:
    if isinstance(node, ast.If | ast.While | ast.IfExp) and isinstance(new, type(node)):
        node, new = node.test, new.test
    dropped = {part.arg for part in getattr(node, "keywords", ())} - {
        part.arg for part in getattr(new, "keywords", ())
    }
    if isinstance(node, ast.Call) and isinstance(new, ast.Call) and dropped:
        return f"{ast.unparse(node.func)} without {', '.join(map(str, dropped))}"
    return f"{_shown(node)} → {_shown(new)}"


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split()) or "nothing"
    return text if len(text) <= 120 else text[:117] + "..."


def _changes(tree: ast.Module) -> Iterator[tuple[_Site, ast.AST]]:
    for site in _sites(tree, (), "", False):
        for new in _replacements(site.node):
            yield site, ast.copy_location(new, site.node)


def _sites(node: ast.AST, scope: tuple[str, ...], function: str, inside: bool) -> Iterator[_Site]:
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns", "type_comment", "op", "ops", "ctx"):
            continue
        places = enumerate(value) if isinstance(value, list) else [(name, value)]
        holder = value if isinstance(value, list) else vars(node)
        within = inside or (bool(function) and name == "body" and isinstance(node, ast.FunctionDef))
        for place, child in places:
            if not isinstance(child, ast.AST) or isinstance(
                child, ast.JoinedStr | ast.Import | ast.ImportFrom
            ):
                continue
            if "TYPE_CHECKING" in _test_of(child) or _is_overload(child):
                continue  # for readers of types alone
            below, outer = scope, function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                below = (*scope, child.name)
                outer = function or (".".join(below) if isinstance(child, ast.FunctionDef) else "")
            if isinstance(child, ast.expr | ast.stmt | ast.comprehension | ast.Slice) and hasattr(
                child, "lineno"
            ):
                yield _Site(holder, place, child, scope, function, within)
            if not isinstance(child, ast.Raise):
                yield from _sites(child, below, outer, within)


def _test_of(node: ast.AST) -> str:
    return ast.unparse(node.test) if isinstance(node, ast.If) else ""


def _is_overload(node: ast.AST) -> bool:
    return any(
        getattr(mark, "id", "") == "overload" for mark in getattr(node, "decorator_list", ())
    )


def _with(node: Any, **parts: Any) -> Any:
    new = copy.copy(node)
    for name, value in parts.items():
        setattr(new, name, value)
    return new


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand instead of a node."""
    maker = _MAKERS.get(type(node))
    if maker:
        yield from maker(node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        for table in (_ORDER, _OPPOSITE):
            if type(operator) in table:
                ops = [*node.ops[:place], table[type(operator)](), *node.ops[place + 1 :]]
                yield _with(node, ops=ops)


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    texts = (ast.Constant, ast.JoinedStr)
    if any(
        isinstance(part, texts) and not _is_number(part)
        for part in (vars(node).get("left"), vars(node).get("right"))
    ):
        return  # joining texts
    if type(node.op) in _ARITHMETIC:
        yield _with(node, op=_ARITHMETIC[type(node.op)]())


def _is_number(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _either(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for place in range(len(node.values)) if len(node.values) > 2 else ():
        yield _with(node, values=[*node.values[:place], *node.values[place + 1 :]])


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif node.value in ("left", "right", "first", "last", "both", "neither", "min", "max"):
        yield ast.Constant(_TWIN.get(node.value, "left"))


def _condition(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    for always in (True, False) if not isinstance(node, ast.While) else (False,):
        yield _with(node, test=ast.Constant(always))


def _comprehension(node: Any) -> Iterator[ast.AST]:
    for place, part in enumerate(node.generators):
        if part.ifs:
            parts = [
                *node.generators[:place],
                _with(part, ifs=part.ifs[1:]),
                *node.generators[place + 1 :],
            ]
            yield _with(node, generators=parts)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    for place in range(len(node.keywords)):
        yield _with(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "where" and len(node.args) == 3:
        yield _with(node, args=[node.args[0], node.args[2], node.args[1]])
    if name in (
        "abs",
        "sorted",
        "round",
        "float",
        "int",
        "set",
        "clip",
        "fillna",
        "dropna",
        "copy",
        "strip",
        "cumsum",
    ):
        kept = (
            node.func.value if isinstance(node.func, ast.Attribute) else node.args and node.args[0]
        )
        if isinstance(kept, ast.expr) and getattr(kept, "id", "") != "np":
            yield kept


def _name(node: ast.Name | ast.Attribute) -> Iterator[ast.AST]:
    word = "attr" if isinstance(node, ast.Attribute) else "id"
    if getattr(node, word) in _TWIN and isinstance(node.ctx, ast.Load):
        yield _with(node, **{word: _TWIN[getattr(node, word)]})


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for part in ("lower", "upper", "step"):
        if getattr(node, part):
            yield _with(node, **{part: None})


def _statement(node: ast.Expr | ast.Raise) -> Iterator[ast.AST]:
    if isinstance(node, ast.Raise) or isinstance(node.value, ast.Call):
        yield ast.Pass()


_MAKERS: dict[type, Any] = {
    ast.Compare: _compare, ast.BinOp: _arithmetic, ast.BoolOp: _either, ast.Constant: _constant, ast.If: _condition,
    ast.IfExp: _condition, ast.While: _condition, ast.Call: _call, ast.Name: _name, ast.Attribute: _name,
    ast.Slice: _slice, ast.Expr: _statement, ast.Raise: _statement,
    ast.ListComp: _comprehension, ast.SetComp: _comprehension, ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.AugAssign: lambda node: [*_arithmetic(node), ast.Pass()],
    ast.UnaryOp: lambda node: [node.operand] if isinstance(node.op, ast.Not | ast.USub | ast.Invert) else [],
    ast.Break: lambda _: [ast.Continue()], ast.Continue: lambda _: [ast.Break()],
}  # fmt: skip
