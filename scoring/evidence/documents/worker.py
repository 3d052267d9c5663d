"""The child side of `scoring.evidence.documents.isolation`: ``python -m ... module:function``."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from importlib import import_module
from typing import Any


def main(target: str, memory_bytes: int) -> None:
    """Answer each line of JSON on stdin with one on stdout until stdin closes."""
    answers = _private_stdout()
    _cap_memory(memory_bytes)
    module, _, name = target.partition(":")
    function = getattr(import_module(module), name)
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        answers.write(json.dumps(_answered(function, json.loads(line))).encode() + b"\n")
        answers.flush()


def _answered(function: Any, task: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": function(**task)}
    # Anything a task raises is its own answer; the next task must still be served.
    except Exception as problem:
        return {"failure": "error", "detail": f"{type(problem).__name__}: {problem}"}


def _private_stdout() -> Any:
    """Keep the pipe for answers alone: what a library prints must not mix with them."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    return answers


def _cap_memory(memory_bytes: int) -> None:
    """Cap the address space where the system knows how to (not on Windows)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
