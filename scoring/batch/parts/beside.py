"""The documents beside a ledger, in a folder or a store: what was seen of them, and where they are."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from scoring.base.errors import FileError
from scoring.batch.parts.ledger_part import Seen
from scoring.files.left_behind import scratch_folder
from scoring.files.office.content import ReadingLimits
from scoring.files.paths import path_problem, resolve_under, safe_relative
from scoring.files.stores.addresses import NO_FILE, Address, State

# A store answers many questions at once; a ledger may list hundreds of documents.
_AT_ONCE = 8


def seen_of(folder: Path | Address, paths: Iterable[str]) -> tuple[Seen, ...]:
    """Return size and times of change of the documents that a ledger lists.

    A file that somebody put in the place of another and gave the same size and date is still told
    by the time at which the system itself saw it change, or by what a store says of its content.
    """
    listed = _listed(paths)
    if isinstance(folder, Path):
        return tuple((path, *_seen(folder, path)) for path in listed)
    known = _known_in(folder, listed)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = threads.map(lambda path: _in_store(folder, path, known)[1], listed)
        return tuple((path, *state) for path, state in zip(listed, found, strict=True))


def _known_in(address: Address, listed: Sequence[str]) -> dict[str, dict[str, State]]:
    """Return what is in the folders of which a ledger lists many documents: one question each."""
    safe = [safe_relative(path) for path in listed if path_problem(path) is None]
    counts = Counter(str(path.parent) for path in safe)
    many = [folder for folder, count in counts.items() if count > _AT_ONCE and folder != "."]
    return {folder: address.states(folder) for folder in many}


def _listed(paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(map(str, paths)) if path]


def _seen(folder: Path, path: str) -> State:
    place = folder / path.replace("\\", "/")
    with suppress(FileError, OSError, ValueError):
        # Looked up in its folder only where its name may be composed in another way.
        if not path.isascii() and not place.exists():
            place = resolve_under(folder, path)
        state = place.lstat()
        return State(state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    return NO_FILE


def _in_store(
    address: Address, path: str, known: Mapping[str, Mapping[str, State]] = MappingProxyType({})
) -> tuple[str, State]:
    """Return the name of a document in a store, whichever way its marks are composed, and its state.

    Raises
    ------
    UnreadableError
        ``address-unreadable``: a store that does not answer must not look like a missing file.
    """
    if path_problem(path) is not None:
        return "", NO_FILE
    name = str(safe_relative(path))
    forms = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    for found in dict.fromkeys((name, *forms)):
        folder = found.rpartition("/")[0]
        state = known[folder].get(found, NO_FILE) if folder in known else address.state(found)
        if state != NO_FILE:
            return found, state
    return name, NO_FILE


@contextmanager
def near(documents: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Give the table ``Documents`` with folders of this system, copies where they are in a store."""
    with ExitStack() as held:
        folders = {folder: folder for folder in documents.get("folder", ())}
        far = [folder for folder in folders if folder and not Address.of(folder).is_local]
        for folder in far:
            paths = documents["path"][documents["folder"] == folder]
            copies = held.enter_context(local_copies(Address.of(folder), paths))
            folders[folder] = str(copies)
        yield documents.assign(folder=documents["folder"].map(folders)) if far else documents


@contextmanager
def local_copies(address: Address, paths: Iterable[str]) -> Iterator[Path]:
    """Give a folder with copies of the documents that a ledger in a store lists.

    Of one that is too large to be read there is a hollow copy of the same size, so that it is
    refused as it would be in a folder. One that is not there, or whose name is refused, is left
    out.
    """
    limit = ReadingLimits().bytes

    def bring(path: str) -> None:
        name, state = _in_store(address, path)
        if state == NO_FILE:
            return
        data = address.read(name, limit) if state.size <= limit else b""
        copy = Path(scratch, name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with copy.open("wb") as file:
            file.write(data)
            file.truncate(state.size if state.size > limit else len(data))

    with scratch_folder() as scratch:
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            list(threads.map(bring, _listed(paths)))
        yield Path(scratch)
