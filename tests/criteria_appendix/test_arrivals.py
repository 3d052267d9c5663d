"""The six invented appendices, whole, in every way a decision arrives: the same tree and rules."""

import datetime as dt
from itertools import pairwise

import docx
import openpyxl
import pytest
from test_appendix_pages import height_of, pdf_of, text_stays_text
from test_par_appendices import every_row

from scoring.criteria.appendix import AppendixAbout, import_appendix
from scoring.criteria.appendix.scoring_text import ItemFacts, read_scoring

__all__ = ["text_stays_text"]  # a fixture that holds for the PDFs of this module too
ABOUT = AppendixAbout("bo-mau", "Bộ tiêu chí mẫu", "department", dt.date(2026, 1, 1))
HEADING = ("STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa", "Cách chấm điểm", "Ghi chú")
TITLES = ("PHỤ LỤC", "BỘ TIÊU CHÍ")
WIDTHS = (45, 200, 50, 240, 45)
PAGE_HEIGHT, ROWS_A_PAGE = 740, 14


def table(appendix):
    """Return the rows of an appendix as they stand in its table, the bare total at the end."""
    rows = every_row(appendix)
    total = sum(float(row["max_points"]) for row in rows if row["text"])
    cells = [(r["code"], r["name"], vietnamese(r["max_points"]), r["text"], "") for r in rows]
    return [*cells, ("", "Tổng cộng", vietnamese(f"{total:g}"), "", "")], total


def vietnamese(figure):
    return figure.replace(".", ",")


def expected(appendix, key):
    """Yield code, maximum, name and rule of each row; codes begin with those of their area."""
    area = ""
    for row in every_row(appendix):
        area = row["code"] if row["level"] == "1" else area
        is_whole = row["code"] == area or row["code"].startswith(f"{area}.")
        code = row["code"] if is_whole else f"{area}.{row['code']}"
        points = float(row["max_points"])
        yield (
            code,
            points,
            row["name"],
            ruled(row["text"], ItemFacts(code, row["name"], points), key),
        )


def ruled(text, item, key):
    """Return the rule that a text alone gives: sure or not, with its key parameters."""
    if not text:
        return None
    reading = read_scoring(text, item)
    return reading.is_sure, key(reading.spec) if reading.spec else ""


def word(rows, path):
    document = docx.Document()
    grid = document.add_table(rows=0, cols=len(HEADING))
    for row in (HEADING, *rows):
        cells = grid.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
        if not row[3]:
            cells[3].merge(cells[4])
    document.save(path)


def workbook(rows, path):
    book = openpyxl.Workbook()
    sheet = book.active
    for title in TITLES:
        sheet.append([title])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, end_column=5, start_column=1
        )
    sheet.append(HEADING)
    for code, name, points, text, _ in rows:
        sheet.append([code, name, float(points.replace(",", ".")), text or None, None])
        if not text:
            at = sheet.max_row
            sheet.merge_cells(start_row=at, end_row=at, start_column=4, end_column=5)
    book.save(path)


def pdf(rows, path):
    pages, height = [[HEADING]], 0
    for row in rows:
        height += height_of(row, WIDTHS)
        if height > PAGE_HEIGHT:
            pages, height = [*pages, [HEADING]], height_of(row, WIDTHS)
        pages[-1].append(row)
    path.write_bytes(pdf_of(*pages, widths=WIDTHS))


def page_text(rows, path):
    lines = ["=== TRANG 1 ===", "1", *TITLES, *HEADING]
    for at, row in enumerate(rows):
        if at and at % ROWS_A_PAGE == 0:
            page = at // ROWS_A_PAGE + 1
            lines += [f"=== TRANG {page} ===", str(page), *HEADING]
        lines += [line for cell in row if cell for line in cell.split("\n")]
    path.write_text("\n".join(lines), encoding="utf-8")


WAYS = {"docx": word, "xlsx": workbook, "pdf": pdf, "txt": page_text}
# Drawing a PDF takes a second: half of the appendices are drawn, each of another wording.
CASES = [(a, way) for a in "abcdef" for way in WAYS if way != "pdf" or a in "bce"]


@pytest.mark.parametrize(("appendix", "way"), CASES)
def test_an_appendix_gives_the_same_tree_and_rules_however_it_arrives(
    corpus, tmp_path, appendix, way
):
    rows, total = table(appendix)
    path = tmp_path / f"phu-luc.{way}"
    WAYS[way](rows, path)
    result = import_appendix(path, ABOUT)
    wanted = list(expected(appendix, corpus.rule_key))
    assert [(e.code, e.max_points, e.name) for e in result.entries] == [row[:3] for row in wanted]
    assert result.raw.meta["total_points"] == total
    for entry, (code, _, _, rule) in zip(result.entries, wanted, strict=True):
        if rule is None or not rule[1]:
            continue
        assert (not entry.reasons, corpus.rule_key(entry.spec)) == rule, code


@pytest.mark.parametrize("way", ["docx", "xlsx", "txt"])
def test_a_maximum_that_its_parts_do_not_add_up_to_is_a_finding_in_each_way(tmp_path, way):
    rows, _ = table("d")
    rows[0] = (*rows[0][:2], "13", *rows[0][3:])
    path = tmp_path / f"phu-luc.{way}"
    WAYS[way](rows, path)
    result = import_appendix(path, ABOUT)
    assert "children-do-not-add-up" in [finding.code for finding in result.findings]


def test_the_text_of_a_cell_broken_anywhere_in_a_step_is_put_together(corpus, tmp_path):
    rows, _ = table("c")
    for width in (18, 25, 33, 47):
        cut = [(*row[:3], _broken(row[3], width), row[4]) for row in rows]
        word(cut, tmp_path / "phu-luc.docx")
        result = import_appendix(tmp_path / "phu-luc.docx", ABOUT)
        for entry, wanted in zip(result.entries, expected("c", corpus.rule_key), strict=True):
            if not wanted[3]:
                continue
            sure, rule = wanted[3]
            # A break may cost certainty, it must never give another rule that counts as sure.
            assert entry.reasons or (sure and corpus.rule_key(entry.spec) == rule), entry.code


def _broken(text, width):
    cuts = [*range(0, len(text), width), len(text)]
    places = [0, *(text.rfind(" ", 0, cut) for cut in cuts[1:-1]), len(text)]
    return "\n".join(text[a:b].strip() for a, b in pairwise(sorted(set(places))) if a >= 0)
