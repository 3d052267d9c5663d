"""How Sphinx shows the pages that ``make_site.py`` has laid out: one theme, nothing from other hosts."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

THEME = Path(__file__).resolve().parent / "theme"

project = "par-index-scoring"
html_title = "Chấm điểm Chỉ số CCHC"
language = "vi"
extensions = ["myst_parser"]
# Links to headings are those of other readers of Markdown, Vietnamese letters kept.
myst_heading_anchors = 4
highlight_language = "none"
locale_dirs = ["locale"]
templates_path = [str(THEME / "templates")]
html_static_path = [str(THEME / "static")]
html_css_files = ["site.css"]
html_js_files = ["copy.js"]
html_theme = "pydata_sphinx_theme"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_sidebars = {"**": ["sidebar-menu"]}
html_theme_options = {
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    "search_bar_text": "Tìm trong tài liệu · Search",
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


class Vietnamese(SearchLanguage):
    """Finds words as they are written, and those typed without marks: “điểm” and “diem”."""

    lang = "vi"
    language_name = "Vietnamese"
    js_splitter_code = """
function splitQuery(query) {
  return query.normalize("NFC").split(/[^\\p{L}\\p{N}_]+/u).filter((word) => word);
}
"""

    def split(self, input: str) -> list[str]:
        words = re.findall(r"\w+", unicodedata.normalize("NFC", input))
        return words + [bare for word in words if (bare := _unmarked(word)) != word]


@cache
def _unmarked(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _say_the_language(app: Sphinx, page: str, template: str, context: Any, doctree: Any) -> None:
    """Let a screen reader speak English on the English pages."""
    if page.startswith("en/"):
        context["language"] = "en"


def setup(app: Sphinx) -> None:
    """Add the search, and the language of each page."""
    app.add_search_language(Vietnamese)
    app.connect("html-page-context", _say_the_language)
