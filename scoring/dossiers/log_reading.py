"""Take one log file in: its sound rows as events by month of receipt, and findings for the others.

No row is guessed at: one without its needed cells, with a day that cannot be or with days in an
impossible order is left out and named; a yes, no, channel or rating that cannot be read is unknown.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.dossiers.cell_meanings import SOFT, Known
from scoring.dossiers.duck import SCHEMA_VERSION, engine, text
from scoring.dossiers.log_columns import FIELDS, LogColumns
from scoring.dossiers.log_source import LogSource, open_source
from scoring.files.cells import address
from scoring.survey.personal_data import shown_safely

# More different texts than this are not what the column is said to hold.
_MOST_TEXTS = 200_000
_SQL_TYPES = {
    "code": "VARCHAR",
    "word": "VARCHAR",
    "flag": "BOOLEAN",
    "whole": "INTEGER",
    "date": "DATE",
}
_TIME = "[ T]([0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)$"
_NOTHING_SAID = {"rating": "'none'", "petition": "'false'"}
_ORDER = {
    "dossiers-due-before-received": ("due", "received"),
    "dossiers-returned-before-received": ("returned", "received"),
}
_MISSING = "dossiers-cell-missing"
_ROUNDED, _TOTAL = "dossiers-number-rounded", "dossiers-total-row"
# What a spreadsheet made of a long number, many of them alike; and a line of sums. Both are looked
# for by a plain search first, since there may be millions of dossiers.
_ROUNDED_NUMBER = (
    "(contains(dossier, 'E+') OR contains(dossier, 'e+')) "
    "AND regexp_full_match(dossier, '[0-9]+([.,][0-9]+)?[eE][+][0-9]+')"
)
_TOTAL_WORDS = ("tổng", "cộng", "total")
_COPY = (
    "COPY (SELECT * EXCLUDE (row, problem), strftime(received, '%Y-%m') AS month FROM judged "
    "WHERE problem IS NULL) TO {folder} (FORMAT parquet, PARTITION_BY (month), "
    "KV_METADATA {{schema_version: {schema}, package: {package}}})"
)


def take_log(
    _: bytes, *, path: str, folder: str, columns: Mapping[str, Any], known: Mapping[str, Any],
    year: int, personal: str, file: str,
) -> dict[str, Any]:  # fmt: skip
    """Read a file in this process; `scoring.dossiers.event_store` has the reading child do it.

    Parameters
    ----------
    path : str
    folder : str
        Where the events go: ``events/month=YYYY-MM/*.parquet``. Made; it must not exist.
    columns, known : mapping
        What `LogColumns` and `Known` are made of.
    year : int
        The year counted: rows received in another one are named, and kept.
    personal : {"refuse", "drop"}

    Returns
    -------
    dict
        ``findings``.

    Raises
    ------
    UnreadableError
        See `open_source`; ``dossiers-texts-many``.
    """
    heads = LogColumns(columns["headings"], columns["meanings"], frozenset(columns["stated"]))
    target = Path(folder)
    target.mkdir(parents=True)
    try:
        with engine([Path(path)], [target]) as duck:
            source = open_source(duck, Path(path), heads, personal, file)
            doubtful = _make_meanings(duck, source, Known(columns["meanings"], **known))
            duck.execute(_said(source))
            duck.execute(_judged(source))
            found = [*source.findings, *_findings(duck, source, year, doubtful)]
            duck.execute(
                _COPY.format(
                    folder=text(target / "events"),
                    schema=text(SCHEMA_VERSION),
                    package=text(__version__),
                )
            )
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return {"findings": found}


def _key(name: str) -> str:
    """Return the text of a cell that means something: of a moment its day."""
    return f"trim(regexp_replace({name}, '{_TIME}', ''))" if FIELDS[name].type == "date" else name


def _read_as_text(source: LogSource) -> list[str]:
    return [one for one in source.places if one != "dossier" and source.type_of(one) == "text"]


def _make_meanings(duck: Any, source: LogSource, known: Known) -> list[str]:
    """Make for each field read as text the table ``v_FIELD`` of what its texts mean.

    Returns the fields with texts that leave their rows in and are named all the same.
    """
    doubtful = []
    for one in _read_as_text(source):
        found = duck.execute(
            f"SELECT DISTINCT {_key(one)} FROM raw WHERE {one} IS NOT NULL LIMIT {_MOST_TEXTS + 1}"
        ).fetchall()
        if len(found) > _MOST_TEXTS:
            values = {"column": source.headings[source.places[one]], "limit": _MOST_TEXTS}
            raise UnreadableError(Finding("dossiers-texts-many", source.file, values=values))
        table = known.table(one, (entry[0] for entry in found))
        doubtful += [one] if table["problem"].isin(SOFT).any() else []
        duck.register("given", table)
        columns = (
            "met::VARCHAR AS met, value::VARCHAR AS value, nullif(problem, '')::VARCHAR AS problem"
        )
        duck.execute(f"CREATE TEMP TABLE v_{one} AS SELECT {columns} FROM given")
        duck.unregister("given")
    return doubtful


def _said(source: LogSource) -> str:
    """Return the view ``said``: every field with its type, null where the file does not say it."""
    as_text, joined, cells = _read_as_text(source), [], []
    for one, about in FIELDS.items():
        kind = "TIMESTAMP" if one == "event_at" else _SQL_TYPES[about.type]
        if one not in source.places:
            cell = "NULL"
        elif one == "dossier":
            cell = "nfc_normalize(s.dossier)"
        elif one not in as_text:
            cell = f"s.{one}"
        elif one == "event_at":
            time = f"nullif(regexp_extract(s.event_at, '{_TIME}', 1), '')"
            cell = (
                f"CASE WHEN {time} IS NOT NULL AND TRY_CAST({time} AS TIME) IS NULL THEN NULL ELSE "
                f"CAST(v_event_at.value AS DATE) + coalesce(TRY_CAST({time} AS TIME), TIME '00:00') END"
            )
        else:
            # No rating and no petition entered is none, where there is a column for them.
            none = _NOTHING_SAID.get(one)
            said_not = f"CASE WHEN s.{one} IS NULL THEN {none} END"
            cell = f"coalesce(v_{one}.value, {said_not})" if none else f"v_{one}.value"
        cells.append(f"TRY_CAST({cell} AS {kind}) AS {one}")
    for one in as_text:
        key = _key(one).replace(one, f"s.{one}", 1)
        joined.append(f"LEFT JOIN v_{one} ON v_{one}.met = {key}")
    cells += [f"v_{one}.problem AS p_{one}" for one in as_text]
    cells += ["s.event_at IS NOT NULL AS has_event_at"] if "event_at" in source.places else []
    select = f"SELECT s.row, {', '.join(cells)} FROM raw s {' '.join(joined)}"
    return f"CREATE TEMP VIEW said AS {select}"


def _judged(source: LogSource) -> str:
    """Return the view ``judged``: with it the reason why a row is left out, as ``code:field``."""
    as_text, reasons = _read_as_text(source), _no_dossiers()
    for one, about in FIELDS.items():
        if one in as_text:
            soft = ", ".join(text(code) for code in SOFT)
            reasons.append(f"WHEN p_{one} NOT IN ({soft}) THEN p_{one} || ':{one}'")
        if about.required:
            reasons.append(f"WHEN {one} IS NULL THEN '{_MISSING}:{one}'")
        if about.type == "date" and one in source.places and one not in as_text:
            ends = f"{FIRST_YEAR} AND {LAST_YEAR}"
            reasons.append(f"WHEN year({one}) NOT BETWEEN {ends} THEN 'dossiers-date-far:{one}'")
    if "event_at" in source.places:
        reasons.append("WHEN has_event_at AND event_at IS NULL THEN 'not-a-date:event_at'")
    for code, (later, earlier) in _ORDER.items():
        reasons.append(f"WHEN {later} < {earlier} THEN '{code}:{later}'")
    fields = ", ".join(FIELDS)
    return (
        f"CREATE TEMP VIEW judged AS SELECT row, {fields}, CASE {' '.join(reasons)} END AS problem "
        "FROM said"
    )


def _no_dossiers() -> list[str]:
    """Return the reasons for which what stands in the column of dossiers is none."""
    begins = " OR ".join(f"starts_with(lower(dossier[:5]), {text(one)})" for one in _TOTAL_WORDS)
    return [
        f"WHEN {_ROUNDED_NUMBER} THEN '{_ROUNDED}:dossier'",
        f"WHEN {begins} THEN '{_TOTAL}:dossier'",
    ]


def _findings(duck: Any, source: LogSource, year: int, doubtful: list[str]) -> Iterator[Finding]:
    other = "CASE WHEN year(received) <> ? THEN 'dossiers-other-year:received' END"
    told = f"SELECT coalesce(problem, {other}) AS told, count(*), min(row) FROM judged GROUP BY 1"
    found = [entry for entry in duck.execute(told, [year]).fetchall() if entry[0]]
    for one in doubtful:
        soft = (
            f"SELECT problem || ':{one}', count(*), min(row) FROM raw JOIN v_{one} "
            f"ON met = {_key(one)} WHERE problem IN (?, ?) GROUP BY 1"
        )
        found += duck.execute(soft, SOFT).fetchall()
    for problem, count, row in sorted(found):
        code, _, one = problem.partition(":")
        more = {"year": year} if code == "dossiers-other-year" else {}
        yield _finding(duck, source, code, one, count, row, **more)
    yield from _gaps(duck, source)


def _finding(
    duck: Any, source: LogSource, code: str, one: str, count: int, row: int, **more: object
) -> Finding:
    """Return what was met first, where, and how often; nothing that looks personal is shown."""
    if code in _ORDER:
        days = f"SELECT {one}, {_ORDER[code][1]} FROM raw WHERE row = ?"
        met, more["other"] = duck.execute(days, [row]).fetchone()
    else:
        met = duck.execute(f"SELECT {one} FROM raw WHERE row = ?", [row]).fetchone()[0]
        met = shown_safely(met, 60) if isinstance(met, str) else met
    if code in ("not-a-date", "two-digit-year", "month-before-day", "impossible-date"):
        more["reason"] = Label(f"dossiers_{code.replace('-', '_')}")
        code = "dossiers-date-unreadable"
    place = source.places[one]
    values = {"column": source.headings[place], "count": count, "value": met, **more}
    return Finding(code, source.file, cell=address(source.row(row), place + 1), values=values)


def _gaps(duck: Any, source: LogSource) -> Iterator[Finding]:
    """Yield which fields the file has no column for, and which columns have empty cells."""
    absent = [one for one in FIELDS if one not in source.places]
    if absent:
        yield Finding("dossiers-columns-absent", source.file, values={"expected": absent})
    asked = [o for o in source.places if FIELDS[o].type == "flag" or o in ("channel", "due")]
    if not asked:
        return
    counts = duck.execute(
        f"SELECT {', '.join(f'count(*) - count({o})' for o in asked)} FROM raw"
    ).fetchone()
    empty = {source.headings[source.places[o]]: c for o, c in zip(asked, counts, strict=True) if c}
    if empty:
        yield Finding("dossiers-cells-empty", source.file, values={"expected": empty})
