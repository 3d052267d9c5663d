"""A DuckDB of our own: no network, no extensions, no files but those given, limited memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scoring.base.errors import UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.files.children.isolation import default_workers
from scoring.files.left_behind import scratch_folder

SCHEMA_VERSION = "1"
"""Version of the files of the state and of the counts, written into each and checked."""
MEMORY = "450MB"
"""What the engine may hold; a process around it, and rows on their way, take as much again."""
_NO_DUCKDB = 'duckdb is not installed: pip install "par-index-scoring[events]"'
_LIBRARIES = ("duckdb", "pyarrow")


def demand_engine() -> None:
    """Refuse to count where the extra ``events`` is not installed.

    Logs are read in a child process, where a library that is missing would look like a broken log.

    Raises
    ------
    UsageError
        ``dossiers-needs-extra`` names what to install.
    """
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise UsageError(_NO_DUCKDB, Finding("dossiers-needs-extra"))


@contextmanager
def engine(
    files: Sequence[Path], folders: Sequence[Path] = (), *, ordered: bool = True
) -> Iterator[Any]:
    """Give a connection that sees only `files` and what lies below `folders`.

    What does not fit into memory is spilled to a folder that only this user can read, and that
    goes at the end; statements may write there too. Unless `ordered`, rows may come in any order, which takes less memory.

    Raises
    ------
    UsageError
        Without DuckDB.
    UnreadableError
        ``dossiers-memory-short``: where memory and the folder together do not suffice.

    Examples
    --------
    >>> with engine([]) as duck:
    ...     duck.execute("SELECT 1 + 1").fetchone()
    (2,)
    """
    demand_engine()
    import duckdb

    with scratch_folder() as spill:
        settings: dict[str, Any] = {
            "memory_limit": MEMORY,
            "threads": default_workers(),
            "temp_directory": spill,
            "preserve_insertion_order": ordered,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=settings) as duck:
            duck.execute(f"SET allowed_paths = [{', '.join(map(text, files))}]")
            below = (f"{Path(folder).as_posix()}/" for folder in (*map(str, folders), spill))
            duck.execute(f"SET allowed_directories = [{', '.join(map(text, below))}]")
            duck.execute("SET enable_external_access = false")
            duck.execute("SET lock_configuration = true")
            try:
                yield duck
            except duckdb.Error as problem:
                if not is_memory_short(problem):
                    raise
                room = {"limit": MEMORY, "folder": tempfile.gettempdir()}
                found = Finding("dossiers-memory-short", values=room)
                raise UnreadableError(found) from problem


def is_memory_short(problem: BaseException) -> bool:
    """Say whether a statement failed because neither memory nor the folder had room for it."""
    import duckdb

    return isinstance(problem, duckdb.OutOfMemoryException)


def name(identifier: str) -> str:
    """Return a name as SQL quotes it.

    >>> name('a"b')
    '"a""b"'
    """
    return '"' + identifier.replace('"', '""') + '"'


def text(value: object) -> str:
    """Return a text as SQL quotes it, for the few places that take no parameter.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + str(value).replace("'", "''") + "'"
