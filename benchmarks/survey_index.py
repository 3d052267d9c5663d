"""``parindex sipas index`` on a large Parquet survey, in a process of its own.

::

    python benchmarks/survey_index.py [--forms 10000000] [--folder DIR]

A form has a unit (140, which are the strata), a sampling unit (6,800 in all), a service, a group, a
weight and answers to all questions of the shipped questionnaire. The index is asserted to equal plain
weighted sums first; that errors and all other figures are those of a survey read whole is asserted
in ``tests/survey/test_streamed_survey.py``. What is printed is the time on the clock, processor time
and the highest memory of the process that a user starts, and of the child that reads the file for it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from scoring.cli.main import main as parindex
from scoring.survey.instrument.instruments import open_instrument

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


def child_megabytes() -> float:
    """Return the highest memory of the children of this process, as Linux keeps it."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    texts = [Path(f"/proc/{child}/status").read_text() for child in children]
    return max((int(text.split("VmHWM:")[1].split()[0]) / 1024 for text in texts), default=0.0)


def main() -> None:
    """Write the survey, run the verb in a process of its own and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        began, given = time.perf_counter(), ["sipas", "index", str(chosen.run), "--by", "unit"]
        parindex([*given, "--against", "whole", "--streamed", "--out", str(chosen.run / "out")])
        clock, own = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
        print(f"{clock:.1f} s clock, {own.ru_utime + own.ru_stime:.1f} s processor, "
              f"{own.ru_maxrss / 1024:.0f} MB, reading child {child_megabytes():.0f} MB")  # fmt: skip
        estimates = pd.read_csv(chosen.run / "out" / "estimates.csv", keep_default_na=False)
        index = estimates[(estimates["code"] == "INDEX") & (estimates["unit_code"] == "")]
        found, plain = float(index["estimate_percent"].iloc[0]), plain_index(chosen.run / FORMS)
        assert abs(found - plain) < 1e-9, (found, plain)
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        write_forms(Path(folder, FORMS), chosen.forms)
        Path(folder, "survey.toml").write_text(SURVEY, encoding="utf-8")
        subprocess.run([sys.executable, __file__, "--run", folder], check=True)


if __name__ == "__main__":
    main()
