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
PARQUET = "read_parquet({path}, file_row_number=true)"
_TIME = "[ T]([0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)$"
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
    """

    path: str
    cells: Mapping[str, str]
    words: Mapping[str, Sequence[Sequence[str | None]]]
    left_out: Sequence[int]
    plain: bool = True

    def query(self, duck: Any, mark: str) -> str:
        """Return the query of the sound rows; `mark` tells tables made for it from those of others."""
        for one, means in self.words.items():
            make_words(duck, f"v_{one}{mark}", pd.DataFrame([*means], columns=["met", "value"]))
        cells = [
            f"{cell(name(column), one, self.plain)} AS {one}" for one, column in self.cells.items()
        ]
        raw = f"SELECT {', '.join(cells)} FROM {PARQUET.format(path=text(self.path))}"
        if self.left_out:
            duck.register("given", pd.DataFrame({"row": [*self.left_out]}))
            duck.execute(f"CREATE TEMP TABLE out{mark} AS SELECT row::BIGINT AS row FROM given")
            duck.unregister("given")
            raw += f" WHERE file_row_number + 1 NOT IN (SELECT row FROM out{mark})"
        joined = {one: f"v_{one}{mark}" for one in self.words}
        said, joins = said_cells(self.cells, (), joined, self.plain)
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
