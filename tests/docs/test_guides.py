"""Every command that a page shows can be typed: its verb, options and choices are those there are."""

import re
import shlex
from pathlib import Path

import pytest

from scoring.cli.main import build_parser

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted(
    path for pattern in ("README*.md", "docs/**/*.md", "evidence/**/*.md", "criteria/**/*.md")
    for path in ROOT.glob(pattern) if "decisions" not in path.parts
)  # fmt: skip


def commands(text):
    """Return the commands of a page's blocks as words, lines that end in a backslash joined."""
    lines = "\n".join(FENCE.findall(text)).replace("\\\n", " ").splitlines()
    typed = (line.removeprefix("$ ") for line in lines)
    return [shlex.split(line, comments=True)[1:] for line in typed if line.startswith("parindex ")]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_command_of_the_pages_is_one_there_is(lang, capsys):
    parser, wrong = build_parser(lang), []
    shown = [(path.name, words) for path in PAGES for words in commands(path.read_text("utf-8"))]
    for name, words in shown:
        try:
            parser.parse_args(words)
        except SystemExit:
            said = capsys.readouterr().err.splitlines()[-1]
            wrong.append(f"{name}: parindex {shlex.join(words)}: {said}")
    assert len(shown) > 90
    assert not wrong, "\n".join(wrong)


def test_a_command_that_is_none_is_found(capsys):
    assert commands("```\n$ parindex score a.csv \\\n  --criteria b  # why\nelse\n```\n") == [
        ["score", "a.csv", "--criteria", "b"]
    ]
    with pytest.raises(SystemExit):
        build_parser("en").parse_args(["score", "a.csv", "--out", "r", "--khong-co"])
    assert "khong-co" in capsys.readouterr().err
