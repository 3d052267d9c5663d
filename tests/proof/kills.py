"""Try on every verb that writes what may happen to a run: ``python tests/proof/kills.py --kills 8``.

Each call runs in a child, over a copy of one desk, twice: where nothing stands yet, and over the
results of an earlier run in the other language. What must hold is said in `wrong_after`.
"""

from __future__ import annotations

import argparse
import errno
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import harmed_runs as harmed
from fault_cases import Case, cases, tops
from harmed_runs import Desk, Harm, Tree
from records import write_record

_HOSTILE = {
    "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "cp1252", "PYTHONHASHSEED": "7",
}  # fmt: skip
_STOPPED = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
_LIMITS = (1_500, 4_000, 20_000)
_LEFT = (
    "`ledger merge` changes two files one after the other; killed just between them, the next one"
    " into the same file puts the second there first",
    "full disks, read-only media and files in use are played by refusing the calls of the system",
    "a loss of power is not played: what was flushed to the disk is taken to be there",
)


def wrong_after(case: Case, desk: Desk, *, is_told: bool = False) -> str:
    """Return what is wrong after something happened; empty where all holds.

    What was given is untouched; what is made is that of before or the new one, as a whole; old
    results that go are kept where that was asked. A run that could tell (`is_told`) leaves nothing
    half-done; one that was killed may, until the next run, which succeeds with the usual result.
    """
    files = desk.files()
    if wrong := wrong_among(case, files, is_told=is_told):
        return wrong
    if case.call.verb in _ADDING:
        return ""
    if (key := harmed.signs(files)) not in case.seen:
        case.seen[key] = _next(case, desk, is_done(case, files))
    return case.seen[key]


def wrong_among(case: Case, files: Tree, *, is_told: bool = False) -> str:
    """Return what is wrong among the files themselves."""
    found = files if is_told else harmed.without_litter(files)
    bare = without_kept(case, found)
    end = {name: data for name, data in case.end.items() if name in bare or ".bak" not in name}
    given = case.start.keys() - case.outputs
    if any(found.get(name) != case.start[name] for name in given):
        return "an input changed"
    if case.same(bare, case.start) or case.same(bare, end):
        return ""
    # Two files cannot change at once: between them a folder aside tells the next run to finish it.
    if not is_told and any(".whole/" in name for name in files):
        mixed = [case.start, end]
        if all(any(bare.get(n) == one.get(n) for one in mixed) for n in {*bare, *end}):
            return ""
    odd = {name for name in bare.keys() | end.keys() if bare.get(name) != end.get(name)}
    old = {n for n in bare.keys() | case.start.keys() if bare.get(n) != case.start.get(n)}
    return f"neither old nor new: {sorted(old)[:4]} {sorted(odd)[:4]}"


def without_kept(case: Case, found: Tree) -> Tree:
    """Return what is no old file that was kept beside its new one."""
    return {n: data for n, data in found.items() if n in case.start or ".bak" not in n}


def is_done(case: Case, files: Tree) -> bool:
    """Say whether the run had come to its end."""
    bare = without_kept(case, harmed.without_litter(files))
    end = {name: data for name, data in case.end.items() if name in bare or ".bak" not in name}
    if any(".whole/" in name for name in files):
        return True
    return case.same(bare, end) and not case.same(case.start, case.end)


# They add to a file at every call, so that the next run does not end as an undisturbed one.
_ADDING = {"appraise sign"}
# A bundle in a folder is replaced as a whole, the same one too.
_KEPT = {"evidence bundle (2)"}


def _next(case: Case, desk: Desk, is_done: bool) -> str:
    """Run again. Where the run had come to its end, a second one may be refused, or keep more."""
    code = desk.run(case.arguments)
    if code != case.code and not (is_done and "[output-exists]" in desk.said()):
        return f"the next run ended with {code}: {desk.said()[-300:]}"
    found = desk.files()
    if is_done:
        found = {name: data for name, data in found.items() if ".bak2" not in name}
        found |= {n: d for n, d in case.end.items() if ".bak" in n and case.call.name in _KEPT}
    if case.same(found, case.end):
        return ""
    odd = [n for n in found.keys() | case.end.keys() if found.get(n) != case.end.get(n)]
    return f"the next run left otherwise: {sorted(odd)[:5]}"


def _said_badly(case: Case, desk: Desk, code: int, codes: Iterable[int]) -> str:
    """Return what is wrong with what a run that met trouble said."""
    said = desk.said()
    if "Traceback" in said or "unforeseen-error" in said:
        return f"no message for people: {said[-900:]}"
    if code not in (case.code, *codes):
        return f"exit code {code}: {said[-300:]}"
    return ""


def steps(case: Case, count: int) -> list[int]:
    """Return touches spread over the run: the first, the last and some between."""
    chance = random.Random(case.call.name)
    every = range(1, case.touches + 1)
    if len(every) <= count:
        return list(every)
    return sorted({1, case.touches, *chance.sample(every, count - 2)})


def cut_off(case: Case, _: int) -> Iterator[str]:
    """Look at what stands there at every touch of the disk: a kill leaves the files as they are."""
    wrong = {key: wrong_among(case, files) for key, files in case.looks.items()}
    for step, key in enumerate(case.moments, start=1):
        yield wrong[key] and f"{step}: {wrong[key]}"


def unlike(case: Case, count: int) -> list[int]:
    """Return touches at which unlike things stand there: the first and the last of them, and some."""
    first = {key: step for step, key in reversed([*enumerate(case.moments, start=1)])}
    every = sorted(first.values())
    if len(every) <= count:
        return every
    chance = random.Random(case.call.name)
    # What is put together aside comes early and is many touches; places are taken late.
    return sorted({every[0], *chance.sample(every[1:-2], count - 3), *every[-2:]})


def killed(case: Case, count: int) -> Iterator[str]:
    """Kill the run at touches of the disk, then at any moment with its reading children at work."""
    for step in unlike(case, max(count, 4)):
        desk = case.desk()
        desk.run(case.arguments, harmed.at(step, desk, signal.SIGKILL))
        yield (wrong := wrong_after(case, desk)) and f"{step}: {wrong}"
    chance = random.Random(case.call.name)
    for _ in range(max(1, count // 8)):
        desk = case.desk()
        seconds = chance.uniform(0, 1.3 * case.seconds)
        child = desk.start(case.arguments, harmed.after(seconds, signal.SIGKILL), True)
        harmed.ended(child)
        left = _survivors(child)
        yield f"outlived by {left}" if left else wrong_after(case, desk)


def _survivors(session: int) -> list[int]:
    """Return processes of a session that are still there when they had ten seconds to go."""
    until = time.monotonic() + 10
    while left := [int(one.name) for one in Path("/proc").glob("[0-9]*") if _is_of(one, session)]:
        if time.monotonic() > until:
            break
        time.sleep(0.02)
    return left


def _is_of(process: Path, session: int) -> bool:
    try:
        state, _, _, found = (process / "stat").read_text().rpartition(")")[2].split()[:4]
    except (OSError, ValueError):
        return False
    return int(found) == session and state != "Z"


def _stopped(number: int) -> object:
    def stopped(case: Case, count: int) -> Iterator[str]:
        """Ask the run to stop, at touches of the disk and at any moment."""
        chance = random.Random(case.call.name)
        for step in [*steps(case, max(4, count // 2)), 0, 0]:
            desk = case.desk()
            seconds = chance.uniform(0, case.seconds)
            harm = harmed.at(step, desk, number) if step else harmed.after(seconds, number)
            code = desk.run(case.arguments, harm)
            wrong = _said_badly(case, desk, code, [_STOPPED[number]])
            lines = desk.said().strip().splitlines()
            if code == _STOPPED[number] and not (lines and "Đã dừng" in lines[-1]):
                wrong = wrong or f"said {lines[-3:]}"
            wrong = wrong or wrong_after(case, desk, is_told=True)
            yield wrong and f"{step}: {wrong}"

    return stopped


def met(case: Case, desk: Desk, harm: Harm, code: str) -> str:
    """Run with an error of the system, which must be named; nothing changes then."""
    given = desk.run(case.arguments, harm)
    wrong = _said_badly(case, desk, given, [2])
    if not wrong and given == 2 and code not in desk.said():
        wrong = f"said {desk.said()[-300:]}"
    return wrong or wrong_after(case, desk, is_told=True)


def full(case: Case, count: int) -> Iterator[str]:
    """Fill the disk at touches, and while a file is written (by the size a file may have)."""
    for step in steps(case, max(4, count // 2)):
        desk = case.desk()
        harm = harmed.refusing(step, desk, errno.ENOSPC)
        yield (wrong := met(case, desk, harm, "[output-failed]")) and f"{step}: {wrong}"
    for size in _LIMITS:
        desk = case.desk()
        wrong = met(case, desk, harmed.no_larger_than(size), "[output-failed]")
        yield wrong and f"{size} bytes: {wrong}"


def read_only(case: Case, _: int) -> Iterator[str]:
    """Let the system refuse every change to the disk, as unwritable folders and media do."""
    for error in (errno.EROFS, errno.EACCES):
        desk = case.desk()
        yield met(case, desk, harmed.read_only(desk, error), "[output-folder-read-only]")


def in_use(case: Case, _: int) -> Iterator[str]:
    """Let another program hold what stands where the run writes."""
    if standing := case.outputs & case.start.keys():
        desk = case.desk()
        yield met(case, desk, harmed.in_use(desk, tops(standing) | standing), "[output-")


def two_at_once(case: Case, count: int) -> Iterator[str]:
    """Let a second run begin and end while the first one stands still at a touch."""
    for step in steps(case, max(3, count // 4)):
        desk = case.desk()
        first = desk.start(case.arguments, harmed.at(step, desk, signal.SIGSTOP))
        _, state = os.waitpid(first, os.WUNTRACED)
        wrong = ""
        second = desk.run(case.arguments)
        if second != case.code and "[output-folder-in-use]" not in desk.said():
            is_kept = second == 2 and "[output-exists]" in desk.said()
            wrong = "" if is_kept else f"second run: {second} {desk.said()[-300:]}"
        if os.WIFSTOPPED(state):
            os.kill(first, signal.SIGCONT)
            harmed.ended(first)
        kept = {name for name in desk.files() if ".bak" in name}
        found = {name: data for name, data in desk.files().items() if name not in kept}
        end = {name: data for name, data in case.end.items() if ".bak" not in name}
        if not wrong and case.call.verb not in _ADDING and not case.same(found, end):
            odd = [n for n in found.keys() | end.keys() if found.get(n) != end.get(n)]
            wrong = f"both left {sorted(odd)[:5]}"
        yield wrong and f"{step}: {wrong}"


def worker_lost(case: Case, _: int) -> Iterator[str]:
    """Kill the child that reads sent files, and copies of the process that share the work."""
    desk = case.desk()
    code = desk.run(case.arguments, harmed.losing_workers, True)
    wrong = _said_badly(case, desk, code, [0, 1, 2])
    yield wrong or _wrong_or_less(case, desk)


def _wrong_or_less(case: Case, desk: Desk) -> str:
    """Return what is wrong where an input could not be read, so that the result may be another."""
    found = desk.files()
    given = case.start.keys() - case.outputs
    if any(found.get(name) != case.start[name] for name in given):
        return "an input changed"
    litter = found.keys() - harmed.without_litter(found).keys()
    return f"litter: {sorted(litter)[:3]}" if litter else ""


def half_a_file(case: Case, _: int) -> Iterator[str]:
    """Give half of each file that is named, and of each in a folder that is named."""
    for argument in case.call.arguments:
        given = case.source / argument
        named = [given] if given.is_file() else sorted(given.rglob("*"))[:3]
        for path in named if not Path(argument).is_absolute() and given.exists() else []:
            if not path.is_file() or path.relative_to(case.source).parts[0].startswith("ra"):
                continue
            desk = case.desk()
            half = desk.desk / path.relative_to(case.source)
            half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
            before = case.start | {str(path.relative_to(case.source)): half.read_bytes()}
            code = desk.run(case.arguments)
            wrong = _said_badly(case, desk, code, [0, 1, 2])
            whole = Case(**{**vars(case), "start": before})
            yield wrong or _wrong_or_less(whole, desk)


def no_streams(case: Case, _: int) -> Iterator[str]:
    """Let the reader of stdout go away, and begin without stdin, stdout or stderr."""
    for harm in (harmed.unheard, *map(harmed.closing, (0, 1, 2)), harmed.closing(0, 1, 2)):
        desk = case.desk()
        code = desk.run(case.arguments, harm, True)
        wrong = _said_badly(case, desk, code, [])
        if not wrong and not case.same(desk.files(), case.end):
            wrong = "other results"
        yield wrong


def elsewhere(case: Case, _: int) -> Iterator[str]:
    """Run a fresh interpreter under another time zone, locale and console."""
    desk = case.desk()
    command = [sys.executable, "-m", "scoring.cli.entry_check", *case.arguments]
    command[1:3] = ["-c", "import sys; from scoring.cli.entry import main; sys.exit(main())"]
    done = subprocess.run(
        command, cwd=desk.desk, env=os.environ | _HOSTILE, capture_output=True, check=False
    )
    (desk.home / "err").write_bytes(done.stderr)
    wrong = _said_badly(case, desk, done.returncode, [])
    yield wrong or ("" if case.same(desk.files(), case.end) else "other results")


def other_clock(case: Case, _: int) -> Iterator[str]:
    """Let every file be of the future or of 1970, as after a clock was set."""
    for moment in (4_000_000_000, 1):
        desk = case.desk()
        for path in desk.desk.rglob("*"):
            os.utime(path, (moment, moment))
        code = desk.run(case.arguments)
        wrong = _said_badly(case, desk, code, [])
        yield wrong or ("" if case.same(desk.files(), case.end) else "other results")


FAULTS = {
    "cut_off": cut_off, "killed": killed, "ctrl_c": _stopped(signal.SIGINT), "terminated": _stopped(signal.SIGTERM),
    "hung_up": _stopped(signal.SIGHUP), "disk_full": full, "read_only": read_only,
    "in_use": in_use, "two_at_once": two_at_once, "worker_lost": worker_lost,
    "half_a_file": half_a_file, "no_streams": no_streams, "locale_and_zone": elsewhere,
    "clock": other_clock,
}  # fmt: skip


Found = dict[str, dict[str, Counter[str]]]
# Those that are done soonest come first, those that take longest last.
_SHORT = (
    "appraise merge", "appraise sign", "ledger merge (2)", "criteria review", "ledger seal", "years",
    "sipas draw", "sipas check", "plan import", "criteria import-appendix", "plan link",
    "whatif new", "evidence link", "sipas sample-size", "criteria export", "criteria explain",
)  # fmt: skip
_LONG = ("batch", "score", "demo", "whatif set", "sipas index", "dossiers count", "plan status")
# Every call can be met by these.
_EVERYWHERE = ("killed", "ctrl_c", "terminated", "hung_up", "disk_full", "read_only", "two_at_once")
_ON_ALL = ("cut_off", "killed")


def tried(
    names: list[str],
    faults: list[str],
    count: int,
    until: float,
    workers: int = 1,
    each: Callable[[Found], object] = len,
    keep: Path | None = None,
) -> Found:
    """Try faults on calls; return by call and fault how many were tried and survived.

    Kills come first, on every call in the order in which they are named; then the other faults, by
    how long the calls take. Nothing is begun after the moment `until`, so that whatever was tried
    of a call is all that was to be tried; `each` is told what was found so far. What stands in the
    file `keep` was tried by a run before this one, and is not tried again.
    """
    found, took, kept = kept_in(keep)
    scratch = Path(tempfile.mkdtemp(prefix="proof-")).resolve()
    try:
        harmed.lay_out(scratch / "bàn")
        harmed.warm()
        chosen = _chosen(names)
        # Forked, as what verbs load is loaded once; processes in one of them are no daemons.
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as crew:
            for group in _in_turn(faults):
                work = [
                    crew.submit(_of_call, call, group, count, until, scratch)
                    for call in chosen
                    if (call.name, *group) not in kept
                ]
                for one in as_completed(work):
                    name, took[name], by_fault = one.result()
                    for fault, counts in by_fault.items():
                        found[name][fault] += counts
                    if keep and by_fault:
                        _keep(keep, name, group, took[name], by_fault)
                    each(found)
                chosen.sort(key=lambda call: took[call.name])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return found


def kept_in(keep: Path | None) -> tuple[Found, dict[str, float], set[tuple[str, ...]]]:
    """Return what a run before this one found, how long each call took, and what it was tried with."""
    found: Found = defaultdict(lambda: defaultdict(Counter))
    took: dict[str, float] = {}
    tried_with: set[tuple[str, ...]] = set()
    for line in keep.read_text("utf-8").splitlines() if keep and keep.exists() else []:
        name, group, took[name], by_fault = json.loads(line)
        tried_with.add((name, *group))
        for fault, counts in by_fault.items():
            found[name][fault] += Counter(counts)
    return found, took, tried_with


def _keep(
    keep: Path, name: str, group: list[str], seconds: float, by_fault: dict[str, Counter[str]]
) -> None:
    with keep.open("a", encoding="utf-8") as file:
        file.write(json.dumps([name, group, seconds, by_fault]) + "\n")


def _in_turn(faults: list[str]) -> list[list[str]]:
    """Return the faults that come first, and the others."""
    first = [fault for fault in faults if fault in _ON_ALL]
    return [group for group in (first, [f for f in faults if f not in first]) if group]


def _of_call(
    call: harmed.Call, faults: list[str], count: int, until: float, scratch: Path
) -> tuple[str, float, dict[str, Counter[str]]]:
    """Try faults on one call; nothing where it is too late to begin."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    began = time.monotonic()
    if began > until:
        return call.name, math.inf, found
    own = Path(tempfile.mkdtemp(dir=scratch))
    for number, case in enumerate(cases(call, own, scratch / "bàn")):
        for fault in faults:
            for wrong in FAULTS[fault](case, count):
                found[fault][("survived", "lost")[bool(wrong)]] += 1
                if wrong:
                    print(f"{call.name} [{number}] {fault}: {wrong}", flush=True)
    shutil.rmtree(own, ignore_errors=True)
    said = {fault: counts.total() for fault, counts in found.items()}
    print(f"{call.name}: tried {said}", flush=True)
    return call.name, time.monotonic() - began, found


def _chosen(names: list[str]) -> list[harmed.Call]:
    every = harmed.calls()
    if not names:
        order = [*_SHORT, *(call.name for call in every if call.verb not in _LONG)]
        return sorted(every, key=lambda call: (*order, call.name).index(call.name))
    return [call for name in names for call in every if name in (call.name, call.verb)]


def summed(found: Found, faults: Iterable[str]) -> dict[str, Counter[str]]:
    """Return by fault how many were tried and survived over all calls."""
    return {
        # Not looked up by its name: that would leave an empty count, as if it had been tried.
        fault: sum((by.get(fault, Counter()) for by in found.values()), Counter())
        for fault in faults
    }


def record(found: Found, faults: Iterable[str]) -> None:
    """Write down how often each fault was tried and survived, and on how many calls."""
    every = [call.name for call in harmed.calls()]
    killed_of = [name for name in every if found.get(name, {}).get("killed")]
    wholly = [name for name in every if all(f in found.get(name, {}) for f in _EVERYWHERE)]
    figures: dict[str, float | str] = {"calls_killed": len(killed_of), "calls_tried": len(wholly)}
    for fault, sums in summed(found, faults).items():
        if sums.total():
            figures |= {f"{fault}_tried": sums.total(), f"{fault}_survived": sums["survived"]}
    waiting = [name for name in every if name not in killed_of]
    alone = [name for name in killed_of if name not in wholly]
    left = [
        *_LEFT,
        *[f"not tried: {', '.join(waiting)}"] * bool(waiting),
        *[f"only killed: {', '.join(alone)}"] * bool(alone),
    ]
    write_record("faults", f"python {' '.join(_told())}", figures, left)


def _told() -> list[str]:
    given = [f"'{word}'" if " " in word else word for word in sys.argv[1:]]
    return ["tests/proof/kills.py", *given]


def main() -> int:
    """Try what was asked for, and record it where that was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verbs", nargs="*")
    parser.add_argument("--kills", type=int, default=8, help="kills of each call, at most")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no verb after them")
    parser.add_argument("--workers", type=int, default=1, help="calls tried at a time")
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--keep", type=Path, help="a file that a stopped run goes on from")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    until = time.monotonic() + 60 * options.minutes

    def each(found: Found) -> None:
        if options.record:
            record(found, options.faults)

    found = tried(
        options.verbs, options.faults, options.kills, until, options.workers, each, options.keep
    )
    for fault, sums in summed(found, options.faults).items():
        sys.stdout.write(f"{fault}: {sums['survived']} of {sums.total()}\n")
    return int(any(one["lost"] for by_fault in found.values() for one in by_fault.values()))


if __name__ == "__main__":
    sys.exit(main())
