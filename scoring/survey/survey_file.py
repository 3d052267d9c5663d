"""``survey.toml``: what a survey is, how its sample was drawn, and how it is to be estimated.

The keys are declared in ``scoring/tables/columns.csv`` (table ``Survey``). A key that is not
stated takes the value of `DEFAULTS`, and `Survey.not_stated` says so to every reader.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.paths import resolve_under
from scoring.files.toml_files import read_toml
from scoring.survey.known_totals import read_totals
from scoring.tables import Column, declared
from scoring.tables.toml_keys import expected_words, fits, unknown_names, value_at

SURVEY_FILE = "survey.toml"
KEYS = declared("Survey")
# In a cell of two, each of them can compute what the other answered.
_SAFE_MINIMUM = 3
# What is taken where the file says nothing: ours, since no published text says it.
DEFAULTS: dict[str, Any] = {
    "design.strata": (),
    "design.clusters": (),
    "design.population": (),
    "design.weight": "",
    "design.lonely": "fail",
    "calibration.kind": "none",
    "estimates.weighting": "",
    "estimates.confidence_percent": 95.0,
    "estimates.interval": "wilson",
    "estimates.minimum_forms": 10,
}
_STAND_IN: dict[str, Any] = {"year": 2000, "status": "sample", "responses": ()}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_COLUMNS, _SERVICES = "columns", "services"


@dataclass(frozen=True)
class Survey:
    """One survey as its ``survey.toml`` declares it.

    Attributes
    ----------
    survey_id, name_vi, name_en, status, source, source_en : str
        `status` is ``official``, ``observed`` or ``sample``.
    year : int
    period : str
        Empty for the whole year.
    instrument : str
        Id of a shipped questionnaire, or a folder within `folder`.
    series : str
        Empty where that of the questionnaire holds.
    folder : Path
    responses : tuple of Path
    columns : mapping of str to str
        What the responses call the columns of ``Forms`` and the questions.
    services : mapping of str to (str, str)
        Code of a service to its name in Vietnamese and in English; a name of one language holds
        for both.
    strata, clusters, population : tuple of str
        Columns of the responses, a stage each.
    weight : str
        Column of the weights; empty where every form weighs the same.
    lonely : str
    nest : bool
        Whether codes of sampling units begin anew in each stratum.
    population_tables, margins : tuple of DataFrame
        See `scoring.survey.known_totals.read_totals`.
    calibration, replicate_kind, replicate_prefix : str
    replicate_scale : float or None
    replicate_rscales : tuple of float or None
    is_combined : bool
        Whether the replicate weights hold the sampling weight already.
    weighting : str
        Empty for the first way of the questionnaire.
    confidence : float
        Share, 0 to 1.
    interval : str
    minimum_forms : int
    fieldwork : tuple of (date or None)
        First and last day.
    not_stated : tuple of str
        Keys of `DEFAULTS` that the file does not state.
    findings : tuple of Finding

    Examples
    --------
    >>> from scoring.files.shipped import shipped_folder
    >>> survey = read_survey(shipped_folder("evidence") / "sipas-example-2026")
    >>> survey.status, survey.strata, survey.clusters, survey.confidence, survey.minimum_forms
    ('sample', ('stratum',), ('cluster_1', 'cluster_2', 'form_id'), 0.95, 10)
    >>> survey.services["ho-tich"]
    ('Hộ tịch', 'Civil status')
    """

    survey_id: str
    name_vi: str
    name_en: str
    status: str
    source: str
    source_en: str
    year: int
    period: str
    instrument: str
    series: str
    folder: Path
    responses: tuple[Path, ...]
    columns: Mapping[str, str]
    services: Mapping[str, tuple[str, str]]
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    population: tuple[str, ...]
    weight: str
    lonely: str
    nest: bool
    population_tables: tuple[pd.DataFrame, ...]
    calibration: str
    margins: tuple[pd.DataFrame, ...]
    replicate_kind: str
    replicate_prefix: str
    replicate_scale: float | None
    replicate_rscales: tuple[float, ...] | None
    is_combined: bool
    weighting: str
    confidence: float
    interval: str
    minimum_forms: int
    fieldwork: tuple[dt.date | None, dt.date | None]
    not_stated: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def __repr__(self) -> str:
        return f"Survey({self.survey_id!r}, {self.year}, {self.instrument!r})"

    def name(self, lang: str = "vi") -> str:
        """Return the name of the survey; in Vietnamese where it has no other."""
        return (self.name_en if lang == "en" else "") or self.name_vi

    def service_names(self, lang: str = "vi") -> dict[str, str]:
        """Return the name of each service that ``[services]`` gives one, by its code."""
        return {code: names[lang == "en"] for code, names in self.services.items()}

    @property
    def instrument_place(self) -> str | Path:
        """What `open_instrument` opens: a shipped id, or a folder within this one."""
        if not self.instrument or not (self.folder / self.instrument).is_dir():
            return self.instrument
        return resolve_under(self.folder, f"{self.instrument}/instrument.toml").parent


def read_survey(path: Path | str) -> Survey:
    """Read a survey from its ``survey.toml`` or the folder that holds it.

    Parameters
    ----------
    path : Path or str
        The files that it names lie under its folder; nothing outside is opened.

    Returns
    -------
    Survey
        Every key that is wrong, unknown or missing is among its `findings`; a survey with error
        findings is not to be estimated.

    Raises
    ------
    UnreadableError
        When the file itself cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "survey.toml")
    >>> _ = path.write_text("year = 2026\\n[design]\\nlonley = 'adjust'", "utf-8")
    >>> survey = read_survey(path)
    >>> survey.year, survey.lonely, survey.findings[0].code, survey.findings[0].values["key"]
    (2026, 'fail', 'survey-key-unknown', 'design.lonley')
    """
    path = Path(path)
    if path.is_dir() and not (path / SURVEY_FILE).exists():
        raise UnreadableError(Finding("survey-file-missing", file=str(path)))
    path = path / SURVEY_FILE if path.is_dir() else path
    reader = _Reader(path, read_toml(path))
    said = reader.values()
    kept = DEFAULTS | said
    totals = {
        key: reader.totals(said.get(key, ()), names)
        for key, names in {
            "design.population_tables": kept["design.population"],
            "calibration.margins": ("total",),
        }.items()
    }
    reader.check_together(kept)
    return Survey(
        **_identity(said),
        folder=path.parent,
        responses=tuple(reader.paths(said.get("responses", ()))),
        columns=reader.columns(),
        services=reader.services(),
        **_estimation(kept),
        population_tables=totals["design.population_tables"],
        margins=totals["calibration.margins"],
        not_stated=tuple(key for key in DEFAULTS if key not in said),
        findings=tuple(reader.findings),
    )


def _identity(said: Mapping[str, Any]) -> dict[str, Any]:
    texts = ("name_vi", "name_en", "source", "source_en", "period", "instrument", "series")
    known = {name: said.get(name, "") for name in texts}
    known |= {name: said.get(name, _STAND_IN[name]) for name in ("year", "status")}
    days = (said.get("fieldwork.from"), said.get("fieldwork.to"))
    return known | {"survey_id": said.get("id", ""), "fieldwork": days}


def _estimation(kept: Mapping[str, Any]) -> dict[str, Any]:
    names = ("strata", "clusters", "population", "weight", "lonely")
    known = {name: kept[f"design.{name}"] for name in names}
    known["nest"] = kept.get("design.nest", False)
    known |= {name: kept[f"estimates.{name}"] for name in ("weighting", "interval")}
    return known | {
        "calibration": kept["calibration.kind"],
        "replicate_kind": kept.get("replicates.kind", ""),
        "replicate_prefix": kept.get("replicates.prefix", ""),
        "replicate_scale": kept.get("replicates.scale"),
        "replicate_rscales": kept.get("replicates.rscales"),
        "is_combined": kept.get("replicates.combined", True),
        "confidence": kept["estimates.confidence_percent"] / 100,
        "minimum_forms": kept["estimates.minimum_forms"],
    }


class _Reader:
    """Takes values out of ``survey.toml``, noting what is missing or of the wrong kind."""

    def __init__(self, path: Path, raw: Mapping[str, Any]) -> None:
        self.path, self.raw = path, raw
        known = ", ".join(key.name for key in KEYS)
        self.findings = [
            Finding("survey-key-unknown", str(path), values={"key": name, "expected": known})
            for name in unknown_names(raw, KEYS, (_COLUMNS, _SERVICES))
        ]

    def report(self, key: str, value: object, expected: str) -> None:
        """Note a key whose value is wrong."""
        values = {"key": key, "value": value, "expected": expected}
        self.findings.append(Finding("survey-value-wrong", str(self.path), values=values))

    def values(self) -> dict[str, Any]:
        """Return the values that are right, by the dotted names of their keys."""
        for name in dict.fromkeys(key.name.partition(".")[0] for key in KEYS if "." in key.name):
            if not isinstance(self.raw.get(name, {}), dict):
                self.report(name, self.raw[name], f"[{name}]")
        found = {key.name: self._value(key) for key in KEYS}
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, key: Column) -> Any:
        value: Any = value_at(self.raw, key.name)
        if value is None and not key.required:
            return None
        is_id = key.name != "id" or bool(_ID.fullmatch(str(value)))
        if not (fits(value, key) and is_id and value != []):
            expected = expected_words(key) if is_id else "khao-sat-2026 (a-z, 0-9, -)"
            self.report(key.name, "" if value is None else str(value), expected)
            return None
        if key.unit == "list":
            return tuple(e.strip() if isinstance(e, str) else float(e) for e in value)
        if key.is_number:
            return int(value) if key.type == "whole" else float(value)
        return value.strip() if isinstance(value, str) else value

    def columns(self) -> dict[str, str]:
        """Return the names that the responses give to known columns."""
        raw = self._free(_COLUMNS)
        for name, header in raw.items():
            if not isinstance(header, str) or not header.strip():
                self.report(f"{_COLUMNS}.{name}", header, "text")
        return {name: text.strip() for name, text in raw.items() if isinstance(text, str)}

    def services(self) -> dict[str, tuple[str, str]]:
        """Return the names of services by code: one text, or one in each language."""
        found = {}
        for code, given in self._free(_SERVICES).items():
            names = given if isinstance(given, dict) else {"vi": given}
            texts = {lang: text.strip() for lang, text in names.items() if isinstance(text, str)}
            is_named = "vi" in names and set(names) <= {"vi", "en"} and len(texts) == len(names)
            if is_named and all(texts.values()):
                found[code] = (texts["vi"], texts.get("en", texts["vi"]))
            else:
                self.report(f"{_SERVICES}.{code}", given, '"…", {vi = "…", en = "…"}')
        return found

    def _free(self, name: str) -> Mapping[str, Any]:
        """Return a table whose keys are the user's own; empty where it is no table."""
        raw = self.raw.get(name, {})
        if isinstance(raw, dict):
            return raw
        self.report(name, raw, f"[{name}]")
        return {}

    def paths(self, names: Sequence[str]) -> list[Path]:
        """Return the files that are there, under the folder of the survey."""
        found = []
        for name in names:
            try:
                found.append(resolve_under(self.path.parent, name))
            except UnreadableError as refused:
                self.findings.append(refused.finding.at(file=str(self.path)))
        return found

    def totals(self, names: Sequence[str], numbers: Sequence[str]) -> tuple[pd.DataFrame, ...]:
        """Return the tables of known totals, each named after its file."""
        tables = []
        for path in self.paths(names):
            try:
                table, findings = read_totals(path, numbers)
            except UnreadableError as refused:
                findings = [refused.finding]
            else:
                tables.append(table)
            self.findings += findings
        return tuple(tables)

    def check_together(self, kept: Mapping[str, Any]) -> None:
        """Note keys that do not go together."""
        stages = max(1, len(kept["design.clusters"]))
        strata, sizes = kept["design.strata"], kept["design.population"]
        if len(strata) > stages:
            self.report("design.strata", list(strata), f"≤ {stages}")
        if sizes and len(sizes) != stages:
            values = {"stages": stages, "sizes": len(sizes)}
            self.findings.append(Finding("survey-stage-size", str(self.path), values=values))
        if (kept["calibration.kind"] != "none") != ("calibration.margins" in kept):
            missing = "margins" if kept["calibration.kind"] != "none" else "kind"
            self.report(f"calibration.{missing}", "", "kind + margins")
        if ("replicates.kind" in kept) != ("replicates.prefix" in kept):
            self.report("replicates", "", "kind + prefix")
        needed = {"JK1": "replicates.scale", "JKn": "replicates.rscales"}
        key = needed.get(kept.get("replicates.kind", ""), "")
        # Of weights that hold the sampling weight neither can be told.
        if key and key not in kept and kept.get("replicates.combined", True):
            self.report(key, "", "combined = false")
        if (least := kept["estimates.minimum_forms"]) < _SAFE_MINIMUM:
            values = {"count": least, "limit": _SAFE_MINIMUM}
            self.findings.append(Finding("survey-minimum-low", str(self.path), values=values))
        first, last = kept.get("fieldwork.from"), kept.get("fieldwork.to")
        if first and last and last < first:
            self.report("fieldwork.to", last, f"≥ {first}")
