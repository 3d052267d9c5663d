"""Put a mutant in place in a forked child and ask the tests that touch it; ``mutants.py`` says how."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import os
import pickle
import resource
import select
import shlex
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pandera.pandas  # noqa: F401  # heavy: before the forks, so that no child imports it anew
import pytest
from hypothesis import settings
from mutations import ROOT, Mutant, mutated_tree

_UNASKED = "not libreoffice and not chromium and not node and not type_checker"
ENDED, SURVIVED = "ended with", ""


@dataclass(frozen=True)
class Area:
    """Modules that are mutated together, and the tests that are asked."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self) -> list[str]:
        """The modules, from their patterns."""
        found = {path for pattern in self.modules for path in ROOT.glob(f"scoring/{pattern}")}
        return sorted(path.relative_to(ROOT).as_posix() for path in found)

    def asked(self) -> list[str]:
        """What pytest is given: the tests, and the modules for their examples."""
        return [*(f"tests/{name}" for name in self.tests), *self.files()]


@dataclass(frozen=True)
class Touch:
    """What one test took, in seconds of the processor, and the functions it ran through."""

    seconds: float
    functions: frozenset[tuple[str, str]]


# -- a child that fails or does not ------------------------------------------------------------


def in_child(work: Callable[[], Any], seconds: float) -> Any:
    """What a forked child returns; the name of the signal that ended it, or that it took too long."""
    with tempfile.TemporaryFile() as answer:
        child = os.fork()
        if not child:
            _child(work, answer, seconds)
        handle = os.pidfd_open(child)
        # The child's own limit is of the processor's time; a busy machine must not kill a mutant.
        ended = select.select([handle], [], [], 300 + 60 * seconds)[0]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # it, and whatever it started
        os.close(handle)
        status = os.waitpid(child, 0)[1]
        answer.seek(0)
        if ended and os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return pickle.load(answer)
    return "took too long" if not ended or os.WIFSIGNALED(status) else f"{ENDED} {status}"


def _child(work: Callable[[], Any], answer: Any, seconds: float) -> None:
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        limit = int(5 + 3 * seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
        pickle.dump(work(), answer)
        answer.flush()
        os._exit(0)
    except BaseException:
        os._exit(9)


class _Asking:
    """Pytest collects as ever; then `loop` runs instead of the tests."""

    def __init__(self, loop: Callable[[dict[str, pytest.Item]], None]) -> None:
        self.loop, self.failed, self.errors = loop, "", 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.loop({item.nodeid: item for item in session.items})
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def first_failure(self, items: list[pytest.Item]) -> str:
        """The first of these tests that fails."""
        self.failed = ""
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                break
        return self.failed


def with_tests(
    names: Iterable[str],
    loop: Callable[[_Asking, dict[str, pytest.Item]], None],
    *plugins: object,
) -> int:
    """Collect these tests and give them to `loop`; the exit code of pytest."""
    plugin = _Asking(lambda items: loop(plugin, items))
    settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
    with tempfile.TemporaryDirectory() as folder:
        options = shlex.split(f"-q -p no:cacheprovider -p no:xdist --basetemp={folder}/t")
        options += ["--hypothesis-profile=mutants", "-m", _UNASKED]
        return pytest.main([*options, *names], plugins=[plugin, *plugins])


# -- which test touches what -------------------------------------------------------------------


def touches(area: Area, names: list[str]) -> dict[str, Touch]:
    """Run these tests of the area once as the code stands; tests that fail then are not asked."""
    found: dict[str, Touch] = {}
    files = {str(ROOT / module): module for module in area.files()}

    def loop(plugin: _Asking, items: dict[str, pytest.Item]) -> None:
        for name, item in items.items():
            seen: set[tuple[str, str]] = set()

            def trace(
                frame: Any, _event: str, _arg: Any, seen: set[tuple[str, str]] = seen
            ) -> None:
                module = files.get(frame.f_code.co_filename)
                if module:
                    seen.add((module, frame.f_code.co_qualname.split(".<locals>")[0]))

            began = time.process_time()
            threading.settrace(trace)
            sys.settrace(trace)
            failed = plugin.first_failure([item])
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            if seen and not failed:
                found[name] = Touch(time.process_time() - began, frozenset(seen))

    def work() -> dict[str, Touch]:
        with_tests(names, loop)
        return found

    answer = in_child(work, 3600)
    if not answer or not isinstance(answer, dict):
        raise SystemExit(f"{area.name}: the tests could not be run: {answer}")
    return answer


def askers(mutant: Mutant, touched: dict[str, Touch], most: float) -> list[str]:
    """The tests that touch a mutant's function (its module, outside functions), quick files first.

    Of tests beyond `most` seconds in all, the rest is left out.
    """
    own = (mutant.module, mutant.function)
    near = {
        name: touch
        for name, touch in touched.items()
        if own in touch.functions
        or (not mutant.inside and any(module == own[0] for module, _ in touch.functions))
    }
    near = near or touched  # what runs only when modules are imported
    of_file: dict[str, list[float]] = {}
    for name, touch in near.items():
        of_file.setdefault(name.split("::")[0], []).append(touch.seconds)
    mean = {name: sum(seconds) / len(seconds) for name, seconds in of_file.items()}
    kept, spent = [], 0.0
    for name in sorted(
        near, key=lambda name: (mean[name.split("::")[0]], name.split("::")[0], near[name].seconds)
    ):
        spent += near[name].seconds
        if not kept or spent <= most:
            kept.append(name)
    return kept


# -- a mutant in place -------------------------------------------------------------------------


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def compiled(mutant: Mutant) -> CodeType:
    """The mutated module, compiled."""
    path = ROOT / mutant.module
    return compile(mutated_tree(path.read_text("utf-8"), mutant.index), str(path), "exec")


def exchanged(mutant: Mutant, functions: list[FunctionType]) -> bool:
    """Put the mutated code into the functions that run it; whether any changed."""
    changed = False
    new = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compiled(mutant))}
    for function in functions:
        code = new.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if code and code != function.__code__ and function.__code__.co_name != "<lambda>":
            function.__code__ = code
            changed = True
    return changed


def living_functions() -> dict[str, list[FunctionType]]:
    """The functions that exist, by the file of their code."""
    gc.unfreeze()
    found: dict[str, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            found.setdefault(thing.__code__.co_filename, []).append(thing)
    gc.freeze()
    return found


class _MutatedLoader(SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class _Finder:
    """Finds the mutated module instead of its file."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.path, self.code = ROOT / mutant.module, compiled(mutant)
        sys.meta_path.insert(0, self)

    def pytest_sessionstart(self) -> None:
        """Come first again: pytest itself finds the modules whose doctests it is asked for."""
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        loader = _MutatedLoader(name, str(self.path))
        loader.code = self.code
        return importlib.util.spec_from_file_location(name, self.path, loader=loader)


def asked_afresh(mutant: Mutant, names: list[str], seconds: float) -> str:
    """The test that kills a mutant whose module is imported anew; empty when none does."""

    def work() -> str:
        finder = _Finder(mutant)
        answer = []

        def loop(plugin: _Asking, items: dict[str, pytest.Item]) -> None:
            lost = [name for name in names if name not in items]
            answer.append(
                lost[0] if lost else plugin.first_failure([items[name] for name in names])
            )

        code = with_tests(dict.fromkeys(name.split("::")[0] for name in names), loop, finder)
        return answer[0] if answer else f"import: pytest ended with {code}"

    return in_child(work, seconds + 10)


# -- the run -----------------------------------------------------------------------------------


class Run:
    """One area asked: what killed each mutant, in a file that a stopped run goes on from."""

    def __init__(
        self, area: Area, touched: dict[str, Touch], answers: Path, most: float, quick: bool = False
    ) -> None:
        self.area, self.touched, self.answers, self.most = area, touched, answers, most
        self.quick = quick  # survivors are not asked afresh
        self.killed: dict[str, str] = {}
        self.unplaced: set[str] = set()

    def askers(self, mutant: Mutant) -> list[str]:
        """The tests that are asked about a mutant: first those that killed its neighbours."""
        names = askers(mutant, self.touched, self.most)
        near = f"{mutant.module} | {mutant.function} | "
        killers = {
            who: 1 + key.startswith(near)
            for key, who in self.killed.items()
            if key.startswith(mutant.module)
        }
        return sorted(names, key=lambda name: -killers.get(name, 0))

    def go(self, mutants: list[Mutant]) -> list[Mutant]:
        """Ask every mutant; the survivors."""
        warm = [one for one in mutants if one.inside and self._open(one)]
        if warm:
            answer = in_child(lambda: self._warmed(warm), 36_000)
            if not isinstance(answer, bool):
                raise SystemExit(f"{self.area.name}: the run ended: {answer}")
            self.read()
        afresh = [one for one in mutants if not (self.quick and one.inside)]
        for mutant in [one for one in afresh if self._open(one)]:
            names = self.askers(mutant)
            if names:
                self.note(mutant, asked_afresh(mutant, names, self._seconds(names)))
        return [one for one in mutants if self._open(one)]

    def _open(self, mutant: Mutant) -> bool:
        return mutant.key not in self.killed and mutant.key not in self.unplaced

    def _seconds(self, names: list[str]) -> float:
        return sum(self.touched[name].seconds for name in names)

    def _warmed(self, mutants: list[Mutant]) -> bool:
        def loop(plugin: _Asking, items: dict[str, pytest.Item]) -> None:
            functions = living_functions()
            for mutant in mutants:
                names = self.askers(mutant)
                chosen = [items[name] for name in names if name in items]
                own = functions.get(str(ROOT / mutant.module), [])
                if not chosen or not own:
                    continue

                def work(mutant: Mutant = mutant, chosen: list = chosen, own: list = own) -> str:
                    return plugin.first_failure(chosen) if exchanged(mutant, own) else SURVIVED

                killer = in_child(work, self._seconds(names))
                if not killer.startswith(ENDED):  # else it is asked afresh
                    self.note(mutant, killer)

        with_tests(self.area.asked(), loop)
        return True

    def note(self, mutant: Mutant, killer: str) -> None:
        """Keep who killed a mutant, here and in the file; a survivor is asked again next time."""
        if killer.startswith(ENDED):
            self.unplaced.add(mutant.key)
        elif killer:
            self.killed[mutant.key] = killer
            with self.answers.open("a", encoding="utf-8") as file:
                file.write(json.dumps([mutant.key, killer], ensure_ascii=False) + "\n")

    def read(self) -> None:
        """Take up what an earlier run, or a child, has noted."""
        if self.answers.exists():
            self.killed |= dict(map(json.loads, self.answers.read_text("utf-8").splitlines()))
