"""Surveys small enough to count by hand: a survey.toml, forms and the questionnaire of two factors."""

from dataclasses import replace

import survey_forms

from scoring.survey.instrument.model import Question, Weighting
from scoring.survey.responses import read_responses
from scoring.survey.satisfaction import BY, Estimated, estimate_survey
from scoring.survey.survey_data import design_of
from scoring.survey.survey_file import read_survey

TOML = """
id = "mau-nho"
name_vi = "Khảo sát mẫu nhỏ"
status = "sample"
source = "Bịa ra cho kiểm thử"
year = 2026
instrument = "mau"
responses = ["phieu.csv"]
"""


def weighting(combine, counts="satisfied", **weights):
    return Weighting(combine, counts, combine, "sample", "mẫu", tuple(weights.items()))


WAYS = (
    weighting("pooled"),
    weighting("mean_of_factors"),
    weighting("weighted_factors", tc=3.0, tt=1.0),
    weighting("overall_question"),
    replace(weighting("pooled", "weights"), code="option-weights"),
)


def instrument():
    """The questionnaire with an overall question, all ways of counting, and options 0/0/20/60/100."""
    form = survey_forms.instrument()
    worth = dict(zip("12345", (0.0, 0.0, 20.0, 60.0, 100.0), strict=True))
    scale = [
        replace(option, weight_percent=worth.get(option.code, float("nan")))
        for option in form.scales["five"]
    ]
    overall = Question("chung", "", "Nhìn chung?", "On the whole?", "five", "overall")
    return replace(
        form, scales={"five": tuple(scale)}, weightings=WAYS, questions=(*form.questions, overall)
    )


def survey(folder, text="", files=None):
    """Read a survey.toml with `text` after its first lines."""
    for name, content in ({"phieu.csv": "form_id\n1\n"} | (files or {})).items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "survey.toml").write_text(TOML + text, encoding="utf-8")
    return read_survey(folder)


def responses(keep=(), **columns):
    """Forms of the questionnaire, by column; whoever is not asked on the whole says 4."""
    told = {"chung": "4"} | columns
    return read_responses(survey_forms.forms(**told), instrument(), keep=keep)


def estimated(declared, told, by=BY):
    """Estimate without reading files."""
    design = design_of(declared, told)
    return Estimated(declared, told, design, estimate_survey(declared, told, by, design=design))


def cell(table, measure="index", code="INDEX", **domain):
    """The one row of a cell; domains that are not named are the whole."""
    wanted = {"unit_code": "", "service": "", "respondent_group": "", "answer": ""} | domain
    rows = table[(table["measure"] == measure) & (table["code"] == code)]
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    (row,) = rows.to_dict("records")
    return row
