"""What the import of an appendix is told and what it gives back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.same_unknown import SameUnknown
from scoring.criteria.appendix.scoring_text import ReadStep, Reason, RuleReading
from scoring.criteria.library import CheckedSet, build_set
from scoring.criteria.set_reading import RawSet
from scoring.rules import RuleSpec, compile_rule
from scoring.tables import table_of


@dataclass(frozen=True, slots=True, eq=False)
class AppendixAbout(SameUnknown):
    """What the table itself does not say of the set.

    Attributes
    ----------
    set_id, name_vi, tier : str
        As ``set.toml`` has them.
    valid_from : date
        First day the decision is in force.
    status : str
        ``sample`` until a person has compared the set with the decision.
    decision : mapping of str to str
        Number, date and issuer of the decision, where known.
    source : str
        What every row cites before its place in the file; the file name where empty.
    total_points : float
        NaN: the total stated in the table, else the sum of the areas.
    is_excerpt : bool
        True where the table holds only part of the decision, so that maxima need not add up.

    Examples
    --------
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> about.status, about.version, about.is_excerpt
    ('sample', '1', False)
    """

    set_id: str
    name_vi: str
    tier: str
    valid_from: dt.date
    version: str = "1"
    name_en: str = ""
    status: str = "sample"
    decision: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    total_points: float = math.nan
    is_excerpt: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AppendixRow(SameUnknown):
    """One code of the decision, what was understood of it, and how surely.

    `spec` is the rule the set has for it: None on a parent; points given directly where nothing
    was understood, which `is_understood` tells. `reading` keeps what the scoring text of a leaf
    was cut into, with the cases it leaves out and the kind it most likely is. `beside` is what
    other columns of the row say; `is_best_of` is true on a parent whose parts are alternatives.

    Examples
    --------
    >>> from scoring.criteria.appendix import import_pasted_appendix
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> row = result.entries[1]
    >>> row.code, row.max_points, row.is_understood, row.spec.kind
    ('1.1', 2.0, True, 'bands')
    """

    code: str
    name: str
    max_points: float
    text: str
    place: str
    spec: RuleSpec | None = None
    is_understood: bool = True
    reasons: tuple[Reason, ...] = ()
    reading: RuleReading | None = None
    beside: str = ""
    is_best_of: bool = False

    @property
    def steps(self) -> tuple[ReadStep, ...]:
        """What the scoring text was cut into, whether a rule came of it or not."""
        return self.reading.steps if self.reading else ()

    @property
    def proposed_kind(self) -> str:
        """The kind the rule most likely has; empty where the text gives no hint."""
        return self.reading.proposed_kind if self.reading else ""

    @property
    def words(self) -> str:
        """Everything the decision says of the item beside its name: scoring text and remarks."""
        return "\n".join(filter(None, (self.text, self.beside and f"[{self.beside}]")))

    @property
    def confidence(self) -> str:
        """``sure`` where every word was accounted for, else ``to_review``."""
        return "to_review" if self.reasons else "sure"

    def understood(self, lang: str = "vi") -> str:
        """Return the rule as a sentence; empty where none was understood."""
        if self.spec is None:
            return label("appendix_parent", lang)
        return compile_rule(self.spec).sentence(lang) if self.is_understood else ""

    def reason(self, lang: str = "vi") -> str:
        """Say why the row has to be looked at; empty where it need not."""
        return " ".join(reason.text(lang) for reason in self.reasons)


@dataclass(frozen=True)
class AppendixImport:
    """A decision's table as a criteria set: each row read with certainty, or listed for review.

    Attributes
    ----------
    raw : RawSet
        The set as text, ready for `scoring.criteria.writing.write_set`.
    entries : tuple of AppendixRow
        In the order of the table.
    findings : tuple of Finding
        About the file, the rows to review and the set as a whole.
    lists : int
        How many lists of criteria the file holds; one of them was read.

    Examples
    --------
    >>> from scoring.criteria.appendix import import_pasted_appendix
    >>> import datetime as dt
    >>> about = AppendixAbout("mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
    >>> text = '''TT|Tiêu chí|Điểm tối đa|Cách chấm
    ... 1|Chỉ đạo điều hành|2|
    ... 1.1|Tỷ lệ hoàn thành kế hoạch|2|Trên 90%: 2; từ 70% - 90%: 1; dưới 70%: 0'''
    >>> result = import_pasted_appendix(text.replace("|", chr(9)), about)
    >>> len(result.entries), result.raw is not None, [finding.code for finding in result.findings]
    (2, True, [])
    """

    raw: RawSet
    entries: tuple[AppendixRow, ...]
    findings: tuple[Finding, ...]
    lists: int = 1

    @cached_property
    def checked(self) -> CheckedSet:
        """The set built of `raw`, with what is wrong with it."""
        return build_set(self.raw)

    @property
    def rows(self) -> pd.DataFrame:
        """The rows as a table with Vietnamese sentences (see `table`)."""
        return self.table()

    def table(self, lang: str = "vi") -> pd.DataFrame:
        """Return one row per code of the decision.

        Returns
        -------
        DataFrame, shape (n_codes, 9)
            ``code``, ``name``, ``max_points`` (NaN: not readable), ``rule`` (empty on a parent),
            ``text`` as the decision has it, ``understood`` (the rule as a sentence),
            ``confidence`` (``sure`` or ``to_review``), ``reason`` and ``place``.
        """
        rows = [
            (
                row.code, row.name, row.max_points, row.spec.kind if row.spec else "", row.text,
                row.understood(lang), row.confidence, row.reason(lang), row.place,
            )
            for row in self.entries
        ]  # fmt: skip
        return table_of(rows, "AppendixReview")
