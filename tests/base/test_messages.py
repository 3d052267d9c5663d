"""Every text that people read exists in both languages and names the same values."""

import re
import string
import tomllib
from pathlib import Path

import pytest

import scoring
from scoring.base.findings import SEVERITIES, Finding, finding_codes
from scoring.base.labels import label
from scoring.base.message_tables import MessageTables, message_tables

CODES = finding_codes()
LABELS = message_tables("labels")
SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(scoring.__file__).parent.rglob("*")
    if path.suffix in (".py", ".js")
)
# Filled from the finding itself, whatever its values are.
OWN_VALUES = {"item", "unit_code", "file", "sheet", "cell"}


def names(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def each(keys):
    """Run a test on every key in one go: thousands of tests of a microsecond cost seconds."""

    def over_all(test):
        def run():
            wrong = {}
            for key in keys:
                try:
                    test(key)
                except Exception as problem:
                    wrong[key] = f"{type(problem).__name__}: {problem}"
            assert len(keys) > 100
            assert not wrong, "\n".join(f"{key}: {why}" for key, why in wrong.items())

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return over_all


def test_messages_read_one_by_one_are_those_of_whole_files():
    """Texts of several lines hold what looks like the header of a message."""
    for folder in ("labels", "findings"):
        whole = {}
        for path in sorted((Path(scoring.__file__).parent / "base/messages" / folder).iterdir()):
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            whole |= {key: table | {"file": path.name} for key, table in tables.items()}
        assert list(message_tables(folder)) == list(whole)
        assert dict(message_tables(folder)) == whole


def test_a_message_is_read_when_it_is_said():
    broken = MessageTables({"a.toml": '[one]\nvi = "một"\n[two]\nvi = broken\n'})
    assert list(broken) == ["one", "two"]
    assert broken["one"]["vi"] == "một"


def test_a_message_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match=r"'one' stands twice, again in b\.toml"):
        MessageTables({"a.toml": '[one]\nvi = "a"\n', "b.toml": '[one]\nvi = "b"\n'})


@each(CODES)
def test_a_finding_speaks_both_languages_and_names_the_same_values(code):
    table = CODES[code]
    assert set(table) == {"severity", "vi", "vi_fix", "en", "en_fix", "file"}
    assert table["severity"] in SEVERITIES
    assert all(table[key].strip() for key in ("vi", "vi_fix", "en", "en_fix"))
    vietnamese = names(table["vi"] + table["vi_fix"]) - OWN_VALUES
    english = names(table["en"] + table["en_fix"]) - OWN_VALUES
    # A value that is itself words comes in both languages.
    assert vietnamese == {name.removesuffix("_en") for name in english}
    assert all(re.fullmatch(r"[a-z_]+", name) for name in vietnamese)


@each(CODES)
def test_a_finding_formats_when_its_values_are_given(code):
    table = CODES[code]
    wanted = names("".join(table[key] for key in ("vi", "vi_fix", "en", "en_fix")))
    finding = Finding(code, item_code="1.1", values=dict.fromkeys(wanted, "{giá trị}"))
    for lang in ("vi", "en"):
        assert f"[{code}]" in finding.text(lang)


@each(CODES)
def test_a_finding_is_raised_somewhere(code):
    # Duplicates of documents are named by their reason, which the code is built from.
    spoken = {f'"{code}"', f'"{code.removeprefix("document-")}"'}
    assert any(text in SOURCE for text in spoken), f"{code} is never used"


def test_every_finding_and_label_named_in_the_code_exists():
    findings = set(re.findall(r'\bFinding\(\s*"([^"]+)"', SOURCE))
    # Options and grades have a ``label`` of their own, which is asked for by language.
    labels = set(re.findall(r'(?<![.\w])(?:label|Label|console\.text)\(\s*"([^"]+)"', SOURCE))
    labels |= set(re.findall(r'help_key="([^"]+)"', SOURCE))
    assert findings - set(CODES) == set()
    assert labels - set(LABELS) == set()


def test_every_label_built_from_a_word_has_such_labels():
    built = set(re.findall(r'\b(?:label|text)\(\s*f"([a-z_]+_)\{', SOURCE))
    assert (
        built
        and {start for start in built if not any(k.startswith(start) for k in LABELS)} == set()
    )


@each(LABELS)
def test_a_label_speaks_both_languages_and_names_the_same_values(key):
    table = LABELS[key]
    assert {"vi", "en"} <= set(table)
    assert table["vi"].strip() and table["en"].strip()
    assert names(table["vi"]) == names(table["en"])


@each(CODES)
def test_vietnamese_texts_are_composed_and_end_as_sentences(code):
    import unicodedata

    for key in ("vi", "vi_fix", "en", "en_fix"):
        text = CODES[code][key]
        assert unicodedata.normalize("NFC", text) == text
        assert text.rstrip('”")')[-1] in ".!?:;…}", text


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("plan_found", {"tasks": 1, "targets": 2, "reports": 0}, "1 task, 2 targets and 0 reports"),
        ("ledger_annotated", {"count": 1, "file": "a"}, "1 finding is marked"),
        ("ledger_annotated", {"count": 21, "file": "a"}, "21 findings are marked"),
        ("merge_done", {"agree": 1, "differ": 1, "open": 2}, "1 cell agrees, 1 differs, 2 are"),
        ("chart_targets_met", {"count": 0, "all": 1}, "0 of 1 target is met"),
        ("chart_targets_met", {"count": 0, "all": 2}, "0 of 2 targets are met"),
        ("chart_targets_met", {"count": 1, "all": 2}, "1 of 2 targets is met"),
        (
            "chart_gantt_title",
            {"overdue": 0, "count": 1, "done": 1},
            "0 of 1 task is overdue, 1 is done",
        ),
    ],
)
def test_english_has_a_word_for_one_and_a_word_for_many(key, values, words):
    assert words in label(key, "en", **values)
    assert label(key, "vi", **values)
