"""Which set the figures stand on, what its readers must know, and where the figures come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.base.dates import format_date, read_date
from scoring.base.labels import label
from scoring.base.units import KEY_COLUMNS, UnitKey, names_apart
from scoring.criteria import CriteriaSet
from scoring.outputs.amounts import points_amount
from scoring.outputs.theme import ChartContext
from scoring.points import ScoreSheet
from scoring.points.sheet import COMPUTED


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """Which criteria set the figures stand on, and how far it may be trusted.

    Attributes
    ----------
    decision : str
        Number, date and issuer of the decision; empty where the set names none.
    legal_basis : str
        The decision as a document cites it, with its kind; empty where its day is not known.
    fingerprint : str
        SHA-256 over everything the set says.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> identity = set_identity(open_set("service-quality-766"), "vi")
    >>> identity.decision, identity.is_sample
    ('766/QĐ-TTg, 23/06/2022, Thủ tướng Chính phủ', False)
    >>> identity.legal_basis
    'Quyết định số 766/QĐ-TTg ngày 23 tháng 6 năm 2022 của Thủ tướng Chính phủ'
    """

    set_id: str
    name: str
    version: str
    status: str
    status_name: str
    decision_number: str
    decision: str
    legal_basis: str
    source: str
    fingerprint: str

    @property
    def is_sample(self) -> bool:
        """True for a set made for illustration; every output says so."""
        return self.status == "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutSet:
    """The criteria set of a report, in one language.

    Attributes
    ----------
    caveats : tuple of str
        What a reader must know about the set.
    figures_from : str
        Where the reported figures come from.
    journal_head : str
        Head of the journal of appraisal that was used, 64 digits; empty where none was.
    """

    lang: str
    criteria_set: SetIdentity
    caveats: tuple[str, ...]
    figures_from: str
    journal_head: str = ""

    def say(self, key: str, **values: object) -> str:
        """Return the label `key` in the language of the report."""
        return label(key, self.lang, **values)


def set_identity(criteria: CriteriaSet, lang: str) -> SetIdentity:
    """Return name, version, status and decision of a set."""
    meta = criteria.meta
    return SetIdentity(
        set_id=meta.set_id,
        name=meta.name(lang),
        version=meta.version,
        status=meta.status,
        status_name=label(f"status_{meta.status}", lang),
        decision_number=str(meta.decision.get("number", "")),
        decision=_decision(criteria, lang),
        legal_basis=_legal_basis(criteria, lang),
        source=meta.source,
        fingerprint=criteria.fingerprint,
    )


def about_set(sheet: ScoreSheet, unit: UnitKey | None, lang: str) -> dict[str, Any]:
    """Return the values of an `AboutSet`."""
    entries = sheet.criteria.meta.caveats
    texts = (str(entry.get(lang) or entry.get("vi", "")) for entry in entries)
    return {
        "lang": lang,
        "criteria_set": set_identity(sheet.criteria, lang),
        "caveats": tuple(filter(None, texts)),
        "figures_from": figures_from(sheet, unit, lang),
        "journal_head": sheet.journal_head,
    }


def grade_name(criteria: CriteriaSet, code: object, lang: str) -> str:
    """Return the name of a grade; empty where a unit has none."""
    return next((grade.label(lang) for grade in criteria.meta.grades if grade.code == code), "")


def index_figures(criteria: CriteriaSet, unit: Mapping[Any, Any], lang: str) -> dict[str, Any]:
    """Return the values of an `IndexRow`; `unit` is the row of the unit in `ScoreSheet.index`."""
    ends = {"index": "points", "low": "points_low", "high": "points_high"}
    decimals = criteria.meta.decimals
    return {
        **{name: points_amount(unit[column], lang, decimals) for name, column in ends.items()},
        "grade": grade_name(criteria, unit["grade"], lang),
        "items_scored": int(unit["items_scored"]),
        "items_applicable": int(unit["items_applicable"]),
    }


def _decision(criteria: CriteriaSet, lang: str) -> str:
    """Return "766/QĐ-TTg, 23/06/2022, Thủ tướng Chính phủ" as far as the set states it."""
    decision = criteria.meta.decision
    day = read_date(decision.get("issued_on")).value
    issued = format_date(day, lang) if day is not None else ""
    parts = (str(decision.get("number", "")), issued, str(decision.get("issuer", "")))
    return ", ".join(part for part in parts if part)


def _legal_basis(criteria: CriteriaSet, lang: str) -> str:
    """Return "Quyết định số 766/QĐ-TTg ngày 23 tháng 6 năm 2022 của Thủ tướng Chính phủ"."""
    decision = criteria.meta.decision
    number, issuer = (str(decision.get(key, "")) for key in ("number", "issuer"))
    day = read_date(decision.get("issued_on")).value
    if not (day and issuer and "/QĐ-" in number):
        return ""
    # A month of one digit is written without a zero, except January and February.
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    when = {"day": f"{day.day:02d}", "month": month, "year": day.year}
    return label("word_decision", lang, number=number, issuer=issuer, **when)


def figures_from(sheet: ScoreSheet, unit: UnitKey | None, lang: str) -> str:
    """Return where the figures come from: the unit's own report, with its file where known.

    None stands for all units. Where the points are not the computed ones, it says whose they are.
    """
    told = _reported(sheet, unit, lang)
    if sheet.track == COMPUTED:
        return told
    return f"{told}; {label('points_on_track', lang, track=label(f'track_{sheet.track}', lang))}"


def _reported(sheet: ScoreSheet, unit: UnitKey | None, lang: str) -> str:
    source = sheet.figures.source
    if unit is not None:
        is_own = [source[name] == part for name, part in zip(KEY_COLUMNS, unit, strict=True)]
        source = source[is_own[0] & is_own[1] & is_own[2]]
    names = source["file"].dropna().unique().tolist() if "file" in source.columns else []
    files = [str(name) for name in names if str(name)]
    if not files:
        return label("pack_reported", lang)
    if len(files) == 1:
        return label("pack_reported_in", lang, file=files[0])
    return label("pack_reported_in_files", lang, count=len(files))


def names_in_time(sheet: ScoreSheet, names: Mapping[str, str]) -> dict[UnitKey, str]:
    """Return the name of each unit at its time; the time only of units that have several.

    Parameters
    ----------
    names : mapping of str to str
        Names of units by code.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": "on_time", "value": 9, "period": period}
    ...         for period in ("quý I", "quý II")]
    >>> sheet = score(inputs_table(rows, unit_code="H1", year=2026), open_set("service-quality-766"))
    >>> list(names_in_time(sheet, {"H1": "Xã Mẫu"}).values())
    ['Xã Mẫu, quý I/2026', 'Xã Mẫu, quý II/2026']
    """
    counts = Counter(key.unit_code for key in sheet.keys)
    said = {key: names.get(key.unit_code) or key.unit_code for key in sheet.keys}
    return {
        key: f"{name}, {key.when}" if counts[key.unit_code] > 1 else name
        for key, name in said.items()
    }


def chart_context(sheet: ScoreSheet, lang: str, unit: UnitKey | None = None) -> ChartContext:
    """Return what every chart of a run says besides its data.

    Parameters
    ----------
    sheet : ScoreSheet
    lang : str
        ``vi`` or ``en``.
    unit : UnitKey, optional
        The unit whose files are named as the source; without it those of the whole run.

    Returns
    -------
    ChartContext
        To pass as `context` to the functions of `scoring.charts`.

    Examples
    --------
    >>> import pandas as pd
    >>> import scoring
    >>> from scoring import charts
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example).query("unit_code == 'SM-A'"), "department-sample")
    >>> context = scoring.chart_context(sheet, "en")
    >>> gaps = scoring.gap_table(sheet, lang="en")
    >>> figure = charts.lost_points(gaps, sheet.criteria.items, context=context)
    >>> charts.alt_text(figure, "en").split(".")[-2].strip()
    'A sample set for illustration, not an official regulation'
    """
    meta = sheet.criteria.meta
    names = dict(zip(sheet.units["unit_code"], names_apart(sheet.units), strict=True))
    return ChartContext(
        lang=lang,
        source=figures_from(sheet, unit, lang),
        set_status=meta.status,
        set_name=meta.name(lang),
        set_stated=sheet.criteria.stated,
        unit_names=names,
        decimals=meta.decimals,
        journal_head=sheet.journal_head,
    )
