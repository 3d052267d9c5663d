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
from scoring.base.text import clean_text
from scoring.base.vocabulary import yes_or_no
from scoring.criteria.diff import SetDiff
from scoring.criteria.matching import MATCH_KINDS
from scoring.criteria.model import CriteriaSet
from scoring.files.table_files import read_table, write_csv

MAPPING_COLUMNS = ("old_code", "new_code", "match", "confidence", "confirmed")


def write_mapping(diff: SetDiff, path: Path) -> Path:
    """Write the mapping of a comparison, pairs of the same code and name already confirmed.

    Raises
    ------
    OutputError
        As `scoring.files.atomic.write_atomically`.
    """
    write_csv(diff.mapping(), Path(path))
    return Path(path)


def read_mapping(
    path: Path, old: CriteriaSet | None = None, new: CriteriaSet | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a mapping back.

    Parameters
    ----------
    path : Path
    old, new : CriteriaSet, optional
        The two sets; with them unknown codes are findings.

    Returns
    -------
    DataFrame
        The columns `MAPPING_COLUMNS` as text, ``confirmed`` as a truth value; rows with errors
        are left out. An empty ``new_code`` means removed, an empty ``old_code`` added.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read as a table.
    """
    table = read_table(Path(path))
    missing = [name for name in ("old_code", "new_code") if name not in table.frame.columns]
    if missing:
        expected = ", ".join(MAPPING_COLUMNS)
        findings = [_missing_column(path, name, expected) for name in missing]
        return _as_mapping(pd.DataFrame(columns=list(MAPPING_COLUMNS), dtype="str")), findings
    frame = (
        table.frame.reindex(columns=list(MAPPING_COLUMNS)).astype("object").fillna("").astype("str")
    )
    frame = frame.apply(lambda column: column.map(clean_text))
    frame.index = pd.RangeIndex(2, 2 + len(frame))
    found = [*_problems(frame, str(path), old, new)]
    bad = {int(finding.cell[1:]) for finding in found if finding.severity == "error"}
    kept = frame[~frame.index.isin(bad)]
    return _as_mapping(kept), [*table.findings, *found]


def confirmed_codes(mapping: pd.DataFrame) -> dict[str, str]:
    """Return old codes to new codes of the pairs that a person confirmed.

    Examples
    --------
    >>> rows = [["1.1", "1.2", "name", "1", True], ["1.3", "1.4", "similar", "0.9", False]]
    >>> confirmed_codes(pd.DataFrame(rows, columns=list(MAPPING_COLUMNS)))
    {'1.1': '1.2'}
    """
    pairs = mapping[
        mapping["confirmed"] & (mapping["old_code"] != "") & (mapping["new_code"] != "")
    ]
    return dict(zip(pairs["old_code"], pairs["new_code"], strict=True))


def _missing_column(path: Path, name: str, expected: str) -> Finding:
    values = {"column": name, "expected": expected}
    return Finding("missing-column", file=str(path), values=values)


def _as_mapping(frame: pd.DataFrame) -> pd.DataFrame:
    confirmed = frame["confirmed"].map(yes_or_no).eq(True)
    return frame.assign(confirmed=confirmed).reset_index(drop=True)


def _problems(
    frame: pd.DataFrame, file: str, old: CriteriaSet | None, new: CriteriaSet | None
) -> Iterator[Finding]:
    for column, letter, criteria in (("old_code", "A", old), ("new_code", "B", new)):
        counts = Counter(frame[column])
        for number, code in frame[column].items():
            place = {"file": file, "cell": f"{letter}{number}", "item_code": code}
            if code and counts[code] > 1:
                yield Finding("mapping-code-twice", values={"count": counts[code]}, **place)
            elif code and criteria is not None and code not in criteria.by_code:
                yield Finding("mapping-code-unknown", values={"set_id": criteria.set_id}, **place)
    for number, match in frame["match"].items():
        if match and match not in MATCH_KINDS:
            values = {"value": match, "expected": ", ".join(MATCH_KINDS)}
            yield Finding("mapping-match-unknown", file=file, cell=f"C{number}", values=values)
