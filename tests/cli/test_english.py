"""With --lang en nothing of ours is in Vietnamese; names that sets and ledgers give stay as they are."""

import re
import shutil

import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

LEDGER = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"
TASKS = shipped_folder("evidence") / "so-khcn-khanh-hoa-2024" / "tasks.csv"
VIETNAMESE = re.compile(
    "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.I
)
COMMA = re.compile(r"\d,\d(?!\d\d)")
# What prints no name of a set or a ledger.
LINES = {
    "scan without documents": ("evidence scan so.xlsx", "There is no folder of documents"),
    "scan of a folder": ("evidence scan documents", "Nothing was written"),
    "bundle": ("evidence bundle so.xlsx --out b.zip", "Digest of the bundle"),
    "annotate": ("ledger annotate so.xlsx --out a.xlsx", "findings are marked in a.xlsx"),
    "seal": ("ledger seal so.xlsx --out s.xlsx", "content digest"),
    "link": ("plan link tasks.csv --criteria department-sample --out l", "links in l"),
    "check of a set": ("criteria check service-quality-766", "is sound"),
    "export": ("criteria export service-quality-766 --out e.xlsx", "e.xlsx"),
}


@pytest.mark.parametrize("name", LINES)
def test_what_a_verb_says_in_english_holds_no_vietnamese_of_ours(
    name, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    shutil.copy(LEDGER, "so.xlsx")
    shutil.copy(TASKS, "tasks.csv")
    if name != "scan without documents":
        (tmp_path / "documents").mkdir()
    line, wanted = LINES[name]
    main(["--lang", "en", *line.split()])
    done = capsys.readouterr()
    said = done.out + done.err
    assert wanted in said
    assert not VIETNAMESE.search(said) and not COMMA.search(said), said
