"""Run the commands that the pages show, page by page, on the shipped examples: ``python tests/proof/guides.py``.

A page's commands run in order in a folder of their own, where the files that guides take for granted
lie: ledgers, a long table, a set of one's own. A command that names a file which is still not there,
a store or a scheduler is counted as not tried. One that ends with 2 or a fault stops the proof.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

import pandas as pd
from records import write_record
from test_guides import PAGES, commands

import scoring
from scoring.appraisal import append_decisions
from scoring.cli.main import build_parser, main
from scoring.evidence.ledger import new_ledger
from scoring.points import inputs_table

SAMPLE = "department-sample"
SETS = scoring.list_sets()
# What pages write for a set, and what stands for it here.
MEANT = {"BỘ": SAMPLE, "BO": SAMPLE, "SET": SAMPLE}
NOT_AT_HAND = ("tcp://", "s3://", "…", "MÃ_BĂM", "MÃ-BĂM")
LEFT = [
    "commands that name a file, a store or a scheduler which the examples do not hold were not tried",
    "an exit code of 0 or 1 counts as right; what is printed is compared on the readers' paths alone",
]


def desk(folder: Path) -> None:
    """Lay out what guides take for granted."""
    evidence = shutil.copytree(scoring.shipped_folder("evidence"), folder / "evidence")
    inputs = evidence / "example-department-sample" / "inputs.csv"
    for name in ("inputs.csv", "so-lieu.csv"):
        shutil.copy(inputs, folder / name)
    criteria = scoring.open_set(SAMPLE)
    table, _ = scoring.read_long_table(inputs, criteria)
    documents = evidence / "so-noi-vu-2026" / "documents"
    documents.mkdir(parents=True)
    (documents / "ke-hoach.txt").write_text("Kế hoạch số 12/KH-SNV ngày 10/01/2026", "utf-8")
    (folder / "so").mkdir()
    for (unit, year, period), mine in table.groupby(["unit_code", "year", "period"]):
        figures = inputs_table(mine)
        about = {"period": str(period), "inputs": figures,
                 "scores": scoring.score(figures, criteria).scores}  # fmt: skip
        data = new_ledger(criteria, str(unit), f"Đơn vị {unit}", int(year), **about)
        (folder / "so" / f"{unit}.xlsx").write_bytes(data)
    first = min((folder / "so").iterdir())
    for name in ("so.xlsx", "ledger.xlsx", "so-don-vi-gui.xlsx", "so/so-noi-vu.xlsx"):
        shutil.copy(first, folder / name)
    (folder / "so" / "so-noi-vu.xlsx").unlink()
    for name in ("so-cua-so", "so-cua-cac-don-vi"):
        shutil.copytree(folder / "so", folder / name)
    _appraised(folder, sorted(set(table["unit_code"])), int(table["year"].iloc[0]),
               criteria.fingerprint)  # fmt: skip
    own = shutil.copytree(
        scoring.list_sets()["service-quality-766"], folder / "criteria" / "bo-cua-toi"
    )
    told = (
        (own / "set.toml")
        .read_text("utf-8")
        .replace('id = "service-quality-766"', 'id = "bo-cua-toi"')
    )
    (own / "set.toml").write_text(told, "utf-8")


def _appraised(folder: Path, units: list[str], year: int, fingerprint: str) -> None:
    """Lay out what a season has by then: decisions, who appraises what, answers, last year's points."""
    row = {"round": "1", "year": year, "item_code": "1.1.2", "points": 0.5, "decided_by": "An",
           "reason": "thiếu căn cứ", "set_fingerprint": fingerprint}  # fmt: skip
    decisions = pd.DataFrame([row | {"unit_code": unit} for unit in units])
    append_decisions(folder / "appraisal.jsonl", decisions)
    (folder / "phan-cong.csv").write_text("appraiser,unit_code,item_code\nAn,,\n", "utf-8")
    shutil.copytree(folder / "so", folder / "so-tra-loi")
    last = folder / "nam-truoc" / "inputs.csv"
    last.parent.mkdir()
    told = (folder / "inputs.csv").read_text("utf-8")
    last.write_text(told.replace(f",{year},", f",{year - 1},"), "utf-8")
    told_out = ["--criteria", SAMPLE, "--out", str(last.parent / "ket-qua")]
    if run(["score", str(last), *told_out]):
        raise SystemExit("the points of last year could not be laid out")
    shutil.copy(last.parent / "ket-qua" / "scores.csv", last.parent)


def _make_room(words: list[str]) -> None:
    """Take away what a command of the page makes itself."""
    out = Path(dict(itertools.pairwise(words)).get("--out", ""))
    if out.name and out.is_file():
        out.unlink()


def is_tried(words: list[str]) -> bool:
    """Say whether all that a command reads is there."""
    if any(mark in word for word in words for mark in NOT_AT_HAND):
        return False
    options = build_parser("vi").parse_args(words)
    for argument in options.verb.arguments:
        value = getattr(options, argument.name) if argument.is_path else None
        is_set = "SET" in str(argument.settings.get("metavar"))
        for text in value if isinstance(value, list) else [value or ""]:
            is_id = text in SETS or (is_set and "/" not in text)
            if text and not is_id and not Path(text).exists():
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
    return len(shown), tried, faults


def main_proof() -> None:
    """Run every page and write the record; stop where a command failed."""
    os.environ["PARINDEX_LANG"] = "vi"
    shown, tried, wrong, pages = 0, 0, [], 0
    made = Path(tempfile.mkdtemp())
    desk(made)
    for path in PAGES:
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
    print(write_record("guides", "python tests/proof/guides.py", figures, LEFT))


if __name__ == "__main__":
    main_proof()
