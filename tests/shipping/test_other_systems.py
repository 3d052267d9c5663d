"""What one Linux machine can show of Windows: its missing modules, its console and its encodings."""

import os
import subprocess
import sys

import pytest

from scoring.files.shipped import shipped_folder

SAMPLE = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
# Libraries and the standard library stay those of Linux; only our modules meet the other system.
AS_WINDOWS = """
import os, pkgutil, subprocess, sys, types
import numpy, pandas, pandera, openpyxl, xlsxwriter, docx, lxml.etree, matplotlib.figure, PIL.Image
import concurrent.futures.process, importlib, multiprocessing.connection, tempfile, shutil, socket, platform, asyncio
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("fork", "getuid", "geteuid", "getppid", "sched_getaffinity", "mkfifo", "O_NOFOLLOW",
             "O_DIRECTORY", "killpg", "setsid"):
    if hasattr(os, name):
        delattr(os, name)
console = types.ModuleType("msvcrt")
console.LK_NBLCK, console.locking = 2, lambda handle, mode, count: None
sys.modules["msvcrt"], sys.platform = console, "win32"
import scoring
for found in pkgutil.walk_packages(scoring.__path__, "scoring."):
    if not found.name.endswith(("__main__", ".entry")):
        importlib.import_module(found.name)
from scoring.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def scored(folder, code, **environment):
    """Return what `score` printed, as bytes, and the bytes of its tables."""
    command = ["score", str(SAMPLE), "--criteria", "department-sample", "--out", "ra"]
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, cwd=folder,
                          env=os.environ | environment)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout, {
        path.name: path.read_bytes() for path in sorted((folder / "ra").glob("*.csv"))
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    code = "import sys; from scoring.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return scored(tmp_path_factory.mktemp("here"), code, PYTHONUTF8="1")


def test_windows_modules_console_and_code_page_give_the_same_results(here, tmp_path):
    other = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252", "LC_ALL": "C", "LANG": "C",
             "TZ": "Asia/Ho_Chi_Minh", "PYTHONCOERCECLOCALE": "0"}  # fmt: skip
    said, tables = scored(tmp_path, AS_WINDOWS, **other)
    assert tables and tables == here[1]
    # On a console of one byte a letter the words come out as UTF-8, whole.
    assert said.decode("utf-8") == here[0].decode("utf-8")
