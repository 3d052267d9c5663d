"""The messages of this room: each is used, and each that is used is there."""

import re
from pathlib import Path

import pytest

import scoring
from scoring.base.findings import finding_codes

ROOM = Path(scoring.__path__[0])


def sources():
    rooms = ("evidence/documents", "evidence/proof", "evidence/bundle", "files", "official")
    # What is said of a bundle's scores needs scoring, and of a scan's output the command.
    folders = (*rooms, "batch", "cli/commands")
    return "\n".join(
        path.read_text(encoding="utf-8") for name in folders for path in (ROOM / name).rglob("*.py")
    )


@pytest.mark.parametrize("file", ["documents.toml", "bundle.toml"])
def test_every_message_is_used(file):
    text = sources()
    mine = [code for code, table in finding_codes().items() if table["file"] == file]
    made_up = re.compile(r"document-number-\w+|document-same-[\w-]+")  # put together from parts
    unused = [code for code in mine if f'"{code}"' not in text and not made_up.fullmatch(code)]
    assert mine
    assert unused == []


def test_every_code_that_is_raised_has_its_message():
    raised = re.findall(r"(?:Finding|_about)\(\s*\"([a-z-]+)\"", sources())
    assert raised
    assert set(raised) <= set(finding_codes())
