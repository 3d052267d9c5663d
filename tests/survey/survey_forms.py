"""A small questionnaire of two factors, and forms that answer it."""

import pandas as pd

from scoring.survey.instrument.model import AnswerOption, Factor, Instrument, Question, Weighting

SCALE = tuple(
    AnswerOption(str(code), vi, en, code >= 4)
    for code, vi, en in (
        (1, "Rất không hài lòng", "Very dissatisfied"),
        (2, "Không hài lòng", "Dissatisfied"),
        (3, "Bình thường", "Neutral"),
        (4, "Hài lòng", "Satisfied"),
        (5, "Rất hài lòng", "Very satisfied"),
    )
)
NO_OPINION = AnswerOption("9", "Không biết / không trả lời", "Does not know", False, False)
QUESTIONS = tuple(
    Question(code, code[:2], f"Ông/bà đánh giá {code} thế nào?", f"How do you rate {code}?", "five")
    for code in ("tc_1", "tc_2", "tt_1", "tt_2")
)


def instrument(questions=QUESTIONS):
    factors = (Factor("tc", "Tiếp cận", "Access"), Factor("tt", "Thủ tục", "Procedure"))
    way = Weighting("pooled", "satisfied", "pooled", "sample", "mẫu")
    return Instrument(
        "mau", "2026", "mau", "Mẫu", "Sample", "sample", "mẫu",
        factors, questions, {"five": (*SCALE, NO_OPINION)}, (way,), {},
    )  # fmt: skip


def forms(**changed):
    """Six forms of two units; a column may be given otherwise."""
    columns = {
        "form_id": [f"P{number}" for number in range(1, 7)],
        "unit_code": ["A", "A", "A", "B", "B", "B"],
        "tc_1": list("545435"),
        "tc_2": list("445535"),
        "tt_1": list("535445"),
        "tt_2": list("355544"),
    }
    return pd.DataFrame(columns | changed)


def codes(responses):
    return [found.code for found in responses.findings]
