"""What the forms of a survey tell about how they came about: doubtful ones are named, not judged.

Doubtful forms stay unless the caller says which are to go; then the finding counts what went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.numbers import Rounded
from scoring.base.text import sorted_codes
from scoring.base.vocabulary import folded
from scoring.survey.estimation.design_checks import weight_findings
from scoring.survey.form_flags import (
    DOUBTS,
    Answers,
    Opinions,
    QualityLimits,
    digest,
    form_flags,
)
from scoring.survey.instrument.model import Instrument
from scoring.survey.interviewers import form_figures, interviewer_differences
from scoring.survey.personal_data import looks_personal
from scoring.survey.reading.answer_words import MISSING
from scoring.survey.reading.form_columns import TIME
from scoring.tables import rows_of
from scoring.tables.places import row_findings

_SHOWN = 20
_ROUNDED_ID = r"[1-9]([.,]\d+)?[eE]\+\d+"
# Spelled out, so that a search for the code of a finding leads here.
_CODES = {
    "duplicate": "survey-duplicate",
    "same-id": "survey-same-id",
    "copied": "survey-copied",
    "straight-lining": "survey-straight-lining",
    "too-fast": "survey-too-fast",
    "blank": "survey-blank",
    "no-opinion": "survey-no-opinion",
}


class FormCheck:
    """All that is checked of the forms of one survey.

    Parameters
    ----------
    instrument : Instrument
    forms : DataFrame
        The table ``Forms``.
    answers : int8 array, shape (n_forms, n_questions)
    limits : QualityLimits, optional
    absent : set of str
        Questions that no file holds, which is said elsewhere.
    """

    def __init__(
        self,
        instrument: Instrument,
        forms: pd.DataFrame,
        answers: Answers,
        limits: QualityLimits | None = None,
        absent: Set[str] = frozenset(),
    ) -> None:
        self.instrument, self.forms, self.answers = instrument, forms, answers
        self.absent = absent
        self.limits = limits or QualityLimits()
        self.opinions = Opinions.of(instrument, answers)
        self.flags = form_flags(instrument, forms, answers, self.limits)

    def findings(self, drop: Sequence[str] = ()) -> list[Finding]:
        """Return every finding, each at the first form; of doubts that go, `dropped` tells."""
        if not len(self.forms):
            return []
        return [
            *self.of_piece(drop),
            *self._questions(),
            *self._heaped(),
            *self._interviewers(),
            *self._units(),
        ]

    def of_piece(self, drop: Sequence[str] = ()) -> list[Finding]:
        """Return what can be said of each form without seeing those of other pieces."""
        weight = "weight" if "weight" in self.forms else None
        doubts = [*self._lost_ids(), *self._doubts(drop)]
        return [*doubts, *self._days(), *weight_findings(self.forms, weight)]

    @classmethod
    def of_whole(
        cls, instrument: Instrument, forms: pd.DataFrame, answers: Answers, limits: QualityLimits,
        absent: Set[str],
    ) -> list[Finding]:  # fmt: skip
        """Return what is said of all forms together, each of which `of_piece` has looked at."""
        check = cls.__new__(cls)
        check.instrument, check.forms, check.answers = instrument, forms, answers
        check.limits, check.absent = limits, absent
        return [*check._questions(), *check._units()]

    def dropped(self, drop: Sequence[str]) -> tuple[npt.NDArray[np.bool_], list[Finding]]:
        """Return which forms stay when those of some doubts go, and how many went for each.

        Raises
        ------
        UsageError
            For a doubt that is none of `DOUBTS`.
        """
        if unknown := sorted({*drop} - {*DOUBTS}):
            raise UsageError(f"drop: {', '.join(unknown)} is none of {', '.join(DOUBTS)}")
        stays = np.ones(len(self.forms), dtype=bool)
        findings = []
        for doubt in dict.fromkeys(drop):
            goes = self.flags[doubt].to_numpy() & stays
            if goes.any():
                values = {"doubt": Label(_label(doubt)), "left": int((stays & ~goes).sum())}
                findings += self._at("survey-forms-dropped", goes, **values)
            stays &= ~goes
        return stays, findings

    def _at(
        self, code: str, wrong: npt.NDArray[np.bool_] | pd.Series, **values: object
    ) -> list[Finding]:
        """Return one finding for all forms that are wrong alike, at the first of them."""
        rows = np.flatnonzero(wrong)
        counted = values | {"count": len(rows), "forms": len(self.forms)}
        counted["percent"] = Rounded(100 * len(rows) / max(len(self.forms), 1), 1)
        return row_findings(code, self.forms, rows[:1], [counted])

    def _doubts(self, drop: Sequence[str]) -> Iterator[Finding]:
        for doubt in (doubt for doubt in DOUBTS if doubt not in drop):
            yield from self._at(_CODES[doubt], self.flags[doubt], **self._told(doubt))

    def _lost_ids(self) -> list[Finding]:
        """Return a finding for ids that Excel wrote as rounded numbers, which are then shared."""
        lost = self.forms["form_id"].astype("str").str.fullmatch(_ROUNDED_ID).to_numpy(bool)
        if not lost.any():
            return []
        return self._at("survey-id-rounded", lost, value=self.forms.loc[lost, "form_id"].iloc[0])

    def _told(self, doubt: str) -> dict[str, object]:
        """Return what the sentence about a doubt says besides how many forms there are."""
        if doubt == "too-fast" and "minutes" in self.forms:
            return {"limit": Rounded(self.limits.fastest(self.forms["minutes"]), 1)}
        if doubt == "copied":
            return {"questions": self.limits.alike_questions, "base": self._alike_elsewhere()}
        return {"questions": self.limits.alike_questions}

    def _alike_elsewhere(self) -> int:
        """Count forms with all answers of a form of another unit or interviewer: mere chance."""
        said = pd.Series(digest(self.answers))
        enough = (self.answers != MISSING).sum(axis=1) >= self.limits.alike_questions
        return int((said.duplicated() & enough & ~self.flags.any(axis=1).to_numpy()).sum())

    def _questions(self) -> Iterator[Finding]:
        """Yield a finding for questions seldom answered, and for those nobody has a view on."""
        missing = [(column == MISSING).mean() for column in self.answers.T]
        seldom, never = {}, []
        for place, question in enumerate(self.instrument.questions):
            options = self.instrument.scales[question.scale]
            no_view = [at for at, option in enumerate(options) if not option.is_answer]
            said = self.answers[self.answers[:, place] != MISSING, place]
            if len(said) and np.isin(said, no_view).all():
                never.append(question.code)
            is_there = question.code not in self.absent
            if is_there and missing[place] > self.limits.unanswered_share:
                seldom[question.code] = Rounded(100 * float(missing[place]), 1)
        if seldom:
            limit = Rounded(100 * self.limits.unanswered_share, 0)
            yield self._whole("survey-questions-unanswered", seldom, limit=limit)
        if never:
            yield self._whole("survey-questions-without-opinion", never)

    def _whole(
        self, code: str, expected: Mapping[str, object] | Sequence[str], **values: object
    ) -> Finding:
        """Return a finding about the forms as a whole."""
        file, sheet = (
            str(self.forms[name].iloc[0]) if name in self.forms else ""
            for name in ("file", "sheet")
        )
        counted = {"expected": expected, "count": len(expected)}
        return Finding(code, file, sheet, values=values | counted)

    def _days(self) -> Iterator[Finding]:
        if "asked_on" not in self.forms:
            return
        days = self.forms["asked_on"]
        first, last = self.limits.fieldwork
        if self.limits.year:
            other = days.notna() & (days.dt.year != self.limits.year)
            # Forms of an earlier survey, taken for this one, give figures that look right.
            is_most = other.sum() > days.notna().sum() / 2
            code = "survey-most-other-year" if is_most else "survey-other-year"
            yield from self._at(code, other, year=self.limits.year)
        outside = pd.Series(False, index=days.index)
        outside |= (days < pd.Timestamp(first)) if first else False
        outside |= (days >= pd.Timestamp(last) + pd.Timedelta(days=1)) if last else False
        yield from self._at(
            "survey-outside-fieldwork", outside, first=first or "…", last=last or "…"
        )

    def _heaped(self) -> Iterator[Finding]:
        """Yield a finding for forms that one interviewer began in one and the same minute."""
        if TIME not in self.forms or "interviewer" not in self.forms:
            return
        when = self.forms[["interviewer", "asked_on", TIME]]
        together = when.groupby(list(when), dropna=True)[TIME].transform("size").fillna(0)
        heaped = (together >= self.limits.heaped_forms) & (when["interviewer"] != "")
        most = int(together[heaped].max()) if heaped.any() else 0
        yield from self._at(
            "survey-times-heaped", heaped, most=most, limit=self.limits.heaped_forms
        )

    def _interviewers(self) -> Iterator[Finding]:
        """Yield a finding for each figure in which interviewers differ from the other forms."""
        if "interviewer" not in self.forms:
            return
        missing = (self.answers == MISSING).mean(axis=1)
        figures = form_figures(self.opinions, self.flags["straight-lining"].to_numpy(), missing)
        table = interviewer_differences(self.forms, figures, self.limits)
        for figure, rows in table[table["differs"]].groupby("figure", sort=False):
            scale = 1 if figure == "spread" else 100
            told = {
                _safe(row.interviewer): Rounded(scale * row.difference, 2)
                for row in rows_of(rows.head(_SHOWN))
            }
            values = {
                "figure": Label(f"survey_interviewer_{figure}"),
                "compared": int(table["interviewer"].nunique()),
            }
            yield self._whole("survey-interviewers-differ", told, **values)

    def _units(self) -> Iterator[Finding]:
        """Yield findings for units that one form alone speaks for, and for what may be one unit."""
        if "unit_code" not in self.forms:
            return
        yield from self._unit_names()
        forms = self.forms["unit_code"].value_counts()
        single = sorted_codes(_safe(code) for code in forms.index[forms == 1] if code)
        if single:
            yield self._whole("survey-units-with-one-form", single)

    def _unit_names(self) -> Iterator[Finding]:
        """Yield a finding for codes of several names, and one for what several codes share."""
        named = pd.DataFrame({n: self.forms.get(n, "") for n in ("unit_code", "unit_name")})
        named = named[named["unit_code"] != ""].drop_duplicates()
        by_name = named[named["unit_name"] != ""]
        codes = pd.DataFrame({"unit_code": named["unit_code"].drop_duplicates()})
        alike = {
            "survey-unit-names-differ": (by_name, "unit_code", "unit_name"),
            "survey-unit-codes-alike": (codes, "unit_code", "unit_code"),
            "survey-unit-codes-share-name": (by_name, "unit_name", "unit_code"),
        }
        for finding, (table, same, other) in alike.items():
            key = table[same] if finding == "survey-unit-names-differ" else table[same].map(folded)
            texts = table[other].groupby(key).agg(lambda said: sorted(map(_safe, set(said))))
            several = texts[texts.map(len) > 1]
            if len(several):
                # A name as people wrote it, not as it was compared.
                written = table[same] if same == "unit_name" else key
                names = written.groupby(key).first().loc[several.index]
                lists = zip(names, several, strict=True)
                expected = {_safe(name): " / ".join(said) for name, said in lists}
                yield self._whole(finding, expected)


def _safe(code: object) -> str:
    return "•••" if looks_personal(code) else str(code)


def _label(doubt: str) -> str:
    return f"survey_doubt_{doubt.replace('-', '_')}"


def strata_findings(
    forms: pd.DataFrame, population: pd.DataFrame, columns: Sequence[str] = ("stratum",)
) -> list[Finding]:
    """Find the strata of the forms that the table of the population has not.

    Parameters
    ----------
    forms : DataFrame
        The table ``Forms``.
    population : DataFrame
        A row a stratum, with `columns`.
    columns : sequence of str
        What tells strata apart, in both tables.

    Returns
    -------
    list of Finding
        One for each such stratum, at its first form.

    Examples
    --------
    >>> forms = pd.DataFrame({"stratum": ["1", "2", "2"], "cell": ["A2", "A3", "A4"]})
    >>> (found,) = strata_findings(forms, pd.DataFrame({"stratum": ["1"], "units": [40]}))
    >>> found.code, found.cell, found.values["count"]
    ('survey-stratum-unknown', 'A3', 2)
    """
    names = list(columns)
    known = pd.MultiIndex.from_frame(population[names].astype("str"))
    said = pd.MultiIndex.from_frame(forms[names].astype("str"))
    wrong = np.flatnonzero(~said.isin(known))
    findings: list[Finding] = []
    for stratum, rows in pd.Series(wrong, dtype=int).groupby(said[wrong].to_flat_index()):
        shown = " / ".join(_safe(part) for part in stratum)
        values = {"stratum": shown, "count": len(rows), "column": ", ".join(names)}
        findings += row_findings("survey-stratum-unknown", forms, [int(rows.iloc[0])], [values])
    return findings
