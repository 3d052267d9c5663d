"""The small safe formula language of criteria sets.

``min(2, 2 * (partial + full) / authority / 0.8)``: numbers, the item's inputs, ``max_points``,
``+ - * /``, ``min``, ``max``, ``round(x, decimals)``, ``if(condition, then, otherwise)``,
comparisons, ``and``, ``or``, ``not``. Nothing else exists in it: no attribute, no text, no other
call, so there is nothing to escape from. Length and depth are limited.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from lark import Lark, Token, Transformer, exceptions, v_args

from scoring.base.errors import FormulaError
from scoring.rules import expression as ex

MAX_LENGTH = 1000
MAX_DEPTH = 40
MAX_ROUND_DECIMALS = 9

_SIGN_RUN = re.compile(r"(?:-\s*|not\s*){5}")


def parse_formula(
    text: str, *, max_points: float, when_zero: ex.Numeric | None = None
) -> ex.Numeric:
    """Read a formula into an expression.

    Parameters
    ----------
    text : str
        The formula, at most 1000 characters.
    max_points : float
        What the word ``max_points`` stands for.
    when_zero : Numeric, optional
        What a quotient is where its divisor is zero; missing without it.

    Returns
    -------
    Numeric

    Raises
    ------
    FormulaError
        With the position of the first character that does not fit, where there is one.

    Examples
    --------
    >>> import numpy as np
    >>> from scoring.rules.evaluate import evaluate
    >>> tree = parse_formula("min(max_points, 2 * on_time / received)", max_points=2)
    >>> evaluate(tree, {"on_time": np.array([30.0]), "received": np.array([40.0])}).tolist()
    [1.5]
    """
    return _number(_parsed(text, _Builder(max_points, when_zero)))


def parse_condition(text: str) -> ex.Condition:
    """Read a condition of the formula language, such as ``late = 0 and 100 * done >= 70 * due``.

    Raises
    ------
    FormulaError
        As `parse_formula`; a number that is no comparison is refused too.

    Examples
    --------
    >>> parse_condition("late = 0")
    Compare(op='=', left=Name(name='late'), right=Number(value=0.0))
    """
    return _condition(_parsed(text, _Builder(0.0, None)))


def _parsed(text: str, builder: _Builder) -> ex.Expression:
    """Return the tree of a formula or a condition that is neither too long nor too deep."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters, more than {MAX_LENGTH}")
    # Brackets and runs of signs are what nests; counting them bounds every walk of the tree.
    if _nesting(text) > MAX_DEPTH or _SIGN_RUN.search(text):
        raise FormulaError(f"the formula is nested more than {MAX_DEPTH} levels deep")
    try:
        tree = _parser().parse(text)
        result: ex.Expression = builder.transform(tree)
    except exceptions.VisitError as error:
        raise FormulaError(str(error.orig_exc)) from None
    except exceptions.UnexpectedInput as error:
        raise _refusal(error, text) from None
    if ex.depth(result) > 3 * MAX_DEPTH:
        raise FormulaError("the formula has too many parts in a row; use brackets or fewer parts")
    return result


def _nesting(text: str) -> int:
    """Return how deep brackets nest, closing ones without an opening counted as nothing."""
    here = deepest = 0
    for letter in text:
        here += (letter == "(") - (letter == ")" and here > 0)
        deepest = max(deepest, here)
    return deepest


@cache
def _parser() -> Lark:
    grammar = resources.files("scoring.rules").joinpath("formula.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


def _refusal(error: exceptions.UnexpectedInput, text: str) -> FormulaError:
    position = getattr(error, "pos_in_stream", None)
    at_end = getattr(getattr(error, "token", None), "type", "") == "$END"
    if position is None or at_end:
        return FormulaError("the formula ends too early")
    met = text[position : position + 12]
    return FormulaError(f"“{met}” does not fit at character {position + 1}", position + 1)


def _number(node: ex.Expression) -> ex.Numeric:
    if not isinstance(node, ex.Numeric):
        raise FormulaError("a comparison stands where a number is needed")
    return node


def _condition(node: ex.Expression) -> ex.Condition:
    if not isinstance(node, ex.Condition):
        raise FormulaError("a number stands where a comparison is needed")
    return node


@v_args(inline=True)
class _Builder(Transformer):
    """Turns the parse tree into expressions, bottom up."""

    def __init__(self, max_points: float, when_zero: ex.Numeric | None) -> None:
        super().__init__()
        self._max_points, self._when_zero = max_points, when_zero

    def number(self, token: Token) -> ex.Numeric:
        return ex.Number(float(token))

    def max_points(self) -> ex.Numeric:
        return ex.Number(self._max_points)

    def name(self, token: Token) -> ex.Numeric:
        return ex.Name(str(token))

    def negative(self, argument: ex.Expression) -> ex.Numeric:
        if isinstance(argument, ex.Number):
            return ex.Number(-argument.value)
        return ex.Binary("-", ex.Number(0.0), _number(argument))

    def chained(self, first: ex.Expression, *rest: ex.Expression | Token) -> ex.Numeric:
        result = _number(first)
        for sign, operand in zip(rest[::2], rest[1::2], strict=True):
            assert isinstance(operand, ex.Expression)
            right = _number(operand)
            if sign == "/" and right == ex.Number(0.0):
                raise FormulaError("the formula divides by zero")
            if sign == "/":
                result = ex.Divide(result, right, self._when_zero)
            else:
                result = ex.Binary(str(sign), result, right)
        return result

    def smallest(self, *arguments: ex.Expression) -> ex.Numeric:
        return ex.Smallest(tuple(map(_number, arguments)))

    def largest(self, *arguments: ex.Expression) -> ex.Numeric:
        return ex.Largest(tuple(map(_number, arguments)))

    def rounded(self, argument: ex.Expression, decimals: Token) -> ex.Numeric:
        if "." in decimals or int(decimals) > MAX_ROUND_DECIMALS:
            raise FormulaError(f"round takes 0 to {MAX_ROUND_DECIMALS} whole decimals")
        return ex.Round(_number(argument), int(decimals))

    def choice(
        self, condition: ex.Expression, then: ex.Expression, otherwise: ex.Expression
    ) -> ex.Numeric:
        return ex.If(_condition(condition), _number(then), _number(otherwise))

    def compared(self, left: ex.Expression, sign: Token, right: ex.Expression) -> ex.Condition:
        return ex.Compare(str(sign), _number(left), _number(right))

    def either(self, *conditions: ex.Expression) -> ex.Condition:
        return ex.Either(tuple(map(_condition, conditions)))

    def both(self, *conditions: ex.Expression) -> ex.Condition:
        return ex.All(tuple(map(_condition, conditions)))

    def negated(self, condition: ex.Expression) -> ex.Condition:
        return ex.Not(_condition(condition))
