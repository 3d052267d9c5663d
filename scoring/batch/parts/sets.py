"""The criteria set of a batch, under a name that means the same wherever a task is done."""

from __future__ import annotations

from pathlib import Path

from scoring.criteria import CriteriaSet, open_set
from scoring.criteria.library import library_folders, set_path
from scoring.files.left_behind import scratch_folder
from scoring.files.stores.addresses import Address
from scoring.files.stores.store_path import path_at


def named_for_workers(given: str) -> str:
    """Return by what a process in another folder, or on another computer, opens a set.

    The id of a set that is shipped, the whole path of one's own, or the address of one in a store.

    Raises
    ------
    UnreadableError
        Where there is no such set.

    Examples
    --------
    >>> named_for_workers("service-quality-766")
    'service-quality-766'
    """
    if not Address.of(given).is_local:
        return given
    path = set_path(Address.of(given).text).resolve()
    return given if path.parent == library_folders()[0] else str(path)


def set_at(named: str) -> CriteriaSet:
    """Open a set by its id, its path or its address in a store.

    Raises
    ------
    UnreadableError
        As `open_set`, and what `Address.read` raises.
    """
    if Address.of(named).is_local:
        return open_set(named)
    place = path_at(named)
    with scratch_folder() as scratch:
        copy = Path(scratch, place.name)
        folder, name = Address.of_file(place)
        files = [listed.name for listed in Address.of(named).listing()[0]]
        if not files:
            copy.write_bytes(folder.read(name))
        for below in files:
            (copy / below).parent.mkdir(parents=True, exist_ok=True)
            (copy / below).write_bytes(Address.of(named).read(below))
        return open_set(copy)
