"""The judgement of all proof, from that of each ledger and from what ledgers share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scoring.base.units import KEY_COLUMNS, UnitKey, is_whole_year, unit_keys, with_one_whole_year
from scoring.batch.parts.beside import near
from scoring.batch.parts.part_file import StoredPart
from scoring.criteria import CriteriaSet
from scoring.evidence.proof import Look, Proof, judge
from scoring.evidence.proof.requirements import requirements_of
from scoring.tables import empty

_MARK = 15  # hexadecimal digits of a hash, which fit a whole number


def shared_proof(
    criteria: CriteriaSet,
    parts: Mapping[Path, StoredPart],
    units: pd.DataFrame,
    verdicts: pd.DataFrame,
    spelling: str | None,
) -> Proof | None:
    """Return the proof of all units, with few of their documents.

    Parameters
    ----------
    criteria : CriteriaSet
    parts : mapping of Path to StoredPart
        By where the ledgers lie.
    units, verdicts : DataFrame
        The key of each ledger, and what was judged of each alone.
    spelling : str or None
        How the whole year is written in all tables; None where ledgers write it alike.

    Returns
    -------
    Proof or None
        Its documents and links are those by which files are told that many items or several units
        share. Where several ledgers of a unit count, their proof is judged anew as one.
    """
    if not len(units):
        return None
    keys = {path: spelt(part.head.unit, spelling) for path, part in parts.items()}
    several = {key for key, count in Counter(keys.values()).items() if count > 1}
    whole = [path for path in parts if keys[path] in several or parts[path].head.is_stretched]
    documents, links = _listed(parts, whole, _shared_marks(parts), spelling)
    if several:
        again = units[[key in several for key in unit_keys(units)]].drop_duplicates(KEY_COLUMNS)
        with near(documents) as brought:
            judged = judge(criteria, again, brought, links, Look()).verdicts
        alone = [key not in several for key in unit_keys(verdicts)] if len(verdicts) else []
        verdicts = pd.concat([verdicts[alone], judged], ignore_index=True) if alone else judged
    asked = requirements_of(criteria.tables["evidence"], units)
    return Proof(asked, documents, links, verdicts)


def spelt(unit: UnitKey, spelling: str | None) -> UnitKey:
    if spelling is None or not is_whole_year(unit.period):
        return unit
    return unit._replace(period=spelling)


def _shared_marks(parts: Mapping[Path, StoredPart]) -> frozenset[int]:
    """Return the marks of files that several ledgers list; a mark begins the SHA-256 of a file.

    Of millions of files eight bytes each are kept. Two that begin alike do no harm: what is read
    again for them is compared in full.
    """
    columns = (part.column("documents", "sha256") for part in parts.values())
    held = [_own_marks(column) for column in columns if column is not None]
    found, counts = np.unique(np.concatenate([*held, np.zeros(0, "int64")]), return_counts=True)
    return frozenset(found[counts > 1].tolist())


def _own_marks(hashes: pa.Array) -> np.ndarray:
    """Return the marks that a ledger lists, each once."""
    begun = pc.unique(pc.utf8_slice_codeunits(pc.ascii_lower(hashes), 0, _MARK))
    sound = begun.filter(pc.match_substring_regex(begun, f"^[0-9a-f]{{{_MARK}}}$"))
    return np.array([int(text, 16) for text in sound.to_pylist()], dtype="int64")


def _documents(parts: Mapping[Path, StoredPart]) -> Iterator[tuple[Path, pd.DataFrame]]:
    for path, part in parts.items():
        table = part.table("documents")
        if len(table):
            yield path, table


def _marks(hashes: pd.Series) -> np.ndarray:
    """Return the mark of each hash; -1 where there is none."""
    texts = hashes.fillna("").str.lower().str[:_MARK]
    is_hash = texts.str.fullmatch(f"[0-9a-f]{{{_MARK}}}")
    return np.array([int(text, 16) for text in texts.where(is_hash, "-1")], dtype="int64")


def _listed(
    parts: Mapping[Path, StoredPart],
    whole: Collection[Path],
    marks: frozenset[int],
    spelling: str | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the documents and links of the ledgers `whole`, and of others the files they share."""
    kept, links = [], [parts[path].table("links") for path in whole]
    wanted = parts if marks else {path: parts[path] for path in whole}
    for path, table in _documents(wanted):
        mine = table if path in whole else table[np.isin(_marks(table["sha256"]), list(marks))]
        kept.append(mine.assign(folder=str(path.resolve().parent)))
    tables = []
    for name, found in (("Documents", kept), ("Links", links)):
        filled = [table for table in found if len(table)]
        none = empty(name).assign(year=0, period="")
        joined = pd.concat(filled, ignore_index=True) if filled else none
        tables.append(joined if spelling is None else with_one_whole_year(joined, spelling))
    return tables[0], tables[1]
