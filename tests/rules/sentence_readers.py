"""Read a rule's sentence as a person does and compute points from nothing but its words.

Each reader takes a sentence and returns a function from the figures of one unit to points; NaN
where the sentence does not say. Phrases stand here in both languages on purpose: a reader that
took them from the package would believe whatever it says.
"""

import datetime as dt
import importlib
import math
import re

from scoring.base.dates import date_serial
from scoring.base.rounding import round_points

SLACK = 1e-9


class Figure:
    """A number that compares as spreadsheets do and knows what a zero denominator means."""

    when_zero = math.nan

    def __init__(self, value):
        self.value = float(getattr(value, "value", value))

    def __add__(self, other):
        return Figure(self.value + Figure(other).value)

    def __sub__(self, other):
        return Figure(self.value - Figure(other).value)

    def __mul__(self, other):
        return Figure(self.value * Figure(other).value)

    def __truediv__(self, other):
        divisor = Figure(other).value
        return Figure(self.when_zero if abs(divisor) < 1e-12 else self.value / divisor)

    def __neg__(self):
        return Figure(-self.value)

    def _versus(self, other):
        distance = self.value - Figure(other).value
        return 0.0 if abs(distance) <= 1e-12 * max(1.0, abs(Figure(other).value)) else distance

    def __lt__(self, other):
        return self._versus(other) < 0

    def __le__(self, other):
        return self._versus(other) <= 0

    def __gt__(self, other):
        return self._versus(other) > 0

    def __ge__(self, other):
        return self._versus(other) >= 0

    def __eq__(self, other):
        return self._versus(other) == 0

    def __ne__(self, other):
        return self._versus(other) != 0


for _name in ("add", "sub", "mul", "truediv"):
    setattr(
        Figure,
        f"__r{_name}__",
        lambda self, other, n=_name: getattr(Figure(other), f"__{n}__")(self),
    )


def number(text, lang):
    """Read a number as people of the language write it."""
    text = text.strip().replace("−", "-")
    text = text.replace(".", "").replace(",", ".") if lang == "vi" else text.replace(",", "")
    return float(text)


NUMBER = r"-?[\d.,]*\d"
AMOUNT = rf"({NUMBER}) (?:points?|điểm)"


def found(patterns, sentence, lang):
    """Return the groups of the pattern of the language, which must be all of `sentence`."""
    match = re.fullmatch(patterns[lang], sentence, re.DOTALL)
    assert match, f"this reads like no rule: {sentence!r}"
    return match.groups()


ZERO_WORDS = {
    "vi": {
        "Mẫu số bằng 0: được điểm tối đa.": "full",
        "Mẫu số bằng 0: được 0 điểm.": "zero",
        "Phần nào có mẫu số bằng 0 thì tỷ lệ của phần đó tính bằng 0.": "part",
        "Mẫu số bằng 0: chưa chấm.": "not_assessed",
        "Mẫu số bằng 0: không áp dụng.": "not_applicable",
        "Mẫu số bằng 0: số liệu không hợp lệ.": "invalid",
    },
    "en": {
        "Denominator zero: the maximum.": "full",
        "Denominator zero: 0 points.": "zero",
        "A part whose denominator is zero counts as 0.": "part",
        "Denominator zero: not assessed.": "not_assessed",
        "Denominator zero: not applicable.": "not_applicable",
        "Denominator zero: invalid.": "invalid",
    },
}


def without_zero_words(sentence, lang):
    """Return the sentence and the policy for a zero denominator that stands at its end."""
    for words, policy in ZERO_WORDS[lang].items():
        if sentence.endswith(" " + words):
            return sentence.removesuffix(" " + words), policy
    return sentence, ""


def measured(text, spec, figures):
    """Compute ``done / planned`` or a single figure, percentages as shares."""
    parts = [part.strip() for part in text.split(" / ")]
    values = [figures[name] / (100 if spec.named(name).kind == "percent" else 1) for name in parts]
    if len(values) == 1:
        return values[0]
    return values[0] / values[1] if values[1] else math.nan


def _ratio(sentence, spec, lang):
    points, measure, rest = found(
        {
            "vi": rf"Điểm = ({NUMBER}) × \((.+?)\)\.(.*)",
            "en": rf"Points = ({NUMBER}) × \((.+?)\)\.(.*)",
        },
        sentence,
        lang,
    )
    capped = re.search({"vi": rf"Không quá {AMOUNT}\.", "en": rf"At most {AMOUNT}\."}[lang], rest)
    full = re.search(
        {
            "vi": rf"Đạt từ ({NUMBER})% trở lên được điểm tối đa; dưới mức đó tính theo tỷ lệ so với ({NUMBER})%\.",
            "en": rf"({NUMBER})% or more earns the maximum; below that, points are in proportion to ({NUMBER})%\.",
        }[lang],
        rest,
    )
    floor = re.search(
        {"vi": rf"Dưới ({NUMBER})% được 0 điểm\.", "en": rf"Below ({NUMBER})% earns 0 points\."}[
            lang
        ],
        rest,
    )
    rounded = re.search(
        {"vi": rf"Điểm làm tròn đến ({NUMBER})\.", "en": rf"Points are rounded to ({NUMBER})\."}[
            lang
        ],
        rest,
    )
    most = number(points, lang)
    pieces = [match.group(0) for match in (capped, full, rounded, floor) if match]
    assert " ".join(pieces) == rest.strip()

    def earned(figures):
        share = measured(measure, spec, figures)
        if math.isnan(share):
            return share
        if floor and share * 100 < number(floor[1], lang) - SLACK:
            return 0.0
        return whole_steps(unrounded(share))

    def unrounded(share):
        if full:
            assert full[1] == full[2]
            return min(most, most * share / (number(full[1], lang) / 100))
        return min(number(capped[1], lang), most * share) if capped else most * share

    def whole_steps(points):
        if not rounded:
            return points
        step = number(rounded[1], lang)
        return min(most, step * math.floor(points / step + 0.5 + SLACK))

    return earned


def band(text, lang):
    """Read one band, "from 70% to below 90%: 1 point", into a test and its points."""
    where, _, what = text.rpartition(": ")
    end = rf"({NUMBER})(%?)(?: [^\d]+)?"
    shapes = {
        "vi": {
            "any": "mọi giá trị", "up_to": f"từ {end} trở xuống", "below": f"dưới {end}",
            "from": f"từ {end} trở lên", "above": f"trên {end}", "exactly": f"đúng {end}",
            "between": f"(từ|trên) {end} (đến|đến dưới) {end}",
        },
        "en": {
            "any": "any value", "up_to": f"{end} or less", "below": f"below {end}",
            "from": f"{end} or more", "above": f"above {end}", "exactly": f"exactly {end}",
            "between": f"(from|above) {end} (to|to below) {end}",
        },
    }[lang]  # fmt: skip
    shape, groups = next(
        (name, match.groups())
        for name, pattern in reversed(shapes.items())
        if (match := re.fullmatch(pattern, where))
    )

    def border(at):
        return number(groups[at], lang) / (100 if groups[at + 1] == "%" else 1)

    def inside(value):
        if shape == "between":
            low, high = border(1), border(4)
            above = value >= low - SLACK if groups[0] in ("từ", "from") else value > low + SLACK
            below = value <= high + SLACK if groups[3] in ("đến", "to") else value < high - SLACK
            return above and below
        return shape == "any" or {
            "up_to": lambda v, b: v <= b + SLACK, "below": lambda v, b: v < b - SLACK,
            "from": lambda v, b: v >= b - SLACK, "above": lambda v, b: v > b + SLACK,
            "exactly": lambda v, b: abs(v - b) <= SLACK,
        }[shape](value, border(0))  # fmt: skip

    amount = re.fullmatch(AMOUNT, what)
    if amount is None:
        assert what in (
            "tính theo tỷ lệ đạt × điểm tối đa", "the share reached × the maximum",
        )  # fmt: skip
    return inside, None if amount is None else number(amount[1], lang)


def _by_bands(text, measure, spec, lang):
    bands = [band(part, lang) for part in text.rstrip(".").split("; ")]

    def earned(figures):
        value = measure(figures)
        said = [points for inside, points in bands if inside(value)]
        assert len(said) <= 1, "two bands claim one value"
        if not said:
            return math.nan
        return spec.max_points * value if said[0] is None else said[0]

    return earned


def _bands(sentence, spec, lang):
    measure, bands = found({"vi": r"Theo (.+?): (.+)", "en": r"By (.+?): (.+)"}, sentence, lang)
    return _by_bands(bands, lambda figures: measured(measure, spec, figures), spec, lang)


def _growth(sentence, spec, lang):
    now, before, bands = found(
        {"vi": r"Mức tăng của (\w+) so với (\w+): (.+)", "en": r"Growth of (\w+) over (\w+): (.+)"},
        sentence,
        lang,
    )

    def grown(figures):
        base = figures[before]
        return (figures[now] - base) / base if base else math.nan

    return _by_bands(bands, grown, spec, lang)


def _choice(sentence, spec, lang):
    if spec.inputs[0].kind == "yes_no":
        name, points = found(
            {
                "vi": rf"(\w+): có được {AMOUNT}, không được 0 điểm\.",
                "en": rf"(\w+): yes earns {AMOUNT}, no earns 0\.",
            },
            sentence,
            lang,
        )
        return lambda figures: number(points, lang) if figures[name] == 1 else 0.0
    name, options = found({"vi": r"(\w+): (.+)\.", "en": r"(\w+): (.+)\."}, sentence, lang)
    said = {}
    for option in options.split("; "):
        words, _, points = option.rpartition(": ")
        said[words] = number(re.fullmatch(AMOUNT, points)[1], lang)
    labels = [option.label(lang) for option in spec.options_of(name)]
    return lambda figures: said[labels[int(figures[name])]]


def _all_of(sentence, spec, lang):
    points, names = found(
        {
            "vi": rf"Đạt tất cả các điều kiện được {AMOUNT}, thiếu một điều kiện được 0 điểm: (.+)\.",
            "en": rf"{AMOUNT} when every condition is met, 0 otherwise: (.+)\.",
        },
        sentence,
        lang,
    )
    return lambda figures: (
        number(points, lang) if all(figures[name] == 1 for name in names.split("; ")) else 0.0
    )


def _share_of(sentence, spec, lang):
    points, count, names = found(
        {
            "vi": rf"Điểm = ({NUMBER}) × số điều kiện đạt / (\d+): (.+)\.",
            "en": rf"Points = ({NUMBER}) × conditions met / (\d+): (.+)\.",
        },
        sentence,
        lang,
    )
    return lambda figures: (
        number(points, lang) * sum(figures[name] for name in names.split("; ")) / int(count)
    )


def _count(sentence, spec, lang):
    each, name, most = found(
        {
            "vi": rf"Mỗi (\w+) được {AMOUNT}, tối đa {AMOUNT}\.",
            "en": rf"{AMOUNT} for each of (\w+), at most {AMOUNT}\.",
        },
        sentence,
        lang,
    )
    if lang == "vi":
        each, name = name, each
    return lambda figures: min(number(most, lang), number(each, lang) * figures[name])


def _deduction(sentence, spec, lang):
    start, each, name, floor = found(
        {
            "vi": rf"{AMOUNT}, trừ {AMOUNT} cho mỗi (\w+), không thấp hơn {AMOUNT}\.",
            "en": rf"{AMOUNT} less {AMOUNT} for each of (\w+), never below {AMOUNT}\.",
        },
        sentence,
        lang,
    )
    return lambda figures: max(
        number(floor, lang), number(start, lang) - number(each, lang) * figures[name]
    )


YEARS = {
    "năm đánh giá": 0, "năm trước năm đánh giá": -1, "năm sau năm đánh giá": 1,
    "the assessment year": 0, "the year before": -1, "the year after": 1,
}  # fmt: skip
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _deadline(sentence, spec, lang):
    done, due, bands, never = found(
        {
            "vi": rf"So (\w+) với hạn (.+?): (.+); không thực hiện: {AMOUNT}\.",
            "en": rf"Compares (\w+) with the due date (.+?): (.+); not done: {AMOUNT}\.",
        },
        sentence,
        lang,
    )
    shapes = [
        ("on time|đúng hạn", lambda late, days: late <= 0),
        ("late|chậm", lambda late, days: late > 0),
        ("before the due day|trước ngày đến hạn", lambda late, days: late < 0),
        ("on the due day or later|từ ngày đến hạn trở đi", lambda late, days: late >= 0),
        (
            f"from the due day up to ({NUMBER}) days? late|từ ngày đến hạn đến chậm ({NUMBER}) ngày",
            lambda late, days: 0 <= late <= days,
        ),
        (
            f"from the due day to less than ({NUMBER}) days? late"
            f"|từ ngày đến hạn đến chậm dưới ({NUMBER}) ngày",
            lambda late, days: 0 <= late < days,
        ),
        (f"up to ({NUMBER}) days? late|chậm đến ({NUMBER}) ngày", lambda late, days: late <= days),
        (
            f"less than ({NUMBER}) days? late|chậm dưới ({NUMBER}) ngày",
            lambda late, days: late < days,
        ),
        (
            f"more than ({NUMBER}) days? late|chậm trên ({NUMBER}) ngày",
            lambda late, days: late > days,
        ),
        (
            f"({NUMBER}) days? late or more|chậm từ ({NUMBER}) ngày trở lên",
            lambda late, days: late >= days,
        ),
    ]

    def due_day(figures):
        if due in figures:
            return figures[due]
        day, month, year = re.split(r"/| of | (?=[A-Z])", due, maxsplit=2)
        number_of = int(month) if month.isdigit() else MONTHS.index(month) + 1
        return date_serial(dt.date(int(figures["@year"]) + YEARS[year], number_of, int(day)))

    def earned(figures):
        if math.isinf(figures[done]):
            return number(never, lang)
        late = figures[done] - due_day(figures)
        # People read on from the first band that holds.
        for part in bands.split("; "):
            where, _, amount = part.rpartition(": ")
            match, holds = next(
                (m, holds) for pattern, holds in shapes if (m := re.fullmatch(pattern, where))
            )
            days = next((g for g in match.groups() if g), None)
            if holds(late, None if days is None else number(days, lang)):
                return number(re.fullmatch(AMOUNT, amount)[1], lang)
        return math.nan

    return earned


def _peer(sentence, spec, lang):
    points, name = found(
        {
            "vi": rf"Điểm = ({NUMBER}) × (\w+) / giá trị cao nhất trong khối\.",
            "en": rf"Points = ({NUMBER}) × (\w+) / the best value of the block\.",
        },
        sentence,
        lang,
    )

    def earned(figures):
        best = figures[f"@best:{name}"]
        return number(points, lang) * figures[name] / best if best else math.nan

    return earned


def _survey_options(sentence, spec, lang):
    points, weights = found(
        {
            "vi": rf"Điểm = ({NUMBER}) × bình quân trọng số câu trả lời \((.+)\)\.",
            "en": rf"Points = ({NUMBER}) × the mean weight of the answers \((.+)\)\.",
        },
        sentence,
        lang,
    )
    weight = {}
    for part in weights.split("; "):
        name, _, percent = part.partition(": ")
        weight[name] = number(percent.removesuffix("%"), lang) / 100

    def earned(figures):
        everyone = sum(figures[name] for name in weight)
        answers = sum(figures[name] * share for name, share in weight.items())
        return number(points, lang) * answers / everyone if everyone else math.nan

    return earned


def _survey_index(sentence, spec, lang):
    points, name = found(
        {
            "vi": rf"Điểm = ({NUMBER}) × (\w+) / 100\.",
            "en": rf"Points = ({NUMBER}) × (\w+) / 100\.",
        },
        sentence,
        lang,
    )
    return lambda figures: number(points, lang) * figures[name] / 100


def _direct(sentence, spec, lang):
    (most,) = found(
        {
            "vi": rf"Chấm trực tiếp từ 0 đến {AMOUNT}\.",
            "en": rf"Points are given directly, 0 to {AMOUNT}\.",
        },
        sentence,
        lang,
    )
    name = spec.inputs[0].name
    return lambda figures: (
        figures[name] if 0 <= figures[name] <= number(most, lang) + SLACK else math.nan
    )


SIGNS = {" × ": "*", " − ": "-", " / ": "/", " = ": "==", " ≠ ": "!=", " ≤ ": "<=", " ≥ ": ">="}
WORDS = {
    "nếu(": "if_(", "và(": "and_(", "hoặc(": "or_(", "không(": "not_(", "làm tròn(": "round(",
    "if(": "if_(", "and(": "and_(", "or(": "or_(", "not(": "not_(", "; ": ", ",
}  # fmt: skip
MEANINGS = {
    "if_": lambda test, then, otherwise: then if test else otherwise,
    "and_": lambda *tests: all(tests),
    "or_": lambda *tests: any(tests),
    "not_": lambda test: not test,
    "min": lambda *values: Figure(min(Figure(value).value for value in values)),
    "max": lambda *values: Figure(max(Figure(value).value for value in values)),
    "round": lambda value, decimals: Figure(round_points(Figure(value).value, int(decimals.value))),
}


def aloud(text, values, lang="en", when_zero=math.nan):
    """Compute an expression as people write it; `values` holds what stands in ``[...]``."""
    for mark, meaning in (SIGNS | WORDS).items():
        text = text.replace(mark, meaning)
    names = dict.fromkeys(re.findall(r"\[[^]]*\]", text))
    places = {name: f"value{chr(97 + place)}" for place, name in enumerate(names)}
    for name, place in places.items():
        text = text.replace(name, place)
    text = text.replace("—", "nan_")
    text = re.sub(
        r"(?<![\w.])\d[\d.,]*\d|(?<![\w.,])\d", lambda m: f"F('{number(m[0], lang)!r}')", text
    )
    Figure.when_zero = when_zero
    known = {place: Figure(values[name]) for name, place in places.items()}
    return Figure(eval(text, {**MEANINGS, "F": Figure, "nan_": math.nan}, known)).value  # noqa: S307


def _formula(sentence, spec, lang):
    sentence, policy = without_zero_words(sentence, lang)
    (text,) = found({"vi": r"Điểm = (.+)\.", "en": r"Points = (.+)\."}, sentence, lang)
    when_zero = 0.0 if policy == "part" else math.nan
    return lambda figures: aloud(
        text, {f"[{name}]": value for name, value in figures.items()}, lang, when_zero
    )


_READERS = {
    "ratio": _ratio, "bands": _bands, "choice": _choice, "all_of": _all_of, "share_of": _share_of,
    "deadline": _deadline, "count": _count, "deduction": _deduction, "growth": _growth,
    "peer": _peer, "survey_options": _survey_options, "survey_index": _survey_index,
    "direct": _direct, "formula": _formula,
}  # fmt: skip


def reader(kind):
    """Return the reader of a kind; that of a new one stands beside its own tests."""
    return _READERS.get(kind) or importlib.import_module(f"test_rule_{kind}").read
