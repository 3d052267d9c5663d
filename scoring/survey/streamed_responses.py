"""Forms of large Parquet files: taken in and checked piece by piece, and kept in few bytes each.

Of a form stay its answers (a byte each), its weight, and the codes of what the design, the known
totals and the domains name; texts stand once. Everything else goes with the piece it came in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import Rounded
from scoring.base.text import clean_text
from scoring.files.children.over_dask import each_over_dask
from scoring.survey.estimation.parquet_pieces import RowGroup, pieces_of, row_groups
from scoring.survey.form_flags import Answers, QualityLimits
from scoring.survey.instrument.model import Instrument
from scoring.survey.quality import FormCheck
from scoring.survey.reading.response_columns import HeadingReader
from scoring.survey.reading.response_sources import ResponseTable
from scoring.survey.responses import Responses, absent_questions, taken_in

# What a finding says of the forms of its piece, beside those that count forms by a percentage.
_COUNTED = ("count", "percent", "forms", "base", "row")
_OF_FORMS = ("survey-answer-impossible", "survey-form-without-id", "survey-group-unknown",
             "survey-other-instrument", "survey-weight-missing", "survey-weight-not-positive")  # fmt: skip
Ids = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class StreamedForms:
    """How pieces of a large survey are taken in.

    Attributes
    ----------
    instrument : Instrument
    columns : dict of str to str
        As in `scoring.survey.responses.read_responses`; so are the next three.
    keep, numbers : tuple of str
    limits : QualityLimits
    stays : tuple of str
        Columns of ``Forms`` that stay.
    replicates : str
        How the names of the replicate weights begin; they stay too.
    """

    instrument: Instrument
    columns: dict[str, str]
    keep: tuple[str, ...]
    numbers: tuple[str, ...]
    limits: QualityLimits
    stays: tuple[str, ...]
    replicates: str = ""

    def kept(self, forms: pd.DataFrame) -> list[str]:
        """Return the columns of some forms that stay."""
        sets = [n for n in self.numbers_of(forms) if n not in self.stays]
        return [*(name for name in self.stays if name in forms), *sets]

    def numbers_of(self, forms: pd.DataFrame) -> list[str]:
        """Return the columns of the replicate weights."""
        begins = self.replicates
        return [str(name) for name in forms if begins and str(name).startswith(begins)]


@dataclass(frozen=True)
class _Piece:
    """What stays of some forms: `ids` are numbers of 64 bits, `first` is the row of the first."""

    forms: pd.DataFrame
    answers: Answers
    ids: Ids
    findings: tuple[Finding, ...]
    file: str
    first: int


def streamed_responses(
    paths: Sequence[Path], how: StreamedForms, *, over_dask: bool = False
) -> Responses:
    """Read the forms of Parquet files that are too large to be read whole.

    Parameters
    ----------
    paths : sequence of Path
    how : StreamedForms
    over_dask : bool
        Hand the row groups to Dask (extra ``cluster``): to its current client, or to threads of
        this process. Workers read the paths themselves.

    Returns
    -------
    Responses
        With the columns of `how.stays` alone: texts as categories, form ids as numbers. Findings
        that pieces have in common are one, which counts the forms of all of them. Interviewers,
        forms that began in the same minute, and copies under other ids in other pieces are not
        looked for, and ``survey-streamed`` says so; a form is too fast beside those of its piece.

    Raises
    ------
    UnreadableError
        As `read_responses`.
    UsageError
        Where there is no form, and without Dask where it is asked for.
    """
    tasks = row_groups([str(path) for path in paths], ())
    run = each_over_dask if over_dask else map
    pieces = [piece for pieces in run(partial(_taken, how), tasks) for piece in pieces]
    answers = np.empty((sum(map(len, (p.ids for p in pieces))), len(how.instrument.questions)),
                       dtype=np.int8, order="F")  # fmt: skip
    low = 0
    for piece in pieces:
        answers[low : low + len(piece.ids)] = piece.answers
        low += len(piece.ids)
    findings = [*_merged([f for piece in pieces for f in piece.findings], low), *_again(pieces)]
    forms = _joined([piece.forms for piece in pieces])
    absent = absent_questions(how.instrument, answers, findings)
    told = Finding("survey-streamed", paths[0].name, values={"count": low, "pieces": len(pieces)})
    whole = FormCheck.of_whole(how.instrument, forms, answers, how.limits, absent)
    return Responses(how.instrument, forms, answers, (*findings, *whole, told))


def _taken(how: StreamedForms, task: RowGroup) -> list[_Piece]:
    return [_piece(how, Path(task[0]).name, frame) for frame in pieces_of(task, None)]


def _piece(how: StreamedForms, file: str, frame: pd.DataFrame) -> _Piece:
    """Take in one piece, whose index numbers its forms from 1."""
    first = int(frame.index[0]) - 1
    texts = dict.fromkeys(frame.select_dtypes("category").columns, "str")
    cells = frame.astype(texts).set_axis([clean_text(str(name)) for name in frame], axis=1)
    table = ResponseTable(cells.set_axis(range(first, first + len(cells))), file)
    reader = HeadingReader(how.instrument, how.columns)
    forms, answers, findings = taken_in(table, reader, (how.keep, how.numbers))
    absent = absent_questions(how.instrument, answers, findings)
    check = FormCheck(how.instrument, forms, answers, how.limits, absent)
    ids = pd.util.hash_array(forms["form_id"].to_numpy(object), categorize=False)
    kept = forms.assign(form_id=ids.view(np.int64))[how.kept(forms)]
    small = {name: "category" for name, kind in kept.dtypes.items() if kind == "str"}
    found = (*findings, *check.of_piece())
    return _Piece(kept.astype(small), answers, ids, found, file, first)


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Put forms below each other; texts stay categories, the empty one always among them."""
    columns: dict[str, Any] = {}
    for name in dict.fromkeys(str(name) for frame in frames for name in frame):
        parts = [frame[name] if name in frame else _nothing(len(frame)) for frame in frames]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            joined = pd.api.types.union_categoricals(parts)
            new = [""] if "" not in joined.categories else []
            columns[name] = joined.add_categories(new)
        else:
            columns[name] = np.concatenate([part.to_numpy() for part in parts])
    return pd.DataFrame(columns, index=range(sum(map(len, frames))), copy=False)


def _nothing(size: int) -> pd.Series:
    return pd.Series(np.full(size, "")).astype("category")


def _merged(findings: Sequence[Finding], n_forms: int) -> list[Finding]:
    """Return one finding for all that differ in their place and counts alone, at the first."""
    found: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    for one in findings:
        same = {key: value for key, value in one.values.items() if key not in _COUNTED}
        key = repr((one.code, one.file, same))
        found.setdefault(key, one)
        if "input" in same or "percent" in one.values or one.code in _OF_FORMS:
            counts[key] = counts.get(key, 0) + int(str(one.values["count"]))
    for key, count in counts.items():
        told = {"count": count, "forms": n_forms, "percent": Rounded(100 * count / n_forms, 1)}
        own = {name: value for name, value in told.items() if name in found[key].values}
        found[key] = replace(found[key], values={**found[key].values, **own})
    return list(found.values())


def _again(pieces: Sequence[_Piece]) -> Iterator[Finding]:
    """Yield a finding where forms have the id of a form of another piece."""
    ids = np.concatenate([np.unique(piece.ids) for piece in pieces])
    ids.sort()
    twice = ids[1:][ids[1:] == ids[:-1]]
    if not len(twice):
        return
    second = [piece for piece in pieces if twice[0] in piece.ids][1]
    row = second.first + int(np.argmax(second.ids == twice[0]))
    yield Finding("survey-id-in-two-pieces", second.file, cell=f"A{row + 2}",
                  values={"count": len(twice)})  # fmt: skip
