"""A run over a folder in a process of its own, which stands still at a moment until it is killed."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

import pytest

from scoring.batch import batch_outputs, batch_run
from scoring.batch.batch_run import BatchJob, run_batch
from scoring.batch.parts.taking import do
from scoring.criteria import open_set
from scoring.files import whole_folder
from scoring.files.children.guarded import unguarded
from scoring.files.stores.addresses import Address
from scoring.files.stores.store_path import path_at

CRITERIA = open_set("department-sample")
MOMENTS = ("part", "results", "swap")
# In a store results take their places one by one.
STORE_MOMENTS = ("sent",)


class Here:
    """An engine that does tasks in this process."""

    def run(self, tasks):
        """Do one after another."""
        yield from map(do, tasks)


@contextmanager
def lightly():
    """Read in this process and leave out Word and slides, which are tested elsewhere."""
    with unguarded(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_outputs, "_FORMATS", ("html",))
        patch.setattr(batch_outputs, "MAX_UNITS_WITH_PAGES", 1)
        yield patch


def run(folder, out, on_done=None):
    """Run once."""
    return run_batch(BatchJob(folder, out, CRITERIA, CRITERIA.set_id), Here(), on_done)


def _stand_still():
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    sys.stdin.read()


def _stopped(moment, folder, out):
    """Run until `moment`: one part is there, all results are written aside, they have just taken
    the place of the old ones, or the first of them is in the store."""

    def after(module, name, is_it=lambda *_: True):
        real = getattr(module, name)

        def stops(*given, **named):
            answer = real(*given, **named)
            if is_it(*given):
                _stand_still()
            return answer

        patch.setattr(module, name, stops)

    with lightly() as patch:
        if moment == "results":
            after(batch_run, "_written")
        elif moment == "swap":
            after(whole_folder, "_exchanged")
        elif moment == "sent":
            after(Address, "write", lambda _, name, *rest: name == "scores.csv")
        run(folder, out, (lambda *_: _stand_still()) if moment == "part" else None)


def main():
    """Come to each moment in a child, which the test kills."""
    for moment in STORE_MOMENTS if "://" in sys.argv[2] else MOMENTS:
        if not (child := os.fork()):
            _stopped(moment, path_at(sys.argv[1]), path_at(sys.argv[2]))
            os._exit(1)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
