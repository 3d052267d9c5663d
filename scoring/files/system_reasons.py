"""Why the system refuses a file, in the reader's language, with its own words kept beside."""

from __future__ import annotations

import errno

from scoring.base.labels import Label

_IN_USE = 32  # ERROR_SHARING_VIOLATION of Windows, which reports it as a missing permission
# Windows says of a path beyond 260 characters that it is too long or, oftener, not to be found.
_TOO_LONG, _NOT_FOUND, _LONGEST_ON_WINDOWS = 206, 3, 260
_KINDS = {
    "system_no_space": ("ENOSPC", "EDQUOT", "EFBIG"),
    "system_no_permission": ("EACCES", "EPERM", "EROFS"),
    "system_in_use": ("EBUSY", "ETXTBSY"),
    "system_name_too_long": ("ENAMETOOLONG",),
    "system_is_folder": ("EISDIR",),
    "system_no_folder": ("ENOTDIR", "ENOENT"),
    "system_disk_fault": ("EIO",),
}
# Not every system knows every name.
_REASONS = {getattr(errno, name, -1): key for key, names in _KINDS.items() for name in names}
# Errors that only who writes meets; those who read tell theirs where they meet them.
_OF_WRITING = ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM")


def is_of_writing(problem: OSError) -> bool:
    """Say whether the system refuses a file or folder that was to be written."""
    is_no_scratch = problem.errno == errno.ENOENT and problem.filename is None
    return is_no_scratch or errno.errorcode.get(problem.errno or 0) in _OF_WRITING


def system_reason(problem: OSError) -> dict[str, object]:
    """Return the values ``reason`` and ``system`` of a finding about a file.

    Examples
    --------
    >>> said = system_reason(OSError(errno.ENOSPC, "No space left on device"))
    >>> said["reason"].text("vi"), said["system"]
    ('đĩa đã đầy', 'No space left on device')
    """
    key = _REASONS.get(problem.errno or 0, "system_refuses")
    if getattr(problem, "winerror", None) == _IN_USE:
        key = "system_in_use"
    elif _is_beyond_windows(problem):
        key = "system_name_too_long"
    return {"reason": Label(key), "system": problem.strerror or type(problem).__name__}


def _is_beyond_windows(problem: OSError) -> bool:
    told, name = getattr(problem, "winerror", None), str(problem.filename or "")
    return told == _TOO_LONG or (told == _NOT_FOUND and len(name) >= _LONGEST_ON_WINDOWS)
