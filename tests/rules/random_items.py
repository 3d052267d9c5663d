"""Random items of every rule kind with figures that like edges, zeros, blanks and wrong types.

Everything comes from one `random.Random`, so a seed names the whole collection.
"""

import datetime as dt
import importlib
import math
import random

import numpy as np

from scoring.base.dates import date_from_serial, date_serial
from scoring.base.values import ZERO_POLICIES
from scoring.rules import Band, InputSpec, Option, RuleSpec

BLANK, WORDS = "", "chưa có số liệu"
NEVER = "không thực hiện"
YEAR = 2024
NUMBER_KINDS = ("count", "number", "percent")


def random_item(rng, kind, code):
    """Return an item of `kind` that `check_rule` accepts."""
    maximum = rng.choice([0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 6.0, 10.0, 20.0])
    # That of a new kind stands beside its own tests.
    make = _MAKERS.get(kind) or importlib.import_module(f"test_rule_{kind}").random_item
    spec = make(rng, code, maximum)
    while kind == "formula" and len(spec.formula) > 300:
        spec = _formula(rng, code, maximum)
    return spec


def _count(rng, name, role, **limits):
    kind = rng.choice(["count", "count", "number"])
    return _limited(rng, InputSpec(name, kind, role, **limits))


def _limited(rng, entry):
    low = 0.0 if rng.random() < 0.7 else math.nan
    high = rng.choice([math.nan, math.nan, 500.0])
    return InputSpec(
        entry.name, entry.kind, entry.role, minimum=low, maximum=high, at_most=entry.at_most
    )


def _rate_inputs(rng):
    if rng.random() < 0.3:
        return (
            InputSpec(
                "p",
                "percent",
                "percent",
                minimum=rng.choice([0.0, math.nan]),
                maximum=rng.choice([100.0, 120.0]),
            ),
        )
    part = "b" if rng.random() < 0.5 else ""
    return (_count(rng, "a", "numerator", at_most=part), _count(rng, "b", "denominator"))


def _policies(rng, inputs):
    if len(inputs) == 1:
        return {}
    return _zero(rng, ZERO_POLICIES)


def _zero(rng, policies):
    policy = rng.choice(policies)
    allowed = "drop" if policy == "not_applicable" else "not_allowed"
    return {"zero_denominator": policy, "not_applicable": allowed}


def _bands(rng, maximum, low, high, share=False):
    cuts = sorted(
        rng.sample([low + (high - low) * step / 20 for step in range(21)], rng.randint(1, 5))
    )
    ends = [
        -math.inf if rng.random() < 0.7 else cuts[0] - 10,
        *cuts,
        math.inf if rng.random() < 0.7 else cuts[-1] + 10,
    ]
    closed_above = [rng.random() < 0.5 for _ in ends]
    bands = []
    for place in range(len(ends) - 1):
        lower, upper = ends[place], ends[place + 1]
        as_share = share and lower >= 0 and upper <= 100 and rng.random() < 0.5
        points = math.nan if as_share else round(rng.uniform(0, maximum), 2)
        bands.append(
            Band(
                lower,
                upper,
                not closed_above[place] and math.isfinite(lower),
                closed_above[place + 1] and math.isfinite(upper),
                points,
                as_share,
            )
        )
    rng.shuffle(bands)
    return tuple(bands)


def _ratio(rng, code, maximum):
    inputs = _rate_inputs(rng)
    return RuleSpec(
        code,
        "ratio",
        maximum,
        inputs,
        full_at_percent=rng.choice([math.nan, 50.0, 80.0, 90.0, 100.0, 33.3]),
        floor_percent=rng.choice([math.nan, math.nan, 50.0, 70.0, 57.0]),
        round_to=random.Random(code).choice([math.nan, math.nan, 0.25, 0.01]),
        **_policies(rng, inputs),
    )


def _banded(rng, code, maximum):
    if rng.random() < 0.3:
        inputs = (_limited(rng, InputSpec("v", rng.choice(["count", "number"]), "value")),)
        return RuleSpec(code, "bands", maximum, inputs, _bands(rng, maximum, -10, 30))
    inputs = _rate_inputs(rng)
    return RuleSpec(
        code,
        "bands",
        maximum,
        inputs,
        _bands(rng, maximum, 0, 100, share=True),
        **_policies(rng, inputs),
    )


def _choice(rng, code, maximum):
    if rng.random() < 0.3:
        return RuleSpec(code, "choice", maximum, (InputSpec("q", "yes_no", "answer"),))
    labels = rng.sample(
        [
            "Kịp thời",
            "Không kịp thời",
            "Không ban hành",
            "Tốt",
            "Khá",
            "A/B",
            "=1+1",
            "Ban hành, nhưng chậm",
        ],
        rng.randint(2, 5),
    )
    options = tuple(
        Option(f"o{place}", text, "", round(rng.uniform(0, maximum), 2), "q")
        for place, text in enumerate(labels)
    )
    return RuleSpec(code, "choice", maximum, (InputSpec("q", "choice", "answer"),), options=options)


def _conditions(rng):
    return tuple(InputSpec(f"c{n}", "yes_no", "condition") for n in range(rng.randint(1, 6)))


def _all_of(rng, code, maximum):
    return RuleSpec(code, "all_of", maximum, _conditions(rng))


def _share_of(rng, code, maximum):
    return RuleSpec(code, "share_of", maximum, _conditions(rng))


def _deadline(rng, code, maximum):
    inputs = [InputSpec("done", "date", "done_on")]
    due = rng.choice(["", "year-01-15", "year-1-12-31", "year+1-01-10", "year-02-28"])
    if not due:
        inputs.append(InputSpec("due", "date", "due_on"))
    return RuleSpec(
        code,
        "deadline",
        maximum,
        tuple(inputs),
        _bands(rng, maximum, -20, 40),
        never_points=rng.choice([0.0, maximum / 4]),
        due_on=due,
    )


def _counted(rng, code, maximum):
    return RuleSpec(
        code,
        "count",
        maximum,
        (_count(rng, "n", "count"),),
        points_each=rng.choice([0.1, 0.25, maximum / 4]),
    )


def _deduction(rng, code, maximum):
    entry = InputSpec("n", "count", "cases", minimum=rng.choice([0.0, math.nan]))
    return RuleSpec(
        code,
        "deduction",
        maximum,
        (entry,),
        points_each=rng.choice([0.1, 0.25, maximum / 4]),
        floor_points=rng.choice([0.0, maximum / 4]),
    )


def _growth(rng, code, maximum):
    inputs = (_count(rng, "now", "value"), _count(rng, "before", "previous"))
    return RuleSpec(
        code, "growth", maximum, inputs, _bands(rng, maximum, -50, 100), **_policies(rng, inputs)
    )


def _peer(rng, code, maximum):
    return RuleSpec(
        code, "peer", maximum, (_count(rng, "v", "value"),), **_zero(rng, ZERO_POLICIES)
    )


def _survey_options(rng, code, maximum):
    names = ["good", "fair", "poor", "bad"][: rng.randint(2, 4)]
    inputs = tuple(
        InputSpec(n, "count", "responses", minimum=rng.choice([0.0, math.nan])) for n in names
    )
    options = tuple(
        Option(n, n, n, input=n, weight_percent=float(rng.choice([100, 60, 20, 0]))) for n in names
    )
    return RuleSpec(
        code, "survey_options", maximum, inputs, options=options, **_zero(rng, ZERO_POLICIES)
    )


def _survey_index(rng, code, maximum):
    entry = InputSpec(
        "p",
        "percent",
        "percent",
        minimum=rng.choice([0.0, math.nan]),
        maximum=rng.choice([100.0, 150.0]),
    )
    return RuleSpec(code, "survey_index", maximum, (entry,))


def _direct(rng, code, maximum):
    entry = InputSpec(
        "given",
        "number",
        "points",
        minimum=rng.choice([0.0, math.nan]),
        maximum=rng.choice([maximum, math.nan]),
    )
    return RuleSpec(code, "direct", maximum, (entry,))


def _formula(rng, code, maximum):
    entries = [
        _limited(rng, InputSpec(name, rng.choice(["count", "number", "yes_no"])))
        if rng.random() < 0.8
        else InputSpec(name, "percent", maximum=100.0)
        for name in ("a", "b", "c", "d")[: rng.randint(1, 4)]
    ]
    names = [entry.name for entry in entries]
    text = _sum_text(rng, names, rng.randint(1, 4))
    text += "".join(f" + 0 * {name}" for name in names if name not in _words(text))
    if rng.random() < 0.75:
        text = f"min(max_points, max(0, {text}))"
    policies = _zero(rng, ("zero", "not_assessed", "not_applicable", "invalid"))
    return RuleSpec(code, "formula", maximum, tuple(entries), formula=text, **policies)


def _words(text):
    return set("".join(letter if letter.isalnum() else " " for letter in text).split())


def _sum_text(rng, names, depth):
    """Return the text of a random number of the formula language."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([*names, *names, "max_points", "0.1", "0.3", "2", "100", "1.5"])

    def part():
        return _sum_text(rng, names, depth - 1)

    shape = rng.randrange(9)
    if shape < 4:
        return f"{part()} {rng.choice('+-*/')} {part()}"
    if shape == 4:
        return f"-({part()})" if rng.random() < 0.5 else f"({part()}) / ({part()})"
    if shape == 5:
        return f"{rng.choice(['min', 'max'])}({part()}, {part()})"
    if shape == 6:
        return f"round({part()}, {rng.randint(0, 4)})"
    if shape == 7:
        return f"({part()} - {part()}) * ({part()} + {part()})"
    return f"if({_condition_text(rng, names, depth - 1)}, {part()}, {part()})"


def _condition_text(rng, names, depth):
    def compared():
        sign = rng.choice(["<", "<=", ">", ">=", "=", "<>"])
        return f"{_sum_text(rng, names, depth)} {sign} {_sum_text(rng, names, depth)}"

    shape = rng.randrange(5)
    if shape == 0:
        return f"{compared()} and {compared()}"
    if shape == 1:
        return f"{compared()} or {compared()}"
    if shape == 2:
        return f"not ({compared()})"
    return compared()


_MAKERS = {
    "ratio": _ratio,
    "bands": _banded,
    "choice": _choice,
    "all_of": _all_of,
    "share_of": _share_of,
    "deadline": _deadline,
    "count": _counted,
    "deduction": _deduction,
    "growth": _growth,
    "peer": _peer,
    "survey_options": _survey_options,
    "survey_index": _survey_index,
    "direct": _direct,
    "formula": _formula,
}


def random_entries(rng, spec):
    """Return what one unit types for `spec`: input name to a cell's content."""
    entries = {entry.name: _entry(rng, spec, entry) for entry in spec.inputs}
    _aim_at_an_edge(rng, spec, entries)
    return entries


def _entry(rng, spec, entry):
    luck = rng.random()
    if luck < 0.05:
        return BLANK
    if luck < 0.08:
        return WORDS
    if entry.kind in NUMBER_KINDS:
        return _figure(rng, entry)
    if entry.kind == "yes_no":
        return rng.choice(["Có", "Có", "Không"])
    if entry.kind == "choice":
        return rng.choice(spec.options_of(entry.name)).label_vi
    if luck < (0.16 if entry.role == "done_on" else 0.12):
        return NEVER
    return dt.date(YEAR - 1, 12, 1) + dt.timedelta(days=rng.randint(0, 120))


def _figure(rng, entry):
    luck = rng.random()
    if luck < 0.12:
        return 0
    if luck < 0.20 and not math.isnan(entry.maximum):
        return entry.maximum
    if luck < 0.24:
        return -rng.randint(1, 20)
    if luck < 0.30:
        return round(rng.uniform(0, 600), 2)
    if entry.role == "points":
        return round(rng.uniform(0, spec_top(entry)), 2)
    return rng.randint(0, 40) if luck < 0.6 else rng.randint(0, 100)


def spec_top(entry):
    return 3.0 if math.isnan(entry.maximum) else entry.maximum


def _aim_at_an_edge(rng, spec, entries):
    """Now and then put the measured value exactly on the border of a band."""
    edges = [end for band in spec.bands for end in (band.lower, band.upper) if math.isfinite(end)]
    if not edges or rng.random() < 0.5:
        return
    edge = rng.choice(edges)
    names = {entry.role: entry.name for entry in spec.inputs}
    if "denominator" in names:
        base = rng.choice([20, 40, 100, 57, 300])
        entries[names["denominator"]], entries[names["numerator"]] = base, edge * base / 100
    elif "previous" in names:
        entries[names["previous"]], entries[names["value"]] = 40, 40 + edge * 40 / 100
    elif "percent" in names or "value" in names:
        entries[names.get("percent") or names["value"]] = edge
    elif "due_on" in names:
        due = dt.date(YEAR, 1, 15)
        entries[names["due_on"]] = due
        entries[names["done_on"]] = due + dt.timedelta(days=int(edge))


def as_number(spec, name, content):
    """Return the number by which scoring knows a cell's content; NaN where it is none."""
    entry = spec.named(name)
    if isinstance(content, dt.date):
        return date_serial(content)
    if entry.kind in NUMBER_KINDS:
        return math.nan if isinstance(content, str) else float(content)
    if entry.kind == "yes_no":
        return {"Có": 1.0, "Không": 0.0}.get(content, math.nan)
    if entry.kind == "choice":
        labels = [option.label_vi for option in spec.options_of(name)]
        return float(labels.index(content)) if content in labels else math.nan
    return math.inf if content == NEVER else math.nan


def as_arrays(spec, rows):
    """Return the rows of several units as the arrays that `CompiledRule.score` takes."""
    return {
        entry.name: np.array([as_number(spec, entry.name, row[entry.name]) for row in rows])
        for entry in spec.inputs
    }


def shown_day(serial):
    return date_from_serial(serial)
