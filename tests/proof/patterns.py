"""Every regular expression of `scoring`, where it stands, and what it takes apart.

`pattern_times.py` times them; what may try one stretch of text in many ways is explained in ``BOUNDED``.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import scoring

ROOT = Path(scoring.__path__[0])
CALLS = ("compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
OF_STRINGS = (
    "contains",
    "match",
    "fullmatch",
    "replace",
    "extract",
    "extractall",
    "split",
    "count",
)
# Letters of both scripts, figures, blanks and marks: sets of characters are compared on these.
ALPHABET = [chr(code) for code in range(128)] + list("ăâđêôơưĂĐẾộừ–—−•≤≥\u00a0\u200b\ufeff＝")
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
# Made by functions that take no argument, when they are first asked.
_MADE = ("scoring.plan.plan_targets:_counted", "scoring.plan.leading_units:_verbs",
         "scoring.official.letterhead:_office", "scoring.survey.personal_data:_name")  # fmt: skip
# Held as text, for Arrow to search whole columns by or to be part of others.
_SPELT = (
    "scoring.survey.personal_data:_PATTERNS", "scoring.survey.personal_data:_LOOSE",
    "scoring.survey.quality:_ROUNDED_ID", "scoring.dossiers.dossier_figures:_BETWEEN",
    "scoring.criteria.appendix.scoring_text.coverage:_NO",
)  # fmt: skip

# Where an endless repeat meets the next: what keeps the text short, or without runs of blanks.
_OFFICIAL = "blanks of official texts are folded before it is asked"
_OF_FOLDED_TEXTS = (
    "deadline_lists.cuts", "targets.statements", "page_text.closing", "signatures.recipients",
    "letterhead.number", "letterhead.letter_title", "numbers.prefix",
)  # fmt: skip
BOUNDED = {
    **dict.fromkeys((f"official/patterns.toml {name}" for name in _OF_FOLDED_TEXTS), _OFFICIAL),
    "plan/targets_by_year.py _CELL": "a cell of a plan, its blanks folded",
    "rules/javascript.py _PLAIN": "names of inputs, 60 letters at most",
}


def collected() -> dict[str, re.Pattern[Any]]:
    """Return every pattern by where it is first found: literal, held by a module, or in a table."""
    found: dict[str, re.Pattern[Any]] = {}
    known: set[str | bytes] = set()
    for place, pattern in (*_tabled(), *_held(), *_spelt(), *_literal()):
        if pattern.pattern not in known:
            known.add(pattern.pattern)
            again = sum(other.split("#")[0] == place for other in found)
            found[f"{place}#{again + 1}" if again else place] = pattern
    return found


def _sources(*marks: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if any(mark in text for mark in marks):
            yield path.relative_to(ROOT), text


def _literal() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for path, text in _sources(*(f" re.{call}(" for call in CALLS), *(f"(re.{call}(" for call in CALLS),
                               *(f".str.{call}(" for call in OF_STRINGS)):  # fmt: skip
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and (source := _source(node)) is not None:
                yield f"{path}:{node.lineno}", re.compile(source)


def _source(call: ast.Call) -> str | bytes | None:
    """Return the pattern that a call spells out, if it takes one."""
    to = call.func
    if not (isinstance(to, ast.Attribute) and call.args and isinstance(call.args[0], ast.Constant)):
        return None
    is_plain = any(
        word.arg == "regex" and isinstance(word.value, ast.Constant) and not word.value.value
        for word in call.keywords
    )
    on_re = isinstance(to.value, ast.Name) and to.value.id == "re" and to.attr in CALLS
    on_str = (
        isinstance(to.value, ast.Attribute) and to.value.attr == "str" and to.attr in OF_STRINGS
    )
    given = call.args[0].value
    return (
        given if (on_re or (on_str and not is_plain)) and isinstance(given, str | bytes) else None
    )


def _held() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for path, _ in _sources("re.compile(", "patterns("):
        name = ".".join(("scoring", *path.with_suffix("").parts)).removesuffix(".__init__")
        for key, value in vars(import_module(name)).items():
            for pattern in _within(value):
                yield f"{path} {key}", pattern


def _spelt() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for held in _SPELT:
        module, _, name = held.partition(":")
        value = getattr(import_module(module), name)
        for source in value.values() if isinstance(value, dict) else (value,):
            yield held, re.compile(source)


def _within(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | list | tuple | set | frozenset) and depth < 4:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _within(part, depth + 1)


def _tabled() -> Iterator[tuple[str, re.Pattern[Any]]]:
    from scoring.official.patterns import patterns

    for part in tomllib.loads((ROOT / "official/patterns.toml").read_text(encoding="utf-8")):
        for name, pattern in patterns(part).items():
            yield f"official/patterns.toml {part}.{name}", pattern
    for made in _MADE:
        module, _, name = made.partition(":")
        yield made, getattr(import_module(module), name)()


def parsed(pattern: re.Pattern[Any]) -> Any:
    """Return the tree that Python itself makes of a pattern."""
    return parser.parse(pattern.pattern, pattern.flags)


def takes(items: Any, letter: str) -> bool:
    """Return whether a parsed part may take `letter` as one of its characters."""
    return any(_takes(op, given, letter) for op, given in items)


def _takes(op: Any, given: Any, letter: str) -> bool:
    if op is sre.LITERAL:
        return chr(given) == letter
    if op is sre.NOT_LITERAL:
        return chr(given) != letter
    if op is sre.ANY:
        return letter != "\n"
    if op is sre.IN:
        is_not = given[0][0] is sre.NEGATE
        return is_not != any(_takes(*part, letter) for part in given)
    if op is sre.RANGE:
        return given[0] <= ord(letter) <= given[1]
    if op is sre.CATEGORY:
        return _in_category(given, letter)
    return any(takes(part, letter) for part in parts_of(op, given))


def _in_category(category: Any, letter: str) -> bool:
    name = str(category)
    kind = {"DIGIT": str.isdecimal, "SPACE": str.isspace}.get(name.rsplit("_", 1)[-1])
    is_in = kind(letter) if kind else letter.isalnum() or letter == "_"
    return is_in != ("_NOT_" in name)


def parts_of(op: Any, given: Any) -> list[Any]:
    """Return the parts within a group, a choice or a repeat; what only looks around has none."""
    if op in REPEATS:
        return [given[2]]
    if op is sre.SUBPATTERN:
        return [given[3]]
    if op is sre.BRANCH:
        return list(given[1])
    return [given] if op is sre.ATOMIC_GROUP else []


def is_endless(op: Any, given: Any) -> bool:
    """Return whether this is a repeat without a bound, that may give back what it took."""
    return op in REPEATS[:2] and given[1] is sre.MAXREPEAT


def said_by(items: Any, times: int = 1) -> str:
    """Return a text that a parsed pattern takes, each endless repeat `times` over."""
    return "".join(_said(op, given, times) for op, given in items)


def _said(op: Any, given: Any, times: int) -> str:
    if op in REPEATS:
        return said_by(given[2], times) * max(given[0], min(times, int(given[1])))
    if op is sre.BRANCH:
        return said_by(given[1][-1], times)
    if parts := parts_of(op, given):
        return said_by(parts[0], times)
    if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        letters = (letter for letter in reversed(ALPHABET) if _takes(op, given, letter))
        return chr(given) if op is sre.LITERAL else next(letters, "x")
    return ""


def endless(items: Any) -> Iterator[Any]:
    """Yield what each endless repeat of a parsed pattern repeats, at any depth."""
    for op, given in items:
        if is_endless(op, given):
            yield given[2]
        for part in parts_of(op, given):
            yield from endless(part)
