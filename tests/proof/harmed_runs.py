"""Run a verb in a child that something happens to, and say what became of the files around it."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "batch")]

from ledgers_of_example import FIRST, SECOND, ledger  # noqa: E402
from writing_verbs import ELSEWHERE, FILES, FOLDERS, lay_desk, write_ledgers  # noqa: E402

from scoring.cli import entry  # noqa: E402
from scoring.cli.main import main  # noqa: E402
from scoring.cli.verbs import verbs  # noqa: E402
from scoring.files.children.guarded import unguarded  # noqa: E402

Tree = dict[str, bytes]
Harm = Callable[[], object]
Touch = Callable[[str, tuple[object, ...]], object]

# Audit events after which something on the disk is another than before.
_TOUCHES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "os.chmod")
_CREATES = ("open", "os.mkdir", "os.link", "fsync")
_CHANCE = re.compile(
    r"(?<=\.)[0-9a-f]{8}(?=\.)|(?<=-)\w{8}(?=\.tmp)|(?<=parindex-run-)\w+|\d+(?=\.kept)"
)
# Python itself writes and removes an empty file where it may put temporary ones.
_PROBE = re.compile(r"[a-z0-9_]{8}")
_LITTER = (".parindex-", "/parindex-run-", ".lock")
APPENDIX = "TT\tTiêu chí\tĐiểm tối đa\tCách chấm\n1\tChỉ đạo\t1\tCó: 1; không: 0\n"
_MORE = {
    "batch": "batch cac-so --criteria department-sample --workers 1 --out {}",
    "criteria import-appendix": "criteria import-appendix pl.txt --id x --name x --tier department"
    " --valid-from 2026-01-01 --out {}",
    "criteria review": "criteria review phu-luc/review.xlsx --out {}",
    "evidence bundle": "evidence bundle so.xlsx --out {}",
    "evidence scan": "evidence scan ke-hoach --out {}",
    "ledger merge": "ledger merge mot.xlsx hai.xlsx --out {}.xlsx",
}


@dataclass(frozen=True)
class Call:
    """A call of a verb as a person makes it; `name` says which, where a verb has several."""

    name: str
    verb: str
    arguments: tuple[str, ...]
    renews: bool


def calls() -> list[Call]:
    """Return a call of every verb that writes, and one more where it writes in two ways."""
    renews = {verb.name: verb.renews for verb in verbs()}
    told = FILES | {verb: command for verb, (command, _) in FOLDERS.items()}
    told |= {verb: _MORE[verb] for verb in ELSEWHERE}
    twice = {f"{verb} (2)": command for verb, command in _MORE.items() if verb not in ELSEWHERE}
    return [
        Call(name, verb, tuple(command.format("ra").split()), renews[verb])
        for name, command in sorted((told | twice).items())
        for verb in [name.removesuffix(" (2)")]
    ]


def lay_out(desk: Path) -> None:
    """Lay out what the calls read."""
    desk.mkdir(parents=True)
    before = Path.cwd()
    os.chdir(desk)
    try:
        write_ledgers(Path())
        lay_desk()
        Path("pl.txt").write_text(APPENDIX, encoding="utf-8")
        head = ["--quiet", "ledger", "new", "--criteria", "department-sample", "--year", "2026"]
        main([*head, "--unit", "b", "--out", "cac-so/b/ledger.xlsx"])
        main([*head, "--unit", "c", "--out", "cac-so/c/ledger.xlsx"])
        # Two copies of one ledger that disagree: the merge writes what is to be decided as well.
        for name, unit in (("mot", FIRST), ("hai", SECOND)):
            Path(f"{name}.xlsx").write_bytes(ledger(unit, "a"))
        main(["--quiet", *_MORE["criteria import-appendix"].format("phu-luc").split()])
    finally:
        os.chdir(before)


def warm(*names: str) -> None:
    """Load what verbs load (all of them where none is named), so that forked children need not."""
    for verb in (verb for verb in verbs() if not names or verb.name in names):
        importlib.import_module(verb.function.split(":")[0])


def tree(folder: Path) -> Tree:
    """Return every file below a folder; a folder with nothing in it counts too."""
    found: Tree = {}
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if place.is_file():
            found[name] = place.read_bytes()
        elif not any(place.iterdir()):
            found[f"{name}/"] = b""
    return found


def without_litter(files: Tree) -> Tree:
    """Return what is no temporary file, half folder or lock of a run."""
    return {name: data for name, data in files.items()
            if not any(sign in name for sign in _LITTER)}  # fmt: skip


def signs(files: Tree) -> frozenset[tuple[str, str]]:
    """Return by what two desks are told apart: names without chance in them, and contents.

    What a run leaves half-made is told by its name alone, as the next run clears it away unread.
    """
    found = set()
    for name, data in files.items():
        shown, is_aside, _ = _CHANCE.sub("#", name).partition(".new/")
        is_unread = is_aside or name.endswith((".tmp", ".lock"))
        found.add((shown + is_aside, "" if is_unread else hashlib.sha256(data).hexdigest()))
    return frozenset(found)


@dataclass
class Desk:
    """A desk in a folder of its own, beside it the folder for temporary files."""

    home: Path

    @property
    def desk(self) -> Path:
        """Where the call runs."""
        return self.home / "bàn"

    @classmethod
    def copied(cls, source: Path, home: Path) -> Desk:
        """Make a desk like that at `source`."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(source, home / "bàn")
        (home / "tạm").mkdir()
        return cls(home)

    def files(self) -> Tree:
        """Return all files, temporary ones too, but for the one with which Python tries a folder."""
        temporary = [name for name in tree(self.home / "tạm") if not _PROBE.fullmatch(name)]
        return tree(self.desk) | {f"tạm/{name}": b"" for name in temporary}

    def start(self, arguments: tuple[str, ...], harm: Harm, is_guarded: bool = False) -> int:
        """Begin a call in a child and return its process; `harm` prepares what will happen."""
        child = os.fork()
        if child:
            return child
        code = 99
        try:
            self._inside(arguments)
            if not is_guarded:
                unguarded().__enter__()
            harm()
            code = entry.main()
        except BaseException:
            traceback.print_exc()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)

    def _inside(self, arguments: tuple[str, ...]) -> None:
        os.setsid()
        os.chdir(self.desk)
        for name, number in ((os.devnull, 0), ("out", 1), ("err", 2)):
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY
            handle = os.open(name if not number else self.home / name, flags)
            os.dup2(handle, number)
            os.close(handle)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["parindex", *arguments]
        os.environ["TMPDIR"] = str(self.home / "tạm")
        tempfile.tempdir = None
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def run(self, arguments: tuple[str, ...], harm: Harm = int, is_guarded: bool = False) -> int:
        """Run a call to its end; negative where a signal ended it."""
        return ended(self.start(arguments, harm, is_guarded))

    def said(self) -> str:
        """Return what the last call said to stderr."""
        return (self.home / "err").read_text("utf-8", "replace")


def ended(child: int) -> int:
    """Wait for a child; return its exit code, or the signal that ended it, negative."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _is_touch(event: str, given: tuple[object, ...], home: str) -> bool:
    if event == "open":
        flags = given[2] if isinstance(given[2], int) else 0
        if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return False
    elif event not in (*_TOUCHES, "fsync"):
        return False
    place = os.fsdecode(given[0]) if isinstance(given[0], (str, bytes, os.PathLike)) else home
    return not place.startswith("/") or place.startswith(home)


def touching(desk: Desk, act: Callable[[int, str, tuple[object, ...]], object]) -> Harm:
    """Call `act` at every touch of the disk with its number from 1; what it raises, the touch raises."""
    home = str(desk.home.resolve())

    def begin() -> None:
        here, flush, count = os.getpid(), os.fsync, [0]

        def hook(event: str, given: tuple[object, ...]) -> None:
            if os.getpid() == here and _is_touch(event, given, home):
                count[0] += 1
                act(count[0], event, given)

        def fsync(handle: int) -> None:
            hook("fsync", ("",))
            flush(handle)

        os.fsync = fsync
        sys.addaudithook(hook)

    return begin


def looked_at(desk: Desk, arguments: tuple[str, ...], look: Callable[[Tree], object]) -> int:
    """Run a call that stands still at every touch of the disk, and look at the files there."""

    def stand_still(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    child = desk.start(arguments, touching(desk, stand_still))
    while os.WIFSTOPPED(state := os.waitpid(child, os.WUNTRACED)[1]):
        look(desk.files())
        os.kill(child, signal.SIGCONT)
    return os.waitstatus_to_exitcode(state)


def at(step: int, desk: Desk, number: int) -> Harm:
    """Send the process a signal at its `step`-th touch."""
    return touching(desk, lambda count, *_: os.kill(os.getpid(), number) if count == step else None)


def after(seconds: float, number: int) -> Harm:
    """Send the process a signal, or kill it, after some time, whatever it is at."""

    def begin() -> None:
        if number == signal.SIGKILL:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        else:
            signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), number))
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))

    return begin


def named(given: tuple[object, ...]) -> str | None:
    """Return the file that an audit event names."""
    return os.fsdecode(given[0]) if given and isinstance(given[0], (str, bytes, Path)) else None


def refusing(step: int, desk: Desk, error: int, events: tuple[str, ...] = _CREATES) -> Harm:
    """Let the system refuse whatever creates something from the `step`-th touch on."""

    def act(count: int, event: str, given: tuple[object, ...]) -> None:
        if count >= step and event in events:
            raise OSError(error, os.strerror(error), named(given))

    return touching(desk, act)


def read_only(desk: Desk, error: int) -> Harm:
    """Let the system refuse every change."""
    return refusing(1, desk, error, (*_CREATES, *_TOUCHES))


def no_larger_than(size: int) -> Harm:
    """Let no file grow above `size` bytes, which is how a full disk ends a writing."""

    def begin() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return begin


def in_use(desk: Desk, places: set[str]) -> Harm:
    """Let another program hold what is to be replaced, as Windows has it; names are not swapped."""
    from scoring.files import whole_folder

    tops = {str(desk.desk.resolve() / place) for place in places}

    def act(_: int, event: str, given: tuple[object, ...]) -> None:
        if event != "os.rename":
            return
        ends = {str(Path(os.fsdecode(place)).absolute()) for place in given[:2]}  # type: ignore[arg-type]
        if ends & tops:
            raise PermissionError(13, "The process cannot access the file", "x")

    def begin() -> None:
        whole_folder._exchanged = lambda *_: False
        touching(desk, act)()

    return begin


def losing_workers() -> None:
    """Kill the first child process of the run as soon as it is there, and every copy of itself."""
    start, fork, lost = subprocess.Popen.__init__, os.fork, []

    def started(self: subprocess.Popen[bytes], *given: object, **named: object) -> None:
        start(self, *given, **named)
        if not lost:
            lost.append(self.pid)
            self.kill()

    def forked() -> int:
        child = fork()
        if child:
            os.kill(child, signal.SIGKILL)
        return child

    subprocess.Popen.__init__, os.fork = started, forked


def closing(*numbers: int) -> Harm:
    """Let the process begin without some of its streams."""

    def begin() -> None:
        names = ("stdin", "stdout", "stderr")
        for number in numbers:
            os.close(number)
            setattr(sys, names[number], None)

    return begin


def unheard() -> None:
    """Let whoever reads stdout be gone."""
    reader, writer = os.pipe()
    os.dup2(writer, 1)
    for handle in (reader, writer):
        os.close(handle)
