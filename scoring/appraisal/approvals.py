"""Approvals in the journal: what was approved, by digest, and which have lapsed since."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.appraisal.journal import Bodies, Journal, extend_journal, figure_text, open_journal
from scoring.appraisal.journal_lines import APPROVAL
from scoring.base.dates import read_date
from scoring.base.errors import FindingsError
from scoring.base.findings import Finding
from scoring.base.labels import Label, Named
from scoring.base.units import KEY_COLUMNS, UnitKey


def points_digest(points: pd.DataFrame) -> str:
    """Return a digest of a table of points: keys, codes and figures; the order of rows aside.

    Parameters
    ----------
    points : DataFrame
        ``Scores`` or ``Tracks``; of its columns those of the key, ``code``, ``track`` and
        ``points`` count. NaN stays apart from 0.

    Examples
    --------
    >>> row = {"unit_code": "A", "year": 2026, "period": "", "code": "1"}
    >>> tables = [pd.DataFrame([row | {"points": points}]) for points in (0.3, 0.1 + 0.2, 0.0)]
    >>> [points_digest(table) == points_digest(tables[0]) for table in tables]
    [True, True, False]
    """
    kept = [name for name in (*KEY_COLUMNS, "code", "track") if name in points]
    texts = ["" if value != value else figure_text(value) for value in points["points"].tolist()]
    rows = zip(*(map(str, points[name]) for name in kept), texts, strict=True)
    return hashlib.sha256("\n".join(sorted(map("\x1f".join, rows))).encode()).hexdigest()


def decisions_digest(decisions: pd.DataFrame) -> str:
    """Return a digest of the decisions that stand, with all that their lines say.

    >>> one, two = (decisions_digest(pd.DataFrame({"entry": rows})) for rows in (["a", "b"], ["b", "a"]))
    >>> one == two, one == decisions_digest(pd.DataFrame({"entry": ["a"]}))
    (True, False)
    """
    return hashlib.sha256("\n".join(sorted(decisions["entry"])).encode()).hexdigest()


def approved_digests(
    set_fingerprint: str, points: pd.DataFrame, ledgers: Mapping[UnitKey, str]
) -> dict[str, str]:
    """Return what an approval keeps: ``set``, ``points`` and ``ledger:unit/year/period`` each.

    >>> points = pd.DataFrame({"unit_code": ["A"], "points": [1.0]})
    >>> sorted(approved_digests("ab", points, {UnitKey("A", 2026): "cd"}))
    ['ledger:A/2026', 'points', 'set']
    """
    return {**ledgers_approved(set_fingerprint, ledgers), "points": points_digest(points)}


def ledgers_approved(set_fingerprint: str, ledgers: Mapping[UnitKey, str]) -> dict[str, str]:
    """Return what an approval keeps of a set and of ledgers, points aside.

    A ledger whose year could not be read is not of any year, so none can be approved.
    """
    dated = {key: digest for key, digest in ledgers.items() if key.year}
    named = {f"ledger:{'/'.join(map(str, filter(None, key)))}": d for key, d in dated.items()}
    return {"set": set_fingerprint, **named}


def append_approval(
    path: Path, digests: Mapping[str, str], *, approved_by: str, approved_on: dt.date
) -> tuple[str, list[Finding]]:
    """Add an approval to a journal; see `extend_journal` for what is returned and raised.

    The same approval once more, as after a power cut, is there already and adds nothing.

    Raises
    ------
    FindingsError
        ``approval-of-nothing`` where `digests` name no ledger: a line of the journal stays for good.
    """
    if found := nothing_approved(path, digests):
        raise FindingsError("there is nothing to approve", found)
    body = {"kind": APPROVAL, "digests": dict(digests), "decided_by": approved_by}
    body["decided_on"] = approved_on.isoformat()

    def make(journal: Journal) -> tuple[Bodies, list[Finding]]:
        sound = (line.said for _, line in journal.of(APPROVAL) if line.is_sound)
        is_there = any({name: said.get(name) for name in body} == body for said in sound)
        return ([] if is_there else [body]), []

    return extend_journal(path, {"set_fingerprint": digests["set"]}, make)


def nothing_approved(path: Path, digests: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what is said of an approval of no ledger at all, as of files that could not be read.

    >>> [found.code for found in nothing_approved(Path("a.jsonl"), {"set": "ab", "points": "cd"})]
    ['approval-of-nothing']
    """
    is_some = any(name.startswith("ledger:") for name in digests)
    return () if is_some else (Finding("approval-of-nothing", str(path)),)


def lapsed_approvals(
    path: Path, current: Mapping[str, str], *, of_some: bool = False
) -> Iterator[Finding]:
    """Yield each approval of which something changed since, with what changed.

    Parameters
    ----------
    path : Path
    current : mapping of str to str
        What there is now (`approved_digests`); what it lacks has changed too.
    of_some : bool
        Only part of what was approved is looked at: what `current` lacks is passed over.
    """
    for row, line in open_journal(path).of(APPROVAL):
        digests = line.said.get("digests")
        kept: dict[str, Any] = digests if isinstance(digests, dict) else {}
        looked_at = (name for name in kept if name in current or not of_some)
        changed = sorted(name for name in looked_at if current.get(name) != kept[name])
        if changed and line.is_sound:
            by, day = (str(line.said.get(name, "")) for name in ("decided_by", "decided_on"))
            values = {"decided_by": by, "decided_on": read_date(day).value or day, "row": row}
            yield Finding(
                "approval-lapsed",
                str(path),
                cell=str(row),
                values=values | {"expected": [_named(name, name in current) for name in changed]},
            )


def _named(name: str, is_given: bool) -> Named | Label:
    unit = name.removeprefix("ledger:")
    if unit == name:
        return Label(f"approved_{name}")
    # Of a ledger that is not there nobody knows that it was changed.
    here, given = ("", "") if is_given else (" (không đưa vào)", " (not handed in)")
    return Named(f"sổ {unit}{here}", f"ledger {unit}{given}")
