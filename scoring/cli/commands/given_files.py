"""What verbs are given: a set, files of units, a year and period, a day."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.appraisal import read_journal
from scoring.appraisal.approvals import decisions_digest, lapsed_approvals, ledgers_approved
from scoring.appraisal.rows_to_decide import ledger_digests
from scoring.base.dates import read_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.periods import is_impossible
from scoring.base.units import KEY_COLUMNS, UnitKey, unit_keys
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.batch.submissions import Intake, read_files
from scoring.criteria import CriteriaSet, open_set
from scoring.files.declared_tables import read_typed


def chosen_set(options: argparse.Namespace) -> CriteriaSet | None:
    """Return the set of ``--criteria``; None where the files are to name it."""
    return open_set(options.criteria) if options.criteria else None


def intake_of(options: argparse.Namespace, files: Sequence[str]) -> Intake:
    """Read `files` for the set of ``--criteria``, or for the one that they name.

    What ``--surveys`` says is added to what the ledgers say of survey figures; ``--journal`` brings
    decisions of appraisers.
    """
    intake = read_files([Path(name) for name in files], chosen_set(options))
    if getattr(options, "journal", None):
        intake = with_journal(intake, Path(options.journal))
    if not getattr(options, "surveys", None):
        return intake
    surveys, findings = read_typed(Path(options.surveys), "SurveyFigures")
    parts = [part for part in (intake.surveys, surveys) if len(part)]
    told = pd.concat(parts, ignore_index=True) if parts else surveys
    # A file has no sheet where a ledger names one.
    places = [name for name in ("file", "sheet", "cell") if name in told]
    told = told.assign(**{name: told[name].fillna("") for name in places})
    return replace(intake, surveys=told, findings=(*intake.findings, *findings))


def with_journal(
    intake: Intake, path: Path, digests: Callable[[], Mapping[UnitKey, str]] | None = None
) -> Intake:
    """Add the decisions of a journal to what was read.

    Parameters
    ----------
    digests : callable, optional
        Gives what the versions of the ledgers are known by, where `intake` holds not all of them.
    """
    journal, problems, head = read_journal(path)
    # That two differ is said of those that count, beside the cells of ledgers.
    problems = [found for found in problems if not found.code.startswith("decisions-")]
    versions = digests_of(intake) if digests is None else digests()
    problems += journal_not_of(intake, journal, versions)
    # Points follow from set, ledgers and decisions; of other units nothing is known here.
    now = ledgers_approved(intake.criteria.fingerprint, versions)
    now = {**now, "decisions": decisions_digest(journal)}
    problems += lapsed_approvals(path, now, of_some=True)
    found = (*intake.findings, *problems)
    return replace(intake, journal=journal, journal_head=head, findings=found)


def errors_in(compared: Intake) -> Iterator[Finding]:
    """Yield the errors in files that something else is held against: what they leave out is not compared.

    A mistyped year leaves out a unit as a file that cannot be read does.
    """
    return (found for found in compared.findings if found.severity == "error")


def digests_of(intake: Intake) -> dict[UnitKey, str]:
    """Return what the versions of the ledgers are known by in a journal."""
    names = ("inputs", "claims", "documents", "links")
    return ledger_digests(**{name: getattr(intake, name) for name in names})


def journal_not_of(
    intake: Intake,
    journal: pd.DataFrame,
    versions: Mapping[UnitKey, str] | None = None,
) -> Iterator[Finding]:
    """Yield where decisions are of another set or of another version of a ledger.

    They count all the same: appraisers decided, and only they can decide anew. `versions` are the
    digests of the ledgers, where they are known.
    """
    now, sets = intake.criteria.fingerprint, journal["set_fingerprint"]
    others = journal[(sets != "") & (sets != now)]
    for other, rows in others.groupby("set_fingerprint", sort=False):
        values = {"count": len(rows), "value": str(other)[:16], "expected": now[:16]}
        yield Finding("decisions-other-set", rows["file"].iloc[0], values=values)
    known = journal[journal["ledger_digest"] != ""]
    if not len(known):
        return
    versions = digests_of(intake) if versions is None else versions
    current = pd.Series([versions.get(key) for key in unit_keys(known)], index=known.index)
    is_old = current.notna() & (current != known["ledger_digest"])
    for (unit, _), rows in known[is_old].groupby(["unit_code", "year"], sort=False):
        values = {"count": len(rows)}
        yield Finding(
            "decisions-older-ledger", rows["file"].iloc[0], unit_code=str(unit), values=values
        )


def demand_year(year: int, period: str = "") -> None:
    """Raise UsageError for a year that no ledger can be of, and for a period that it does not have."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        finding = Finding("year-unreadable", values={"value": str(year)})
        raise UsageError(f"year must lie in {FIRST_YEAR}..{LAST_YEAR}, not {year}", finding)
    if is_impossible(period, year):
        finding = Finding("period-impossible", values={"value": period, "year": year})
        raise UsageError(f"{year} has no period {period}", finding)


def day_of(text: str) -> dt.date:
    """Read a day as typed; UsageError for anything else."""
    reading = read_date(text)
    if reading.value is None:
        raise UsageError(f"{text!r}: {reading.problem or 'not-a-date'} (15/03/2026, 2026-03-15)")
    return reading.value


def day_looked_at(options: argparse.Namespace) -> dt.date:
    """Return the day of ``--on``, today without it."""
    return day_of(options.on) if options.on else dt.date.today()


def of_period(intake: Intake, options: argparse.Namespace) -> Intake:
    """Return what was read for ``--year`` and ``--period``; all of it without them.

    Raises
    ------
    UsageError
        When nothing was read for them; names the years and periods there are.
    """
    inputs, chosen = intake.inputs, intake.inputs
    for name in ("year", "period"):
        if (wanted := getattr(options, name)) is not None:
            chosen = chosen[chosen[name] == wanted]
    if len(chosen) or not len(inputs):
        told: dict[str, Any] = {name: _of(getattr(intake, name), options) for name in _TIMED}
        return replace(intake, inputs=chosen.reset_index(drop=True), **told)
    known = unit_keys(inputs[KEY_COLUMNS].drop_duplicates())
    shown = list(dict.fromkeys(key.when for key in known))
    asked = f"{options.year or ''} {options.period or ''}".strip()
    raise UsageError(
        f"there are no figures for {asked}; there are: {'; '.join(shown)}",
        Finding("unknown-period", values={"period": asked, "known": shown}),
    )


_TIMED = ("surveys", "appraisal", "journal")


def _of(table: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """Return the rows of ``--year`` and ``--period``."""
    for name in ("year", "period"):
        if (wanted := getattr(options, name)) is not None and len(table):
            table = table[table[name] == wanted]
    return table.reset_index(drop=True)


def last_year_named(options: argparse.Namespace) -> None:
    """Raise UsageError where an option that says how to read last year stands without last year."""
    for flag, name in (("--last-set", "last_set"), ("--mapping", "mapping")):
        if getattr(options, name, None) and not options.last_year:
            found = Finding("option-needs-last-year", values={"value": flag})
            raise UsageError(found.text("en"), found)
