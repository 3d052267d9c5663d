"""``parindex sipas index`` on a large Parquet survey, against plain weighted sums of its answers.

A form has a unit (140, which are the strata), a sampling unit (6,800 in all), a service, a group, a
weight and answers to all questions of the shipped questionnaire. The index must equal the plain
sums, which check nothing and know no errors; that errors and all other figures are those of a
survey read whole is asserted in ``tests/survey/test_streamed_survey.py``. Both run in processes of
their own; the verb has a child below it that reads the file.

    python benchmarks/survey_index.py [FORMS ...] [--small | --full]
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from measuring import OURS, Claim, Claims, Cost, alone, of_command, of_way, parindex
from pyarrow import parquet

from scoring.survey.instrument.instruments import open_instrument

SIZES = {
    "small": [20_000],
    "normal": [250_000, 500_000, 1_000_000],
    "full": [1_000_000, 10_000_000],
}
PLAIN = "plain weighted sums"
UNITS, CLUSTERS, PIECE, FORMS = 140, 6800, 500_000, "responses.parquet"
SURVEY = """id = "large"
name_vi = "Khảo sát lớn (dữ liệu mô phỏng)"
status = "sample"
source = "benchmarks/survey_index.py"
year = 2026
instrument = "sipas-citizens-sample"
responses = ["responses.parquet"]
[design]
strata = ["stratum"]
clusters = ["cluster_1"]
weight = "weight"
"""


def coded(letter: str, numbers: np.ndarray) -> pa.Array:
    """Return numbers as codes, such as U12."""
    names = [f"{letter}{number}" for number in range(int(numbers.max()) + 1)]
    return pa.DictionaryArray.from_arrays(numbers.astype(np.int32), names).cast(pa.string())


def write_forms(path: Path, n: int) -> None:
    """Write `n` forms in row groups of half a million, in no order."""
    draw, instrument = np.random.default_rng(4), open_instrument("sipas-citizens-sample")
    writer = None
    for start in range(0, n, PIECE):
        size = min(PIECE, n - start)
        cluster = draw.integers(0, CLUSTERS, size)
        unit = cluster * UNITS // CLUSTERS
        columns = {
            "form_id": pa.array(np.char.add("P", np.arange(start, start + size).astype(str))),
            "unit_code": coded("U", unit),
            "stratum": coded("T", unit),
            "cluster_1": coded("C", cluster),
            "service": coded("S", draw.integers(0, 6, size)),
            "weight": draw.uniform(50, 400, size),
        }
        for question in instrument.questions:
            codes = ["", *(option.code for option in instrument.scales[question.scale])]
            told = draw.integers(0, len(codes), size).astype(np.int8)
            columns[question.code] = pa.DictionaryArray.from_arrays(told, codes).cast(pa.string())
        table = pa.table(columns)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=PIECE)
    if writer:
        writer.close()


def plain_index(path: Path) -> float:
    """Return the percent of satisfied answers, weighted, by plain sums over the row groups."""
    instrument, satisfied, answered = open_instrument("sipas-citizens-sample"), 0.0, 0.0
    asked = [question for question in instrument.questions if question.role == "quality"]
    pieces = parquet.ParquetFile(path)
    for number in range(pieces.num_row_groups):
        table = pieces.read_row_group(number, columns=["weight", *(q.code for q in asked)])
        weights = table["weight"].to_numpy()
        for question in asked:
            scale, told = instrument.scales[question.scale], table[question.code]
            for total, options in (
                ("answered", [o.code for o in scale if o.is_answer]),
                ("satisfied", [o.code for o in scale if o.is_satisfied]),
            ):
                is_one = pc.is_in(told, pa.array(options)).to_numpy(zero_copy_only=False)
                part = float(weights[is_one].sum())
                answered += part if total == "answered" else 0.0
                satisfied += part if total == "satisfied" else 0.0
    return 100 * satisfied / answered


def write_plain_index(folder: Path) -> None:
    """Write the plain index of a survey into its folder."""
    (folder / "plain.txt").write_text(repr(plain_index(folder / FORMS)))


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that the index is that of the plain sums, then yield what both cost."""
    yield Claim("survey-index", "the index, to 1e-9", {n: costs_of(n) for n in sizes})


def costs_of(count: int) -> dict[str, Cost]:
    """Write the survey, compute its index both ways and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_forms(folder / FORMS, count)
        (folder / "survey.toml").write_text(SURVEY, encoding="utf-8")
        given = ["--by", "unit", "--against", "whole", "--streamed", "--out", folder / "out"]
        ours = of_command(parindex("sipas", "index", folder, *given))
        peer = of_way(__file__, PLAIN, folder)
        estimates = pd.read_csv(folder / "out" / "estimates.csv", keep_default_na=False)
        index = estimates[(estimates["code"] == "INDEX") & (estimates["unit_code"] == "")]
        found = float(index["estimate_percent"].iloc[0])
        plain = float((folder / "plain.txt").read_text())
        assert abs(found - plain) < 1e-9, (found, plain)
    return {OURS: ours, PLAIN: peer}


if __name__ == "__main__":
    alone(claims, SIZES, {PLAIN: write_plain_index})
