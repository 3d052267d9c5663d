"""Make the pictures of the tutorials: the real workbook and the real results, as people see them.

Run ``python docs/make_pictures.py``; it needs LibreOffice (soffice), pdftoppm and Chromium. The
pictures are looked at before they are committed, so no test compares them.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from PIL import Image, ImageChops

from scoring.base.labels import label
from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.criteria.appendix import AppendixAbout, import_pasted_appendix
from scoring.criteria.appendix.review import review_bytes
from scoring.evidence.ledger import write_ledger
from scoring.evidence.ledger.layout import ASSESSMENT as ASSESSMENT_SHEET
from scoring.evidence.ledger.layout import title
from scoring.evidence.long_table import read_long_table
from scoring.files.shipped import shipped_folder
from scoring.form.form_data import FormUnit, Known, fill_data
from scoring.form.form_page import form_page
from scoring.form.known_figures import typed_figures
from scoring.points import inputs_table, score

IMAGES = Path(__file__).resolve().parent / "images"
MOST_BYTES = 200_000
ASSESSMENT = "ledger_title"
# Picture, title of a sheet of the filled ledger, dots per inch, share of the height that is shown.
PAGES = (
    ("ledger-guide", "ledger_guide_title", 90, 0.725),
    ("ledger-info", "ledger_info_title", 90, 0.6),
    ("ledger-assessment", ASSESSMENT, 110, 0.95),
    ("ledger-documents", "ledger_title_documents", 110, 0.4),
    ("ledger-appraisal", "ledger_title_appraisal", 100, 0.5),
)
# The folder of the pictures in a language.
PLACES = {"vi": "", "en": "en/"}


def make_all() -> None:
    """Make every picture into ``docs/images``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for lang in PLACES:
            _ledgers(folder, lang)
        _save(_review_pages(folder), "review-sheet")
        for lang, place in PLACES.items():
            demo = folder / f"demo-{lang}"
            main(["--quiet", "--lang", lang, "demo", "--out", str(demo)])
            shutil.copy(demo / "charts" / "area-points.png", IMAGES / place / "area-points.png")
            _save(_screenshot(demo / "report.html", folder), f"{place}report-page")
            _save(_screenshot(_half_filled_form(folder, lang), folder), f"{place}form-page")
        _save(_printed(folder / "form-vi.html", folder), "form-print")
        surveys = [
            str(shipped_folder("evidence") / f"sipas-example-{year}") for year in (2026, 2025)
        ]
        main(["--quiet", "sipas", "report", surveys[0], "--last-year", surveys[1],
              "--out", str(folder / "survey")])  # fmt: skip
        shutil.copy(folder / "survey" / "charts" / "survey-profile.png", IMAGES)


def _ledgers(folder: Path, lang: str) -> None:
    """Make the pictures of the ledger in one language."""
    filled = folder / f"filled-{lang}.xlsx"
    criteria = open_set("service-quality-766")
    figures, _ = read_long_table(
        shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv", criteria
    )
    # Of the whole year, which a ledger names in its own language.
    inputs = inputs_table(figures).assign(period="")
    about = {"block": inputs["block"].iloc[0], "lang": lang}
    scores = score(inputs, criteria).scores
    write_ledger(filled, criteria, "phu-tho", "UBND tỉnh Phú Thọ", 2026, inputs=inputs, scores=scores,
                 **about)  # fmt: skip
    for picture, heading, dpi, part in PAGES:
        page = _page_of(filled, label(heading, lang), folder, dpi, lang)
        shown = page.crop((0, 0, page.width, int(page.height * part)))
        _save(_trimmed(shown), PLACES[lang] + picture)
    page = _page_of(_with_mistakes(folder, lang), label(ASSESSMENT, lang), folder, 110, lang)
    shown = page.crop((0, 0, page.width, int(page.height * 0.9)))
    _save(_trimmed(shown), f"{PLACES[lang]}ledger-mistake")


def _with_mistakes(folder: Path, lang: str) -> Path:
    """Write a blank ledger with one item done and one figure that cannot be."""
    path = folder / f"mistake-{lang}.xlsx"
    name = {"vi": "Sở Mẫu (ví dụ)", "en": "Sở Mẫu (an example)"}[lang]
    write_ledger(path, open_set("service-quality-766"), "so-mau", name, 2026, lang=lang)
    book = openpyxl.load_workbook(path)
    sheet = book["Tự đánh giá"]
    figures = {("1.1", 0): 85, ("1.1", 1): 89, ("1.2", 0): 75, ("1.2", 1): 70}
    seen: dict[str, int] = {}
    titles = [title(ASSESSMENT_SHEET, key, lang) for key in ("item_code", "input", "entry")]
    [head] = [
        row for row in sheet.iter_rows(max_row=12) if titles[0] in {cell.value for cell in row}
    ]
    at = {cell.value: place for place, cell in enumerate(head)}
    item, name, entry = (at[key] for key in titles)
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        code = row[item].value
        if row[name].value:
            place = seen[code] = seen.get(code, -1) + 1
            row[entry].value = figures.get((code, place))
    if not figures.keys() <= {
        (code, place) for code, last in seen.items() for place in range(last + 1)
    }:
        raise SystemExit("the ledger has no row for a figure of the picture")
    book.save(path)
    return path


# Invented, in the manner of a decision; the picture shows what a review looks like.
_APPENDIX = """TT\tTiêu chí\tĐiểm tối đa\tCách chấm
1\tCHỈ ĐẠO, ĐIỀU HÀNH (ví dụ minh họa)\t5\t
1.1\tMức độ hoàn thành kế hoạch năm\t2\tTrên 90%: 2 điểm; từ 70% - 90%: 1 điểm; dưới 70%: 0 điểm
1.2\tBáo cáo định kỳ\t2\tĐúng hạn: 2 điểm; không gửi: 0 điểm
1.3\tChất lượng tham mưu\t1\tTheo đánh giá của Hội đồng
"""


def _review(folder: Path) -> Path:
    about = AppendixAbout("vi-du", "Ví dụ minh họa", "department", dt.date(2026, 1, 1))
    path = folder / "review.xlsx"
    path.write_bytes(review_bytes(import_pasted_appendix(_APPENDIX, about)))
    return path


def _review_pages(folder: Path) -> Image.Image:
    """Return the two pages of the review, one below the other, as far as they are filled."""
    book = _review(folder)
    first = _page_of(book, label("review_title"), folder, 110)
    second = _trimmed(Image.open(_pdf_page(book, folder, "2", 110)).convert("RGB"))
    pages = [page.crop((0, 0, page.width, int(page.height * 0.42))) for page in (first, second)]
    whole = Image.new("RGB", (max(p.width for p in pages), sum(p.height for p in pages)), "white")
    whole.paste(pages[0], (0, 0))
    whole.paste(pages[1], (0, pages[0].height))
    return whole


def _page_of(book: Path, title: str, folder: Path, dpi: int, lang: str = "vi") -> Image.Image:
    """Return the printed page that begins with `title`, its margins cut away."""
    pdf = folder / f"{book.stem}.pdf"
    if not pdf.exists():
        _run("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
             "--convert-to", "pdf", "--outdir", str(folder), str(book), lang=lang)  # fmt: skip
    texts = _run("pdftotext", str(pdf), "-").split("\f")
    number = str(1 + next(n for n, text in enumerate(texts) if text.startswith(title)))
    return _trimmed(Image.open(_pdf_page(book, folder, number, dpi)).convert("RGB"))


def _half_filled_form(folder: Path, lang: str) -> Path:
    """Return a form of the sample department in which the first items are filled in."""
    criteria = open_set("department-sample")
    path = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    figures = read_files([path], criteria).inputs
    own = figures[figures["unit_code"] == "SM-A"]
    typed = dict(list(typed_figures(own, criteria).items())[:45])
    unit = FormUnit("SM-A", "Sở Mẫu A", "Khối sở")
    page = folder / f"form-{lang}.html"
    page.write_text(form_page(criteria, fill_data(2025, "", unit, Known(typed)), lang), "utf-8")
    return page


def _printed(page: Path, folder: Path) -> Image.Image:
    _run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         "--virtual-time-budget=4000", f"--print-to-pdf={page.with_suffix('.pdf')}",
         page.as_uri())  # fmt: skip
    return _trimmed(Image.open(_pdf_page(page, folder, "1", 80)).convert("RGB"))


def _pdf_page(book: Path, folder: Path, number: str, dpi: int) -> Path:
    stem = folder / f"{book.stem}-{number}"
    _run("pdftoppm", "-r", str(dpi), "-f", number, "-l", number, "-singlefile", "-png",
         str(folder / f"{book.stem}.pdf"), str(stem))  # fmt: skip
    return stem.with_suffix(".png")


def _screenshot(page: Path, folder: Path) -> Image.Image:
    """Return the page as it stands after six seconds: a budget of virtual time ends before the form's store is open."""
    picture = folder / "page.png"
    _run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--window-size=1000,1250", "--timeout=6000", f"--screenshot={picture}", page.as_uri())  # fmt: skip
    return Image.open(picture).convert("RGB")


def _trimmed(image: Image.Image, margin: int = 12) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    left, top, right, bottom = ImageChops.difference(image, white).getbbox() or (0, 0, *image.size)
    return image.crop(
        (max(0, left - margin), max(0, top - margin),
         min(image.width, right + margin), min(image.height, bottom + margin))
    )  # fmt: skip


def _save(image: Image.Image, name: str) -> None:
    """Write a picture in 64 colours, small enough for the repository."""
    path = IMAGES / f"{name}.png"
    image.quantize(64).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {path.stat().st_size} bytes, more than {MOST_BYTES}")


def _run(program: str, *arguments: str, lang: str = "vi") -> str:
    place = shutil.which(program)
    if place is None:
        raise SystemExit(f"{program} is not installed")
    # Sheets are shown as they look in an office of the language: 0,75 or 0.75.
    surroundings = os.environ | {"LC_ALL": {"vi": "vi_VN.UTF-8", "en": "en_US.UTF-8"}[lang]}
    done = subprocess.run(
        [place, *arguments], check=True, capture_output=True, timeout=180, env=surroundings
    )
    return done.stdout.decode("utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(make_all())
