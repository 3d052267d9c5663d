"""What anomalies are looked for in, and what each kind of them gives back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.analysis.chances import FEWEST_PEERS, Bools, Floats
from scoring.base.findings import Finding
from scoring.base.labels import Label, label
from scoring.base.numbers import format_number
from scoring.base.text import sorted_codes
from scoring.base.units import unit_rows
from scoring.base.values import NOT_APPLICABLE
from scoring.criteria import CriteriaSet
from scoring.points import ScoreSheet
from scoring.rules import RuleSpec

# What this share of all units has, and never fewer than these, is a common text or document.
COMMON_SHARE, FEWEST_COMMON = 0.2, 5
_SHOWN_UNITS, _SHOWN_PLACES = 12, 5


@dataclass(frozen=True)
class Material:
    """One year and period of a run: its units, points and what they handed in.

    Attributes
    ----------
    sheet : ScoreSheet
    at : int array
        Columns of the sheet of these units.
    claims, documents, links, requirements : DataFrame
        Tables of those names (see `scoring.tables`), ``place`` the unit counted within `at`; may
        be empty.
    last_scores : DataFrame or None
        Table ``Scores`` of last year.
    last_set : CriteriaSet or None
        Its set, where it is another one.
    lang : str
        Language of sentences.
    """

    sheet: ScoreSheet
    at: npt.NDArray[np.intp]
    claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    documents: pd.DataFrame = field(default_factory=pd.DataFrame)
    links: pd.DataFrame = field(default_factory=pd.DataFrame)
    requirements: pd.DataFrame = field(default_factory=pd.DataFrame)
    last_scores: pd.DataFrame | None = None
    last_set: CriteriaSet | None = None
    lang: str = "vi"

    def limited(self, at: npt.NDArray[np.intp]) -> Material:
        """Return what belongs to the units in these columns of the sheet, each row with ``place``."""
        units = self.sheet.units.iloc[at]
        names = ("claims", "documents", "links", "requirements")
        own: dict[str, Any] = {name: _placed(getattr(self, name), units) for name in names}
        return replace(self, at=at, **own)

    @cached_property
    def units(self) -> pd.DataFrame:
        """The units, one a row."""
        return self.sheet.units.iloc[self.at].reset_index(drop=True)

    @cached_property
    def codes(self) -> list[str]:
        """The codes of the units."""
        return [str(code) for code in self.units["unit_code"]]

    @property
    def blocks(self) -> list[tuple[str, npt.NDArray[np.intp]]]:
        """The blocks with the places of their units."""
        places = self.units.groupby("block", sort=False, dropna=False).indices
        return [(str(name), np.asarray(rows, np.intp)) for name, rows in places.items()]

    @cached_property
    def leaves(self) -> npt.NDArray[np.intp]:
        """Rows of the sheet that are items on which a unit assesses itself."""
        own = [node.kind == "normal" and node.assessed_by != "survey"
               for node in self.sheet.criteria.nodes]  # fmt: skip
        return np.flatnonzero(self.sheet.is_leaf & np.array(own))

    @property
    def specs(self) -> Iterator[RuleSpec]:
        """The rules of the items."""
        return (node.spec for node in self.sheet.criteria.nodes if node.spec)

    @cached_property
    def held(self) -> Floats:
        """Points that units hold to be theirs: claimed, else computed; NaN open or not applicable."""
        cells = np.ix_(self.leaves, self.at)
        claimed, computed = self.sheet.claimed, self.sheet.points[cells]
        held = (
            computed
            if claimed is None
            else np.where(np.isnan(claimed[cells]), computed, claimed[cells])
        )
        out = (self.sheet.status[cells] == NOT_APPLICABLE) | (self.sheet.maxima[cells] <= 0)
        return np.where(out, np.nan, held)

    def say(self, key: str, **values: object) -> str:
        """Return a label in the language of the sentences."""
        return label(key, self.lang, **values)

    @property
    def common_from(self) -> int:
        """How many units make a text or a document a common one."""
        return max(FEWEST_COMMON, int(np.ceil(COMMON_SHARE * len(self.at))))


def _placed(table: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    if not len(table):
        return table
    places = unit_rows(table, units)
    return table.assign(place=places)[places >= 0].reset_index(drop=True)


@dataclass
class Looked:
    """What one kind of anomaly found, and what it was looked for in.

    Attributes
    ----------
    kind : str
        One of ``ANOMALY_KINDS``.
    material : Material
    seen : int
        How many were looked at: units, texts, documents, dates or figures.
    common : int
        How many were put aside as common to many units.
    bare : int
        How many could not be compared for what they do not say.
    """

    kind: str
    material: Material
    seen: int = 0
    common: int = 0
    bare: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    short: list[Finding] = field(default_factory=list)

    def is_enough(
        self, met: int, least: int = FEWEST_PEERS + 1, where: str = "", what: str = "units"
    ) -> bool:
        """Say whether there is enough to look at; what is not is told as a finding."""
        if met < least:
            values: dict[str, object] = {
                "kind": Label(f"anomaly_kind_{self.kind}"),
                "count": met,
                "limit": least,
            }
            values |= {"what": Label(f"anomaly_few_{what}")}
            values |= {"block": where or Label("anomaly_whole_run")}
            self.short.append(Finding("anomalies-too-little", values=values))
        return met >= least

    def add(
        self,
        units: Iterable[int],
        items: Iterable[str],
        base: tuple[int, int],
        said: Mapping[str, object],
        chance: float = np.nan,
        tests: int = 0,
        places: Sequence[str] = (),
    ) -> None:
        """Add a reason to look.

        Parameters
        ----------
        units : iterable of int
            Places in the material; none: an item of all units.
        items : iterable of str
        base : (int, int)
            How many in the run show the same, of how many.
        said : mapping
            What the sentence ``anomaly_reason_KIND`` names; floats are shown with one decimal.
        chance : float
            That chance alone gives so much in one of the `tests` tests; NaN where none can be told.
        places : sequence of str
            The cells it stands in.
        """
        lang, codes = self.material.lang, [self.material.codes[unit] for unit in sorted(set(units))]
        told = {name: _worded(value, lang) for name, value in said.items()}
        told |= {"units": _listed(codes), "items": _listed(sorted_codes(set(items)))}
        told |= {"base": base[0], "base_of": base[1], "tests": tests}
        told |= {"base_percent": percent_text(base[0] / base[1] if base[1] else 0.0, lang)}
        told |= {"chance": chance_text(min(1.0, chance * tests), lang)}
        ends = [label(f"anomaly_{part}_{self.kind}", lang, **told) for part in ("reason", "base")]
        if tests:
            ends[1] += " " + label("anomaly_chance", lang, **told)
        unit = self.material.units.iloc[0]
        self.rows.append({
            "kind": self.kind, "year": unit["year"], "period": unit["period"],
            "unit_codes": "; ".join(codes), "item_codes": "; ".join(sorted_codes(set(items))),
            "reason": ends[0], "base_rate": ends[1],
            "harmless": label(f"anomaly_harmless_{self.kind}", lang),
            "base_count": base[0], "base_of": base[1], "chance": chance, "tests": tests,
            "places": "; ".join(places[:_SHOWN_PLACES]),
        })  # fmt: skip

    def findings(self) -> list[Finding]:
        """Say what was looked at, what was put aside or left out, and where there was too little."""
        kind = Label(f"anomaly_kind_{self.kind}")
        what, told = Label(f"anomaly_seen_{self.kind}"), list(self.short)
        values: Mapping[str, object] = {"kind": kind, "what": what, "count": self.seen}
        if self.seen or not self.short:
            told.append(Finding("anomalies-looked", values={**values, "found": len(self.rows)}))
        if self.common:
            about = {"count": self.common, "limit": self.material.common_from}
            told.append(Finding("anomalies-common", values={**values, **about}))
        if self.bare:
            told.append(Finding("anomalies-not-compared", values={**values, "count": self.bare}))
        return told


def places_text(table: pd.DataFrame) -> list[str]:
    """Return the cells that rows of a table stand in: ``so-a.xlsx Tự đánh giá!F12``."""
    parts = table.reindex(columns=["file", "sheet", "cell"]).astype("object").fillna("")
    return [
        f"{file.rpartition('/')[2]} {sheet}!{cell}".strip(" !")
        for file, sheet, cell in parts.drop_duplicates().itertuples(index=False)
    ]


def percent_text(share: float, lang: str) -> str:
    """Return a share as a percent for people: one decimal below ten percent."""
    return f"{format_number(100 * share, 0 if share >= 0.1 or not share else 1, lang)}%"


def chance_text(chance: float, lang: str) -> str:
    """Return a chance as a percent; below a ten-thousandth only that it is.

    >>> chance_text(0.0312, "vi"), chance_text(1e-9, "en")
    ('3,1%', 'below 0.01%')
    """
    if chance != chance:
        return "—"
    if chance < 1e-4:
        return label("anomaly_below", lang, percent=f"{format_number(0.01, 2, lang)}%")
    return f"{format_number(100 * chance, 2 if chance < 0.01 else 1, lang)}%"


def _worded(value: object, lang: str) -> object:
    if isinstance(value, float):
        return format_number(value, 1, lang)
    return value.text(lang) if isinstance(value, Label) else value


def _listed(codes: Sequence[str]) -> str:
    more = len(codes) - _SHOWN_UNITS
    return ", ".join(codes[:_SHOWN_UNITS]) + (f" … (+{more})" if more > 0 else "")


def is_full(held: Floats, maxima: Floats) -> Bools:
    """Say where points reach the maximum."""
    return np.asarray(held >= maxima - 1e-9)
