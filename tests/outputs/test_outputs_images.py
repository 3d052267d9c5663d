"""Figures become files whose bytes depend on the figure alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure
from PIL import Image

import scoring
from scoring.base.errors import OutputError, UsageError
from scoring.charts import alt_text, area_bars, lost_points
from scoring.files.atomic import write_atomically
from scoring.outputs.images import ChartJob, save_charts, save_figure
from scoring.outputs.processes import run_jobs


def test_the_same_chart_gives_the_same_bytes(tmp_path, scores, items, gaps, context):
    for name, draw in (
        ("area", lambda: area_bars(scores, items, context=context)),
        ("lost", lambda: lost_points(gaps, items, context=context)),
    ):
        first = [p.read_bytes() for p in save_figure(draw(), tmp_path / "một" / name)]
        again = [p.read_bytes() for p in save_figure(draw(), tmp_path / "hai" / name)]
        assert first == again


def test_a_name_with_dots_and_spaces_keeps_them(tmp_path, scores, items):
    paths = save_figure(area_bars(scores, items), tmp_path / "UBND tỉnh 1.2 năm")
    assert [p.name for p in paths] == ["UBND tỉnh 1.2 năm.png", "UBND tỉnh 1.2 năm.svg"]


def test_an_svg_keeps_text_as_text_with_fonts_to_fall_back_on(tmp_path, scores, items, context):
    figure = area_bars(scores, items, context=context)
    [path] = save_figure(figure, tmp_path / "a", ["svg"])
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    texts = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Công khai, minh bạch" in texts
    assert "Verdana" in path.read_text(encoding="utf-8")
    assert root.find("{http://www.w3.org/2000/svg}title").text == alt_text(figure)
    assert "matplotlib" not in path.read_text(encoding="utf-8").lower()


def test_a_png_carries_the_alternative_text_and_no_program_name(tmp_path, scores, items):
    figure = area_bars(scores, items)
    [path] = save_figure(figure, tmp_path / "a", ["png"])
    with Image.open(path) as image:
        assert image.info["Description"] == alt_text(figure)
        assert "Software" not in image.info
        assert image.width == pytest.approx(figure.get_size_inches()[0] * 150, abs=1)


def test_an_unknown_format_is_refused_by_name(tmp_path):
    with pytest.raises(UsageError, match="'gif'"):
        save_figure(Figure(), tmp_path / "a", ["gif"])


def test_several_processes_write_the_same_files_as_one(tmp_path, scores, items, context):
    def jobs(folder):
        return [
            ChartJob(area_bars, tmp_path / folder / str(n), (scores, items), {"context": context})
            for n in range(4)
        ]

    done = []
    alone = save_charts(jobs("a"), workers=1, on_done=lambda number, _: done.append(number))
    shared = save_charts(jobs("b"), workers=2)
    assert done == [1, 2, 3, 4]
    assert [p.name for p in alone] == [p.name for p in shared]
    assert [p.read_bytes() for p in alone] == [p.read_bytes() for p in shared]


def test_a_process_that_is_ended_from_outside_is_told_of():
    ends_itself = SimpleNamespace(run=partial(os._exit, 1))
    with pytest.raises(OutputError) as refused:
        run_jobs([ends_itself, ends_itself], 2, workers=2)
    assert refused.value.finding.code == "output-process-lost"


def test_a_file_that_cannot_be_written_is_told_of_by_several_processes_as_by_one(tmp_path):
    (tmp_path / "tệp").write_text("")
    job = SimpleNamespace(run=partial(write_atomically, tmp_path / "tệp" / "a.png", b""))
    told = []
    for workers in (1, 2):
        with pytest.raises(OutputError) as refused:
            run_jobs([job, job], 2, workers=workers)
        told.append(refused.value.finding)
    assert told[0] == told[1] and told[0].code != "output-process-lost"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the number of a parent that is gone")
def test_processes_end_where_the_one_that_began_them_is_killed(tmp_path):
    # Each notes its number and then sleeps: only the parent's end can end it in time.
    source = (
        "from functools import partial\nfrom types import SimpleNamespace\n"
        "from scoring.outputs.processes import run_jobs\n"
        "note = 'import os, pathlib, time; pathlib.Path(str(os.getpid())).touch(); time.sleep(600)'\n"
        "run_jobs([SimpleNamespace(run=partial(exec, note))] * 2, 2, workers=2)"
    )
    paths = os.pathsep.join([str(Path(scoring.__path__[0]).parent), *filter(None, sys.path)])
    began = subprocess.Popen(
        [sys.executable, "-c", source], cwd=tmp_path, env=os.environ | {"PYTHONPATH": paths},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert _within_a_minute(lambda: len(list(tmp_path.iterdir())) == 2)
    began.kill()
    began.wait()
    numbers = [int(path.name) for path in tmp_path.iterdir()]
    assert _within_a_minute(lambda: not any(map(_is_running, numbers)))


def _within_a_minute(is_so):
    until = time.monotonic() + 60
    while not (held := is_so()) and time.monotonic() < until:
        time.sleep(0.1)
    return held


def _is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    # One that ended stays listed until somebody collects it.
    state = Path(f"/proc/{number}/stat")
    return not (state.exists() and state.read_text().rpartition(") ")[2].startswith("Z"))


def test_several_processes_run_no_module_of_the_working_folder(tmp_path):
    for name in ("loky", "pickle", "queue"):
        (tmp_path / f"{name}.py").write_text(f"open('RUN-{name}', 'w').close()", "utf-8")
    script = tmp_path / "elsewhere" / "script.py"
    script.parent.mkdir()
    # As analysts write one: without the guard that processes of the standard library ask for.
    script.write_text(
        "from functools import partial\nfrom types import SimpleNamespace\n"
        "from scoring.outputs.processes import run_jobs\n"
        "print(run_jobs([SimpleNamespace(run=partial(list, 'ab'))] * 2, 2, workers=2))",
        "utf-8",
    )
    outside = {name: text for name, text in os.environ.items() if name != "PYTHONSAFEPATH"}
    paths = os.pathsep.join([str(Path(scoring.__path__[0]).parent), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=outside | {"PYTHONPATH": paths},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "['a', 'b', 'a', 'b']\n"
    assert not list(tmp_path.glob("RUN-*"))
