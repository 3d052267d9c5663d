"""What a run over thousands of ledgers writes: tables by slices, then what is told of all units."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from scoring.analysis import ranking
from scoring.analysis.rank_changes import area_leaders
from scoring.base.findings import findings_frame
from scoring.base.units import unit_rows
from scoring.batch.document_table import write_documents
from scoring.batch.kept_tables import (
    MAX_UNITS_WITH_PAGES,
    Counts,
    Group,
    KeptTables,
    Slices,
    digest_of_rows,
    groups_of,
    write_together,
)
from scoring.batch.parts.part_file import StoredPart
from scoring.files.atomic import write_atomically
from scoring.files.table_files import Dialect, csv_bytes
from scoring.outputs.machine import write_table, written_table
from scoring.outputs.pack import Result, write_report
from scoring.outputs.province_report.province_content import ProvinceContent, province_content
from scoring.points import ScoreSheet
from scoring.points.grade_reasons import grade_reasons
from scoring.points.tracks import tracks_tables
from scoring.tables import tables, unpacked

# So many units are turned into rows at a time.
SLICE = 250
_ARRAYS = ("points", "points_low", "points_high", "maxima", "status", "supported", "claimed")
_ENDS = ("low", "high", "series")
_FORMATS = ("html", "docx", "xlsx", "pptx")


def write_batch_tables(
    result: Result,
    parts: Mapping[Path, StoredPart],
    folder: Path,
    kept: KeptTables,
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
    kept : KeptTables
        What earlier runs wrote; the tables of a year and period that are the same are not made.
    """
    sheet = result.sheet
    decimals = sheet.criteria.meta.decimals
    written = _Tables(kept, folder, decimals, dialect)
    _write_scores(sheet, written)
    _write_gaps(result, written)
    write_documents(parts, kept, folder)
    placed, doubts = ranking(sheet)
    told = {
        "Findings": findings_frame((*result.findings, *doubts), lang),
        "Ranking": placed,
        "GradeReasons": grade_reasons(sheet, lang),
        "AreaLeaders": area_leaders(sheet, {}),
    }
    for name, table in told.items():
        write_table(table, name, folder, decimals, dialect)
    if sheet.shows_tracks:
        written.write_slices("Tracks", tracks_tables(sheet, max(SLICE // len(sheet.tracks), 1)))


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


@dataclass(frozen=True)
class _Tables:
    """Where tables go, and how."""

    kept: KeptTables
    folder: Path
    decimals: int
    dialect: Dialect

    def write(
        self,
        name: str,
        groups: Sequence[Group],
        none: pd.DataFrame,
        made_of: Callable[[Group], tuple[list[object], Slices, Counts]],
    ) -> None:
        """Write a table as Parquet by year and period and as CSV; `none` are its rows, but none."""
        file, kept = Path(tables()[name].file), list[Path | None]()
        for group in groups:
            key, slices, rows = made_of(group)
            place = self.folder / file.stem / group.place / f"{file.stem}.parquet"
            given = [group.place, self.decimals, *key], partial(self._made, name, slices)
            kept.append(
                self.kept.with_csv(file.stem, *given, rows, place, self.dialect)
                if rows.any()
                else None
            )

        def lines(target: BinaryIO) -> None:
            target.write(csv_bytes(written_table(none, name, self.decimals), self.dialect))
            write_together(target, groups, kept)

        write_atomically(self.folder / file, lines)

    def write_slices(self, name: str, slices: Iterable[pd.DataFrame]) -> None:
        """Write a table as CSV alone, a slice at a time; the first brings the heading."""

        def lines(target: BinaryIO) -> None:
            for at, rows in enumerate(slices):
                data = csv_bytes(written_table(rows, name, self.decimals), self.dialect)
                target.write(data.split(b"\n", 1)[1] if at else data)

        write_atomically(self.folder / tables()[name].file, lines)

    def _made(self, name: str, slices: Slices) -> Iterator[pd.DataFrame]:
        return (written_table(rows, name, self.decimals) for rows in slices())


def _write_scores(sheet: ScoreSheet, written: _Tables) -> None:
    def made_of(group: Group) -> tuple[list[object], Slices, Counts]:
        def slices() -> Iterator[pd.DataFrame]:
            for first in range(0, len(group.units), SLICE):
                yield _part_of(sheet, group.units[first : first + SLICE]).scores

        key: list[object] = [
            sheet.criteria.fingerprint,
            sheet.track,
            _digest_of(_part_of(sheet, group.units)),
        ]
        return key, slices, np.full(len(group.units), len(sheet.points), np.intp)

    none = _part_of(sheet, np.zeros(0, np.intp)).scores
    written.write("Scores", groups_of(sheet.units), none, made_of)


def _part_of(sheet: ScoreSheet, units: Counts) -> ScoreSheet:
    """Return the scores of some units; ranks and grades are those of all, and stay behind."""
    arrays = {
        name: array[:, units] for name in _ARRAYS if (array := getattr(sheet, name)) is not None
    }
    sampling = sheet.sampling
    if sampling is not None:
        ends = {name: getattr(sampling, name)[:, units] for name in _ENDS}
        sampling = replace(sampling, **ends)
    rows = sheet.units.iloc[units].reset_index(drop=True)
    return replace(sheet, units=rows, sampling=sampling, **arrays)


def _digest_of(sheet: ScoreSheet) -> str:
    """Return a digest of all that the table ``Scores`` of a sheet says, besides the set."""
    digest = hashlib.sha256(digest_of_rows([sheet.units]).encode())
    holders: list[tuple[object, str]] = [(sheet, name) for name in _ARRAYS]
    holders += [(sheet.sampling, name) for name in _ENDS] if sheet.sampling is not None else []
    for holder, name in holders:
        array = getattr(holder, name)
        digest.update(f"{name} {None if array is None else (array.dtype, array.shape)}".encode())
        if array is not None:
            is_text = array.dtype.hasobject
            digest.update(json.dumps(array.tolist()).encode() if is_text else array.tobytes())
    return digest.hexdigest()


def _write_gaps(result: Result, written: _Tables) -> None:
    """Write the gaps, which stand in the order of the units."""
    gaps, units = result.gaps, result.sheet.units
    of_unit = unit_rows(gaps, units) if len(gaps) else np.zeros(0, np.intp)
    counts = np.bincount(of_unit, minlength=len(units))

    def made_of(group: Group) -> tuple[list[object], Slices, Counts]:
        at, own = np.flatnonzero(np.isin(of_unit, group.units)), counts[group.units]
        size = SLICE * max(len(at) // len(group.units), 1)

        def slices() -> Iterator[pd.DataFrame]:
            for first in range(0, len(at), size):
                yield unpacked(gaps.iloc[at[first : first + size]])

        return [digest_of_rows(slices())], slices, own

    written.write("Gaps", groups_of(units), gaps.iloc[:0], made_of)
