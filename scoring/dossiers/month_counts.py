"""Count one partition: the events of some months to one small table, whatever machine does it.

The SQL is built from the templates below and the names of our own fields; days and paths are
parameters. A dossier lies wholly in one partition, so counts of partitions add up, and procedures
are listed by name, so that distinct ones are counted rightly when partitions are put together.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.dossiers.duck import SCHEMA_VERSION, engine, text
from scoring.dossiers.event_store import MARKED, remove
from scoring.dossiers.log_columns import FIELDS
from scoring.dossiers.repeated_dossiers import make_again
from scoring.files.atomic import write_atomically
from scoring.files.sealed.manifest import entry_of
from scoring.files.sealed.own_seal import OwnSeal

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
_FIELDS = ", ".join(FIELDS)
# Of a dossier the row that holds, and those of the same time, which are looked at for ties.
_RESOLVED = """COPY (SELECT {fields}, row_number() OVER ordered AS nth,
    first(event_at) OVER ordered IS NOT DISTINCT FROM event_at AS is_top,
    bool_or(payable) OVER whole AS payable_any, bool_or(paid) OVER whole AS paid_any,
    bool_and(paid) OVER whole AS paid_all
FROM read_parquet({rows}) WHERE hash(dossier) % {pieces} = {piece}
WINDOW ordered AS (PARTITION BY dossier ORDER BY event_at {order}, {ties}),
    whole AS (PARTITION BY dossier ORDER BY event_at {order}, {ties}
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
QUALIFY nth = 1 OR is_top) TO {target} (FORMAT parquet, COMPRESSION lz4)"""
_DOSSIERS = """CREATE OR REPLACE TEMP VIEW repeated AS SELECT * FROM read_parquet({repeated});
CREATE OR REPLACE TEMP VIEW dossiers AS
SELECT {fields}, payable AS payable_any, paid AS paid_any, paid AS paid_all FROM events
WHERE hash(dossier) NOT IN (SELECT h FROM again)
UNION ALL SELECT {fields}, payable_any, paid_any, paid_all FROM repeated WHERE nth = 1"""
# A sort holds all rows of a piece: as many dossiers take some 100 MB.
_DOSSIERS_A_PIECE = 250_000
_JUDGED = """SELECT *,
    CASE WHEN returned <= getvariable('cut_off') THEN returned END AS done,
    payable_any AS is_payable, {paid} AS is_paid
FROM dossiers WHERE received <= getvariable('cut_off')"""
_COUNTED = """CREATE OR REPLACE TEMP VIEW counted AS
WITH judged AS ({judged}), timed AS (SELECT *, {on_time} AS is_on_time FROM judged {which})
SELECT unit, procedure, year({day})::INTEGER AS year, month({day})::INTEGER AS month,
    is_on_time AS on_time, channel = 'online' AS online, {digitised} AS digitised,
    is_payable AS payable, CASE WHEN is_payable THEN is_paid ELSE is_payable END AS paid,
    {satisfied} AS satisfied, {as_said}
FROM timed
WHERE {day} IS NOT NULL"""
# Two passes: one that kept all numbers for every procedure would take twice as long.
_BY_UNIT = """CREATE OR REPLACE TEMP TABLE by_unit AS
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
    AND dossier IN (SELECT dossier FROM repeated WHERE is_top GROUP BY dossier HAVING count(*) > 1)
    GROUP BY dossier HAVING count(DISTINCT ({content})) > 1) HAVING count(*) > 0"""
# The same of each dossier, for where all of them are at hand.
EACH_PROCEDURE = """SELECT unit, year, month, procedure AS name, (1 + 2 * coalesce(online, false)::INTEGER
    + 4 * coalesce(payable, false)::INTEGER + 8 * coalesce(paid, false)::INTEGER)::UTINYINT AS yes FROM counted"""
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
    wanted : tuple of (dict, str)
        The choice for each question of counting, and the file to write under it.
    on : str
        The cut-off day, year-month-day.
    """

    files: tuple[str, ...]
    strays: str
    of_strays: bool
    wanted: tuple[tuple[dict[str, str], str], ...]
    on: str


def count_partition(seal: OwnSeal, task: CountTask) -> tuple[list[str], int]:
    """Count a partition under all choices asked for, unless our own files of them are there.

    Returns
    -------
    files : list of str
        Parquet files with ``kind, unit, year, month, name, yes, unknown``: for each of `FLAGS`
        and ``dossiers`` how many dossiers say yes and of how many it is not known; for each of
        ``procedure`` which of `PROCEDURE_KINDS` it is of, as bits; ``open`` counts dossiers not
        returned by the cut-off day, by the day due; ``same_time`` those without a last event.
    foreign : int
        How many files without the mark of our seal lay there, and were made anew.
    """
    missing = [one for one in task.wanted if not _is_ours(seal, Path(one[1]))]
    foreign = sum(os.path.lexists(target) for _, target in missing)
    for path in (
        Path(target).with_suffix(end) for _, target in missing for end in (".parquet", MARKED)
    ):
        if os.path.lexists(path):
            remove(path)
    if missing:
        given = [Path(one) for one in (*task.files, *filter(None, [task.strays]))]
        folder = Path(missing[0][1]).parent
        folder.mkdir(parents=True, exist_ok=True)
        with engine(given, [folder], ordered=False) as duck:
            files = ", ".join(map(text, task.files))
            events = f"SELECT {_FIELDS} FROM read_parquet([{files}], hive_partitioning=false)"
            if task.strays:
                sign = "IN" if task.of_strays else "NOT IN"
                strays = f"SELECT h FROM read_parquet({text(task.strays)})"
                events += f" WHERE hash(dossier) {sign} ({strays})"
            prepare(duck, events, task.on)
            for options, target in missing:
                count_under(duck, options)
                _write(duck, seal, Path(target))
    return [target for _, target in task.wanted], foreign


def _is_ours(seal: OwnSeal, target: Path) -> bool:
    with contextlib.suppress(OSError, UnreadableError):
        mark = target.with_suffix(MARKED).read_bytes()
        return seal.holds(target.name, mark, _hash(target))
    return False


def _hash(path: Path) -> bytes:
    return entry_of(path.parent, path.name).sha256.encode()


def _write(duck: Any, seal: OwnSeal, target: Path) -> None:
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    stamp = f"{{schema_version: {text(SCHEMA_VERSION)}, package: {text(__version__)}}}"
    try:
        duck.execute(f"COPY ({_counts()}) TO {text(new)} (FORMAT parquet, KV_METADATA {stamp})")
        write_atomically(target.with_suffix(MARKED), seal.mark(target.name, _hash(new)))
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def prepare(duck: Any, events: str, on: str) -> None:
    """Let `count_under` count the rows of a query `events`, with all fields, as of the day `on`."""
    duck.execute("SET VARIABLE cut_off = CAST(? AS DATE)", [on])
    duck.execute(f"CREATE TEMP VIEW events AS {events}")
    make_again(duck)
    # Only these are sorted, piece by piece, so that they are set aside in one reading.
    duck.execute(
        f"COPY (SELECT {_FIELDS} FROM events WHERE hash(dossier) IN (SELECT h FROM again)) "
        f"TO {text(_beside(duck, 'again'))} (FORMAT parquet, COMPRESSION lz4)"
    )


def _beside(duck: Any, what: str) -> Path:
    """Return a file in the private folder of the engine."""
    folder = duck.execute("SELECT current_setting('temp_directory')").fetchone()[0]
    return Path(folder, f"{what}.parquet")


def _resolved(duck: Any, choice: str) -> str:
    """Have the row found that holds of each repeated dossier; return the files, as SQL."""
    pieces = duck.execute("SELECT count(*) FROM again").fetchone()[0] // _DOSSIERS_A_PIECE + 1
    found = [_beside(duck, f"{choice}-{piece}") for piece in range(pieces)]
    rows = text(_beside(duck, "again"))
    for piece, target in enumerate(found):
        if not target.exists():
            duck.execute(
                _RESOLVED.format(
                    fields=_FIELDS, ties=_FIELDS, order=_ORDER[choice], rows=rows, pieces=pieces,
                    piece=piece, target=text(target),
                )
            )  # fmt: skip
    return f"[{', '.join(map(text, found))}]"


def count_under(duck: Any, chosen: Mapping[str, str]) -> None:
    """Make what `_counts` asks for, under one choice for each question."""
    kept = [] if chosen["withdrawn"] == "in" else ["withdrawn IS NOT TRUE"]
    kept += ["done IS NOT NULL"] if chosen["open"] == "out" else []
    repeated = _resolved(duck, chosen["repeated"])
    duck.execute(_DOSSIERS.format(fields=_FIELDS, repeated=repeated))
    duck.execute(
        _COUNTED.format(
            judged=_JUDGED.format(paid=_PAID[chosen["payments"]]),
            on_time=_ON_TIME[chosen["open"]],
            which=f"WHERE {' AND '.join(kept)}" if kept else "",
            day={"received": "received", "returned": "done", "due": "due"}[chosen["month_by"]],
            digitised=_DIGITISED[chosen["digitised"]],
            satisfied=_SATISFIED,
            as_said=", ".join(_AS_SAID),
        )
    )
    duck.execute(_aggregated())


def _aggregated() -> str:
    """Return the pass over the dossiers that sums what they say, by unit and month."""
    counts = [
        f"count(*) FILTER (WHERE {flag}) AS {flag}, "
        f"count(*) FILTER (WHERE {flag} IS NULL) AS {flag}_unknown"
        for flag in FLAGS
    ]
    return _BY_UNIT.format(counts=", ".join(counts))


def _counts() -> str:
    bits = [f"coalesce({one}, false)::BIGINT * {1 << at}" for at, one in enumerate(_OF_KIND)]
    procedures = _OF_PROCEDURES.format(bits=" + ".join(bits))
    return f"({procedures}) UNION ALL ({counts_without_procedures()})"


def counts_without_procedures() -> str:
    """Return the query of what `count_under` counted, but for procedures."""
    parts = [_OF_FLAG.format(flag="dossiers", unknown="0")]
    parts += [_OF_FLAG.format(flag=flag, unknown=f"{flag}_unknown") for flag in FLAGS]
    parts += [_OF_OPEN, _OF_TIES.format(content=_CONTENT)]
    return " UNION ALL ".join(f"({part})" for part in parts)
