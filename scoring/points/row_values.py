"""What the rows of the long table say, as numbers: figures, days, choices, yes and no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.dates import EXCEL_EPOCH
from scoring.base.findings import Finding
from scoring.base.labels import Label, Named
from scoring.base.vocabulary import NEVER, NO, YES, answers, cell_word, expected_answers, folded
from scoring.criteria import CriteriaSet
from scoring.rules import InputSpec, RuleSpec
from scoring.rules.evaluate import TOLERANCE, BoolArray, FloatArray
from scoring.rules.spec import NUMBER_KINDS, WHOLE_KINDS
from scoring.tables import days_of
from scoring.tables.places import MAX_FINDINGS_PER_KIND, places_of

Key = tuple[str, str]
IntArray = npt.NDArray[np.intp]
_WORD_PROBLEMS = {"yes_no": "unknown-choice", "choice": "unknown-choice", "date": "not-a-date"}


@dataclass(frozen=True)
class Questions:
    """The inputs of a set, in order: what may be answered, and with which words.

    Attributes
    ----------
    entries : mapping of (item code, input) to InputSpec
    words : list of dict
        For each input the words it may be answered with and the number each stands for.
    expected : list of tuple
        For each input what a finding offers in place of another word.
    """

    entries: Mapping[Key, InputSpec]
    words: list[dict[str, float]]
    expected: list[tuple[Label | Named, ...]]

    @classmethod
    def of(cls, criteria: CriteriaSet) -> Questions:
        """Return the inputs of all items of a set."""
        asked = [(rule.spec, entry) for rule in criteria.rules.values() for entry in rule.reported]
        entries = {(spec.code, entry.name): entry for spec, entry in asked}
        words = [spoken_values(spec, entry) for spec, entry in asked]
        expected = [expected_answers(e.kind, spec.options_of(e.name)) for spec, e in asked]
        return cls(entries, words, expected)

    def are(self, *kinds: str) -> BoolArray:
        """Say which inputs are of `kinds`; the last place, for rows that do not count, is not."""
        return np.array([entry.kind in kinds for entry in self.entries.values()] + [False])


def spoken_values(spec: RuleSpec, entry: InputSpec) -> dict[str, float]:
    """Return the words an input may be answered with and the number each stands for.

    >>> spoken_values(RuleSpec("1", "choice", 1.0), InputSpec("issued", "yes_no"))["có"]
    1.0
    """
    if entry.role == "due_on":
        return {}
    options = spec.options_of(entry.name)
    numbers = {YES: 1.0, NO: 0.0, NEVER: np.inf}
    if entry.kind == "choice":
        numbers = {option.code: float(place) for place, option in enumerate(options)}
    return {word: numbers[answer] for word, answer in answers(entry.kind, options).items()}


def numbers_of(
    table: pd.DataFrame, column_of: IntArray, questions: Questions
) -> tuple[FloatArray, list[Finding]]:
    """Return the number of every row, whatever kind its input is of.

    Parameters
    ----------
    table : DataFrame
        The table ``Inputs``.
    column_of : int array, shape (n_rows,)
        The input of each row, -1 where it does not count.
    questions : Questions

    Returns
    -------
    float array, shape (n_rows,)
        NaN where nothing is reported, or nothing that can be understood.
    list of Finding
    """
    numbers = table["value"].to_numpy(dtype=np.float64, copy=True)
    # A number in a column of words is a word: "1" may be the code of an option, or say yes.
    is_spoken = ~questions.are(*NUMBER_KINDS)
    is_spoken[-1] = False
    strange = (column_of >= 0) & ~np.isfinite(numbers)
    spoken = np.flatnonzero(is_spoken[column_of] | strange)
    word_of, words = _words(table["choice"], spoken, numbers[spoken])
    numbers[spoken] = np.nan
    dated = np.flatnonzero(questions.are("date")[column_of])
    days = days_of(table["happened_on"].iloc[dated]).to_numpy(dtype="datetime64[D]")
    numbers[dated] = (days - np.datetime64(EXCEL_EPOCH)) / np.timedelta64(1, "D")
    counted = np.flatnonzero(questions.are(*WHOLE_KINDS)[column_of])
    numbers[counted] = _as_shown(numbers[counted])
    said = word_of > 0
    spoke = _Answers(spoken[said], column_of[spoken[said]], word_of[said], words, questions)
    numbers[spoke.understood] = spoke.numbers
    return numbers, list(spoke.findings(table))


def _as_shown(counts: FloatArray) -> FloatArray:
    """Return whole what a spreadsheet shows as whole: 1500*29% is 434.99999999999994 there too."""
    whole = np.rint(counts)
    is_near = np.abs(counts - whole) <= TOLERANCE * np.maximum(1.0, np.abs(whole))
    return np.where(is_near, whole, counts)


def _words(choices: pd.Series, rows: IntArray, numbers: FloatArray) -> tuple[IntArray, list[str]]:
    """Number what each of `rows` says in words, its choice or its number as text; 0 is nothing."""
    places = {"": 0}
    # Most rows choose nothing: only the others are taken out and told apart.
    chosen = np.flatnonzero((choices != "").to_numpy(dtype=bool, na_value=False)[rows])
    code, texts = pd.factorize(choices.iloc[rows[chosen]])
    spoken = [places.setdefault(folded(str(text)), len(places)) for text in texts]
    word_of = np.zeros(len(rows), dtype=np.intp)
    # Code -1, of no text at all, is the last place.
    word_of[chosen] = np.array([*spoken, 0], dtype=np.intp)[code]
    numeric = np.flatnonzero((word_of == 0) & ~np.isnan(numbers))
    code, figures = pd.factorize(numbers[numeric])
    shown = [places.setdefault(cell_word(figure), len(places)) for figure in figures]
    word_of[numeric] = np.array(shown, dtype=np.intp)[code]
    return word_of, list(places)


class _Answers:
    """Rows that answer with a word; each distinct answer is looked up once."""

    def __init__(
        self,
        rows: IntArray,
        column_of: IntArray,
        word_of: IntArray,
        words: list[str],
        questions: Questions,
    ) -> None:
        self._rows, self._words, self._questions = rows, words, questions
        self._pair_of, self._pairs = pd.factorize(column_of * len(words) + word_of)
        meant = [self._meaning(*divmod(int(pair), len(words))) for pair in self._pairs]
        numbers = np.array(meant, dtype=np.float64)[self._pair_of]
        self._is_understood = ~np.isnan(numbers)
        self.understood, self.numbers = rows[self._is_understood], numbers[self._is_understood]

    def _meaning(self, column: int, word: int) -> float:
        return self._questions.words[column].get(self._words[word], np.nan)

    def findings(self, table: pd.DataFrame) -> Iterator[Finding]:
        """Yield what is no answer, one distinct answer after the other."""
        strange = np.flatnonzero(~self._is_understood)
        if not len(strange):
            return
        pairs = pd.Series(self._pair_of[strange])
        strange = strange[pairs.groupby(pairs).cumcount() < MAX_FINDINGS_PER_KIND]
        strange = strange[np.argsort(self._pair_of[strange], kind="stable")]
        rows = self._rows[strange]
        typed, places = table["choice"].iloc[rows], places_of(table, rows)
        entries = list(self._questions.entries.values())
        for pair, text, place in zip(self._pair_of[strange], typed, places, strict=True):
            column, word = divmod(int(self._pairs[pair]), len(self._words))
            entry, expected = entries[column], self._questions.expected[column]
            said = {
                "value": text or self._words[word],
                "input": Named.of(entry),
                "expected": expected,
            }
            yield Finding(_WORD_PROBLEMS.get(entry.kind, "not-a-number"), values=said, **place)
