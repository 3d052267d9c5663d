"""What tests of several rooms share: the reference folder, LibreOffice, and no silent skips in CI."""

import gc
import inspect
import os
import re
import shutil
import sys
from pathlib import Path

# Before numbers load, here and in the thousand processes that tests start: as the command line does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from excel_tools import find_soffice, recalculated

from scoring.base.findings import Finding
from scoring.base.message_tables import message_tables
from scoring.criteria import library
from scoring.files.atomic import write_atomically
from scoring.files.sealed.own_seal import KEY_FILE
from scoring.outputs.images import ChartJob

# A machine may be slow or busy: no test depends on time.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
_REFERENCE = Path(os.environ.get("PARINDEX_SHARED", ROOT.parent / "shared"))
_COMPILERS = (
    os.environ.get("PARINDEX_TSC", ""),
    str(ROOT / "node_modules" / ".bin" / "tsc"),
    "tsc",
)
TYPE_CHECKER = next(filter(None, map(shutil.which, _COMPILERS)), None)
_NEEDS = {
    "needs_shared": (_REFERENCE.is_dir(), "the reference folder ../shared is absent"),
    "libreoffice": (find_soffice() is not None, "LibreOffice (soffice) is not installed"),
    "chromium": (shutil.which("chromium") is not None, "Chromium is not installed"),
    "node": (shutil.which("node") is not None, "Node is not installed"),
    "type_checker": (TYPE_CHECKER is not None, "TypeScript (tsc) is not installed"),
}


def pytest_collection_finish():
    """Leave the thousands of collected tests out of every later search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def a_key_of_the_tests_alone(tmp_path_factory):
    """Mark what runs keep by a key that goes with the tests, not by that of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_FILE, str(tmp_path_factory.mktemp("key") / "own.key"))
        yield


@pytest.fixture(scope="session")
def shared_folder():
    """The customer's reference folder, beside the checkout or where PARINDEX_SHARED points."""
    if not _REFERENCE.is_dir():
        pytest.skip("the reference folder ../shared is absent; set PARINDEX_SHARED to it")
    return _REFERENCE


@pytest.fixture(scope="session")
def type_checker():
    """The TypeScript compiler: PARINDEX_TSC, that of `npm install` in the checkout, or one on PATH."""
    return TYPE_CHECKER


@pytest.fixture(scope="session")
def recalculate(tmp_path_factory):
    """A function from a workbook's path to the path of the same, recalculated by LibreOffice."""
    if find_soffice() is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    profile = tmp_path_factory.mktemp("libreoffice-profile")
    return lambda path: recalculated(path, profile)


# Headings and sheets of a ledger are named as the file names them, whoever reads the finding;
# short words are names that the tests themselves give.
_VIETNAMESE = {key: table["vi"] for key, table in message_tables("labels").items()
               if table["vi"] != table["en"] and len(table["vi"]) > 8}  # fmt: skip
_LAYOUT = (ROOT / "scoring" / "evidence" / "ledger" / "layout.csv").read_text(encoding="utf-8")
_LABELS = {text for key, text in _VIETNAMESE.items()
           if not key.startswith("ledger_") and text not in _LAYOUT}  # fmt: skip
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])\d{1,3}(\.\d{3})*,\d+(?![\d.,])")
# What somebody typed is shown as it was typed.
_TYPED = {"value", "text", "reason", "name", "path", "part"}


@pytest.fixture(scope="session", autouse=True)
def findings_hold_raw_values():
    """Refuse a number or a label that was put into Vietnamese before the language is known.

    Every finding that any test meets is looked at, so all corpora of broken files are walked.
    """
    made = Finding.__init__

    def checked(self, *args, **kwargs):
        made(self, *args, **kwargs)
        for key, value in self.values.items():
            worded = isinstance(value, str) and (value in _LABELS or _DECIMAL_COMMA.search(value))
            assert key in _TYPED or not worded, f"{self.code}: {key} is worded early: {value}"

    Finding.__init__ = checked
    yield
    Finding.__init__ = made


@pytest.fixture(scope="session", autouse=True)
def shipped_sets_are_read_once():
    """Read, build and check each shipped set once a process, for tests open them thousands of times.

    What a test writes, a copy of a shipped set too, is always read and built.
    """
    shipped, known = library.library_folders()[0], {}

    def once(make, place, given):
        if Path(place).resolve().parent != shipped:
            return make(given)
        key = (make, str(place))
        if key not in known:
            known[key] = make(given)
        return known[key]

    read, build = library.read_raw, library.build_set
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "read_raw", lambda path: once(read, path, path))
        patch.setattr(library, "build_set", lambda raw: once(build, raw.place, raw))
        yield


# Where tables are long, or made by several engines; child processes everywhere have Arrow, too.
_ROOMS_OF_ARROW = {
    "analysis",
    "batch",
    "dossiers",
    "golden",
    "notebooks",
    "points",
    "properties",
    "survey",
    "tables",
}


@pytest.fixture(scope="module", autouse=True)
def strings_as_most_have_them(request):
    """Keep strings as pandas does without pyarrow, which comes with the extras alone.

    So either way of keeping them is tested; small tables are quicker without it.
    """
    if request.path.relative_to(ROOT).parts[1] in _ROOMS_OF_ARROW:
        yield
        return
    with pd.option_context("mode.string_storage", "python"):
        yield


# Where charts are looked at, or compared byte for byte; a test elsewhere asks for the marker ``drawn``.
_ROOMS_OF_CHARTS = {
    "outputs",
    "outputs_report",
    "docs",
    "golden",
    "notebooks",
    "proof",
    "benchmarks",
}


@pytest.fixture(scope="module", autouse=True)
def charts_as_marks(request):
    """Write a mark in the place of each chart, where tests ask what is said and which files there are.

    Drawing is most of what many verbs take. Child processes draw as ever; of every verb that draws
    some test here or a frozen run does.
    """
    room = request.path.relative_to(ROOT).parts[1]
    if room in _ROOMS_OF_CHARTS or request.node.get_closest_marker("drawn"):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ChartJob, "run", _marked)
        yield


@pytest.fixture(scope="module")
def marks_here_too():
    """Write marks for charts from here to the end of a file of a room of charts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ChartJob, "run", _marked)
        yield


def _marked(job):
    inspect.signature(job.draw).bind(*job.args, **job.kwargs)
    stem = job.path_stem
    paths = [stem.with_name(f"{stem.name}.{kind}") for kind in job.formats]
    for path in paths:
        write_atomically(path, f"{job.path_stem.name} is not drawn".encode())
    return paths


# What takes longest begins first, or one process would run it alone at the end.
_LONGEST = ("project/test_quality", "cli/test_english", "cli/test_overwriting", "cli/test_evidence_verbs",
            "outputs_report/test_report_periods", "docs/test_extending", "cli/test_pipes_and_terminal",
            "evidence_documents/test_one_judgement", "outputs_report/test_trend_chart",
            "files/test_files_guarded", "cli/test_command_line", "evidence_ledger", "golden",
            "outputs_report", "docs", "criteria_appendix", "rules/test_excel_truth")  # fmt: skip


def pytest_configure(config):
    # The order below, not that by the number of tests: a file of five tests may take half a minute.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def _rank(item):
    path = item.path.as_posix()
    return next((n for n, part in enumerate(_LONGEST) if f"/tests/{part}" in path), len(_LONGEST))


def pytest_collection_modifyitems(items):
    items.sort(key=_rank)
    for name, (is_there, reason) in _NEEDS.items():
        for item in items:
            if not is_there and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_sessionfinish(session, exitstatus):
    """With PARINDEX_NO_SKIP set, a skipped test fails the run: CI has everything."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("PARINDEX_NO_SKIP") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = 1


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, steered by its own driver."""
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = selenium.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = selenium.ChromeService(shutil.which("chromedriver"))
    driver = selenium.Chrome(options=options, service=service)
    yield driver
    driver.quit()
