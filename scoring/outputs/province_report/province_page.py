"""The report of a province as one page: no network, thousands of units, items on demand."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from scoring.base.rounding import round_points
from scoring.base.units import UnitKey
from scoring.base.values import NOT_APPLICABLE
from scoring.outputs.page.render import league_values, page_environment, set_frame
from scoring.outputs.province_report.province_content import ProvinceContent
from scoring.outputs.province_report.province_parts import both_ends

# Rows of a section that stand open, and with those that unfold; the rest is in the workbook.
FIRST_ROWS, MOST_ROWS = 10, 60
MOST_PRINTED = 300
_NONE = -1_000_000
# More blocks would push a table over the edge of a page.
_MOST_BLOCKS = 6
_SECTIONS = (
    ("spread", "province_spread"),
    ("targets", "province_targets"),
    ("losses", "province_losses"),
    ("wins", "province_wins"),
    ("changes", "province_changes_short"),
    ("help", "province_help"),
    ("plan", "province_plan"),
    ("units", "page_ranking"),
    ("about", "page_about"),
)
_VERDICTS = {
    "missed": "province_target_missed",
    "open": "province_target_open",
    "met": "province_target_met",
}


def province_page(content: ProvinceContent, links: Mapping[UnitKey, str] | None = None) -> str:
    """Return the report of a province as a page.

    Parameters
    ----------
    content : ProvinceContent
    links : mapping of UnitKey to str, optional
        Relative addresses of the units' own pages.

    Returns
    -------
    str
        HTML; the same content gives the same text. The items of the units are compact data that
        the script turns into rows where a reader opens a unit.
    """
    blocks = content.distribution.blocks
    verdicts = {row.verdict for row in content.targets.rows} if content.targets else set()
    options = [("help", "province_help")] * bool(content.help)
    options += [(f"target-{one}", key) for one, key in _VERDICTS.items() if one in verdicts]
    assets = ["alike.css"] * content.league.has_alike + ["province.css", "province.js"]
    return page_environment().get_template("province.html.j2").render(
        set_frame(content.title, content, *assets) | league_values(content.league, links or {}),
        c=content,
        heading=content.title,
        first=content.first_sentence,
        marks=_marks(content),
        mark_options=options,
        most_printed=MOST_PRINTED,
        first_rows=FIRST_ROWS,
        most_rows=MOST_ROWS,
        has_blocks=len(blocks) > 1,
        shown_blocks=blocks if 1 < len(blocks) <= _MOST_BLOCKS else (),
        most_in_bin=max([one.count for one in content.distribution.bins] + [1]),
        most_lost=max([row.lost.value for row in content.losses.areas] + [1e-9]),
        moved=both_ends(content.changes.rows, FIRST_ROWS // 2) if content.changes else (),
        sections=[entry for entry in _SECTIONS if _has(content, entry[0])],
        data=json.dumps(_item_data(content), ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def _has(content: ProvinceContent, name: str) -> bool:
    has: dict[str, object] = {
        "targets": content.targets,
        "losses": content.losses.items,
        "wins": content.losses.items,
        "changes": content.changes,
        "plan": content.plan_targets,
    }
    return bool(has.get(name, True))


def _marks(content: ProvinceContent) -> dict[UnitKey, str]:
    """Return what a reader can filter the units by, in one attribute."""
    marks = {row.key: "help" for row in content.help}
    for row in content.targets.rows if content.targets else ():
        marks[row.key] = f"{marks.get(row.key, '')} target-{row.verdict}".strip()
    return marks


def _item_data(content: ProvinceContent) -> dict[str, object]:
    """Return the items of all units as the script reads them, a text for each row of the table."""
    cells, place_of = item_cells(content), content.figures.place_of
    places = [place_of.get(row.key) for row in content.league.rows]
    reasons = {row.key: [reason.text for reason in row.reasons] for row in content.help}
    scale = 10**content.figures.decimals
    heads = [
        (item.code, item.name, item.area_code, round(item.maximum.value * scale))
        for item in content.items
    ]
    say = content.say
    return {
        "decimals": content.figures.decimals,
        "areas": {item.area_code: f"{item.area_code} {item.area_name}" for item in content.items},
        "items": heads,
        "causes": content.figures.cause_names,
        "units": ["" if place is None else cells[place] for place in places],
        "reasons": [reasons.get(row.key, 0) for row in content.league.rows],
        "words": {
            "items": say("province_items_button"),
            "items_of": say("province_items_of", unit="{unit}"),
            "help": say("province_help_because"),
        },
    }


def item_cells(content: ProvinceContent) -> list[str]:
    """Return the items of each unit as one text: a few characters an item, none for full marks.

    A cell is ``[points or x][~high][letter of the cause][:maximum]``, figures in the last decimal;
    points are left out where they are the maximum, the maximum where it is that of the set, and
    ``x`` stands where an item does not apply. `province.js` reads it.
    """
    figures, scale = content.figures, 10**content.figures.decimals
    usual = np.array([[item.maximum.value] for item in content.items])
    is_open = np.isnan(figures.points)
    is_none = is_open & (figures.status == NOT_APPLICABLE)
    parts = (
        np.where(is_none, _NONE, np.where(is_open, figures.low, figures.points)),
        np.where(is_open & ~is_none, figures.high, _NONE),
        figures.maxima,
        np.broadcast_to(usual, figures.maxima.shape),
    )
    whole = [
        round_points(np.nan_to_num(part, nan=_NONE) * scale, 0).astype(np.int64).ravel()
        for part in parts
    ]
    # Thousands of units share some hundred texts.
    codes, kinds = pd.MultiIndex.from_arrays([*whole, figures.cause.ravel()]).factorize()
    texts = np.array([_cell(*map(int, kind), none=_NONE * scale) for kind in kinds], dtype=object)
    grid = texts[codes].reshape(figures.points.shape)
    return [",".join(column) for column in grid.T.tolist()]


def _cell(first: int, high: int, most: int, usual: int, cause: int, *, none: int) -> str:
    points = "x" if first == none else "" if first == most else str(first)
    upper = "" if high == none else f"~{high}"
    letter = "" if cause < 0 else chr(ord("a") + cause)
    return f"{points}{upper}{letter}{'' if most == usual else f':{most}'}"
