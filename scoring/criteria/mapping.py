"""``mapping.csv``: which item of an older set an item of a newer one continues.

A person looks through it once, corrects what the program took for a match and writes ``yes`` in
the column ``confirmed``; comparisons between years and the carrying forward of ledgers follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.vocabulary import yes_or_no
from scoring.criteria.criteria_set import CriteriaSet
from scoring.files.declared_tables import read_declared
from scoring.tables import column


def read_mapping(
    path: Path, old: CriteriaSet | None = None, new: CriteriaSet | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a mapping back.

    Parameters
    ----------
    path : Path
    old, new : CriteriaSet, optional
        The two sets; with them unknown codes are findings, and a mapping the wrong way round is
        not used.

    Returns
    -------
    DataFrame
        Table ``ItemMapping``: text, ``confirmed`` as a truth value; rows with errors
        are left out. An empty ``new_code`` means removed, an empty ``old_code`` added.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read as a table.
    """
    frame, findings = read_declared(Path(path), "ItemMapping")
    frame.index = pd.RangeIndex(2, 2 + len(frame))
    found = [*_problems(frame, str(path), old, new)]
    bad = {int(finding.cell[1:]) for finding in found if finding.severity == "error"}
    kept = frame[~frame.index.isin(bad)]
    if old is not None and new is not None and _is_reversed(frame, old, new):
        # Every row of it would move points to another item.
        kept = kept.iloc[:0]
        found.append(
            Finding("mapping-reversed", str(path), values={"old": old.set_id, "new": new.set_id})
        )
    confirmed = kept["confirmed"].map(yes_or_no).eq(True)
    return kept.assign(confirmed=confirmed).reset_index(drop=True), [*findings, *found]


def _is_reversed(frame: pd.DataFrame, old: CriteriaSet, new: CriteriaSet) -> bool:
    """Say whether more rows join nodes of one name when their codes change sides."""

    def alike(olds: pd.Series, news: pd.Series) -> int:
        nodes = ((old.by_code.get(a), new.by_code.get(b)) for a, b in zip(olds, news, strict=True))
        return sum(a is not None and b is not None and a.name() == b.name() for a, b in nodes)

    return alike(frame["new_code"], frame["old_code"]) > alike(frame["old_code"], frame["new_code"])


def _problems(
    frame: pd.DataFrame, file: str, old: CriteriaSet | None, new: CriteriaSet | None
) -> Iterator[Finding]:
    for side, letter, criteria in (("old_code", "A", old), ("new_code", "B", new)):
        counts = Counter(frame[side])
        for number, code in frame[side].items():
            place = {"file": file, "cell": f"{letter}{number}", "item_code": code}
            if code and counts[code] > 1:
                yield Finding("mapping-code-twice", values={"count": counts[code]}, **place)
            elif code and criteria is not None and code not in criteria.by_code:
                yield Finding("mapping-code-unknown", values={"set_id": criteria.set_id}, **place)
    kinds = column("ItemMapping", "match").values
    for number, match in frame["match"].items():
        if match and match not in kinds:
            values = {"value": match, "expected": ", ".join(kinds)}
            yield Finding("mapping-match-unknown", file=file, cell=f"C{number}", values=values)
