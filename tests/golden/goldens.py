"""What the main verbs write, kept as one digest a file, so that moving code shows when it moves a result.

``python tests/golden/goldens.py --keep DIR`` writes the files themselves, to compare two versions;
``--freeze`` records what the code makes now. A commit that freezes anew says why.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image
from pyarrow import parquet

from scoring import __version__
from scoring.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
FROZEN = Path(__file__).with_name("frozen.json")
EXAMPLE = ROOT / "evidence" / "phu-tho-2026"
DOSSIERS = ROOT / "evidence" / "dossiers-example-2026"
LEDGERS = "../so"
# A new version moves no result: every one is read as if this had written it.
VERSION = "0.1.0"
SAMPLE = ROOT / "evidence" / "example-department-sample" / "inputs.csv"
PLAN = ROOT / "evidence" / "so-gddt-gia-lai-2022"
EVERY_SET = (
    "agency-rating-335-2025",
    "civil-servant-rating-335-2025",
    "commune-sample",
    "department-sample",
    "khanh-hoa-11-qd-tu-2026-monthly",
    "province-areas-2948",
    "service-quality-766",
    "sipas-five-factors",
    "task-completion-sample",
    "thanh-hoa-commune-council-draft-2026",
)

# Each run is a command line; {out} is a folder of its own. What it prints counts as a file too.
RUNS: dict[str, list[str]] = {
    "demo": ["demo", "--out", "{out}/demo"],
    "score-ledger": [
        "score", f"{EXAMPLE}/ledger.xlsx", "--targets", f"{EXAMPLE}/targets.csv", "--out", "{out}/s",
    ],
    "score-units": ["score", str(SAMPLE), "--criteria", "department-sample", "--out", "{out}/s"],
    "score-units-en": [
        "score", str(SAMPLE), "--criteria", "department-sample", "--out", "{out}/s", "--lang", "en",
        "--csv-dialect", "vi",
    ],
    "dossiers-count": [
        "dossiers", "count", f"{DOSSIERS}/log/thang-04.csv", "--criteria", "service-quality-766", "--year",
        "2026", "--on", "2026-03-31", "--by", "quarter", "--units", f"{DOSSIERS}/units.csv",
        "--procedures", f"{DOSSIERS}/procedures.csv", "--out", "{out}/d",
    ],
    "batch": ["batch", LEDGERS, "--criteria", "service-quality-766", "--workers", "1", "--out",
              "{out}/b"],
    "uncertainty": ["uncertainty", f"{ROOT}/evidence/so-khcn-son-la-2022/inputs.csv", "--criteria",
                    "department-sample", "--out", "{out}/u"],
    "robustness": ["robustness", str(SAMPLE), "--criteria", "department-sample", "--out", "{out}/v"],
    "whatif-reach": ["whatif", "reach", str(SAMPLE), "--criteria", "department-sample", "--unit", "SM-A",
                     "--goal", "85", "--on", "2025-06-01"],
    "whatif-cheapest": ["whatif", "cheapest", str(SAMPLE), "--criteria", "department-sample", "--unit",
                        "SM-A", "--budget", "2", "--on", "2025-06-01", "--out", "{out}/w"],
    "report": ["report", f"{EXAMPLE}/ledger.xlsx", "--out", "{out}/r"],
    "report-units": ["report", str(SAMPLE), "--criteria", "department-sample", "--out", "{out}/r"],
    "explain": ["explain", "5.3", f"{EXAMPLE}/ledger.xlsx"],
    "explain-en": ["explain", "1.1.1", str(SAMPLE), "--criteria", "department-sample", "--unit",
                   "SM-A", "--lang", "en"],
    "explanations": ["evidence", "explanations", f"{EXAMPLE}/ledger.xlsx"],
    "bundle": ["evidence", "bundle", f"{EXAMPLE}/ledger.xlsx", "--out", "{out}/bundle.zip"],
    "plan-status": ["plan", "status", str(PLAN), "--on", "2022-10-01", "--out", "{out}/p"],
    "plan-calendar": ["plan", "calendar", str(PLAN), "--out", "{out}/p"],
    "plan-feed": ["plan", "feed", str(PLAN), "--criteria", "department-sample", "--on", "2022-12-31",
                  "--out", "{out}/p"],
    "plan-completion": ["plan", "completion", str(PLAN), "--criteria", "task-completion-sample", "--on",
                        "2022-12-31", "--out", "{out}/p"],
}  # fmt: skip
for _set in EVERY_SET:
    RUNS[f"ledger-{_set}"] = [
        "ledger", "new", "--criteria", _set, "--unit", "a", "--name", "Sở A", "--year", "2026",
        "--out", "{out}/ledger.xlsx",
    ]  # fmt: skip
    RUNS[f"criteria-{_set}"] = ["criteria", "export", _set, "--out", "{out}/set.xlsx"]
    RUNS[f"handbook-{_set}"] = ["criteria", "explain", _set]


def made(name: str, folder: Path) -> None:
    """Carry out run `name` in `folder`; what it prints and its exit code are written there too."""
    out = folder / name
    out.mkdir(parents=True)
    if LEDGERS in RUNS[name]:
        # Findings name the folder, and columns are as wide as its name: it is the same everywhere.
        shutil.copytree(EXAMPLE, out / LEDGERS)
    arguments = [part.replace("{out}", str(out)) for part in RUNS[name]]
    spoken = io.StringIO()
    before = Path.cwd()
    os.chdir(out)
    try:
        with contextlib.redirect_stdout(spoken), contextlib.redirect_stderr(spoken):
            code = main(arguments)
    finally:
        os.chdir(before)
    text = spoken.getvalue().replace(str(out), "OUT").replace(str(ROOT), "ROOT")
    (out / "printed.txt").write_text(f"{text}exit {code}\n", encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of what every file below `folder` says, by path.

    Compression, a manifest's own list of hashes and what a batch keeps for its next run are left
    out: they repeat the rest.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in files
        if path.name != "manifest.json" and not any(up.suffix == ".parts" for up in path.parents)
    }


def _digest(path: Path) -> str:
    data = _anywhere(path.read_bytes())
    if path.suffix == ".png":
        with Image.open(io.BytesIO(data)) as image:
            data = repr(image.size).encode() + image.convert("RGB").tobytes()
    elif path.suffix == ".parquet":
        # Each file names the library that wrote it.
        table = parquet.read_table(path, partitioning=None)
        said = table.schema.to_string()
        for told in ("package: '{}'", '"package": "{}"'):
            said = said.replace(told.format(__version__), told.format(VERSION))
        data = repr((said, table.to_pylist())).encode()
    elif path.name == "datapackage.json":
        # Sizes and hashes repeat the files beside it, and know the library or the version.
        data = re.sub(rb'"(bytes|hash|parts)": [^\n]+', b"", data)
    elif path.suffix in (".xlsx", ".docx", ".zip"):
        with zipfile.ZipFile(path) as package:
            names = sorted(set(package.namelist()) - {"manifest.json"})
            parts = [
                (name, hashlib.sha256(_anywhere(package.read(name))).hexdigest()) for name in names
            ]
        data = repr(parts).encode()
    return hashlib.sha256(data).hexdigest()[:16]


def _anywhere(data: bytes) -> bytes:
    """Return what a file says without the place of the checkout and the version that wrote it."""
    package = "par-index-scoring {}"
    data = data.replace(package.format(__version__).encode(), package.format(VERSION).encode())
    return data.replace(str(ROOT).encode(), b"ROOT")


def frozen() -> dict[str, dict[str, str]]:
    """Return the digests recorded, by run."""
    return json.loads(FROZEN.read_text(encoding="utf-8"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--freeze", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder for the files themselves")
    parser.add_argument("runs", nargs="*", help="names of runs; all by default")
    return parser.parse_args()


if __name__ == "__main__":
    options = _arguments()
    names = options.runs or list(RUNS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or Path(scratch)).resolve()
        for run in names:
            made(run, folder)
        now = {run: digests(folder / run) for run in names}
    before = frozen() if FROZEN.exists() else {}
    # Written before anything is printed: whoever reads the list may stop after its first lines.
    if options.freeze:
        text = json.dumps(before | now, indent=1, sort_keys=True)
        FROZEN.write_text(text + "\n", encoding="utf-8")
    for run in names:
        old = before.get(run, {})
        for file in sorted(old.keys() | now[run].keys()):
            if old.get(file) != now[run].get(file):
                sys.stdout.write(f"{run}/{file}\n")
