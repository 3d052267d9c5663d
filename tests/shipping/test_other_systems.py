"""What one Linux machine can show of Windows: its missing modules, its console and its encodings."""

import errno
import os
import subprocess
import sys

import pytest

from scoring.cli.main import main
from scoring.files.atomic import write_atomically
from scoring.files.shipped import shipped_folder
from scoring.files.system_reasons import system_reason

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


COMMAND = ["score", str(SAMPLE), "--criteria", "department-sample", "--out", "ra"]


def tables_in(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "ra").glob("*.csv"))}


def test_windows_modules_console_and_code_page_give_the_same_results(tmp_path, monkeypatch, capsys):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    assert main(COMMAND) == 0
    expected = capsys.readouterr().out
    other = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252", "LC_ALL": "C", "LANG": "C",
             "TZ": "Asia/Ho_Chi_Minh", "PYTHONCOERCECLOCALE": "0"}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", AS_WINDOWS, *COMMAND], capture_output=True,
                          cwd=there, env=os.environ | other)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert tables_in(there) and tables_in(there) == tables_in(here)
    # On a console of one byte a letter the words come out as UTF-8, whole.
    assert done.stdout.decode("utf-8") == expected


@pytest.mark.parametrize("name", ["CON", "NUL.xlsx", "lpt1.html", "kết quả.", "a/com1 .csv"])
def test_nothing_is_made_under_a_name_that_windows_gives_to_a_device_or_shortens(
    name, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    command = ["ledger", "new", "--criteria", "department-sample", "--unit", "a", "--year", "2025"]
    assert main([*command, "--out", name]) == 2
    assert "[path-not-portable]" in "".join(capsys.readouterr())
    assert list(tmp_path.iterdir()) == []


def test_a_path_beyond_260_characters_works_or_is_named_as_too_long(tmp_path):
    path = tmp_path.joinpath(*["thư mục của đơn vị rất dài" * 3] * 4, "số.csv")
    assert len(str(path)) > 260
    path.parent.mkdir(parents=True)
    write_atomically(path, b"a;b\n")
    assert path.read_bytes() == b"a;b\n"
    for number in (3, 206):
        refused = OSError(errno.ENOENT, "The system cannot find the path specified", str(path))
        refused.winerror = number
        assert system_reason(refused)["reason"].text("en") == "the name or the path is too long"
