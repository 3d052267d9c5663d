"""The journal of a season: ``appraisal.jsonl``, to which every decision is added and none changed.

One line a decision or approval, chained by hashes (`scoring.appraisal.journal_lines`). The hash of
the last line is the head; it stands in every letter and report, so that a journal that is cut off
or written anew shows against what others hold.
"""

from __future__ import annotations

import math
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.appraisal.journal_lines import (
    DECISION,
    FORMAT,
    RECOVERED,
    SEASON,
    Line,
    chain_findings,
    read_line,
    sealed,
)
from scoring.base.dates import read_date
from scoring.base.errors import FindingsError, OutputError
from scoring.base.findings import Finding, has_errors
from scoring.base.values import ROUNDS
from scoring.files.atomic import write_atomically, write_problem
from scoring.files.folder_lock import folder_lock
from scoring.files.limits import table_too_large
from scoring.files.paths import read_bytes
from scoring.tables import columns_of, declared, table_of

DECISION_KEY = ["round", "unit_code", "year", "period", "item_code"]
_SAID = ["points", "reason_kind", "reason", "ground", "request", "ledger_digest", "set_fingerprint"]
_MOST_BYTES = 500_000_000
ID_DIGITS = 16
# What editors add behind the last line.
_BLANK = b" \t\r\n"

Bodies = list[dict[str, Any]]


@dataclass(frozen=True)
class Journal:
    """A journal as it was found.

    Attributes
    ----------
    lines : tuple of Line
        All whole lines, the first one that of the season.
    fragment : bytes
        A last line that was not written to its end; it is no part of the chain.
    findings : tuple of Finding
        What is wrong with the chain.
    file : str
    """

    lines: tuple[Line, ...]
    fragment: bytes = b""
    findings: tuple[Finding, ...] = ()
    file: str = ""

    @property
    def head(self) -> str:
        """Hash of the last line, 64 hexadecimal digits; empty while there is no line."""
        return self.lines[-1].hash if self.lines else ""

    @property
    def season(self) -> dict[str, Any]:
        """What binds the chain: ``set_fingerprint`` and ``year``."""
        return self.lines[0].said if self.lines else {}

    def of(self, kind: str) -> Iterator[tuple[int, Line]]:
        """Yield row (from 1) and line of each line of a kind."""
        rows = enumerate(self.lines, start=1)
        return ((row, line) for row, line in rows if line.kind == kind)


def open_journal(path: Path) -> Journal:
    """Read a journal and look its chain through.

    Raises
    ------
    UnreadableError
        When the file is missing or cannot be read at all.
    """
    data = read_bytes(Path(path), _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        raise table_too_large(str(path), "file", _MOST_BYTES)
    # Programs that show text may have given the file a mark and other line ends.
    *whole, rest = data.removeprefix(b"\xef\xbb\xbf").rstrip(_BLANK).split(b"\n")
    lines = [read_line(text.rstrip(b"\r")) for text in whole]
    if rest and ((last := read_line(rest)).is_sound or data.endswith(b"\n")):
        lines, rest = [*lines, last], b""
    findings = list(chain_findings(lines, str(path)))
    if not lines:
        # The first line is written whole or not at all: no power cut leaves such a file.
        findings.append(Finding("journal-without-lines", str(path), values={"count": len(data)}))
    elif rest:
        values = {"row": len(lines) + 1, "count": len(rest)}
        findings.append(
            Finding("journal-half-line", str(path), cell=str(len(lines) + 1), values=values)
        )
    return Journal(tuple(lines), rest, tuple(findings), str(path))


def extend_journal(
    path: Path,
    season: Mapping[str, str],
    make: Callable[[Journal], tuple[Bodies, list[Finding]]],
) -> tuple[str, list[Finding]]:
    """Add lines to a journal under its lock, flushed to the disk before this returns.

    Parameters
    ----------
    path : Path
        Begun where it is missing.
    season : mapping
        ``set_fingerprint`` and ``year`` that the lines are for.
    make : callable
        Gets the journal as it stands and returns what to add, and findings.

    Returns
    -------
    str, list of Finding
        The new head. A half-written last line is kept in a line of its own (``recovered``).

    Raises
    ------
    FindingsError
        When the chain is broken or is that of another season: it is not made longer.
    OutputError
        When another program is adding to it, or the disk refuses.
    """
    # Whatever name leads to a journal, there is one lock for it.
    path = Path(path)
    real = Path(os.path.realpath(path))
    with folder_lock(real.with_name(f".{real.name}.lock"), path):
        journal = open_journal(path) if os.path.lexists(path) else Journal((), file=str(path))
        if has_errors(journal.findings):
            raise FindingsError("the chain of the journal is broken", journal.findings)
        added = [] if journal.lines else [sealed(_opening(season), 1, "")]
        if journal.lines and (wrong := _other_season(journal, season)):
            raise FindingsError("the journal is of another season", (wrong,))
        bodies, findings = make(journal)
        if journal.fragment and bodies:
            text = journal.fragment.decode("utf-8", "replace")
            bodies = [{"kind": RECOVERED, "text": text}, *bodies]
        last = added[-1] if added else journal.lines[-1]
        for body in bodies:
            last = sealed(body, last.number + 1, last.hash)
            added.append(last)
        if bodies:
            _write(path, journal, added)
        return last.hash if bodies else journal.head, [*journal.findings, *findings]


def _opening(season: Mapping[str, str]) -> dict[str, str]:
    return {"kind": SEASON, "format": FORMAT, **season}


def _other_season(journal: Journal, season: Mapping[str, str]) -> Finding | None:
    kept = journal.season
    differing = [name for name, value in season.items() if kept.get(name) != value]
    if not differing:
        return None
    values = {"value": [season[name][:16] for name in differing]}
    values["expected"] = [str(kept.get(name, ""))[:16] for name in differing]
    return Finding("journal-other-season", journal.file, cell="1", values=values)


def _write(path: Path, journal: Journal, added: Sequence[Line]) -> None:
    """Write lines behind those there are, over what a broken off writing left."""
    new = b"".join(line.text + b"\n" for line in added)
    if not journal.lines:
        write_atomically(path, new)
        return
    try:
        with path.open("r+b") as file:
            data = file.read()
            kept = data[: data.rindex(journal.fragment)] if journal.fragment else data
            file.seek(len(kept.rstrip(_BLANK)))
            # A whole last line may lack its end, or have blank ones behind it.
            file.write(b"\n" + new)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise OutputError(write_problem(path, problem)) from problem


def append_decisions(path: Path, decisions: pd.DataFrame) -> tuple[str, list[Finding]]:
    """Add decisions to a journal; one that stands there already is not added again.

    Parameters
    ----------
    path : Path
        Begun where it is missing, for the set and year of the first decision.
    decisions : DataFrame
        The table ``Decisions`` of one set and year. Rows without points are open and left out.
        ``corrects`` names the line whose place a decision takes.

    Returns
    -------
    str, list of Finding
        The new head, and each decision that was not added: ``decision-twice`` where the same
        person decided the same round otherwise before and no correction is stated.

    Raises
    ------
    FindingsError, OutputError
        As `extend_journal`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "appraisal.jsonl"
    >>> row = {"round": "1", "unit_code": "SNV", "year": 2026, "item_code": "1.1", "points": 0.5,
    ...        "decided_by": "An", "set_fingerprint": "ab12"}
    >>> head, findings = append_decisions(path, pd.DataFrame([row]))
    >>> known, findings, again = read_journal(path)
    >>> known["points"].tolist(), head == again
    ([0.5], True)
    """
    made = decisions[decisions["points"].notna()]
    if not len(made):
        return (open_journal(path).head if os.path.lexists(path) else ""), []
    first = _body(made.iloc[0].to_dict())
    season = {"set_fingerprint": first.get("set_fingerprint", ""), "year": first["year"]}
    return extend_journal(path, season, lambda journal: _new_ones(journal, made, season))


def _new_ones(
    journal: Journal, decisions: pd.DataFrame, season: Mapping[str, str]
) -> tuple[Bodies, list[Finding]]:
    """Return the decisions to add, and why others are not."""
    standing = {_person_key(row): row for row in _standing(_decision_rows(journal))}
    bodies: Bodies = []
    findings = []
    for given in decisions.to_dict("records"):
        body = _body(given)
        known = standing.get(_person_key(body), {})
        if any(body.get(name, "") != value for name, value in season.items()):
            code = "decision-other-season"
        elif known and all(known.get(name) == body.get(name) for name in _SAID):
            continue
        elif known and body.get("corrects") != known["entry"]:
            code = "decision-twice"
        elif body.get("corrects") and not known:
            code = "decision-corrects-nothing"
        else:
            bodies.append({"kind": DECISION, **body})
            standing[_person_key(body)] = body | {"entry": ""}
            continue
        values: dict[str, object] = {
            "round": body["round"],
            "decided_by": body.get("decided_by", ""),
        }
        values |= {"value": given["points"], "entry": known.get("entry", "")}
        values["known"] = float(known.get("points", "nan"))
        findings.append(Finding(code, **_place(given), values=values))
    return bodies, findings


def _place(row: Mapping[Any, Any]) -> dict[str, str]:
    names = ("file", "sheet", "cell", "unit_code", "year", "period", "item_code")
    return {name: str(row.get(name, "")) for name in names}


def _body(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return a decision as a line states it: text throughout, nothing empty."""
    body: dict[str, str] = {}
    for column in declared("Decisions"):
        value = row.get(column.name)
        if column.name == "entry" or column.key == "place" or value is None or value != value:
            continue
        if column.type == "number":
            text = figure_text(value)
        else:
            text = f"{value:%Y-%m-%d}" if column.type == "date" else str(value)
            # As lines hold it, so that the same decision is known again.
            text = unicodedata.normalize("NFC", text)
        body |= {column.name: text} if text else {}
    return body


def figure_text(value: float) -> str:
    """Return a figure in the one form in which lines and digests state it.

    >>> [figure_text(value) for value in (0.1 + 0.2, 2.0, 1e-7, -0.0)]
    ['0.3', '2', '0', '0']
    """
    text = f"{Decimal(repr(round(float(value), 6))).normalize():f}"
    return "0" if text == "-0" else text


def _person_key(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in (*DECISION_KEY, "decided_by"))


def _decision_rows(journal: Journal) -> list[dict[str, str]]:
    name = Path(journal.file).name
    return [
        {**line.said, "entry": line.hash[:ID_DIGITS], "file": name, "cell": str(row)}
        for row, line in journal.of(DECISION)
        if line.is_sound and _is_decision(line.said)
    ]


def _is_decision(said: Mapping[str, Any]) -> bool:
    """Say whether a line states a decision as this program would; its hash is no proof of that."""
    try:
        texts = {name: value.encode().decode() for name, value in said.items()}
        is_figure = math.isfinite(float(texts["points"])) and 1900 <= int(texts["year"]) <= 2999
    except (AttributeError, KeyError, ValueError):
        return False
    day = texts.get("decided_on", "")
    named = texts.get("unit_code") and texts.get("item_code") and texts.get("round") in ROUNDS
    return bool(is_figure and named and not (day and read_date(day).value is None))


def _unread(journal: Journal) -> Iterator[Finding]:
    for row, line in journal.of(DECISION):
        if line.is_sound and not _is_decision(line.said):
            yield Finding(
                "journal-decision-unread", journal.file, cell=str(row), values={"row": row}
            )


def _standing(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the decisions that no later one of the same person and item takes the place of."""
    corrected = {(row.get("corrects", ""), _person_key(row)) for row in rows}
    return [row for row in rows if (row["entry"], _person_key(row)) not in corrected]


def read_journal(path: Path) -> tuple[pd.DataFrame, list[Finding], str]:
    """Return the decisions that stand, what is wrong with the journal, and its head.

    Returns
    -------
    Decisions : DataFrame
        Decisions that no later line corrects, in the order of the journal, with places. Two
        appraisers of one item and round keep a row each; lines that were changed count for
        nothing.
    findings : list of Finding
        Of the chain, and ``decisions-differ`` for each item decided in two ways and not settled.
    head : str

    Raises
    ------
    UnreadableError
        When the file is missing or cannot be read at all.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "appraisal.jsonl"
    >>> row = {"round": "1", "unit_code": "H1", "year": 2026, "item_code": "1.1", "points": 0.5,
    ...        "decided_by": "An", "set_fingerprint": "ab12"}
    >>> _ = append_decisions(path, pd.DataFrame([row]))
    >>> decisions, findings, head = read_journal(path)
    >>> decisions[["item_code", "points"]].values.tolist(), findings, len(head)
    ([['1.1', 0.5]], [], 64)
    """
    journal = open_journal(path)
    known = {column.name: "" for column in declared("Decisions")}
    rows = [known | row for row in _standing(_decision_rows(journal))]
    table = pd.DataFrame(rows, columns=columns_of("Decisions", places=True))
    table = table.assign(
        points=pd.to_numeric(table["points"], errors="coerce"),
        year=pd.to_numeric(table["year"], errors="coerce"),
    )
    decisions = table_of(table, "Decisions", places=True)
    found = [*journal.findings, *_unread(journal), *differing(decisions)]
    return decisions, found, journal.head


def differing(decisions: pd.DataFrame) -> Iterator[Finding]:
    """Yield each item that stands with different points in the last round that decided it."""
    place = decisions["round"].map(ROUNDS.index)
    of_item = place.groupby([decisions[name] for name in DECISION_KEY[1:]])
    decisions = decisions[place == of_item.transform("max")]
    spread = decisions.groupby(DECISION_KEY, sort=False)["points"].transform("nunique")
    for key, rows in decisions[spread > 1].groupby(DECISION_KEY, sort=False):
        last = rows.iloc[-1].to_dict()
        told = zip(rows["decided_by"], rows["points"], strict=True)
        who = Counter(rows["decided_by"])
        values = {"round": key[0], "expected": [{name: float(points)} for name, points in told]}
        code = "decisions-conflict" if max(who.values()) > 1 else "decisions-differ"
        yield Finding(code, **_place(last), values=values)
