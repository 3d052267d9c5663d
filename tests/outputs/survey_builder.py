"""A made-up survey of six units: its questionnaire and its table ``Estimates``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.survey.instrument.model import AnswerOption, Factor, Instrument, Question, Weighting

WORDS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
SCALE = (
    *(
        AnswerOption(str(n), word, f"answer {n}", is_satisfied=n > 3)
        for n, word in enumerate(WORDS, start=1)
    ),
    AnswerOption("9", "Không biết", "Does not know", False, is_answer=False),
)
FACTORS = (
    ("A", "Tiếp cận dịch vụ", "Access"),
    ("B", "Thủ tục hành chính", "Procedures"),
    ("C", "Công chức giải quyết công việc", "Officials"),
    ("D", "Kết quả cung ứng dịch vụ", "Results"),
    ("E", "Tiếp nhận, xử lý góp ý, phản ánh, kiến nghị", "Handling of feedback"),
)
LONG = "Thời gian giải quyết hồ sơ đúng theo giấy hẹn và được thông báo trước khi có thay đổi"


def instrument(status="sample", **changes):
    questions = [
        Question(f"{code}{n}", code, f"{LONG if n == 2 else name} {n}", f"{english} {n}", "five")
        for code, name, english in FACTORS
        for n in (1, 2)
    ]
    questions.append(
        Question("Z", "", "Hài lòng chung", "Satisfied on the whole", "five", "overall")
    )
    about = {
        "instrument_id": "citizens-test", "version": "1", "series": "test-2022", "source": "Phiếu thử",
        "name_vi": "Phiếu khảo sát thử", "name_en": "Trial form", "status": status,
        "factors": tuple(Factor(*factor) for factor in FACTORS), "questions": tuple(questions),
        "scales": {"five": SCALE}, "groups": {"citizen": ("Người dân", "Citizens")},
        "weightings": (Weighting("satisfied", "satisfied", "pooled", "sample", "mẫu"),),
        "caveats": (("Bộ câu hỏi mẫu, chưa phải phiếu chính thức.", "A sample form, not official."),),
    }  # fmt: skip
    return Instrument(**about | changes)


def row(measure, code, percent, *, answer="", error=1.0, unit="", year=2026, **changes):
    known = np.isfinite(percent)
    made = {
        "survey": f"survey-{year}", "series": "test-2022", "year": year, "period": "",
        "unit_code": unit, "unit_name": f"Đơn vị {unit}" if unit else "", "service": "",
        "respondent_group": "", "measure": measure, "code": code, "answer": answer,
        "weighting": "satisfied", "forms": 1200 if known else pd.NA,
        "answers": 1150 if known else pd.NA, "estimate_percent": percent,
        "standard_error": error if known else np.nan, "low_percent": percent - 2 * error,
        "high_percent": min(percent + 2 * error, 100.0), "confidence_percent": 95.0,
        "interval": "wilson", "design_effect": 1.4, "effective_size": 820.0,
        "degrees_of_freedom": 90.0, "state": "shown" if known else "hidden-small",
    }  # fmt: skip
    return made | changes


def estimates(shift=0.0, *, year=2026, units=6, **changes):
    """Return the whole survey: index, factors, questions, answers; each unit with its factors."""
    rows = [row("index", "INDEX", 83.7 + shift, year=year, **changes)]
    for place, (code, *_) in enumerate(FACTORS):
        rows.append(row("factor", code, 86.0 - 1.5 * place + shift, year=year, **changes))
        for n in (1, 2):
            percent = 87.0 - 1.5 * place - n + shift
            rows.append(row("question", f"{code}{n}", percent, year=year, **changes))
            shares = [2.0, 98.0 - percent - 6.0, 6.0, percent - 30.0, 30.0, 3.5]
            rows += [
                row("answer", f"{code}{n}", share, answer=option.code, year=year, **changes)
                for option, share in zip(SCALE, shares, strict=True)
            ]
    for number in range(units):
        unit = f"U{number + 1:03d}"
        percent = np.nan if number == 5 else 90.0 - 2.5 * (number % 6) + shift
        rows.append(row("index", "INDEX", percent, unit=unit, error=1.8, year=year, **changes))
        rows += [
            row("factor", code, percent - place, unit=unit, error=2.5, year=year, **changes)
            for place, (code, *_) in enumerate(FACTORS)
        ]
    return pd.DataFrame(rows).astype({"forms": "Int64", "answers": "Int64"})


def importance():
    figures = zip("ABCDE", (0.42, 0.63, 0.55, 0.66, 0.31), strict=True)
    rows = [(code, r, r - 0.05, r + 0.05, 1150) for code, r in figures]
    return pd.DataFrame(rows, columns=["code", "importance", "low", "high", "forms"])


def targets(percent=85.0):
    return pd.DataFrame({"unit_code": "", "code": ["INDEX", *"ABCDE"], "target_percent": percent})
