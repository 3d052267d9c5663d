"""Work in a copy of this process: done there, or here where the copy cannot."""

import os
import signal
import sys
import time

import pytest

from scoring.files.children import forked
from scoring.files.children.forked import Forked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(forked, "default_workers", lambda: 2)


def test_the_work_is_done_in_another_process_meanwhile():
    with Forked(os.getpid) as work:
        assert work.result() != os.getpid()


def test_what_fails_in_the_copy_is_done_and_told_here():
    here = os.getpid()

    def fail():
        raise ValueError(os.getpid())

    with Forked(fail) as work, pytest.raises(ValueError, match=str(here)):
        work.result()


def test_work_of_a_killed_copy_is_done_here():
    here = os.getpid()

    def killed_there():
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "here"

    with Forked(killed_there) as work:
        assert work.result() == "here"


def test_whoever_gives_up_does_not_wait():
    start = time.monotonic()
    with Forked(lambda: time.sleep(60)) as work:
        child = work._child
    assert time.monotonic() - start < 30
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_on_one_processor_nothing_is_copied(monkeypatch):
    monkeypatch.setattr(forked, "default_workers", lambda: 1)
    assert Forked(os.getpid).result() == os.getpid()
