"""The cheap files of the corpus, each given to its first verb; `corpus.py` replays all with all."""

import corpus
import pytest
from corpus_recipes import RECIPES

CHEAP = list(corpus.trials(cheap_only=True))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "desk"
    folder.mkdir()
    corpus.warmed(folder, ("ledger",))
    return folder


@pytest.mark.parametrize("trial", CHEAP, ids=lambda trial: trial.name)
def test_a_hostile_file_is_answered_as_the_corpus_says(trial, desk):
    outcome = corpus.replayed(trial, corpus.made(trial.entry), desk)
    assert corpus.is_as_told(trial, outcome), outcome


def test_every_file_of_the_corpus_has_a_recipe_and_verbs():
    for trial in corpus.trials():
        assert trial.entry["recipe"] in RECIPES
        assert trial.verb in corpus.VERBS
        assert trial.expected


def test_one_that_hangs_fills_memory_or_crashes_is_a_fault(monkeypatch):
    monkeypatch.setattr(corpus, "SECONDS", 0)
    monkeypatch.setattr(corpus, "_RESERVED_BYTES", 50_000_000)

    def hangs():
        while True:
            pass

    assert corpus.in_child(hangs).answer == "FAULT SIGXCPU"
    assert corpus.in_child(lambda: "x" * 200_000_000).answer == "FAULT MemoryError"
    assert corpus.in_child(lambda: 1 / 0).answer == "FAULT ZeroDivisionError"
