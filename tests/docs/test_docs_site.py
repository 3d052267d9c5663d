"""The site builds without a warning, asks nothing of other hosts, and no link leads nowhere."""

import json
import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from scoring.outputs import charts

ROOT = Path(__file__).resolve().parents[2]
MARKDOWN = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "criteria/**/*.md", "evidence/**/*.md")
    for path in ROOT.glob(pattern)
)
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
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build = runpy.run_path(str(ROOT / "docs" / "make_site.py"))["built"]
    with pytest.MonkeyPatch.context() as patch:
        # Built from another folder: nothing may depend on where the command is typed.
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        assert build(folder) == 0
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


def test_no_page_fetches_anything_from_another_host(site):
    for path in site.rglob("*.html"):
        outside = [place for place in Page(path.read_text("utf-8")).fetched if _is_outside(place)]
        assert not outside, f"{path.name}: {outside}"
    for path in site.rglob("*.css"):
        asked = re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))
        assert not asked, path.name


def _is_outside(place):
    return bool(urlsplit(place).netloc)


def test_every_picture_of_a_page_is_said_in_words(site):
    for path in site.rglob("*.html"):
        assert not Page(path.read_text("utf-8")).unnamed, path.name


def test_the_links_of_the_site_lead_to_its_pages(site):
    for path in site.rglob("*.html"):
        for link in Page(path.read_text("utf-8")).links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc and parts.path:
                assert (path.parent / unquote(parts.path)).exists(), f"{path.name}: {link}"


def test_the_gallery_shows_every_chart(site):
    page = (site / "gallery.html").read_text(encoding="utf-8")
    drawn = set(re.findall(r'src="_images/(\w+)\.png"', page))
    helpers = {"ChartContext", "ChartFigure", "alt_text", "figure_data"}
    assert drawn == set(charts.__all__) - helpers
    assert all((site / "_images" / f"{name}.png").stat().st_size > 1000 for name in drawn)


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
    for path in (ROOT / "docs" / "images").glob("*.png"):
        assert path.stat().st_size < 200_000, path.name
