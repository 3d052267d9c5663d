"""Taking workbooks of appraisers back: each row by its own key, each decision checked."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.appraisal.appraiser_workbook import COLUMNS, ENTERED, IDENTITY, Round, row_key
from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, Label, label
from scoring.base.numbers import read_number
from scoring.base.rounding import reads_alike_within
from scoring.base.units import UnitKey
from scoring.base.values import DIFFERENCE_KINDS
from scoring.base.vocabulary import yes_or_no
from scoring.evidence.ledger.reading.headings import folded, titled_row, titles_of
from scoring.evidence.ledger.reading.sheet_rows import plain_text
from scoring.evidence.ledger.sheets.common_sheets import machine_values_of
from scoring.files.excel.cells import CellError, CellValue, FormulaWithoutValue, address
from scoring.files.excel.workbook import Sheet, read_workbook
from scoring.tables import columns_of, table_of

_NUMBERS = ("max_points", "claimed_points", "computed_points")
_TOLERANCE = 1e-9
# So many known headings in one row are those of a table; what decides a row must all be there.
_FEWEST_HEADINGS = 6
_NEEDED = (*ENTERED, *IDENTITY, "row_key")


@dataclass
class Returned:
    """What workbooks of appraisers say.

    Attributes
    ----------
    rows : list of dict
        Decisions, as the table ``Decisions`` has them; ``corrects`` is ``yes`` where a
        correction is stated.
    open : int
        Rows that nobody has decided.
    refused : int
        Rows whose points were not taken; a finding says why.
    findings : list of Finding
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    open: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def decisions(self) -> pd.DataFrame:
        """The table ``Decisions`` with places."""
        known = dict.fromkeys(columns_of("Decisions", places=True), "")
        return table_of(pd.DataFrame([known | row for row in self.rows], columns=list(known)),
                        "Decisions", places=True)  # fmt: skip


def returned_workbooks(
    paths: Sequence[Path],
    *,
    decided_on: dt.date,
    decided_by: str = "",
    set_fingerprint: str = "",
    digests: Mapping[UnitKey, str] | None = None,
    assigned: Collection[tuple[str, str, str]] | None = None,
) -> Returned:
    """Read the workbooks of appraisers; what cannot be taken is named, the rest is.

    Parameters
    ----------
    paths : sequence of Path
    decided_on : date
        The day that the decisions are given.
    decided_by : str
        Who decided in workbooks that name no appraiser; without it nothing is taken from them.
    set_fingerprint : str
        The set of the season; by default that of the first workbook.
    digests : mapping of UnitKey to str, optional
        The ledgers as they are now (`ledger_digests`); without it their versions are not looked at.
    assigned : collection of (appraiser, unit_code, item_code), optional
        Who may decide what; without it the workbook itself says.

    Raises
    ------
    UnreadableError
        When a file is no workbook at all.
    """
    told = Returned()
    books = []
    for path in paths:
        book = read_workbook(path, formulas=True)
        stated = {key: str(value) for key, value in machine_values_of(book.sheets).items()}
        told.findings += book.findings
        if "appraisal_template" not in stated:
            told.findings.append(Finding("appraisal-not-workbook", str(path)))
            continue
        names = ("appraiser", "round", "set_id", "set_fingerprint", "decimals")
        whose = Round(*(stated.get(name, "") for name in names))
        books.append((book, whose, stated.get("rows", "")))
    reader = _Reader(told, decided_on, digests, assigned, [whose for _, whose, _ in books])
    for book, whose, handed_out in books:
        reader.decided_by = whose.appraiser or decided_by
        wanted = set_fingerprint or books[0][1].set_fingerprint
        if whose.set_fingerprint != wanted:
            values = {"value": whose.set_fingerprint[:16], "expected": wanted[:16]}
            told.findings.append(Finding("appraisal-other-set", book.file, values=values))
            continue
        if not (whose.appraiser or decided_by):
            told.findings.append(Finding("appraisal-without-appraiser", book.file))
            continue
        read: set[str] = set()
        for sheet in book.sheets:
            if place := titled_row(sheet, _titles(), fewest=_FEWEST_HEADINGS):
                read |= reader.read(sheet, book.file, whose, *place)
        if handed_out.isdecimal() and (lost := int(handed_out) - len(read)) > 0:
            gap = {"count": lost, "expected": int(handed_out)}
            told.findings.append(Finding("appraisal-rows-missing", book.file, values=gap))
    told.open = len(reader.left - reader.decided)
    return told


@cache
def _titles() -> dict[str, str]:
    return titles_of(COLUMNS, "appraise_column_")


class _Reader:
    """Reads rows of one workbook after the other; holds what the checks share."""

    def __init__(
        self,
        told: Returned,
        day: dt.date,
        digests: Mapping[UnitKey, str] | None,
        assigned: Collection[tuple[str, str, str]] | None,
        all_rounds: Sequence[Round],
    ) -> None:
        self.told, self.day, self.digests, self.assigned = told, day, digests, assigned
        self.all_rounds, self.decided_by = all_rounds, ""
        self.seen: dict[str, tuple[Any, ...]] = {}
        # Keys of rows with and without points: a copy of a row is no second item.
        self.decided: set[str] = set()
        self.left: set[str] = set()

    def read(
        self, sheet: Sheet, file: str, whose: Round, heading: int, at: Mapping[str, int]
    ) -> set[str]:
        """Read the rows of a sheet; return their keys."""
        keys: set[str] = set()
        if lost := [name for name in _NEEDED if name not in at]:
            place = {"file": file, "sheet": sheet.name, "cell": address(heading, 1)}
            named = [Label(f"appraise_column_{name}") for name in lost]
            self._say("appraisal-columns-missing", place, {}, expected=named)
            return keys
        for row in range(heading + 1, sheet.row_count + 1):
            cells = {name: sheet.value(row, column) for name, column in at.items()}
            entered = [cells.get(name) for name in ENTERED]
            if cells["row_key"] is None and all(value is None for value in entered):
                continue
            place = {"file": file, "sheet": sheet.name, "cell": address(row, at["points"])}
            before = len(self.told.rows)
            keys.add(key := _text(cells["row_key"]) or f"{file} {sheet.name} {place['cell']}")
            (self.left if cells["points"] is None else self.decided).add(key)
            self._row(cells, whose, place, [value is not None for value in entered])
            if len(self.told.rows) > before and place["cell"] in sheet.formulas:
                taken = self.told.rows[-1]
                about = {name: taken[name] for name in ("unit_code", "item_code")}
                self._say("appraisal-from-formula", place, about, value=taken["points"])
        return keys

    def _row(
        self,
        cells: Mapping[str, CellValue],
        whose: Round,
        place: dict[str, str],
        is_entered: list[bool],
    ) -> None:
        known: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        known |= {name: _text(value) for name, value in cells.items()}
        known |= {name: _figure(cells.get(name)) for name in _NUMBERS}
        about = {"unit_code": known["unit_code"], "item_code": known["item_code"]}
        if cells["points"] is None:
            if any(is_entered):
                self._say("appraisal-without-points", place, about)
            return
        problems = list(self._problems(known, cells, whose))
        for code, values in problems:
            self._say(code, place, about, **values)
        points = _figure(cells["points"])
        said = (points, *(known.get(name, "") for name in ENTERED[1:]))
        if problems:
            self.told.refused += 1
            return
        if self._is_copy(known["row_key"], said, place, about):
            return
        kind = _kinds().get(folded(known.get("reason_kind", "")), "")
        texts = {
            name: known.get(name, "") for name in ("reason", "ground", "request", "ledger_digest")
        }
        is_correction = yes_or_no(cells.get("corrects")) is True
        decision = about | texts | place | {"round": whose.round, "year": int(known["year"])}
        decision |= {"period": known.get("period", ""), "points": points, "reason_kind": kind}
        decision |= {"decided_by": self.decided_by, "decided_on": pd.Timestamp(self.day)}
        decision |= {"set_fingerprint": whose.set_fingerprint}
        self.told.rows.append(decision | {"corrects": "yes" if is_correction else ""})

    def _say(self, code: str, place: dict[str, str], about: dict[str, str], **values: Any) -> None:
        self.told.findings.append(Finding(code, **place, **about, values=values))

    def _is_copy(
        self, key: str, said: tuple[Any, ...], place: dict[str, str], about: dict[str, str]
    ) -> bool:
        """Say whether the row was there before; a copy that says something else is named."""
        before = self.seen.setdefault(key, said)
        if before is said:
            return False
        if before != said:
            self.told.refused += 1
            self._say("appraisal-row-twice", place, about, value=said[0], known=before[0])
        return True

    def _problems(
        self, known: Mapping[str, Any], cells: Mapping[str, CellValue], whose: Round
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield why a decision cannot be taken."""
        if not known["row_key"]:
            yield "appraisal-row-unknown", {}
            return
        if known["row_key"] != row_key(known, whose):
            others = [one for one in self.all_rounds if known["row_key"] == row_key(known, one)]
            if others:
                yield "appraisal-not-assigned", {"value": whose.appraiser}
            else:
                yield "appraisal-row-changed", {}
            return
        who = (whose.appraiser, known["unit_code"], known["item_code"])
        if self.assigned is not None and who not in self.assigned:
            yield "appraisal-not-assigned", {"value": whose.appraiser}
        unit = UnitKey(known["unit_code"], int(known["year"]), known.get("period", ""))
        if self.digests is not None and self.digests.get(unit, "") != known["ledger_digest"]:
            if unit in self.digests:
                values = {"value": known["ledger_digest"], "expected": self.digests[unit]}
                yield "appraisal-older-ledger", values
            else:
                yield "appraisal-ledger-not-given", {}
        if known["status"] == "not_applicable":
            yield "appraisal-not-applicable", {}
            return
        yield from _wrong_points(known, cells, _alike(whose))


def _wrong_points(
    known: Mapping[str, Any], cells: Mapping[str, CellValue], alike: float
) -> Iterator[tuple[str, dict[str, Any]]]:
    value, heading = cells["points"], label("appraise_column_points", "vi")
    if isinstance(value, CellError | FormulaWithoutValue):
        code = "cell-in-error" if isinstance(value, CellError) else "formula-without-value"
        yield code, {"input": heading, "value": str(value)}
        return
    if isinstance(value, str) and set(value) & set("%％"):
        # Of the maximum, or so many points: nobody but the appraiser knows.
        yield "appraisal-points-percent", {"value": value}
        return
    points = _figure(value)
    if math.isnan(points):
        reading = read_number(plain_text(value))
        values = {"input": heading, "value": plain_text(value), "candidates": reading.candidates}
        yield reading.problem or "not-a-number", values
        return
    if not -_TOLERANCE <= points <= known["max_points"] + _TOLERANCE:
        yield (
            "points-above-maximum",
            {"input": heading, "value": points, "limit": known["max_points"]},
        )
    kind = known.get("reason_kind", "")
    if kind and folded(kind) not in _kinds():
        yield "appraisal-kind-unknown", {"value": kind}
    claimed = known["claimed_points"]
    claimed = known["computed_points"] if math.isnan(claimed) else claimed
    # The more a penalty takes off, the lower its unit stands.
    lost = points - claimed if known.get("kind") == "penalty" else claimed - points
    if lost > alike and not (kind and known.get("reason")):
        yield "appraisal-no-reason", {"value": points, "known": claimed}


def _alike(whose: Round) -> float:
    """Return within what points read alike; a workbook made before decimals were stated is strict."""
    return reads_alike_within(int(whose.decimals)) if whose.decimals.isdecimal() else _TOLERANCE


@cache
def _kinds() -> dict[str, str]:
    return {
        folded(label(f"difference_{kind}", lang)): kind
        for kind in DIFFERENCE_KINDS
        for lang in LANGUAGES
    }


def _text(value: CellValue) -> str:
    is_nothing = value is None or isinstance(value, CellError | FormulaWithoutValue)
    return "" if is_nothing else plain_text(value).strip()


def _figure(value: CellValue) -> float:
    """Return the number of a cell, NaN where it holds none."""
    if isinstance(value, bool) or value is None:
        return math.nan
    if isinstance(value, float):
        return value
    found = read_number(_text(value)).value
    return math.nan if found is None else found
