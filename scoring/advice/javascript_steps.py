"""The next step of an item and its arithmetic in words, computed in a page as figures are typed."""

from __future__ import annotations

import math
from typing import Any

from scoring.advice.moves import movable
from scoring.advice.ways import missing_inputs
from scoring.base.due_dates import read_due_date
from scoring.base.labels import LANGUAGES, label
from scoring.criteria import CriteriaSet
from scoring.criteria.javascript_set import set_javascript
from scoring.rules import CompiledRule
from scoring.rules import expression as ex
from scoring.rules.javascript import javascript_text, script_of
from scoring.rules.sentence_pen import TextPen
from scoring.rules.spec import InputSpec, RuleSpec
from scoring.rules.tree import rule_tree

FUNCTIONS = ("steps", "arithmetic")
_LEARNT = """const ITEMS = {}, WORDS = {};
function learn(told) {
  Object.assign(ITEMS, told.items);
  Object.assign(WORDS, told.words);
}
"""
_SCRIPTS = ("rule_tree", "rule_edges", "next_steps", "step_words")
_WORDS = ("never", "yes", "no", "status_not_assessed", "because")
_ADVICE = [
    "more",
    "less",
    "at_most",
    "reached",
    "rounded",
    "best",
    "percent_points",
    "enter",
    "missing",
    "missing_penalty",
    "day",
    "day_full",
    "day_later",
    "day_penalty",
    "day_full_penalty",
    "day_later_penalty",
    "in_time",
    "done",
    "answer",
    "several",
    "part",
    "responses",
    "past",
    "only_next",
    *(
        f"{name}_{span}"
        for span in ("year", "quarter", "month", "period")
        for name in ("this", "next")
    ),
    "swallowed",
    "all_swallowed",
    "survey_note",
    "decision_note",
]


def advising_javascript(
    criteria: CriteriaSet, name: str = "parindex", *, has_tables: bool = True
) -> str:
    """Return the script of `set_javascript` that also says what to do and how points came about.

    Its constant has two functions more:

    - ``steps(code, figures, year, {scores, on, lang})``: the next and the last step of an item as
      `Advice.ways` gives them: ``{step, kind, term, points, more, indexMore, change, changes,
      dueOn, text}``. `scores` is what ``score`` gave for the unit, `on` a day as a serial number
      or null. What proof would keep, plans' days, decisions and conditions of a unit's own are
      not in it.
    - ``arithmetic(code, figures, year, lang)``: the calculation of a scored item with its figures,
      as `scoring.points.explain` words it; empty while the item has no points.

    Parameters
    ----------
    criteria : CriteriaSet
    name : str
        A JavaScript name.
    has_tables : bool
        Whether the script holds what the two know of the items. Else the page gives it to a third
        function, ``learn``, as `steps_tables` returns it: data packs to a fifth of its size.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> text = advising_javascript(open_set("service-quality-766"))
    >>> text.rstrip().endswith("return { item, score, round, verdicts, steps, arithmetic };\\n})();")
    True
    """
    tables = _tables(criteria) if has_tables else _LEARNT
    scripts = (script_of(__package__, script) for script in _SCRIPTS)
    decimals = f"const DECIMALS = {criteria.meta.decimals};\n"
    functions = FUNCTIONS if has_tables else (*FUNCTIONS, "learn")
    return set_javascript(criteria, name, (tables, decimals, *scripts), functions)


def steps_tables(criteria: CriteriaSet) -> dict[str, Any]:
    """Return what ``steps`` and ``arithmetic`` know of the items, and their words.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> told = steps_tables(open_set("service-quality-766"))
    >>> sorted(told), told["words"]["en"]["yes"]
    (['items', 'words'], 'Yes')
    """
    items = {code: _short(_item(criteria, rule)) for code, rule in criteria.rules.items()}
    return {"items": items, "words": {lang: _words(lang) for lang in LANGUAGES}}


def _tables(criteria: CriteriaSet) -> str:
    told = steps_tables(criteria)
    lines = ",\n".join(f"{javascript_text(code)}: {javascript_text(item)}"
                       for code, item in told["items"].items())  # fmt: skip
    words = javascript_text(told["words"])
    return f"const ITEMS = {{\n{lines}\n}};\nconst WORDS = {words};\n"


def _short(value: Any) -> Any:
    """Return a value with whole numbers written without ``.0``: to JavaScript they are the same."""
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _words(lang: str) -> dict[str, Any]:
    advice = [f"advice_{key}" for key in _ADVICE]
    functions = TextPen(RuleSpec("", "", 0.0), lang).functions
    return {key: label(key, lang) for key in (*_WORDS, *advice)} | {"functions": functions}


def _item(criteria: CriteriaSet, rule: CompiledRule) -> dict[str, Any]:
    spec, node, meta = rule.spec, criteria.by_code[rule.spec.code], criteria.meta
    names = missing_inputs(rule)
    full_at = 100.0 if math.isnan(spec.full_at_percent) else spec.full_at_percent
    return {
        "kind": spec.kind,
        "most": spec.max_points,
        "sign": -1 if node.kind == "penalty" else 1,
        "decimals": meta.decimals if meta.rounds(node) else None,
        "fullAt": full_at,
        "dueOn": read_due_date(spec.due_on),
        "isRounded": any(isinstance(part, ex.Round) for part in ex.walk(rule.points)),
        "peers": rule.peer_inputs,
        "movable": [(entry.name, kind) for entry, kind in movable(rule)],
        "inputs": [_input(spec, entry) for entry in spec.inputs],
        "lacking": names,
        "bests": [_named(entry) for entry in rule.reported if entry not in spec.inputs],
        "tree": rule_tree(rule.points),
    }


def _named(entry: InputSpec) -> dict[str, Any]:
    return {"name": entry.name} | {lang: entry.label(lang) for lang in LANGUAGES}


def _input(spec: RuleSpec, entry: InputSpec) -> dict[str, Any]:
    """Return what a page knows of an input, without what says nothing."""
    options = spec.options_of(entry.name)
    ends = (("least", entry.minimum), ("most", entry.maximum))
    told: dict[str, Any] = {
        "kind": entry.kind,
        "role": entry.role,
        "unit": entry.unit,
        "atMost": entry.at_most,
    }
    told |= {name: end for name, end in ends if math.isfinite(end)}
    if entry.role == "responses":
        told["weight"] = options[0].weight_percent
    elif options:
        told["options"] = [{lang: option.label(lang) for lang in LANGUAGES} for option in options]
    return _named(entry) | {name: value for name, value in told.items() if value != ""}
