"""What the documentation run adds: the gallery, drawn while building, and pages no menu names yet."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

HERE = Path(__file__).resolve().parent
LAST, GALLERY = "Dự án", "gallery.md"
# Pages whose text stands elsewhere in the repository; their own file only points there.
ELSEWHERE = {
    "criteria.md": "criteria/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changes.md": "CHANGELOG.md",
}


def on_config(config: Any) -> Any:
    """Put every decision, and any page that the menu does not name, into the last section."""
    named = set(_named(config.nav))
    left = [path.relative_to(HERE).as_posix() for path in sorted(HERE.glob("*.md"))]
    left = [page for page in left if page not in named and not page.endswith("_intro.md")]
    decisions = [f"decisions/{path.name}" for path in sorted((HERE / "decisions").glob("*.md"))]
    section = next(entry[LAST] for entry in config.nav if LAST in entry)
    section += [*left, {"Quyết định thiết kế": decisions}]
    return config


def _named(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    for entry in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from _named(entry)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Show the text of pages that stand elsewhere in the repository, and the gallery as drawn."""
    if page.file.src_uri == GALLERY:
        return str(_drawn()[GALLERY])
    source = ELSEWHERE.get(page.file.src_uri)
    return (HERE.parent / source).read_text(encoding="utf-8") if source else markdown


def on_files(files: Files, config: Any) -> Files:
    """Add the pictures of the gallery to the site."""
    for place, content in _drawn().items():
        if place != GALLERY:
            files.append(File.generated(config, place, content=content))
    return files


@cache
def _drawn() -> dict[str, str | bytes]:
    return dict(runpy.run_path(str(HERE / "make_gallery.py"))["gallery"]())
