"""Count one partition: the events of some months to one small table, whatever machine does it.

The SQL is built from the templates below and the names of our own fields; days and paths are
parameters. A dossier lies wholly in one partition, so counts of partitions add up, and procedures
are listed by name, so that distinct ones are counted rightly when partitions are put together.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.dossiers.duck import SCHEMA_VERSION, engine, text
from scoring.dossiers.event_store import schema_finding
from scoring.dossiers.log_columns import FIELDS

# What is counted of the dossiers of a unit and month: true, false, or null where the log is silent.
_ON_TIME = {
    "within_due": "CASE WHEN due IS NULL THEN NULL ELSE coalesce(done, getvariable('cut_off')) <= due END",
    "late": "CASE WHEN due IS NULL THEN NULL ELSE coalesce(done <= due, false) END",
}
_ON_TIME["out"] = _ON_TIME["late"]
_DIGITISED = {
    "any": "digitised_parts > 0",
    "all": "CASE WHEN digitised_parts = 0 THEN false ELSE digitised_parts >= parts END",
}
_PAID = {"any": "paid_any", "all": "paid_all", "last": "paid"}
_SATISFIED = (
    "CASE WHEN rating IS NULL AND petition IS NULL THEN NULL "
    "ELSE is_on_time AND coalesce(rating <> 'dissatisfied', true) AND NOT coalesce(petition, false) END"
)
_AS_SAID = ("electronic_result", "reused", "shared", "population_data", "synchronised")
FLAGS = ("on_time", "online", "digitised", "payable", "paid", "satisfied", *_AS_SAID)
PROCEDURE_KINDS = ("any_channel", "online_only", "with_payment_due", "paid_online")
_ORDER = {"last": "DESC NULLS LAST", "first": "ASC NULLS FIRST"}
_CONTENT = ", ".join(one for one in FIELDS if one not in ("paid", "payable"))
_ROWS = "read_parquet($files, hive_partitioning=false, union_by_name=true)"

_EVENTS = """CREATE TEMP VIEW events AS SELECT {fields} FROM read_parquet([{files}], hive_partitioning=false)
{which}"""
_AGAIN = "CREATE TEMP TABLE again AS SELECT hash(dossier) AS h FROM events GROUP BY 1 HAVING count(*) > 1"
_RESOLVED = """CREATE TEMP TABLE repeated AS SELECT {fields},
    row_number() OVER (PARTITION BY dossier ORDER BY event_at {order}, {ties}) AS nth,
    first(event_at) OVER (PARTITION BY dossier ORDER BY event_at {order}, {ties}) IS NOT DISTINCT FROM event_at AS is_top,
    bool_or(payable) OVER (PARTITION BY dossier) AS payable_any,
    bool_or(paid) OVER (PARTITION BY dossier) AS paid_any,
    bool_and(paid) OVER (PARTITION BY dossier) AS paid_all
FROM events WHERE hash(dossier) IN (SELECT h FROM again)"""
_DOSSIERS = """CREATE TEMP VIEW dossiers AS
SELECT {fields}, payable AS payable_any, paid AS paid_any, paid AS paid_all FROM events
WHERE hash(dossier) NOT IN (SELECT h FROM again)
UNION ALL SELECT {fields}, payable_any, paid_any, paid_all FROM repeated WHERE nth = 1"""
_JUDGED = """SELECT *,
    CASE WHEN returned <= getvariable('cut_off') THEN returned END AS done,
    payable_any AS is_payable, {paid} AS is_paid
FROM dossiers WHERE received <= getvariable('cut_off')"""
_COUNTED = """CREATE TEMP VIEW counted AS
WITH judged AS ({judged}), timed AS (SELECT *, {on_time} AS is_on_time FROM judged {which})
SELECT unit, procedure, year({day})::INTEGER AS year, month({day})::INTEGER AS month,
    is_on_time AS on_time, channel = 'online' AS online, {digitised} AS digitised,
    is_payable AS payable, CASE WHEN is_payable THEN is_paid ELSE is_payable END AS paid,
    {satisfied} AS satisfied, {as_said}
FROM timed
WHERE {day} IS NOT NULL"""
# Two passes: one that kept all numbers for every procedure would take twice as long.
_BY_UNIT = """CREATE TEMP TABLE by_unit AS
SELECT unit, year, month, count(*) AS dossiers, {counts} FROM counted GROUP BY ALL"""
_OF_FLAG = """SELECT '{flag}' AS kind, unit, year, month, '' AS name, {flag} AS yes,
    {unknown} AS unknown FROM by_unit"""
# A row a procedure: a bit for each of `PROCEDURE_KINDS` that it is of.
_OF_PROCEDURES = """SELECT 'procedure' AS kind, unit, year, month, procedure AS name,
    {bits} AS yes, 0 AS unknown FROM counted GROUP BY unit, year, month, procedure"""
# Whoever withdrew waits for nothing, so that these are not asked for, whatever the options.
_OF_OPEN = """SELECT 'open' AS kind, unit, 0 AS year, 0 AS month, coalesce(due::VARCHAR, '') AS name,
    count(*) AS yes, 0 AS unknown FROM dossiers WHERE received <= getvariable('cut_off')
    AND (returned IS NULL OR returned > getvariable('cut_off')) AND withdrawn IS NOT TRUE GROUP BY ALL"""
_OF_TIES = """SELECT 'same_time' AS kind, '' AS unit, 0 AS year, 0 AS month, min(dossier) AS name,
    count(*) AS yes, 0 AS unknown FROM (SELECT dossier FROM repeated WHERE is_top
    GROUP BY dossier HAVING count(DISTINCT ({content})) > 1) HAVING count(*) > 0"""
_OF_KIND = ("true", "bool_or(online)", "bool_or(payable)", "bool_or(paid)")


@dataclass(frozen=True)
class CountTask:
    """One partition to count: small, picklable, and the same whoever runs it.

    Attributes
    ----------
    files : tuple of str
        Events, as `scoring.dossiers.log_reading` writes them.
    strays : str
        File of the hashes of dossiers whose events lie in several months; empty: there are none.
    of_strays : bool
        True where those alone are counted, false where they are left out.
    options : dict
        The choice for each question of counting.
    on : str
        The cut-off day, year-month-day.
    target : str
        The file to write.
    """

    files: tuple[str, ...]
    strays: str
    of_strays: bool
    options: dict[str, str]
    on: str
    target: str


def count_partition(task: CountTask) -> str:
    """Count a partition, unless its file is there already; return the file.

    Returns
    -------
    str
        A Parquet file with ``kind, unit, year, month, name, yes, unknown``: for each of `FLAGS`
        and ``dossiers`` how many dossiers say yes and of how many it is not known; for each of
        ``procedure`` which of `PROCEDURE_KINDS` it is of, as bits; ``open`` counts dossiers not
        returned by the cut-off day, by the day due; ``same_time`` those without a last event.
    """
    target = Path(task.target)
    if target.is_file():
        return task.target
    target.parent.mkdir(parents=True, exist_ok=True)
    given = [Path(one) for one in (*task.files, *filter(None, [task.strays]))]
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with engine(given, [target.parent]) as duck:
            duck.execute("SET VARIABLE cut_off = CAST(? AS DATE)", [task.on])
            for statement in _statements(task):
                duck.execute(statement)
            duck.execute(
                f"COPY ({_counts()}) TO {text(new)} (FORMAT parquet, KV_METADATA "
                f"{{schema_version: {text(SCHEMA_VERSION)}, package: {text(__version__)}}})"
            )
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
    return task.target


def _statements(task: CountTask) -> list[str]:
    """Return the templates, filled in with fields and fixed fragments alone."""
    fields, chosen = ", ".join(FIELDS), task.options
    which = ""
    if task.strays:
        sign = "IN" if task.of_strays else "NOT IN"
        which = f"WHERE hash(dossier) {sign} (SELECT h FROM read_parquet({text(task.strays)}))"
    kept = [] if chosen["withdrawn"] == "in" else ["withdrawn IS NOT TRUE"]
    kept += ["done IS NOT NULL"] if chosen["open"] == "out" else []
    order = _ORDER[chosen["repeated"]]
    counted = _COUNTED.format(
        judged=_JUDGED.format(paid=_PAID[chosen["payments"]]),
        on_time=_ON_TIME[chosen["open"]],
        which=f"WHERE {' AND '.join(kept)}" if kept else "",
        day={"received": "received", "returned": "done", "due": "due"}[chosen["month_by"]],
        digitised=_DIGITISED[chosen["digitised"]],
        satisfied=_SATISFIED,
        as_said=", ".join(_AS_SAID),
    )
    return [
        _EVENTS.format(fields=fields, files=", ".join(map(text, task.files)), which=which),
        _AGAIN,
        _RESOLVED.format(fields=fields, order=order, ties=fields),
        _DOSSIERS.format(fields=fields),
        counted,
        _aggregated(),
    ]


def _aggregated() -> str:
    """Return the pass over the dossiers that sums what they say, by unit and month."""
    counts = [
        f"count(*) FILTER (WHERE {flag}) AS {flag}, "
        f"count(*) FILTER (WHERE {flag} IS NULL) AS {flag}_unknown"
        for flag in FLAGS
    ]
    return _BY_UNIT.format(counts=", ".join(counts))


def _counts() -> str:
    parts = [_OF_FLAG.format(flag="dossiers", unknown="0")]
    parts += [_OF_FLAG.format(flag=flag, unknown=f"{flag}_unknown") for flag in FLAGS]
    bits = [f"coalesce({one}, false)::BIGINT * {1 << at}" for at, one in enumerate(_OF_KIND)]
    parts += [_OF_PROCEDURES.format(bits=" + ".join(bits)), _OF_OPEN]
    parts.append(_OF_TIES.format(content=_CONTENT))
    return " UNION ALL ".join(f"({part})" for part in parts)


def merge(
    partials: Sequence[str | Path],
    months: int = 1,
    lists: Mapping[str, Collection[str]] | None = None,
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
        return _summed(duck, said, months, lists or {})


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


def _summed(
    duck: Any, said: dict[str, Any], months: int, lists: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    part = f"((month - 1) // {int(months)} + 1)::INTEGER AS part"
    cells, flags = [], []
    for place, listed in enumerate(lists.values()):
        duck.register(f"given_{place}", pd.DataFrame({"name": sorted(listed)}, dtype="str"))
        flags.append(f", name IN (SELECT name FROM given_{place}) AS is_{place}")
    kept = {"all": "true"} | {name: f"is_{place}" for place, name in enumerate(lists)}
    for place in range(len(PROCEDURE_KINDS)):
        cells += [f"count(*) FILTER (bits & {1 << place} > 0 AND {one})" for one in kept.values()]
    # Names are put together inside the engine, period by period: a country has many millions.
    duck.execute(
        f"CREATE TEMP TABLE named AS SELECT unit, year, part, [{', '.join(cells)}] AS yes FROM ("
        f"SELECT unit, year, {part}, name, bit_or(yes) AS bits{''.join(flags)} FROM {_ROWS} "
        "WHERE kind = 'procedure' GROUP BY unit, year, part, name) GROUP BY unit, year, part",
        said,
    )
    keys = [(kind, name) for kind in PROCEDURE_KINDS for name in kept]
    counts = [
        f"SELECT '{kind}', unit, year, part, {text(name)}, yes[{place}], 0, '' FROM named"
        for place, (kind, name) in enumerate(keys, start=1)
    ]
    return duck.execute(
        f"SELECT kind, unit, year, {part}, '' AS name, sum(yes)::BIGINT AS yes, "
        f"sum(unknown)::BIGINT AS unknown, min(name) AS example FROM {_ROWS} "
        f"WHERE kind NOT IN ('procedure', 'open') GROUP BY ALL UNION ALL {' UNION ALL '.join(counts)} "
        "ORDER BY ALL",
        said,
    ).df()


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
        return duck.execute(
            "SELECT unit, TRY_CAST(name AS TIMESTAMP) AS due, sum(yes)::BIGINT AS dossiers "
            f"FROM {_ROWS} WHERE kind = 'open' GROUP BY ALL ORDER BY ALL",
            said,
        ).df()
