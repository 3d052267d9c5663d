"""Where ledgers lie and results go: a folder of this system, or any address that fsspec knows.

An address holds no credentials: a store takes them from the environment (``AWS_PROFILE``,
``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``), so that none gets into results, findings or tasks.
Names in a store are text from outside and stay below their address, as those in a ledger do.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.files.atomic import write_atomically
from scoring.files.limits import MEGABYTE, TableLimits
from scoring.files.paths import open_under, path_problem, safe_relative
from scoring.files.sealed.manifest import files_below
from scoring.files.stores.store_drivers import driver_of, kind_of, refuse_secrets
from scoring.files.system_reasons import system_reason

_FILE_BYTES = TableLimits().file_bytes
# So much is fetched at a time of a file of which only a part may be read.
_BLOCK = 1 << 16
# A drive of Windows is one letter, a kind of address at least two.
_KIND = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)://")
# What is written there has its name once it is whole; elsewhere it is written aside and renamed.
_OBJECTS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci", "memory"}


class Listed(NamedTuple):
    """A file below an address: its name with forward slashes, and its size in bytes."""

    name: str
    size: int


class State(NamedTuple):
    """The size of a file in bytes, and two numbers of which one changes whenever the file does."""

    size: int
    changed: int
    version: int


NO_FILE = State(-1, -1, -1)


@dataclass(frozen=True, slots=True)
class Address:
    """A folder that a run reads from or writes to; small, and the same on every machine.

    Attributes
    ----------
    text : str
        A path, or ``kind://…``. Made by `Address.of`, which refuses what cannot be one.

    Examples
    --------
    >>> Address.of("s3://so-noi-vu/2026").below("results").text  # doctest: +SKIP
    's3://so-noi-vu/2026/results'
    >>> import tempfile
    >>> folder = Address.of(tempfile.mkdtemp())
    >>> folder.write("xã/a.txt", b"1")
    >>> folder.listing()[0], folder.read("xã/a.txt")
    ([Listed(name='xã/a.txt', size=1)], b'1')
    """

    text: str

    @classmethod
    def of(cls, given: str | os.PathLike[str]) -> Address:
        """Return the address that somebody gave.

        Raises
        ------
        UnreadableError
            ``address-with-password``, ``address-not-known`` or ``address-needs-driver``.
        """
        # A path in a store is none of this system, and says its address as text alone.
        text = str(given)
        kind = _KIND.match(text)
        if not kind and "://" not in text:
            return cls(text)
        refuse_secrets(text)
        if kind and kind[1].lower() in ("file", "local"):
            return cls(text[kind.end() :])
        address = cls(text.rstrip("/"))
        driver_of(address.text)
        return address

    @classmethod
    def of_file(cls, given: str | os.PathLike[str]) -> tuple[Address, str]:
        """Return the address of the folder of a file, and the name of the file there."""
        folder, _, name = str(given).replace(os.sep, "/").rpartition("/")
        return cls.of(folder or ("/" if given and not name else ".")), name

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this system."""
        return not _KIND.match(self.text)

    @property
    def path(self) -> Path:
        """The folder, where `is_local`."""
        return Path(self.text)

    def below(self, name: str) -> Address:
        """Return the folder `name` below this one."""
        return Address(f"{self.text.rstrip('/')}/{safe_relative(name)}")

    def listing(self) -> tuple[list[Listed], list[Finding]]:
        """Return all files below, sorted by name, and a finding for each name that is refused.

        Raises
        ------
        UnreadableError
            ``address-unreadable``.
        """
        if self.is_local:
            sizes = {name: (self.path / name).stat().st_size for name in files_below(self.path)}
        else:
            store, root = driver_of(self.text)
            with self._reading(""):
                found = store.find(root, detail=True)
            sizes = {key[len(root) + 1 :]: int(one["size"] or 0) for key, one in found.items()}
            # Consoles of stores show a folder by an empty file whose name ends so.
            sizes = {name: size for name, size in sizes.items() if size or name[-1:] != "/"}
        kept, refused = [], []
        for name in sorted(filter(None, sizes)):
            problem = _name_problem(name)
            if problem:
                refused.append(problem.at(file=self.text))
            else:
                kept.append(Listed(name, sizes[name]))
        return kept, refused

    def is_there(self) -> bool:
        """Say whether there is such a folder: in a store, whether anything lies below it."""
        if self.is_local:
            return self.path.is_dir()
        store, root = driver_of(self.text)
        with self._reading(""):
            return bool(store.isdir(root))

    def has(self, name: str) -> bool:
        """Say whether there is a file of this name."""
        place = self._place(name)
        if self.is_local:
            return Path(place).is_file()
        with self._reading(name):
            return bool(driver_of(self.text)[0].isfile(place))

    def state(self, name: str) -> State:
        """Return by what a change of a file is told; `NO_FILE` where there is none."""
        place = self._place(name)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), self._asked(name):
            if self.is_local:
                found = Path(place).lstat()
                return State(found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            return _state_of(driver_of(self.text)[0].info(place))
        return NO_FILE

    def states(self, folder: str) -> dict[str, State]:
        """Return the states of the files that stand in a folder of a store, asked for at once.

        They are told by other words than those of `state`, and are to be compared among themselves.
        """
        place, found = self._place(folder), []
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), self._asked(folder):
            found = driver_of(self.text)[0].ls(place, detail=True)
        states = {one["name"].rpartition("/")[2]: _state_of(one) for one in found}
        return {f"{folder}/{name}": state for name, state in states.items() if state != NO_FILE}

    def read(self, name: str, limit: int = _FILE_BYTES) -> bytes:
        """Return the bytes of a file.

        Parameters
        ----------
        name : str
            Its path below the address, with forward slashes.
        limit : int
            Largest size in bytes; what is larger is not fetched.

        Raises
        ------
        UnreadableError
            ``address-file-too-large``, ``file-missing``, ``address-unreadable``, or why the name
            is refused (`scoring.files.paths`).
        """
        place = self._place(name)
        if self.is_local:
            with open_under(self.path, name) as file:
                self._demand_small(name, os.fstat(file.fileno()).st_size, limit)
                data = file.read(limit + 1)
        else:
            store, _ = driver_of(self.text)
            with self._reading(name):
                size = int(store.info(place)["size"])
                self._demand_small(name, size, limit)
                # It may have been replaced by a larger one since.
                data = store.cat_file(place, end=limit + 1) if size else b""
        self._demand_small(name, len(data), limit)
        return data

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """Give a file to read from, of which no more is fetched than is read.

        Raises
        ------
        UnreadableError
            As `read`.
        """
        place = self._place(name)
        if self.is_local:
            with open_under(self.path, name) as file:
                yield file
            return
        with self._reading(name), driver_of(self.text)[0].open(place, block_size=_BLOCK) as file:
            yield file

    def write(self, name: str, content: bytes | Path) -> None:
        """Write a file: all of it or nothing, and never half of it under its name.

        Parameters
        ----------
        name : str
        content : bytes or Path
            A file of this system is copied, without being held in memory.

        Raises
        ------
        OutputError
            ``address-not-written``, or as `write_atomically`.
        UnreadableError
            Where the name is refused.
        """
        place = self._place(name)
        if self.is_local:
            known = content if isinstance(content, bytes) else content.read_bytes()
            write_atomically(Path(place), known)
            return
        store, _ = driver_of(self.text)
        is_whole = kind_of(self.text) in _OBJECTS
        aside = place if is_whole else f"{place}.{secrets.token_hex(4)}.tmp"
        with self._writing(name):
            if not is_whole:
                store.makedirs(place.rpartition("/")[0], exist_ok=True)
            if isinstance(content, bytes):
                store.pipe_file(aside, content)
            else:
                store.put_file(str(content), aside)
            if not is_whole:
                store.mv(aside, place)

    def create(self, name: str, content: bytes) -> bool:
        """Write a file in a store unless there is one of that name; say whether it was written.

        Stores that know no such condition are asked before, which two runs may do at once.

        Raises
        ------
        OutputError
            ``address-not-written``.
        """
        with self._writing(name), contextlib.suppress(FileExistsError):
            driver_of(self.text)[0].pipe_file(self._place(name), content, mode="create")
            return True
        return False

    def modified(self, name: str) -> dt.datetime:
        """Return when a file in a store was last written, by the clock of the store.

        Raises
        ------
        UnreadableError
            ``file-missing`` or ``address-unreadable``.
        """
        with self._reading(name):
            found: dt.datetime = driver_of(self.text)[0].modified(self._place(name))
        return found

    def copy(self, name: str, to: str) -> None:
        """Let a file in a store stand under another name as well.

        Raises
        ------
        OutputError
            ``address-not-written``.
        """
        with self._writing(to):
            driver_of(self.text)[0].cp_file(self._place(name), self._place(to))

    def remove(self, name: str) -> None:
        """Remove a file; none of that name is as good.

        Raises
        ------
        OutputError
            ``address-not-written``.
        """
        place = self._place(name)
        with self._writing(name), contextlib.suppress(FileNotFoundError):
            if self.is_local:
                Path(place).unlink()
            else:
                driver_of(self.text)[0].rm_file(place)

    def _place(self, name: str) -> str:
        """Return where a store, or the system, finds the file `name`."""
        if problem := _name_problem(name):
            raise UnreadableError(problem)
        root = self.text if self.is_local else driver_of(self.text)[1]
        return f"{root}/{name}"

    def _demand_small(self, name: str, size: int, limit: int) -> None:
        if size > limit:
            values = {"size": round(size / MEGABYTE, 1), "limit": round(limit / MEGABYTE, 1)}
            raise UnreadableError(Finding("address-file-too-large", name, values=values))

    @contextlib.contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            with self._asked(name):
                yield
        except FileNotFoundError:
            path = f"{self.text}/{name}".rstrip("/")
            raise UnreadableError(Finding("file-missing", name, values={"path": path})) from None

    @contextlib.contextmanager
    def _asked(self, name: str) -> Iterator[None]:
        try:
            yield
        except (UnreadableError, FileNotFoundError, NotADirectoryError):
            raise
        # A driver raises what the libraries below it raise.
        except Exception as problem:
            values = _reasons(problem) | {"address": self.text}
            raise UnreadableError(Finding("address-unreadable", name, values=values)) from None

    @contextlib.contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        try:
            yield
        except OutputError:
            raise
        except Exception as problem:
            values = _reasons(problem) | {"address": self.text}
            raise OutputError(Finding("address-not-written", name, values=values)) from None


def _name_problem(name: str) -> Finding | None:
    """Return what is wrong with a name in a store; ``a//b`` and ``./a`` would be two files in one."""
    problem = path_problem(name)
    if not problem and str(safe_relative(name)) != name:
        problem = Finding("path-not-portable", values={"path": name, "part": name})
    return problem


def _state_of(told: dict[str, Any]) -> State:
    """Return the state of a file by what a store tells of it."""
    if told["type"] != "file":
        return NO_FILE
    digest = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()
    return State(int(told["size"]), 0, int(digest[:15], 16))


def _reasons(problem: Exception) -> dict[str, object]:
    """Return why a store refuses; its own words may hold keys, so the kind of problem is named."""
    if isinstance(problem, OSError) and problem.errno:
        return system_reason(OSError(problem.errno, os.strerror(problem.errno)))
    key = "store_missing" if isinstance(problem, FileNotFoundError) else "store_refuses"
    return {"reason": Label(key), "system": type(problem).__name__}
