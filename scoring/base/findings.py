"""Findings: problems as rows, for the person who has to mend them.

A finding names a stable code, a place and the values met. Its sentence and its remedy come from
``messages/findings/*.toml`` in Vietnamese or English, so the wording lives in one place and the
catalogue in the documentation is made from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scoring.base.dates import format_date
from scoring.base.labels import Label, Named, filled, label
from scoring.base.message_tables import message_tables
from scoring.base.numbers import Rounded, format_number
from scoring.base.text import clean_text, shortened
from scoring.base.values import SEVERITIES as SEVERITIES

if TYPE_CHECKING:
    import pandas as pd

# One broken column of a large table must not drown everything else.
MAX_FINDINGS_PER_KIND = 200
# What somebody typed is cut short; what is expected is given whole.
_SHORT, _LONG = 80, 400


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in one place.

    Attributes
    ----------
    code : str
        Stable name of the kind of problem, as listed in ``docs/findings.md``.
    file, sheet, cell : str
        Where it stands, as the person sees it; empty where it does not apply.
    unit_code, item_code : str
        The unit and the item of the criteria set it concerns; empty where none.
    year, period
        The time of the unit's figures that it concerns; empty where that is not known.
    values : mapping
        What the sentence names: the value met, the limit, the likely intent. Values are raw
        (float, `Rounded`, date, `Named`, `Label`, a list or mapping of them) and are put into the reader's
        language when the finding is shown. Texts are what somebody typed, or codes.

    Examples
    --------
    >>> finding = Finding("unknown-item", sheet="Tự đánh giá", cell="E14", item_code="9.9",
    ...                   values={"set_id": "service-quality-766"})
    >>> finding.severity, finding.where
    ('error', 'Tự đánh giá!E14')
    """

    code: str
    file: str = ""
    sheet: str = ""
    cell: str = ""
    unit_code: str = ""
    item_code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    year: str = ""
    period: str = ""

    @property
    def severity(self) -> str:
        """``error`` (cannot count), ``warning`` (look here) or ``info``."""
        return str(_template(self.code)["severity"])

    @property
    def where(self) -> str:
        """The place as ``Sheet!Cell``, as far as it is known."""
        return "!".join(part for part in (self.sheet, self.cell) if part)

    @property
    def place(self) -> str:
        """Where it stands: in a file, else at a unit and item; empty where nothing is known."""
        in_file = [part for part in (self.file, self.where) if part]
        return " ".join(in_file or filter(None, (self.unit_code, self.item_code)))

    def problem(self, lang: str = "vi") -> str:
        """Say what was met, in one sentence."""
        return self._filled(lang)

    def remedy(self, lang: str = "vi") -> str:
        """Say what to do about it."""
        return self._filled(f"{lang}_fix")

    def text(self, lang: str = "vi") -> str:
        """Return the finding on one line: place, code, problem and remedy."""
        # A name may hold line ends, and signs that turn what follows.
        return clean_text(f"{self.place} [{self.code}] {self.problem(lang)} {self.remedy(lang)}")

    def at(self, **place: str) -> Finding:
        """Return the same finding with `file`, `sheet`, `cell` or codes filled in."""
        return replace(self, **place)  # type: ignore[arg-type]

    def _filled(self, key: str) -> str:
        lang = key[:2]
        known = {name: _shown(name, value, lang) for name, value in self.values.items()}
        known |= {
            "item": self.item_code,
            "unit_code": self.unit_code,
            "file": clean_text(self.file),
        }
        known |= {"sheet": self.sheet, "cell": self.cell}
        return filled(str(_template(self.code)[key]), known)


def finding_codes() -> Mapping[str, dict[str, Any]]:
    """Return the catalogue: every finding code with its severity and texts."""
    return message_tables("findings")


def _template(code: str) -> dict[str, Any]:
    return message_tables("findings")[code]


def _shown(name: str, value: object, lang: str) -> str:
    """Write a value for people; whole numbers stay bare, since years are among them."""
    if isinstance(value, Mapping):
        value = [f"{key} = {_shown(name, one, lang)}" for key, one in value.items()]
    if isinstance(value, list | tuple):
        joint = f" {label('or', lang)} " if name == "candidates" else "; "
        return shortened(joint.join(_shown("expected", one, lang) for one in value), _LONG)
    return shortened(_worded(value, lang), _LONG if name == "expected" else _SHORT)


def _worded(value: object, lang: str) -> object:
    if isinstance(value, Named | Label | Rounded):
        return value.text(lang)
    if isinstance(value, float):
        return format_number(value, lang=lang)
    if isinstance(value, dt.datetime):
        return format_date(value.date(), lang) if value == value else "—"
    return format_date(value, lang) if isinstance(value, dt.date) else value


def has_errors(findings: Iterable[Finding]) -> bool:
    """Say whether any of `findings` is of severity ``error``."""
    return any(finding.severity == "error" for finding in findings)


_PLACE = ("file", "unit_code", "year", "period", "sheet", "cell", "item_code")
_FIELDS = ("severity", "code", *_PLACE)
_TEXTS = ("problem", "remedy")


def finding_rows(findings: Iterable[Finding], lang: str = "vi") -> list[dict[str, str]]:
    """Return `findings` as the rows of the table ``Findings``; see `findings_frame`."""
    return [
        {name: getattr(finding, name) for name in _FIELDS}
        | {name: getattr(finding, name)(lang) for name in _TEXTS}
        for finding in findings
    ]


def findings_frame(findings: Iterable[Finding], lang: str = "vi") -> pd.DataFrame:
    """Return `findings` as the table ``Findings`` (see `scoring.tables`).

    Parameters
    ----------
    findings : iterable of Finding
    lang : {"vi", "en"}
        Language of ``problem`` and ``remedy``.

    Returns
    -------
    DataFrame, shape (n_findings, 11)
        Text columns ``severity, code, file, unit_code, year, period, sheet, cell, item_code,
        problem, remedy``; empty, never NaN, where something does not apply.

    Examples
    --------
    >>> findings = [Finding("unknown-item", cell="E14", item_code="9.9", values={"set_id": "x"})]
    >>> findings_frame(findings, "en")[["severity", "code", "cell"]].values.tolist()
    [['error', 'unknown-item', 'E14']]
    """
    import pandas as pd

    return pd.DataFrame(finding_rows(findings, lang), columns=[*_FIELDS, *_TEXTS], dtype="str")
