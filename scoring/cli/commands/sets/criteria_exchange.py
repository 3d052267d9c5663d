"""``parindex criteria export / import / diff``: sets in and out."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.cli.console import CLEAN, Console
from scoring.criteria import open_set
from scoring.criteria.diff import diff_sets
from scoring.criteria.set_workbook import export_workbook, import_workbook
from scoring.files.atomic import write_atomically
from scoring.files.table_files import write_csv
from scoring.files.whole_folder import whole_folder


def export(options: argparse.Namespace, console: Console) -> int:
    """Write a set as one workbook."""
    path = export_workbook(options.set, Path(options.out or "."))
    console.print(str(path))
    console.give({"workbook": str(path)})
    return CLEAN


def import_file(options: argparse.Namespace, console: Console) -> int:
    """Write a set's folder from its workbook."""
    checked = import_workbook(Path(options.file), Path(options.out), replace=options.replace)
    code = console.close(checked.findings, sound=checked.is_sound)
    if code == CLEAN:
        console.print(console.text("written_to", folder=options.out))
    return code


def diff(options: argparse.Namespace, console: Console) -> int:
    """Compare two sets; write the page and the mapping where a folder is named."""
    compared = diff_sets(open_set(options.old), open_set(options.new))
    changes = compared.changes(console.lang)
    console.print(compared.markdown(console.lang))
    console.give({"changes": changes.to_dict("records")})
    if options.out:
        with whole_folder(Path(options.out)) as folder:
            write_csv(changes, folder / "changes.csv")
            write_atomically(folder / "diff.md", compared.markdown(console.lang))
            write_atomically(folder / "diff.html", compared.html(console.lang))
            write_csv(compared.mapping(), folder / "mapping.csv")
        console.wrote(options.out)
    return CLEAN
