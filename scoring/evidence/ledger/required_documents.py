"""What the set asks to be proven, beside the documents that are linked: counted as people type.

Documents are counted here, not judged: `scoring.evidence.proof` looks into them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.criteria import CriteriaSet
from scoring.evidence.proof.requirements import requirements_for
from scoring.official.document_kinds import (
    document_kinds,
    is_issued_by,
    issuer_wordings,
    kind_of,
)

_Record = Mapping[str, object]
# The row of the first document below the title and the headings of its sheet, as Excel counts.
FIRST_DOCUMENT = 4
_DECISION = "QĐ"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Documents of one sort that an item needs, and those of the ledger that are linked to it.

    Attributes
    ----------
    kinds : tuple of str
        Keys of the kinds that count; empty for any.
    issuer : str
        Who must have issued them; empty for anyone.
    rows : tuple of int
        Rows of the linked documents on their sheet.
    """

    item_code: str
    kinds: tuple[str, ...]
    note: str
    count: int
    due: dt.date | None
    rows: tuple[int, ...] = ()
    issuer: str = ""

    @property
    def lacking(self) -> int:
        """How many documents are missing."""
        return max(0, self.count - len(self.rows))

    def kind_text(self, lang: str) -> str:
        """Return the kinds, and whose they must be, in words."""
        names = (document_kinds()[kind].name(lang) for kind in self.kinds)
        text = "/".join(names) or label("any-document", lang)
        told = {"kind": text, "issuer": self.issuer}
        return label("ledger_required_of", lang, **told) if self.issuer else text

    def said(self, lang: str) -> str:
        """Return what is required in a few words, for the hint beside the item's documents."""
        key = "ledger_required_due" if self.due else "ledger_required_one"
        day = format_date(self.due, lang) if self.due else ""
        return label(key, lang, count=self.count, kind=self.kind_text(lang), day=day)


def required_documents(
    criteria: CriteriaSet,
    year: int,
    documents: Sequence[_Record],
    claimed: Mapping[str, str],
    lang: str = "vi",
) -> list[Requirement]:
    """Return what the set asks for in `year`, in the order of its items.

    Parameters
    ----------
    documents : sequence of mapping
        The rows of ``Tài liệu kiểm chứng`` by the keys of its columns, in their order.
    claimed : mapping of item code to str
        What ``Tự đánh giá`` names as the documents of an item.
    """
    evidence = criteria.tables["evidence"]
    asked = requirements_for(evidence, year).to_dict("records")
    order = {leaf.code: place for place, leaf in enumerate(criteria.leaves)}
    found = [
        _requirement(row, str(text[f"note_{lang}"] or text["note_vi"] or ""), documents, claimed)
        for row, text in zip(asked, evidence.to_dict("records"), strict=True)
        if row["item_code"] in order
    ]
    return sorted(found, key=lambda one: order[one.item_code])


def _requirement(
    row: Mapping[Any, Any], note: str, documents: Sequence[_Record], claimed: Mapping[str, str]
) -> Requirement:
    code, kinds = row["item_code"], tuple(filter(None, row["kind"].split("|")))
    named = named_in(claimed.get(code, ""))
    rows = tuple(
        number
        for number, document in enumerate(documents, start=FIRST_DOCUMENT)
        if _is_linked(document, code, named)
        and _is_of_kind(document, kinds)
        and _is_from(document, row["issuer"])
    )
    due = None if pd.isna(row["due_on"]) else row["due_on"].date()
    return Requirement(code, kinds, note, int(row["min_documents"]), due, rows, row["issuer"])


def named_in(text: str) -> str:
    """Return the documents that an item names, as the formula does: ``;TL01;TL02;``.

    >>> named_in("tl01 (trang 3); TL02")
    ';TL01;(TRANG 3);TL02;'
    """
    for old, new in (("\n", ";"), ("; ", ";"), (" ;", ";"), (" (", ";(")):
        text = text.replace(old, new)
    return f";{text.upper()};"


def _is_linked(document: _Record, code: str, named: str) -> bool:
    codes = re.split(r"[;,\n]", str(document.get("item_codes") or "").replace(" ", ""))
    own = (str(document.get(key) or "").upper() for key in ("document_id", "document_number"))
    return code in codes or any(name and f";{name};" in named for name in own)


def _is_of_kind(document: _Record, kinds: tuple[str, ...]) -> bool:
    kind, title = str(document.get("kind") or ""), str(document.get("title") or "").lower()
    issues = kind_of(kind) == _DECISION and any(
        document_kinds()[k].vi.lower() in title for k in kinds
    )
    return not kinds or not kind or kind_of(kind) in kinds or issues


def _is_from(document: _Record, asked: str) -> bool:
    issuer = str(document.get("issuer") or "")
    return not issuer or is_issued_by(issuer, asked)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an item has come: what its row shows, and whether it is still to do."""

    required: int
    lacking: int
    due: dt.date | None
    is_unexplained: bool
    is_open: bool

    @property
    def is_to_do(self) -> bool:
        """Whether figures, documents or the explanation are missing."""
        return self.is_open or self.is_unexplained or self.lacking > 0


def standings(
    required: Sequence[Requirement], states: Mapping[str, str], explained: Iterable[str], lang: str
) -> dict[str, Standing]:
    """Return the standing of every item, from its state in words and what explains it."""
    scored, is_na = (label(f"ledger_state_{key}", lang) for key in ("scored", "not_applicable"))
    known, found = set(explained), {}
    for code, state in states.items():
        own = [one for one in required if one.item_code == code]
        short = [] if state == is_na else [one for one in own if one.lacking]
        due = min((one.due for one in short if one.due), default=None)
        needs_reason = state == is_na or (state == scored and bool(short))
        found[code] = Standing(
            required=sum(one.count for one in own),
            lacking=sum(one.lacking for one in short),
            due=due,
            is_unexplained=needs_reason and code not in known,
            is_open=state not in (scored, is_na),
        )
    return found


# Stands for no deadline where formulas look for the earliest.
NO_DAY = 80_000


def day_number(day: dt.date | None) -> int:
    """Return a day as the number that a workbook keeps, `NO_DAY` for none."""
    return (day - dt.date(1899, 12, 30)).days if day else NO_DAY


def kind_test(kinds: tuple[str, ...]) -> str:
    """Return the array that is not 0 for every document of one of `kinds`, as a formula."""
    known = document_kinds()
    names = dict.fromkeys(name for key in kinds for name in (key, known[key].vi, known[key].en))
    tests = [f'(tl_kind="{name}")' for name in ("", *names)]
    decision = f'((tl_kind="{_DECISION}")+(tl_kind="{known[_DECISION].vi}"))'
    tests += [f'{decision}*ISNUMBER(SEARCH("{known[key].vi}",tl_title))' for key in kinds]
    return "+".join(tests) if kinds else "1"


def issuer_test(issuer: str) -> str:
    """Return the array that is not 0 for every document of `issuer` or of none yet, as a formula."""
    # SEARCH takes ? and * for any letters.
    texts = (re.sub(r"([~?*])", r"~\1", text) for text in issuer_wordings(issuer))
    quoted = (text.replace('"', '""') for text in texts)
    return "+".join(
        ['(tl_issuer="")', *(f'ISNUMBER(SEARCH("{text}",tl_issuer))' for text in quoted)]
    )
