"""Telling a parser that stumbles over a hostile file from a mistake in our own code."""

from __future__ import annotations

# What a hostile file can bring about in any code: too deep, too large, cut off, gone.
_OF_THE_FILE = (RecursionError, MemoryError, OSError, EOFError)


def is_own_mistake(problem: BaseException) -> bool:
    """Say whether an exception is one of Python's own that our own code raised.

    Parsers raise almost anything over a broken file, and that is the fault of the file. Code of
    ours that meets a value it did not foresee has a mistake, which must not pass for a broken file.

    Parameters
    ----------
    problem : BaseException
        As it was caught.

    Examples
    --------
    >>> import json
    >>> try:
    ...     json.loads("{")
    ... except ValueError as caught:
    ...     is_own_mistake(caught)
    False
    """
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    is_pythons = type(problem).__module__ == "builtins"
    return is_pythons and name.startswith("scoring.") and not isinstance(problem, _OF_THE_FILE)
