"""The child side of `scoring.files.children.isolation`: ``python -m scoring.files.children.worker module:function``."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from importlib import import_module
from typing import Any

from scoring.base.errors import FileError, OutputError
from scoring.files.children import guarded
from scoring.files.children.wire import encoded


def main(target: str, memory_bytes: int) -> None:
    """Answer each task on stdin, a line of JSON and the bytes it announces, until stdin closes."""
    answers = _private_stdout()
    _cap_memory(memory_bytes)
    guarded.be_the_child()
    module, _, name = target.partition(":")
    function = getattr(import_module(module), name)
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        task, size = json.loads(line)
        if size is not None:
            task["data"] = sys.stdin.buffer.read(size)
        answers.write(_answered(function, task))
        answers.flush()


def _answered(function: Any, task: dict[str, Any]) -> bytes:
    try:
        answer = function(**task)
        if isinstance(answer, bytes):
            return encoded([{"answer": None}, len(answer)]) + b"\n" + answer
        line = encoded([{"answer": answer}, 0])
    except FileError as refusal:
        failure = "unwritten" if isinstance(refusal, OutputError) else "refused"
        line = encoded([{"failure": failure, "finding": refusal.finding}, 0])
    # Anything a task raises is its own answer; the next task must still be served.
    except Exception as problem:
        told = {"failure": "error", "detail": f"{type(problem).__name__}: {problem}"}
        line = encoded([told, 0])
    return line + b"\n"


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
