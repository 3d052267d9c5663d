"""Suggest which items a document probably proves, with a score and the reason."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.due_dates import read_due_date
from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.official.document_kinds import document_kinds, kinds_of
from scoring.official.document_period import is_of_period, parts_asked, years_named
from scoring.tables import days_of, empty, table_of

# The kind of document says less than the words: dozens of items ask for a report.
KIND_WEIGHT, WORDS_WEIGHT = 0.35, 0.65
# Words found only in the opening, not in the title, are weaker proof.
_OPENING_WEIGHT = 0.4
_MIN_SCORE, _MIN_WORDS = 0.45, 0.25
_MAX_PER_DOCUMENT, _SHOWN_PHRASES = 5, 4
_BLOCK = 2_000
_WORD = re.compile(r"[^\W\d_]+")
# Kinds whose names mean little else in running text.
_PLAIN_KINDS = ("KH", "BC", "QĐ", "CTr", "ĐA", "TTr", "CT", "NQ")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the items ask for, as arrays over items and terms."""

    codes: list[str]
    terms: list[str]
    has_term: np.ndarray  # (n_items, n_terms), 0 or 1
    weight: np.ndarray  # (n_terms,), rarer terms weigh more
    kinds: list[frozenset[str]]  # per item; empty: any kind
    words: list[list[str]]  # the terms of each item, in the order of its name
    parts: list[str]  # the parts of the year each asks for, separated by "|"; empty: any
    first_years: list[int]  # the first year a document may be of, beside the assessment year


def suggest_items(
    proposals: pd.DataFrame,
    items: pd.DataFrame,
    evidence: pd.DataFrame | None = None,
    *,
    year: int | None = None,
    lang: str = "vi",
) -> pd.DataFrame:
    """Suggest items for every document.

    The score is 0.35 for a kind of document that the item asks for plus 0.65 times the share of
    the item's words met in the document's title (words met in the opening only count 0.4). A
    document of another kind than the item asks for is never suggested, nor one of another part of
    the year or, where `year` is known, of another year.

    Parameters
    ----------
    proposals : DataFrame
        Columns ``path``, ``kind``, ``issues_kind``, ``title``, ``opening`` and, to judge the year,
        ``issued_on``.
    items : DataFrame
        Columns ``code`` and ``name_vi``; with ``is_item``, only the leaves count.
    evidence : DataFrame, optional
        What items ask for: ``item_code``, ``kind`` and, if there, ``keywords`` and ``issued_by``.
    year : int, optional
        The assessment year.
    lang : {"vi", "en"}
        Language of the reasons.

    Returns
    -------
    DataFrame
        ``path``, ``item_code``, ``score`` (0 to 1) and ``reason``; at most five per document,
        best first.

    Examples
    --------
    >>> documents = pd.DataFrame({"path": ["kh.pdf"], "kind": ["KH"], "issues_kind": [""],
    ...     "title": ["Cải cách hành chính năm 2025"], "opening": [""]})
    >>> items = pd.DataFrame({"code": ["1.1"], "name_vi": ["Ban hành kế hoạch CCHC năm"]})
    >>> suggest_items(documents, items)[["item_code", "score"]].values.tolist()
    [['1.1', 1.0]]
    """
    wanted = _wanted(items, evidence)
    if proposals.empty or not wanted.codes:
        return empty("ItemDocuments")
    # In blocks, so that memory stays flat however many documents there are.
    blocks = [
        _suggested(proposals.iloc[start : start + _BLOCK], wanted, year, lang)
        for start in range(0, len(proposals), _BLOCK)
    ]
    return pd.concat(blocks, ignore_index=True)


def words_of(text: str) -> list[str]:
    """Return the words of `text` in small letters, abbreviations written out.

    >>> words_of("Kế hoạch CCHC năm 2025")
    ['kế', 'hoạch', 'cải', 'cách', 'hành', 'chính', 'năm']
    """
    words: list[str] = []
    for word in _WORD.findall(clean_text(text).lower()):
        words.extend(_language()["abbreviations"].get(word, word).split())
    return words


def _terms(text: str) -> list[str]:
    """Return pairs of neighbouring words, as most Vietnamese words are two syllables long."""
    return [
        f"{one} {two}"
        for run in _telling_runs(words_of(text))
        for one, two in itertools.pairwise(run)
    ]


def _telling_runs(words: list[str]) -> list[list[str]]:
    """Cut `words` at those that say nothing of the subject: "ban hành", "kế hoạch", "năm"."""
    runs: list[list[str]] = [[]]
    small, at = _language()["small"], 0
    while at < len(words):
        is_common = " ".join(words[at : at + 2]) in small["pairs"]
        if is_common or words[at] in small["words"]:
            runs.append([])
        else:
            runs[-1].append(words[at])
        at += 2 if is_common else 1
    return runs


def _wanted(items: pd.DataFrame, evidence: pd.DataFrame | None) -> _Wanted:
    leaves = items[items["is_item"]] if "is_item" in items else items
    asked = _asked(evidence)
    codes = [str(code) for code in leaves["code"]]
    kinds = [
        kinds_of(asked[code][0]) if code in asked else _kinds_in_name(name)
        for code, name in zip(codes, leaves["name_vi"], strict=True)
    ]
    lists = _terms_of_items(items, codes, asked)
    terms = sorted({term for found in lists for term in found})
    has_term = np.array([[term in found for term in terms] for found in lists], dtype=np.float64)
    has_term = has_term.reshape(len(codes), len(terms))
    weight = np.log(1 + len(codes) / np.maximum(has_term.sum(axis=0), 1))
    named = [
        f"{name}; {asked.get(code, ('', ''))[1]}"
        for code, name in zip(codes, leaves["name_vi"], strict=True)
    ]
    parts = ["|".join(sorted(parts_asked(text))) for text in named]
    return _Wanted(
        codes, terms, has_term, weight, kinds, lists, parts, _first_years(evidence, codes)
    )


def _first_years(evidence: pd.DataFrame | None, codes: list[str]) -> list[int]:
    """Return how many years before the assessment year the first deadline of each item lies."""
    if evidence is None or "issued_by" not in evidence:
        return [0] * len(codes)
    due = [read_due_date(text) for text in evidence["issued_by"].fillna("")]
    offsets = pd.Series([day.shift if day else 0 for day in due], index=evidence["item_code"])
    first = offsets.groupby(level=0).min()
    return [min(0, int(first.get(code, 0))) for code in codes]


def _terms_of_items(
    items: pd.DataFrame, codes: list[str], asked: dict[str, tuple[str, str]]
) -> list[list[str]]:
    """Return the terms of each item: its own, or else those of the criterion above it.

    "Ban hành kế hoạch đúng thời hạn" says nothing of its subject; its criterion does.
    """
    by_code = items.astype(str).set_index("code")
    names = by_code["name_vi"].to_dict()
    parents = by_code["parent_code"].to_dict() if "parent_code" in by_code else {}
    found = []
    for code in codes:
        at, terms = code, _terms(f"{names[code]} . {asked.get(code, ('', ''))[1]}")
        while not terms and (at := parents.get(at, "")) in names:
            terms = _terms(names[at])
        found.append(list(dict.fromkeys(terms)))
    return found


def _asked(evidence: pd.DataFrame | None) -> dict[str, tuple[str, str]]:
    """Return per item the kinds and the keywords that its rows ask for."""
    if evidence is None or evidence.empty:
        return {}
    words = evidence["keywords"] if "keywords" in evidence else pd.Series("", evidence.index)
    rows = pd.DataFrame(
        {"code": evidence["item_code"].astype(str), "kind": evidence["kind"], "words": words}
    ).fillna("")
    joined = rows.groupby("code", sort=False)[["kind", "words"]].agg(" | ".join)
    return {str(code): (kind, words) for code, kind, words in joined.itertuples()}


def _kinds_in_name(name: str) -> frozenset[str]:
    """Return the kinds that an item's own name speaks of: "Ban hành kế hoạch ..."."""
    text = clean_text(str(name)).lower()
    return frozenset(key for key in _PLAIN_KINDS if document_kinds()[key].vi.lower() in text)


def _suggested(
    proposals: pd.DataFrame, wanted: _Wanted, year: int | None, lang: str
) -> pd.DataFrame:
    strength = _term_strength(proposals, wanted.terms)
    share = _share_of_words(strength, wanted)
    fit = _kind_fit(proposals, wanted)
    score = np.where(fit >= 0, KIND_WEIGHT * np.maximum(fit, 0) + WORDS_WEIGHT * share, 0.0)
    score[(share < _MIN_WORDS) | (score < _MIN_SCORE)] = 0.0
    score[~_is_timely(proposals, wanted, year)] = 0.0
    best = np.argsort(-score, axis=1, kind="stable")[:, :_MAX_PER_DOCUMENT]
    rows = []
    for at, document in enumerate(proposals.to_dict("records")):
        for item in best[at][score[at, best[at]] > 0]:
            reason = _reason(document, int(item), strength[at], fit[at, item], wanted, lang)
            points = round(float(score[at, item]), 3)
            rows.append((document["path"], wanted.codes[item], points, reason))
    return table_of(rows, "ItemDocuments")


def _term_strength(proposals: pd.DataFrame, terms: list[str]) -> np.ndarray:
    """Return (n_documents, n_terms): 1 for a term of the title, less for one of the opening."""
    at = {term: column for column, term in enumerate(terms)}
    strength = np.zeros((len(proposals), len(terms)))
    texts = zip(proposals["title"].fillna(""), proposals["opening"].fillna(""), strict=True)
    for row, (title, opening) in enumerate(texts):
        for text, weight in ((opening, _OPENING_WEIGHT), (title, 1.0)):
            strength[row, [at[term] for term in _terms(text) if term in at]] = weight
    return strength


def _share_of_words(strength: np.ndarray, wanted: _Wanted) -> np.ndarray:
    """Return (n_documents, n_items): weight of an item's terms met, over the weight of all."""
    weighted = wanted.has_term * wanted.weight
    total = weighted.sum(axis=1)
    return strength @ weighted.T / np.where(total > 0, total, np.inf)


def _kind_fit(proposals: pd.DataFrame, wanted: _Wanted) -> np.ndarray:
    """Return (n_documents, n_items): 1 asked for, 0 no kind asked for or known, -1 another kind."""
    kinds = list(document_kinds())
    at = {kind: column for column, kind in enumerate(kinds)}
    has = np.zeros((len(proposals), len(kinds)))
    for column in ("kind", "issues_kind"):
        known = [(row, at[kind]) for row, kind in enumerate(proposals[column]) if kind in at]
        if known:
            has[tuple(zip(*known, strict=True))] = 1
    asks = np.array([[kind in asked for kind in kinds] for asked in wanted.kinds], dtype=float)
    meets = np.greater(has @ asks.T, 0)
    misses = np.logical_and.outer(has.any(axis=1), asks.any(axis=1)) & ~meets
    return meets.astype(float) - misses.astype(float)


def _is_timely(proposals: pd.DataFrame, wanted: _Wanted, year: int | None) -> np.ndarray:
    """Return (n_documents, n_items): whether a document is of the period that an item asks for."""
    titles, kinds = proposals["title"].fillna(""), proposals["kind"].fillna("")
    issued = proposals.get("issued_on", pd.Series(pd.NaT, proposals.index))
    years = days_of(issued).dt.year.fillna(year or 0)
    parts, part_of = np.unique(wanted.parts, return_inverse=True)
    timely = np.zeros((len(proposals), len(wanted.codes)), dtype=bool)
    for row, (title, kind, issued_in) in enumerate(zip(titles, kinds, years, strict=True)):
        named = years_named(title)
        # Of no use where the year is unknown; then only the part of the year tells.
        own = year if year is not None else max(named, default=0)
        is_new = year is None or year in named or issued_in >= year + np.array(wanted.first_years)
        fits = np.array([is_of_period(title, kind, one, own) for one in parts.tolist()])
        timely[row] = is_new & fits[part_of]
    return timely


def _reason(
    document: Mapping[Any, Any],
    item: int,
    strength: np.ndarray,
    fit: float,
    wanted: _Wanted,
    lang: str,
) -> str:
    met = {wanted.terms[at] for at in np.flatnonzero(strength > 0)}
    words = ", ".join(_phrases([term for term in wanted.words[item] if term in met]))
    if fit <= 0:
        return label("suggested-by-words", lang, words=words)
    own = document["kind"] in wanted.kinds[item]
    kind = document_kinds()[document["kind"] if own else document["issues_kind"]].name(lang)
    return label("suggested-by-kind" if own else "suggested-by-issue", lang, kind=kind, words=words)


def _phrases(terms: list[str]) -> list[str]:
    """Join pairs that overlap into the phrases people know.

    >>> _phrases(["cải cách", "cách hành", "hành chính", "thanh tra"])
    ['cải cách hành chính', 'thanh tra']
    """
    phrases: list[str] = []
    for term in terms:
        first, _, last = term.partition(" ")
        if phrases and phrases[-1].rsplit(" ", 1)[-1] == first:
            phrases[-1] += f" {last}"
        else:
            phrases.append(term)
    return phrases[:_SHOWN_PHRASES]


@cache
def _language() -> dict[str, Any]:
    source = resources.files("scoring.evidence.documents").joinpath("words.toml")
    words = tomllib.loads(source.read_text(encoding="utf-8"))
    return words | {"small": {name: frozenset(own) for name, own in words["small"].items()}}
