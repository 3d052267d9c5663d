"""Face four: an expression as JavaScript, so that a page computes what the engine does.

Missing is NaN, a condition on it is false, as in `scoring.rules.evaluate`; the functions that the
text calls stand in ``javascript_functions.js``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from scoring.browser import without_remarks
from scoring.rules.operators import ATOM, Pen, Written

if TYPE_CHECKING:
    from scoring.rules.expression import Expression, Numeric
    from scoring.rules.expression.node import Product
    from scoring.rules.figure_checks import InputCheck


_PLAIN = re.compile("[a-z_]+[a-z0-9_]*")


@cache
def javascript_functions() -> str:
    """Return the functions that written expressions call, as the text of a script."""
    return script_of(__package__, "javascript_functions")


def script_of(package: str, name: str) -> str:
    """Return a script of a package as a page carries it: without remarks and indentation."""
    text = resources.files(package).joinpath(f"{name}.js").read_text("utf-8")
    lines = (line.strip() for line in without_remarks(text).splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def javascript_text(value: object) -> str:
    """Return a value as a literal that may stand in a page: no text ends its script.

    >>> javascript_text("</script>")
    '"\\\\u003c/script>"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


class JavaScriptPen(Pen):
    """Writes expressions over ``v``, the figures of an item, and ``r``, the columns of a roll-up.

    Examples
    --------
    >>> from scoring.rules import expression as ex
    >>> share = ex.Divide(ex.Name("done"), ex.Name("planned"))
    >>> JavaScriptPen().write(ex.Smallest((share, ex.Number(1.0))))
    'Math.min(div(v.done,v.planned,NaN),1)'
    """

    functions: Mapping[str, str] = {
        **{name: name for name in
           ("div", "day", "chosen", "total", "best", "applies", "near", "compared", "round")},
        "min": "Math.min",
        "max": "Math.max",
    }  # fmt: skip

    def part(self, node: Expression) -> Written:
        """Return a node as part of a script."""
        return node.javascript(self)

    def number(self, value: float) -> str:
        """Write a constant, which a page reads back as the same double."""
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))

    def numbers(self, values: Iterable[float]) -> str:
        """Write a list of constants."""
        return f"[{','.join(map(self.number, values))}]"

    def texts(self, codes: Iterable[str]) -> str:
        """Write a list of texts."""
        return javascript_text(list(codes))

    def call(self, function: str, *arguments: Expression | str) -> Written:
        """Return a call; choices and joined conditions have signs of their own."""
        if function == "if":
            test, then, otherwise = map(self._inside, arguments)
            return Written(f"({test}?{then}:{otherwise})")
        if function in ("and", "or"):
            sign = " && " if function == "and" else " || "
            return Written(f"({sign.join(map(self._inside, arguments))})")
        if function == "not":
            return Written(f"!({self._inside(arguments[0])})")
        return super().call(function, *arguments)

    def _inside(self, argument: Expression | str) -> str:
        return argument if isinstance(argument, str) else self.bracketed(argument, ATOM)

    def compared(self, op: str, left: Numeric, right: Numeric, product: Product | None) -> Written:
        """Return a comparison as spreadsheets make it: whole numbers exactly, others nearly."""
        sides = [javascript_text(op), self.write(left), self.write(right)]
        if product:
            divisor = self.write(product.divisor)
            sides += [self.write(product.left), self.write(product.right), divisor]
        return self.call("compared", *sides)

    def value(self, name: str) -> str:
        """Return the figure of an input."""
        return f"v.{name}" if _PLAIN.fullmatch(name) else f"v[{javascript_text(name)}]"

    def column(self, name: str) -> str:
        """Return a column of the nodes."""
        return f"r[{javascript_text(name)}]"

    def of_node(self, column: str, code: str) -> str:
        """Return what a column holds of a node."""
        return f"{self.column(column)}[{javascript_text(code)}]"

    def check(self, check: InputCheck) -> str:
        """Return a check of a figure with what it is held against."""
        told = f"code:{javascript_text(check.code)},input:{javascript_text(check.input)}"
        told += f",holds:(v)=>{self.write(check.condition)}"
        if check.limit_input:
            told += f",limitInput:{javascript_text(check.limit_input)}"
        if check.days:
            told += f",first:(v)=>{self.write(check.days[0])},last:(v)=>{self.write(check.days[1])}"
        elif not math.isnan(check.limit):
            told += f",limit:{self.number(check.limit)}"
        return f"{{{told}}}"
