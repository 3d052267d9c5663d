"""The site builds without a warning, asks nothing of other hosts, and no link leads nowhere."""

import os
import re
import subprocess
import sys
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
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    # Built from another folder: nothing may depend on where the command is typed.
    command = ["build", "--strict", "-f", str(ROOT / "mkdocs.yml"), "-d", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", *command],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
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
        assert not re.search(r"url\([\"']?(https?:)?//|@import", path.read_text("utf-8")), path.name


def _is_outside(place):
    return bool(urlsplit(place).netloc)


def test_every_picture_of_a_page_is_said_in_words(site):
    for path in site.rglob("*.html"):
        assert not Page(path.read_text("utf-8")).unnamed, path.name


def test_the_links_of_the_site_lead_to_its_pages(site):
    for path in site.rglob("*.html"):
        if path.name == "404.html":
            continue
        for link in Page(path.read_text("utf-8")).links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc and parts.path:
                assert (path.parent / unquote(parts.path)).exists(), f"{path.name}: {link}"


def test_the_gallery_shows_every_chart(site):
    page = (site / "gallery.html").read_text(encoding="utf-8")
    drawn = set(re.findall(r'src="gallery/(\w+)\.png"', page))
    helpers = {"ChartContext", "ChartFigure", "alt_text", "figure_data"}
    assert drawn == set(charts.__all__) - helpers
    assert all((site / "gallery" / f"{name}.png").stat().st_size > 1000 for name in drawn)


def test_pages_kept_elsewhere_show_their_text(site):
    assert "max_points" in (site / "criteria.html").read_text(encoding="utf-8")


def test_the_pictures_of_the_tutorials_are_small():
    for path in (ROOT / "docs" / "images").glob("*.png"):
        assert path.stat().st_size < 200_000, path.name
