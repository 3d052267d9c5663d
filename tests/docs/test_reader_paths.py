"""The readers' paths run as they stand, and say the same in both languages; the trust page keeps to its records."""

import csv
import doctest
import json
import re
import runpy
from pathlib import Path

import pytest

from scoring.evidence.ledger.layout import ACTIONS, SHEETS, SURVEYS
from scoring.files.shipped import shipped_folder

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PATHS = runpy.run_path(str(DOCS / "make_paths.py"))
TRUST = runpy.run_path(str(DOCS / "make_trust.py"))
READERS = PATHS["READERS"]
PAIRS = sorted(
    path.relative_to(DOCS / "en").with_suffix("").as_posix()
    for path in (DOCS / "en").rglob("*.md")
    if path.name != "gallery.md"
)
# A whole command, in a block or within a sentence.
_COMMAND = re.compile(
    r"^(?:\$ )?((?:parindex|pip|python3?|pipx|uvx|jupyter|py|&) .+)$|`(parindex [^`]+)`",
    re.MULTILINE,
)


def both(page):
    return [(folder / f"{page}.md").read_text("utf-8") for folder in (DOCS, DOCS / "en")]


@pytest.mark.parametrize("reader", READERS)
def test_the_commands_of_a_path_print_what_the_page_shows(reader):
    text, _ = both(f"paths/{reader}")
    assert PATHS["anew"](text, "vi") == text, "run: python docs/make_paths.py"


@pytest.mark.parametrize("page", ["index", *(f"paths/{reader}" for reader in READERS)])
def test_the_python_of_a_page_gives_what_it_shows(page, tmp_path, monkeypatch):
    for lang, text in zip(("vi", "en"), both(page), strict=True):
        (tmp_path / lang).mkdir()
        monkeypatch.chdir(tmp_path / lang)
        if page != "index":
            (tmp_path / lang / "evidence").symlink_to(shipped_folder("evidence"))
        code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
        example = doctest.DocTestParser().get_doctest(code, {}, page, None, 0)
        assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


def commands(text):
    """Return what a page has people type, but for words they put in and the language of the answers."""
    typed = [(block or inline).split() for block, inline in _COMMAND.findall(text)]
    said = (
        " ".join("…" if word.split(".")[0].isupper() else word for word in words) for words in typed
    )
    return [one.removesuffix(" --lang en") for one in said]


def figures(text):
    """Every figure that commands print, thousands and decimals marked in either way."""
    printed = "".join(block[4] for block in PATHS["BLOCK"].finditer(text)).replace(" Jan", "/01")
    return {re.sub(r"[.,]", "", found) for found in re.findall(r"\d[\d.,]*", printed)}


@pytest.mark.parametrize("page", PAIRS)
def test_a_page_says_the_same_in_both_languages(page):
    told = both(page)
    kinds = (r"^(#+) ", r"^\$ .+", r"^(?:>>>|\.\.\.) .+", r"/([\w-]+\.png)\)", r"^(?:- |\d\. |\| )")
    for kind in kinds:
        vietnamese, english = (re.findall(kind, text, re.MULTILINE) for text in told)
        assert vietnamese == english, kind
    places = [re.findall(r"\]\((?:\.\./)*(?:en/)?([\w/-]+\.md)", text) for text in told]
    assert places[0] == places[1]
    assert commands(told[0]) == commands(told[1])
    assert figures(told[0]) == figures(told[1])


@pytest.mark.parametrize("reader", READERS)
def test_a_path_begins_with_a_question_and_ends_with_ways_on(reader):
    for text in both(f"paths/{reader}"):
        assert text.splitlines()[0].endswith("?")
        *_, last = text.split("\n## ")
        assert len(re.findall(r"^- \[.*\]\(.*\.md\)", last, re.MULTILINE)) >= 3
        assert "console\n$ parindex" in text and "```\n" in text


def test_the_front_page_leads_to_every_reader_in_both_languages():
    for text in both("index"):
        assert set(re.findall(r"\]\(paths/(\w+)\.md\)", text)) == set(READERS)


def test_every_record_of_a_proof_is_told_in_both_languages():
    assert TRUST["untold"]() == [], "add these to docs/trust.toml, then run docs/make_trust.py"


def test_a_record_that_has_no_words_yet_is_shown_and_asked_for(tmp_path):
    record = {"name": "new_proof", "ran_on": "2026-11-27", "version": "0.1.0", "command": "run it",
              "figures": {"random_sets": 2000}, "left": ["what it leaves"]}  # fmt: skip
    (tmp_path / "new_proof.json").write_text(json.dumps(record), encoding="utf-8")
    vietnamese, english = TRUST["pages"](tmp_path).values()
    assert "| random sets | 2.000 |" in vietnamese and "| random sets | 2,000 |" in english
    assert "27/11/2026" in english and "- what it leaves" in english
    asked = TRUST["untold"](tmp_path)
    assert asked == ["[records.new_proof] title", "[records.new_proof] figures.random_sets",
                     '[records.new_proof] left."what it leaves"']  # fmt: skip


def test_the_real_cases_name_tests_that_exist():
    for case in TRUST["WORDS"]["cases"]:
        path, _, name = case["test"].partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_the_glossary_says_in_english_every_unit_of_measure_and_sheet_of_the_shipped_sets():
    said = set(re.findall(r"^\| ([^|`]+) \| [^|]+ \|$", (DOCS / "glossary.md").read_text("utf-8"), re.MULTILINE))  # fmt: skip
    used = {
        row["unit"]
        for path in (ROOT / "criteria").glob("*/inputs.csv")
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    }
    assert used - said == {"", "%"}
    assert {*SHEETS, SURVEYS, ACTIONS} <= said
