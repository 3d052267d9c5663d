"""Explanations that several units share, words that the whole province shares put aside.

Texts become numbers, word by word; runs of five words that many units have are of a template, and
only a unit's own words are compared. Texts with the same smallest numbers (MinHash, in bands) are
candidates, and `rapidfuzz` decides on their own words. The time grows with the number of words, not
with that of pairs.

References
----------
A. Z. Broder (1997), On the resemblance and containment of documents.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from scoring.analysis.anomalies.material import FEWEST_COMMON, Looked, Material, places_text
from scoring.base.text import shortened

KINDS = ("copied-text",)
# Syllables of a unit's own; shorter texts are alike by themselves. Percent of them that agree.
_FEWEST_WORDS, _ALIKE = 25, 90.0
# Of these, so many that hardly anybody else has, too.
_FEWEST_SHARED = 20
_RUN, _BANDS, _IN_BAND, _CHUNK = 5, 10, 2, 20_000
_FEWEST_UNITS = 5
Numbers = npt.NDArray[np.uint64]


def look(material: Material) -> list[Looked]:
    """Name groups of units that share explanations of at least 25 words of their own."""
    looked = Looked("copied-text", material)
    texts = material.claims
    if len(texts):
        texts = texts[texts["explanation"].fillna("").str.strip() != ""].reset_index(drop=True)
    units = texts["place"].nunique() if len(texts) else 0
    if not looked.is_enough(units, _FEWEST_UNITS, what="explained"):
        return [looked]
    words, text_of = _words(texts["explanation"])
    place_of = texts["place"].to_numpy(np.intp)
    runs = _runs(words)
    is_run = _within(text_of)
    held_by = _held_by(runs, is_run, place_of[text_of])
    common = held_by >= material.common_from
    own = _own_words(len(words), common)
    counts = np.bincount(text_of[own], minlength=len(texts))
    is_long = counts >= _FEWEST_WORDS
    looked.seen = int(is_long.sum())
    all_words = np.bincount(text_of, minlength=len(texts))
    looked.common = int(((all_words >= _FEWEST_WORDS) & ~is_long).sum())
    kept = is_run & ~common & is_long[text_of]
    pairs = _alike(_candidates(runs[kept], text_of[kept], place_of), texts, own, text_of)
    bounds = np.searchsorted(text_of, np.arange(len(texts) + 1))
    groups = [_own_group(group, runs, held_by, bounds, place_of) for group in _groups(pairs)]
    _add_groups(looked, texts, groups)
    return [looked]


def _words(texts: pd.Series) -> tuple[Numbers, npt.NDArray[np.intp]]:
    """Return each word of each text as a number, and the text that it stands in."""
    numbers, lengths = [], []
    for first in range(0, len(texts), _CHUNK):
        split = [_split(text) for text in texts.iloc[first : first + _CHUNK]]
        lengths += [len(words) for words in split]
        flat = np.array([word for words in split for word in words], dtype=object)
        numbers.append(pd.util.hash_array(flat) if len(flat) else np.zeros(0, np.uint64))
    return np.concatenate(numbers), np.repeat(np.arange(len(texts)), lengths)


def _split(text: str) -> list[str]:
    return str(text).casefold().replace(",", " ").replace(".", " ").replace(";", " ").split()


def _runs(words: Numbers) -> Numbers:
    """Return a number for the five words from each word on; the last four begin none."""
    runs = np.zeros(len(words), np.uint64)
    for step in range(min(_RUN, len(words))):
        runs *= np.uint64(0x9E3779B97F4A7C15)
        runs[: len(words) - step] += words[step:]
    return runs ^ (runs >> np.uint64(29))


def _within(text_of: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Say which words begin a run that ends in their own text."""
    inside = np.zeros(len(text_of), dtype=bool)
    last = len(text_of) - _RUN + 1
    if last > 0:
        inside[:last] = text_of[:last] == text_of[_RUN - 1 :]
    return inside


def _held_by(
    runs: Numbers, is_run: npt.NDArray[np.bool_], unit_of: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Return how many units have the run that begins at each word; 0 where none begins."""
    numbers, of_run = np.unique(runs[is_run], return_inverse=True)
    units = np.unique(of_run.astype(np.int64) * (int(unit_of.max()) + 1) + unit_of[is_run])
    counts = np.bincount(units // (int(unit_of.max()) + 1), minlength=len(numbers))
    held_by = np.zeros(len(runs), np.intp)
    held_by[is_run] = counts[of_run]
    return held_by


def _own_words(count: int, common: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Say which words stand in no common run."""
    own = np.ones(count, dtype=bool)
    for step in range(_RUN):
        own[step:] &= ~common[: count - step]
    return own


def _candidates(
    runs: Numbers, text_of: npt.NDArray[np.intp], place_of: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Return pairs of texts of two units that share a band of smallest numbers, each pair once."""
    if not len(runs):
        return np.zeros((0, 2), np.intp)
    firsts = np.flatnonzero(np.r_[True, text_of[1:] != text_of[:-1]])
    texts, random = text_of[firsts], np.random.default_rng(20260101)
    factors = random.integers(1, 2**63, _BANDS * _IN_BAND, dtype=np.uint64) * 2 + 1
    found = []
    for band in range(_BANDS):
        key = np.zeros(len(texts), np.uint64)
        for factor in factors[band * _IN_BAND : (band + 1) * _IN_BAND]:
            mixed = runs * factor
            least = np.minimum.reduceat(mixed ^ (mixed >> np.uint64(31)), firsts)
            key = key * np.uint64(0x100000001B3) + least
        found.append(_paired(key, texts))
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[place_of[pairs[:, 0]] != place_of[pairs[:, 1]]]


def _paired(key: Numbers, texts: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Pair each text of a key with the first of it and with the one before it, never all with all."""
    order = np.lexsort((texts, key))
    same = np.flatnonzero(key[order][1:] == key[order][:-1]) + 1
    begins = np.r_[True, key[order][1:] != key[order][:-1]]
    first_of = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    ends = np.concatenate([order[same - 1], order[first_of[same]]])
    pairs = np.stack([texts[ends], texts[np.tile(order[same], 2)]], axis=1)
    return np.asarray(np.sort(pairs, axis=1), np.intp)


def _alike(
    pairs: npt.NDArray[np.intp],
    texts: pd.DataFrame,
    own: npt.NDArray[np.bool_],
    text_of: npt.NDArray[np.intp],
) -> npt.NDArray[np.intp]:
    """Return the pairs whose own words agree."""
    if not len(pairs):
        return pairs
    ends = np.searchsorted(text_of, np.arange(len(texts) + 1))
    said = {
        text: " ".join(
            word
            for word, is_own in zip(
                _split(texts["explanation"].iloc[text]),
                own[ends[text] : ends[text + 1]],
                strict=True,
            )
            if is_own
        )
        for text in np.unique(pairs).tolist()
    }
    one, other = ([said[text] for text in side] for side in pairs.T.tolist())
    alike = process.cpdist(one, other, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return pairs[np.asarray(alike) >= _ALIKE]


def _own_group(
    group: list[int],
    runs: Numbers,
    held_by: npt.NDArray[np.intp],
    bounds: npt.NDArray[np.intp],
    place_of: npt.NDArray[np.intp],
) -> list[int]:
    """Return the texts of a group that share enough words which hardly anybody else has.

    Stock phrases, each of many units, also meet in two texts by chance, the more so in a large run.
    """
    few = max(FEWEST_COMMON - 1, 2 * len(set(place_of[group])))
    of_text = {text: slice(bounds[text], bounds[text + 1]) for text in group}
    told, counts = np.unique(
        np.concatenate([np.unique(runs[at]) for at in of_text.values()]), return_counts=True
    )
    shared = told[counts > 1]
    kept = []
    for text, at in of_text.items():
        is_rare = np.isin(runs[at], shared) & (held_by[at] > 0) & (held_by[at] <= few)
        if (~_own_words(len(is_rare), is_rare)).sum() >= _FEWEST_SHARED:
            kept.append(text)
    return kept if len(set(place_of[kept])) > 1 else []


def _add_groups(looked: Looked, texts: pd.DataFrame, groups: list[list[int]]) -> None:
    """Add a reason to look for each group of units that share texts."""
    shared: dict[tuple[int, ...], list[int]] = {}
    for group in filter(None, groups):
        units = tuple(sorted(set(texts["place"].iloc[group])))
        shared.setdefault(units, []).extend(group)
    base = (sum(map(len, groups)), looked.seen)
    # So many units share it that it is common after all, even if no run of words was.
    few = {units: group for units, group in shared.items()
           if len(units) < looked.material.common_from}  # fmt: skip
    for units, group in few.items():
        rows = texts.iloc[sorted(group)]
        items = sorted(set(rows["item_code"]))
        longest = rows["explanation"].iloc[int(rows["explanation"].str.len().to_numpy().argmax())]
        said = {"count": len(items), "text": shortened(longest, 90)}
        looked.add(units, items, base, said, places=places_text(rows))


def _groups(pairs: npt.NDArray[np.intp]) -> Iterator[list[int]]:
    """Yield the texts that pairs join, directly or through others."""
    leader: dict[int, int] = {}

    def first(text: int) -> int:
        while leader.setdefault(text, text) != text:
            leader[text] = leader[leader[text]]
            text = leader[text]
        return text

    for one, other in pairs.tolist():
        leader[first(one)] = first(other)
    groups: dict[int, list[int]] = {}
    for text in leader:
        groups.setdefault(first(text), []).append(text)
    yield from groups.values()
