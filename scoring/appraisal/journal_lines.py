"""Lines of the appraisal journal and the chain of hashes that holds them together.

A line is a JSON object in canonical form: keys sorted, no spaces, UTF-8, NFC, figures as text. It
states its ``number``, the hash of the line before it (``previous``) and its own ``hash``, the
SHA-256 of everything else in it. The first line binds the chain to a set and a year.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.base.findings import Finding

FORMAT = "parindex-appraisal-1"
SEASON, DECISION, APPROVAL, MERGE, RECOVERED, SIGNATURE = (
    "season", "decision", "approval", "merge", "recovered", "signature",
)  # fmt: skip
_OWN = ("number", "previous", "hash")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal as it was found.

    Attributes
    ----------
    body : mapping
        Everything that it states; empty where it is no JSON object.
    text : bytes
        The line without its end.
    is_sound : bool
        It is in canonical form and its hash is that of what it states.
    """

    body: Mapping[str, Any]
    text: bytes
    is_sound: bool

    @property
    def kind(self) -> str:
        """What the line records: a decision, an approval, a merge ..."""
        return str(self.body.get("kind", ""))

    @property
    def number(self) -> int:
        """Its place in its branch, from 1; 0 where it states none."""
        number = self.body.get("number")
        return number if isinstance(number, int) else 0

    @property
    def hash(self) -> str:
        """The hash that it states."""
        return str(self.body.get("hash", ""))

    @property
    def parents(self) -> tuple[str, ...]:
        """Hashes of the lines that it follows: two or more for a merge."""
        merged = self.body.get("merges")
        heads = [str(head) for head in merged] if isinstance(merged, list) else []
        return tuple(dict.fromkeys([str(self.body.get("previous", "")), *heads]))

    @property
    def said(self) -> dict[str, Any]:
        """What it records, without its place in the chain."""
        return {name: value for name, value in self.body.items() if name not in _OWN}


def canonical(body: Mapping[str, Any]) -> bytes:
    """Return the one form in which `body` is written.

    >>> canonical({"b": "e\\u0302", "a": 1}).decode()
    '{"a":1,"b":"ê"}'
    """
    # Each text by itself: in the whole a mark would join the letter of the escape before it.
    made = _composed(body)
    text = json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A hostile line may hold lone surrogates, which must give a hash and not an error.
    return text.encode("utf-8", "surrogatepass")


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_composed(name): _composed(one) for name, one in value.items()}
    return [_composed(one) for one in value] if isinstance(value, list | tuple) else value


def sealed(body: Mapping[str, Any], number: int, previous: str) -> Line:
    """Return `body` as the line that follows the one with the hash `previous`.

    >>> first = sealed({"kind": "season", "year": "2026"}, 1, "")
    >>> read_line(first.text).is_sound, sealed({"kind": "decision"}, 2, first.hash).number
    (True, 2)
    """
    # Through JSON once, so that what is kept is what will be read.
    whole = json.loads(canonical({**body, "number": number, "previous": previous}))
    whole["hash"] = hashlib.sha256(canonical(whole)).hexdigest()
    return Line(whole, canonical(whole), is_sound=True)


def read_line(text: bytes) -> Line:
    """Read one line; what is no line of a journal gives one that is not sound."""
    try:
        whole = json.loads(text)
        if not isinstance(whole, dict):
            return Line({}, text, is_sound=False)
        body = {name: value for name, value in whole.items() if name != "hash"}
        is_own = whole.get("hash") == hashlib.sha256(canonical(body)).hexdigest()
        has_place = isinstance(whole.get("number"), int) and isinstance(whole.get("previous"), str)
        return Line(whole, text, is_own and has_place and canonical(whole) == text)
    except (ValueError, RecursionError):
        return Line({}, text, is_sound=False)


def chain_findings(lines: Sequence[Line], file: str) -> Iterator[Finding]:
    """Yield every line that was changed, dropped, inserted or put elsewhere.

    Lines cut off the end, and a journal written anew as a whole, show against a head that somebody
    else holds (`scoring.appraisal.journal_copies.check_journal`).
    """
    told: dict[int, str] = {}
    at: dict[str, int] = {}
    for row, line in enumerate(lines):
        if not line.is_sound:
            told[row] = "journal-line-changed"
        elif line.hash in at:
            told[row] = "journal-line-inserted"
        at.setdefault(line.hash, row)
    dropped: dict[int, int] = {}
    for row in range(len(lines)):
        _follow(lines, row, at, told, dropped)
    # Whatever repeats the last line is its copy, and needs nothing to follow it.
    parents = {parent for line in lines for parent in line.parents} | {
        line.hash for line in lines[-1:]
    }
    lost_branch = any(lines[row].kind == MERGE for row in dropped)
    for row, line in enumerate(lines[:-1]):
        # A line that nothing follows does not belong to the chain, unless what followed is gone.
        is_gone = lost_branch or row + 1 in dropped or not lines[row + 1].is_sound
        if line.hash not in parents and row not in told and not is_gone:
            told[row] = "journal-line-inserted"
    for row in sorted({*told, *dropped}):
        place = {"file": file, "cell": str(row + 1)}
        if row in dropped:
            values = {"row": row + 1, "count": max(dropped[row], 1)}
            yield Finding("journal-lines-dropped", **place, values=values)
        if row in told:
            yield Finding(told[row], **place, values={"row": row + 1})


def _follow(
    lines: Sequence[Line],
    row: int,
    at: Mapping[str, int],
    told: dict[int, str],
    dropped: dict[int, int],
) -> None:
    """Say what is wrong between a line and those that it follows."""
    line = lines[row]
    if row == 0:
        if line.is_sound and (line.kind != SEASON or line.parents != ("",)):
            dropped[0] = line.number - 1
        return
    if not line.is_sound or row in told:
        return
    for parent in line.parents:
        if at.get(parent, -1) > row:
            told[row] = "journal-line-moved"
        elif parent not in at:
            _name_the_lost(lines, row, told, dropped)


def _name_the_lost(
    lines: Sequence[Line], row: int, told: dict[int, str], dropped: dict[int, int]
) -> None:
    """Say why what a line follows is not there: dropped, changed and sealed anew, or never there."""
    before, following = lines[row - 1], lines[row + 1 : row + 2]
    if not before.is_sound:
        return
    if any(before.hash in line.parents for line in following):
        told[row] = "journal-line-inserted"
    elif lines[row].kind == MERGE:
        dropped[row] = 1
    elif lines[row].number == before.number + 1:
        told.setdefault(row - 1, "journal-line-changed")
    else:
        dropped[row] = lines[row].number - before.number - 1
