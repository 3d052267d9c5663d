"""LibreOffice as the judge of formulas: write a workbook, recalculate it, read it back."""

import shutil
import subprocess
from pathlib import Path

from python_calamine import load_workbook

_PLACES = (
    "/usr/bin/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)


def find_soffice():
    """Return the path of LibreOffice, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def recalculated(path, profile):
    """Return the path of `path` as LibreOffice saves it after computing every formula.

    Formula cells must hold no cached number: write them with ``value=""`` in XlsxWriter, or
    LibreOffice keeps what stands there.
    """
    return recalculated_all([path], profile)[0]


def recalculated_all(paths, profile):
    """Return the paths of several files of one folder, see `recalculated`, by one start."""
    out = Path(paths[0]).parent / "recalculated"
    subprocess.run(
        [
            find_soffice(),
            "--headless",
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(out),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return [out / Path(path).name for path in paths]


def sheet_rows(path, sheet):
    """Return the rows of a sheet as lists of Python values, from cell A1 on."""
    return load_workbook(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
