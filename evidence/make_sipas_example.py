"""Make the shipped surveys: simulated answers of a province that does not exist (dữ liệu mô phỏng).

Run ``python evidence/make_sipas_example.py`` after a change of the questionnaire; a test holds the
committed files to what this makes. How it works:

1. A province of three regions with 104 communes; each commune has 6 to 13 hamlets, and each
   hamlet so many transactions with the departments in the year. That is the population.
2. The sample has three stages: 8 communes a region, 3 hamlets a commune, 17 people a hamlet, each
   time simple random without replacement. The weight is the inverse of the chance to be drawn.
   One in thirty does not answer; the others of the hamlet stand for them.
3. How satisfied somebody is (a latent score) is the sum of a constant for the year, effects of the
   department, the question, the commune, the hamlet and the person, and logistic noise for every
   answer. Cuts of the score give the five answers; 3% do not know, 1% decline, 0.5% are missing.
4. Every number in this file is invented. Nothing is estimated from real people, and no figure of
   the result says anything about a real agency.

The last year has the same province, new draws and a lower constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.files.table_files import csv_bytes
from scoring.survey.instrument.instruments import open_instrument
from scoring.survey.instrument.model import Instrument

HERE = Path(__file__).resolve().parent
INSTRUMENT = "sipas-citizens-sample"
# Region: communes, and how many transactions a hamlet has on average.
REGIONS = {"DB": (40, 190), "TD": (36, 140), "MN": (28, 90)}
COMMUNES, HAMLETS, PEOPLE = 8, 3, 17
# Department: share of the transactions, effect on the score, services.
UNITS = {
    "SM-A": ("Sở Mẫu A (mô phỏng)", 0.30, 0.55, ("dat-dai", "moi-truong")),
    "SM-B": ("Sở Mẫu B (mô phỏng)", 0.24, 0.05, ("xay-dung", "giao-thong")),
    "SM-C": ("Sở Mẫu C (mô phỏng)", 0.18, -0.10, ("doanh-nghiep",)),
    "SM-D": ("Sở Mẫu D (mô phỏng)", 0.13, -0.75, ("ho-tich", "ly-lich")),
    "SM-E": ("Sở Mẫu E (mô phỏng)", 0.10, 0.25, ("lao-dong",)),
    "SM-F": ("Sở Mẫu F (mô phỏng)", 0.044, 0.20, ("van-hoa",)),
    "SM-G": ("Sở Mẫu G (mô phỏng)", 0.006, 0.10, ("ton-giao",)),
}
# Service: its name, in Vietnamese and in English.
SERVICES = {
    "dat-dai": ("Đất đai", "Land"),
    "moi-truong": ("Môi trường", "Environment"),
    "xay-dung": ("Xây dựng", "Construction"),
    "giao-thong": ("Giao thông", "Transport"),
    "doanh-nghiep": ("Đăng ký doanh nghiệp", "Business registration"),
    "ho-tich": ("Hộ tịch", "Civil status"),
    "ly-lich": ("Lý lịch tư pháp", "Judicial records"),
    "lao-dong": ("Lao động", "Labour"),
    "van-hoa": ("Văn hóa", "Culture"),
    "ton-giao": ("Tôn giáo", "Religion"),
}
GROUPS = {"citizen": 0.86, "organisation": 0.14}
AGES = {"18-34": 0.31, "35-54": 0.44, "55+": 0.25}
CUTS = (-4.2, -2.9, -1.85, 1.15)


@dataclass(frozen=True)
class Example:
    """One of the two surveys."""

    folder: str
    year: int
    level: float
    seed: int


EXAMPLES = (
    Example("sipas-example-2025", 2025, -0.40, 20250801),
    Example("sipas-example-2026", 2026, 0.15, 20260801),
)


def hamlets() -> pd.DataFrame:
    """Return the population: one row a hamlet, with its transactions in the year."""
    rng = np.random.default_rng(1)
    rows = [
        (region, f"{region}{commune:02}", f"{region}{commune:02}-{hamlet}", mean)
        for region, (communes, mean) in REGIONS.items()
        for commune in range(1, communes + 1)
        for hamlet in range(1, int(rng.integers(6, 14)) + 1)
    ]
    table = pd.DataFrame(rows, columns=["stratum", "cluster_1", "cluster_2", "mean"])
    spread = rng.uniform(0.6, 1.4, len(table))
    return table.assign(population_3=np.round(table.pop("mean") * spread).astype(int))


def drawn(population: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw hamlets in two stages and people in the third; return a row a form."""
    communes = population[["stratum", "cluster_1"]].drop_duplicates()
    sizes_1 = communes.groupby("stratum").size().rename("population_1")
    sizes_2 = population.groupby("cluster_1").size().rename("population_2")
    first = communes.groupby("stratum").sample(COMMUNES, random_state=rng)
    within = population[population["cluster_1"].isin(first["cluster_1"])]
    chosen = within.groupby("cluster_1").sample(HAMLETS, random_state=rng).sort_index()
    chosen = chosen.join(sizes_1, on="stratum").join(sizes_2, on="cluster_1")
    forms = chosen.loc[chosen.index.repeat(PEOPLE)]
    forms = forms[rng.random(len(forms)) > 1 / 30].reset_index(drop=True)
    answered = forms.groupby("cluster_2")["cluster_2"].transform("size")
    chance = COMMUNES / forms["population_1"] * HAMLETS / forms["population_2"]
    return forms.assign(weight=(forms["population_3"] / answered / chance).round(2))


def with_people(forms: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Say who answered, about which department, to whom and when."""
    size = len(forms)
    unit = rng.choice(list(UNITS), size, p=[share for _, share, *_ in UNITS.values()])
    pick = rng.random(size)
    services = [UNITS[code][3] for code in unit]
    days = pd.Timestamp(year, 8, 3) + pd.to_timedelta(rng.integers(0, 40, size), "D")
    return forms.assign(
        form_id=[f"{year % 100}-{number:04}" for number in range(1, size + 1)],
        unit_code=unit,
        unit_name=[UNITS[code][0] for code in unit],
        service=[own[int(at * len(own))] for own, at in zip(services, pick, strict=True)],
        respondent_group=rng.choice(list(GROUPS), size, p=list(GROUPS.values())),
        age_group=rng.choice(list(AGES), size, p=list(AGES.values())),
        interviewer="DTV" + pd.Series(forms["cluster_1"]).factorize()[0].astype(str).astype(object),
        asked_on=days,
        minutes=np.clip(rng.normal(15, 4, size), 7, 40).round(),
    )


def answers(
    forms: pd.DataFrame, instrument: Instrument, level: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the code that stands in every question of every form; empty where nothing does."""
    size, asked = len(forms), instrument.questions
    person = level + rng.normal(0, 0.95, size)
    person += forms["unit_code"].map({code: unit[2] for code, unit in UNITS.items()}).to_numpy()
    for column, spread in (("cluster_1", 0.30), ("cluster_2", 0.18)):
        place, names = pd.factorize(forms[column])
        person += rng.normal(0, spread, len(names))[place]
    score = (
        person[:, None] + rng.normal(0, 0.22, len(asked)) + rng.logistic(size=(size, len(asked)))
    )
    luck = rng.random((size, len(asked)))
    columns = {}
    for at, question in enumerate(asked):
        codes = [option.code for option in instrument.scales[question.scale] if option.is_answer]
        silent = [o.code for o in instrument.scales[question.scale] if not o.is_answer]
        if question.role == "other":
            place = rng.integers(0, len(codes), size)
        else:
            place = np.searchsorted(CUTS, score[:, at])
        told = np.array(codes, dtype=object)[place]
        for low, high, code in ((0, 0.03, silent[0]), (0.03, 0.04, silent[-1]), (0.04, 0.045, "")):
            told[(luck[:, at] >= low) & (luck[:, at] < high)] = code
        columns[question.code] = told
    return pd.DataFrame(columns, dtype="str")


def survey_toml(example: Example) -> str:
    """Return the ``survey.toml`` of one of the surveys."""
    services = "\n".join(
        f'{code} = {{ vi = "{vi}", en = "{en}" }}' for code, (vi, en) in SERVICES.items()
    )
    return f'''# Dữ liệu mô phỏng: do evidence/make_sipas_example.py sinh ra, không có người trả lời nào là thật.
# Simulated data, made by evidence/make_sipas_example.py; nobody answered.
id = "{example.folder}"
name_vi = "Khảo sát mẫu tỉnh Mẫu năm {example.year} (dữ liệu mô phỏng)"
name_en = "Sample survey of a made-up province, {example.year} (simulated data)"
status = "sample"
source = "Dữ liệu mô phỏng: evidence/make_sipas_example.py, hạt giống {example.seed}"
source_en = "Simulated data: evidence/make_sipas_example.py, seed {example.seed}"
year = {example.year}
instrument = "{INSTRUMENT}"
responses = ["responses.csv"]

[fieldwork]
from = {example.year}-08-03
to = {example.year}-09-11

[design]
strata = ["stratum"]
clusters = ["cluster_1", "cluster_2", "form_id"]
population = ["population_1", "population_2", "population_3"]
population_tables = ["communes.csv", "hamlets.csv", "people.csv"]
weight = "weight"
lonely = "fail"

[calibration]
kind = "raking"
margins = ["margin-group.csv", "margin-age.csv"]

[estimates]
weighting = "pooled"
confidence_percent = 95
interval = "wilson"
minimum_forms = 10

[services]
{services}
'''


def made(example: Example) -> dict[Path, bytes]:
    """Return the files of a survey by their path in its folder."""
    instrument = open_instrument(INSTRUMENT)
    population = hamlets()
    rng = np.random.default_rng(example.seed)
    forms = with_people(drawn(population, rng), example.year, rng)
    told = answers(forms, instrument, example.level, rng)
    sizes = {
        "communes.csv": ["stratum", "population_1"],
        "hamlets.csv": ["cluster_1", "population_2"],
        "people.csv": ["cluster_2", "population_3"],
    }
    people = int(population["population_3"].sum())
    margins = {"group": ("respondent_group", GROUPS), "age": ("age_group", AGES)}
    tables = {name: forms[columns].drop_duplicates() for name, columns in sizes.items()}
    tables |= {
        f"margin-{name}.csv": pd.DataFrame(
            {column: list(shares), "total": _whole(people, list(shares.values()))}
        )
        for name, (column, shares) in margins.items()
    }
    own = ["form_id", "unit_code", "unit_name", "service", "respondent_group", "age_group",
           "interviewer", "asked_on", "minutes", "stratum", "cluster_1", "cluster_2", "weight"]  # fmt: skip
    tables["responses.csv"] = forms[own].assign(instrument_version=instrument.version).join(told)
    written = {Path(name): csv_bytes(table) for name, table in tables.items()}
    return written | {Path("survey.toml"): survey_toml(example).encode()}


def _whole(people: int, shares: list[float]) -> list[int]:
    """Split whole people by shares; the last class takes what rounding leaves."""
    parts = [round(people * share) for share in shares[:-1]]
    return [*parts, people - sum(parts)]


if __name__ == "__main__":
    for one in EXAMPLES:
        (HERE / one.folder).mkdir(exist_ok=True)
        for path, data in made(one).items():
            (HERE / one.folder / path).write_bytes(data)
