"""The tables that pass between the rooms, each declared once.

Columns end in their unit: ``_points``, ``_share`` (0 to 1), ``_percent`` (0 to 100), ``_on`` (a
date), ``_code`` (a text key). These models guard the stages inside; people who fill workbooks
read findings, never a schema error.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from scoring.base.values import CAUSES, GAP_KINDS, LEVELS, STATUSES


class _Table(pa.DataFrameModel):
    class Config:
        # Extra columns are welcome: users keep their own beside ours.
        strict = False
        coerce = False


class Items(_Table):
    """One row per node of a criteria set; the leaves (``is_item``) earn points."""

    code: Series[str] = pa.Field(unique=True)
    parent_code: Series[str]  # empty for an area
    level: Series[str] = pa.Field(isin=LEVELS)
    is_item: Series[bool]
    kind: Series[str] = pa.Field(isin=("normal", "bonus", "penalty"))
    name_vi: Series[str]
    name_en: Series[str]
    max_points: Series[float] = pa.Field(ge=0)
    assessed_by: Series[str]
    rule: Series[str]  # empty on a parent that adds up its children
    source: Series[str]


class Inputs(_Table):
    """One input of one item of one unit and period: the long table that scoring takes.

    Of ``value`` (number), ``choice`` (code of an option) and ``happened_on`` (date) the one that
    the input's kind asks for is filled. An empty row means "not reported", never zero.
    """

    unit_code: Series[str]
    unit_name: Series[str]
    block: Series[str]
    year: Series[int]
    period: Series[str]
    item_code: Series[str]
    input: Series[str]
    value: Series[float] = pa.Field(nullable=True)  # NaN: not reported
    choice: Series[str]  # empty: not chosen
    happened_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: not reported
    not_applicable: Series[bool]
    reason: Series[str]


class Documents(_Table):
    """An evidence document (tài liệu kiểm chứng), as the ledger or a scan lists it."""

    document_id: Series[str] = pa.Field(unique=True)
    document_number: Series[str]  # empty: none found; "/KH-SNV": not numbered yet
    kind: Series[str]  # key of the kind, such as KH or QĐ; empty: not known
    issued_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # first day of the stated period
    issued_precision: Series[str] = pa.Field(isin=("day", "month", "year", "none"))
    issuer: Series[str]
    signer: Series[str]
    title: Series[str]
    path: Series[str]  # below the folder of the ledger, slashes forward; empty: only an address
    address: Series[str]  # of a page on the web; empty: a file
    valid_from: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: from its date of issue
    valid_to: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: no end declared
    secret: Series[bool]
    sha256: Series[str]  # empty: not recorded yet


class Links(_Table):
    """A document proves an item, at a place inside it."""

    document_id: Series[str]
    item_code: Series[str]
    place: Series[str]  # page or clause; empty: the whole document


class Requirements(_Table):
    """What proves an item: so many documents of a kind, issued by a date."""

    item_code: Series[str]
    kind: Series[str]  # keys of kinds, alternatives split by |; empty: any kind
    min_documents: Series[int] = pa.Field(ge=1)
    due_on: Series[pd.Timestamp] = pa.Field(nullable=True)  # NaT: no deadline
    source: Series[str]


class Scores(_Table):
    """One node of one unit; the row ``INDEX`` closes each unit."""

    unit_code: Series[str]
    set_id: Series[str]
    year: Series[int]
    period: Series[str]
    code: Series[str]
    level: Series[str] = pa.Field(isin=LEVELS)
    max_points: Series[float] = pa.Field(ge=0)  # of the applicable part
    points: Series[float] = pa.Field(nullable=True)  # NaN: something below is not assessed
    points_low: Series[float] = pa.Field(nullable=True)  # everything open counted as nothing
    points_high: Series[float] = pa.Field(nullable=True)  # everything open counted as full
    attainment: Series[float] = pa.Field(nullable=True)  # percent of max_points
    basis: Series[str]
    status: Series[str] = pa.Field(isin=STATUSES)
    claimed_points: Series[float] = pa.Field(nullable=True)  # NaN: nothing claimed
    supported_points: Series[float] = pa.Field(nullable=True)  # NaN: proof was not looked at


class Targets(_Table):
    """What a unit wants to reach for the index, an area, a criterion or an item."""

    unit_code: Series[str]  # empty: the target holds for every unit
    code: Series[str]
    target_points: Series[float] = pa.Field(ge=0)


class Gaps(_Table):
    """An item of a unit with points not earned, or not yet."""

    unit_code: Series[str]
    set_id: Series[str]
    year: Series[int]
    period: Series[str]
    item_code: Series[str]
    area_code: Series[str]
    item_name: Series[str]
    max_points: Series[float]
    points: Series[float] = pa.Field(nullable=True)  # NaN: not assessed
    lost_points: Series[float] = pa.Field(ge=0)
    kind: Series[str] = pa.Field(isin=GAP_KINDS)
    cause: Series[str] = pa.Field(isin=CAUSES)
    target_points: Series[float] = pa.Field(nullable=True)  # NaN: no target set
    gap_to_target_points: Series[float] = pa.Field(nullable=True)
    lead_unit: Series[str]
    due_on: Series[pd.Timestamp] = pa.Field(nullable=True)
    next_step: Series[str]


class Findings(_Table):
    """A problem in one place, in the reader's language."""

    severity: Series[str] = pa.Field(isin=("error", "warning", "info"))
    code: Series[str]
    file: Series[str]
    unit_code: Series[str]
    sheet: Series[str]
    cell: Series[str]
    item_code: Series[str]
    problem: Series[str]
    remedy: Series[str]
