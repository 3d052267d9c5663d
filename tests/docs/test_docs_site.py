"""The site builds without a warning, asks nothing of other hosts, no link leads nowhere, and its charts say what is true."""

import json
import re
import runpy
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from matplotlib.text import Text

from scoring import charts
from scoring.base.labels import label
from scoring.base.rounding import round_points

ROOT = Path(__file__).resolve().parents[2]
MARKDOWN = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "criteria/**/*.md", "evidence/**/*.md")
    for path in ROOT.glob(pattern)
)
CHARTS = set(charts.__all__) - {"ChartContext", "ChartFigure", "alt_text", "figure_data"}
POINTS = {"lost_points": "lost_points", "points_at_risk": "lost_points", "trend": "points",
          "area_bars": "points", "bullet": "points", "waterfall": "lost"}  # fmt: skip
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_links_of_a_page_lead_somewhere(path):
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        parts = urlsplit(link)
        if not parts.scheme and parts.path:
            assert (path.parent / unquote(parts.path)).exists(), link


def test_no_page_leads_to_a_place_outside_the_repository():
    for path in MARKDOWN:
        for link in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
            if not urlsplit(link).scheme and urlsplit(link).path:
                target = (path.parent / unquote(urlsplit(link).path)).resolve()
                assert target.is_relative_to(ROOT), f"{path.name}: {link}"


@pytest.fixture(scope="module")
def shown():
    sys.path.insert(0, str(ROOT / "docs"))
    from make_gallery import drawn

    return list(drawn())


@pytest.fixture(scope="module")
def drawn(shown):
    return {one.name: one.figure for one in shown}


@pytest.fixture(scope="module")
def site(tmp_path_factory, shown):
    folder = tmp_path_factory.mktemp("site")
    build = runpy.run_path(str(ROOT / "docs" / "make_site.py"))["built"]
    with pytest.MonkeyPatch.context() as patch:
        # Built from another folder: nothing may depend on where the command is typed.
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        assert build(folder, shown) == 0
    return folder


class Page(HTMLParser):
    """Collects what a browser would fetch for a page, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.links, self.unnamed = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        for name in ("src", "href", "srcset", "data"):
            if attributes.get(name):
                (self.links if tag == "a" else self.fetched).append(attributes[name])
        if tag == "img" and not attributes.get("alt"):
            self.unnamed.append(attributes.get("src"))


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site by its place, read once."""
    return {path: Page(path.read_text("utf-8")) for path in site.rglob("*.html")}


def test_no_page_fetches_anything_from_another_host(site, pages):
    for path, page in pages.items():
        outside = [place for place in page.fetched if _is_outside(place)]
        assert not outside, f"{path.name}: {outside}"
    for path in site.rglob("*.css"):
        asked = re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))
        assert not asked, path.name


def _is_outside(place):
    return bool(urlsplit(place).netloc)


def test_every_picture_of_a_page_is_said_in_words(pages):
    for path, page in pages.items():
        assert not page.unnamed, path.name


def test_the_links_of_the_site_lead_to_its_pages(pages):
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc and parts.path:
                assert (path.parent / unquote(parts.path)).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize(
    ("page", "ending", "lang"), [("gallery", "", "vi"), ("en/gallery", "-en", "en")]
)
def test_the_gallery_shows_every_chart_below_its_question(site, page, ending, lang):
    text = (site / f"{page}.html").read_text(encoding="utf-8")
    sections = re.findall(
        rf'<h2>(.*?)<a .*?src="(?:../)?_images/(\w+){ending}\.png"', text, re.DOTALL
    )
    assert {name: question for question, name in sections} == {
        name: label(f"chart_{name}_asks", lang) for name in CHARTS
    }
    assert all(question.endswith("?") for question, _ in sections)
    assert all((site / "_images" / f"{name}{ending}.png").stat().st_size > 1000 for name in CHARTS)


def test_pages_kept_elsewhere_show_their_text(site):
    assert "max_points" in (site / "criteria.html").read_text(encoding="utf-8")


def test_the_search_knows_words_as_written_and_without_marks(site):
    index = json.loads(re.search(r"\{.*\}", (site / "searchindex.js").read_text("utf-8"))[0])
    assert {"điểm", "diem", "chấm", "cham"} <= index["terms"].keys()


def test_every_page_stands_in_the_menu_once(site):
    page = (site / "index.html").read_text(encoding="utf-8")
    menu = re.search(r'<nav class="bd-docs-nav.*?</nav>', page, re.DOTALL)[0]
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    pages = {page for page in pages if not page.startswith("_static/")}
    listed = re.findall(r'href="([\w/.-]+\.html)"', menu)
    assert sorted(listed) == sorted(pages - {"index.html", "search.html", "genindex.html"})


def test_the_pictures_of_the_tutorials_are_small():
    for path in (ROOT / "docs" / "images").rglob("*.png"):
        assert path.stat().st_size < 200_000, path.name


def test_an_english_page_shows_the_picture_with_english_words_where_there_is_one():
    english = {path.name for path in (ROOT / "docs" / "images" / "en").glob("*.png")}
    assert {"area-points.png", "report-page.png"} <= english
    for path in (ROOT / "README.md", *(ROOT / "docs" / "en").rglob("*.md")):
        shown = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", path.read_text(encoding="utf-8"))
        for place in map(Path, shown):
            assert (place.parent.name == "en") == (place.name in english), f"{path.name}: {place}"


def test_a_page_has_one_title():
    """Of a page with two, the menu shows the first title and not the name that it has in the menu."""
    for path in MARKDOWN:
        titles = re.findall(r"^# ", _FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
        assert len(titles) == 1, path.name


def test_the_gallery_shows_every_chart_and_begins_each_text_with_its_title(drawn):
    assert set(drawn) == CHARTS
    for name, figure in drawn.items():
        texts = [t for t in figure.findobj(Text) if t.get_fontsize() == 11]
        assert charts.alt_text(figure, "vi").startswith(texts[0].get_text().replace("\n", " ")), (
            name
        )
        assert charts.alt_text(figure, "vi") == figure.get_label()


def test_the_words_of_a_picture_hold_the_figures_of_its_table(drawn):
    for name, column in POINTS.items():
        shown = charts.figure_data(drawn[name])[column].dropna()
        said = set(re.findall(r"\d+[.]\d\d", charts.alt_text(drawn[name], "en")))
        wanted = [f"{round_points(float(value), 2):.2f}" for value in shown.nlargest(1)]
        assert set(wanted) <= said, name
    heat = charts.figure_data(drawn["heatmap"]).drop(columns="unit_code").mean()
    for percent in heat:
        assert f"{round_points(float(percent), 1):.1f}%" in charts.alt_text(drawn["heatmap"], "en")
    proofs = charts.figure_data(drawn["proof_coverage"])
    assert f"{proofs['unproven'].sum()} of " in charts.alt_text(drawn["proof_coverage"], "en")
    for name in ("gantt", "calendar_year"):
        tasks, said = charts.figure_data(drawn[name]), charts.alt_text(drawn[name], "en")
        assert f"{len(tasks)} deadlines" in said
        open_tasks = tasks[tasks["status"] != "done"].dropna(subset="due_on")
        assert f"Not done and due first: {open_tasks['due_on'].min():%d/%m/%Y}" in said


def test_only_what_is_drawn_from_a_sample_set_says_so(drawn):
    of_a_sample_set = {
        "heatmap",
        "index_spread",
        "points_at_risk",
        "price_curve",
        "proof_coverage",
        "rank_intervals",
        "scenario_steps",
        "tornado",
        "track_gap",
    }
    for name, figure in drawn.items():
        assert ("sample set" in charts.alt_text(figure, "en")) == (name in of_a_sample_set), name


def test_the_words_beside_a_picture_of_the_demo_hold_what_the_demo_shows():
    """The demo has an index of 61.89 and no targets."""
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("README*.md")]
    words = re.compile(r"!\[([^\]]*)\]\([^)]*(area-points|report-page)\.png\)")
    said = [found for page in pages for found in words.findall(page.read_text(encoding="utf-8"))]
    assert len(said) >= 4
    for text, picture in said:
        assert "chỉ tiêu" not in text and "target" not in text
        assert picture != "report-page" or "61,89" in text or "61.89" in text
