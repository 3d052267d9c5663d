"""Build the pages as a site: ``python docs/make_site.py``, offline, into ``site/``.

The pages are laid out beside each other first, with the gallery drawn and the texts that stand elsewhere
in the repository, and then built by Sphinx; a broken link or anchor stops it.
"""

from __future__ import annotations

import argparse
import runpy
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
# Pages whose text stands elsewhere in the repository; their own file only points there.
ELSEWHERE = {
    "criteria.md": "criteria/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changes.md": "CHANGELOG.md",
}


def built(out: Path, charts: list[Any] | None = None) -> int:
    """Build the site into `out`, its charts drawn here or before, and return Sphinx' exit code."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "docs"
        laid_out(source, charts)
        doctrees = str(Path(name) / "doctrees")
        strict = ["--fail-on-warning", "--keep-going", "--quiet"]
        return build_main(
            [*strict, "-b", "html", "-c", str(HERE), "-d", doctrees, str(source), str(out)]
        )


def laid_out(folder: Path, charts: list[Any] | None = None) -> None:
    """Put every page of the site and what it shows into `folder`."""
    left_out = shutil.ignore_patterns("*.py", "*.toml", "*_intro.md", "__pycache__", "theme")
    shutil.copytree(HERE, folder, ignore=left_out)
    shutil.copytree(HERE / "theme" / "locale", folder / "locale")
    for page, source in ELSEWHERE.items():
        shutil.copyfile(HERE.parent / source, folder / page)
    gallery = runpy.run_path(str(HERE / "make_gallery.py"))["gallery"]
    for place, content in gallery(charts).items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with (folder / "index.md").open("a", encoding="utf-8", newline="\n") as index:
        index.write("".join(f"\n{line}" for line in menu()))


def menu() -> Iterator[str]:
    """Yield the menu as the hidden lists of the front page."""
    sections = tomllib.loads((HERE / "nav.toml").read_text(encoding="utf-8"))
    named = {page for pages in sections.values() for page in pages} | {"index"}
    written = sorted(
        path.relative_to(HERE).with_suffix("").as_posix() for path in HERE.rglob("*.md")
    )
    *_, last = sections
    left = [page for page in written if page not in named and not page.endswith("_intro")]
    for title, pages in sections.items():
        yield from ("```{toctree}", ":hidden:", f":caption: {title}", "")
        yield from (f"{shown} <{page}>" for page, shown in pages.items())
        yield from left if title == last else ()
        yield from ("```", "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE.parent / "site")
    sys.exit(built(parser.parse_args().out))
