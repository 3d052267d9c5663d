"""A scoring text cut into steps: a condition and what it earns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from scoring.base.text import clean_text
from scoring.criteria.appendix.scoring_text.awards import Award, read_award, read_share
from scoring.official.patterns import patterns
from scoring.official.wording import folded

_PATTERNS = patterns("steps")
MAX_LETTERS = 4000
MAX_PIECES = 40


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `condition` folded, `wording` as the decision has it, and the award."""

    condition: str
    wording: str
    award: Award


@dataclass(frozen=True)
class Steps:
    """A scoring text taken apart.

    Attributes
    ----------
    steps : tuple of Step
        In the order of the text.
    letters : dict of str to str
        What the letters of its formula stand for.
    parts : tuple of Step or str
        The steps and, as written, the pieces between them that are neither step nor definition.
    """

    steps: tuple[Step, ...]
    letters: dict[str, str] = field(default_factory=dict)
    parts: tuple[Step | str, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """Pieces that are neither a step nor a definition."""
        return tuple(part for part in self.parts if isinstance(part, str))

    def groups(self) -> dict[str, Steps]:
        """Return the steps under each heading that opens steps of its own; empty without such.

        Examples
        --------
        >>> found = read_steps("a) Cấp xã: | Có: 1 | Không: 0 | b) Cấp tỉnh: | Đạt: 2", 2.0)
        >>> [(name, len(part.steps)) for name, part in found.groups().items()]
        [('Cấp xã', 2), ('Cấp tỉnh', 1)]
        """
        heads = [at for at, part in enumerate(self.parts) if _is_group(part)]
        if len(heads) < 2 or heads[0] != 0:
            return {}
        ends = [*heads[1:], len(self.parts)]
        return {
            str(self.parts[at]).rstrip(" :"): self._only(self.parts[at + 1 : end])
            for at, end in zip(heads, ends, strict=True)
        }

    def _only(self, parts: tuple[Step | str, ...]) -> Steps:
        steps = tuple(part for part in parts if isinstance(part, Step))
        return Steps(steps, self.letters, parts)


def _is_group(part: Step | str) -> bool:
    return isinstance(part, str) and bool(_PATTERNS["group"].fullmatch(folded(part)))


def pieces_of(text: str) -> list[str]:
    """Cut a scoring text where one statement ends and the next begins, bullets taken off.

    >>> pieces_of("- Kịp thời: 1 điểm. - Không kịp thời: 0,5")
    ['Kịp thời: 1 điểm', 'Không kịp thời: 0,5']
    """
    pieces = []
    for line in _PATTERNS["break"].split(f"\n{text}"):
        piece = clean_text(_PATTERNS["bullet"].sub("", line, count=1))
        lowered = folded(piece)
        cut = _PATTERNS["leading"].match(lowered)
        piece = piece[cut.end() :] if cut else piece
        if piece and not _PATTERNS["heading"].fullmatch(folded(piece)):
            pieces.append(piece.rstrip(",. "))
    return [piece for piece in pieces if piece]


def read_steps(text: str, max_points: float) -> Steps:
    """Take a scoring text apart.

    Parameters
    ----------
    text : str
        At most `MAX_LETTERS` letters; the caller must ensure this.
    max_points : float
        The item's maximum, for "điểm tối đa" and for factors written out.

    Returns
    -------
    Steps

    Examples
    --------
    >>> found = read_steps("Trên 90%: 2 | Từ 70% - 90%: 1 | Dưới 70%: 0", 2.0)
    >>> [(step.condition, step.award.points) for step in found.steps]
    [('trên 90%', 2.0), ('từ 70% - 90%', 1.0), ('dưới 70%', 0.0)]
    """
    letters: dict[str, str] = {}
    parts: list[Step | str] = []
    for piece in pieces_of(text):
        for part in _PATTERNS["defines_next"].split(piece):
            parts += _sorted(part.strip(), max_points, letters)
    short = [name for name in _PATTERNS["short_name"].findall(text)[:MAX_PIECES] if name.isupper()]
    parts = [part if isinstance(part, str) else _unnamed(part, short) for part in parts]
    return Steps(tuple(part for part in parts if isinstance(part, Step)), letters, tuple(parts))


def _sorted(piece: str, max_points: float, letters: dict[str, str]) -> list[Step | str]:
    """Return the steps of a piece, or the piece unread; a definition goes to `letters`."""
    body = folded(piece)
    if not body or _PATTERNS["heading"].fullmatch(body):
        return []
    if _is_definition(piece, body, letters):
        return []
    if found := _step(piece, body, max_points):
        return [found]
    parts = _PATTERNS["comma"].split(piece)
    read = [_step(part.strip(), folded(part), max_points) for part in parts]
    steps: list[Step | str] = [step for step in read if step]
    return steps if len(parts) > 1 and len(steps) == len(parts) else [piece]


def _is_definition(piece: str, body: str, letters: dict[str, str]) -> bool:
    """Say whether a piece only says what a rate or a letter stands for, and note it in `letters`."""
    if _PATTERNS["rate_defined"].match(body):
        return True
    if (match := _PATTERNS["rate_in_words"].match(body)) and not letters:
        part, whole = (group for group in match.groups() if group)
        letters.update(b=part.strip(), a=whole.strip())
        return True
    if match := _PATTERNS["definition"].match(body):
        start = len(body) - len(match[2])
        letters[match[1]] = piece[start:].rstrip(" .;,)") if len(piece) == len(body) else match[2]
    return bool(match)


def _step(piece: str, body: str, max_points: float) -> Step | None:
    """Read one piece as a step; None unless all of it is understood."""
    if match := _PATTERNS["points_first"].match(body):
        award = read_award(match[1], max_points)
        return _made(piece, body, match.start(2), len(body), award)
    match = _PATTERNS["end_points"].search(body)
    if match and _is_award(match, body) and "×" not in body:
        award = read_award(match["figure"], max_points)
        return _made(piece, body, 0, match.start(), award)
    return _worded(piece, body, max_points)


def _is_award(match: re.Match[str], body: str) -> bool:
    """Say whether the figure at the end is an award and not part of the condition."""
    if match["sep"].strip() in (":", "=", "->", "=>", "→"):
        return not body[: match.start()].rstrip().endswith((":", "=", "-"))
    return bool(match["unit"]) or "điểm" in match["verb"].split()


def _made(piece: str, body: str, start: int, end: int, award: Award | None) -> Step | None:
    if award is None:
        return None
    condition = _trimmed(body[start:end])
    if (
        _PATTERNS["comma"].search(condition)
        or "×" in condition
        or _PATTERNS["left_over"].search(condition)
    ):
        return None
    wording = condition
    if len(piece) == len(body):
        at = body.find(condition, start)
        wording = piece[at : at + len(condition)]
    return Step(condition, wording, award)


def _unnamed(step: Step, short: list[str]) -> Step:
    """Take "Mức 1 (...)" and the short names of what is measured off the condition of a step."""
    condition = step.condition
    if match := _PATTERNS["labelled"].fullmatch(condition):
        condition = (match["bracket"] or match["behind"]).strip()
    for name in short:
        condition = condition.replace(f" ({name.lower()})", "")
        condition = re.sub(rf"(?<!\w){name.lower()}(?!\w) ?(?!$)", "", condition)
    return replace(step, condition=condition.strip())


def _trimmed(text: str) -> str:
    """Take the words that lead over to the award off the end of a condition."""
    for _ in range(12):
        shorter = _PATTERNS["tail_words"].sub("", text.strip().rstrip(" :=,-→("))
        if shorter == text:
            break
        text = shorter
    return text.strip(" ,")


def _worded(piece: str, body: str, max_points: float) -> Step | None:
    """Read a step whose award is in words: the maximum, nothing, or a share."""
    if award := read_share(body, max_points):
        return Step("", "", award)
    for match in list(_PATTERNS["award_starts"].finditer(body))[:12]:
        award = read_award(body[match.end() :], max_points)
        if award:
            return _made(piece, body, 0, match.start(), award)
    return None
