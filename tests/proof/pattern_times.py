"""Time every regular expression of `scoring` on texts that hurt it: ``python tests/proof/pattern_times.py``.

Each pattern is first tried on short texts made from itself: what it repeats, all it takes, what it
begins with, and near misses of each. The text that took longest is then grown from 12.5 to 200 kB,
and the power of its length that time grows with is told. Time is the processor's.
"""

from __future__ import annotations

import argparse
import math
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import patterns
from patterns import REPEATS, parsed, parts_of, said_by, sre, takes
from records import write_record

SIZES = (12_500, 25_000, 50_000, 100_000, 200_000)
# On a text this short a pattern that tries every pair of places takes a hundred times what one
# that looks at every letter takes.
SHORT, SHORT_SECONDS = 1_500, 0.02
MOST_SECONDS = 0.4
# Times below are noise of the clock; growth is told from those above.
TELLING_SECONDS = 0.002
# An exponent of 1 is time in step with the text, of 2 its square.
IN_STEP = 1.3

collected = cache(patterns.collected)

# What outgrows its text where nothing bounds it, and what does: a text of 200 kB never comes there.
_OWN = "asked of what the package itself writes or ships"
_DEADLINE = "read_deadlines cuts its text at 4,000 letters, and split_clauses folds its blanks"
_SENTENCE = "a sentence is cut at 2,000 letters, its blanks folded: read_targets, indicator_of"
_SCORING_TEXT = "a scoring text above 4,000 letters is refused: item_rule"
OUTGROWING = {
    "official/patterns.toml deadlines.begins": _DEADLINE,
    "official/patterns.toml deadline_lists.cuts": _DEADLINE,
    "official/patterns.toml targets.statements": _SENTENCE,
    "official/patterns.toml targets.filler": _SENTENCE,
    "official/patterns.toml scales.from_alone": _SCORING_TEXT,
    "official/patterns.toml scales.or_undone": _SCORING_TEXT,
    "official/patterns.toml page_text.closing": "clean_text folds the blanks of the line",
    "browser/bundle.py _COMMENT": _OWN,
    "browser/bundle.py _IMPORT": _OWN,
    "form/form_page.py _BLANKS": _OWN,
    "form/ledger_cells.py _ROW": _OWN,
    "outputs/images.py _SVG_DOCTYPE": _OWN,
    "outputs/images.py _SVG_FONT": _OWN,
}


class Attack(NamedTuple):
    """A text that grows: what it begins with, what fills it, how it ends."""

    begins: str
    filler: str
    ends: str

    def text(self, size: int) -> str:
        """Return the text, `size` letters long but for its end."""
        return (self.begins + self.filler * (size // len(self.filler) + 1))[:size] + self.ends


class Growth(NamedTuple):
    """How a pattern fared on its worst attack: seconds at each size tried."""

    attack: Attack
    seconds: tuple[float, ...]

    @property
    def exponent(self) -> float:
        """The power of the text's length that time grows with; 0 where it was too short to tell."""
        told = [one for one in self.seconds if one >= TELLING_SECONDS]
        if len(told) < 2:
            return math.inf if self.seconds[-1] >= MOST_SECONDS else 0.0
        return math.log2(told[-1] / told[0]) / (len(told) - 1)

    @property
    def is_in_step(self) -> bool:
        """Whether the largest text was read, in time that grew as its length did."""
        return len(self.seconds) == len(SIZES) and self.exponent <= IN_STEP


def attacks(pattern: re.Pattern[Any]) -> set[Attack]:
    """Return texts made from the pattern itself that may make it try many ways."""
    tree = parsed(pattern)
    whole = said_by(tree)
    fillers = {whole, whole[:-1], said_by(tree, 3), " ", "1", "a", "đ ", "\n", " \n"}
    found = set()
    for before, body in _repeats(tree):
        letters = {said_by(body)} | {one for one in " \t\n1a.,;-(<\"'/x" if takes(body, one)}
        fillers |= letters | {before + one for one in letters}
        found |= {Attack(before, one, "\x00") for one in letters if before and one}
    return found | {Attack("", one, end) for one in fillers if one for end in ("", "\x00")}


def _repeats(items: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what stands before each endless repeat, and what it repeats, at any depth."""
    for op, given in items:
        if op in REPEATS and given[1] is sre.MAXREPEAT:
            yield before, given[2]
        for part in parts_of(op, given):
            yield from _repeats(part, before)
        before += said_by([(op, given)])


def seconds_for(pattern: re.Pattern[Any], text: str, most: float = MOST_SECONDS) -> float:
    """Return how long a search through the whole text takes, `most` at most."""
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    before = signal.signal(signal.SIGVTALRM, _late)
    began = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, most)
        for _ in pattern.finditer(given):
            pass
        took = time.process_time() - began
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except TimeoutError:
        took = most
    signal.signal(signal.SIGVTALRM, before)
    return min(took, most)


def _late(*_: object) -> None:
    raise TimeoutError


def grown(pattern: re.Pattern[Any], attack: Attack) -> Growth:
    """Return the time at each size; growing ends where one takes long and has grown too fast."""
    times: list[float] = []
    for size in SIZES:
        times.append(seconds_for(pattern, attack.text(size), 2 * MOST_SECONDS))
        is_long = times[-1] >= MOST_SECONDS / 2
        if is_long and Growth(attack, tuple(times)).exponent > IN_STEP:
            break
    return Growth(attack, tuple(times))


def worst_growth(pattern: re.Pattern[Any]) -> tuple[Growth, int]:
    """Return the worst growth of a pattern, and how many attacks it was tried on."""
    tried = {
        attack: seconds_for(pattern, attack.text(SHORT), SHORT_SECONDS)
        for attack in sorted(attacks(pattern))
    }
    return _grown_twice(pattern, max(tried, key=tried.__getitem__)), len(tried)


def _grown_twice(pattern: re.Pattern[Any], attack: Attack) -> Growth:
    """Return the growth, measured again where a busy machine may have made it look steep."""
    first = grown(pattern, attack)
    if first.is_in_step or len(first.seconds) < len(SIZES):
        return first
    return min(first, grown(pattern, attack), key=lambda one: one.exponent)


def _timed(place: str) -> tuple[str, Growth, int]:
    return place, *worst_growth(collected()[place])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="*", help="parts of the places to look at; all by default")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Say of each pattern that outgrows its text on what text, and record the whole."""
    options = _arguments()
    places = [
        place
        for place in collected()
        if not options.places or any(part in place for part in options.places)
    ]
    growths: dict[str, Growth] = {}
    tried = 0
    with ProcessPoolExecutor(options.workers) as pool:
        for place, growth, count in pool.map(_timed, places, chunksize=8):
            growths[place] = growth
            tried += count
            if not growth.is_in_step:
                sys.stdout.write(f"{place}: {_shown(growth)}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{len(growths)} patterns, {tried} attacks\n")
    if options.record:
        _write(growths, tried)


def _shown(growth: Growth) -> str:
    begins, filler, ends = (part[:24] for part in growth.attack)
    times = " ".join(f"{each:.3f}" for each in growth.seconds)
    return f"^{growth.exponent:.2f} on {begins!r} {filler!r} {ends!r}: {times} s"


def _write(growths: dict[str, Growth], tried: int) -> None:
    in_step = {place: one for place, one in growths.items() if one.is_in_step}
    outgrowing = {place.split("#")[0] for place in growths.keys() - in_step.keys()}
    left = [f"{place}: {OUTGROWING.get(place, 'NOT EXPLAINED')}" for place in sorted(outgrowing)]
    left += ["Texts are made from the patterns; a worse one than was thought of may exist."]
    figures: dict[str, float | str] = {
        "patterns": len(growths),
        "attacks": tried,
        "letters_of_the_longest": SIZES[-1],
        "in_step_with_their_text": len(in_step),
        "steepest_power_of_those": round(max(one.exponent for one in in_step.values()), 2),
        "most_seconds_of_those": round(max(one.seconds[-1] for one in in_step.values()), 2),
        "outgrow_their_text_but_are_asked_under_a_limit": sum(
            place in OUTGROWING for place in outgrowing
        ),
        "outgrow_their_text_unexplained": sum(place not in OUTGROWING for place in outgrowing),
    }
    write_record("patterns", "python tests/proof/pattern_times.py --record", figures, left)


if __name__ == "__main__":
    main()
