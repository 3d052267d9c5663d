"""Run the commands that the pages show, page by page, on the shipped examples: ``python tests/proof/guides.py``.

A page's commands run in order in a folder of their own, where the files that guides take for granted
lie (``guides_desk.py``). A command that names a file which is still not there,
a store or a scheduler is counted as not tried. One that ends with 2 or a fault stops the proof.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from guides_desk import SAMPLE, lay_desk
from records import write_record
from test_guides import PAGES, commands

import scoring
from scoring.cli.main import build_parser, main

SETS = scoring.list_sets()
# What pages write for a set, and what stands for it here.
MEANT = {"BỘ": SAMPLE, "BO": SAMPLE, "SET": SAMPLE}
_OF_YEAR = re.compile(r"^\d{4}=")
NOT_AT_HAND = ("tcp://", "s3://", "…", "MÃ_BĂM", "MÃ-BĂM", "DIGEST")
LEFT = [
    "commands that name a file, a store or a scheduler which the examples do not hold were not tried",
    "an exit code of 0 or 1 counts as right; what is printed is compared on the readers' paths alone",
]


def _make_room(words: list[str]) -> None:
    """Take away what a command of the page makes itself."""
    told = dict(itertools.pairwise(words))
    out = Path(told.get("--out", ""))
    if words[:2] == ["ledger", "new"] and not out.name:
        out = Path("evidence") / f"{told['--unit']}-{told['--year']}" / "ledger.xlsx"
    if words[:2] == ["sipas", "form"]:
        shutil.rmtree(out, ignore_errors=True)
    if out.name and out.is_file():
        out.unlink()


def _by_people(words: list[str], made: Path) -> None:
    """Do what people do after a command: the forms of a survey come back filled in."""
    out = dict(itertools.pairwise(words)).get("--out", "")
    if words[:2] == ["sipas", "form"] and (made / out).is_dir():
        shutil.copytree(made / out, out, dirs_exist_ok=True)


def is_tried(words: list[str]) -> bool:
    """Say whether all that a command reads is there."""
    if any(mark in word for word in words for mark in NOT_AT_HAND):
        return False
    options = build_parser("vi").parse_args(words)
    for argument in options.verb.arguments:
        value = getattr(options, argument.name) if argument.is_path else None
        is_set = "SET" in str(argument.settings.get("metavar"))
        for text in value if isinstance(value, list) else [value or ""]:
            place = _OF_YEAR.sub("", text)
            is_id = place in SETS or (is_set and "/" not in place)
            if place and not is_id and not Path(place).exists():
                return False
    return True


def expanded(words: list[str]) -> list[str]:
    """Return the words as a shell gives them: names for a pattern, the sample for any set."""
    return [found for word in words
            for found in (sorted(map(str, Path().glob(word))) or [word] if "*" in word else [MEANT.get(word, word)])]  # fmt: skip


def run(words: list[str]) -> str:
    """Run one command; return what is wrong with how it ended."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = main(words)
        except SystemExit as left:
            code = left.code
    spoken = said.getvalue()
    is_right = code in (0, 1) and "unforeseen-error" not in spoken and "Traceback" not in spoken
    return "" if is_right else f"parindex {shlex.join(words)} ends with {code}:\n{spoken[-1500:]}"


def page(text: str, made: Path) -> tuple[int, int, list[str]]:
    """Run the commands of one page; return how many it shows, how many were tried, faults."""
    shown, tried, faults = commands(text), 0, []
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for place in made.iterdir() if shown else ():
            copied = Path(name) / place.name
            shutil.copytree(place, copied) if place.is_dir() else shutil.copy(place, copied)
        for words in map(expanded, shown):
            if not is_tried(words):
                print("not tried:", shlex.join(words))
                continue
            tried += 1
            _make_room(words)
            faults += filter(None, [run(words)])
            _by_people(words, made)
    return len(shown), tried, faults


def main_proof(names: list[str]) -> None:
    """Run every page and write the record, or only pages of these names; stop where a command failed."""
    os.environ["PARINDEX_LANG"] = "vi"
    shown, tried, wrong, pages = 0, 0, [], 0
    made = Path(tempfile.mkdtemp())
    lay_desk(made)
    for path in [one for one in PAGES if not names or one.name in names]:
        some, run_, faults = page(path.read_text("utf-8"), made)
        shown, tried, pages = shown + some, tried + run_, pages + bool(some)
        wrong += [f"{path.name}: {fault}" for fault in faults]
        if some:
            print(path.name, some, run_, *faults, flush=True)
    shutil.rmtree(made)
    figures = {"pages": pages, "commands_shown": shown, "commands_tried": tried,
               "commands_right": tried - len(wrong)}  # fmt: skip
    if wrong:
        raise SystemExit(f"{len(wrong)} commands failed")
    if not names:
        print(write_record("guides", "python tests/proof/guides.py", figures, LEFT))


if __name__ == "__main__":
    main_proof(sys.argv[1:])
