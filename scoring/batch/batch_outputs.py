"""What a run over thousands of ledgers writes: tables by slices, then what is told of all units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from scoring.analysis import ranking
from scoring.analysis.rank_changes import area_leaders
from scoring.base.findings import findings_frame
from scoring.batch.partitions import PartitionedTable
from scoring.batch.parts.part_file import StoredPart
from scoring.files.atomic import write_atomically
from scoring.files.table_files import Dialect, csv_bytes
from scoring.outputs.machine import write_table, written_table
from scoring.outputs.pack import Result, write_report
from scoring.outputs.province_report.province_content import ProvinceContent, province_content
from scoring.points import ScoreSheet
from scoring.points.grade_reasons import grade_reasons
from scoring.points.tracks import tracks_table
from scoring.tables import tables

# Up to here every unit has a page of its own beside the report of all.
MAX_UNITS_WITH_PAGES = 200
# So many units are turned into rows at a time.
SLICE = 250
# The documents of so many ledgers are written at a time.
_LEDGERS = 100
_FORMATS = ("html", "docx", "xlsx", "pptx")


def write_batch_tables(
    result: Result,
    parts: Mapping[Path, StoredPart],
    folder: Path,
    *,
    lang: str = "vi",
    dialect: Dialect = "plain",
) -> None:
    """Write scores, gaps and documents as Parquet beside CSV, findings and ranks.

    Parameters
    ----------
    result : Result
    parts : mapping of Path to StoredPart
        The ledgers that count; their documents are written one ledger after another.
    folder : Path
        A new folder of the run.
    """
    sheet = result.sheet
    decimals = sheet.criteria.meta.decimals
    _write_slices(_scores(sheet), "Scores", folder, decimals, dialect)
    _write_slices(_gaps(result), "Gaps", folder, decimals, dialect)
    _write_documents(parts, folder)
    placed, doubts = ranking(sheet)
    told = {
        "Findings": findings_frame((*result.findings, *doubts), lang),
        "Ranking": placed,
        "GradeReasons": grade_reasons(sheet, lang),
        "AreaLeaders": area_leaders(sheet, {}),
    }
    if sheet.shows_tracks:
        told["Tracks"] = tracks_table(sheet)
    for name, table in told.items():
        write_table(table, name, folder, decimals, dialect)


def told_of_all(result: Result, lang: str) -> ProvinceContent | None:
    """Return what the reports say of all units; None where there is but one."""
    if len(result.sheet.units) < 2:
        return None
    return province_content(result.sheet, result.gaps, result.targets, lang=lang)


def write_batch_reports(
    result: Result, province: ProvinceContent | None, folder: Path, lang: str = "vi"
) -> list[Path]:
    """Write what people read: of all units, and of each up to `MAX_UNITS_WITH_PAGES`.

    Parameters
    ----------
    result : Result
        Its gaps are asked for where units have pages only.
    province : ProvinceContent or None
        See `told_of_all`.
    folder : Path
        A new folder of the run.
    lang : str
        ``vi`` or ``en``.
    """
    pages: list[str] | None = [] if len(result.sheet.units) > MAX_UNITS_WITH_PAGES else None
    return write_report(
        result, folder, lang, units=pages, formats=_FORMATS, home="report.html", province=province
    )


def _write_slices(
    slices: Iterator[pd.DataFrame], name: str, folder: Path, decimals: int, dialect: Dialect
) -> None:
    """Write a table as Parquet and CSV at once, a slice at a time."""
    file = Path(tables()[name].file)
    with ExitStack() as held:
        stored = held.enter_context(PartitionedTable(folder, file.stem))

        def lines() -> Iterator[bytes]:
            for at, rows in enumerate(slices):
                made = written_table(rows, name, decimals)
                stored.write(made)
                data = csv_bytes(made, dialect)
                yield data if at == 0 else data.split(b"\n", 1)[1]

        write_atomically(folder / file, lambda target: target.writelines(lines()))


def _scores(sheet: ScoreSheet) -> Iterator[pd.DataFrame]:
    for first in range(0, max(len(sheet.units), 1), SLICE):
        yield _slice(sheet, slice(first, first + SLICE)).scores


def _slice(sheet: ScoreSheet, units: slice) -> ScoreSheet:
    """Return the scores of some units; ranks and grades are those of all, and stay behind."""
    arrays = {
        name: array[:, units]
        for name in (
            "points",
            "points_low",
            "points_high",
            "maxima",
            "status",
            "supported",
            "claimed",
        )
        if (array := getattr(sheet, name)) is not None
    }
    sampling = sheet.sampling
    if sampling is not None:
        ends = {name: getattr(sampling, name)[:, units] for name in ("low", "high", "series")}
        sampling = replace(sampling, **ends)
    rows = sheet.units.iloc[units].reset_index(drop=True)
    return replace(sheet, units=rows, sampling=sampling, **arrays)


def _gaps(result: Result) -> Iterator[pd.DataFrame]:
    """Yield the gaps, which stand in the order of the units, a slice at a time."""
    size = SLICE * max(len(result.gaps) // max(len(result.sheet.units), 1), 1)
    for first in range(0, max(len(result.gaps), 1), size):
        yield result.gaps.iloc[first : first + size]


def _write_documents(parts: Mapping[Path, StoredPart], folder: Path) -> None:
    """Write the documents of many ledgers at a time: each group of rows takes room and time."""
    ledgers = list(parts.values())
    with PartitionedTable(folder, "documents") as stored:
        for first in range(0, len(ledgers), _LEDGERS):
            found = [part.arrow("documents")[0] for part in ledgers[first : first + _LEDGERS]]
            if tables := [table for table in found if table is not None]:
                stored.write(pa.concat_tables(tables, promote_options="permissive").to_pandas())
