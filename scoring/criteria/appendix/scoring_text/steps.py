"""A scoring text cut into steps: a condition and what it earns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scoring.base.text import clean_text
from scoring.criteria.appendix.scoring_text.awards import Award, read_award, read_share
from scoring.official.figures import FIGURE
from scoring.official.wording import UPPER, folded

MAX_LETTERS = 4000
MAX_PIECES = 40
_BREAK = re.compile(rf"[\n;|•]|\.(?= [{UPPER}])|(?<=điểm)\.(?= )|,(?= trong đó)")
_BULLET = re.compile(r"^\s{0,9}(?:[-+*•▪◦–—]|[a-zđ]\)|\d{1,2}\))\s{1,9}(?=\S)|^[-+–—](?=[^\W\d])")
# "... : 1, không kịp thời: 0,5": a comma right after points starts the next step.
_COMMA = re.compile(r"(?<=\d)(?: ?(?:điểm|đ))?,(?= [^\W\d])|(?<=điểm),(?= [^\W\d])")
_HEADING = re.compile(
    r"(?:cách chấm(?: điểm)?|cách tính(?: điểm)?|thang điểm|điểm đánh giá|chấm điểm|trong đó"
    r"|cụ thể|như sau|tính điểm|phương pháp chấm(?: điểm)?|cách tính điểm)(?: như sau)?:?"
)
_LEADING = re.compile(
    r"^(?:cách chấm(?: điểm)?|cách tính(?: điểm)?|thang điểm|phương pháp chấm(?: điểm)?"
    r"|cụ thể|chấm điểm)(?: như sau)? ?: ?"
)
_DEFINITION = re.compile(
    r"^(?:trong đó,? ?:? ?|với |và |\()?([a-z]) ?(?:là|:|=) ?([^\W\d].{2,200})$"
)
_DEFINES_NEXT = re.compile(r"[.,](?= (?:và |còn )?[a-z] ?(?:là|:|=) )")
_RATE_DEFINED = re.compile(
    r"^tỷ lệ(?: [^\W\d_]{1,12}){0,12} ?[=:] ?\(?([a-z]) ?/ ?([a-z])\)?(?: ?× ?100 ?%?)?$"
)
_END_POINTS = re.compile(
    r"(?P<sep> ?: ?| ?= ?| ?[-=]> ?| ?→ ?| - |, | ?\(|(?<=[^\d/.,]) )"
    r"(?P<verb>(?:(?:thì|được|đạt|chấm|cho|tính|là|điểm|đánh giá|số điểm) ){0,6})"
    rf"(?P<figure>{FIGURE}) ?(?P<unit>điểm|đ)?\)?$"
)
_POINTS_FIRST = re.compile(rf"^({FIGURE}) ?(?:điểm|đ) ?: ?(.{{2,300}})$")
_TAIL_WORDS = re.compile(
    r"(?:^|,|(?<=[\s)%]))(?:,|thì|(?:số )?điểm(?: đánh giá)?(?: là| được)?|được"
    r"|(?:được )?(?:tính|chấm|xác định)(?: điểm)?(?: theo| bằng)?(?: công thức| tỷ lệ)?(?: sau)?"
    r"|theo(?: công thức| tỷ lệ)(?: sau)?)$"
)
# "Kiểm điểm" is a review of one's work, any other "điểm" a part of the award left behind.
_LEFT_OVER = re.compile(r"(?<!kiểm )(?<![^\W\d_])điểm(?![^\W\d_])")
_AWARD_STARTS = re.compile(
    r" ?(?:: ?|= ?|, |→ ?|(?<= )(?=(?:thì |được |chấm |đạt )?(?:điểm )?(?:đánh giá )?(?:được )?"
    r"(?:tính |chấm )(?:điểm )?(?:theo|bằng))|(?<= )(?=(?:thì |được |đạt )(?:điểm tối đa|không)"
    r"|không (?:được |có |chấm |tính |cho )?điểm))"
)


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
    unread : tuple of str
        Folded pieces that are neither a step nor a definition.
    """

    steps: tuple[Step, ...]
    letters: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def pieces_of(text: str) -> list[str]:
    """Cut a scoring text where one statement ends and the next begins, bullets taken off.

    >>> pieces_of("- Kịp thời: 1 điểm. - Không kịp thời: 0,5")
    ['Kịp thời: 1 điểm', 'Không kịp thời: 0,5']
    """
    pieces = []
    for line in _BREAK.split(text):
        piece = clean_text(_BULLET.sub("", line, count=1))
        lowered = folded(piece)
        cut = _LEADING.match(lowered)
        piece = piece[cut.end() :] if cut else piece
        if piece and not _HEADING.fullmatch(folded(piece)):
            pieces.append(piece.rstrip(",. "))
    return [piece for piece in pieces if piece]


def read_steps(text: str, max_points: float) -> Steps:
    """Take a scoring text apart.

    Parameters
    ----------
    text : str
        At most `MAX_LETTERS` letters; the caller sees to that.
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
    steps: list[Step] = []
    letters: dict[str, str] = {}
    unread: list[str] = []
    for piece in pieces_of(text):
        for part in _DEFINES_NEXT.split(piece):
            _sort(part.strip(), max_points, steps, letters, unread)
    return Steps(tuple(steps), letters, tuple(unread))


def _sort(
    piece: str, max_points: float, steps: list[Step], letters: dict[str, str], unread: list[str]
) -> None:
    body = folded(piece)
    if not body or _HEADING.fullmatch(body):
        return
    if match := _DEFINITION.match(body):
        start = len(body) - len(match[2])
        letters[match[1]] = piece[start:].rstrip(" .;,)") if len(piece) == len(body) else match[2]
        return
    if _RATE_DEFINED.match(body):
        return
    found = _step(piece, body, max_points)
    if found:
        steps.append(found)
        return
    parts = _COMMA.split(piece)
    read = [_step(part.strip(), folded(part), max_points) for part in parts]
    if len(parts) > 1 and all(read):
        steps += [step for step in read if step]
    else:
        unread.append(body)


def _step(piece: str, body: str, max_points: float) -> Step | None:
    """Read one piece as a step; None unless all of it is understood."""
    if match := _POINTS_FIRST.match(body):
        award = read_award(match[1], max_points)
        return _made(piece, body, match.start(2), len(body), award)
    match = _END_POINTS.search(body)
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
    if _COMMA.search(condition) or "×" in condition or _LEFT_OVER.search(condition):
        return None
    wording = condition
    if len(piece) == len(body):
        at = body.find(condition, start)
        wording = piece[at : at + len(condition)]
    return Step(condition, wording, award)


def _trimmed(text: str) -> str:
    """Take the words that lead over to the award off the end of a condition."""
    for _ in range(12):
        shorter = _TAIL_WORDS.sub("", text.strip().rstrip(" :=,-→("))
        if shorter == text:
            break
        text = shorter
    return text.strip(" ,")


def _worded(piece: str, body: str, max_points: float) -> Step | None:
    """Read a step whose award is in words: the maximum, nothing, or a share."""
    if award := read_share(body, max_points):
        return Step("", "", award)
    for match in list(_AWARD_STARTS.finditer(body))[:12]:
        award = read_award(body[match.end() :], max_points)
        if award:
            return _made(piece, body, 0, match.start(), award)
    return None
