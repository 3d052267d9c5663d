"""The letter to a unit after a round of appraisal: what was lowered, why, what to answer by when.

What only the sender knows (number, place and day, signer) is left blank as "…".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from docx.document import Document as DocumentType

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.outputs.content.set_identity import SetIdentity
from scoring.outputs.word import form
from scoring.outputs.word.form import BLANK, CENTER, add_body, add_heading, add_text

_MOST_CODES = 60
_Row = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a letter says.

    Attributes
    ----------
    comments : DataFrame
        What the unit has to answer: rows of ``Comments``, or as `decided_rows` makes them.
    accepted, not_claimed, kept, undecided : tuple of str
        Codes of items that stand at the claim or above, of those with neither claim nor points by
        the rule, of those that an earlier round decided alone, and of those that none has decided.
    due : date
        The day up to which to answer.
    head : str
        Head of the journal, 64 digits.
    sender : str
        Who writes; left blank where empty.
    """

    lang: str
    unit_name: str
    when: str
    criteria_set: SetIdentity
    round: str
    comments: pd.DataFrame
    accepted: tuple[str, ...]
    not_claimed: tuple[str, ...]
    kept: tuple[str, ...] = ()
    undecided: tuple[str, ...]
    due: dt.date
    head: str
    sender: str = ""
    decimals: int = 2

    def say(self, key: str, **values: object) -> str:
        """Return a label of letters in the language of the letter."""
        return label(f"letter_{key}", self.lang, **values)

    def number(self, points: float) -> str:
        """Return points as people read them, a dash where there are none."""
        return format_number(points, self.decimals, self.lang) if points == points else "—"

    @property
    def lowered(self) -> pd.DataFrame:
        """The comments that took points off."""
        return self.comments[self.comments["lost_points"] > 1e-9]

    @property
    def round_name(self) -> str:
        """The round in words."""
        return label(f"round_{self.round}", self.lang)


def letter_word(letter: Letter) -> bytes:
    """Return the letter as a ``.docx`` file; the same letter gives the same bytes.

    References
    ----------
    Nghị định 30/2020/NĐ-CP ngày 05/3/2020, Phụ lục I và mẫu 1.5 (công văn) của Phụ lục III.
    """
    title = letter.say("subject", round=letter.round_name, when=letter.when)
    document = form.new_document(title, letter.criteria_set.name, letter.lang)
    left, _ = form.national_heading(document, letter.sender or BLANK * 3, letter.lang)
    add_text(left, letter.say("number"), size=13, align=CENTER, before=2)
    add_text(left, title, size=12, align=CENTER, before=2)
    if letter.criteria_set.is_sample:
        badge = (
            f"{label('chart_sample_badge', letter.lang)}. {label('chart_sample_line', letter.lang)}"
        )
        add_text(document, badge, size=13, bold=True, align=CENTER, before=10)
    add_text(document, letter.say("to", unit=letter.unit_name), align=CENTER, before=14, after=8)
    chosen = letter.criteria_set
    set_name = f"{chosen.name} ({chosen.legal_basis or chosen.status_name})"
    opening = {"when": letter.when, "name": set_name, "round": letter.round_name}
    add_body(document, letter.say("opening", sender=letter.sender or BLANK * 3, **opening))
    due = format_date(letter.due, letter.lang)
    if count := len(letter.comments):
        # Who reads only the first lines knows what to do and by when.
        add_body(document, letter.say("summary", unit=letter.unit_name, count=count, due=due))
    number = _lowered(document, letter)
    if len(letter.comments):
        number += 1
        _asked(document, letter, number)
    _accepted(document, letter, number + 1)
    _head(document, letter, number + 2)
    form.signature(document, lambda key: label(key, letter.lang))
    return form.packed(document)


def _lowered(document: DocumentType, letter: Letter) -> int:
    """Write what was lowered; return the number of the section."""
    rows = letter.lowered
    add_heading(document, f"1. {letter.say('lowered')}")
    if not len(rows):
        add_body(document, letter.say("nothing_lowered"))
        return 1
    total = letter.number(float(rows["lost_points"].sum()))
    add_body(document, letter.say("lowered_total", count=len(rows), points=total), keep=True)
    names = ("order", "item", "claimed", "computed", "supported", "appraised", "lost")
    heads = [letter.say(f"head_{name}") for name in names]
    points = ("claimed_points", "computed_points", "supported_points", "points", "lost_points")
    cells = [
        [str(place), _item(row), *(letter.number(row[name]) for name in points)]
        for place, row in enumerate(rows.to_dict("records"), start=1)
    ]
    last = ["", letter.say("total"), "", "", "", "", total]
    widths = (11, 53, 19, 19, 20, 22, 19)
    form.add_table(
        document, heads, [*cells, last], widths, range(2, 7), total=True, centered=(0,), padding=1.2
    )
    if (rows["kind"] == "penalty").any():
        add_text(document, letter.say("penalty_note"), size=11, italic=True, before=3)
    return 1


def _item(row: _Row) -> str:
    return f"{row['item_code']} {row['item_name']}"


def _asked(document: DocumentType, letter: Letter, number: int) -> None:
    """Write the grounds of each comment and what the unit is to answer, by when and where."""
    add_heading(document, f"{number}. {letter.say('asked')}")
    due = format_date(letter.due, letter.lang)
    add_body(document, letter.say("due", due=due))
    add_body(document, letter.say("how"), keep=True)
    heads = [letter.say(f"head_{name}") for name in ("item", "why", "request")]
    rows = [
        [_item(row), "\n".join(_why(letter, row)), _request(letter, row)]
        for row in letter.comments.to_dict("records")
    ]
    form.add_table(document, heads, rows, (44, 64, 55))


def _why(letter: Letter, row: _Row) -> Iterator[str]:
    kind = label(f"difference_{row['reason_kind']}", letter.lang) if row["reason_kind"] else ""
    unsaid = letter.say("no_reason" if row["lost_points"] > 1e-9 else "only_asked")
    reason = str(row["reason"]) or unsaid
    words = ": ".join(filter(None, (kind, reason)))
    yield words[:1].upper() + words[1:]
    if row["ground"]:
        yield letter.say("ground", ground=row["ground"])
    if row.get("answer"):
        yield letter.say("answer", answer=row["answer"])


def _request(letter: Letter, row: _Row) -> str:
    """Return what the appraiser asks for, else what follows from the kind of the reason."""
    return str(row["request"]) or letter.say(f"request_{row['reason_kind'] or 'any'}")


def _accepted(document: DocumentType, letter: Letter, number: int) -> None:
    add_heading(document, f"{number}. {letter.say('accepted')}")
    told = {
        "accepted_items": letter.accepted,
        "not_claimed": letter.not_claimed,
        "kept": letter.kept,
        "undecided": letter.undecided,
    }
    for name, codes in told.items():
        if codes:
            shown = ", ".join(codes[:_MOST_CODES]) + (", …" if len(codes) > _MOST_CODES else "")
            add_body(document, letter.say(name, count=len(codes), codes=shown))
    if not (letter.accepted or letter.not_claimed):
        add_body(document, letter.say("accepted_none"))


def _head(document: DocumentType, letter: Letter, number: int) -> None:
    """Write the head of the journal and what the unit can do with it."""
    add_heading(document, f"{number}. {letter.say('head')}")
    add_body(document, letter.say("head_short", head=letter.head[:16]), keep=True)
    add_text(document, letter.head, size=11, align=CENTER, before=2, after=2, keep=True)
    add_body(document, letter.say("head_use"), keep=True)
