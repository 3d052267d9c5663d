"""What an entry cell checks, offers and says, from the input's declaration."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from scoring.base.labels import label
from scoring.base.message_tables import message_tables
from scoring.base.numbers import format_number
from scoring.criteria import CriteriaSet, Node
from scoring.files.excel.cells import excel_length
from scoring.files.excel.xlsx import MESSAGE_LIMIT, TITLE_LIMIT
from scoring.rules import InputSpec
from scoring.rules.spec import NUMBER_KINDS, WHOLE_KINDS

_FIRST_DAY, _LAST_DAY = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
_LARGEST = 1e15
LOOKS = {
    "count": "entry_count",
    "rank": "entry_count",
    "date": "entry_date",
    "yes_no": "entry_text",
    "choice": "entry_text",
}
_WRONG = {
    "count": "not-whole",
    "number": "not-a-number",
    "percent": "not-a-number",
    "rank": "not-whole",
    "yes_no": "unknown-choice",
    "choice": "unknown-choice",
    "date": "not-a-date",
}


def options_of(node: Node, entry: InputSpec, never: bool, lang: str) -> list[str]:
    """Return the texts an entry may hold, in the order its rule counts them; empty for numbers."""
    assert node.spec is not None
    if entry.kind == "yes_no":
        return [label("yes", lang), label("no", lang)]
    if entry.kind == "choice":
        return [option.label(lang) for option in node.spec.options_of(entry.name)]
    return [label("never", lang)] if entry.kind == "date" and never else []


def validation(entry: InputSpec, cell: str, options: str, never: bool) -> dict[str, Any]:
    """Return the check that Excel makes while an entry is typed.

    Parameters
    ----------
    cell : str
        Reference to the entry cell itself.
    options : str
        Range of the drop-down's texts, empty for numbers.
    """
    if entry.kind in ("yes_no", "choice"):
        return {"validate": "list", "source": f"={options}"}
    if entry.kind == "date":
        if never:
            typed = f"AND(ISNUMBER({cell}),{cell}>=32874,{cell}<=73415)"
            return {"validate": "custom", "value": f"=OR({typed},{cell}={options})"}
        limits = {"minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        return {"validate": "date", "criteria": "between", **limits}
    low = -_LARGEST if math.isnan(entry.minimum) else entry.minimum
    high = _LARGEST if math.isnan(entry.maximum) else entry.maximum
    kind = "integer" if entry.kind in WHOLE_KINDS else "decimal"
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def hint(node: Node, entry: InputSpec, own: str, never: bool, lang: str) -> str:
    """Return the message beside an entry cell: the set's `own` hint, the form, the limits."""
    parts = [own, label(f"ledger_hint_{entry.kind}", lang)]
    if never:
        parts.append(label("ledger_hint_never", lang, never=label("never", lang)))
    if entry.kind in NUMBER_KINDS:
        parts.append(_limits(entry, lang))
    if entry.at_most:
        assert node.spec is not None
        other = node.spec.named(entry.at_most).label(lang)
        parts.append(label("ledger_hint_at_most", lang, other=other))
    return fitted(" ".join(part for part in parts if part), MESSAGE_LIMIT)


def set_hints(criteria: CriteriaSet, lang: str) -> dict[tuple[str, str], str]:
    """Return the hints that the set itself gives, by item code and input."""
    return {
        (str(row["item_code"]), str(row["input"])): str(row[f"hint_{lang}"] or row["hint_vi"])
        for row in criteria.tables["inputs"].to_dict("records")
    }


def _limits(entry: InputSpec, lang: str) -> str:
    low, high = (format_number(end, lang=lang) for end in (entry.minimum, entry.maximum))
    if math.isnan(entry.minimum):
        return "" if math.isnan(entry.maximum) else label("ledger_hint_to", lang, high=high)
    if math.isnan(entry.maximum):
        return label("ledger_hint_from", lang, low=low)
    return label("ledger_hint_range", lang, low=low, high=high)


def refusal(entry: InputSpec, lang: str) -> str:
    """Return what Excel says when an entry is refused: the remedy of the finding it would be."""
    remedy = message_tables("findings")[_WRONG[entry.kind]][f"{lang}_fix"]
    return fitted(str(remedy), MESSAGE_LIMIT)


def fitted(text: str, limit: int = TITLE_LIMIT) -> str:
    """Return `text` cut to the length that Excel takes, ending in an ellipsis where cut."""
    if excel_length(text) <= limit:
        return text
    while excel_length(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + "…"
