"""What each verb says where its extra is not installed: ``python tests/shipping/missing_extras.py FOLDER``.

It prints a line of JSON per command. Run it in an environment with the bare package, or anywhere:
libraries of the extras are then blocked as if they were not there.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

LIBRARIES = ("pyarrow", "scipy", "dask", "distributed", "pyhanko", "cryptography", "sklearn",
             "duckdb", "s3fs", "fsspec", "pptx", "highspy", "typst")  # fmt: skip
SET = "--criteria department-sample"
# The command, its exit code, the finding, and the extra that the finding names.
SAID = {
    "batch": (f"batch . {SET} --out b", 2, "batch-needs-pyarrow", "parquet"),
    "parquet written": (
        "sipas check phieu.csv --instrument officials-survey-sample --out p.parquet", 2,
        "table-needs-pyarrow", "parquet",
    ),
    "address": ("batch s3://kho/so --criteria s3://kho/bo --out s3://kho/a/b", 2,
                "batch-needs-pyarrow", "parquet"),
    "survey": ("sipas index {survey} --by unit --out i", 2, "survey-needs-scipy", "survey"),
    "events": (
        "dossiers count {log} --criteria service-quality-766 --year 2026 --on 2026-04-30 --by year"
        " --out d", 2, "dossiers-needs-extra", "events",
    ),
    "events with a state": (
        "dossiers count {log} --criteria service-quality-766 --year 2026 --on 2026-04-30 --by year"
        " --state t --out d", 2, "dossiers-needs-extra", "events",
    ),
    "cluster": (
        "dossiers count {log} --criteria service-quality-766 --year 2026 --on 2026-04-30 --by year"
        " --state t --engine dask --out d", 2, "dask-missing", "cluster",
    ),
    "signatures": ("appraise sign nhat-ky.jsonl --key khoa.p12 --out k.json", 2,
                   "signing-needs-extra", "signatures"),
    "optimise": (
        f"whatif cheapest so-lieu.csv {SET} --on 2025-06-01 --unit SM-A --people-days 10 --out w", 2,
        "reach-needs-extra", "optimise",
    ),
    "pdf": (f"report so-lieu.csv {SET} --formats pdf --out r", 0, "pdf-not-made", "pdf"),
    "slides": (f"report so-lieu.csv {SET} --formats pptx --out q", 0, "slides-not-made", "slides"),
    "agreement": ("appraise check tham-dinh.jsonl", 0, "kappa-not-computed", "agreement"),
}  # fmt: skip


class _Blocked:
    """Finds none of the libraries, as a computer without the extras."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in LIBRARIES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _block() -> None:
    sys.meta_path.insert(0, _Blocked())
    # As `importlib.util.find_spec` answers for a library that is not there.
    sys.modules.update(dict.fromkeys(LIBRARIES))


def _desk(folder: Path) -> dict[str, Path]:
    """Lay out what the commands read."""
    import shutil

    import pandas as pd

    from scoring.appraisal import append_decisions
    from scoring.files.shipped import shipped_folder

    evidence = shipped_folder("evidence")
    shutil.copy(evidence / "example-department-sample" / "inputs.csv", folder / "so-lieu.csv")
    (folder / "phieu.csv").write_text("form_id,A1\nP1,1\n", encoding="utf-8")
    (folder / "khoa.p12").write_bytes(b"khoa")
    row = {"round": "1", "unit_code": "SM-A", "year": 2025, "item_code": "1.1.2"}
    both = [row | {"points": 0.0, "decided_by": "An"}, row | {"points": 0.5, "decided_by": "Binh"}]
    append_decisions(folder / "tham-dinh.jsonl", pd.DataFrame(both))
    append_decisions(folder / "nhat-ky.jsonl", pd.DataFrame(both[:1]))
    return {
        "survey": evidence / "sipas-example-2026",
        "log": evidence / "dossiers-example-2026" / "log" / "thang-04.csv",
    }


def main(folder: Path) -> None:
    """Carry out every command in `folder` and print what it said."""
    _block()
    given = _desk(folder)
    os.chdir(folder)
    from scoring.cli.main import main as parindex

    for name, (command, *_) in SAID.items():
        spoken = io.StringIO()
        with contextlib.redirect_stdout(spoken), contextlib.redirect_stderr(spoken):
            code = parindex(["--quiet", *(part.format(**given) for part in command.split())])
        sys.stdout.write(json.dumps([name, code, spoken.getvalue()]) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
