"""Take one log file in: its sound rows as events by month of receipt, and findings for the others.

No row is guessed at: one without its needed cells, with a day that cannot be or with days in an
impossible order is left out and named; a yes, no, channel or rating that cannot be read is unknown.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.dossiers.cell_meanings import SOFT, Known
from scoring.dossiers.duck import SCHEMA_VERSION, engine, text
from scoring.dossiers.log_columns import FIELDS, LogColumns
from scoring.dossiers.log_source import LogSource, open_source
from scoring.dossiers.said_cells import Lying, key, make_words, said_cells
from scoring.files.excel.cells import address
from scoring.survey.personal_data import shown_safely

# More different texts than this are not what the column is said to hold.
_MOST_TEXTS = 200_000
_ORDER = {
    "dossiers-due-before-received": ("due", "received"),
    "dossiers-returned-before-received": ("returned", "received"),
}
_MISSING, _OTHER_YEAR = "dossiers-cell-missing", "dossiers-other-year"
_ROUNDED, _TOTAL = "dossiers-number-rounded", "dossiers-total-row"
# What a spreadsheet made of a long number, many of them alike; and a line of sums. Both are looked
# for by a plain search first, since there may be millions of dossiers.
_ROUNDED_NUMBER = (
    "contains(dossier, '+') AND regexp_full_match(dossier, '[0-9]+([.,][0-9]+)?[eE][+][0-9]+')"
)
_TOTAL_WORDS = ("tổng", "cộng", "total")
_STAMP = f"KV_METADATA {{{{schema_version: {text(SCHEMA_VERSION)}, package: {text(__version__)}}}}}"
_BY_MONTH = (
    "COPY (SELECT * EXCLUDE (row, problem), strftime(received, '%Y-%m') AS month FROM judged "
    f"WHERE problem IS NULL) TO {{to}} (FORMAT parquet, PARTITION_BY (month), {_STAMP})"
)
_COPY = (
    "COPY (SELECT * EXCLUDE (row, problem) FROM judged WHERE problem IS NULL) TO {to} "
    f"(FORMAT parquet, COMPRESSION lz4, {_STAMP})"
)
# With more of them a copy of the sound rows serves better than lists of what to leave out or read.
_MOST_LISTED = 50_000


def take_log(_: bytes, *, folder: str, **how: Any) -> dict[str, Any]:
    """Read a file in this process; `scoring.dossiers.event_store` has the reading child do it.

    Parameters
    ----------
    folder : str
        Where the events go: ``events/month=YYYY-MM/*.parquet``. Made; it must not exist.
    how
        As `look_at_log` takes it.

    Returns
    -------
    dict
        ``findings``.

    Raises
    ------
    UnreadableError
        See `open_source`; ``dossiers-texts-many``.
    """
    with _opened(Path(folder), **how) as log:
        found = list(log.findings())
        log.duck.execute(_BY_MONTH.format(to=text(Path(folder, "events"))))
    return {"findings": found}


def look_at_log(_: bytes, *, folder: str, **how: Any) -> dict[str, Any]:
    """Check a file that is counted once and not kept.

    A file with typed columns is counted where it lies. Of any other the sound rows are copied, so
    that no text is read twice.

    Parameters
    ----------
    folder : str
        Where the copy goes, if one is needed. Made; it must not exist.
    path, file : str
    columns, known : mapping
        What `LogColumns` and `Known` are made of.
    year : int
        The year counted: rows received in another one are named, and kept.
    personal : {"refuse", "drop"}

    Returns
    -------
    dict
        ``findings``, and of `Lying` what it is made of as ``lies``.

    Raises
    ------
    UnreadableError
        As `take_log`.
    """
    with _opened(Path(folder), **how) as log:
        found = list(log.findings())
        lies = log.as_it_lies()
        if lies is None:
            copy = str(Path(folder, "events.parquet"))
            log.duck.execute(_COPY.format(to=text(copy)))
            lies = Lying(copy, {one: one for one in log.source.places}, {}, [])
    return {"findings": found, "lies": asdict(lies)}


@contextmanager
def _opened(
    target: Path, *, path: str, columns: Mapping[str, Any], known: Mapping[str, Any],
    year: int, personal: str, file: str,
) -> Iterator[_Log]:  # fmt: skip
    """Give a file that is open, its rows judged; what was made of it goes where that fails."""
    import duckdb

    heads = LogColumns(columns["headings"], columns["meanings"], frozenset(columns["stated"]))
    target.mkdir(parents=True)
    try:
        with engine([Path(path)], [target]) as duck:
            source = open_source(duck, Path(path), heads, personal, file)
            yield _Log(duck, source, year, Known(columns["meanings"], **known))
    except BaseException as problem:
        shutil.rmtree(target, ignore_errors=True)
        # Columns of Parquet are read as they are asked for, so that damage shows late.
        if isinstance(problem, duckdb.Error) and not isinstance(
            problem, duckdb.OutOfMemoryException
        ):
            raise UnreadableError(Finding("table-damaged", file, values={"row": 0})) from problem
        raise


class _Log:
    """A log that is open: its views ``said`` and ``judged``, and what was found in it."""

    def __init__(self, duck: Any, source: LogSource, year: int, known: Known) -> None:
        self.duck, self.source, self._year = duck, source, year
        as_text = [o for o in source.places if o != "dossier" and source.type_of(o) == "text"]
        tables = {one: self._meanings(one, known) for one in as_text}
        # Most exports write codes as they are: then there is nothing to look up, row by row.
        self.words = {one: table for one, table in tables.items() if not _says_itself(one, table)}
        for one, table in self.words.items():
            make_words(duck, f"v_{one}", table)
        self._doubtful = [one for one, table in tables.items() if table["problem"].isin(SOFT).any()]
        joined = {one: f"v_{one}" for one in self.words}
        cells, joins = said_cells(
            source.places, [o for o in joined if o == "event_at"], joined, source.plain
        )
        cells += [f"v_{one}.problem AS p_{one}" for one in joined]
        cells += ["s.event_at IS NOT NULL AS has_event_at"] if "event_at" in source.places else []
        duck.execute(
            f"CREATE TEMP VIEW said AS SELECT s.row, {', '.join(cells)} FROM raw s {joins}"
        )
        duck.execute(_judged(source, joined))
        self._told = self._problems()

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, once for each kind and column."""
        yield from self.source.findings
        yield from _findings(self.duck, self.source, self._year, self._doubtful, self._told)

    def as_it_lies(self) -> Lying | None:
        """Return how to count the file where it is; None where a copy serves better."""
        source = self.source
        bad = sum(count for told, count, _ in self._told if not told.startswith(_OTHER_YEAR))
        texts = sum(len(table) for table in self.words.values())
        if not source.is_typed or max(bad, texts) > _MOST_LISTED:
            return None
        left = "SELECT row FROM judged WHERE problem IS NOT NULL ORDER BY row"
        rows = [row for (row,) in self.duck.execute(left).fetchall()] if bad else []
        cells = {one: source.names[at] for one, at in source.places.items()}
        words = {
            one: table[["met", "value"]].to_numpy().tolist() for one, table in self.words.items()
        }
        columns = [" ".join(one) for one in zip(source.names, source.types, strict=True)]
        return Lying(source.path, cells, words, rows, source.plain, columns)

    def _meanings(self, one: str, known: Known) -> pd.DataFrame:
        ask = f"SELECT DISTINCT {key(one)} FROM raw WHERE {one} IS NOT NULL LIMIT {_MOST_TEXTS + 1}"
        found = self.duck.execute(ask).fetchall()
        if len(found) > _MOST_TEXTS:
            values = {"column": self.source.headings[self.source.places[one]], "limit": _MOST_TEXTS}
            raise UnreadableError(Finding("dossiers-texts-many", self.source.file, values=values))
        return known.table(one, (entry[0] for entry in found))

    def _problems(self) -> list[tuple[str, int, int]]:
        """Return each ``code:field`` for which rows are left out or named, how often, and the first."""
        if self.source.is_typed and not self.words and self._is_sound():
            return []
        other = f"CASE WHEN year(received) <> ? THEN '{_OTHER_YEAR}:received' END"
        told = f"SELECT row, coalesce(problem, {other}) AS told FROM judged"
        ask = f"SELECT told, count(*), min(row) FROM ({told}) WHERE told IS NOT NULL GROUP BY told"
        found: list[tuple[str, int, int]] = self.duck.execute(ask, [self._year]).fetchall()
        return found

    def _is_sound(self) -> bool:
        """Say whether nothing at all is wrong: typed columns cannot hold much that is."""
        places = self.source.places
        days = [one for one, about in FIELDS.items() if about.type == "date" and one in places]
        asked = [f"count(*) - count({one})" for one, about in FIELDS.items() if about.required]
        pairs = [both for both in _ORDER.values() if places.keys() >= set(both)]
        asked += [f"count(*) FILTER (WHERE {later} < {earlier})" for later, earlier in pairs]
        asked += [f"count(*) FILTER (WHERE {_ROUNDED_NUMBER})"]
        ends = [f"{end}({one})::DATE" for one in days for end in ("min", "max")]
        ask = f"SELECT {', '.join([*asked, *ends])}, min(dossier), max(dossier) FROM raw"
        *counts, first, last = self.duck.execute(ask).fetchone()
        years = {one.year for one in counts[len(asked) :] if one is not None}
        received = {
            one.year for one in counts[len(asked) + 2 * days.index("received") :][:2] if one
        }
        is_near = all(FIRST_YEAR <= one <= LAST_YEAR for one in years)
        is_sound = not any(counts[: len(asked)]) and is_near and received <= {self._year}
        return is_sound and not self._has_totals(first or "", last or "")

    def _has_totals(self, first: str, last: str) -> bool:
        """Say whether a line of sums is among dossiers; mostly the first and last of them tell."""
        begins = {word[0] for word in _TOTAL_WORDS}
        if all(last < one or first[:1] > one for one in begins | {one.upper() for one in begins}):
            return False
        ask = f"SELECT count(*) FROM raw WHERE {_is_total()}"
        return bool(self.duck.execute(ask).fetchone()[0])


def _says_itself(one: str, table: pd.DataFrame) -> bool:
    """Say whether every text of a column is what it means, and nothing is wrong with any."""
    if FIELDS[one].type not in ("code", "word"):
        return False
    return bool((table["met"] == table["value"]).all() and (table["problem"] == "").all())


def _judged(source: LogSource, joined: Collection[str]) -> str:
    """Return the view ``judged``: with it the reason why a row is left out, as ``code:field``."""
    reasons = _no_dossiers()
    for one, about in FIELDS.items():
        if one in joined:
            soft = ", ".join(text(code) for code in SOFT)
            reasons.append(f"WHEN p_{one} NOT IN ({soft}) THEN p_{one} || ':{one}'")
        if about.required:
            reasons.append(f"WHEN {one} IS NULL THEN '{_MISSING}:{one}'")
        if about.type == "date" and one in source.places and one not in joined:
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
    return [
        f"WHEN {_ROUNDED_NUMBER} THEN '{_ROUNDED}:dossier'",
        f"WHEN {_is_total()} THEN '{_TOTAL}:dossier'",
    ]


def _is_total() -> str:
    return " OR ".join(f"starts_with(lower(dossier[:5]), {text(one)})" for one in _TOTAL_WORDS)


def _findings(
    duck: Any, source: LogSource, year: int, doubtful: list[str], told: list[tuple[str, int, int]]
) -> Iterator[Finding]:
    found = list(told)
    for one in doubtful:
        soft = (
            f"SELECT problem || ':{one}', count(*), min(row) FROM raw JOIN v_{one} "
            f"ON met = {key(one)} WHERE problem IN (?, ?) GROUP BY 1"
        )
        found += duck.execute(soft, SOFT).fetchall()
    for problem, count, row in sorted(found):
        code, _, one = problem.partition(":")
        more = {"year": year} if code == _OTHER_YEAR else {}
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
