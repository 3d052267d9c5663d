"""What people type and read means the same in a page as in Python: thousands of texts, one run of Node."""

import datetime as dt
import json
import math
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scoring.base.dates import date_from_serial, date_serial, format_date, read_date
from scoring.base.findings import Finding, finding_codes
from scoring.base.labels import Named, filled, label
from scoring.base.numbers import Rounded, format_number, read_number
from scoring.base.rounding import round_points
from scoring.base.text import clean_text, shortened, without_marks
from scoring.base.vocabulary import NEVER, answers, folded, words_for
from scoring.evidence.ledger.reading.cell_answers import AnswerReader
from scoring.rules.spec import NUMBER_KINDS, InputSpec

pytestmark = pytest.mark.node

HERE = Path(__file__).parent
TYPED = ["0", "0,75", "1.250", "1.250,5", "1,250.5", "1 250,5", "85,5 %", "-3", "- 3", "−1", "—", "--", "- - 5", "+5",
         "１２", "１.２５０", "1.2.3", "3,", ",5", ".5", "3,%", "%", "0.125", "0,000", "012", "1.250.000", "1 250 000,",
         "1\u00a0250", "1\u202f250,75", "12 34", "1e5", "0x10", "Infinity", "NaN", "٣", "1" * 39, "1" * 41, "1,250,5",
         "100 %%", "1.250 %", "−1.250", "5 -", "1..5", "1.250,", "\ufeff7", "7\x85", "7\x1f5", "1 250.500",
         "999.999.999.999.999.999", "0.1234567890123456789", "1. 250", "85,5％", "1,25,5.0"]  # fmt: skip
DAYS = ["15/3/2026", "2025-12-31", "2025-12-31 00:00", "2025-12-31T00:00:00.000", "2025-12-31 10:00", "ngày 5 tháng 3 năm 2026",
        "NGÀY 5 THÁNG 1 NĂM 2026", "5 tháng 1 năm 2026", "nga\u0300y 5 tha\u0301ng 3 na\u0306m 2026", "never", "Không thực hiện",
        "3/25/2026", "13/13/2026", "0/13/2026", "31/02/2026", "29/2/2024", "29/2/2023", "29/2/1900", "1/2/26", "25/25/26",
        "10.01.2026", "10 - 1 - 2026", "1/1/0000", "1/1/0001", "31/12/9999", "0000-01-01", "mai", "chưa", "44635", "15/3",
        "１５/０３/２０２６", "٣/٣/٢٠٢٦", "2026/3/15", "15/3-2026", "15/3/2026.", "5/tháng 3/2026", "ngày 31 tháng 13 năm 2026",
        "15/03/2026 14:30", "15/3/2026 8h05", "2026-03-15T23:59:59.123", "15/3/2026 24:00", "15/3/2026 2:30 PM", "15/3/2026 2:30 ch",
        "ngày 15/3/2026", "15/3/26 14:30", "2026-03-15T14:30Z", "ngày 5 tháng 3 năm 2026 9:00",
        "1/13/99", "ngày5 tháng 3 năm 2026", "15/3/20266", "2026-3-5", "2026-13-05", "12-31-2025"]  # fmt: skip
TEXTS = ["  Tie\u0302u\u00a0chi\u0301 ", "KHÔNG  áp dụng", "a\u200bb\u00adc", "Đường\x00\x85\x1c x", "\u3000\u2003", "x\uffff\ufffey",
         "Hội đồng nhân dân xã", "\U0001d7d8 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "é" * 14, "\u1680a\u180eb", "ỷ\u0323ạ\u0308"]  # fmt: skip
TEMPLATES = [("{n} {n:task is|tasks are} late", {"n": "1"}), ("{n} {n:task is|tasks are} late", {"n": 2}),
             ("{n} {n:task|tasks}", {"n": "1,00"}), ("{{{a}}} và {b}", {"a": "{b}", "b": "$&"})]  # fmt: skip


KINDS = (*NUMBER_KINDS, "date")
SHARES = ["0,85", "0,5", "1", "0.123456", "85", "0,85 %", "1,5", "-0,5", "0"]
NOTES = ["", "Đạt 0,85 %.", "0.5% of dossiers", "0,123456  %", "85%"]
VALUES = {"value": "“Một trăm” " * 12, "input": Named("Số hồ sơ", "Dossiers"), "limit": 1250.5, "candidates": [1250.0, 1.25],
          "first": dt.date(2026, 1, 5), "last": dt.date(2026, 12, 31), "limit_input": Named("Tổng số"), "year": "2026",
          "points": Rounded(2.675, 2), "expected": ["Có", 0.5, dt.date(2026, 9, 1)] * 40, "name": "\u202eđơn  vị"}  # fmt: skip


def spoiled(rng, texts, signs, count):
    """Texts as people spoil them: a sign put in, taken out or moved, two halves joined."""
    for _ in range(count):
        text = list(rng.choice(texts))
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text) + 1)
            act = rng.random()
            if act < 0.5:
                text.insert(at, rng.choice(signs))
            elif act < 0.8 and text:
                del text[min(at, len(text) - 1)]
            else:
                text = text[:at] + list(rng.choice(texts))[at:]
        yield "".join(text)


def figures_of(rng):
    """Figures of every size, with ties, whole numbers and halves of the last decimal shown."""
    odd = [0.0, -0.0, 2.675, 1.005, -2.675, 0.125, -0.001, 1e-12, -1e-11, 2**-11, 3 * 2**-11, -5 * 2**-11, 1e21, 1e23, -1e22,
           123456789.125, 1e15 + 0.5, math.nan, math.inf, -math.inf, 9999.995, 0.5, 1.5, 2.5]  # fmt: skip
    made = [rng.uniform(-1, 1) * 10 ** rng.randint(-9, 12) for _ in range(800)]
    return odd + made + [rng.randint(-(10**6), 10**6) / 2 ** rng.randint(0, 12) for _ in range(800)]


def cells_of(rng, numbers, dates):
    """What stands in an entry cell, the kind of its input, and the explanation of the item."""
    made = [(text, kind, note) for text in SHARES for kind in NUMBER_KINDS for note in NOTES]
    return made + [
        (text, rng.choice(KINDS), rng.choice(NOTES)) for text in numbers[:600] + dates[:300]
    ]


def findings_of():
    """A sentence of every finding that names nothing else, as a page is given it and as Python says it."""
    raw = {name: raw_value(value) for name, value in VALUES.items()}
    for code, entry in finding_codes().items():
        for lang in ("vi", "en"):
            try:
                said = Finding(code, values=VALUES).problem(lang)
            except KeyError:
                continue
            if not {"{item}", "{file}", "{sheet}", "{cell}", "{unit_code}"} & set(
                re.findall(r"{\w+}", entry[lang])
            ):
                yield entry[lang], said, raw, lang, label("or", lang)


def raw_value(value):
    if isinstance(value, list):
        return [raw_value(one) for one in value]
    if isinstance(value, dt.date):
        return {"day": date_serial(value)}
    if isinstance(value, Named):
        return {"vi": value.vi, "en": value.en}
    return (
        {"value": value.value, "decimals": value.decimals} if isinstance(value, Rounded) else value
    )


class Stack:
    """One entry cell of a ledger, and the findings of whoever reads it."""

    def __init__(self, text):
        self.columns, self.owners, self.codes = {"entry": [text]}, [0], []

    def report(self, code, *place, **values):
        self.codes.append(code)


def cell_reading(text, kind, note):
    reader, stack = AnswerReader.__new__(AnswerReader), Stack(text)
    reader.stack, reader.notes = stack, {(0, "1"): note}
    reader.specs = {("1", "a"): InputSpec(name="a", kind=kind, label_vi="A")}
    reader.words = {("1", "a"): answers(kind)}
    made = reader.read(0, ("1", "a"))
    value = math.inf if made == NEVER else date_serial(made) if isinstance(made, dt.date) else made
    return [plain(value), stack.codes[0] if stack.codes else None]


@pytest.fixture(scope="module")
def asked():
    rng = random.Random(17)
    numbers = TYPED + list(spoiled(rng, TYPED, "0123456789.,  %-−１５，\u00a0a", 3000))
    dates = DAYS + list(spoiled(rng, DAYS, "0123456789/.- １tTá:", 3000))
    made = (rng.choice(["{d}/{m}/{y}", "{d:02}.{m:02}.{y}", "{y:04}-{m}-{d}", "ngày {d} tháng {m} năm {y:04}"])
            .format(d=rng.randint(0, 33), m=rng.randint(0, 14), y=rng.randint(0, 3000)) for _ in range(1000))  # fmt: skip
    figures = [
        (value, rng.choice(["vi", "en"]), rng.choice([None, 0, 1, 2, 4]))
        for value in figures_of(rng)
    ]
    last = date_serial(dt.date.max)
    days = [
        (rng.randint(int(date_serial(dt.date.min)), int(last)), rng.choice(["vi", "en"]))
        for _ in range(500)
    ]
    days += [(46000 + 29 * n, lang) for n in range(14) for lang in ("vi", "en")]
    texts = (
        TEXTS
        + numbers[::7]
        + dates[::7]
        + list(spoiled(rng, TEXTS, "\u0301\u0323\u200e\u2028ĐđA ", 300))
    )
    return {"numbers": [(text, bool(rng.getrandbits(1))) for text in numbers], "dates": [*dates, *made],
            "never": words_for(NEVER), "texts": texts, "figures": figures, "days": days, "templates": TEMPLATES, "cells": cells_of(rng, numbers, dates),
            "findings": [(template, *rest) for template, _, *rest in findings_of()]}  # fmt: skip


@pytest.fixture(scope="module")
def answered(asked):
    # JSON has no NaN and no infinity, which come back as these texts too.
    figures = [
        [str(value) if not math.isfinite(value) else value, *more]
        for value, *more in asked["figures"]
    ]
    done = subprocess.run([shutil.which("node"), HERE / "readings.js"], input=json.dumps(asked | {"figures": figures}),
                          capture_output=True, text=True, encoding="utf-8")  # fmt: skip
    assert not done.returncode, done.stderr
    return json.loads(done.stdout, parse_int=float)


def plain(value):
    if value is None or math.isnan(value):
        return "nan"
    return str(value) if math.isinf(value) else value


def number_reading(text, whole):
    made = read_number(text, whole=whole)
    return [plain(made.value), made.is_percent, made.problem, list(made.candidates)]


def date_reading(text):
    if folded(text) in words_for(NEVER):
        return ["inf", False, None, []]
    made = read_date(text)
    return [date_serial(made.value) if made.value else "nan", False, made.problem, []]


def differing(asked, answered, expected):
    return [
        (one, met, wanted)
        for one, met, wanted in zip(asked, answered, expected, strict=True)
        if met != wanted
    ][:10]


def test_numbers_are_read_alike(asked, answered):
    expected = [number_reading(*one) for one in asked["numbers"]]
    assert not differing(asked["numbers"], answered["numbers"], expected)
    assert {one[2] for one in expected} == {
        None,
        "not-a-number",
        "ambiguous-number",
        "dash-for-number",
    }


def test_days_are_read_alike(asked, answered):
    expected = [date_reading(one) for one in asked["dates"]]
    assert not differing(asked["dates"], answered["dates"], expected)
    assert {one[2] for one in expected} == {
        None,
        "not-a-date",
        "two-digit-year",
        "month-before-day",
        "impossible-date",
    }


def test_cells_of_a_ledger_are_read_alike(asked, answered):
    expected = [cell_reading(*one) for one in asked["cells"]]
    assert not differing(asked["cells"], answered["cells"], expected)
    assert {"unexpected-percent", "percent-looks-like-share"} <= {one[1] for one in expected}


def test_findings_say_the_same(asked, answered):
    expected = [said for _, said, *_ in findings_of()]
    assert not differing(asked["findings"], answered["findings"], expected)
    assert len(expected) > 60


def test_texts_are_cleaned_alike(asked, answered):
    expected = [
        [clean_text(one), folded(one), without_marks(one), shortened(one, 12)]
        for one in asked["texts"]
    ]
    assert not differing(asked["texts"], answered["texts"], expected)


def test_figures_are_shown_and_rounded_alike(asked, answered):
    def shown(value, lang, places):
        return [
            format_number(value, places, lang),
            plain(round_points(value, 2 if places is None else places)),
        ]

    expected = [shown(*one) for one in asked["figures"]]
    assert not differing(asked["figures"], answered["figures"], expected)


def test_days_are_shown_alike(asked, answered):
    expected = [format_date(date_from_serial(serial), lang) for serial, lang in asked["days"]]
    assert not differing(asked["days"], answered["days"], expected)


def test_sentences_are_filled_alike(answered):
    assert answered["templates"] == [filled(template, values) for template, values in TEMPLATES]
