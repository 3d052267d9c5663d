"""What is printed: a reader that goes away loses nothing, and no name acts on the terminal."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.base.findings import Finding
from scoring.base.labels import LANGUAGES, label
from scoring.cli import main as cli
from scoring.cli.console import Console
from scoring.cli.entry import INTERRUPTED as STOPPED
from scoring.criteria import open_set
from scoring.files.shipped import shipped_folder
from scoring.points import inputs_table, score

LEDGER = shipped_folder("evidence") / "phu-tho-2026" / "ledger.xlsx"


def run(arguments, stdout):
    return subprocess.run(
        [sys.executable, "-m", "scoring", *arguments],
        stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=300, check=False,
        cwd=Path(cli.__file__).parents[2], env=os.environ | {"PARINDEX_DEBUG": "0"},
    )  # fmt: skip


def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


@pytest.mark.parametrize("verb", [["criteria", "list"], ["ledger", "check", str(LEDGER)]])
def test_a_closed_pipe_is_no_error(verb):
    with closed_pipe() as pipe:
        done = run(verb, pipe)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_at_stdout_is_a_finding():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = run(["criteria", "list"], full)
    assert done.returncode == 2
    assert "[output-failed]" in done.stderr and "Traceback" not in done.stderr


def test_results_are_written_before_anything_is_printed(tmp_path):
    with closed_pipe() as pipe:
        done = run(["score", str(LEDGER), "--out", str(tmp_path / "kq")], pipe)
    assert done.returncode == 0
    assert {"scores.csv", "report.html", "manifest.json"} <= {
        p.name for p in (tmp_path / "kq").iterdir()
    }


def test_results_are_shown_although_they_cannot_be_written(tmp_path, capsys):
    (tmp_path / "tep").write_text("", "utf-8")
    assert cli.main(["score", str(LEDGER), "--out", str(tmp_path / "tep" / "kq")]) == 2
    assert "61,89" in capsys.readouterr().out


def test_no_name_acts_on_the_terminal():
    console = Console(out=io.StringIO(), err=io.StringIO())
    console.print("bao\x1b[2Jcao\u202efdp.exe")
    console.table(["tệp"], [["một\nhai\u2066"]])
    console.report(
        [
            Finding(
                "file-unreadable",
                "a\x9b\u202e\nlỗi: giả",
                values={"reason": "x\x1b]0;y", "system": "z"},
            )
        ]
    )
    console.say("\x07")
    shown = console.out.getvalue() + console.err.getvalue()
    assert not set(shown) & set("\x1b\x9b\x07\u202e\u2066")
    assert not any(line.startswith("lỗi: giả") for line in shown.splitlines())


def test_json_holds_names_as_they_are_yet_nothing_that_acts():
    console = Console(format="json", out=io.StringIO(), err=io.StringIO())
    console.give({"file": "a\u202eb\x9bc"})
    assert not set(console.out.getvalue()) & set("\u202e\x9b")
    assert json.loads(console.out.getvalue()) == {"file": "a\u202eb\x9bc"}


def test_what_a_library_prints_does_not_stand_in_the_json(monkeypatch, capsys):
    import scoring.cli.commands.sets.criteria as command

    def noisy(options, console):
        print("0 is out of range")  # noqa: T201
        console.give({"sets": 1})
        return 0

    target = next(v for v in cli.verbs() if v.name == "criteria list").function.split(":")[1]
    monkeypatch.setattr(command, target, noisy)
    assert cli.main(["criteria", "list", "--format", "json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == {"sets": 1} and "out of range" in told.err


def test_what_is_not_shown_is_not_said_to_stand_in_a_file_that_is_not_written():
    console = Console(out=io.StringIO(), err=io.StringIO())
    console.report([Finding("row-missing", values={"input": str(n)}) for n in range(40)])
    assert "--format json" in console.err.getvalue()
    assert "findings.csv" not in console.err.getvalue()


def test_very_many_findings_are_told_by_code_once_and_counted_at_the_end():
    above = [
        Finding("above-maximum", f"so-{n % 30}.xlsx", "Tự đánh giá", f"D{n}", f"SO-{n % 30}", "1",
                {"input": "Số hồ sơ", "value": float(n), "limit": 5.0})
        for n in range(90)
    ]  # fmt: skip
    damaged = Finding("package-damaged", "hong.xlsx", values={"part": "zip"})
    alone = Finding("peer-best-missing", unit_code="SO-1", item_code="2")
    console = Console(out=io.StringIO(), err=io.StringIO())
    assert console.report([alone, *above, damaged], "kq/findings.csv") == 1
    head, first, remedy, single, warning, end = console.err.getvalue().splitlines()
    assert head.startswith("Lỗi [above-maximum] 90 chỗ, 30 đơn vị: so-0.xlsx Tự đánh giá!D0; ")
    assert head.endswith("so-3.xlsx Tự đánh giá!D3; …")
    assert "“Số hồ sơ” là 0" in first and remedy.strip().startswith("Cách sửa: ")
    assert "hong.xlsx [package-damaged]" in single and warning.startswith("Cảnh báo: ")
    assert end == "Tổng cộng: 91 lỗi, 1 cảnh báo. Danh sách đầy đủ ở kq/findings.csv."


@pytest.mark.parametrize(("units", "is_cut"), [(199, False), (200, True), (350, True)])
def test_where_a_check_names_no_more_of_a_kind_there_may_be_more(units, is_cut):
    """350 units with a figure below zero are 200 findings, which read as if they were all."""
    rows = [{"unit_code": f"SO-{n}", "item_code": "2", "input": "on_time", "value": -1.0}
            for n in range(units)]  # fmt: skip
    table = inputs_table(rows, year=2026)
    found = score(table, open_set("service-quality-766")).findings
    below = [one for one in found if one.code == "below-minimum"]
    console = Console(out=io.StringIO(), err=io.StringIO())
    console.report(below)
    told = console.err.getvalue()
    assert f"{min(units, 200)} chỗ" in told
    assert ("chỉ nêu 200 chỗ đầu của một loại: có thể còn nữa" in told) == is_cut


def test_the_batch_of_an_appraiser_says_where_all_its_findings_stand(tmp_path, capsys):
    rows = ["unit_code,year,item_code,input,value"]
    rows += [f"SO-{n},2026,2,{name},-1" for n in range(12) for name in ("on_time", "received")]
    (tmp_path / "loat.csv").write_text("\n".join(rows), "utf-8")
    out = tmp_path / "kq"
    arguments = ["--criteria", "service-quality-766", "--out", str(out)]
    assert cli.main(["score", str(tmp_path / "loat.csv"), *arguments]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) < 20 and "24 chỗ, 12 đơn vị" in "".join(told)
    assert "24 lỗi" in told[-1] and str(out / "findings.csv") in told[-1]
    written = (out / "findings.csv").read_text("utf-8")
    assert written.count("below-minimum") == 24


INTERRUPTED = """
import os, signal, sys
from scoring.cli.entry import main
left = [int(sys.argv.pop(1))]
# A program started in the background may have been told to pass over it.
signal.signal(signal.SIGINT, signal.default_int_handler)
def interrupt(event, _):
    if event == "import":
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
sys.exit(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
@pytest.mark.parametrize("imports", [1, 5, 60, 400])
def test_an_interruption_while_libraries_load_is_said_in_a_word(imports):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(imports), "ledger", "check", str(LEDGER)],
        capture_output=True, text=True, timeout=300, check=False,
        cwd=Path(cli.__file__).parents[2], env=os.environ | {"PARINDEX_LANG": "vi"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "Đã dừng theo yêu cầu.\n"
    assert {lang: label("interrupted", lang) for lang in LANGUAGES} == STOPPED
