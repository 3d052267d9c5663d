"""What a scoring text says beside its steps, taken off before they are read.

A clause that changes nothing ("không bao gồm ...", "đồng thời bị trừ điểm tại nhóm IX") stays as a
remark; one that may change the points keeps the rule from being sure. To read a further clause,
give it a pattern in ``patterns.toml`` and a place in `taken_off`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scoring.base.same_unknown import SameUnknown
from scoring.base.text import clean_text, shortened
from scoring.criteria.appendix.scoring_text.formulas import (
    rounded,
    voids_criterion,
    without_rounding,
)
from scoring.criteria.appendix.scoring_text.rule_reading import RuleReading
from scoring.criteria.appendix.scoring_text.side_sentences import (
    DROP,
    EVIDENCE,
    FULL,
    GRADE,
    bears_on,
    effect_of,
    is_evidence,
    sentences,
)
from scoring.official.patterns import patterns
from scoring.official.wording import folded, word_lists, words

_PATTERNS = patterns("clauses")
_LISTS = word_lists()["clauses"]
_OPERATORS = words(_LISTS["may_change_points"])
_PHRASES = frozenset(_LISTS["phrases_that_may"])
_MAX_LETTERS = 20_000
# So many lines of a narrow column may hold one sentence.
_MAX_BROKEN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Clauses(SameUnknown):
    """A scoring text without its clauses, and these apart.

    Attributes
    ----------
    core : str
        The steps alone, ready to be cut.
    remarks : tuple of str
        What changes nothing.
    doubts : tuple of str
        Sentences that may change the points.
    cut : str
        The last words, where the text breaks off in the middle; else empty.
    effects : tuple of (str, str)
        Sentences whose effect is known (see `side_sentences`), each after its effect.
    round_to : float
        What points are rounded to; NaN where nothing is said.
    voids : str
        The words that void the whole criterion; else empty.
    unknown : tuple of str
        Sentences of the remarks column that are not understood.
    """

    core: str
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    cut: str = ""
    effects: tuple[tuple[str, str], ...] = ()
    round_to: float = math.nan
    voids: str = ""
    unknown: tuple[str, ...] = ()

    def applied(self, reading: RuleReading) -> RuleReading:
        """Return a reading of the core with what the clauses say of it."""
        for clause in self.doubts:
            reading = reading.doubted("clause-beside", clause=clause)
        if self.cut:
            reading = reading.doubted("text-cut", end=self.cut)
        if self.voids:
            reading = reading.doubted("voids-criterion", clause=self.voids)
        if self.unknown:
            clause = shortened("; ".join(self.unknown))
            reading = reading.doubted("note-beside", clause=clause)
        reading = self._excused(rounded(reading, self.round_to))
        return replace(reading, remarks=(*reading.remarks, *self.remarks))

    def _excused(self, reading: RuleReading) -> RuleReading:
        """Add what the sentences of known effect do to the rule, or why they are doubted."""
        policies = {effect for effect, _ in self.effects if effect in (DROP, FULL)}
        if reading.spec and len(policies) == 1:
            spec = replace(reading.spec, not_applicable=min(policies))
            reading = replace(reading, spec=spec)
        kind = reading.spec.kind if reading.spec else ""
        for effect, sentence in self.effects:
            is_policy = effect in (DROP, FULL) and len(policies) == 1
            if not is_policy and not bears_on(effect, kind):
                reading = reading.doubted("clause-beside", clause=sentence)
            elif effect == GRADE:
                reading = replace(reading, grades=(*reading.grades, sentence))
            else:
                reading = replace(reading, remarks=(*reading.remarks, sentence))
        return reading


def taken_off(text: str, max_points: float = math.nan, beside: Sequence[str] = ()) -> Clauses:
    """Take the clauses off the scoring text of an item; `beside` are the remarks next to it.

    Examples
    --------
    >>> found = taken_off("Đạt 90%: 1đ; dưới 90%: 0đ (không bao gồm văn bản mật).")
    >>> found.core, found.remarks
    ('Đạt 90%: 1đ; dưới 90%: 0đ.', ('không bao gồm văn bản mật',))
    """
    if len(text) > _MAX_LETTERS:
        return Clauses(text)
    core, *guides = _PATTERNS["guide"].split(text)
    remarks: list[str] = []

    def kept(match: re.Match[str]) -> str:
        remarks.append(clean_text(match[0]).strip(" ,()."))
        return ""

    for clause in (_PATTERNS["bracket"], _PATTERNS["elsewhere"], _PATTERNS["best_counts"]):
        core = clause.sub(kept, core)
    core, effects = _known(core, max_points)
    core, round_to = without_rounding(core)
    core, voids = voids_criterion(core)
    doubts: list[str] = ["làm tròn"] if "làm tròn" in folded(core) else []
    stated = [folded(line).strip(" .") for line in _PATTERNS["sentence"].split(core)]
    for sentence in _sentences(guides):
        if _repeats(sentence, stated):
            continue
        if effect := effect_of(sentence, max_points):
            effects.append((effect, sentence))
        else:
            (remarks if _is_harmless(sentence) else doubts).append(sentence)
    remarked, unknown = _remarked(list(_sentences(beside)), stated, max_points)
    effects += remarked
    found = tuple(remarks), tuple(doubts), _cut_at(core), tuple(effects)
    return Clauses(core.strip(), *found, round_to, voids, tuple(unknown))


def _remarked(
    lines: list[str], stated: list[str], max_points: float
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the remarks of known effect, and those not understood; lines may break a sentence."""
    lines = [part for line in lines for part in _PATTERNS["run_on"].split(line)]
    effects: list[tuple[str, str]] = []
    unknown: list[str] = []
    at = 0
    while at < len(lines):
        for size in range(1, _MAX_BROKEN + 1):
            sentence = " ".join(lines[at : at + size])
            effect = effect_of(sentence, max_points) or (EVIDENCE if is_evidence(sentence) else "")
            if effect or _repeats(sentence, stated):
                effects += [(effect, sentence)] if effect else []
                at += size
                break
        else:
            unknown.append(lines[at])
            at += 1
    return effects, unknown


def _known(core: str, max_points: float) -> tuple[str, list[tuple[str, str]]]:
    """Take the sentences of known effect off a text."""
    left: list[str] = []
    effects: list[tuple[str, str]] = []
    for sentence in sentences(core):
        effect = effect_of(sentence, max_points) if left else ""
        if effect:
            effects.append((effect, clean_text(sentence).strip(" .;-+•")))
        else:
            left.append(sentence)
    return "".join(left), effects


def _sentences(guides: Iterable[str]) -> Iterator[str]:
    for guide in guides:
        for line in _PATTERNS["sentence"].split(guide):
            if sentence := clean_text(line).strip(" .;-+•"):
                yield sentence


def _repeats(sentence: str, stated: list[str]) -> bool:
    """Say whether a sentence says a step again, or one in nearly the same words and points."""
    body = folded(sentence)
    if any(body in line for line in stated):
        return True
    award = _PATTERNS["award"].search(body)
    if not award:
        return False
    said = set(body[: award.start()].split())
    apart = [said - set(line.split()) for line in stated if line.endswith(award[0])]
    return any(len(new) <= len(said) // 5 and not re.search(r"\d", " ".join(new)) for new in apart)


def _is_harmless(sentence: str) -> bool:
    """Say whether a sentence of guidance only names sources, proofs and who keeps them."""
    body = _PATTERNS["document"].sub("", folded(sentence))
    has_figure = bool(re.search(r"\d", body))
    said = re.findall(r"[^\W\d_]{1,12}", body)
    pairs = {" ".join(pair) for pair in pairwise(said)}
    return not has_figure and _OPERATORS.isdisjoint(said) and not pairs & _PHRASES


def _cut_at(core: str) -> str:
    """Return the last words of a text that ends in the middle of a sentence."""
    body = clean_text(core)
    is_open = body.count("(") > body.count(")")
    if body and (is_open or _PATTERNS["cut"].search(folded(body))):
        return " ".join(body.split()[-4:])
    return " ".join(body.split()[:4]) if _PATTERNS["headless"].match(folded(body)) else ""
