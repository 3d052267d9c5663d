"""Write every page that is made from the package: ``python docs/make_pages.py``."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPTS = (
    "make_reference",
    "make_method",
    "make_dictionary",
    "make_api",
    "make_architecture",
    "make_trust",
)

if __name__ == "__main__":
    for script in SCRIPTS:
        made = runpy.run_path(str(Path(__file__).with_name(f"{script}.py")))["pages"]()
        for path, content in made.items():
            path.write_text(content, encoding="utf-8", newline="\n")
