"""Run every command of the readers' paths and write what it prints below it: ``python docs/make_paths.py``.

A block ``console`` holds one command and what it prints; ``<!-- lines: 8 -->`` above it shows the first
lines alone. Commands run in an empty folder with the shipped examples in it, page by page.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

HERE = Path(__file__).resolve().parent
READERS = ("evaluator", "appraiser", "analyst", "leader", "owner", "developer")
FOLDERS = {"vi": HERE / "paths", "en": HERE / "en" / "paths"}
BLOCK = re.compile(r"((?:<!-- lines: (\d+) -->\n)?```console\n\$ (.+)\n)((?:(?!```).*\n)*)```\n")


def anew(text: str, lang: str) -> str:
    """Return the text of a page with what its commands print today."""
    with _examples(lang):
        return BLOCK.sub(lambda block: f"{block[1]}{_printed(block[3], block[2])}```\n", text)


@contextlib.contextmanager
def _examples(lang: str) -> Iterator[None]:
    """Work in a folder of its own with the shipped examples, in one language."""
    before = os.environ.get("PARINDEX_LANG")
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        shutil.copytree(shipped_folder("evidence"), "evidence")
        os.environ["PARINDEX_LANG"] = lang
        try:
            yield
        finally:
            os.environ.pop("PARINDEX_LANG")
            os.environ.update({"PARINDEX_LANG": before} if before else {})


def _printed(command: str, most: str | None) -> str:
    program, *words = shlex.split(command)
    said, beside = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(beside):
        code = main(words)
    if program != "parindex" or code:
        raise SystemExit(f"{command} ends with {code}: {beside.getvalue()}")
    lines = [line.rstrip() for line in said.getvalue().rstrip().splitlines()]
    shown = lines[: int(most)] if most else lines
    return "".join(f"{line}\n" for line in [*shown, *(["…"] if len(shown) < len(lines) else [])])


if __name__ == "__main__":
    for lang, folder in FOLDERS.items():
        for path in sorted(folder.glob("*.md")):
            text = anew(path.read_text(encoding="utf-8"), lang)
            path.write_text(text, encoding="utf-8", newline="\n")
