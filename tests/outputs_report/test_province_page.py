"""The page of a province as text: its data, its escapes, what it leaves to the workbook."""

from __future__ import annotations

import dataclasses
import html
import json
import re

import pytest

from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.province_report.province_page import item_cells, province_page
from scoring.outputs.province_report.province_parts import both_ends
from scoring.outputs.province_report.province_rows import ChangeRow, Changes

CELL = re.compile(r"(x|-?\d+)?(?:~(-?\d+))?([a-z])?(?::(\d+))?")
HOSTILE = "</template><script>alert(1)</script>"


@pytest.fixture(scope="module")
def content(unproven):
    return province_content(unproven.sheet, unproven.gaps, unproven.targets)


def data_of(page):
    found = re.search(r'<template id="unit-items">(.*?)</template>', page, re.DOTALL)
    return json.loads(html.unescape(found[1]))


def decoded(data, unit, at):
    """Return points, upper end and cause of a cell, read as the script reads it."""
    first, high, letter, most = CELL.fullmatch(data["units"][unit].split(",")[at]).groups()
    most = int(most) if most else data["items"][at][3]
    cause = data["causes"][ord(letter) - 97] if letter else ""
    return (most if first is None else first), high, cause, most


def test_every_cell_of_the_compact_data_is_the_item_of_the_content(content):
    data = data_of(province_page(content))
    assert len(data["units"]) == len(content.units)
    for unit, row in enumerate(content.units):
        for at, item in enumerate(content.items_of(row.key)):
            first, high, cause, most = decoded(data, unit, at)
            shown = (
                "—"
                if first == "x"
                else f"{int(first) / 100:.2f}".replace(".", ",").replace("-", "−")
            )
            assert (shown, high, cause) == (item.points_text, None, item.cause_name)
            assert most == round(item.maximum.value * 100)


def test_an_open_item_has_both_ends_and_what_does_not_apply_has_none(unfinished):
    content = province_content(unfinished.sheet, unfinished.gaps)
    cells = [cell for text in item_cells(content) for cell in text.split(",")]
    items = [item for row in content.units for item in content.items_of(row.key)]
    kinds = {
        (item.status, "~" in cell, cell.startswith("x"))
        for item, cell in zip(items, cells, strict=True)
    }
    assert ("not_assessed", True, False) in kinds
    assert not any(is_range for status, is_range, _ in kinds if status == "scored")


def test_no_text_of_a_file_becomes_markup(content):
    rows = tuple(
        dataclasses.replace(row, unit_name=HOSTILE, block=HOSTILE) for row in content.league.rows
    )
    named = tuple(dataclasses.replace(item, name=HOSTILE) for item in content.items)
    hostile = dataclasses.replace(
        content, league=dataclasses.replace(content.league, rows=rows), items=named
    )
    page = province_page(hostile)
    assert "<script>alert" not in page
    assert page.count("<script") == 1
    assert data_of(page)["items"][0][1] == HOSTILE


def test_the_page_says_every_section_and_links_to_it(content):
    page = province_page(content)
    for section in re.findall(r'<li><a href="#([a-z]+)">', page):
        assert f'<section id="{section}"' in page
    assert content.first_sentence in html.unescape(page)
    for win in content.wins.now:
        assert win.action in html.unescape(page)


def test_what_open_items_still_hold_is_spoken_of_only_where_some_are_open(content, unfinished):
    open_ones = province_content(unfinished.sheet, unfinished.gaps, unfinished.targets)
    said = "các mục chưa chấm còn nhiều nhất"
    assert open_ones.losses.open_points.value > 0 and said in province_page(open_ones)
    assert content.losses.open_points.value == 0 and said not in province_page(content)


def test_moves_left_out_are_counted_on_the_page(content):
    since = Changes("2024", 1, 0, 30, content.summary.mean, (), 0)
    amount = content.summary.mean
    row = ChangeRow(content.units[0].key, "Sở A", "", 3, amount, amount, amount, 1, 1)
    page = province_page(
        dataclasses.replace(content, changes=dataclasses.replace(since, rows=(row,) * 31))
    )
    assert "Nêu 10/31 đơn vị" in page
    few = dataclasses.replace(since, rows=(row,) * 10)
    assert "Nêu 10" not in province_page(dataclasses.replace(content, changes=few))


def test_of_many_moves_the_largest_rises_and_falls_are_shown():
    assert both_ends(range(7), 5) == list(range(7))
    assert both_ends(range(30), 3) == [0, 1, 2, 27, 28, 29]
