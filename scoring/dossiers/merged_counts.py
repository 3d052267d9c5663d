"""Counts of partitions put together: by unit and period, distinct procedures counted once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.dossiers.duck import SCHEMA_VERSION, engine, text
from scoring.dossiers.event_store import schema_finding
from scoring.dossiers.month_counts import PROCEDURE_KINDS

Lists = Mapping[str, Collection[str]]
_ROWS = "read_parquet($files, hive_partitioning=false, union_by_name=true)"
_PROCEDURES = f"SELECT unit, year, month, name, yes FROM {_ROWS} WHERE kind = 'procedure'"
_OPEN = (
    "SELECT unit, TRY_CAST(name AS TIMESTAMP) AS due, sum(yes)::BIGINT AS dossiers "
    "FROM {rows} WHERE kind = 'open' GROUP BY ALL ORDER BY ALL"
)


def merge(
    partials: Sequence[str | Path],
    months: int = 1,
    lists: Lists | None = None,
) -> pd.DataFrame:
    """Put partitions together.

    Parameters
    ----------
    partials : sequence of path
        Files of `count_partition`.
    months : {1, 3, 12}
        How many months a period has.
    lists : mapping, optional
        Procedures that are counted apart too, by the name of their list.

    Returns
    -------
    DataFrame
        ``kind, unit, year, part, name, yes, unknown``; `part` numbers the periods of a year from
        1. Of `PROCEDURE_KINDS` ``yes`` is how many distinct procedures there are: ``name`` is
        ``all``, or the list that they are in.

    Raises
    ------
    UnreadableError
        ``dossiers-schema-other``.
    """
    with _checked(partials) as (duck, said):
        name_procedures(duck, _PROCEDURES, said, months, lists or {})
        return duck.execute(summed_query(_ROWS, months, lists or {}), said).df()


@contextmanager
def _checked(partials: Sequence[str | Path]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give a connection that sees the partitions, all of our schema, and its parameter `files`."""
    paths = [Path(one) for one in partials]
    with engine(paths) as duck:
        said = {"files": [str(path) for path in paths]}
        versions = duck.execute(
            "SELECT file_name, decode(value) FROM parquet_kv_metadata($files) "
            "WHERE decode(key) = 'schema_version' AND decode(value) <> $ours",
            {**said, "ours": SCHEMA_VERSION},
        ).fetchone()
        if versions:
            raise UnreadableError(schema_finding(Path(versions[0]).name, versions[1]))
        yield duck, said


def name_procedures(
    duck: Any, procedures: str, said: Mapping[str, Any], months: int, lists: Lists,
    texts_of: str = "",
) -> None:  # fmt: skip
    """Make the table ``named``: distinct procedures by unit and period, of each kind and list.

    Parameters
    ----------
    duck : connection
    procedures : str
        Query with the parameters `said` that gives ``unit, year, month, name, yes``, `yes` being
        bits; a procedure may come often.
    texts_of : str
        Query that gives all ``unit`` and ``name`` more cheaply than `procedures`, if there is one.
    """
    cells, flags = [], []
    for place, listed in enumerate(lists.values()):
        duck.register(f"given_{place}", pd.DataFrame({"name": sorted(listed)}, dtype="str"))
        flags.append(f", name IN (SELECT name FROM given_{place}) AS is_{place}")
    for place in range(len(PROCEDURE_KINDS)):
        bit = f"bits & {1 << place} > 0"
        cells += [f"count(*) FILTER ({bit} AND {one})" for one in _kept(lists).values()]
    for one in ("unit", "name"):
        # Numbers for texts: a country has many millions of procedures by unit and period.
        texts = f"SELECT DISTINCT {one} FROM ({texts_of or procedures})"
        duck.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {one}_ids AS SELECT {one}, "
            f"row_number() OVER ()::INTEGER AS {one}_id FROM ({texts})",
            {} if texts_of else said,
        )
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE named AS SELECT unit, year, part, yes FROM ("
        f"SELECT unit_id, year, part, [{', '.join(cells)}] AS yes "
        "FROM (SELECT unit_id, year, part, name_id, bit_or(yes) AS bits FROM "
        f"(SELECT unit_id, year::SMALLINT AS year, {_part(months)}, name_id, yes FROM ({procedures}) "
        "JOIN unit_ids USING (unit) JOIN name_ids USING (name)) GROUP BY unit_id, year, part, name_id) "
        f"JOIN (SELECT name_id{''.join(flags)} FROM name_ids) USING (name_id) "
        "GROUP BY unit_id, year, part) JOIN unit_ids USING (unit_id)",
        said,
    )


def summed_query(rows: str, months: int, lists: Lists) -> str:
    """Return the query for the table of `merge`, of the counts `rows` and the table ``named``."""
    keys = [(kind, name) for kind in PROCEDURE_KINDS for name in _kept(lists)]
    counts = [
        f"SELECT '{kind}', unit, year, part, {text(name)}, yes[{place}], 0, '' FROM named"
        for place, (kind, name) in enumerate(keys, start=1)
    ]
    return (
        f"SELECT kind, unit, year, {_part(months)}, '' AS name, sum(yes)::BIGINT AS yes, "
        f"sum(unknown)::BIGINT AS unknown, min(name) AS example FROM {rows} "
        f"WHERE kind NOT IN ('procedure', 'open') GROUP BY ALL UNION ALL {' UNION ALL '.join(counts)} "
        "ORDER BY ALL"
    )


def open_query(rows: str) -> str:
    """Return the query for the table of `open_dossiers`, of the counts `rows`."""
    return _OPEN.format(rows=rows)


def _part(months: int) -> str:
    return f"((month - 1) // {int(months)} + 1)::INTEGER AS part"


def _kept(lists: Lists) -> dict[str, str]:
    """Return which procedures each list holds, ``all`` first."""
    return {"all": "true"} | {name: f"is_{place}" for place, name in enumerate(lists)}


def open_dossiers(partials: Sequence[str | Path]) -> pd.DataFrame:
    """Return how many dossiers are open at the cut-off day, those of other years with them.

    Returns
    -------
    DataFrame
        ``unit, due, dossiers``; `due` is a day, or NaT where the log does not say it.
    """
    if not partials:
        return pd.DataFrame({"unit": [], "due": [], "dossiers": []})
    with _checked(partials) as (duck, said):
        return duck.execute(open_query(_ROWS), said).df()
