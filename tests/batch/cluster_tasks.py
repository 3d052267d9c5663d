"""What the workers of the tests do, and the cluster they are in, which can be killed whole."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.stores.addresses import Address


def shout(task):
    """Write a file in capitals into another folder: ``(from, to, name)``."""
    source, target, name = task
    begun = Path(target) / f"{name}.{os.getpid()}.begun"
    if not target.startswith("s3:"):
        begun.touch()
    text = Address.of(source).read(name, limit=100)
    if text == b"poison":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == b"slow" and len(list(begun.parent.glob(f"{name}.*.begun"))) == 1:
        while not (begun.parent / "go").exists():
            time.sleep(0.02)
    if text == b"broken":
        raise UnreadableError(Finding("file-missing", name, values={"path": name}))
    if text == b"raises":
        raise ValueError("three times")
    Address.of(target).write(name, text.upper())
    return len(text)


def shout_together(tasks):
    """Do several of them."""
    return [shout(task) for task in tasks]


def main():
    """Be a scheduler with two worker processes, until somebody kills it."""
    from scoring.files.children.over_dask import _own_cluster

    with _own_cluster(2) as cluster:
        sys.stdout.write(cluster.scheduler_address + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
