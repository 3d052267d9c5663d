"""What the cells of a log say, as SQL: every field with its type, whatever the file has them as."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.dossiers.duck import name, text
from scoring.dossiers.log_columns import FIELDS

SQL_TYPES = {
    "code": "VARCHAR",
    "word": "VARCHAR",
    "flag": "BOOLEAN",
    "whole": "INTEGER",
    "date": "DATE",
}
PARQUET = "read_parquet({path}, file_row_number=true, hive_partitioning=false)"
_TIME = "[ T]([0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)$"
_WORDS = ["met", "value"]
_NOTHING_SAID = {"rating": "'none'", "petition": "'false'"}


@dataclass(frozen=True)
class Lying:
    """Where sound rows lie, for whoever counts them: a Parquet file with typed columns.

    Attributes
    ----------
    path : str
    cells : mapping
        The column of each field that there is.
    words : mapping
        Of fields whose texts mean something else, what each text means.
    left_out : sequence of int
        Rows that do not count, from 1.
    plain : bool
        Whether dossiers are written as they are compared.
    columns : sequence of str
        All columns of the file, with their types.
    """

    path: str
    cells: Mapping[str, str]
    words: Mapping[str, Sequence[Sequence[str | None]]]
    left_out: Sequence[int]
    plain: bool = True
    columns: Sequence[str] = ()

    @property
    def shape(self) -> str:
        """What is the same of files that one reading can take together."""
        return repr(([*self.cells.items()], [*self.columns], [*self.words], self.plain))


def sound_rows(duck: Any, logs: Sequence[Lying]) -> str:
    """Return the query of the sound rows of all logs; files that are alike are read together.

    A reading for each would have every sum taken for each, and all of them held until the end.
    """
    alike: dict[str, list[Lying]] = {}
    for one in logs:
        alike.setdefault(one.shape, []).append(one)
    found = [_rows_of(duck, those, f"_{place}") for place, those in enumerate(alike.values())]
    return " UNION ALL ".join(f"({one})" for one in found)


def _rows_of(duck: Any, logs: Sequence[Lying], mark: str) -> str:
    """Return the query of the sound rows of files that are alike; `mark` names its tables."""
    first = logs[0]
    for one in first.words:
        # The same text means the same in every file.
        means = pd.DataFrame([row for log in logs for row in log.words[one]], columns=_WORDS)
        make_words(duck, f"v_{one}{mark}", means.drop_duplicates("met"))
    cells = [f"{cell(name(of), one, first.plain)} AS {one}" for one, of in first.cells.items()]
    paths = f"[{', '.join(text(log.path) for log in logs)}]"
    left = [(log.path, row) for log in logs for row in log.left_out]
    more = ", file_row_number=true, filename='path of the log'" if left else ""
    files = f"read_parquet({paths}, hive_partitioning=false{more})"
    raw = f"SELECT {', '.join(cells)} FROM {files} s"
    if left:
        duck.register("given", pd.DataFrame(left, columns=["path", "row"]))
        duck.execute(f"CREATE TEMP TABLE out{mark} AS SELECT path, row::BIGINT AS row FROM given")
        duck.unregister("given")
        place = 's."path of the log" = o.path AND s.file_row_number + 1 = o.row'
        raw += f" ANTI JOIN out{mark} o ON {place}"
    joined = {one: f"v_{one}{mark}" for one in first.words}
    said, joins = said_cells(first.cells, (), joined, first.plain)
    return f"SELECT {', '.join(said)} FROM ({raw}) s {joins}"


def cell(column: str, field: str, plain: bool) -> str:
    """Return a cell of a column, none where it is an empty text; `plain` ones are no other text."""
    if plain and field == "dossier":
        return column
    if FIELDS[field].type in ("code", "word"):
        return f"nullif(trim(CAST({column} AS VARCHAR)), '')"
    return column


def key(field: str, of: str = "") -> str:
    """Return the text of a cell that means something: of a moment its day."""
    column = f"{of}{field}"
    is_date = FIELDS[field].type == "date"
    return f"trim(regexp_replace({column}, '{_TIME}', ''))" if is_date else column


def make_words(duck: Any, table: str, words: pd.DataFrame) -> None:
    """Make the table of what texts mean: ``met``, ``value`` and, if given, ``problem``."""
    duck.register("given", words.astype(object))
    columns = ", ".join(f"nullif({one}, '')::VARCHAR AS {one}" for one in words)
    duck.execute(f"CREATE TEMP TABLE {table} AS SELECT {columns} FROM given")
    duck.unregister("given")


def said_cells(
    places: Collection[str], timed: Collection[str], joined: Mapping[str, str], plain: bool
) -> tuple[list[str], str]:
    """Return all fields of the rows ``s``, and the joins that they need.

    Parameters
    ----------
    places : collection of str
        Fields that there are columns for; of others nothing is said.
    timed : collection of str
        Moments that are text, of which `joined` gives the day.
    joined : mapping
        The table that says what the texts of a field mean; texts of others mean what they say.
    plain : bool
        Whether dossiers are written as they are compared.
    """
    cells = []
    for one, about in FIELDS.items():
        kind = "TIMESTAMP" if one == "event_at" else SQL_TYPES[about.type]
        said = f"{joined[one]}.value" if one in joined else f"s.{one}"
        if one not in places:
            said = "NULL"
        elif one == "dossier":
            said = "s.dossier" if plain else "nfc_normalize(s.dossier)"
        elif one in timed:
            said = _moment(one, said)
        elif none := _NOTHING_SAID.get(one):
            # No rating and no petition entered is none, where there is a column for them.
            said = f"CASE WHEN s.{one} IS NULL THEN {none} ELSE {said}::VARCHAR END"
        cells.append(f"TRY_CAST({said} AS {kind}) AS {one}")
    joins = [
        f"LEFT JOIN {table} ON {table}.met = {key(one, 's.')}" for one, table in joined.items()
    ]
    return cells, " ".join(joins)


def _moment(field: str, day: str) -> str:
    time = f"nullif(regexp_extract(s.{field}, '{_TIME}', 1), '')"
    return (
        f"CASE WHEN {time} IS NOT NULL AND TRY_CAST({time} AS TIME) IS NULL THEN NULL ELSE "
        f"CAST({day} AS DATE) + coalesce(TRY_CAST({time} AS TIME), TIME '00:00') END"
    )
