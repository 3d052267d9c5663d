"""Zips in the browser: bad ones are refused as Python does, a bundle has the same bytes."""

import base64
import io
import json
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest

from scoring.files.excel.package import inspect_package
from scoring.files.limits import Limits
from scoring.files.sealed.bundle_zip import new_entry

pytestmark = pytest.mark.node

FILES = {"documents/Báo cáo.pdf": "nội dung", "ledger.xlsx": "PK", "manifest.json": "{}\n"}


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries:
            package.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def spoiled(data, old, new):
    assert old in data
    return data.replace(old, new)


GOOD = zipped(("xl/workbook.xml", b"<a/>" * 50), ("xl/sheet.xml", b"<b/>" * 50))
FLAGS = b"PK\x01\x02\x14\x03\x14\x00\x00\x00"
CASES = {
    "good": (GOOD, ""),
    "stored": (zipped(("a.xml", b"<a/>"), method=zipfile.ZIP_STORED), ""),
    "text": (b"ma,diem\n1.1,0.5\n", "save-as-xlsx"),
    "empty": (b"", "save-as-xlsx"),
    "cut short": (GOOD[:-30], "package-damaged"),
    "cut in the middle": (GOOD[: len(GOOD) // 2], "package-damaged"),
    "content changed": (spoiled(zipped(("a.xml", b"<a/>"), method=0), b"<a/>", b"<b/>"), "package-damaged"),
    "two names": (GOOD.replace(b"sheet.xml", b"shxxt.xml", 1), "package-damaged"),
    "leads out": (zipped(("../a.xml", b"<a/>")), "package-unsafe-name"),
    "absolute": (zipped(("/a.xml", b"<a/>")), "package-unsafe-name"),
    "drive": (zipped(("C:a.xml", b"<a/>")), "package-unsafe-name"),
    "twice": (zipped(("a.xml", b"<a/>"), ("A.xml", b"<b/>")), "package-unsafe-name"),
    "twice by dots": (zipped(("a.xml", b"<a/>"), ("./a.xml", b"<b/>")), "package-unsafe-name"),
    "encrypted": (spoiled(GOOD, FLAGS, FLAGS[:-2] + b"\x01\x00"), "file-encrypted"),
    "bomb": (zipped(("a.xml", bytes(3_000_000))), "package-inflates-too-much"),
    "many parts": (zipped(*((f"{n}", b"") for n in range(2001))), "package-too-many-parts"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told():
    lines = [{"zip": base64.b64encode(data).decode()} for data, _ in CASES.values()]
    lines.append({"files": FILES})
    done = subprocess.run(
        [shutil.which("node"), Path(__file__).with_name("zips.js")],
        input="\n".join(map(json.dumps, lines)),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_bad_zip_is_refused_as_python_refuses_it(told, case):
    outcome = told["outcomes"][list(CASES).index(case)]
    assert (json.loads(outcome)[0] if outcome else "") == CASES[case][1]
    findings = inspect_package(CASES[case][0]).findings
    errors = [f.code for f in findings if f.code.startswith(("package", "file"))]
    if outcome and CASES[case][1] != "save-as-xlsx":
        assert CASES[case][1] in errors


def test_limits_are_those_of_intake(told):
    limits = asdict(Limits())
    assert told["limits"] == {name: limits[name] for name in told["limits"]}


def test_bundle_has_the_bytes_that_python_packs(told):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        for name, text in FILES.items():
            with new_entry(package, name) as entry:
                entry.write(text.encode())
    assert base64.b64decode(told["zip"]) == file.getvalue()
