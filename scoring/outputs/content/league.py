"""Every unit on one line: rank, index, areas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scoring.base.text import code_key, vietnamese_key
from scoring.base.units import UnitKey, names_apart, told_times, unit_keys, usual_time
from scoring.base.values import NOT_APPLICABLE
from scoring.outputs.amounts import (
    Amount,
    OpenAmount,
    count_amount,
    points_amount,
    points_amounts,
    points_or_range,
)
from scoring.outputs.content.block_standing import BlockRow, block_rows, sheet_ranks, spread
from scoring.outputs.content.set_identity import AboutSet, about_set, index_figures
from scoring.outputs.content.told_apart import Alike, ToldApart, told_apart
from scoring.outputs.content.unit_content import IndexRow
from scoring.outputs.content.unit_rows import name_with_kind
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueRow(IndexRow):
    """A unit and period in the league table.

    Attributes
    ----------
    rank : int
        Among the units of its block and period; 0 while its index is open.
    when : str
        Its period, where that is not the one of most units; empty elsewhere.
    alike : Alike or None
        Whom the sampling error of surveys does not tell it apart from; None where everybody is.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": value}
    ...         for name, value in (("on_time", 90), ("received", 100))]
    >>> inputs = inputs_table(rows, unit_code="H1", unit_name="Sở Mẫu", year=2026)
    >>> sheet = score(inputs, "service-quality-766")
    >>> row = league(sheet).rows[0]
    >>> row.unit_name, row.rank, row.low.text, row.high.text
    ('Sở Mẫu', 0, '18,00', '98,00')
    """

    rank: int
    key: UnitKey
    unit_name: str
    when: str
    block: str
    areas: tuple[Amount, ...]
    alike: Alike | None = None

    @property
    def shown_name(self) -> str:
        """The name of the unit, with its period where that is not the usual one."""
        return f"{self.unit_name} · {self.when}" if self.when else self.unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueArea:
    """An area column.

    Attributes
    ----------
    maximum : Amount
        That of the set.
    mean, mean_maximum : Amount
        Of the units of the last period that are assessed in full and that the area applies to.
    """

    code: str
    name: str
    maximum: Amount
    mean: Amount
    mean_maximum: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class League(AboutSet):
    """All units of a run, best first, those still open last; of several periods the usual one first.

    Where none is usual, as in a series of one unit, the last one comes first.

    Attributes
    ----------
    areas : tuple of LeagueArea
        What the area columns of the rows are.
    outside : tuple of str
        Bonus and penalty, which have no column but count for the index.
    whole : BlockRow
        The spread of all units in the first of the periods shown.
    spreads : tuple of BlockRow
        The spread of every block and period, in the order of the rows.
    has_alike : bool
        True where some units cannot be told apart.

    Examples
    --------
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": value}
    ...         for name, value in (("on_time", 90), ("received", 100))]
    >>> inputs = inputs_table(rows, unit_code="H1", unit_name="Sở Mẫu", year=2026)
    >>> sheet = score(inputs, "service-quality-766")
    >>> table = league(sheet)
    >>> table.maximum.text, table.open_count, [area.code for area in table.areas]
    ('100', 1, ['1', '2', '3', '4', '5', '6'])
    """

    year: str
    maximum: Amount
    areas: tuple[LeagueArea, ...]
    outside: tuple[str, ...]
    rows: tuple[LeagueRow, ...]
    blocks: tuple[str, ...]
    whole: BlockRow
    spreads: tuple[BlockRow, ...]
    open_count: int
    alike_note: str = ""
    has_alike: bool = field(init=False)

    def __post_init__(self) -> None:
        # Looked up once: every row of the page asks, and there may be thousands.
        object.__setattr__(self, "has_alike", any(row.alike for row in self.rows))

    @property
    def latest(self) -> tuple[LeagueRow, ...]:
        """The rows of the usual period, or of the last one."""
        return tuple(row for row in self.rows if row.key[1:] == self.rows[0].key[1:])

    @property
    def has_times(self) -> bool:
        """True where the table has several periods."""
        return any(row.when for row in self.rows)

    @property
    def weakest_area(self) -> LeagueArea | None:
        """The area whose mean is the smallest part of its maximum; None where none lies below it."""
        below = [area for area in self.areas if area.mean.value < area.mean_maximum.value]
        return min(below, key=lambda area: area.mean.value / area.mean_maximum.value, default=None)


def league(sheet: ScoreSheet, lang: str = "vi") -> League:
    """Return the league table of all units of a sheet, a row for each period of a unit.

    Units are ranked within their block and period, by the tie rules and on rounded or
    unrounded figures as the set declares. A unit whose index is open has no rank.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([{"unit_code": "A", "item_code": "2", "input": "on_time", "value": 1}],
    ...                        year=2026)
    >>> table = league(score(figures, open_set("service-quality-766")))
    >>> table.rows[0].rank, table.open_count
    (0, 1)
    """
    index, criteria = sheet.index, sheet.criteria
    meta = criteria.meta
    compared = compared_points(index["points"].to_numpy(dtype=float), meta)
    apart = told_apart(sheet, lang)
    rows = _rows(sheet, apart, lang)
    order = _order(rows, compared, usual := usual_time(index))
    latest = [at for at in order if rows[at].key[1:] == rows[order[0]].key[1:]]
    place_of = {at: place for place, at in enumerate(order)}
    blocks = sorted(block_rows(sheet, lang), key=lambda pair: min(place_of[at] for at in pair[0]))
    return League(
        **about_set(sheet, None, lang),
        year="–".join(map(str, sorted({row.key.year for row in rows if _is_of(row, usual)}))),
        maximum=count_amount(meta.total_points, lang, meta.decimals),
        areas=tuple(_areas(sheet, latest, lang)),
        outside=tuple(
            f"{node.code} {name_with_kind(node.name(lang), node.kind, lang)}"
            for node in criteria.nodes
            if not node.parent and node.kind != "normal"
        ),
        rows=tuple(rows[at] for at in order),
        blocks=tuple(sorted({row.block for row in rows if row.block}, key=vietnamese_key)),
        whole=spread(index.iloc[latest], "", lang, meta.decimals),
        spreads=tuple(row for _, row in blocks),
        open_count=int((np.isnan(compared) & (index["items_applicable"] > 0)).sum()),
        alike_note=apart.note,
    )


def _rows(sheet: ScoreSheet, apart: ToldApart, lang: str) -> list[LeagueRow]:
    """Return the units in the order of the sheet."""
    index, criteria, decimals = sheet.index, sheet.criteria, sheet.criteria.meta.decimals
    ranks = sheet_ranks(sheet)
    keys = unit_keys(index)
    whens, names = told_times(index), names_apart(index)
    nodes = [sheet.row(area.code) for area in criteria.areas]
    # Figures of one area a unit: its points and what they lie between.
    figures = np.stack(
        [part[nodes] for part in (sheet.points, sheet.points_low, sheet.points_high)]
    )
    # Of an area that does not apply there are no points, not 0 of them.
    is_none = sheet.status[nodes] == NOT_APPLICABLE
    figures = np.where(is_none, np.nan, figures)
    areas = [points_amounts(of_one, lang, decimals) for of_one in figures[0].T]
    return [
        LeagueRow(
            rank=int(ranks[place]),
            key=keys[place],
            unit_name=names[place],
            when=whens[place],
            block=str(unit["block"]),
            areas=tuple(
                points if points.is_known else _open_figure(points, own, lang, decimals)
                for points, own in zip(areas[place], figures[:, :, place].T, strict=True)
            ),
            alike=apart.rows.get(keys[place]),
            **index_figures(criteria, unit, lang),
        )
        for place, unit in enumerate(index.to_dict("records"))
    ]


def _open_figure(
    points: Amount, figures: npt.NDArray[np.float64], lang: str, decimals: int
) -> Amount:
    """Return the lowest points of an area that is open, read as a range."""
    low, high = (points_amount(float(figure), lang, decimals) for figure in figures[1:])
    if not low.is_known or low == high:
        return points
    return OpenAmount(low.value, points_or_range(points, low, high))


def _areas(sheet: ScoreSheet, latest: list[int], lang: str) -> Iterator[LeagueArea]:
    decimals = sheet.criteria.meta.decimals
    done = [at for at in latest if not np.isnan(sheet.points[-1, at])]
    for area in sheet.criteria.areas:
        row = sheet.row(area.code)
        # Of an area that does not apply a unit has no points; it has not earned 0 there.
        having = [at for at in done if sheet.status[row, at] != NOT_APPLICABLE]
        mean, most = (
            float(figures[row, having].mean()) if having else np.nan
            for figures in (sheet.points, sheet.maxima)
        )
        yield LeagueArea(
            code=area.code,
            name=area.name(lang),
            maximum=count_amount(area.max_points, lang, decimals),
            mean=points_amount(mean, lang, decimals),
            mean_maximum=count_amount(most, lang, decimals),
        )


def _is_of(row: LeagueRow, usual: str) -> bool:
    """Say whether a row is of the usual time; every row is where none is usual."""
    return usual in ("", row.key.when)


def time_order(time: tuple[int, str]) -> tuple[int, object]:
    """Return what puts years and periods, as a `UnitKey` has them, in order."""
    return time[0], code_key(time[1])


def _order(rows: list[LeagueRow], compared: npt.NDArray[np.float64], usual: str) -> list[int]:
    """Return the places: the usual period first, else the last; best first; open ones last; by name."""
    times = sorted({row.key[1:] for row in rows}, key=time_order)
    keys = [
        (
            not _is_of(row, usual),
            -times.index(row.key[1:]),
            np.isnan(points),
            -points if points == points else 0.0,
            row.rank,
            vietnamese_key(row.unit_name),
        )
        for row, points in zip(rows, compared, strict=True)
    ]
    return sorted(range(len(rows)), key=keys.__getitem__)
