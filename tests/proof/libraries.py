"""Use the package with the oldest libraries it allows, or the newest: ``python tests/proof/libraries.py oldest``.

`uv` (``pip install uv``) chooses the libraries: of every requirement in pyproject.toml the lowest
release it allows, or the newest of all. The package, its extras and the tools of the tests are then
installed in a fresh environment, the commands of ``shipping.py`` are used there, and the tests that
lean on libraries are run, all but those that need a browser, LibreOffice or Node.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from records import write_record
from shipping import DESKS, ROOT, copied, in_use, tracked

EXTRAS = ("notebooks", "parquet", "survey", "cluster", "signatures", "agreement", "events",
          "objects", "slides", "optimise", "pdf")  # fmt: skip
# Of these the tests ask; their own bounds are not the package's, so the newest will do.
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "moto[s3]", "flask", "flask-cors", "selenium",
         "frictionless", "nbformat", "packaging", "axe-core-python")  # fmt: skip
# What meets a library: readers and writers of files, tables, figures, surveys, keys, stores, solvers.
TESTS = (
    "base", "tables", "rules", "points", "files", "files_office", "evidence_documents", "shipping",
    "survey/test_estimates.py", "dossiers/test_counted_logs.py", "whatif/test_coupled.py",
    "appraisal/test_signatures.py", "appraisal/test_agreement.py", "outputs/test_slide_deck.py",
    "outputs/test_outputs_charts.py", "outputs_report/test_report_pdf.py",
    "outputs_report/test_report_word.py", "batch/test_batch_run.py", "plan/test_plan_calendar.py",
)  # fmt: skip
ELSEWHERE = "not libreoffice and not chromium and not node and not type_checker"
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
LEFT = {
    "oldest": "only the libraries that pyproject.toml names are at their lowest; theirs are the newest that fit",
    "newest": "the newest libraries of that day",
}


def direct() -> list[str]:
    """Return the names of the libraries that the package and its extras ask for themselves."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in EXTRAS
             for one in project["optional-dependencies"][extra])]  # fmt: skip
    return sorted({re.split(r"[^\w.-]", one)[0].lower() for one in asked})


def installed(place: Path, copy: Path, python: str, resolution: str) -> tuple[Path, dict[str, str]]:
    """Make the environment; return its Python, and the release of every library that is named."""
    uv, own = ["uv"], place / "moi" / "bin" / "python"
    subprocess.run([*uv, "venv", "--quiet", "--python", python, str(place / "moi")], check=True)
    into = [*uv, "pip", "install", "--quiet", "--python", str(own)]
    package = f"{copy}[{','.join(EXTRAS)}]"
    subprocess.run([*into, "--resolution", resolution, package], check=True)
    told = subprocess.check_output([*uv, "pip", "freeze", "--python", str(own)], encoding="utf-8")
    found = dict(line.split("==") for line in told.splitlines() if "==" in line)
    held = {name: found[name] for name in direct()}
    # The tools may not lift what was to be tried.
    (place / "held.txt").write_text("".join(f"{n}=={v}\n" for n, v in held.items()), "utf-8")
    subprocess.run([*into, "--constraint", str(place / "held.txt"), *TOOLS], check=True)
    return own, held


def tested(own: Path, copy: Path, workers: str) -> dict[str, int]:
    """Run the tests of the copy; return how many passed, were left out and failed."""
    report = copy.parent / "tests.xml"
    paths = [f"tests/{name}" for name in TESTS]
    given = ["-q", "-n", workers, "--dist", "loadfile", "-m", ELSEWHERE, "-p", "no:cacheprovider"]
    env = {key: text for key, text in os.environ.items() if key != "PARINDEX_NO_SKIP"}
    subprocess.run([own, "-m", "pytest", *given, f"--junit-xml={report}", *paths], cwd=copy,
                   env=env | {"PYTHONPATH": str(copy)}, check=False)  # fmt: skip
    (suite,) = ET.parse(report).getroot()
    counts = {
        name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    }
    bad = counts["failures"] + counts["errors"]
    passed = counts["tests"] - bad - counts["skipped"]
    return {"tests_passed": passed, "tests_failed": bad, "tests_skipped": counts["skipped"]}


def main() -> None:
    """Install, use, test, and write the record; fail where anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=RESOLUTIONS)
    parser.add_argument("--python", default=sys.executable, help="the Python to try")
    parser.add_argument("--workers", default="2", help="how many tests at once")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        copy = copied(tracked(), DESKS[0], place)
        own, held = installed(place, copy, asked.python, RESOLUTIONS[asked.which])
        figures: dict[str, float | str] = {"commands_right": in_use(own, place)}
        counts = tested(own, copy, asked.workers)
        ask = "import platform; print(platform.python_version())"
        figures["python"] = subprocess.check_output([own, "-c", ask], encoding="utf-8").strip()
    figures |= counts | {"libraries": ", ".join(f"{name} {v}" for name, v in held.items())}
    command = f"python tests/proof/libraries.py {asked.which}"
    left = [LEFT[asked.which], "tests that need a browser, LibreOffice or Node were left out"]
    print(write_record(f"libraries_{asked.which}", command, figures, left))
    if counts["tests_failed"]:
        raise SystemExit(f"{counts['tests_failed']} tests failed")


if __name__ == "__main__":
    main()
