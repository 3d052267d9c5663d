"""The runner of mutants notices what a test kills and what it lets pass."""

import textwrap

import pytest
from mutant_runner import ENDED, Touch, askers, exchanged, in_child
from mutants import explanations, sampled, score, stale
from mutations import mutants_of, mutated_tree

SOURCE = textwrap.dedent(
    '''
    """A docstring stays."""
    LIMIT = 3


    def passes(points, limit=LIMIT):
        if points > limit and not isinstance(points, str):
            return True
        raise ValueError(f"{points + 1} is " + "too few")
    '''
)
KEY = "a.py | passes | if points > limit and not isinstance(points, str): | {} | 1"


@pytest.fixture
def mutants():
    return {mutant.key: mutant for mutant in mutants_of("a.py", SOURCE)}


def passes_of(mutant):
    space = {}
    exec(compile(mutated_tree(SOURCE, mutant.index), "a.py", "exec"), space)
    return space["passes"]


def test_a_mutant_changes_one_thing_and_says_which(mutants):
    assert passes_of(mutants[KEY.format("points > limit → points >= limit")])(3) is True
    inverted = passes_of(mutants[KEY.format("points > limit → points <= limit")])
    assert inverted(2) is True
    assert mutants["a.py |  | LIMIT = 3 | 3 → 4 | 1"].inside is False
    assert not [key for key in mutants if "too few" in key and "pass" not in key]


def test_a_test_kills_the_mutant_that_it_sees_and_lets_the_other_pass(mutants):
    def asked_of(change):
        passes = passes_of(mutants[KEY.format(change)])
        return in_child(lambda: "" if passes(4) else "the test", 1)

    assert asked_of("points > limit → points <= limit").startswith(ENDED)  # raises
    assert asked_of("points > limit → points >= limit") == ""


def test_the_code_of_a_living_function_is_exchanged_where_it_lies(monkeypatch, tmp_path):
    monkeypatch.setattr("mutant_runner.ROOT", tmp_path)
    path = tmp_path / "a.py"
    path.write_text(SOURCE, "utf-8")
    space = {}
    exec(compile(SOURCE, str(path), "exec"), space)
    kept = space["passes"]
    mutant = {one.key: one for one in mutants_of("a.py", SOURCE)}[
        KEY.format("points > limit → points >= limit")
    ]
    assert exchanged(mutant, [kept]) and kept(3) is True


def test_only_tests_that_touch_the_function_are_asked_quick_files_first(mutants):
    own, other = frozenset({("a.py", "passes")}), frozenset({("a.py", "other")})
    touched = {"s::a": Touch(2.0, own), "q::a": Touch(0.1, own), "q::b": Touch(0.1, other)}
    mutant = mutants[KEY.format("points > limit → points >= limit")]
    assert askers(mutant, touched, 30) == ["q::a", "s::a"]
    assert askers(mutant, touched, 1) == ["q::a"]


def test_every_explanation_is_of_a_mutant_that_the_code_has():
    explained = explanations()
    assert all(why.strip() for why in explained.values())
    assert not stale(explained)


def test_an_explanation_of_code_that_is_gone_is_named():
    gone = "scoring/base/dates.py | read_date | a line that is gone | a → b | 1"
    assert stale([gone, "scoring/gone.py | f | x | y | 1"]) == [
        gone,
        "scoring/gone.py | f | x | y | 1",
    ]


def test_a_sample_is_the_same_for_the_same_seed_and_spares_no_small_module():
    mutants = [m for name in ("dates", "periods") for m in mutants_of(f"scoring/base/{name}.py")]
    assert sampled(mutants, 20, 1) == sampled(mutants, 20, 1) != sampled(mutants, 20, 2)
    assert {one.module for one in sampled(mutants, 5, 1)} == {one.module for one in mutants}


def test_what_is_explained_does_not_count():
    assert score({"asked": 10, "killed": 8, "explained": 2, "survivors": 0}) == 100.0
